"""The board of readiness over all offices (R8, R24): as last counted, by keyset, the same queries for any number."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.conf import settings
from django.db.models import Count, Max, Q, QuerySet, Sum

from employee_master.checklist import Item
from employee_master.models import Exemption, Office, ReadinessFigure, ReadinessSnapshot, ReadinessStanding
from employee_master.queries.readiness import WHOLE, Figure, running_exemptions
from eoffice.core import clock
from eoffice.core.search import search_key

PAGE = 50
WEEK = timedelta(days=7)
# What the board can be narrowed to.
VIEWS = ("all", "stuck", "open", "ready", "exempt")


@dataclass(frozen=True, slots=True)
class Stuck:
    """An item that is not full and has not risen for `days` days."""

    item: Item
    days: int


@dataclass(frozen=True, slots=True)
class Line:
    """One item of one office, as last counted."""

    item: Item
    figure: Figure
    exempt_until: date | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """One office. `yesterday` and `week` are percentage points gained since then; None without a count of that day."""

    office: Office
    standing: ReadinessStanding
    lines: list[Line]
    stuck: list[Stuck]
    yesterday: int | None
    week: int | None

    @property
    def percent(self) -> int:
        return self.standing.permille * 100 // WHOLE

    @property
    def exempted(self) -> list[Line]:
        """Items under an exemption of their own, the one that ends first standing first."""
        found = [(line.exempt_until, place) for place, line in enumerate(self.lines) if line.exempt_until is not None]
        return [self.lines[place] for _until, place in sorted(found)]


@dataclass(frozen=True, slots=True)
class Totals:
    """The instance as a whole; `lines` sum the items over all offices."""

    offices: int
    ready: int
    stuck: int
    exempt: int
    percent: int
    counted_at: datetime | None
    lines: list[Line]


@dataclass(frozen=True, slots=True)
class Page:
    rows: list[Row]
    after: str


def board(listed: Sequence[Item], *, q: str = "", view: str = "all", after: str = "", limit: int = PAGE) -> Page:
    """One page: offices with stuck items first, then the least ready first. Five queries."""
    found = _after(_wanted(q, view), after).order_by("-is_stuck", "permille", "office_id")[: limit + 1]
    standings = list(found)
    more = len(standings) > limit
    rows = _rows(standings[:limit], listed)
    return Page(rows, _key(standings[limit - 1]) if more else "")


def every_row(listed: Sequence[Item], *, q: str = "", view: str = "all") -> list[Row]:
    """All of them, in the board's order: for the sheet and for the reports."""
    return _rows(list(_wanted(q, view).order_by("-is_stuck", "permille", "office_id")), listed)


def row_of(office_id: int, listed: Sequence[Item], exemptions: Sequence[Exemption] | None = None) -> Row | None:
    """One office as the board shows it; None before it was first counted. Its running exemptions may be known."""
    standings = list(ReadinessStanding.objects.filter(office=office_id).select_related("office"))
    rows = _rows(standings, listed, exemptions)
    return rows[0] if rows else None


def totals(listed: Sequence[Item]) -> Totals:
    """Sums over all offices. Two queries."""
    sums = ReadinessStanding.objects.aggregate(
        offices=Count("pk"),
        ready=Count("pk", filter=Q(permille=WHOLE)),
        stuck=Count("pk", filter=Q(is_stuck=True)),
        exempt=Count("pk", filter=Q(exempt_until__gte=clock.today())),
        permille=Sum("permille"),
        counted_at=Max("counted_at"),
    )
    figures = ReadinessFigure.objects.order_by().values_list("code").annotate(Sum("have"), Sum("need"))
    by_code = {code: Figure(have, need) for code, have, need in figures}
    offices = sums["offices"]
    return Totals(
        offices=offices,
        ready=sums["ready"],
        stuck=sums["stuck"],
        exempt=sums["exempt"],
        percent=sums["permille"] * 100 // (WHOLE * offices) if offices else 0,
        counted_at=sums["counted_at"],
        lines=[Line(item, by_code[item.code]) for item in listed if item.code in by_code],
    )


