"""Yellow notes are saved by their author alone; submitting makes them green and part of the chain."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from eoffice import access
from eoffice.core import clock, richtext
from eoffice.core.actions import Action
from eoffice.core.actor import Actor
from eoffice.core.errors import BadInput, WrongState
from eoffice.ledger import chain
from eoffice.ledger.writer import record_event
from files.models import File, Note
from files.services.custody import locked
from files.services.printable import printable_html
from files.workflow import NoteState
from signatures import policy

MAX_NOTE = 60_000


class NoteConflict(WrongState):
    """The yellow note was saved in another window meanwhile; `theirs` is what stands, nothing is lost."""

    def __init__(self, theirs: Note) -> None:
        super().__init__(
            "note_conflict",
            _("You saved this note in another window after you opened it here."),
            _("Both texts are shown below. Keep what you want and save again."),
        )
        self.theirs = theirs


def checked_text(html: str, *, field: str = "text") -> str:
    """The text in canonical form; refuses what is too long for a note, and what can't be printed."""
    text = richtext.clean(html)
    if len(text) > MAX_NOTE:
        raise BadInput(
            "note_too_long",
            _("The note is longer than %(limit)s characters. Nothing was saved.") % {"limit": MAX_NOTE},
            _("Put long material in as a paper and refer to its pages."),
            field=field,
        )
    return printable_html(text, field=field)


@transaction.atomic
def note_save(*, file_id: int, html: str, revision: int, actor: Actor) -> Note | None:
    """Save the actor's yellow note; an empty text drops it. `revision` is the one that the page was opened with."""
    text = checked_text(html)
    file = locked(file_id)
    access.require(actor, Action.NOTE_WRITE, file)
    note = own_yellow(file, actor)
    if note is not None and note.revision != revision:
        raise NoteConflict(note)
    if not text:
        if note is not None:
            # Private until submitted: dropping a yellow note is no act of the record.
            note.delete()
        return None
    if note is None:
        note = Note(
            file=file, post_id=actor.post_id, employee_id=actor.employee_id, charge_id=actor.charge_id, revision=0
        )
    note.text = text
    note.revision += 1
    note.saved_at = clock.now()
    note.save()
    return note


def own_yellow(file: File, actor: Actor) -> Note | None:
    return Note.objects.filter(
        file=file, post_id=actor.post_id, employee_id=actor.employee_id, state=NoteState.DRAFT
    ).first()


def needs_signature(file: File, actor: Actor) -> bool:
    """Whether the policy of signing has the actor sign notes; training signs nothing."""
    return not file.is_practice and policy.demands("note", actor)


def note_submit(*, file: File, actor: Actor, signed: bool) -> Note | None:
    """Make the actor's yellow note green, as part of an act that holds the file's lock; None when there is none.

    `signed` says that the act is a signed one. Refused (`note_unsigned`) where it is not and the policy of signing
    demands it. The caller saves the file, which carries the end of the chain of notes.
    """
    note = own_yellow(file, actor)
    if note is None:
        return None
    if not signed and needs_signature(file, actor):
        raise WrongState(
            "note_unsigned",
            _("Notes are signed in this office, and this one is not signed yet."),
            _("Send the file from its page: the signature is asked for there."),
        )
    return _submitted(note, file, actor)


def note_decided(*, file: File, html: str, actor: Actor) -> Note:
    """The line of a signed decision as the actor's note, green at once, in place of what stood there in yellow.

    Part of an act that holds the file's lock and saves it, like `note_submit`; `html` comes from `checked_text`.
    """
    access.require(actor, Action.NOTE_WRITE, file)
    note = own_yellow(file, actor) or Note(
        file=file, post_id=actor.post_id, employee_id=actor.employee_id, charge_id=actor.charge_id, revision=0
    )
    note.text = html
    note.revision += 1
    note.saved_at = clock.now()
    return _submitted(note, file, actor)


def _submitted(note: Note, file: File, actor: Actor) -> Note:
    access.require(actor, Action.NOTE_SUBMIT, file)
    number = file.last_note + 1
    at = clock.now()
    note.submitted_at = at
    note.submit(
        number=number,
        prev_hash=file.last_note_hash,
        own_hash=note_hash(note, file, number=number, at=at, prev=file.last_note_hash),
    )
    note.save()
    file.last_note, file.last_note_hash = number, note.hash
    file.last_remark = richtext.plain(note.text).replace("\n", " ")[:300]
    record_event(action=Action.NOTE_SUBMIT, subject=file, actor=actor, data={"note": number, "note_sha256": note.hash})
    return note


def note_hash(note: Note, file: File, *, number: int, at: datetime, prev: str) -> str:
    """What the chain of notes covers: file, number, text, author and the note before."""
    return chain.digest(
        {
            "file": str(file.uuid),
            "number": number,
            "text": note.text,
            "post": note.post_id,
            "employee": note.employee_id,
            "at": chain.instant(at),
            "prev": prev,
        }
    )
