"""Where the copies of a receipt go: mark, forward, return, pull back, note."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from dak.models import Purpose, ReceiptCopy
from dak.services.holding import arrived_from, locked_copy, move
from employee_master.models import Post
from employee_master.queries import require_holder, require_seat
from eoffice import access
from eoffice.core import clock
from eoffice.core.actions import Action
from eoffice.core.actor import Actor
from eoffice.core.errors import BadInput, WrongState
from eoffice.core.text import clean_line

REMARKS_LIMIT = 1000
MOST_COPIES = 50


@transaction.atomic
def receipt_mark(
    *,
    copy_id: int,
    to: Post,
    information: Sequence[Post] = (),
    remarks: str = "",
    due_on: date | None = None,
    actor: Actor,
) -> ReceiptCopy:
    """Mark the copy that the actor holds to `to`, and new copies to others for information.

    Refuses: not the holder (403), wrong state or a post without holder (409), the own desk or one post twice (400).
    """
    copy = locked_copy(copy_id)
    access.require(actor, Action.RECEIPT_MARK, copy)
    remarks = clean_line(remarks, field="remarks", limit=REMARKS_LIMIT, required=False)
    _check_receivers(actor, to, information)
    last = ReceiptCopy.objects.filter(receipt=copy.receipt).aggregate(last=Max("number"))["last"]
    if due_on is not None:
        copy.due_on = _not_past(due_on)
    move(copy, to_post_id=to.pk, action=Action.RECEIPT_MARK, actor=actor, remarks=remarks)
    for number, post in enumerate(information, start=last + 1):
        # The new copy begins on the marker's desk, so that its first movement says who marked it and it can be
        # pulled back.
        extra = ReceiptCopy(receipt=copy.receipt, number=number, purpose=Purpose.INFORMATION, held_by_id=actor.post_id)
        extra.save()
        move(
            extra,
            to_post_id=post.pk,
            action=Action.RECEIPT_MARK,
            actor=actor,
            remarks=remarks,
            data={"purpose": str(Purpose.INFORMATION)},
        )
    return copy


@transaction.atomic
def receipt_forward(
    *, copy_id: int, to: Post, remarks: str = "", due_on: date | None = None, actor: Actor
) -> ReceiptCopy:
    """Send the copy on, up or down. Refusals as in `receipt_mark`."""
    copy = locked_copy(copy_id)
    access.require(actor, Action.RECEIPT_FORWARD, copy)
    remarks = clean_line(remarks, field="remarks", limit=REMARKS_LIMIT, required=False)
    _check_receivers(actor, to, ())
    if due_on is not None:
        copy.due_on = _not_past(due_on)
    move(copy, to_post_id=to.pk, action=Action.RECEIPT_FORWARD, actor=actor, remarks=remarks)
    return copy


@transaction.atomic
def receipt_return(*, copy_id: int, remarks: str, actor: Actor) -> ReceiptCopy:
    """Send the copy back to the post it came from, saying why."""
    copy = locked_copy(copy_id)
    access.require(actor, Action.RECEIPT_RETURN, copy)
    remarks = clean_line(remarks, field="remarks", limit=REMARKS_LIMIT)
    assert copy.came_from is not None  # the rule above
    require_holder(copy.came_from)
    move(copy, to_post_id=copy.came_from_id, action=Action.RECEIPT_RETURN, actor=actor, remarks=remarks)
    return copy


@transaction.atomic
def receipt_pull_back(*, copy_id: int, actor: Actor) -> ReceiptCopy:
    """Take the copy back before the receiver has opened it; after that it is refused (409), ask there."""
    copy = locked_copy(copy_id)
    access.require(actor, Action.RECEIPT_PULL_BACK, copy)
    require_seat(actor)
    before = arrived_from(copy, actor)
    move(
        copy,
        to_post_id=actor.post_id,
        action=Action.RECEIPT_PULL_BACK,
        actor=actor,
        seen=True,
        came_from_id=before,
    )
    return copy


@transaction.atomic
def receipt_note(*, copy_id: int, actor: Actor) -> ReceiptCopy:
    """Take an information copy off the desk: read and noted. The copy for action is disposed of instead."""
    copy = locked_copy(copy_id)
    access.require(actor, Action.RECEIPT_DISPOSE, copy)
    if copy.is_for_action:
        raise WrongState(
            "copy_for_action",
            _("This copy is for action; it can't just be noted."),
            _("Dispose of the receipt, or put it in a file."),
        )
    move(copy, to_post_id=None, action=Action.RECEIPT_DISPOSE, actor=actor, data={"kind": "noted"})
    return copy


def _check_receivers(actor: Actor, to: Post, information: Sequence[Post]) -> None:
    posts = [to, *information]
    if any(post.pk == actor.post_id for post in posts):
        raise BadInput("to_own_desk", _("It lies on your own desk already."), _("Choose another post."), field="to")
    if len({post.pk for post in posts}) < len(posts):
        raise BadInput(
            "post_twice",
            _("One post is chosen twice."),
            _("Send it one copy: for action, or for information."),
            field="information",
        )
    if len(posts) > MOST_COPIES:
        raise BadInput(
            "too_many_copies",
            _("More than 50 copies at once are not marked."),
            _("Issue a circular instead."),
            field="information",
        )
    for post in posts:
        require_holder(post)


def _not_past(day: date) -> date:
    if day < clock.today():
        raise BadInput("due_in_past", _("The due day has passed already."), _("Enter a later day."), field="due_on")
    return day
