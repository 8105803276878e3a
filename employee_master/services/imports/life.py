"""What happens to a sheet besides its rows: taken back, returned, given up."""

from __future__ import annotations

from django.db import transaction

from employee_master.models import ImportBatch, ImportStage
from eoffice import access
from eoffice.core import clock, outbox
from eoffice.core.actions import Action
from eoffice.core.actor import Actor
from eoffice.core.errors import NotVisible
from eoffice.core.text import clean_line
from eoffice.ledger.writer import record_event

WHY_LENGTH = 500
# The outbox kind of the mails about a sheet; payload {"batch": id, "what": code}.
TELL = "imports.tell"


def locked(batch_id: int) -> ImportBatch:
    """The batch, locked until the end of the transaction, with its office."""
    batch: ImportBatch | None = (
        ImportBatch.objects.select_for_update(of=("self",))
        .select_related("office__head_post")
        .filter(pk=batch_id)
        .first()
    )
    if batch is None:
        raise NotVisible
    return batch


@transaction.atomic
def import_take_back(*, batch_id: int, actor: Actor) -> ImportBatch:
    """By the EMD manager, to correct it once more. A signature that the head has given counts no longer."""
    batch = locked(batch_id)
    access.require(actor, Action.IMPORT_TAKE_BACK, batch)
    batch.take_back()
    _open(batch)
    record_event(action=Action.IMPORT_TAKE_BACK, subject=batch, actor=actor, data={"version": batch.version})
    return batch


@transaction.atomic
def import_return(*, batch_id: int, why: str, actor: Actor) -> ImportBatch:
    """By the head, saying what is to be corrected; the EMD manager finds it at the top of the sheet (R22)."""
    batch = locked(batch_id)
    access.require(actor, Action.IMPORT_RETURN, batch)
    batch.send_back(why=clean_line(why, field="why", limit=WHY_LENGTH, lines=True), at=clock.now())
    _open(batch)
    event = record_event(action=Action.IMPORT_RETURN, subject=batch, actor=actor, data={"version": batch.version})
    outbox.add(TELL, key=f"import-returned-{event.pk}", payload={"batch": batch.pk, "what": "returned"})
    return batch


@transaction.atomic
def import_give_up(*, batch_id: int, actor: Actor) -> ImportBatch:
    """Nothing comes of the sheet; it stays on the list."""
    batch = locked(batch_id)
    access.require(actor, Action.IMPORT_GIVE_UP, batch)
    batch.give_up(at=clock.now())
    batch.stage = ImportStage.IDLE
    batch.save()
    record_event(action=Action.IMPORT_GIVE_UP, subject=batch, actor=actor)
    return batch


def _open(batch: ImportBatch) -> None:
    batch.attempt = batch.attempt_by = None
    batch.certificate = batch.certified_by = batch.certified_post = batch.certified_charge = None
    batch.stage = ImportStage.IDLE
    batch.version += 1
    batch.judged_version = batch.version
    batch.save()
