"""Who and what is found while one types: people and posts, by prefixes as written and by sound, from indexes.

Written matches come first; what only sounds like it follows. A title ("Shri") says nothing about a person and is
passed over.

How it stays quick with any number of people: the word that fewest rows begin with leads. When few people have it,
they are fetched and put in the order of their names; when many have it ("ra"), they are walked in the order of the
word itself, so that a page ends after its forty rows, and nothing is sorted.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet, prefetch_related_objects

from employee_master.models import Charge, Employee, NameWord, Office, Post, PostWord
from employee_master.queries.acting import active_on
from employee_master.queries.words import begins, words_of
from eoffice.core import clock
from eoffice.core.sound import honorific, sound_prefix

PAGE = 40
MOST_WORDS = 6
# So many matches of a word are fetched and sorted; more are walked.
FEW = 1000
# A sound of one letter says too little: a tenth of the directory begins with it.
LEAST_SOUND = 2
_LONGEST_ID = 18

Row = TypeVar("Row", Employee, Post)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a page of found rows ended, for the next one: in which pass and order, and after which row."""

    by_sound: bool
    walked: bool
    name: str
    pk: int

    def token(self) -> str:
        return f"{int(self.by_sound)}{int(self.walked)}.{self.pk}.{self.name}"

    @classmethod
    def read(cls, token: str) -> Place | None:
        """The place that a page handed out; None for anything else."""
        how, _dot, rest = token.partition(".")
        pk, _dot, name = rest.partition(".")
        if how not in {"00", "01", "10", "11"} or not (pk.isascii() and pk.isdigit()) or len(pk) > _LONGEST_ID:
            return None
        return cls(how[0] == "1", how[1] == "1", name, int(pk))


@dataclass(frozen=True, slots=True)
class Found(Generic[Row]):
    """One page of rows, how many of them were found as written, and where the next page begins."""

    rows: list[Row]
    written: int
    after: Place | None


def people_found(
    q: str, *, office: Office | None = None, left: bool = False, after: Place | None = None, limit: int = PAGE
) -> Found[Employee]:
    """People of the instance by name or code; with `office`, those with a charge there; with `left`, those who left.

    Each person carries `present` (today's charges with post and office).
    """
    words = [word for word in words_of(q) if not honorific(word)] or words_of(q)
    within = None
    if office is not None:
        within = Charge.objects.filter(_today(), post__office=office).values("employee_id")
    search = _Search(Employee, NameWord, "employee", "name_en", words, {"left_on__isnull": not left}, within)
    found: Found[Employee] = search.found(after, limit)
    present = Charge.objects.filter(_today()).select_related("post__office", "post__section").order_by("pk")
    prefetch_related_objects(found.rows, Prefetch("charges", queryset=present, to_attr="present"))
    return found


def posts_found(q: str, *, office: Office | None = None, after: Place | None = None, limit: int = PAGE) -> Found[Post]:
    """Posts of the instance by marking or name."""
    within = None if office is None else Post.objects.filter(office=office).values("pk")
    search = _Search(Post, PostWord, "post", "marking", words_of(q), {"is_active": True}, within)
    return search.found(after, limit)


def _today() -> Q:
    return active_on(clock.today())


