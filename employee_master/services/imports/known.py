"""What the master knows of an office and of the people whom a sheet speaks of, as plain values.

Read in a fixed number of queries (a few more for every thousand rows), so that rows are compared without asking the
database. Two readings are equal when nothing has changed between them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any, TypeVar

from django.db.models import Q

from employee_master.models import (
    FULL_KINDS,
    Account,
    Charge,
    ChargeKind,
    Designation,
    Employee,
    Office,
    Post,
    Sanction,
    Section,
)
from employee_master.services.imports.finders import fold_code
from eoffice.core import clock

PART = 800


@dataclass(frozen=True, slots=True)
class Unit:
    """An office, a section or a designation: what has a code and names in both scripts."""

    pk: int
    code: str
    name_en: str
    name_hi: str
    short: str = ""


@dataclass(frozen=True, slots=True)
class Seat:
    """A post of the office."""

    pk: int
    marking: str
    name_en: str
    name_hi: str
    section_id: int | None
    designation_id: int


@dataclass(frozen=True, slots=True)
class Held:
    """A charge that fills a post, or once did; whose and where in words."""

    pk: int
    employee_id: int
    post_id: int
    office_id: int
    kind: str
    from_on: date
    to_on: date | None
    relieved: bool
    marking: str
    code: str
    name_en: str
    name_hi: str

    def overlaps(self, from_on: date) -> bool:
        """Whether it stands in the way of a charge from that day on. A relieved one leaves its last day free.

        One that was ended before it began has no day at all.
        """
        if self.to_on is None:
            return True
        if self.relieved and self.to_on <= self.from_on:
            return False
        return self.to_on > from_on or (self.to_on == from_on and not self.relieved)

    def runs_on(self, day: date) -> bool:
        return not self.relieved and self.from_on <= day and (self.to_on is None or day <= self.to_on)


@dataclass(frozen=True, slots=True)
class Person:
    """An employee of the instance."""

    pk: int
    code: str
    name_en: str
    name_hi: str
    mobile: str
    gender: str
    born_on: date | None
    joined_on: date | None
    superannuates_on: date | None
    left_on: date | None
    certified: bool
    entered_in: int | None
    email: str


@dataclass(frozen=True)
class Asked:
    """Of whom the sheet speaks: codes, addresses, birth dates, those named in an answer; the earliest first day."""

    codes: frozenset[str]
    emails: frozenset[str]
    births: frozenset[date]
    earliest: date
    chosen: frozenset[int] = frozenset()


@dataclass
class Known:
    """The snapshot. Posts are those of the office that exist; charges those on them and those of `spoken_of`.

    `people` are those whom the sheet may mean: by code or address (`spoken_of`), by birth date, as holders here.
    """

    office: Unit
    offices: dict[int, Unit] = field(default_factory=dict)
    sections: dict[int, Unit] = field(default_factory=dict)
    designations: dict[int, Unit] = field(default_factory=dict)
    seats: dict[int, Seat] = field(default_factory=dict)
    former_markings: dict[str, int] = field(default_factory=dict)
    abolished: frozenset[str] = frozenset()
    strengths: dict[tuple[int | None, int], int] = field(default_factory=dict)
    people: dict[int, Person] = field(default_factory=dict)
    spoken_of: frozenset[int] = frozenset()
    by_code: dict[str, int] = field(default_factory=dict)
    by_folded_code: dict[str, list[int]] = field(default_factory=dict)
    accounts: dict[str, int | None] = field(default_factory=dict)
    by_birth: dict[date, list[int]] = field(default_factory=dict)
    on_post: dict[int, list[Held]] = field(default_factory=dict)
    of_person: dict[int, list[Held]] = field(default_factory=dict)

    def office_of(self, person: Person, today: date) -> int | None:
        """Which office keeps the person's record; as `queries.people.office_of_person` has it."""
        held = [one for one in self.of_person.get(person.pk, []) if one.kind in FULL_KINDS]
        if not held:
            return person.entered_in
        return max(
            held,
            key=lambda one: (
                one.runs_on(today),
                one.runs_on(today) and one.kind == ChargeKind.SUBSTANTIVE,
                one.from_on,
                one.pk,
            ),
        ).office_id


def fold_employee_code(code: str) -> str:
    """Spreadsheets lose leading noughts, clerks put in hyphens: 00123, 123 and 0-0123 are suspected of each other."""
    return fold_code(code).lstrip("0")


def read_known(office: Office, asked: Asked) -> Known:
    """Read the snapshot now."""
    known = Known(office=Unit(office.pk, office.code, office.name_en, office.name_hi, office.short_hi))
    _read_units(known, office)
    open_or_later = Q(to_on__isnull=True) | Q(to_on__gte=asked.earliest)
    on_posts = _held(Charge.objects.filter(open_or_later, post__office=office, kind__in=FULL_KINDS))
    known.on_post = _grouped(on_posts, "post_id")
    _read_people(known, asked, {one.employee_id for one in on_posts})
    everybody = [
        one for part in parts(sorted(known.spoken_of)) for one in _held(Charge.objects.filter(employee_id__in=part))
    ]
    known.of_person = _grouped(everybody, "employee_id")
    return known


