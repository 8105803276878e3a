"""Two at once: one tick stands, one request is open, and counting gets in nobody's way."""

from __future__ import annotations

import pytest

from employee_master.models import Exemption, Office, ReadinessFigure, ReadinessTick
from employee_master.services.exemption import exemption_draft, exemption_withdraw
from employee_master.services.readiness import readiness_tick, readiness_withdraw
from employee_master.services.standing import count_offices
from tests.cast import Cast, build_cast
from tests.employee_master.readiness.test_exemption import wanted
from tests.employee_master.services.test_races import at_once

ROUNDS = 4


@pytest.fixture
def committed(transactional_db: None) -> Cast:
    return build_cast()


def test_two_ticks_and_two_counts_at_once(committed: Cast) -> None:
    office, actors = committed.offices["GAD"], [committed.actor(name) for name in ("emd_manager", "super_admin")]

    def tick(number: int) -> object:
        return readiness_tick(office_id=office.pk, code="network", note="Seen", document=None, actor=actors[number])

    for _round in range(ROUNDS):
        refusals = at_once(lambda: tick(0), lambda: tick(1), count_offices, count_offices)
        assert sorted(getattr(one, "code", "") for one in refusals[:2]) == ["", "ticked"]
        assert refusals[2:] == [None, None]
        standing = ReadinessTick.objects.get(office=office, withdrawn_at=None)
        readiness_withdraw(tick_id=standing.pk, why="Again", actor=actors[0])
    assert ReadinessFigure.objects.filter(office=office).count() == 14


def test_two_requests_of_one_office_at_once(committed: Cast) -> None:
    office = Office.objects.get(code="GAD")
    actors = [committed.actor(name) for name in ("emd_manager", "super_admin")]
    facts = wanted()

    def draft(number: int) -> object:
        return exemption_draft(office_id=office.pk, wanted=facts, actor=actors[number])

    for _round in range(ROUNDS):
        refusals = at_once(lambda: draft(0), lambda: draft(1))
        assert sorted(getattr(one, "code", "") for one in refusals) == ["", "exemption_open"]
        exemption_withdraw(exemption_id=Exemption.objects.get(state="drafted").pk, actor=actors[1])
