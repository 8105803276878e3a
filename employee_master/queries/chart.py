"""The channel of submission of an office as a tree to draw, and where the office lies."""

from __future__ import annotations

from dataclasses import dataclass, field
from math import floor

from django.db.models import QuerySet

from employee_master.models import Office, Post, Section
from employee_master.queries.organisation import Seat, seats_of
from employee_master.queries.ranks import by_rank


@dataclass(slots=True)
class Box:
    """A post in the chart: who holds it, the officers below, and the posts of sections below, section by section."""

    seat: Seat
    below: list[Box] = field(default_factory=list)
    desks: list[Desk] = field(default_factory=list)


@dataclass(slots=True)
class Desk:
    """The posts of one section that stand under a box, deepest last; `depth` counts the steps from the box."""

    section: Section | None
    lines: list[tuple[Seat, int]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Locator:
    """A cell of one degree with a dot in it: `x` and `y` in a field of 100, y downwards, and the cell's corner."""

    x: float
    y: float
    south: int
    west: int

    @property
    def north(self) -> int:
        return self.south + 1

    @property
    def east(self) -> int:
        return self.west + 1


def chart_of(office: Office) -> list[Box]:
    """The office's posts under those of the office that have nobody of it above them; a fixed number of queries.

    Officers are boxes. The posts of sections stand as lists under the officer to whom they report.
    """
    posts: QuerySet[Post] = by_rank(Post.objects.filter(office=office, is_active=True))
    seats = {seat.post.pk: seat for seat in seats_of(posts)}
    below: dict[int | None, list[Seat]] = {}
    for seat in seats.values():
        above = seat.post.superior_id if seat.post.superior_id in seats else None
        below.setdefault(above, []).append(seat)

    def box(seat: Seat) -> Box:
        own = Box(seat)
        for one in below.get(seat.post.pk, []):
            if one.post.section_id is None:
                own.below.append(box(one))
            else:
                _desk(own, one, below)
                own.below += [box(officer) for officer in _officers_under(one, below)]
        return own

    return [box(seat) for seat in below.get(None, [])]


def _desk(box: Box, seat: Seat, below: dict[int | None, list[Seat]]) -> None:
    """The post and the section's posts under it, as lines of the section's list."""
    section = seat.post.section
    desk = next((one for one in box.desks if one.section == section), None)
    if desk is None:
        desk = Desk(section)
        box.desks.append(desk)
    waiting = [(seat, 0)]
    while waiting:
        one, depth = waiting.pop()
        if one.post.section_id != seat.post.section_id:
            if one.post.section_id is not None:
                _desk(box, one, below)
            continue
        desk.lines.append((one, depth))
        waiting += [(lower, depth + 1) for lower in reversed(below.get(one.post.pk, []))]


def _officers_under(seat: Seat, below: dict[int | None, list[Seat]]) -> list[Seat]:
    """Officers without a section who report to a post of one: rare, but none is left out."""
    found: list[Seat] = []
    waiting = [seat]
    while waiting:
        for one in below.get(waiting.pop().post.pk, []):
            if one.post.section_id is None:
                found.append(one)
            else:
                waiting.append(one)
    return found


def locator_of(office: Office) -> Locator | None:
    """Where the office lies within its degree; None where that was never entered."""
    if office.latitude is None or office.longitude is None:
        return None
    south, west = floor(office.latitude), floor(office.longitude)
    x = round(float(office.longitude - west) * 100, 1)
    y = round(100 - float(office.latitude - south) * 100, 1)
    return Locator(x, y, south, west)
