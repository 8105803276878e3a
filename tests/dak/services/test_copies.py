from __future__ import annotations

from datetime import date, timedelta

import pytest

from dak.models import Purpose, ReceiptCopy, ReceiptReader
from dak.queries import copies_on_desk
from dak.services import (
    receipt_dispose,
    receipt_forward,
    receipt_mark,
    receipt_note,
    receipt_pull_back,
    receipt_return,
    receipt_see,
)
from eoffice.core.errors import BadInput, NotAllowed, NotVisible, WrongState
from eoffice.ledger.models import Event, Movement
from eoffice.ledger.queries import broken_links, last_movements


def test_marking_moves_the_copy_and_adds_a_reader(people, copy):
    receipt_mark(copy_id=copy.pk, to=people.post("dealing_assistant"), actor=people.actor("diarist"))
    copy = ReceiptCopy.objects.get(pk=copy.pk)
    assert copy.held_by == people.post("dealing_assistant")
    assert copy.came_from == people.post("diarist")
    assert copy.seen_at is None
    assert ReceiptReader.objects.filter(post=people.post("dealing_assistant")).exists()


def test_marking_for_information_makes_copies_with_holders_of_their_own(people, copy):
    receipt_mark(
        copy_id=copy.pk,
        to=people.post("dealing_assistant"),
        information=[people.post("section_officer"), people.post("outsider")],
        remarks="देख लें",
        actor=people.actor("diarist"),
    )
    copies = ReceiptCopy.objects.order_by("number")
    assert [(c.number, c.purpose, c.held_by.marking) for c in copies] == [
        (1, Purpose.ACTION, "DA-GAD3"),
        (2, Purpose.INFORMATION, "SO-GAD3"),
        (3, Purpose.INFORMATION, "DA-FIN2"),
    ]
    assert Event.objects.filter(action="receipt:mark").count() == 3
    assert Movement.objects.filter(remarks="देख लें").count() == 3
    assert not list(broken_links())


def test_held_by_is_the_last_movement_after_every_act(people, marked):
    receipt_see(copy_id=marked.pk, actor=people.actor("dealing_assistant"))
    receipt_forward(copy_id=marked.pk, to=people.post("section_officer"), actor=people.actor("dealing_assistant"))
    receipt_pull_back(copy_id=marked.pk, actor=people.actor("dealing_assistant"))
    receipt_return(copy_id=marked.pk, remarks="यहाँ का नहीं", actor=people.actor("dealing_assistant"))
    copy = ReceiptCopy.objects.get(pk=marked.pk)
    assert copy.held_by == people.post("diarist")
    last = last_movements("copy", [copy.pk])[copy.pk]
    assert (last.to_post_id, last.at) == (copy.held_by_id, copy.held_since)
    assert not list(broken_links())


def test_only_the_holder_marks(people, copy):
    with pytest.raises(NotAllowed):
        receipt_mark(copy_id=copy.pk, to=people.post("outsider"), actor=people.actor("dealing_assistant"))
    assert Movement.objects.count() == 1


def test_a_disposed_receipt_is_not_forwarded(people, marked):
    receipt_dispose(receipt_id=marked.receipt_id, kind="filed", actor=people.actor("dealing_assistant"))
    with pytest.raises(WrongState):
        receipt_forward(copy_id=marked.pk, to=people.post("secretary"), actor=people.actor("dealing_assistant"))


def test_an_unknown_copy_is_not_there(people):
    with pytest.raises(NotVisible):
        receipt_forward(copy_id=4711, to=people.post("secretary"), actor=people.actor("diarist"))


def test_nothing_is_laid_on_a_desk_without_holder(people, copy):
    charge = people.charge("section_officer")
    charge.to_on = date(2025, 1, 1)
    charge.save()
    with pytest.raises(WrongState) as refused:
        receipt_mark(
            copy_id=copy.pk,
            to=people.post("dealing_assistant"),
            information=[people.post("section_officer")],
            actor=people.actor("diarist"),
        )
    assert refused.value.code == "post_vacant"
    assert ReceiptCopy.objects.get().held_by == people.post("diarist")


