"""The head of the office certifies the exact rows by their own signature; the maker is never the checker (R3)."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from employee_master import ports
from employee_master.models import Employee, ImportBatch, Post
from employee_master.services.imports.certificate import certificate_pdf
from employee_master.services.imports.life import locked
from employee_master.services.imports.plan import SCHEMA, rows_of_batch, sha256_of
from eoffice import access
from eoffice.core import clock, outbox
from eoffice.core.actions import Action
from eoffice.core.actor import Actor
from eoffice.core.errors import NotAvailable, NotVisible, WrongState
from eoffice.documents.models import Document
from eoffice.ledger import chain
from eoffice.ledger.writer import record_event

APPLY = "imports.apply"
PURPOSE = "import"
SLOT = "HeadOfOffice"


def signer() -> ports.SignsRecord:
    """The room that signs; refused where this instance has none."""
    for one in ports.signs_record:
        return one
    raise NotAvailable("no_signing", _("This instance has no signatures."), _("Tell the operator."))


def _changed() -> WrongState:
    return WrongState(
        "changed_since_view",
        _("The rows changed after you opened the sheet, so nothing was signed."),
        _("Open the sheet again and look at what it will do now."),
    )


def import_certify_begin(*, batch_id: int, shown: str, language: str, actor: Actor) -> UUID:
    """Prepare the certificate for the head's signature; `shown` is the hash of the rows that were on the screen.

    Call it outside a transaction. Refused: anybody but the head, the maker, rows that changed since, no usable key.
    """
    batch = ImportBatch.objects.select_related("office__head_post", "made_by").filter(pk=batch_id).first()
    if batch is None:
        raise NotVisible
    access.require(actor, Action.IMPORT_CERTIFY, batch)
    if not shown or shown != batch.rows_sha256:
        raise _changed()
    port = signer()
    port.require_key(actor)
    rows = list(batch.rows.order_by("number"))
    plan = rows_of_batch(rows)
    if sha256_of(plan) != batch.rows_sha256:
        raise _changed()
    at = clock.now()
    officer = Employee.objects.get(pk=actor.person)
    post = Post.objects.get(pk=actor.desk)
    manifest: dict[str, Any] = {
        "schema": SCHEMA,
        "office": batch.office.code,
        "sheet": {"name": batch.name, "sha256": batch.document.sha256, "uploaded_by": batch.made_by.code},
        "officer": {"code": officer.code, "post": post.marking},
        "at": chain.instant(at),
        "rows_sha256": batch.rows_sha256,
        "rows": plan,
    }
    pdf = certificate_pdf(batch, rows, officer=officer, post=post, at=at, language=language)
    attempt = port.begin(
        pdf=pdf,
        slots=[SLOT],
        manifest=manifest,
        purpose=PURPOSE,
        subject=batch,
        title=batch.name,
        reason=str(_("Certified")),
        shown_sha256=shown,
        actor=actor,
    )
    with transaction.atomic():
        batch = locked(batch_id)
        access.require(actor, Action.IMPORT_CERTIFY, batch)
        if batch.rows_sha256 != shown:
            raise _changed()
        batch.attempt, batch.attempt_by = attempt, officer
        batch.save()
    return attempt


def import_certify(*, batch_id: int, pin: str, actor: Actor) -> ImportBatch:
    """Sign the prepared certificate with the head's PIN; applying follows by the worker. Call it outside a transaction.

    A wrong PIN counts and changes nothing. If a row changed meanwhile, nothing is kept.
    """
    batch = ImportBatch.objects.filter(pk=batch_id, attempt_by=actor.employee_id).first()
    if batch is None or batch.attempt is None:
        raise WrongState(
            "certificate_not_prepared",
            _("No certificate is prepared for your signature."),
            _("Open the sheet and press Certify again."),
        )

    def complete(document: Document) -> None:
        _complete(batch_id=batch_id, document=document, actor=actor)

    signer().finish(attempt=batch.attempt, pin=pin, actor=actor, on_complete=complete)
    certified: ImportBatch = ImportBatch.objects.select_related("office").get(pk=batch_id)
    return certified


def _complete(*, batch_id: int, document: Document, actor: Actor) -> None:
    """Inside the signing room's transaction: the rows are still those that were signed."""
    batch = locked(batch_id)
    access.require(actor, Action.IMPORT_CERTIFY, batch)
    if sha256_of(rows_of_batch(batch.rows.order_by("number"))) != batch.rows_sha256:
        raise _changed()
    batch.certify(at=clock.now())
    batch.certificate = document
    batch.certified_by_id, batch.certified_post_id, batch.certified_charge_id = (
        actor.employee_id,
        actor.post_id,
        actor.charge_id,
    )
    batch.save()
    record_event(
        action=Action.IMPORT_CERTIFY,
        subject=batch,
        actor=actor,
        data={"rows_sha256": batch.rows_sha256, "certificate_sha256": document.sha256, "attempt": str(batch.attempt)},
    )
    outbox.add(APPLY, key=f"import-apply-{batch.attempt}", payload={"batch": batch.pk})
