"""Notes signed by policy (R5; procedure, rule 14: a digital signature at each level).

A rule of signing that names the submission of notes makes the signature part of sending: the note goes into the file
and the file to the next desk in the transaction that takes the signature, or neither does. Without such a rule notes
stand in the chain of hashes, unsigned.
"""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils import translation
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from employee_master.models import Employee, Post
from eoffice import access
from eoffice.core import clock
from eoffice.core.actions import Action
from eoffice.core.actor import Actor
from eoffice.core.errors import WrongState
from eoffice.core.names import named
from eoffice.core.text import clean_line
from eoffice.documents.models import Document
from eoffice.documents.pdf.block import SignatureBlock
from eoffice.documents.pdf.notesheet import Decision as DecisionPage
from eoffice.documents.pdf.notesheet import NoteSheet, draw_notesheet
from eoffice.ledger import chain
from files.models import File, Note, NoteAct, NoteSignature
from files.services.custody import live_post, locked, refuse_own_desk
from files.services.decision import decision_return
from files.services.drawing import name_in, stamp_time, verify_address
from files.services.file import file_forward, file_return
from files.services.note import needs_signature, note_save, own_yellow
from files.services.printable import drawing, printable
from files.services.signed_act import completed, give_up_open, own_attempt, ready, require_open
from signatures import queries as signatures
from signatures.services import signing

_ACTIONS = {
    NoteAct.FORWARD: Action.FILE_FORWARD,
    NoteAct.RETURN: Action.FILE_RETURN,
    NoteAct.DISCUSS: Action.DECISION_TAKE,
    NoteAct.RETURN_WITH_QUERY: Action.DECISION_TAKE,
}


def note_signature_begin(
    *,
    file_id: int,
    act: str,
    actor: Actor,
    note: tuple[str, int] | None = None,
    to_post_id: int | None = None,
    remarks: str = "",
) -> NoteSignature | None:
    """Prepare the record of the actor's yellow note for signing; None where nothing has to be signed.

    `note` is a text (HTML) and the revision it was written on, where the form brought one: it is saved first. Call it
    outside a transaction: drawing takes a while.
    """
    row = _prepared(file_id=file_id, act=NoteAct(act), note=note, to_post_id=to_post_id, remarks=remarks, actor=actor)
    if row is None:
        return None
    credential = signatures.credential_to_sign(actor)
    officer, post = Employee.objects.get(pk=actor.person), Post.objects.get(pk=actor.desk)
    row.manifest = _manifest(row, officer, post)
    with drawing():
        pdf = draw_notesheet(_sheet(row, officer, post, language=get_language() or "hi"))
    attempt = signing.signing_begin(
        pdf=pdf,
        manifest=row.manifest,
        purpose="note",
        subject=row,
        reference=row.reference,
        title=row.file.number,
        reason=str(_("Note")),
        shown_sha256=row.manifest["hash"],
        credential=credential,
        actor=actor,
    )
    row.attempt = attempt.uuid
    row.save()
    return row


@transaction.atomic
def _prepared(
    *, file_id: int, act: NoteAct, note: tuple[str, int] | None, to_post_id: int | None, remarks: str, actor: Actor
) -> NoteSignature | None:
    file = locked(file_id)
    if not needs_signature(file, actor):
        return None
    access.require(actor, _ACTIONS[act], file)
    if act is NoteAct.FORWARD:
        assert to_post_id is not None
        refuse_own_desk(to_post_id, actor)
        to = live_post(to_post_id)
    else:
        assert file.came_from_id is not None
        to = live_post(file.came_from_id)
    if note is not None:
        note_save(file_id=file_id, html=note[0], revision=note[1], actor=actor)
    yellow = own_yellow(file, actor)
    if yellow is None:
        return None
    give_up_open(NoteSignature.objects.filter(file=file), actor)
    remarks = clean_line(remarks, field="remarks", limit=1000, required=False)
    return NoteSignature.objects.create(
        file=file,
        act=act,
        text=yellow.text,
        remarks=printable(remarks, field="remarks"),
        to_post=to,
        post_id=actor.desk,
        employee_id=actor.person,
        reference=signing.reference_number(),
        prepared_at=clock.now(),
    )


