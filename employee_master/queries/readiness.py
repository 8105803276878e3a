"""How ready offices are to work (R8): counted from facts, a few queries for however many offices."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import NamedTuple

from django.conf import settings
from django.db.models import Count, Q, QuerySet

from employee_master import ports
from employee_master.checklist import ITEMS, Item, ItemKind
from employee_master.models import (
    FULL_KINDS,
    AccessReview,
    Charge,
    Exemption,
    Nomination,
    NominationKind,
    Office,
    Post,
    ReadinessItem,
    ReadinessTick,
    RoleGrant,
)
from employee_master.queries.acting import active_on
from employee_master.queries.ranks import by_rank
from employee_master.queries.reviews import this_quarter
from employee_master.workflow.exemption import ExemptionState
from eoffice.core import clock
from eoffice.core.actor import Role
from eoffice.core.errors import NotVisible

WHOLE = 1000


@dataclass(frozen=True, slots=True)
class Figure:
    """So many of so many; nothing needed is not yet ready, because then nothing has been entered."""

    have: int
    need: int

    @property
    def is_full(self) -> bool:
        return 0 < self.need <= self.have

    @property
    def missing(self) -> int:
        return self.need - self.have

    @property
    def permille(self) -> int:
        """Rounded down, so that only what is full is a thousand."""
        return WHOLE * self.have // self.need if self.need else 0


@dataclass(frozen=True, slots=True)
class Share:
    """How far an office is in all: each item counts alike."""

    permille: int
    full: int
    items: int

    @property
    def percent(self) -> int:
        return self.permille * 100 // WHOLE


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who fills a post of the office, with the marks of the checklist."""

    employee_id: int
    code: str
    name_en: str
    name_hi: str
    post_id: int
    marking: str
    account_id: int | None
    email_confirmed: bool
    second_factor: bool
    credential_active: bool
    practice_moved: bool

    def has(self, code: str) -> bool:
        """Whether the item of this code (`checklist.PERSONAL`) is done for them."""
        return bool(getattr(self, code))


@dataclass(slots=True)
class Facts:
    """What is known of one office; everything else follows from it."""

    office: Office
    posts: int = 0
    filled: set[int] = field(default_factory=set)
    people: list[Person] = field(default_factory=list)
    has_manager: bool = False
    reviewed: bool = False
    nodal: list[Nomination] = field(default_factory=list)
    ticks: dict[str, ReadinessTick] = field(default_factory=dict)
    exemptions: list[Exemption] = field(default_factory=list)

    @property
    def exempt_whole(self) -> date | None:
        """The last day of an exemption from the go-live as a whole."""
        return max((one.last_day for one in self.exemptions if one.is_whole), default=None)

    @property
    def exempt_codes(self) -> dict[str, date]:
        """Items under an exemption of their own, with its last day."""
        days: dict[str, date] = {}
        for one in self.exemptions:
            for code in one.codes:
                days[code] = max(days.get(code, one.last_day), one.last_day)
        return days

    def figure(self, item: Item) -> Figure:
        """How far the office is with the item."""
        if item.code == "posts_filled":
            return Figure(len(self.filled), self.posts)
        if item.code in _YES_NO:
            return Figure(int(_YES_NO[item.code](self)), 1)
        if item.kind == ItemKind.COMPUTED:
            return Figure(sum(person.has(item.code) for person in self.people), len(self.people))
        return Figure(int(item.code in self.ticks), 1)

    def figures(self, items: Iterable[Item]) -> dict[str, Figure]:
        return {item.code: self.figure(item) for item in items}

    def share(self, figures: Mapping[str, Figure]) -> Share:
        """The sum of an office: what is under an exemption is neither missing nor done, and left out."""
        exempt = self.exempt_codes
        counted = [figure for code, figure in figures.items() if code not in exempt]
        return Share(
            permille=sum(figure.permille for figure in counted) // len(counted) if counted else WHOLE,
            full=sum(figure.is_full for figure in counted),
            items=len(counted),
        )


_YES_NO: dict[str, Callable[[Facts], bool]] = {
    "head_post": lambda facts: facts.office.head_post_id is not None,
    "ddo_post": lambda facts: facts.office.ddo_post_id is not None,
    "emd_manager": lambda facts: facts.has_manager,
    "access_review": lambda facts: facts.reviewed,
    "nodal_officer": lambda facts: bool(facts.nodal),
}


