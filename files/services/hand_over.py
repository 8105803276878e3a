"""Files that change hands with a charge: the whole desk or part of it (design 3, R18), asked for by the master."""

from __future__ import annotations

from collections.abc import Collection

from django.db import connection, transaction

from dak.services import receipt_share
from eoffice.core import clock
from eoffice.core.actions import Action
from eoffice.core.actor import Actor
from eoffice.ledger import queries as ledger
from eoffice.ledger.writer import Moved, record_event
from files.models import File, FileReader, Note
from files.services.custody import arrived_before
from files.workflow import FileState, NoteState

# What lies on a desk, at work or waiting. What is closed or recorded stays where its record says.
ON_DESK = (FileState.OPEN, FileState.PARKED, FileState.CALL_BOOK, FileState.CLOSING_PROPOSED)
# What may happen to a file without anybody having acted on it.
_NO_ACT = (Action.FILE_SEE, Action.FILE_READ)


def file_hand_over(*, file_ids: Collection[int], from_post_id: int, to_post_id: int, actor: Actor) -> int:
    """Move the files that the post still holds to another desk; how many. In the transaction of the hand-over.

    The master has asked `access` (`desk:hand_over`) and chosen a post that can take it. The due day stays, what waits
    goes on waiting, and the receiver has not seen any of it. A file goes back where it came from, not to the desk that
    was given up.
    """
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError("a hand-over is one transaction")
    # All of them first, in one order, so that two hand-overs and a forward can't wait for each other.
    rows = File.objects.select_for_update().filter(pk__in=list(file_ids)).order_by("pk")
    held = [file for file in rows if file.held_by_id == from_post_id and file.state in ON_DESK]
    for file in held:
        _hand_over(file, to_post_id, actor)
    return len(held)


def _hand_over(file: File, to_post_id: int, actor: Actor) -> None:
    from_post_id = file.held_by_id
    at = clock.now()
    file.held_by_id = to_post_id
    if file.came_from_id is None:
        file.came_from_id = from_post_id
    elif file.came_from_id == to_post_id:
        file.came_from_id = arrived_before(file, to_post_id)
    file.held_since = at
    file.seen_at = None
    file.save()
    FileReader.objects.get_or_create(file=file, post_id=to_post_id)
    for receipt_id in file.papers.filter(receipt__isnull=False).values_list("receipt_id", flat=True):
        receipt_share(receipt_id=receipt_id, post_id=to_post_id)
    moved = Moved(of=file, from_post_id=from_post_id, to_post_id=to_post_id)
    record_event(action=Action.FILE_HAND_OVER, subject=file, actor=actor, moved=moved, at=at)


def untouched_since_hand_over(*, post_id: int, file_ids: Collection[int]) -> set[int]:
    """Which of the files still lie on the post as a hand-over brought them: no act, no draft, no yellow note since."""
    rows = File.objects.select_for_update().filter(pk__in=list(file_ids), held_by=post_id).order_by("pk")
    held = {file.pk: file for file in rows}
    written = Note.objects.filter(file__in=held, post=post_id, state=NoteState.DRAFT).values_list("file_id", "saved_at")
    noted = {pk for pk, saved_at in written if saved_at >= held[pk].held_since}
    acts = ledger.acts_on(File.ledger_type, held).exclude(action__in=_NO_ACT)
    last = {event.subject_id: event.action for event in acts}
    return {pk for pk in held if last.get(pk) == Action.FILE_HAND_OVER} - noted