def _manifest(row: NoteSignature, officer: Employee, post: Post) -> dict[str, Any]:
    file = row.file
    manifest: dict[str, Any] = {
        "schema": "eoffice-note-1",
        "act": row.act,
        "file": {"uuid": str(file.uuid), "number": file.number},
        "note": {"number": file.last_note + 1, "sha256": chain.digest({"text": row.text})},
        "previous_note": {"number": file.last_note, "sha256": file.last_note_hash},
        "remarks_sha256": chain.digest({"remarks": row.remarks}),
        "to": row.to_post.marking,
        "officer": {"code": officer.code, "post": post.marking},
        "reference": row.reference,
        "at": chain.instant(row.prepared_at),
    }
    manifest["hash"] = chain.digest(manifest)
    return manifest


def _sheet(row: NoteSignature, officer: Employee, post: Post, *, language: str) -> NoteSheet:
    file, number = row.file, row.manifest["note"]["number"]
    language = "hi" if language == "hi" else "en"
    with translation.override(language):
        facts = [(_("Manifest (hash)"), row.manifest["hash"])]
        if file.last_note:
            facts.append((_("Note %(number)s") % {"number": file.last_note}, f"SHA-256 {file.last_note_hash}"))
        if row.remarks:
            facts.append((_("Remarks"), row.remarks))
        return NoteSheet(
            language="hi" if language == "hi" else "en",
            office=str(getattr(file.office, f"name_{language}")),
            file_number=file.number,
            subject=file.subject,
            notes=(),
            made_at=row.prepared_at,
            author=name_in(language, officer),
            decides_nothing=True,
            decision=DecisionPage(
                act=_("Note %(number)s") % {"number": number},
                meaning=f"{row.get_act_display()}: {named(row.to_post)}",
                line_html=row.text,
                officer=name_in(language, officer),
                post=name_in(language, post),
                time_text=stamp_time(row.prepared_at),
                facts=tuple(facts),
            ),
            block=SignatureBlock(
                reference_number=row.reference,
                name=name_in(language, officer),
                designation=name_in(language, post),
                signed_at=stamp_time(row.prepared_at),
                reason=_("Note"),
                verify_url=verify_address(row.reference),
            ),
        )


def note_sign(*, signature_id: int, pin: str, actor: Actor) -> NoteSignature:
    """Sign the prepared note; in the same transaction it goes into the file, and the file to the next desk.

    A wrong PIN counts and changes nothing. If the file or the note changed meanwhile, nothing is kept.
    """
    attempt = own_attempt(NoteSignature.objects.all(), signature_id, actor)

    def complete(signed: list[Document]) -> None:
        _complete(signature_id, signed[0], actor)

    signing.signing_finish(attempt_id=attempt, pin=pin, actor=actor, on_complete=complete)
    return NoteSignature.objects.select_related("file", "to_post").get(pk=signature_id)


def _complete(signature_id: int, record: Document, actor: Actor) -> None:
    """Inside the signing room's transaction: what was signed is still what stands, then the act itself."""
    file = locked(NoteSignature.objects.values_list("file_id", flat=True).get(pk=signature_id))
    row = NoteSignature.objects.get(pk=signature_id)
    require_open(row)
    yellow = own_yellow(file, actor)
    if yellow is None or yellow.text != row.text or file.last_note != row.manifest["previous_note"]["number"]:
        raise _changed()
    file = _act(row, actor)
    if file.held_by_id != row.to_post_id:
        raise _changed()
    row.note = Note.objects.get(file=file, number=file.last_note)
    completed(row, record)


def _act(row: NoteSignature, actor: Actor) -> File:
    if row.act == NoteAct.FORWARD:
        return file_forward(
            file_id=row.file_id, to_post_id=row.to_post_id, remarks=row.remarks, note_signed=True, actor=actor
        )
    if row.act == NoteAct.RETURN:
        return file_return(file_id=row.file_id, remarks=row.remarks, note_signed=True, actor=actor)
    return decision_return(file_id=row.file_id, act=row.act, line=row.text, note_signed=True, actor=actor)


def _changed() -> WrongState:
    return WrongState(
        "changed_since_view",
        gettext_lazy("The note or the file changed after the note was prepared, so nothing was signed."),
        gettext_lazy("Open the file again and send it once more."),
    )


@transaction.atomic
def note_ready(*, signature_id: int, document_id: int) -> None:
    """The worker has brought the note's signature to the level of the policy: the note sheet says so from now on."""
    locked(NoteSignature.objects.values_list("file_id", flat=True).get(pk=signature_id))
    ready(NoteSignature.objects.get(pk=signature_id), document_id)
