from __future__ import annotations

import pytest
from django.db import IntegrityError, transaction

from dak.models import Dispatch, DispatchMode
from dak.services import (
    Addressee,
    dispatch_deliver,
    dispatch_print,
    dispatch_queue,
    dispatch_send,
    dispatch_undelivered,
)
from dak.workflow import DispatchState
from eoffice.core.actor import Actor
from eoffice.core.errors import BadInput, NotAllowed, NotVisible, WrongState
from eoffice.core.models import OutboxRow
from eoffice.ledger.models import Event

MAIL = Addressee(lines="जिलाधिकारी,\nसरयूपुर", mode="email", email="dm@saryupur.example")
PRINT = Addressee(lines="Guard file", mode="print")
POST = Addressee(lines="The Accountant General", mode="post")


@pytest.fixture
def queue(people, letter):
    def act(*copies, **other):
        return dispatch_queue(
            document=letter,
            copies=copies,
            back_ref=other.pop("back_ref", "draft:12"),
            subject="मरम्मत हेतु स्वीकृति",
            letter_number="412/सा.प्र.-3/2026",
            reference="5213846",
            actor=people.actor("dealing_assistant"),
            **other,
        )

    return act


def told() -> list[dict]:
    return list(OutboxRow.objects.filter(kind="dak.dispatched").values_list("payload", flat=True))


def test_each_addressee_has_a_row_a_number_and_an_event(still_clock, queue):
    rows = queue(MAIL, PRINT)
    assert [row.register_number for row in rows] == ["1/2026", "2/2026"]
    assert rows[0].state == DispatchState.QUEUED
    assert rows[0].message_id != rows[1].message_id
    assert Event.objects.filter(action="dispatch:queue").count() == 2
    assert OutboxRow.objects.get(kind="dak.send_mail").payload == {"dispatch": rows[0].pk}
    assert not told()


def test_the_last_copy_sent_tells_the_room_that_issued_it(people, queue):
    printed, posted = queue(PRINT, POST)
    actor = people.actor("dealing_assistant")
    assert dispatch_print(dispatch_id=printed.pk, actor=actor).state == DispatchState.SENT
    assert not told()
    dispatch_send(dispatch_id=posted.pk, evidence="RP 1234 IN", actor=actor)
    assert told() == [{"back_ref": "draft:12", "undelivered": 0}]


def test_printing_is_not_yet_sending_by_post(people, queue):
    (row,) = queue(POST)
    row = dispatch_print(dispatch_id=row.pk, actor=people.actor("dealing_assistant"))
    assert row.state == DispatchState.QUEUED
    assert row.printed_at is not None


def test_printing_again_is_recorded_and_sends_nothing_twice(people, queue):
    (row,) = queue(PRINT)
    for _time in range(2):
        dispatch_print(dispatch_id=row.pk, actor=people.actor("dealing_assistant"))
    assert Event.objects.filter(action="dispatch:print").count() == 2
    assert Event.objects.filter(action="dispatch:send").count() == 1


def test_delivery_needs_its_proof_and_comes_after_sending(people, queue):
    (row,) = queue(POST)
    actor = people.actor("dealing_assistant")
    with pytest.raises(WrongState):
        dispatch_deliver(dispatch_id=row.pk, evidence="signed for", actor=actor)
    dispatch_send(dispatch_id=row.pk, actor=actor)
    with pytest.raises(BadInput) as refused:
        dispatch_deliver(dispatch_id=row.pk, evidence="", actor=actor)
    assert refused.value.field == "evidence"
    dispatch_deliver(dispatch_id=row.pk, evidence="श्री पाल को 20-11-2026 को", actor=actor)
    assert Dispatch.objects.get().state == DispatchState.DELIVERED


def test_an_undelivered_copy_settles_too(people, queue):
    mail, printed = queue(MAIL, PRINT)
    actor = people.actor("dealing_assistant")
    dispatch_undelivered(dispatch_id=mail.pk, why="no such mailbox", actor=actor)
    dispatch_print(dispatch_id=printed.pk, actor=actor)
    assert told() == [{"back_ref": "draft:12", "undelivered": 1}]
    with pytest.raises(WrongState):
        dispatch_send(dispatch_id=mail.pk, actor=actor)


@pytest.mark.parametrize(
    ("copy", "field"),
    [
        (Addressee(lines="DM", mode="email", email="nowhere"), "email"),
        (Addressee(lines="DM", mode="email", email=""), "email"),
        (Addressee(lines="DM", mode="email", email="a@b.example\nBcc: c@d.example"), "email"),
        (Addressee(lines="", mode="print"), "addressee"),
        (Addressee(lines="DM\x00", mode="print"), "addressee"),
        (Addressee(lines="DM", mode="pigeon"), "mode"),
    ],
)
def test_bad_addressees_are_refused_and_nothing_is_queued(queue, copy, field):
    with pytest.raises(BadInput) as refused:
        queue(PRINT, copy)
    assert refused.value.field == field
    assert not Dispatch.objects.exists()
    assert not Event.objects.exists()


def test_no_addressee_is_refused(queue):
    with pytest.raises(BadInput):
        queue()


def test_confidential_letters_do_not_leave_by_mail(queue):
    with pytest.raises(BadInput) as refused:
        queue(MAIL, classification="confidential")
    assert refused.value.code == "confidential_by_email"
    assert queue(POST, classification="confidential")


def test_strangers_and_people_without_charge(people, queue):
    (row,) = queue(POST)
    with pytest.raises(NotVisible):
        dispatch_send(dispatch_id=row.pk + 1, actor=people.actor("dealing_assistant"))
    with pytest.raises(NotAllowed):
        dispatch_send(dispatch_id=row.pk, actor=Actor(employee_id=1, post_id=None, charge_id=None))


def test_the_database_knows_modes_and_states(queue):
    (row,) = queue(POST)
    with pytest.raises(IntegrityError), transaction.atomic():
        Dispatch.objects.filter(pk=row.pk).update(mode=DispatchMode.EMAIL)
    with pytest.raises(IntegrityError), transaction.atomic():
        Dispatch.objects.filter(pk=row.pk).update(state="lost")
