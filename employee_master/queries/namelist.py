"""A second list of the staff beside our master (R21): who is who, what differs, what is settled."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from employee_master.models import (
    FULL_KINDS,
    Charge,
    Employee,
    Finding,
    NameList,
    NameListRow,
    Office,
    Settlement,
)
from employee_master.queries.acting import active_on
from employee_master.queries.words import words_of
from employee_master.workflow.change import ChangeState
from eoffice import access
from eoffice.core import clock
from eoffice.core.actor import Actor
from eoffice.core.errors import NotVisible
from eoffice.core.search import search_key
from eoffice.core.sound import LIKELY, POSSIBLE, honorific, same_name, sound_keys

MOST_LIKELY = 3
# So many people who share a word's sound are looked at for one row; a commoner word says too little.
MOST_LOOKED_AT = 60
_WHOLE = 100


@dataclass(frozen=True, slots=True)
class Theirs:
    """One row of the list, cleaned."""

    row: int
    code: str = ""
    name_en: str = ""
    name_hi: str = ""
    born_on: date | None = None


@dataclass(frozen=True, slots=True)
class Ours:
    """One person of the master."""

    pk: int
    code: str
    name_en: str
    name_hi: str
    born_on: date | None
    of_office: bool = True


@dataclass(slots=True)
class Compared:
    """What the comparison says of one row, or (`theirs` empty) of one person who is not in the list."""

    finding: Finding
    theirs: Theirs | None = None
    ours: Ours | None = None
    likeness: int = 0
    name_differs: bool = False
    likely: list[list[int]] = field(default_factory=list)


def code_key(code: str) -> str:
    """Codes are one when they differ in case, spaces or signs only."""
    return "".join(words_of(code))


def compare(theirs: Sequence[Theirs], ours: Sequence[Ours], *, linked: dict[int, int] | None = None) -> list[Compared]:
    """Every row of the list in its order, then the people of the office whom no row is about.

    A row is somebody's by `linked` (told by hand), else by code, else by birth date and a name that sounds alike.
    Where nobody is certain, the likely ones are named.
    """
    master = _Master(ours)
    found: list[Compared] = []
    rest: list[Theirs] = []
    for row in theirs:
        person = master.take_by_pk((linked or {}).get(row.row)) or master.take_by_code(row.code)
        if person is None:
            rest.append(row)
        else:
            found.append(_judged(row, person))
    for row in rest:
        person, likeness = master.by_birth(row)
        if person is not None and likeness >= POSSIBLE:
            master.take(person)
            found.append(_judged(row, person))
        else:
            found.append(Compared(Finding.NOT_OURS, row, likely=master.likely(row)))
    found.sort(key=lambda one: one.theirs.row if one.theirs else 0)
    missing = [Compared(Finding.NOT_THEIRS, None, person) for person in master.left() if person.of_office]
    return [*found, *missing]


def _judged(row: Theirs, person: Ours) -> Compared:
    born = row.born_on is not None and person.born_on is not None and row.born_on != person.born_on
    differs = _differs(row, person)
    finding = Finding.BORN if born else Finding.SPELLING if differs else Finding.SAME
    return Compared(finding, row, person, round(_likeness(row, person) * _WHOLE), differs)


def _differs(row: Theirs, person: Ours) -> bool:
    """A name that both have in one script is written differently, beside titles, case, nukta and points."""
    pairs = ((row.name_en, person.name_en), (row.name_hi, person.name_hi))
    both = [(_bare(one), _bare(other)) for one, other in pairs if one and other]
    if both:
        return any(one != other for one, other in both)
    # The scripts differ, so only the sound can be compared.
    return _likeness(row, person) < 1.0


def _bare(name: str) -> str:
    words = words_of(name)
    return " ".join(word for word in words if not honorific(word)) or search_key(name)


def _likeness(row: Theirs, person: Ours) -> float:
    return max(
        (same_name(one, other) for one in (row.name_en, row.name_hi) for other in (person.name_en, person.name_hi)
         if one and other),
        default=0.0,
    )  # fmt: skip


class _Master:
    """Our people, by everything a row may find them by; whoever was found is taken and found no more."""

    def __init__(self, ours: Sequence[Ours]) -> None:
        self._left = {person.pk: person for person in ours}
        self._codes = {code_key(person.code): person.pk for person in ours}
        self._births: dict[date, list[int]] = defaultdict(list)
        self._sounds: dict[str, list[int]] = defaultdict(list)
        for person in ours:
            if person.born_on is not None:
                self._births[person.born_on].append(person.pk)
            for key in set(sound_keys(person.name_en)) | set(sound_keys(person.name_hi)):
                self._sounds[key].append(person.pk)

    def take(self, person: Ours) -> Ours:
        return self._left.pop(person.pk)

    def take_by_pk(self, pk: int | None) -> Ours | None:
        return self._left.pop(pk, None) if pk is not None else None

    def take_by_code(self, code: str) -> Ours | None:
        return self.take_by_pk(self._codes.get(code_key(code))) if code_key(code) else None

    def by_birth(self, row: Theirs) -> tuple[Ours | None, float]:
        """Of those born on the row's day the one whose name is most like, and how like."""
        if row.born_on is None:
            return None, 0.0
        candidates = [self._left[pk] for pk in self._births.get(row.born_on, []) if pk in self._left]
        return max(((one, _likeness(row, one)) for one in candidates), key=lambda pair: pair[1], default=(None, 0.0))

    def likely(self, row: Theirs) -> list[list[int]]:
        """Up to three people whose names sound alike: [id, per cent]."""
        keys = set(sound_keys(row.name_en)) | set(sound_keys(row.name_hi))
        near = [self._sounds[key] for key in keys if len(self._sounds.get(key, [])) <= MOST_LOOKED_AT]
        pks = {pk for some in near for pk in some if pk in self._left}
        scored = sorted(((_likeness(row, self._left[pk]), pk) for pk in pks), reverse=True)
        return [[pk, round(score * _WHOLE)] for score, pk in scored[:MOST_LIKELY] if score >= POSSIBLE]

    def left(self) -> list[Ours]:
        return sorted(self._left.values(), key=lambda person: (person.name_en, person.pk))


