"""Working days of the office: Saturdays, Sundays and the instance's holidays don't count (R17)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

from eoffice.core.models import Holiday

SATURDAY = 5


def holidays_between(first: date, last: date) -> set[date]:
    """The instance's holidays from `first` to `last`, both included."""
    return set(Holiday.objects.filter(on__range=(first, last)).values_list("on", flat=True))


def is_working_day(day: date) -> bool:
    return day.weekday() < SATURDAY and not Holiday.objects.filter(on=day).exists()


def add_working_days(day: date, count: int) -> date:
    """The working day that is `count` working days after `day` (count >= 0; 0 gives `day` or the next working day)."""
    # Twice the span and a month is more than any run of holidays takes.
    closed = holidays_between(day, day + timedelta(days=count * 2 + 31))

    def works(candidate: date) -> bool:
        return candidate.weekday() < SATURDAY and candidate not in closed

    while count > 0 or not works(day):
        day += timedelta(days=1)
        if works(day) and count > 0:
            count -= 1
    return day


def working_days_between(first: date, last: date) -> int:
    """How many working days lie after `first` up to and with `last`; negative when `last` is earlier."""
    return distances(first, [last])[last]


def distances(today: date, days: Iterable[date]) -> dict[date, int]:
    """Working days from `today` to each of `days` (negative for days gone by), with one query for all of them."""
    wanted = set(days)
    if not wanted:
        return {}
    closed = holidays_between(min(wanted | {today}), max(wanted | {today}))

    def between(first: date, last: date) -> int:
        steps = (first + timedelta(days=n) for n in range(1, (last - first).days + 1))
        return sum(1 for day in steps if day.weekday() < SATURDAY and day not in closed)

    return {day: between(today, day) if day >= today else -between(day, today) for day in wanted}