def _read_units(known: Known, office: Office) -> None:
    known.offices = {pk: Unit(pk, *rest) for pk, *rest in Office.objects.values_list("pk", *_NAMES, "short_hi")}
    # Those of today, whatever the first day of the charges: nothing begins in a section that was closed since.
    sections = Section.objects.filter(Q(to_on__isnull=True) | Q(to_on__gt=clock.today()), office=office)
    known.sections = {pk: Unit(pk, *rest) for pk, *rest in sections.order_by("code").values_list("pk", *_NAMES)}
    ranks = Designation.objects.filter(is_active=True).order_by("rank", "code")
    known.designations = {pk: Unit(pk, *rest) for pk, *rest in ranks.values_list("pk", *_NAMES, "abbreviation")}
    posts = Post.objects.filter(office=office).order_by("marking")
    facts = posts.values_list("pk", "marking", "name_en", "name_hi", "section_id", "designation_id")
    known.seats = {row[0]: Seat(*row) for row in facts.filter(is_active=True)}
    known.abolished = frozenset(
        fold_code(marking) for marking in posts.filter(is_active=False).values_list("marking", flat=True)
    )
    former = posts.filter(is_active=True, markings__to_on__isnull=False).values_list("markings__marking", "pk")
    known.former_markings = {fold_code(marking): pk for marking, pk in former}
    known.strengths = {
        (section, designation): strength
        for section, designation, strength in Sanction.objects.filter(office=office).values_list(
            "section_id", "designation_id", "strength"
        )
    }


_NAMES = ("code", "name_en", "name_hi")
_PERSON = (
    "pk", "code", "name_en", "name_hi", "mobile", "gender", "born_on", "joined_on", "superannuates_on", "left_on",
    "certified_at", "entered_in_id", "account__email",
)  # fmt: skip

Item = TypeVar("Item")


def parts(items: Collection[Item]) -> Iterator[list[Item]]:
    """The items in lists of a length that every database takes as the values of one query."""
    every = list(items)
    for first in range(0, len(every), PART):
        yield every[first : first + PART]


def _read_people(known: Known, asked: Asked, holders: Collection[int]) -> None:
    folded = {fold_employee_code(code) for code in asked.codes}
    spoken_of: set[int] = set(asked.chosen)
    by_folded: dict[str, list[int]] = defaultdict(list)
    # All codes of the instance: a code that lost its noughts can't be looked for in the database.
    for pk, code in Employee.objects.order_by("pk").values_list("pk", "code").iterator(chunk_size=5000):
        key = fold_employee_code(code)
        if key in folded or code in asked.codes:
            by_folded[key].append(pk)
            spoken_of.add(pk)
    known.by_folded_code = dict(by_folded)
    for emails in parts(sorted(asked.emails)):
        for email, pk in Account.objects.filter(email__in=emails).values_list("email", "employee__pk"):
            known.accounts[email] = pk
            if pk is not None:
                spoken_of.add(pk)
    by_birth: dict[date, list[int]] = defaultdict(list)
    for births in parts(sorted(asked.births)):
        for pk, born_on in Employee.objects.filter(born_on__in=births).order_by("pk").values_list("pk", "born_on"):
            if born_on is not None:
                by_birth[born_on].append(pk)
    known.by_birth = dict(by_birth)
    known.people = _people(spoken_of.union(holders, *by_birth.values()))
    known.by_code = {person.code: person.pk for person in known.people.values()}
    known.spoken_of = frozenset(spoken_of)


def _people(ids: Collection[int]) -> dict[int, Person]:
    found: dict[int, Person] = {}
    for part in parts(sorted(ids)):
        rows: Any = Employee.objects.filter(pk__in=part).order_by("pk").values_list(*_PERSON)
        for *facts, certified_at, entered_in, email in rows:
            whole: tuple[Any, ...] = (*facts, certified_at is not None, entered_in, email or "")
            found[facts[0]] = Person(*whole)
    return found


def _held(charges: Any) -> list[Held]:
    rows: Any = charges.order_by("pk").values_list(
        "pk", "employee_id", "post_id", "post__office_id", "kind", "from_on", "to_on", "ended_at", "post__marking",
        "employee__code", "employee__name_en", "employee__name_hi",
    )  # fmt: skip
    wholes: list[tuple[Any, ...]] = [(*row[:7], row[7] is not None, *row[8:]) for row in rows]
    return [Held(*whole) for whole in wholes]


def _grouped(held: Iterable[Held], by: str) -> dict[int, list[Held]]:
    groups: dict[int, list[Held]] = defaultdict(list)
    for one in held:
        groups[getattr(one, by)].append(one)
    return dict(groups)
