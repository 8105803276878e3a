"""Ticks with evidence, nominations, the instance's own checklist."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from employee_master.models import Nomination, NominationKind, Office, ReadinessFigure, ReadinessTick
from employee_master.queries.readiness import items
from employee_master.services.readiness import (
    nomination_end,
    nomination_enter,
    readiness_item_set,
    readiness_recount,
    readiness_tick,
    readiness_withdraw,
)
from eoffice.core import clock
from eoffice.core.actions import Action
from eoffice.core.errors import BadInput, NotAllowed, NotVisible, WrongState
from eoffice.documents.services import document_store
from eoffice.ledger.queries import history
from tests.cast import Cast
from tests.dak.conftest import letter_pdf


def tick(cast: Cast, office: Office, by: str = "emd_manager", code: str = "hardware", **other: Any) -> ReadinessTick:
    facts = {"note": "Stock list of 12 November", "document": None} | other
    return readiness_tick(office_id=office.pk, code=code, actor=cast.actor(by), **facts)


def nominate(cast: Cast, office: Office, by: str = "emd_manager", **other: Any) -> Nomination:
    facts: dict[str, Any] = {
        "kind": NominationKind.NODAL_OFFICER,
        "employee_id": cast.employee("under_secretary").pk,
        "name": "",
        "designation": "",
        "email": "",
        "order_number": "GAD/12/2026",
        "order_on": clock.today(),
        "from_on": clock.today(),
        "to_on": None,
    } | other
    return nomination_enter(office_id=office.pk, actor=cast.actor(by), **facts)


def figure(office: Office, code: str) -> tuple[int, int]:
    row = ReadinessFigure.objects.get(office=office, code=code)
    return row.have, row.need


def test_an_item_is_ticked_with_a_note_or_a_paper_and_counted_at_once(cast: Cast, office: Office) -> None:
    tick(cast, office)
    paper = document_store(content=letter_pdf(), name="attendance.pdf", kind="upload")
    second = tick(cast, office, by="secretary", code="vertical_training", note="", document=paper)
    assert (second.made_by, second.post) == (cast.employee("secretary"), cast.post("secretary"))
    assert figure(office, "hardware") == figure(office, "vertical_training") == (1, 1)
    events = list(history(office))
    assert [event.action for event in events] == [Action.READINESS_TICK] * 2
    assert events[1].data == {"item": "vertical_training", "tick": second.pk, "sha256": paper.sha256}


def test_without_evidence_nothing_is_ticked(cast: Cast, office: Office) -> None:
    with pytest.raises(BadInput) as refusal:
        tick(cast, office, note="  ")
    assert (refusal.value.code, refusal.value.field) == ("no_evidence", "note")
    with pytest.raises(IntegrityError), transaction.atomic():
        ReadinessTick.objects.create(
            office=office, code="hardware", made_by=cast.employee("secretary"), made_at=clock.now()
        )


def test_what_the_system_counts_is_not_ticked_and_what_is_not_listed_is_not_there(cast: Cast, office: Office) -> None:
    with pytest.raises(BadInput) as refusal:
        tick(cast, office, code="posts_filled")
    assert refusal.value.code == "not_ticked"
    with pytest.raises(NotVisible):
        tick(cast, office, code="swimming_pool")


def test_an_item_is_ticked_once_and_again_after_it_was_withdrawn(cast: Cast, office: Office) -> None:
    first = tick(cast, office)
    with pytest.raises(WrongState) as refusal:
        tick(cast, office, by="secretary")
    assert refusal.value.code == "ticked"
    readiness_withdraw(tick_id=first.pk, why="The scanners were taken away", actor=cast.actor("secretary"))
    assert figure(office, "hardware") == (0, 1)
    with pytest.raises(WrongState):
        readiness_withdraw(tick_id=first.pk, why="Again", actor=cast.actor("secretary"))
    tick(cast, office)
    first = ReadinessTick.objects.get(pk=first.pk)
    assert first.withdrawn_by == cast.employee("secretary")
    assert ReadinessTick.objects.filter(office=office).count() == 2


@pytest.mark.parametrize("by", ["dealing_assistant", "outsider", "auditor"])
def test_others_neither_tick_nor_nominate(cast: Cast, office: Office, by: str) -> None:
    for act in (tick, nominate):
        with pytest.raises(NotAllowed) as refusal:
            act(cast, office, by=by)
        assert refusal.value.code == ("not_nodal_officer" if act is tick else "not_master_of_office")
    assert not history(office).exists()


def test_the_nodal_officer_ticks_from_the_day_of_the_nomination(cast: Cast, office: Office) -> None:
    with pytest.raises(NotAllowed):
        tick(cast, office, by="under_secretary")
    nominate(cast, office)
    assert figure(office, "nodal_officer") == (1, 1)
    tick(cast, office, by="under_secretary")


def test_a_new_nomination_ends_the_one_before(cast: Cast, office: Office) -> None:
    first = nominate(cast, office, from_on=clock.today() - timedelta(days=30))
    second = nominate(
        cast, office, by="secretary", employee_id=None, name="Col. R. Singh", email="rs@nic.example", designation="GM"
    )
    first = Nomination.objects.get(pk=first.pk)
    assert first.to_on == clock.today() - timedelta(days=1)
    assert first.ended_at == clock.now()
    nomination_end(nomination_id=second.pk, on=clock.today(), actor=cast.actor("emd_manager"))
    assert figure(office, "nodal_officer") == (0, 1)
    with pytest.raises(WrongState):
        nomination_end(nomination_id=second.pk, on=clock.today(), actor=cast.actor("emd_manager"))
    assert [event.action for event in history(office)] == [Action.READINESS_NOMINATE] * 4


@pytest.mark.parametrize(
    ("other", "code"),
    [
        ({"employee_id": None}, "missing"),
        ({"name": "Somebody else"}, "two_people"),
        ({"employee_id": 98765}, "no_such_employee"),
        ({"employee_id": None, "name": "X", "email": "no address"}, "bad_address"),
        ({"order_number": ""}, "missing"),
        ({"order_on": "tomorrow"}, "order_ahead"),
        ({"to_on": "yesterday"}, "ends_before_start"),
    ],
)
def test_a_nomination_that_says_nonsense_is_refused(cast: Cast, office: Office, other: Any, code: str) -> None:
    days = {"tomorrow": clock.today() + timedelta(days=1), "yesterday": clock.today() - timedelta(days=1)}
    with pytest.raises(BadInput) as refusal:
        nominate(cast, office, **{name: days.get(value, value) for name, value in other.items()})
    assert refusal.value.code == code
    assert not Nomination.objects.exists()


def test_a_nomination_of_the_same_day_does_not_end_before_it_began(cast: Cast, office: Office) -> None:
    nominate(cast, office)
    with pytest.raises(BadInput) as refusal:
        nominate(cast, office)
    assert refusal.value.code == "nomination_younger"


def test_the_super_admin_adapts_the_checklist(cast: Cast, office: Office) -> None:
    words = {"name_en": "Scanner room", "name_hi": "स्कैनर कक्ष", "help_en": "", "help_hi": "", "position": 5}
    item = readiness_item_set(code="scanner_room", is_active=True, actor=cast.actor("super_admin"), **words)
    assert items()[0].code == "scanner_room"
    readiness_item_set(code="scanner_room", is_active=False, actor=cast.actor("super_admin"), **words)
    assert "scanner_room" not in {one.code for one in items()}
    assert [event.action for event in history(item)] == [Action.READINESS_PUBLISH] * 2
    with pytest.raises(BadInput):
        readiness_item_set(code="Scanner room", is_active=True, actor=cast.actor("super_admin"), **words)
    with pytest.raises(NotAllowed):
        readiness_item_set(code="scanner_room", is_active=True, actor=cast.actor("emd_manager"), **words)


def test_super_admin_and_emd_managers_count_anew(cast: Cast, office: Office) -> None:
    assert readiness_recount(actor=cast.actor("emd_manager")) == Office.objects.count()
    with pytest.raises(NotAllowed):
        readiness_recount(actor=cast.actor("secretary"))
