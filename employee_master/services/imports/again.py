"""Asking the worker once more to apply a certified sheet."""

from __future__ import annotations

from django.db import transaction

from employee_master.models import ImportBatch
from employee_master.services.imports.certify import APPLY
from employee_master.services.imports.life import locked
from eoffice import access
from eoffice.core import clock, outbox
from eoffice.core.actions import Action
from eoffice.core.actor import Actor


@transaction.atomic
def import_apply_again(*, batch_id: int, actor: Actor) -> ImportBatch:
    """The same rows under the same certificate; nothing is decided anew."""
    batch = locked(batch_id)
    access.require(actor, Action.IMPORT_APPLY, batch)
    batch.apply_refused = ""
    batch.save()
    key = f"import-apply-{batch.attempt}-{clock.now():%Y%m%d%H%M%S%f}"
    outbox.add(APPLY, key=key, payload={"batch": batch.pk})
    return batch