def items(*, every: bool = False) -> tuple[Item, ...]:
    """The instance's checklist in its order; with `every` also what it has switched off. One query.

    An instance that asks for no second factor is not asked for it here either.
    """
    own = {row.code: row for row in ReadinessItem.objects.all()}
    listed = [_adapted(item, own.pop(item.code, None), every=every) for item in ITEMS]
    listed += [_own(row) if row.is_active or every else None for row in own.values()]
    shown = [item for item in listed if item is not None and (item.code != "second_factor" or _factor_asked())]
    return tuple(sorted(shown, key=lambda item: (item.position, item.code)))


def _factor_asked() -> bool:
    return bool(settings.SECOND_FACTOR != "off")


def _adapted(item: Item, row: ReadinessItem | None, *, every: bool) -> Item | None:
    if row is None:
        return item
    if not row.is_active and not every:
        return None
    return Item(
        code=item.code,
        kind=item.kind,
        icon=item.icon,
        name_en=row.name_en,
        name_hi=row.name_hi,
        help_en=row.help_en,
        help_hi=row.help_hi,
        position=row.position,
    )


def _own(row: ReadinessItem) -> Item:
    return Item(
        code=row.code,
        kind=ItemKind.TICKED,
        icon="check2",
        name_en=row.name_en,
        name_hi=row.name_hi,
        help_en=row.help_en,
        help_hi=row.help_hi,
        position=row.position,
        is_own=True,
    )


def living_offices(day: date) -> Q:
    """Offices that exist on the day."""
    return (Q(from_on__isnull=True) | Q(from_on__lte=day)) & (Q(to_on__isnull=True) | Q(to_on__gte=day))


def facts_of(offices: Collection[Office]) -> dict[int, Facts]:
    """The facts of each office: eight queries for all of them, and one for each office's credentials."""
    today = clock.today()
    found = {office.pk: Facts(office) for office in offices}
    posts = Post.objects.filter(office__in=found, is_active=True).order_by().values_list("office").annotate(Count("pk"))
    for office_id, count in posts:
        found[office_id].posts = count
    seats = _seats(found, today)
    managers = _managers(seats, today)
    practised = _practised({seat.employee_id for rows in seats.values() for seat in rows})
    for office_id, facts in found.items():
        facts.filled = {seat.post_id for seat in seats[office_id]}
        facts.has_manager = office_id in managers
        facts.people = _people(seats[office_id], office_id, practised)
    reviews = AccessReview.objects.filter(office__in=found, quarter_on=this_quarter())
    for office_id in reviews.values_list("office_id", flat=True):
        found[office_id].reviewed = True
    for nomination in nominations_on(today).filter(office__in=found, kind=NominationKind.NODAL_OFFICER):
        found[nomination.office_id].nodal.append(nomination)
    for tick in ReadinessTick.objects.filter(office__in=found, withdrawn_at__isnull=True).select_related(
        "made_by", "post", "document"
    ):
        found[tick.office_id].ticks[tick.code] = tick
    for exemption in running_exemptions(today).filter(office__in=found):
        found[exemption.office_id].exemptions.append(exemption)
    return found


class Seat(NamedTuple):
    """A post that somebody fills today, and what their account says."""

    post_id: int
    employee_id: int
    code: str
    name_en: str
    name_hi: str
    marking: str
    account_id: int | None
    email_confirmed_at: datetime | None
    enrolled_at: datetime | None
    office_id: int


_COLUMNS = (
    "post_id",
    "employee_id",
    "employee__code",
    "employee__name_en",
    "employee__name_hi",
    "post__marking",
    "employee__account_id",
    "employee__account__email_confirmed_at",
    "employee__account__factor__enrolled_at",
    "post__office_id",
)


def _seats(found: Mapping[int, Facts], today: date) -> dict[int, list[Seat]]:
    """Today's full charges of the offices' posts, the highest post first."""
    charges = Charge.objects.filter(active_on(today), post__office__in=found, post__is_active=True, kind__in=FULL_KINDS)
    seats: dict[int, list[Seat]] = defaultdict(list)
    for row in charges.order_by("post__designation__rank", "post__marking").values_list(*_COLUMNS):
        seat = Seat(*row)
        seats[seat.office_id].append(seat)
    return seats


