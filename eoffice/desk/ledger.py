"""The proof of the whole record: chains, movements, seals, custody and note sheets (design 4)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from dak.models import ReceiptCopy
from eoffice.ledger import queries as ledger
from eoffice.ledger.queries import Difference
from files.models import File, Note
from files.services.note import note_hash
from files.workflow import NoteState
from signatures import queries as signatures


def differences() -> Iterator[Difference]:
    """Everything in which the ledger and the rows disagree."""
    yield from ledger.broken_links()
    yield from signatures.check_seals()
    yield from _custody(File)
    yield from _custody(ReceiptCopy)
    yield from _note_sheets()


def _custody(model: type[File | ReceiptCopy]) -> Iterator[Difference]:
    """`held_by` and `held_since` are a copy of the last movement."""
    kind = model.ledger_type
    batch: list[Any] = []
    for row in model.objects.order_by("pk").iterator(chunk_size=500):
        batch.append(row)
        if len(batch) == 500:  # noqa: PLR2004 - the chunk above
            yield from _custody_of(kind, batch)
            batch = []
    yield from _custody_of(kind, batch)


def _custody_of(kind: str, rows: list[Any]) -> Iterator[Difference]:
    moved = ledger.last_movements(kind, [row.pk for row in rows])
    for row in rows:
        last = moved.get(row.pk)
        holder = last.to_post_id if last else None
        if row.held_by_id != holder:
            yield Difference(
                "custody",
                f"{kind}:{row.pk}",
                f"the row says post {row.held_by_id} holds it, its last movement says post {holder}",
            )
        elif last and holder is not None and row.held_since != last.at:
            yield Difference("custody", f"{kind}:{row.pk}", "held since another instant than its last movement says")


def _note_sheets() -> Iterator[Difference]:
    """Submitted notes against their own chain; the file carries its end."""
    notes = Note.objects.filter(state=NoteState.SUBMITTED).select_related("file").order_by("file_id", "number")
    before: Note | None = None
    for note in notes.iterator(chunk_size=500):
        first = before is None or before.file_id != note.file_id
        if note.prev_hash != ("" if first or before is None else before.hash):
            yield Difference("note", f"file:{note.file_id}", f"note {note.number} does not follow the note before it")
        if note.hash != _hash_of(note):
            yield Difference("note", f"file:{note.file_id}", f"note {note.number} was altered after it was submitted")
        before = note


def _hash_of(note: Note) -> str:
    if note.number is None or note.submitted_at is None:
        return "a submitted note has a number and an instant"
    return note_hash(note, note.file, number=note.number, at=note.submitted_at, prev=note.prev_hash)
