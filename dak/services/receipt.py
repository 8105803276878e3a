"""How a receipt leaves the desk: into a file, disposed of, and back again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from dak.models import Receipt
from dak.services.holding import action_copy, guard, locked_copy, locked_receipt, move
from dak.workflow import Disposal
from employee_master.queries import require_seat
from eoffice import access
from eoffice.access.protocols import Held
from eoffice.core import clock
from eoffice.core.actions import Action
from eoffice.core.actor import Actor
from eoffice.core.errors import BadInput, WrongState
from eoffice.ledger.writer import record_event


@dataclass(frozen=True, slots=True)
class ReceiptUnder:
    """A receipt in the custody of the file in which it lies: who holds the file may act on the receipt."""

    receipt: Receipt
    file: Held

    @property
    def held_by_id(self) -> int | None:
        return self.file.held_by_id

    @property
    def held_by(self) -> object:
        return self.file.held_by

    @property
    def came_from_id(self) -> int | None:
        return self.file.came_from_id

    @property
    def came_from(self) -> object:
        return self.file.came_from

    @property
    def held_since(self) -> datetime | None:
        return self.file.held_since

    @property
    def seen_at(self) -> datetime | None:
        return self.file.seen_at

    @property
    def state(self) -> str:
        return str(self.receipt.state)

    def get_state_display(self) -> str:
        return self.receipt.get_state_display()


@transaction.atomic
def receipt_put_in_file(*, copy_id: int, file_ref: str, actor: Actor) -> Receipt:
    """The receipt goes into a file ("file:12"); custody of its action copy ends there.

    Called by the files room inside its own act. Refuses: not the holder (403), wrong state or an information copy
    (409).
    """
    copy = locked_copy(copy_id)
    access.require(actor, Action.RECEIPT_PUT_IN_FILE, copy)
    if not copy.is_for_action:
        raise WrongState(
            "copy_for_information",
            _("This copy is for information; the copy for action goes in a file."),
            _("Note it, or ask the post that holds the copy for action."),
        )
    receipt = copy.receipt
    guard(receipt.put_in_file, receipt)
    receipt.put_in_file()
    receipt.file_ref = file_ref
    receipt.save()
    move(copy, to_post_id=None, action=Action.RECEIPT_PUT_IN_FILE, actor=actor, data={"file": file_ref})
    return receipt


@transaction.atomic
def receipt_dispose(
    *, receipt_id: int, kind: str, reply_ref: str = "", under: Held | None = None, actor: Actor
) -> Receipt:
    """Final disposal, of a kind (procedure 34); `reply_ref` ("dispatch:5", "draft:12") is the reply's.

    `under` is the file in which the receipt lies; None asks the holder of its action copy, on whose desk a receipt
    that is disposed of without a file stays, out of the list, so that it can be reopened there.
    """
    receipt = locked_receipt(receipt_id)
    access.require(actor, Action.RECEIPT_DISPOSE, action_copy(receipt) if under is None else under)
    if kind not in Disposal.values:
        raise BadInput("unknown_choice", _("This choice does not exist."), _("Choose one of the list."), field="kind")
    guard(receipt.dispose, receipt)
    receipt.dispose(kind=Disposal(kind), at=clock.now())
    receipt.reply_ref = reply_ref
    receipt.save()
    record_event(
        action=Action.RECEIPT_DISPOSE,
        subject=receipt,
        actor=actor,
        data={"kind": kind, "reply": reply_ref} if reply_ref else {"kind": kind},
    )
    return receipt


@transaction.atomic
def receipt_reopen(*, receipt_id: int, under: Held | None = None, actor: Actor) -> Receipt:
    """Take up a receipt again that was disposed of or lay in the call book; it lies on the actor's desk then.

    `under` is the file in which it lies, whose holder may reopen it; None asks the holder of its action copy.
    """
    receipt = locked_receipt(receipt_id)
    copy = action_copy(receipt)
    access.require(actor, Action.RECEIPT_REOPEN, copy if under is None else ReceiptUnder(receipt, under))
    require_seat(actor)
    guard(receipt.reopen, receipt)
    receipt.reopen()
    receipt.file_ref = receipt.reply_ref = ""
    receipt.save()
    if copy.held_by_id == actor.post_id:
        record_event(action=Action.RECEIPT_REOPEN, subject=receipt, actor=actor, data={"copy": copy.number})
    else:
        move(copy, to_post_id=actor.post_id, action=Action.RECEIPT_REOPEN, actor=actor, seen=True)
    return receipt