# Our people and the stored lists


def people_of_office(office: Office) -> QuerySet[Employee]:
    """Who has a full charge in the office today, or was entered there and awaits the first one."""
    running = Charge.objects.filter(active_on(clock.today()), employee=OuterRef("pk"), kind__in=FULL_KINDS)
    here = Exists(running.filter(post__office=office))
    waits = Q(entered_in=office) & ~Exists(Charge.objects.filter(employee=OuterRef("pk")))
    return Employee.objects.filter(here | waits, left_on__isnull=True)


def ours_for(office: Office, theirs: Iterable[Theirs]) -> list[Ours]:
    """The people of the office, and those of other offices who bear a code or both birth date and sound of a row."""
    rows = list(theirs)
    found = {one.pk: _ours(one, of_office=True) for one in people_of_office(office)}
    elsewhere = Employee.objects.filter(left_on__isnull=True).exclude(pk__in=found)
    codes = {row.code for row in rows if row.code}
    for some in _parts(codes):
        for one in elsewhere.filter(code__in=some):
            found[one.pk] = _ours(one, of_office=False)
    born = {row.born_on for row in rows if row.born_on is not None}
    by_birth: dict[date, list[Theirs]] = defaultdict(list)
    for row in rows:
        if row.born_on is not None:
            by_birth[row.born_on].append(row)
    for days in _parts(born):
        for one in elsewhere.filter(born_on__in=days):
            person = _ours(one, of_office=False)
            if any(_likeness(row, person) >= LIKELY for row in by_birth[one.born_on or date.min]):
                found[one.pk] = person
    return list(found.values())


def _ours(one: Employee, *, of_office: bool) -> Ours:
    return Ours(one.pk, one.code, one.name_en, one.name_hi, one.born_on, of_office)


def _parts(values: Iterable[Any]) -> Iterable[list[Any]]:
    every = list(values)
    for start in range(0, len(every), 500):
        yield every[start : start + 500]


def theirs_of(name_list: NameList) -> list[Theirs]:
    """The list's own rows, as they are stored."""
    rows = name_list.rows.filter(row__isnull=False).order_by("row")
    return [Theirs(one.row or 0, one.code, one.name_en, one.name_hi, one.born_on) for one in rows]


def visible_lists(actor: Actor) -> QuerySet[NameList]:
    """The lists of the offices whose master the actor keeps."""
    return NameList.objects.filter(access.managed_q(actor, office="office_id")).select_related("office", "made_by")


def list_or_404(actor: Actor, pk: int) -> NameList:
    found = visible_lists(actor).filter(pk=pk).first()
    if found is None:
        raise NotVisible
    return found


def row_or_404(actor: Actor, pk: int) -> NameListRow:
    rows = NameListRow.objects.filter(access.managed_q(actor, office="name_list__office_id"), pk=pk)
    found = rows.select_related("name_list__office", "employee__account", "change").first()
    if found is None:
        raise NotVisible
    return found


def _refused() -> Q:
    return Q(settlement=Settlement.CHANGE, change__state__in=[ChangeState.REJECTED, ChangeState.WITHDRAWN])


def unsettled_q() -> Q:
    """Rows that differ and are neither explained nor under way; a refused request opens its row again."""
    return ~Q(finding=Finding.SAME) & (Q(settlement=Settlement.OPEN) | _refused())


def is_unsettled(row: NameListRow) -> bool:
    if row.finding == Finding.SAME:
        return False
    refused = row.change is not None and row.change.state in {ChangeState.REJECTED, ChangeState.WITHDRAWN}
    return row.settlement == Settlement.OPEN or (row.settlement == Settlement.CHANGE and refused)


def listed_rows(name_list: NameList, show: str) -> QuerySet[NameListRow]:
    """One finding's rows, or what is still open (`open`), in the order of the sheet."""
    rows = name_list.rows.select_related("employee", "change").order_by("pk")
    if show == "open":
        return rows.filter(unsettled_q())
    return rows.filter(finding=show)


def figures(name_list: NameList) -> dict[str, int]:
    """How many rows of each finding, and how many are still open; one query."""
    counted = name_list.rows.aggregate(
        **{str(one): Count("pk", filter=Q(finding=one)) for one in Finding},
        open=Count("pk", filter=unsettled_q()),
    )
    return dict(counted)
