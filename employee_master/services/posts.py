"""Posts: created under the sanctioned strength, with names in both scripts, marking, and their place in the channel."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from django.db import connection, models, transaction
from django.utils.translation import gettext_lazy as _

from employee_master.models import Designation, Office, Post, PostMarking, PostSenior, Sanction, Section
from employee_master.services.employee import post_words_write
from employee_master.services.marking import (
    NAME_LENGTH,
    marking_for,
    markings_taken,
    numbered_marking,
    post_names,
    typed_marking,
)
from employee_master.services.organisation import lock_tree
from employee_master.services.sections import refuse_closed
from eoffice import access
from eoffice.core import clock
from eoffice.core.actions import Action
from eoffice.core.actor import Actor
from eoffice.core.bulk import insert_rows
from eoffice.core.errors import BadInput, NotVisible, WrongState
from eoffice.core.names import named
from eoffice.core.text import clean_line
from eoffice.ledger.writer import Entry, record_events

__all__ = ["NewPost", "marking_for", "markings_taken", "post_create", "posts_create_many"]

BATCH = 500

# A unit: a section, or an office for the posts that are in no section.
Unit = tuple[int, int | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class NewPost:
    """A post that is to be. What is left empty is made: names, marking, superior (see `post_create`).

    `superior_row` is the place in the same list of another new post under which this one is to stand.
    """

    office_id: int
    section_id: int | None
    designation_id: int
    superior_id: int | None = None
    superior_row: int | None = None
    name_en: str = ""
    name_hi: str = ""
    marking: str = ""

    @property
    def unit(self) -> Unit:
        return (self.office_id, self.section_id)


@transaction.atomic
def post_create(
    *,
    office_id: int,
    section_id: int | None,
    designation_id: int,
    superior_id: int | None = None,
    name_en: str = "",
    name_hi: str = "",
    marking: str = "",
    actor: Actor,
) -> Post:
    """Create a post; names in both scripts, marking and superior are made by rule where they are left empty.

    The superior is then the highest post of the section that ranks above, else of the section over it, else the head
    of the office.

    Refuses: more posts than are sanctioned (`over_strength`), a closed office or section (`unit_closed`), a section
    of another office (`foreign_section`), a designation no longer used, a marking that any post has or had
    (`marking_taken`), a superior that was abolished (`post_abolished`).
    """
    lock_tree()
    access.require(actor, Action.POST_CREATE, Post(office=Office.objects.get(pk=office_id)))
    row = NewPost(
        office_id=office_id,
        section_id=section_id,
        designation_id=designation_id,
        superior_id=superior_id,
        name_en=name_en,
        name_hi=name_hi,
        marking=marking,
    )
    return _create([row], actor)[0]


@transaction.atomic
def posts_create_many(*, rows: Sequence[NewPost], actor: Actor) -> list[Post]:
    """Create all of the posts or none, in the order of `rows`; as many queries for one as for thousands.

    Part of a larger act (`import:apply`, `reorganisation:apply`), which has asked `access` already. Refuses as
    `post_create` does, and superiors that stand under each other in a circle (`channel_cycle`).
    """
    lock_tree()
    return _create(rows, actor) if rows else []


def _create(rows: Sequence[NewPost], actor: Actor) -> list[Post]:
    units = _Units(rows)
    posts = _drawn(rows, units)
    superiors = _superiors(rows, posts, units)
    _save(posts, superiors)
    today = clock.today()
    markings = [(post.pk, post.marking, connection.ops.adapt_datefield_value(today)) for post in posts]
    insert_rows(PostMarking, ("post", "marking", "from_on"), markings)
    _place(posts)
    post_words_write(posts)
    entries = [Entry(subject=post, data=_facts(post), is_new=True) for post in posts]
    record_events(entries, action=Action.POST_CREATE, actor=actor)
    return posts


def _facts(post: Post) -> dict[str, object]:
    return {
        "office": post.office_id,
        "section": post.section_id,
        "designation": post.designation_id,
        "marking": post.marking,
        "superior": post.superior_id,
    }


class _Units:
    """What is known of the offices, sections and designations of the new posts; a fixed number of queries."""

    def __init__(self, rows: Sequence[NewPost]) -> None:
        office_ids = {row.office_id for row in rows}
        section_ids = {row.section_id for row in rows if row.section_id is not None}
        # Locked, so that nobody closes a unit meanwhile (the tree's lock keeps other creations out).
        self.offices = _all(Office.objects.select_for_update(no_key=True), office_ids)
        self.sections = _all(Section.objects.select_for_update(no_key=True), section_ids)
        self.designations = _all(Designation.objects.all(), {row.designation_id for row in rows})
        self.strengths = {
            (sanction.office_id, sanction.section_id, sanction.designation_id): sanction.strength
            for sanction in Sanction.objects.filter(office_id__in=office_ids)
        }
        self.standing: dict[Unit, list[Post]] = defaultdict(list)
        for post in Post.objects.filter(office_id__in=office_ids, is_active=True).select_related("designation"):
            self.standing[(post.office_id, post.section_id)].append(post)
        for row in rows:
            self._refuse(row)
        self._refuse_over_strength(rows)

    def several(self, row: NewPost, new: Mapping[tuple[Unit, int], int]) -> bool:
        """Whether the unit has, or is to have, more than one post of the designation."""
        count = new[(row.unit, row.designation_id)] + self._present(row.unit, row.designation_id)
        return max(count, self.strengths.get((*row.unit, row.designation_id), 0)) > 1

    def _present(self, unit: Unit, designation_id: int) -> int:
        return sum(post.designation_id == designation_id for post in self.standing[unit])

    def _refuse(self, row: NewPost) -> None:
        office, designation = self.offices[row.office_id], self.designations[row.designation_id]
        section = self.sections[row.section_id] if row.section_id is not None else None
        if section is not None and section.office_id != office.pk:
            raise BadInput(
                "foreign_section",
                _("%(section)s is not a section of %(office)s.") % {"section": named(section), "office": named(office)},
                _("Choose a section of the office."),
                field="section",
            )
        for unit in (office, section):
            if unit is not None:
                refuse_closed(unit)
        if not designation.is_active:
            raise WrongState(
                "designation_closed",
                _("The designation %(name)s is no longer given.") % {"name": named(designation)},
                _("Choose another designation."),
            )

    def _refuse_over_strength(self, rows: Sequence[NewPost]) -> None:
        for (unit, designation_id), new in Counter((row.unit, row.designation_id) for row in rows).items():
            strength = self.strengths.get((*unit, designation_id))
            present = self._present(unit, designation_id)
            if strength is not None and present + new > strength:
                office_id, section_id = unit
                place = self.sections[section_id] if section_id is not None else self.offices[office_id]
                raise WrongState(
                    "over_strength",
                    _("%(unit)s: %(strength)s posts of %(designation)s are sanctioned, %(present)s exist.")
                    % {
                        "unit": named(place),
                        "strength": strength,
                        "designation": named(self.designations[designation_id]),
                        "present": present,
                    },
                    _("Enter the order that sanctions more, or use a vacant post."),
                )


Row = TypeVar("Row", bound=models.Model)


def _all(rows: models.QuerySet[Row], ids: Collection[int]) -> dict[int, Row]:
    """The rows with these ids in the order of ids, or the refusal where one of them is not there."""
    found = {row.pk: row for row in rows.filter(pk__in=ids).order_by("pk")}
    if len(found) != len(ids):
        raise NotVisible
    return found


def _drawn(rows: Sequence[NewPost], units: _Units) -> list[Post]:
    """The posts with names and markings, not yet in the database."""
    taken = markings_taken()
    new = Counter((row.unit, row.designation_id) for row in rows)
    # What the office has itself is given first, so that none of the rule's own takes it.
    own = [_own_marking(row.marking, taken) if row.marking.strip() else "" for row in rows]
    posts = []
    last: dict[tuple[Unit, int], int] = {}
    for row, typed in zip(rows, own, strict=True):
        office, designation = units.offices[row.office_id], units.designations[row.designation_id]
        section = units.sections[row.section_id] if row.section_id is not None else None
        marking, number = typed, None
        if not typed:
            group = (row.unit, row.designation_id)
            wanted = last.get(group, 0) + 1 if units.several(row, new) else None
            marking, number = numbered_marking(
                designation=designation, office=office, section=section, number=wanted, taken=taken
            )
            last[group] = number or 1
            taken.add(marking)
        made = post_names(designation=designation, office=office, section=section, number=number)
        posts.append(
            Post(
                office=office,
                section=section,
                designation=designation,
                marking=marking,
                name_en=clean_line(row.name_en, field="name_en", limit=NAME_LENGTH, required=False) or made[0],
                name_hi=clean_line(row.name_hi, field="name_hi", limit=NAME_LENGTH, required=False) or made[1],
            )
        )
    return posts


def _own_marking(typed: str, taken: set[str]) -> str:
    marking = typed_marking(typed, taken)
    taken.add(marking.upper())
    return marking


# The superior of a new post: a post of the instance, another new one (its place in the list), or nobody.
Superior = Post | int | None


def _superiors(rows: Sequence[NewPost], posts: Sequence[Post], units: _Units) -> list[Superior]:
    named_ones = _all(Post.objects.all(), {row.superior_id for row in rows if row.superior_id is not None})
    for superior in named_ones.values():
        if not superior.is_active:
            raise WrongState(
                "post_abolished",
                _("The post %(marking)s no longer exists.") % {"marking": superior.marking},
                _("Choose another post."),
            )
    new: dict[Unit, list[int]] = defaultdict(list)
    for number, row in enumerate(rows):
        new[row.unit].append(number)
    heads, highest = _heads(units), _highest(posts, units, new)
    found: list[Superior] = []
    for number, row in enumerate(rows):
        if row.superior_row is not None:
            found.append(row.superior_row)
        elif row.superior_id is not None:
            found.append(named_ones[row.superior_id])
        else:
            found.append(_default_superior(posts[number], highest, heads))
    return found


# The highest post of a unit: its rank, whether it is a new one, its id or place in the list, and itself.
_Highest = tuple[int, int, int, Superior]


def _highest(posts: Sequence[Post], units: _Units, new: Mapping[Unit, list[int]]) -> dict[Unit, _Highest]:
    """Found once for each unit, however many posts it is to get."""
    found: dict[Unit, _Highest] = {}
    for unit in {*units.standing, *new}:
        there: list[_Highest] = [(one.designation.rank, 0, one.pk, one) for one in units.standing[unit]]
        there += [(posts[number].designation.rank, 1, number, number) for number in new.get(unit, [])]
        if there:
            found[unit] = min(there, key=lambda one: one[:3])
    return found


def _heads(units: _Units) -> dict[int, Post]:
    """The head post of each office that has one and where it still exists."""
    heads = Post.objects.filter(heads__in=units.offices, is_active=True)
    by_id = {post.pk: post for post in heads}
    return {office.pk: by_id[office.head_post_id] for office in units.offices.values() if office.head_post_id in by_id}


def _default_superior(post: Post, highest: Mapping[Unit, _Highest], heads: Mapping[int, Post]) -> Superior:
    """The highest post of the unit that ranks above it; else of the section above; else the head of the office."""
    section = post.section
    while True:
        best = highest.get((post.office_id, section.pk if section is not None else None))
        head = heads.get(post.office_id)
        if section is None and head is not None:
            return head
        if best is not None and best[0] < post.designation.rank:
            return best[3]
        if section is None:
            return None
        section = section.parent


def _save(posts: Sequence[Post], superiors: Sequence[Superior]) -> None:
    """Those above before those below, since each needs the id of the one above it."""
    waiting = dict(enumerate(superiors))
    while waiting:
        ready = [
            number for number, superior in waiting.items() if not isinstance(superior, int) or superior not in waiting
        ]
        if not ready:
            raise WrongState(
                "channel_cycle",
                _("The new posts %(markings)s stand under each other in a circle.")
                % {"markings": ", ".join(posts[number].marking for number in waiting)},
                _("Give one of them another superior."),
            )
        for number in ready:
            superior = waiting[number]
            posts[number].superior = posts[superior] if isinstance(superior, int) else superior
        Post.objects.bulk_create([posts[number] for number in ready], batch_size=BATCH)
        for number in ready:
            del waiting[number]


def _place(posts: Iterable[Post]) -> None:
    """The channel above each of the new posts, below whom nobody stands yet but other new ones."""
    posts = list(posts)
    above = _channels({post.superior_id for post in posts if post.superior_id is not None})
    by_id = {post.pk: post for post in posts}

    def channel(post: Post) -> list[tuple[int, int]]:
        steps, distance = [(post.pk, 0)], 0
        superior_id = post.superior_id
        while superior_id in by_id:
            distance += 1
            steps.append((superior_id, distance))
            superior_id = by_id[superior_id].superior_id
        if superior_id is not None:
            steps += [(senior_id, distance + 1 + further) for senior_id, further in above[superior_id]]
        return steps

    rows = [(post.pk, senior_id, distance) for post in posts for senior_id, distance in channel(post)]
    insert_rows(PostSenior, ("post", "senior", "distance"), rows)


def _channels(post_ids: Collection[int]) -> dict[int, list[tuple[int, int]]]:
    """What stands above each of the posts, itself included even where it was never placed."""
    found: dict[int, list[tuple[int, int]]] = {pk: [(pk, 0)] for pk in post_ids}
    rows = PostSenior.objects.filter(post_id__in=post_ids, distance__gt=0)
    for post_id, senior_id, distance in rows.values_list("post_id", "senior_id", "distance"):
        found[post_id].append((senior_id, distance))
    return found