@dataclass(frozen=True, slots=True)
class _Search:
    """Rows of `model` whose words in `table` begin with all of `words`; `within` bounds them where that is cheap."""

    model: type[Any]
    table: type[Any]
    owner: str
    name: str
    words: list[str]
    wanted: dict[str, Any]
    within: QuerySet[Any, Any] | None
    sounds: list[str] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "words", self.words[:MOST_WORDS])
        keys = [sound_prefix(word) for word in self.words]
        object.__setattr__(self, "sounds", [key if len(key) >= LEAST_SOUND else "" for key in keys])

    def found(self, after: Place | None, limit: int) -> Found[Any]:
        if not self.words:
            return Found([], 0, None)
        rows: list[Any] = []
        written = 0
        if after is None or not after.by_sound:
            rows, place = self._page(after, limit, by_sound=False)
            written = len(rows)
            if place is not None:
                return Found(rows, written, place)
            after = None
        if any(self.sounds) and len(rows) < limit:
            more, place = self._page(after, limit - len(rows), by_sound=True)
            return Found([*rows, *more], written, place)
        # The page is just full: what sounds alike begins on the next one.
        return Found(rows, written, Place(True, False, "", 0) if any(self.sounds) else None)  # noqa: FBT003

    def _page(self, after: Place | None, limit: int, *, by_sound: bool) -> tuple[list[Any], Place | None]:
        conditions = [
            self._heard(word, sound) if by_sound else self._written(word)
            for word, sound in zip(self.words, self.sounds, strict=True)
        ]
        if self.within is not None:
            rows = self.model.objects.filter(pk__in=self.within)
            return self._sorted(rows, conditions, after, limit, by_sound=by_sound)
        counts = [self._count(condition) for condition in conditions]
        lead = counts.index(min(counts))
        others = [condition for place, condition in enumerate(conditions) if place != lead]
        if counts[lead] == 0:
            return [], None
        if counts[lead] <= FEW and not (after is not None and after.walked):
            owners = self.table.objects.filter(conditions[lead]).values_list(f"{self.owner}_id", flat=True)
            rows = self.model.objects.filter(pk__in=set(owners))
            return self._sorted(rows, others, after, limit, by_sound=by_sound)
        return self._walked(self._one_range(lead, by_sound=by_sound), others, after, limit, by_sound=by_sound)

    def _written(self, word: str) -> Q:
        return Q(begins("word", word), is_sound=False)

    def _heard(self, word: str, sound: str) -> Q:
        return self._written(word) | Q(begins("word", sound), is_sound=True) if sound else self._written(word)

    def _one_range(self, lead: int, *, by_sound: bool) -> Q:
        if by_sound and self.sounds[lead]:
            return Q(begins("word", self.sounds[lead]), is_sound=True)
        return self._written(self.words[lead])

    def _count(self, condition: Q) -> int:
        return len(self.table.objects.filter(condition).values_list("pk")[: FEW + 1])

    def _having(self, conditions: Iterable[Q], owner: str) -> list[Exists]:
        return [Exists(self.table.objects.filter(one, **{self.owner: OuterRef(owner)})) for one in conditions]

    def _not_written(self, owner: str) -> Q:
        return ~Q(*self._having(map(self._written, self.words), owner))

    def _sorted(
        self, rows: QuerySet[Any], conditions: Iterable[Q], after: Place | None, limit: int, *, by_sound: bool
    ) -> tuple[list[Any], Place | None]:
        rows = rows.filter(*self._having(conditions, "pk"), **self.wanted)
        if by_sound:
            rows = rows.filter(self._not_written("pk"))
        if after is not None and after.pk:
            later = Q(**{f"{self.name}__gt": after.name}) | Q(**{self.name: after.name, "pk__gt": after.pk})
            rows = rows.filter(later)
        page = list(rows.order_by(self.name, "pk")[: limit + 1])
        if len(page) <= limit:
            return page, None
        last = page[limit - 1]
        return page[:limit], Place(by_sound, False, getattr(last, self.name), last.pk)  # noqa: FBT003

    def _walked(
        self, lead: Q, others: Iterable[Q], after: Place | None, limit: int, *, by_sound: bool
    ) -> tuple[list[Any], Place | None]:
        owner = f"{self.owner}_id"
        smaller = self.table.objects.filter(lead, word__lt=OuterRef("word"), **{owner: OuterRef(owner)})
        wanted = {f"{self.owner}__{path}": value for path, value in self.wanted.items()}
        words = self.table.objects.filter(lead, ~Exists(smaller), *self._having(others, owner), **wanted)
        if by_sound:
            words = words.filter(self._not_written(owner))
        if after is not None and after.pk:
            words = words.filter(Q(word__gt=after.name) | Q(word=after.name, **{f"{owner}__gt": after.pk}))
        page = list(words.order_by("word", owner).values_list("word", owner)[: limit + 1])
        found = self.model.objects.in_bulk([pk for _word, pk in page[:limit]])
        rows = [found[pk] for _word, pk in page[:limit]]
        if len(page) <= limit:
            return rows, None
        word, pk = page[limit - 1]
        return rows, Place(by_sound, True, word, pk)  # noqa: FBT003
