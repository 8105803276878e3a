from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from dak.models import Classification, Kind, Receipt, ReceiptCopy, ReceiptReader
from dak.services import receipt_acknowledge, receipt_diarise
from dak.workflow import ReceiptState
from eoffice.core.errors import BadInput, NotAllowed, NotVisible
from eoffice.core.models import NumberSeries
from eoffice.ledger.models import Event, Movement
from tests.dak.conftest import facts


def test_diarising_gives_a_number_and_lays_the_letter_on_the_diarists_desk(still_clock, people, letter):
    receipt = receipt_diarise(facts=facts(), document=letter, actor=people.actor("diarist"))
    copy = ReceiptCopy.objects.get(receipt=receipt)
    assert receipt.state == ReceiptState.DIARISED
    assert (receipt.diary_serial, receipt.diary_year) == (1, 2026)
    assert receipt.diary_number
    assert copy.held_by == people.post("diarist")
    assert copy.seen_at is not None
    assert copy.is_for_action
    assert receipt.reading_document == letter
    assert list(ReceiptReader.objects.values_list("post__marking", "why")) == [("RC-CR", "diarised")]


def test_one_event_and_one_movement_are_recorded(people, receipt):
    assert [event.action for event in Event.objects.filter(subject_type="receipt")] == ["receipt:diarise"]
    movement = Movement.objects.get(item_type="copy")
    assert (movement.from_post, movement.to_post) == (None, people.post("diarist"))


def test_numbers_have_no_gap_and_a_refused_letter_uses_none(people, diarise):
    first = diarise()
    with pytest.raises(BadInput):
        diarise(subject="x" * 1001)
    assert diarise().diary_serial == first.diary_serial + 1


def test_the_year_begins_with_the_offices_day(still_clock, diarise):
    still_clock.set(datetime(2026, 12, 31, 19, 0, tzinfo=UTC))  # half past midnight of 1 January on the wall
    assert (diarise().diary_year, diarise().diary_serial) == (2027, 2)


@pytest.mark.parametrize(("kind", "due"), [(Kind.LETTER, date(2026, 11, 27)), (Kind.VIP, date(2026, 12, 9))])
def test_due_day_follows_the_kind_in_working_days(still_clock, diarise, kind, due):
    assert diarise(kind=kind).due_on == due


def test_search_text_folds_numbers_subject_and_sender(diarise):
    receipt = diarise(subject="सड़क  मरम्मत", their_number="ABC/12")
    assert "सडक मरम्मत" in receipt.search_text
    assert "abc/12" in receipt.search_text


@pytest.mark.parametrize("name", ["dealing_assistant", "secretary", "super_admin", "outsider"])
def test_only_a_registry_clerk_diarises(people, letter, name):
    with pytest.raises(NotAllowed):
        receipt_diarise(facts=facts(), document=letter, actor=people.actor(name))
    assert not Receipt.objects.exists()


BAD = [
    ({"subject": "x" * 20_000}, "subject"),
    ({"subject": ""}, "subject"),
    ({"subject": " \u200b "}, "subject"),
    ({"subject": "repair\x00of"}, "subject"),
    ({"subject": "pay \u202e0001 rupees"}, "subject"),
    ({"sender_name": ""}, "sender_name"),
    ({"sender_name": "DM\x1b[31m"}, "sender_name"),
    ({"their_number": "1" * 121}, "their_number"),
    ({"sender_email": "not an address"}, "sender_email"),
    ({"kind": "love letter"}, "kind"),
    ({"classification": "secret"}, "classification"),
    ({"classification": "top_secret"}, "classification"),
    ({"priority": "whenever"}, "priority"),
    ({"received_on": date(2026, 11, 19)}, "received_on"),
    ({"their_date": date(2026, 11, 19)}, "their_date"),
    ({"due_on": date(2026, 11, 1)}, "due_on"),
    ({"enclosures_received": 1000}, "enclosures_received"),
]


@pytest.mark.parametrize(("wrong", "field"), BAD)
def test_bad_input_names_its_field_and_leaves_nothing(still_clock, diarise, wrong, field):
    with pytest.raises(BadInput) as refused:
        diarise(**wrong)
    assert refused.value.field == field
    assert refused.value.remedy
    assert not Receipt.objects.exists()
    assert not Event.objects.exists()
    assert not NumberSeries.objects.filter(series="diary").exists()


def test_secret_letters_are_sent_to_the_paper_register(diarise):
    with pytest.raises(BadInput, match="secret_on_paper") as refused:
        diarise(classification="secret")
    assert "paper register" in str(refused.value.remedy) or "पंजी" in str(refused.value.remedy)


def test_confidential_letters_are_taken(diarise):
    assert diarise(classification=Classification.CONFIDENTIAL).is_confidential


def test_acknowledging_is_an_act_of_whoever_sees_the_receipt(people, receipt):
    receipt_acknowledge(receipt_id=receipt.pk, actor=people.actor("diarist"))
    assert Event.objects.filter(action="receipt:acknowledge").count() == 1
    with pytest.raises(NotVisible):
        receipt_acknowledge(receipt_id=receipt.pk + 1, actor=people.actor("diarist"))
