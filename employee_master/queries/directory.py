"""The directory: an office's posts by section with holders, link officers and vacancies, a page at a time."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import groupby

from django.db.models import Count, Exists, Max, OuterRef, Prefetch, Q, QuerySet, Value
from django.db.models.functions import Coalesce, Length

from employee_master.models import FULL_KINDS, Charge, ChargeKind, Office, Post, Section
from employee_master.queries.acting import active_on
from employee_master.queries.readiness import Person, marks_of
from eoffice.core import clock

PAGE = 200
RETIRE_WITHIN = timedelta(days=90)
_SEP = "\t"


@dataclass(frozen=True, slots=True)
class Seat:
    """A post and today's charges on it; `marks` says how ready the holder is, where the page shows it."""

    post: Post
    holder: Charge | None
    link: Charge | None
    vacant_since: date | None = None
    marks: Person | None = None

    @property
    def vacant(self) -> bool:
        return self.holder is None


@dataclass(frozen=True, slots=True)
class Group:
    """The posts of one section; of none, for the officers of an office."""

    office: Office
    section: Section | None
    seats: list[Seat]


@dataclass(frozen=True, slots=True)
class Tally:
    """The figures of the whole office."""

    posts: int
    vacant: int
    additional: int
    retiring: int

    @property
    def filled(self) -> int:
        return self.posts - self.vacant


@dataclass(frozen=True, slots=True)
class Directory:
    groups: list[Group] = field(default_factory=list)
    after: str = ""


def offices() -> QuerySet[Office]:
    """The offices that are open, by their codes."""
    return Office.objects.filter(Q(to_on__isnull=True) | Q(to_on__gte=clock.today())).order_by("code")


def tally(office: Office) -> Tally:
    """Two queries over the office's posts."""
    full = Charge.objects.filter(active_on(clock.today()), kind__in=FULL_KINDS)
    posts = Post.objects.filter(office=office, is_active=True).annotate(
        held=Exists(full.filter(post=OuterRef("pk"))),
        lent=Exists(full.filter(post=OuterRef("pk")).exclude(kind=ChargeKind.SUBSTANTIVE)),
    )
    figures = posts.aggregate(
        posts=Count("pk"), vacant=Count("pk", filter=Q(held=False)), additional=Count("pk", filter=Q(lent=True))
    )
    today = clock.today()
    soon = full.filter(
        kind=ChargeKind.SUBSTANTIVE,
        post__office=office,
        post__is_active=True,
        employee__superannuates_on__range=(today, today + RETIRE_WITHIN),
    )
    return Tally(**figures, retiring=soon.count())


def directory(office: Office, *, after: str = "", limit: int = PAGE, ready: bool = False) -> Directory:
    """The posts of an office, officers first, then by section and rank; `after` is a former page's.

    With `ready` each holder carries the marks of readiness.
    """
    posts = _in_order(Post.objects.filter(office=office, is_active=True))
    place = _read(after)
    if place is not None:
        section, rank, marking = place
        posts = posts.filter(
            Q(section_key__gt=section)
            | Q(section_key=section, designation__rank__gt=rank)
            | Q(section_key=section, designation__rank=rank, marking_length__gt=len(marking))
            | Q(section_key=section, designation__rank=rank, marking_length=len(marking), marking__gt=marking)
        )
    rows = list(posts[: limit + 1])
    marks: Mapping[int, Person] = {}
    if ready:
        holders = {charge.employee_id for post in rows[:limit] for charge in _today(post)}
        marks = marks_of(employee_ids=holders, office_id=office.pk)
    seats = seats_of(rows[:limit], marks=marks)
    groups = [Group(some[0].post.office, some[0].post.section, some) for some in _by_section(seats)]
    return Directory(groups, _place(rows[limit - 1]) if len(rows) > limit else "")


def seats_of(posts: list[Post], *, marks: Mapping[int, Person] | None = None) -> list[Seat]:
    """The posts, which carry today's charges (`with_charges`), as seats; one query for how long some are vacant."""
    empty = [post.pk for post in posts if _full(post) is None]
    ended = Charge.objects.filter(post__in=empty, kind__in=FULL_KINDS, to_on__isnull=False)
    since = dict(ended.values_list("post").annotate(last=Max("to_on")).order_by())
    return [_seat(post, since.get(post.pk), marks or {}) for post in posts]


def with_charges(posts: QuerySet[Post]) -> QuerySet[Post]:
    """The posts with office, section, designation and today's charges, as `seats_of` wants them; two queries."""
    charges = Charge.objects.filter(active_on(clock.today())).select_related("employee__account").order_by("pk")
    return posts.select_related("office", "section", "designation").prefetch_related(
        Prefetch("charges", queryset=charges, to_attr="today")
    )


def _in_order(posts: QuerySet[Post]) -> QuerySet[Post]:
    return (
        with_charges(posts)
        .annotate(section_key=Coalesce("section__code", Value("")), marking_length=Length("marking"))
        .order_by("section_key", "designation__rank", "marking_length", "marking")
    )


def _place(post: Post) -> str:
    return _SEP.join([post.section.code if post.section else "", str(post.designation.rank), post.marking])


def _read(after: str) -> tuple[str, int, str] | None:
    parts = after.split(_SEP)
    if len(parts) != 3 or not (parts[1].isascii() and parts[1].isdigit()) or len(parts[1]) > 5:  # noqa: PLR2004
        return None
    return parts[0], int(parts[1]), parts[2]


def _today(post: Post) -> list[Charge]:
    charges: list[Charge] = getattr(post, "today", [])
    return charges


def _full(post: Post) -> Charge | None:
    return next((charge for charge in _today(post) if charge.kind in FULL_KINDS), None)


def _seat(post: Post, vacant_since: date | None, marks: Mapping[int, Person]) -> Seat:
    holder = _full(post)
    link = next((charge for charge in _today(post) if charge.kind not in FULL_KINDS), None)
    ready = marks.get(holder.employee_id) if holder is not None else None
    return Seat(post, holder, link, vacant_since if holder is None else None, ready)


def _by_section(seats: Iterable[Seat]) -> list[list[Seat]]:
    return [list(group) for _key, group in groupby(seats, key=lambda seat: seat.post.section_id)]
