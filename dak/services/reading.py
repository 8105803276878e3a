"""Opening a receipt. Seen is an act, and so is reading what lies on another's desk (design 3 and 4)."""

from __future__ import annotations

from datetime import timedelta

from django.db import transaction

from dak.models import Reading, Receipt, ReceiptCopy
from dak.services.holding import add_reader, locked_copy, locked_receipt
from eoffice import access
from eoffice.core import clock
from eoffice.core.actions import Action
from eoffice.core.actor import Actor
from eoffice.ledger.queries import history
from eoffice.ledger.writer import record_event

READ_AGAIN_AFTER = timedelta(hours=1)


@transaction.atomic
def receipt_see(*, copy_id: int, actor: Actor) -> ReceiptCopy:
    """The holder opens the copy for the first time; from then on it can't be pulled back. Later calls change nothing.

    It races pull-back under the receipt's lock: whoever comes second is told (403: the post does not hold it now).
    """
    copy = locked_copy(copy_id)
    access.require(actor, Action.RECEIPT_SEE, copy)
    if copy.seen_at is None:
        copy.seen_at = clock.now()
        copy.save()
        record_event(action=Action.RECEIPT_SEE, subject=copy.receipt, actor=actor, data={"copy": copy.number})
    return copy


@transaction.atomic
def receipt_read(*, receipt_id: int, actor: Actor) -> bool:
    """Somebody opens a receipt that is not on their desk; true when a ledger row was written.

    At most one row a person and hour; confidential receipts have every opening written down, the holder's too
    (design 9).
    """
    receipt = locked_receipt(receipt_id)
    access.require(actor, Action.RECEIPT_VIEW, receipt)
    if not receipt.is_confidential and _read_lately(receipt, actor):
        return False
    record_event(action=Action.RECEIPT_READ, subject=receipt, actor=actor)
    return True


def _read_lately(receipt: Receipt, actor: Actor) -> bool:
    if actor.employee_id is None:
        return False
    rows = history(receipt).filter(
        action=Action.RECEIPT_READ, employee_id=actor.employee_id, at__gt=clock.now() - READ_AGAIN_AFTER
    )
    return rows.exists()


@transaction.atomic
def receipt_share(*, receipt_id: int, post_id: int) -> None:
    """Let a post read the receipt because it holds the file in which the receipt lies.

    For the files room, inside its own act: the movement of the file is the ledger row, there is none of its own.
    """
    add_reader(Receipt.objects.get(pk=receipt_id), post_id, Reading.FILE)
