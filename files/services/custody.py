"""Moving a file from post to post; the acts that do it are in `services.file` and `services.decision`."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.utils.translation import gettext_lazy as _

from dak.services import receipt_share
from employee_master.models import Post
from employee_master.queries import require_holder
from eoffice.core import clock
from eoffice.core.actions import Action
from eoffice.core.actor import Actor
from eoffice.core.calendar import add_working_days
from eoffice.core.errors import BadInput, NotVisible
from eoffice.ledger import queries as ledger
from eoffice.ledger.models import Event
from eoffice.ledger.writer import Moved, record_event
from files.models import File, FileReader

# General limit of the manual: seven working days at each desk (procedure, rule 19).
DESK_DAYS = 7


def locked(file_id: int) -> File:
    """The file, locked to the end of the transaction; the first lock of every act on it.

    Nothing is joined: a query that waited for the lock sees the row anew, but the rows joined to it as they were, so
    that PostgreSQL would give a holder's id without the holder.
    """
    file: File | None = File.objects.select_for_update().filter(pk=file_id).first()
    if file is None:
        raise NotVisible
    return file


def desk_due(file: File) -> date | None:
    """Until when a file that comes to a desk now should leave it; a practice file is never due."""
    return None if file.is_practice else add_working_days(clock.today(), DESK_DAYS)


def live_post(post_id: int) -> Post:
    """A post that somebody sits on, or the refusal that names who stands in."""
    post = Post.objects.filter(pk=post_id, is_active=True).first()
    if post is None:
        raise NotVisible
    require_holder(post)
    return post


def move(
    file: File,
    *,
    to: Post,
    action: Action,
    actor: Actor,
    remarks: str = "",
    data: dict[str, Any] | None = None,
    came_from_id: int | None = None,
) -> Event:
    """Give the locked file to `to`, record it, and let the receiver know."""
    from_post_id = file.held_by_id
    file.held_by = to
    file.came_from_id = came_from_id if action == Action.FILE_PULL_BACK else from_post_id
    at = clock.now()
    file.held_since = at
    # What a post takes back, it has seen already.
    file.seen_at = at if to.pk == actor.post_id else None
    file.due_on = desk_due(file)
    file.save()
    FileReader.objects.get_or_create(file=file, post=to)
    for receipt_id in file.papers.filter(receipt__isnull=False).values_list("receipt_id", flat=True):
        receipt_share(receipt_id=receipt_id, post_id=to.pk)
    return record_event(
        action=action,
        subject=file,
        actor=actor,
        data=data,
        moved=Moved(of=file, from_post_id=from_post_id, to_post_id=to.pk, remarks=remarks),
        at=at,
    )


def arrived_before(file: File, post_id: int) -> int | None:
    """From whom the file had come to `post_id` before that post sent it on."""
    arrival = ledger.movements(file).filter(to_post_id=post_id).last()
    return arrival.from_post_id if arrival else None


def refuse_own_desk(to_post_id: int, actor: Actor) -> None:
    if to_post_id == actor.post_id:
        raise BadInput(
            "own_desk",
            _("The file is on your own desk already."),
            _("Choose the post that is to have it."),
            field="to",
        )