def _wanted(q: str, view: str) -> QuerySet[ReadinessStanding]:
    rows = ReadinessStanding.objects.select_related("office")
    for word in search_key(q).split()[:8]:
        rows = rows.filter(search_text__contains=word)
    today = clock.today()
    match view:
        case "stuck":
            return rows.filter(is_stuck=True)
        case "open":
            return rows.filter(permille__lt=WHOLE)
        case "ready":
            return rows.filter(permille=WHOLE)
        case "exempt":
            items = running_exemptions(today).values("office")
            return rows.filter(Q(exempt_until__gte=today) | Q(office__in=items))
        case _:
            return rows


def _key(standing: ReadinessStanding) -> str:
    return f"{int(standing.is_stuck)}-{standing.permille}-{standing.office_id}"


def _after(rows: QuerySet[ReadinessStanding], after: str) -> QuerySet[ReadinessStanding]:
    """The rows that follow the key; one that was tampered with begins at the top."""
    parts = after.split("-")
    if len(parts) != 3 or not all(part.isascii() and part.isdigit() and len(part) <= 18 for part in parts):  # noqa: PLR2004
        return rows
    is_stuck, permille, office = bool(int(parts[0])), int(parts[1]), int(parts[2])
    later = Q(is_stuck=is_stuck, permille__gt=permille) | Q(is_stuck=is_stuck, permille=permille, office__gt=office)
    return rows.filter(later | Q(is_stuck=False) if is_stuck else later)


def _rows(
    standings: Sequence[ReadinessStanding], listed: Sequence[Item], exemptions: Sequence[Exemption] | None = None
) -> list[Row]:
    if not standings:
        return []
    today = clock.today()
    ids = [standing.office_id for standing in standings]
    figures: dict[int, dict[str, ReadinessFigure]] = defaultdict(dict)
    for figure in ReadinessFigure.objects.filter(office__in=ids):
        figures[figure.office_id][figure.code] = figure
    days = (today - timedelta(days=1), today - WEEK)
    then = {
        (office, on): permille
        for office, on, permille in ReadinessSnapshot.objects.filter(office__in=ids, on__in=days).values_list(
            "office_id", "on", "permille"
        )
    }
    exempt: dict[int, list[Exemption]] = defaultdict(list)
    for one in running_exemptions(today).filter(office__in=ids) if exemptions is None else exemptions:
        exempt[one.office_id].append(one)
    return [
        Row(
            office=standing.office,
            standing=standing,
            lines=_lines(figures[standing.office_id], exempt[standing.office_id], listed),
            stuck=_stuck(standing, figures[standing.office_id], exempt[standing.office_id], listed, today),
            yesterday=_gained(standing, then.get((standing.office_id, days[0]))),
            week=_gained(standing, then.get((standing.office_id, days[1]))),
        )
        for standing in standings
    ]


def _gained(standing: ReadinessStanding, before: int | None) -> int | None:
    """In whole points of what the pages show, so that the difference fits the two figures."""
    return None if before is None else standing.permille * 100 // WHOLE - before * 100 // WHOLE


def _exempt_codes(exemptions: Iterable[Exemption]) -> dict[str, date]:
    return {code: one.last_day for one in exemptions for code in one.codes}


def _lines(figures: dict[str, ReadinessFigure], exemptions: Iterable[Exemption], listed: Sequence[Item]) -> list[Line]:
    until = _exempt_codes(exemptions)
    return [
        Line(item, Figure(figures[item.code].have, figures[item.code].need), until.get(item.code))
        for item in listed
        if item.code in figures
    ]


def _stuck(
    standing: ReadinessStanding,
    figures: dict[str, ReadinessFigure],
    exemptions: Iterable[Exemption],
    listed: Sequence[Item],
    today: date,
) -> list[Stuck]:
    """The longest stuck first."""
    if standing.exempt_until is not None and standing.exempt_until >= today:
        return []
    until = _exempt_codes(exemptions)
    found = []
    for item in listed:
        row = figures.get(item.code)
        if row is None or item.code in until or Figure(row.have, row.need).is_full:
            continue
        days = (today - row.since).days
        if days > settings.READINESS_STUCK_DAYS:
            found.append(Stuck(item, days))
    return sorted(found, key=lambda one: -one.days)
