from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from eoffice.core import calendar
from eoffice.core.models import Holiday

FRIDAY = date(2026, 11, 20)
MONDAY = date(2026, 11, 23)


def holiday(day: date) -> None:
    Holiday.objects.create(on=day, name_en="Holiday", name_hi="अवकाश")


@pytest.mark.django_db
def test_saturday_sunday_and_holidays_are_no_working_days() -> None:
    assert calendar.is_working_day(FRIDAY)
    assert not calendar.is_working_day(FRIDAY + timedelta(days=1))
    assert not calendar.is_working_day(FRIDAY + timedelta(days=2))
    holiday(MONDAY)
    assert not calendar.is_working_day(MONDAY)


@pytest.mark.django_db
def test_days_are_added_over_weekend_and_holiday() -> None:
    assert calendar.add_working_days(FRIDAY, 1) == MONDAY
    holiday(MONDAY)
    assert calendar.add_working_days(FRIDAY, 1) == date(2026, 11, 24)
    assert calendar.add_working_days(FRIDAY, 60) == date(2027, 2, 15)


@pytest.mark.django_db
def test_zero_days_is_today_or_the_next_working_day() -> None:
    assert calendar.add_working_days(FRIDAY, 0) == FRIDAY
    assert calendar.add_working_days(FRIDAY + timedelta(days=1), 0) == MONDAY


@pytest.mark.django_db
def test_a_long_closure_is_stepped_over() -> None:
    for number in range(20):
        holiday(MONDAY + timedelta(days=number))
    assert calendar.add_working_days(FRIDAY, 1) == date(2026, 12, 14)


DAYS = st.dates(date(2026, 1, 1), date(2027, 12, 31))


class Properties(TestCase):
    """Adding and counting are two sides of the same calendar."""

    @given(DAYS, st.integers(0, 80), st.sets(DAYS, max_size=12))
    def test_what_was_added_is_what_is_counted(self, day: date, count: int, closed: set[date]) -> None:
        Holiday.objects.all().delete()
        for off in closed:
            holiday(off)
        start = calendar.add_working_days(day, 0)
        end = calendar.add_working_days(start, count)
        assert calendar.is_working_day(end)
        assert calendar.working_days_between(start, end) == count
        assert calendar.working_days_between(end, start) == -count
