"""Signing of a record of the employee master: charge report, certified sheet, exemption (port `SignsRecord`).

The room below draws the PDF and says what it means; this room adds one officer's signature to it. With several slots
each signer adds an increment to the newest revision, time stamps of the signers before included, and all stay valid.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any
from uuid import UUID

from django.db import models

from eoffice.core import clock
from eoffice.core.actor import Actor
from eoffice.documents.models import Document
from signatures.backends import backend
from signatures.models import SignedRevision, SigningAttempt
from signatures.queries import credential_to_sign, last_revision, working_credential
from signatures.services.signing import SLOT, signing_begin, signing_finish
from signatures.workflow import AttemptState


class SignsRecord:
    """What the master asks of this room; see `employee_master.ports.SignsRecord`."""

    def require_key(self, actor: Actor) -> None:
        """Refuse (`no_credential`, `credential_not_active`, `credential_expired`) when the actor can't sign now."""
        credential_to_sign(actor)

    def begin(
        self,
        *,
        pdf: bytes,
        slots: Sequence[str],
        manifest: dict[str, Any] | None,
        purpose: str,
        subject: models.Model,
        title: str,
        reason: str,
        shown_sha256: str,
        actor: Actor,
    ) -> UUID:
        """Prepare the PDF for the actor's signature in the first empty slot; `slots` are made where it has none.

        The manifest is embedded before the first signature, so that every signer signs it. Refuses a PDF whose slots
        are all filled.
        """
        attempt = signing_begin(
            pdf=pdf,
            manifest=manifest,
            purpose=purpose,
            subject=subject,
            title=title,
            reason=reason,
            shown_sha256=shown_sha256,
            credential=credential_to_sign(actor),
            slot_names=slots or (SLOT,),
            actor=actor,
        )
        return attempt.uuid

    def needs_pin(self, actor: Actor) -> bool:
        """Whether the actor's key is opened here; true also for somebody without any, who is refused elsewhere."""
        credential = working_credential(actor)
        return credential is None or backend(credential.backend).capabilities.unlock == "pin"

    def open_attempt(self, *, subject: models.Model, shown_sha256: str, actor: Actor) -> UUID | None:
        """The actor's newest attempt on this record as it was shown, if its signature comes from elsewhere."""
        if self.needs_pin(actor):
            return None
        attempt: SigningAttempt | None = (
            SigningAttempt.objects.filter(
                subject_type=str(getattr(subject, "ledger_type", "")), subject_id=subject.pk, shown_sha256=shown_sha256,
                credential__employee_id=actor.employee_id, state=AttemptState.PREPARED, expires_at__gt=clock.now(),
            ).order_by("-pk").first()
        )  # fmt: skip
        return attempt.uuid if attempt is not None else None

    def finish(self, *, attempt: UUID, pin: str, actor: Actor, on_complete: Callable[[Document], None]) -> Document:
        """Sign under the officer's PIN; what `on_complete` raises undoes everything, and nothing is signed."""
        return signing_finish(
            attempt_id=attempt, pin=pin, actor=actor, on_complete=lambda documents: on_complete(documents[0])
        )

    def newest(self, document: Document) -> Document:
        """The newest revision of the paper that the document is a revision of; itself where it is not signed."""
        revision = SignedRevision.objects.select_related("attempt").filter(sha256=document.sha256).first()
        last = last_revision(revision.attempt) if revision is not None else None
        return last.document if last is not None else document
