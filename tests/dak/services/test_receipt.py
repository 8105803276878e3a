from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from dak.models import Receipt, ReceiptCopy
from dak.queries import copies_on_desk, receipts_of_file
from dak.services import receipt_dispose, receipt_mark, receipt_put_in_file, receipt_reopen
from dak.workflow import ReceiptState
from eoffice.core.errors import BadInput, NotAllowed, WrongState
from eoffice.ledger.models import Event, Movement


@dataclass
class FileOnDesk:
    """What the registry needs to know of a file."""

    held_by: Any
    held_by_id: int | None
    came_from: Any = None
    came_from_id: int | None = None
    held_since: datetime | None = None
    seen_at: datetime | None = None


@pytest.fixture
def assistant(people):
    return people.actor("dealing_assistant")


@pytest.fixture
def file(people):
    post = people.post("dealing_assistant")
    return FileOnDesk(held_by=post, held_by_id=post.pk)


def test_putting_in_a_file_ends_custody(assistant, marked):
    receipt = receipt_put_in_file(copy_id=marked.pk, file_ref="file:12", actor=assistant)
    assert receipt.state == ReceiptState.IN_FILE
    assert receipts_of_file("file:12").get() == receipt
    assert ReceiptCopy.objects.get(pk=marked.pk).held_by is None
    event = Event.objects.get(action="receipt:put_in_file")
    assert event.data["file"] == "file:12"
    assert event.movement.to_post is None
    assert not copies_on_desk(assistant.post_id).exists()


def test_it_is_put_in_one_file_only(assistant, marked):
    receipt_put_in_file(copy_id=marked.pk, file_ref="file:12", actor=assistant)
    with pytest.raises(WrongState):
        receipt_put_in_file(copy_id=marked.pk, file_ref="file:13", actor=assistant)
    assert Receipt.objects.get().file_ref == "file:12"


def test_only_the_holder_puts_it_in_a_file(people, marked):
    with pytest.raises(NotAllowed):
        receipt_put_in_file(copy_id=marked.pk, file_ref="file:12", actor=people.actor("outsider"))


def test_an_information_copy_goes_in_no_file(people, copy):
    receipt_mark(
        copy_id=copy.pk,
        to=people.post("dealing_assistant"),
        information=[people.post("section_officer")],
        actor=people.actor("diarist"),
    )
    with pytest.raises(WrongState) as refused:
        receipt_put_in_file(
            copy_id=ReceiptCopy.objects.get(number=2).pk, file_ref="file:1", actor=people.actor("section_officer")
        )
    assert refused.value.code == "copy_for_information"


def test_the_files_holder_disposes_of_it_as_replied(assistant, marked, file):
    receipt_put_in_file(copy_id=marked.pk, file_ref="file:12", actor=assistant)
    receipt = receipt_dispose(
        receipt_id=marked.receipt_id, kind="replied", reply_ref="412/सा.प्र.-3/2026", under=file, actor=assistant
    )
    assert (receipt.state, receipt.disposal) == (ReceiptState.DISPOSED, "replied")
    assert receipt.disposed_at is not None
    assert Event.objects.get(action="receipt:dispose").data == {"kind": "replied", "reply": "412/सा.प्र.-3/2026"}


def test_who_does_not_hold_the_file_disposes_of_nothing(people, assistant, marked, file):
    receipt_put_in_file(copy_id=marked.pk, file_ref="file:12", actor=assistant)
    with pytest.raises(NotAllowed):
        receipt_dispose(receipt_id=marked.receipt_id, kind="replied", under=file, actor=people.actor("section_officer"))


def test_in_a_file_it_is_not_disposed_of_from_a_desk(assistant, marked):
    receipt_put_in_file(copy_id=marked.pk, file_ref="file:12", actor=assistant)
    with pytest.raises(WrongState):
        receipt_dispose(receipt_id=marked.receipt_id, kind="filed", actor=assistant)


def test_disposed_of_once_and_off_the_desk(assistant, marked):
    receipt_dispose(receipt_id=marked.receipt_id, kind="no_further_action", actor=assistant)
    assert not copies_on_desk(assistant.post_id).exists()
    with pytest.raises(WrongState):
        receipt_dispose(receipt_id=marked.receipt_id, kind="filed", actor=assistant)
    assert Event.objects.filter(action="receipt:dispose").count() == 1


def test_an_unknown_kind_of_disposal_is_refused(assistant, marked):
    with pytest.raises(BadInput):
        receipt_dispose(receipt_id=marked.receipt_id, kind="forgotten", actor=assistant)


def test_reopening_without_a_file_brings_it_back_where_it_lay(assistant, marked):
    receipt_dispose(receipt_id=marked.receipt_id, kind="filed", actor=assistant)
    moved = Movement.objects.count()
    receipt = receipt_reopen(receipt_id=marked.receipt_id, actor=assistant)
    assert (receipt.state, receipt.disposal) == (ReceiptState.DIARISED, "")
    assert copies_on_desk(assistant.post_id).get().pk == marked.pk
    assert Movement.objects.count() == moved


def test_reopening_under_the_file_lays_it_on_the_holders_desk(assistant, marked, file):
    receipt_put_in_file(copy_id=marked.pk, file_ref="file:12", actor=assistant)
    receipt_dispose(receipt_id=marked.receipt_id, kind="replied", under=file, actor=assistant)
    receipt_reopen(receipt_id=marked.receipt_id, under=file, actor=assistant)
    assert ReceiptCopy.objects.get(pk=marked.pk).held_by_id == assistant.post_id
    assert not receipts_of_file("file:12").exists()


def test_what_is_open_is_not_reopened(assistant, marked):
    with pytest.raises(WrongState):
        receipt_reopen(receipt_id=marked.receipt_id, actor=assistant)


def test_the_database_knows_the_states(receipt):
    with pytest.raises(IntegrityError), transaction.atomic():
        Receipt.objects.filter(pk=receipt.pk).update(state="lost")
    with pytest.raises(IntegrityError), transaction.atomic():
        Receipt.objects.filter(pk=receipt.pk).update(state="disposed")


def test_state_can_not_be_set_by_hand(receipt):
    with pytest.raises(AttributeError):
        receipt.state = ReceiptState.DISPOSED