@pytest.mark.parametrize(
    ("to", "information", "code"),
    [
        ("diarist", [], "to_own_desk"),
        ("dealing_assistant", ["diarist"], "to_own_desk"),
        ("dealing_assistant", ["dealing_assistant"], "post_twice"),
        ("dealing_assistant", ["secretary", "secretary"], "post_twice"),
    ],
)
def test_receivers_are_checked(people, copy, to, information, code):
    with pytest.raises(BadInput) as refused:
        receipt_mark(
            copy_id=copy.pk,
            to=people.post(to),
            information=[people.post(name) for name in information],
            actor=people.actor("diarist"),
        )
    assert refused.value.code == code
    assert Movement.objects.count() == 1


def test_a_due_day_that_has_passed_is_refused(still_clock, people, copy):
    with pytest.raises(BadInput) as refused:
        receipt_mark(
            copy_id=copy.pk,
            to=people.post("dealing_assistant"),
            due_on=date(2026, 11, 17),
            actor=people.actor("diarist"),
        )
    assert refused.value.field == "due_on"


def test_the_sender_pulls_back_until_it_is_opened(people, marked):
    receipt_pull_back(copy_id=marked.pk, actor=people.actor("diarist"))
    copy = ReceiptCopy.objects.get(pk=marked.pk)
    assert copy.held_by == people.post("diarist")
    assert copy.came_from is None  # as before it was sent
    with pytest.raises(NotAllowed):  # the receiver can't pull back what it never sent
        receipt_pull_back(copy_id=marked.pk, actor=people.actor("dealing_assistant"))


def test_after_opening_pull_back_is_refused_and_says_who_has_it(people, marked):
    receipt_see(copy_id=marked.pk, actor=people.actor("dealing_assistant"))
    with pytest.raises(WrongState) as refused:
        receipt_pull_back(copy_id=marked.pk, actor=people.actor("diarist"))
    assert refused.value.code == "already_opened"


def test_after_pull_back_the_receiver_can_not_open_it(people, marked):
    receipt_pull_back(copy_id=marked.pk, actor=people.actor("diarist"))
    with pytest.raises(NotAllowed):
        receipt_see(copy_id=marked.pk, actor=people.actor("dealing_assistant"))


def test_returning_needs_a_reason_and_a_sender(people, copy, marked):
    with pytest.raises(BadInput):
        receipt_return(copy_id=marked.pk, remarks="  ", actor=people.actor("dealing_assistant"))
    receipt_return(copy_id=marked.pk, remarks="GAD-1 का विषय है", actor=people.actor("dealing_assistant"))
    assert ReceiptCopy.objects.get(pk=marked.pk).held_by == people.post("diarist")


def test_what_began_on_a_desk_is_returned_to_nobody(people, copy):
    with pytest.raises(WrongState) as refused:
        receipt_return(copy_id=copy.pk, remarks="?", actor=people.actor("diarist"))
    assert refused.value.code == "came_from_nobody"


def test_an_information_copy_is_noted_off_the_desk(people, copy):
    receipt_mark(
        copy_id=copy.pk,
        to=people.post("dealing_assistant"),
        information=[people.post("section_officer")],
        actor=people.actor("diarist"),
    )
    extra = ReceiptCopy.objects.get(number=2)
    receipt_note(copy_id=extra.pk, actor=people.actor("section_officer"))
    assert not copies_on_desk(people.post("section_officer").pk).exists()
    assert Event.objects.filter(action="receipt:dispose", data__kind="noted").count() == 1
    with pytest.raises(WrongState):
        receipt_note(copy_id=copy.pk, actor=people.actor("dealing_assistant"))


def test_seeing_is_recorded_once(still_clock, people, marked):
    for _time in range(2):
        receipt_see(copy_id=marked.pk, actor=people.actor("dealing_assistant"))
        still_clock.advance(timedelta(minutes=5))
    assert Event.objects.filter(action="receipt:see").count() == 1
