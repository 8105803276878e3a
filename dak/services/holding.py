"""What the acts on copies share: locking, moving, readers, and refusing what the life does not allow."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.utils.translation import gettext_lazy as _
from django_fsm import can_proceed

from dak.models import Purpose, Reading, Receipt, ReceiptCopy, ReceiptReader
from eoffice.core.actions import Action
from eoffice.core.actor import Actor
from eoffice.core.errors import NotVisible, WrongState
from eoffice.ledger.models import Event
from eoffice.ledger.queries import movements
from eoffice.ledger.writer import Moved, record_event


def locked_receipt(receipt_id: int) -> Receipt:
    """The receipt, locked for this transaction; its lock guards its copies too."""
    receipt: Receipt | None = Receipt.objects.select_for_update().filter(pk=receipt_id).first()
    if receipt is None:
        raise NotVisible
    return receipt


def locked_copy(copy_id: int) -> ReceiptCopy:
    """The copy with its receipt, locked: the receipt first, so that two acts on two copies can't cross."""
    receipt_id = ReceiptCopy.objects.filter(pk=copy_id).values_list("receipt_id", flat=True).first()
    if receipt_id is None:
        raise NotVisible
    receipt = locked_receipt(receipt_id)
    copy = ReceiptCopy.objects.select_related("held_by", "came_from").get(pk=copy_id)
    copy.receipt = receipt
    return copy


def action_copy(receipt: Receipt) -> ReceiptCopy:
    """The copy that is for action; every diarised receipt has one."""
    copy = ReceiptCopy.objects.select_related("held_by", "came_from").get(receipt=receipt, purpose=Purpose.ACTION)
    copy.receipt = receipt
    return copy


def guard(transition: Callable[..., Any], receipt: Receipt) -> None:
    """Refuse with the present state what the receipt's life does not allow now."""
    if not can_proceed(transition):
        raise WrongState(
            "wrong_state",
            _("This can't be done while the state is “%(state)s”.") % {"state": receipt.get_state_display()},
            _("Open the history to see who changed the state and when."),
        )


def move(
    copy: ReceiptCopy,
    *,
    to_post_id: int | None,
    action: Action,
    actor: Actor,
    remarks: str = "",
    data: dict[str, Any] | None = None,
    seen: bool = False,
    came_from_id: int | None = None,
) -> Event:
    """Give the copy into other hands: custody on the row, the act and the movement in the ledger, the new reader.

    `seen` is for whoever takes the copy knowingly (diarist, puller-back): nobody can pull it back from them.
    `came_from_id` is from whom the puller-back once had it; for every other act it is the holder until now.
    """
    if copy.pk is None:
        copy.save()
    from_post_id = copy.held_by_id
    event = record_event(
        action=action,
        subject=copy.receipt,
        actor=actor,
        data={"copy": copy.number, **(data or {})},
        moved=Moved(of=copy, from_post_id=from_post_id, to_post_id=to_post_id, remarks=remarks),
    )
    # The row is a copy of the movement, to the microsecond: `check_ledger` compares the two.
    copy.held_by_id = to_post_id
    copy.came_from_id = came_from_id if action == Action.RECEIPT_PULL_BACK else from_post_id
    copy.held_since = event.at if to_post_id is not None else None
    copy.seen_at = event.at if seen and to_post_id is not None else None
    copy.save()
    if to_post_id is not None:
        add_reader(copy.receipt, to_post_id, Reading.MOVED)
    return event


def arrived_from(copy: ReceiptCopy, actor: Actor) -> int | None:
    """From whom the copy had come to the actor's post before that post sent it on."""
    arrival = movements(copy).filter(to_post_id=actor.post_id).last()
    return arrival.from_post_id if arrival else None


def add_reader(receipt: Receipt, post_id: int, why: Reading) -> None:
    """Let the post read the receipt; the first reason stays."""
    ReceiptReader.objects.get_or_create(receipt=receipt, post_id=post_id, defaults={"why": why})
