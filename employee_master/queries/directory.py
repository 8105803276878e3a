"""The directory: posts by section with holders, link officers and vacancies."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet

from employee_master.models import FULL_KINDS, Charge, Office, Post, Section
from employee_master.queries.acting import active_on
from eoffice.core import clock
from eoffice.core.search import search_key

FOUND_LIMIT = 200
OFFICE_LIMIT = 1000


@dataclass(frozen=True, slots=True)
class Seat:
    """A post and today's charges on it."""

    post: Post
    holder: Charge | None
    link: Charge | None
    vacant_since: date | None

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
class Directory:
    groups: list[Group]
    posts: int
    vacant: int
    additional: int
    cut_off: bool


def offices() -> QuerySet[Office]:
    return Office.objects.order_by("code")


def directory(*, office: Office | None = None, q: str = "") -> Directory:
    """The posts of an office, or those found by marking, post or person in either script; two queries.

    At most 1,000 posts of an office and 200 found ones; `cut_off` says that there were more.
    """
    posts = Post.objects.filter(is_active=True)
    if office is not None:
        posts = posts.filter(office=office)
    words = search_key(q).split()
    for word in words:
        people = Charge.objects.filter(
            active_on(clock.today()), post=OuterRef("pk"), employee__search_text__contains=word
        )
        posts = posts.filter(Q(search_text__contains=word) | Exists(people))
    limit = FOUND_LIMIT if words else OFFICE_LIMIT
    rows = list(_in_order(posts)[: limit + 1])
    groups = [
        Group(seats[0].post.office, seats[0].post.section, seats)
        for seats in _by_section(_seat(post) for post in rows[:limit])
    ]
    seats = [seat for group in groups for seat in group.seats]
    return Directory(
        groups=groups,
        posts=len(seats),
        vacant=sum(seat.vacant for seat in seats),
        additional=sum(seat.holder is not None and seat.holder.kind != "substantive" for seat in seats),
        cut_off=len(rows) > limit,
    )


def _in_order(posts: QuerySet[Post]) -> QuerySet[Post]:
    # Today's and former charges of the post: the former tell since when it is vacant.
    charges = Charge.objects.select_related("employee").order_by("pk")
    return (
        posts.select_related("office", "section", "designation")
        .prefetch_related(Prefetch("charges", queryset=charges, to_attr="every_charge"))
        .order_by("office__code", "section__code", "designation__rank", "marking")
    )


def _seat(post: Post) -> Seat:
    every: list[Charge] = getattr(post, "every_charge", [])
    running = [charge for charge in every if charge.runs_on(clock.today())]
    holder = next((charge for charge in running if charge.kind in FULL_KINDS), None)
    link = next((charge for charge in running if charge.kind not in FULL_KINDS), None)
    ends = [charge.to_on for charge in every if charge.kind in FULL_KINDS and charge.to_on is not None]
    return Seat(post, holder, link, max(ends, default=None) if holder is None else None)


def _by_section(seats: Iterable[Seat]) -> list[list[Seat]]:
    """Officers first: on both databases, whatever they do with empty sections in an order."""
    grouped = [list(group) for _key, group in groupby(seats, key=lambda s: (s.post.office_id, s.post.section_id))]
    return sorted(grouped, key=lambda g: (g[0].post.office.code, g[0].post.section.code if g[0].post.section else ""))
