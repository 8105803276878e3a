"""Copies of receipts that change hands with a charge (design 3, R18), asked for by the master."""

from __future__ import annotations

from collections.abc import Collection

from django.db import connection, transaction

from dak.models import Reading, Receipt, ReceiptCopy
from dak.services.holding import add_reader
from eoffice.core import clock
from eoffice.core.actions import Action
from eoffice.core.actor import Actor
from eoffice.ledger.models import Event
from eoffice.ledger.queries import acts_on, movements
from eoffice.ledger.writer import Moved, record_event

# What may happen to a receipt without anybody having acted on it.
_NO_ACT = (Action.RECEIPT_SEE, Action.RECEIPT_READ)


def copies_hand_over(*, copy_ids: Collection[int], from_post_id: int, to_post_id: int, actor: Actor) -> int:
    """Move the copies that the post still holds to another desk; how many. In the transaction of the hand-over.

    The master has asked `access` for the whole desk (`desk:hand_over`) and chosen a post that can take it. The due day
    stays, and the receiver has not seen any of it. A copy goes back where it came from, not to the desk given up.
    """
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError("a hand-over is one transaction")
    held = [copy for copy in _locked(copy_ids) if copy.held_by_id == from_post_id]
    for copy in held:
        _hand_over(copy, to_post_id, actor)
    return len(held)


def _locked(copy_ids: Collection[int]) -> list[ReceiptCopy]:
    """The copies under the locks of their receipts, which guard them; all at first, in one order."""
    of = ReceiptCopy.objects.filter(pk__in=list(copy_ids)).values("receipt_id")
    receipts = {row.pk: row for row in Receipt.objects.select_for_update().filter(pk__in=of).order_by("pk")}
    copies = list(ReceiptCopy.objects.filter(pk__in=list(copy_ids)).order_by("receipt", "number"))
    for copy in copies:
        copy.receipt = receipts[copy.receipt_id]
    return copies


def _hand_over(copy: ReceiptCopy, to_post_id: int, actor: Actor) -> None:
    from_post_id = copy.held_by_id
    at = clock.now()
    copy.held_by_id = to_post_id
    if copy.came_from_id is None:
        copy.came_from_id = from_post_id
    elif copy.came_from_id == to_post_id:
        arrival = movements(copy).filter(to_post_id=to_post_id).last()
        copy.came_from_id = arrival.from_post_id if arrival else None
    copy.held_since = at
    copy.seen_at = None
    copy.save()
    add_reader(copy.receipt, to_post_id, Reading.MOVED)
    record_event(
        action=Action.RECEIPT_HAND_OVER,
        subject=copy.receipt,
        actor=actor,
        data={"copy": copy.number},
        moved=Moved(of=copy, from_post_id=from_post_id, to_post_id=to_post_id),
        at=at,
    )


def untouched_since_hand_over(*, post_id: int, copy_ids: Collection[int]) -> set[int]:
    """Which of the copies still lie on the post as a hand-over brought them there."""
    held = [copy for copy in _locked(copy_ids) if copy.held_by_id == post_id]
    acts = acts_on(Receipt.ledger_type, {copy.receipt_id for copy in held}).exclude(action__in=_NO_ACT)
    # An act on the receipt as a whole (put in a file, disposed of) names no copy and concerns them all.
    last: dict[tuple[int, int | None], Event] = {}
    for event in acts:
        last[event.subject_id, event.data.get("copy")] = event

    def lies_still(copy: ReceiptCopy) -> bool:
        own, whole = last.get((copy.receipt_id, copy.number)), last.get((copy.receipt_id, None))
        if own is None or own.action != Action.RECEIPT_HAND_OVER:
            return False
        return whole is None or whole.seq < own.seq

    return {copy.pk for copy in held if lies_still(copy)}
