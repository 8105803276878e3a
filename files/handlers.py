"""What the worker tells this room: letters sent, signatures complete (design 7)."""

from __future__ import annotations

from eoffice.core import outbox
from eoffice.core.models import OutboxRow
from files.services.decision import letter_ready, record_ready
from files.services.draft import draft_dispatched
from files.services.note_signature import note_ready
from files.services.withdrawal import withdrawal_ready


def register() -> None:
    """Called once from `FilesConfig.ready`."""
    outbox.handler("dak.dispatched", mode="database")(_dispatched)
    outbox.handler("signatures.level_reached", mode="database")(_level_reached)


def _dispatched(row: OutboxRow) -> None:
    kind, _colon, pk = str(row.payload["back_ref"]).partition(":")
    if kind == "draft":
        draft_dispatched(draft_id=int(pk))


def _level_reached(row: OutboxRow) -> None:
    subject_id, document_id = int(row.payload["subject_id"]), int(row.payload["document"])
    if row.payload["purpose"] == "letter":
        letter_ready(draft_id=subject_id, document_id=document_id, attempt_id=int(row.payload["attempt"]))
    elif row.payload["purpose"] == "decision":
        record_ready(decision_id=subject_id, document_id=document_id)
    elif row.payload["purpose"] == "withdrawal":
        withdrawal_ready(withdrawal_id=subject_id, document_id=document_id)
    elif row.payload["purpose"] == "note":
        note_ready(signature_id=subject_id, document_id=document_id)