def _people(seats: Sequence[Seat], office_id: int, practised: Collection[int]) -> list[Person]:
    """Each person once, under the highest of their posts."""
    ids = {seat.employee_id for seat in seats}
    active: set[int] = set()
    for port in ports.retires_credentials:
        active |= port.active_among(employee_ids=ids, office_id=office_id) if ids else set()
    people: dict[int, Person] = {}
    for seat in seats:
        people.setdefault(
            seat.employee_id,
            Person(
                employee_id=seat.employee_id,
                code=seat.code,
                name_en=seat.name_en,
                name_hi=seat.name_hi,
                post_id=seat.post_id,
                marking=seat.marking,
                account_id=seat.account_id,
                email_confirmed=seat.email_confirmed_at is not None,
                second_factor=seat.enrolled_at is not None,
                credential_active=seat.employee_id in active,
                practice_moved=seat.employee_id in practised,
            ),
        )
    return list(people.values())


def _practised(employee_ids: Collection[int]) -> set[int]:
    found: set[int] = set()
    for port in ports.practises:
        found |= port.practised_among(employee_ids) if employee_ids else set()
    return found


def _managers(seats: Mapping[int, Sequence[Seat]], today: date) -> set[int]:
    """Offices that have an EMD manager today: granted for the office, or for wherever the person acts (R2)."""
    grants = RoleGrant.objects.filter(active_on(today), role=Role.EMD_MANAGER).values_list("employee_id", "office_id")
    everywhere = {employee for employee, office in grants if office is None}
    named = {(employee, office) for employee, office in grants if office is not None}
    return {
        office
        for office, rows in seats.items()
        for seat in rows
        if seat.employee_id in everywhere or (seat.employee_id, office) in named
    }


def nominations_on(day: date) -> QuerySet[Nomination]:
    """Nominations that hold on the day, with the people."""
    holds = Q(ended_at__isnull=True, from_on__lte=day) & (Q(to_on__isnull=True) | Q(to_on__gte=day))
    return Nomination.objects.filter(holds).select_related("employee__account")


def running_exemptions(day: date) -> QuerySet[Exemption]:
    """Exemptions that were granted and whose last day has not gone by."""
    rows: QuerySet[Exemption] = Exemption.objects.filter(state=ExemptionState.GRANTED, until__gte=day)
    return rows


@dataclass(frozen=True, slots=True)
class Rollout:
    """An office's roll-out, as the rules of access see it (`eoffice.access.rollout`)."""

    office: Office | None
    above_post_ids: tuple[int, ...] = ()
    nodal_ids: frozenset[int] = frozenset()


def rollout_of(office_id: int | None) -> Rollout:
    """The roll-out of an office; of none, for somebody who holds no charge. Three queries."""
    if office_id is None:
        return Rollout(None)
    office = Office.objects.select_related("head_post", "ddo_post", "parent").filter(pk=office_id).first()
    if office is None:
        raise NotVisible
    nodal = nominations_on(clock.today()).filter(
        office=office, kind=NominationKind.NODAL_OFFICER, employee__isnull=False
    )
    above = tuple(one.head_post_id for one in offices_above(office) if one.head_post_id is not None)
    return Rollout(office, above, frozenset(nodal.values_list("employee_id", flat=True)))


def offices_above(office: Office) -> list[Office]:
    """The offices above, the next one first; one query for the whole tree of a few thousand offices."""
    if office.parent_id is None:
        return []
    tree = {one.pk: one for one in Office.objects.only("pk", "parent_id", "head_post_id", "code")}
    above: list[Office] = []
    step = tree.get(office.parent_id)
    while step is not None and step not in above:
        above.append(step)
        step = tree.get(step.parent_id) if step.parent_id is not None else None
    return above


def vacant_posts(facts: Facts, limit: int) -> list[Post]:
    """Posts of the office that nobody fills, the highest first."""
    posts = Post.objects.filter(office=facts.office, is_active=True).exclude(pk__in=facts.filled)
    return list(by_rank(posts).select_related("section")[:limit])


def marks_of(*, employee_ids: Collection[int], office_id: int) -> dict[int, Person]:
    """For the lists of people of other pages: e-mail, second factor, credential, practice of each, at the office."""
    office = Office.objects.get(pk=office_id)
    return {one.employee_id: one for one in facts_of([office])[office_id].people if one.employee_id in employee_ids}
