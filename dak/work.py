"""What the registry answers to the employee master: the receipts on a desk, and how they change hands (design 2)."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from django.db.models import Count, QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from dak.models import ReceiptCopy
from dak.queries import copies_on_desk, copies_on_desks
from dak.services.hand_over import copies_hand_over, untouched_since_hand_over
from dak.workflow import ReceiptState
from employee_master import ports
from eoffice.core.actor import Actor

KEY = "copy:"


class ReceiptsOnDesk:
    """Receipts that block relieving until they are handed over; those of the call book and for information too."""

    def work_on(self, post_id: int) -> Sequence[ports.Work]:
        return [ports.Work(kind=_("receipts"), count=copies_on_desk(post_id).count())]

    def items_on(self, post_id: int) -> Sequence[ports.Item]:
        return [_item(copy) for copy in copies_on_desk(post_id).order_by("due_on", "pk")]

    def hand_over(self, *, from_post_id: int, to_post_id: int, keys: Collection[str] | None, actor: Actor) -> int:
        pks = _pks(copies_on_desk(from_post_id)) if keys is None else ids_of(keys)
        return copies_hand_over(copy_ids=pks, from_post_id=from_post_id, to_post_id=to_post_id, actor=actor)

    def counts_on(self, post_ids: Collection[int]) -> dict[int, int]:
        rows = copies_on_desks(post_ids).order_by().values("held_by").annotate(count=Count("pk"))
        return dict(rows.values_list("held_by", "count"))

    def untouched(self, *, post_id: int, keys: Collection[str]) -> set[str]:
        return {f"{KEY}{pk}" for pk in untouched_since_hand_over(post_id=post_id, copy_ids=ids_of(keys))}


def ids_of(keys: Collection[str]) -> list[int]:
    """The copies among the keys; those of other rooms are passed over."""
    found = (key.removeprefix(KEY) for key in keys if key.startswith(KEY))
    return [int(pk) for pk in found if pk.isdecimal()]


def _pks(copies: QuerySet[ReceiptCopy]) -> list[int]:
    return list(copies.values_list("pk", flat=True))


def _item(copy: ReceiptCopy) -> ports.Item:
    receipt = copy.receipt
    state = receipt.get_state_display() if copy.is_for_action else copy.get_purpose_display()
    return ports.Item(
        key=f"{KEY}{copy.pk}",
        kind=_("Call-book cases") if receipt.state == ReceiptState.CALL_BOOK else _("Receipts"),
        number=receipt.diary_number,
        subject="" if receipt.is_confidential else receipt.subject,
        state=state,
        since=copy.held_since,
        url=reverse("dak:receipt", args=[receipt.pk]),
    )


def register() -> None:
    receipts = ReceiptsOnDesk()
    ports.holds_work.register(receipts)
    ports.watches_desks.register(receipts)
