"""Sending a clean sheet to the head of the office for certification (R3)."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from employee_master.models import Charge, ImportBatch
from employee_master.queries.posts import holder_of
from employee_master.services.imports.dryrun import import_judge
from employee_master.services.imports.life import TELL, locked
from employee_master.services.imports.plan import rows_of_batch, sha256_of
from eoffice import access
from eoffice.core import clock, outbox
from eoffice.core.actions import Action
from eoffice.core.actor import Actor
from eoffice.core.errors import WrongState
from eoffice.core.names import named
from eoffice.ledger.writer import record_event


def certifying(batch: ImportBatch) -> Charge | None:
    """Under which charge the office's head post is held today; None when the sheet has nobody to go to."""
    return holder_of(batch.office.head_post) if batch.office.head_post is not None else None


def import_validate(*, batch_id: int, actor: Actor) -> ImportBatch:
    """Compare once more, fix the exact rows by their hash, and ask the head. Call it outside a transaction.

    Refused: rows that are refused or a question that is open (`rows_refused`, `rows_unsettled`), an office without a
    head, or a head who would certify their own sheet.
    """
    access.require(actor, Action.IMPORT_CORRECT, _fresh(batch_id))
    import_judge(batch_id=batch_id)
    with transaction.atomic():
        batch = locked(batch_id)
        access.require(actor, Action.IMPORT_VALIDATE, batch)
        _refuse_headless(batch, actor)
        batch.validate(rows_sha256=sha256_of(rows_of_batch(batch.rows.order_by("number"))), at=clock.now())
        batch.sent_by_id = actor.employee_id
        batch.save()
        event = record_event(
            action=Action.IMPORT_VALIDATE, subject=batch, actor=actor, data={"rows_sha256": batch.rows_sha256}
        )
        outbox.add(TELL, key=f"import-certify-{event.pk}", payload={"batch": batch.pk, "what": "certify"})
    return batch


def _fresh(batch_id: int) -> ImportBatch:
    batch: ImportBatch = ImportBatch.objects.select_related("office__head_post").get(pk=batch_id)
    return batch


def _refuse_headless(batch: ImportBatch, actor: Actor) -> None:
    if batch.office.head_post is None:
        raise WrongState(
            "no_head",
            _("The office has no head post entered, and its head certifies the sheet."),
            _("Enter the head post on the office's page first."),
        )
    head = certifying(batch)
    if head is None:
        raise WrongState(
            "head_vacant",
            _("Nobody holds the post of the head, %(post)s, today.") % {"post": named(batch.office.head_post)},
            _("Enter the charge of the post first, also an additional or officiating one."),
        )
    if head.employee_id in {batch.made_by_id, actor.employee_id}:
        raise WrongState(
            "head_is_maker",
            _("%(person)s is the head of the office, and nobody certifies what they brought or sent themselves.")
            % {"person": named(head.employee)},
            _("Let another EMD manager or the super admin upload the sheet."),
        )
