from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta

import pytest

from eoffice.core import clock, outbox, periodic
from eoffice.core.models import OutboxRow, OutboxState
from tests.conftest import Clock

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _no_other_plans() -> Iterator[None]:
    before = dict(periodic._plans)
    periodic._plans.clear()
    yield
    periodic._plans.clear()
    periodic._plans.update(before)


def keys() -> list[str]:
    return list(OutboxRow.objects.order_by("pk").values_list("key", flat=True))


def test_a_daily_job_is_written_once_a_day_after_its_hour_on_the_offices_clock(still_clock: Clock) -> None:
    periodic.periodic("seal", at=time(0, 30))
    # 00:20 in the office is still the day before in UTC.
    still_clock.set(datetime(2026, 11, 18, 18, 50, tzinfo=UTC))
    assert periodic.plan_due() == 0
    still_clock.advance(timedelta(minutes=10))
    assert periodic.plan_due() == 1
    assert periodic.plan_due() == 0
    assert keys() == ["seal:2026-11-19"]
    assert OutboxRow.objects.get().payload == {"slot": "2026-11-19"}
    still_clock.advance(timedelta(days=1))
    assert periodic.plan_due() == 1


def test_a_frequent_job_is_written_once_a_slot(still_clock: Clock) -> None:
    periodic.periodic("look", every=timedelta(minutes=15))
    for _minute in range(31):
        periodic.plan_due()
        still_clock.advance(timedelta(minutes=1))
    assert keys() == [
        "look:2026-11-18T06:00:00+00:00",
        "look:2026-11-18T06:15:00+00:00",
        "look:2026-11-18T06:30:00+00:00",
    ]


def test_a_plan_needs_exactly_one_of_hour_and_distance() -> None:
    with pytest.raises(ValueError, match="either"):
        periodic.periodic("x")
    with pytest.raises(ValueError, match="either"):
        periodic.periodic("x", at=time(1), every=timedelta(hours=1))
    with pytest.raises(ValueError, match="once a minute"):
        periodic.periodic("x", every=timedelta(seconds=5))


def test_old_done_rows_go_and_parked_ones_stay(still_clock: Clock) -> None:
    for key, state, days in [("old", "done", 91), ("young", "done", 89), ("stuck", "parked", 91)]:
        row = outbox.add("x", key=key, payload={})
        OutboxRow.objects.filter(pk=row.pk).update(state=state, done_at=clock.now() - timedelta(days=days))
    outbox.add(periodic.TIDY, key="tidy", payload={})
    outbox.drain_once()
    assert set(keys()) == {"young", "stuck", "tidy"}
    assert OutboxRow.objects.get(key="tidy").state == OutboxState.DONE
