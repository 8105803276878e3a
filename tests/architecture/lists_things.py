"""Things for the rows of `matrix_lists`: a list of the secretary, ends of letters begun and signed."""

from __future__ import annotations

from typing import Any

from eoffice.core import clock
from eoffice.core.actor import Actor
from eoffice.documents.models import Document
from files.models import DecisionState, EndKind, NoteSignature, Withdrawal
from files.services.batch import batch_list


def list_things(
    *, file_up: int, signed: int, sent: int, secretary: Actor, paper: Document
) -> tuple[dict[str, dict[str, Any]], dict[str, Any]]:
    """Arguments of addresses, and values of forms."""
    batch = batch_list(file_ids=[file_up], language="en", actor=secretary)
    usual = {
        "kind": EndKind.WITHDRAWN,
        "why": "Wrong amount",
        "post_id": secretary.desk,
        "employee_id": secretary.person,
        "prepared_at": clock.now(),
    }
    begun = Withdrawal.objects.create(draft_id=signed, reference="1000008", **usual)
    done = Withdrawal.objects.create(
        draft_id=sent,
        reference="1000007",
        state=DecisionState.COMPLETED,
        completed_at=clock.now(),
        record=paper,
        **usual,
    )
    sent_note = {
        "file_id": file_up,
        "act": "forward",
        "text": "<p>Yes.</p>",
        "to_post_id": secretary.desk,
        "post_id": secretary.desk,
        "employee_id": secretary.person,
        "prepared_at": clock.now(),
        "manifest": {"note": {"number": 1}},
    }
    note = NoteSignature.objects.create(reference="1000006", **sent_note)
    note_done = NoteSignature.objects.create(
        reference="1000005", state=DecisionState.ABANDONED, record=paper, **sent_note
    )
    args = {
        "note begun": {"signature_id": note.pk},
        "note signed": {"signature_id": note_done.pk},
        "list": {"batch_id": batch.pk},
        "end begun": {"withdrawal_id": begun.pk},
        "end signed": {"withdrawal_id": done.pk},
    }
    return args, {"file_up": file_up}
