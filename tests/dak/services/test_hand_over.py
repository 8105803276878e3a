from __future__ import annotations

from collections.abc import Callable

from django.db import transaction
from django.utils import translation

from dak.models import Receipt, ReceiptCopy
from dak.queries import visible_receipts
from dak.services import receipt_dispose, receipt_mark, receipt_return, receipt_see
from dak.services.holding import locked_receipt
from dak.work import ReceiptsOnDesk
from employee_master import ports
from eoffice.core.actions import Action
from eoffice.desk.ledger import differences
from eoffice.ledger import queries as ledger
from tests.cast import Cast

DESK = ReceiptsOnDesk()


def hand_over(people: Cast, start: str, to: str, keys: set[str] | None = None) -> int:
    with transaction.atomic():
        return DESK.hand_over(
            from_post_id=people.post(start).pk, to_post_id=people.post(to).pk, keys=keys,
            actor=people.actor("emd_manager"),
        )  # fmt: skip


def untouched(people: Cast, who: str, copy: ReceiptCopy) -> bool:
    with transaction.atomic():
        return DESK.untouched(post_id=people.post(who).pk, keys=[f"copy:{copy.pk}", "file:1"]) == {f"copy:{copy.pk}"}


def with_information_copy(people: Cast, copy: ReceiptCopy) -> ReceiptCopy:
    """The copy for action goes to the dealing assistant, one for information to the section officer."""
    receipt_mark(
        copy_id=copy.pk, to=people.post("dealing_assistant"), information=[people.post("section_officer")],
        actor=people.actor("diarist"),
    )  # fmt: skip
    return ReceiptCopy.objects.get(receipt=copy.receipt, number=2)


def test_receipts_move_with_the_desk_and_the_new_holder_reads_them(people: Cast, marked: ReceiptCopy) -> None:
    assert DESK.counts_on([people.post("dealing_assistant").pk, people.post("secretary").pk]) == {
        people.post("dealing_assistant").pk: 1
    }
    assert not visible_receipts(people.actor("outsider")).exists()
    assert hand_over(people, "dealing_assistant", "outsider") == 1
    copy = ReceiptCopy.objects.get(pk=marked.pk)
    assert (copy.held_by, copy.seen_at, copy.came_from) == (people.post("outsider"), None, people.post("diarist"))
    last = ledger.history(marked.receipt).last()
    assert last is not None
    assert (last.action, last.data["copy"], last.movement.to_post) == (
        Action.RECEIPT_HAND_OVER, 1, people.post("outsider"),
    )  # fmt: skip
    assert visible_receipts(people.actor("outsider")).count() == 1
    assert DESK.items_on(people.post("dealing_assistant").pk) == []
    assert list(differences()) == []


def test_each_copy_has_its_line_by_kind(people: Cast, copy: ReceiptCopy) -> None:
    information = with_information_copy(people, copy)
    receipt = Receipt.objects.get(pk=copy.receipt_id)
    with transaction.atomic():
        waiting = locked_receipt(receipt.pk)
        waiting.enter_call_book()
        waiting.save()
    with translation.override("en"):
        (case,) = DESK.items_on(people.post("dealing_assistant").pk)
        assert (case.key, str(case.kind), case.number) == (f"copy:{copy.pk}", "Call-book cases", receipt.diary_number)
        (noted,) = DESK.items_on(people.post("section_officer").pk)
        assert (noted.key, str(noted.state)) == (f"copy:{information.pk}", "For information")
    assert hand_over(people, "dealing_assistant", "secretary", {f"copy:{copy.pk}", "file:4"}) == 1
    Receipt.objects.filter(pk=receipt.pk).update(classification="confidential")
    (hidden,) = DESK.items_on(people.post("secretary").pk)
    assert hidden.subject == ""


def test_what_is_disposed_of_stays_where_it_can_be_reopened(people: Cast, marked: ReceiptCopy) -> None:
    receipt_dispose(receipt_id=marked.receipt_id, kind="filed", actor=people.actor("dealing_assistant"))
    assert hand_over(people, "dealing_assistant", "secretary") == 0
    assert ReceiptCopy.objects.get(pk=marked.pk).held_by == people.post("dealing_assistant")


def test_a_receipt_is_returned_to_its_sender_and_not_to_the_desk_that_was_given_up(
    people: Cast, marked: ReceiptCopy
) -> None:
    hand_over(people, "dealing_assistant", "secretary")
    back = receipt_return(copy_id=marked.pk, remarks="Not ours", actor=people.actor("secretary"))
    assert back.held_by == people.post("diarist")


def test_a_receipt_that_is_handed_to_its_sender_has_no_sender(people: Cast, marked: ReceiptCopy) -> None:
    hand_over(people, "dealing_assistant", "diarist")
    copy = ReceiptCopy.objects.get(pk=marked.pk)
    assert (copy.held_by, copy.came_from) == (people.post("diarist"), None)


def test_opening_is_no_touching_and_every_act_is(
    people: Cast, copy: ReceiptCopy, diarise: Callable[..., Receipt]
) -> None:
    information = with_information_copy(people, copy)
    assert not untouched(people, "dealing_assistant", copy)
    hand_over(people, "dealing_assistant", "secretary")
    hand_over(people, "section_officer", "secretary")
    assert untouched(people, "secretary", copy)
    receipt_see(copy_id=copy.pk, actor=people.actor("secretary"))
    assert untouched(people, "secretary", copy)
    assert untouched(people, "secretary", information)
    receipt_return(copy_id=information.pk, remarks="Noted", actor=people.actor("secretary"))
    assert not untouched(people, "secretary", information)
    assert untouched(people, "secretary", copy)
    receipt_dispose(receipt_id=copy.receipt_id, kind="filed", actor=people.actor("secretary"))
    assert not untouched(people, "secretary", copy)


def test_the_room_is_registered(db: None) -> None:
    assert any(isinstance(room, ReceiptsOnDesk) for room in ports.holds_work)
    assert any(isinstance(room, ReceiptsOnDesk) for room in ports.watches_desks)
