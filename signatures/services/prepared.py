"""What was stored at the first step of signing, for the engine to check again."""

from __future__ import annotations

from eoffice.documents.queries import document_bytes
from signatures.engine import pades
from signatures.models import SigningAttempt


def prepared_of(attempt: SigningAttempt) -> pades.Prepared:
    """The prepared file and what is known of it; `attempt.prepared` should be fetched along."""
    return pades.Prepared(
        pdf=document_bytes(attempt.prepared),
        sha256=attempt.prepared.sha256,
        slot=attempt.slot,
        reserved_start=attempt.reserved_start,
        reserved_end=attempt.reserved_end,
        document_digest=bytes.fromhex(attempt.document_digest),
        signed_attrs=bytes(attempt.signed_attrs),
        certificate_sha256=attempt.certificate_sha256,
    )
