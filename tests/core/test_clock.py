from __future__ import annotations

import threading
from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from eoffice.core import clock


def test_now_is_aware_and_in_utc() -> None:
    assert clock.now().tzinfo is UTC


def test_the_offices_day_begins_before_the_servers() -> None:
    with clock.freeze(datetime(2026, 11, 18, 18, 29, 59, tzinfo=UTC)):
        assert clock.today() == date(2026, 11, 18)
    with clock.freeze(datetime(2026, 11, 18, 18, 30, tzinfo=UTC)):
        assert clock.today() == date(2026, 11, 19)
        assert clock.office_time(clock.now()).strftime("%H:%M") == "00:00"


def test_a_frozen_clock_stands_and_is_given_back() -> None:
    at = datetime(2026, 1, 5, 10, tzinfo=timezone(timedelta(hours=5, minutes=30)))
    with clock.freeze(at):
        assert clock.now() == at
        assert clock.now().tzinfo is UTC
        with clock.freeze(at + timedelta(days=1)):
            assert clock.now() == at + timedelta(days=1)
        assert clock.now() == at
    assert clock.now() > at


def test_another_thread_keeps_its_own_clock() -> None:
    seen: list[datetime] = []
    with clock.freeze(datetime(2020, 1, 1, tzinfo=UTC)):
        thread = threading.Thread(target=lambda: seen.append(clock.now()))
        thread.start()
        thread.join()
    assert seen[0].year > 2020


def test_an_instant_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="time zone"), clock.freeze(datetime(2026, 1, 1)):
        pass
