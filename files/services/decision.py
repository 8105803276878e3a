"""The senior officer decides: one line, a typed verdict, and with Approve two signatures under one PIN (design 6).

`decision_begin` prepares the exact bytes of the decision record and of the letter; `decision_sign` takes the PIN.
Cryptography and drawing happen outside transactions; the act itself is one short transaction.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from employee_master.models import Employee, Post
from employee_master.queries import holder_of
from eoffice import access
from eoffice.access.words import when
from eoffice.core import clock
from eoffice.core.actions import Action
from eoffice.core.actor import Actor
from eoffice.core.errors import BadInput, NotVisible, Text, WrongState
from eoffice.core.names import named
from eoffice.core.numbers import next_number, written
from eoffice.documents.models import Document
from eoffice.documents.pdf.letter import draw_letter
from eoffice.documents.pdf.notesheet import draw_notesheet
from eoffice.ledger import chain
from eoffice.ledger import queries as ledger
from eoffice.ledger.writer import record_event
from files.models import APPROVALS, Decision, DecisionAct, DecisionState, Draft, DraftVersion, File, Note, Paper
from files.queries import submitted_notes
from files.services.custody import live_post, locked, move
from files.services.drawing import REASON, letter_of, record_of
from files.services.file import file_return
from files.services.note import checked_text, note_decided, note_save, own_yellow
from files.services.printable import drawing
from files.services.signed_act import ended, give_up_open, ready, require_open
from files.workflow import DraftState
from signatures import queries as signatures
from signatures.backends import OpenKey
from signatures.models import SigningAttempt
from signatures.services import signing

# One for each signer, all made before the first signature (design 6).
LETTER_SLOTS = ("Signature1", "Signature2")


@dataclass(frozen=True, slots=True)
class Shown:
    """What was on the officer's screen: the versions that the signature will cover."""

    note: int
    note_hash: str
    serial: int
    draft_id: int | None
    draft_version: int | None
    draft_sha256: str

    @property
    def token(self) -> str:
        """Goes with the form and comes back with the verdict; it differs as soon as anything on screen differs."""
        return chain.digest(
            {
                "note": self.note,
                "note_hash": self.note_hash,
                "serial": self.serial,
                "draft": self.draft_id,
                "version": self.draft_version,
                "sha256": self.draft_sha256,
            }
        )


def shown_now(file: File, draft: Draft | None, version: DraftVersion | None = None) -> Shown:
    """The present versions of everything that the decision view shows; `version` is the draft's newest, if known."""
    if draft is not None and version is None:
        version = draft.versions.get(version=draft.version)
    return Shown(
        note=file.last_note,
        note_hash=file.last_note_hash,
        serial=file.last_serial,
        draft_id=draft.pk if draft else None,
        draft_version=draft.version if draft else None,
        draft_sha256=version.sha256 if version else "",
    )


def draft_for_decision(file: File) -> Draft | None:
    """The draft that waits for approval; the newest where there are several."""
    return _waiting(file).first()


def _waiting(file: File) -> QuerySet[Draft]:
    return Draft.objects.filter(file=file, state=DraftState.PUT_UP).order_by("-number")


# The acts that alter what an officer saw; readers and openings do not.
CHANGES = (Action.NOTE_SUBMIT, Action.DRAFT_CREATE, Action.DRAFT_CORRECT, Action.DRAFT_CANCEL, Action.FILE_ADD_PAPER)


def _changed(file: File) -> WrongState:
    """The refusal that says who changed the file last, and when."""
    words: Text = _("Something on this file changed after you opened it, so nothing was signed.")
    last = ledger.history(file).filter(action__in=CHANGES).last()
    if last is not None:
        words = _("%(person)s changed this file at %(time)s, after you opened it, so nothing was signed.") % {
            "person": named(last.employee),
            "time": when(last.at),
        }
    return WrongState("changed_since_view", words, _("Open the file again: what is new is marked."))


def way_down(file: File, actor: Actor) -> int:
    """Where the decided file goes: back to the desk that opened it, or to the one that sent it."""
    if file.opened_by_id != actor.post_id:
        return file.opened_by_id
    return file.came_from_id or file.opened_by_id


def decision_return(*, file_id: int, act: str, line: str, actor: Actor, note_signed: bool = False) -> File:
    """Discuss, or return with a query: the line becomes a note and the file goes back where it came from.

    `note_signed` says that the act is part of signing the note (`note_signature`).
    """
    if act not in {DecisionAct.DISCUSS, DecisionAct.RETURN_WITH_QUERY}:
        raise BadInput("unknown_act", _("There is no such decision."), _("Use the buttons of the page."))
    if not checked_text(line, field="line"):
        raise BadInput(
            "line_missing",
            _("Write one line, so that the desk below knows what is asked."),
            _("One sentence is enough."),
            field="line",
        )
    with transaction.atomic():
        file = locked(file_id)
        access.require(actor, Action.DECISION_TAKE, file)
        yellow = own_yellow(file, actor)
        note_save(file_id=file_id, html=line, revision=yellow.revision if yellow else 0, actor=actor)
        to_post_id = file.came_from_id
        file = file_return(file_id=file_id, note_signed=note_signed, actor=actor)
        assert to_post_id is not None
        decision = Decision.objects.create(
            file=file,
            act=act,
            state=DecisionState.COMPLETED,
            line=line,
            note=Note.objects.get(file=file, number=file.last_note),
            to_post_id=to_post_id,
            post_id=actor.desk,
            employee_id=actor.person,
            prepared_at=clock.now(),
            completed_at=clock.now(),
        )
        record_event(action=Action.DECISION_TAKE, subject=file, actor=actor, data={"act": act, "decision": decision.pk})
    return file


def decision_begin(*, file_id: int, act: str, line: str, shown: str, to_post_id: int | None, actor: Actor) -> Decision:
    """Prepare the record and the letter for signing. Refused, with what changed, unless `shown` is still the present.

    The letter's number, date and reference are drawn at the first time and kept over retries (design 6).
    """
    if act not in APPROVALS:
        raise BadInput("unknown_act", _("There is no such decision."), _("Use the buttons of the page."))
    line = checked_text(line, field="line")
    if not line:
        raise BadInput("line_missing", _("Write one line before you sign."), _("One sentence is enough."), field="line")
    credential = signatures.credential_to_sign(actor)
    officer, post = credential.employee, Post.objects.get(pk=actor.desk)
    begun = _numbered(
        file_id=file_id, act=act, line=line, shown=shown, to_post_id=to_post_id, signer=(officer, post), actor=actor
    )
    decision, draft, version = begun.decision, begun.draft, begun.version
    # Drawing and preparing take a while: no transaction is open here.
    at = clock.now()
    language = draft.language if draft else (get_language() or "hi")
    with drawing():
        sheet = record_of(
            decision,
            file=decision.file,
            notes=submitted_notes(decision.file),
            officer=officer,
            post=post,
            at=at,
            reference=begun.reference,
            language=language,
        )
        record_pdf = draw_notesheet(sheet)
    papers = [
        signing.Paper(
            pdf=record_pdf,
            manifest=decision.manifest,
            purpose="decision",
            subject=decision,
            reference=begun.reference,
            title=decision.file.number,
            reason=str(decision.get_act_display()),
        )
    ]
    if draft is not None and version is not None:
        with drawing():
            letter = letter_of(
                draft,
                version,
                signer=officer,
                signer_post=post,
                made_at=at,
                signed_at=at,
                manifest_hash=decision.manifest["hash"],
            )
            letter_pdf = draw_letter(letter)
        papers.append(
            signing.Paper(
                pdf=letter_pdf,
                purpose="letter",
                subject=draft,
                # Of two signers the last one makes it a letter that the verifier knows.
                reference="" if draft.second_post_id else draft.reference,
                slot_names=LETTER_SLOTS if draft.second_post_id else LETTER_SLOTS[:1],
                title=draft.letter_number,
                reason=REASON[letter.language],
                version=version.version,
            )
        )
    attempts = signing.signing_begin_many(papers, shown_sha256=shown, credential=credential, actor=actor)
    decision.record_attempt = attempts[0].uuid
    decision.letter_attempt = attempts[1].uuid if len(attempts) > 1 else None
    decision.save(update_fields=["record_attempt", "letter_attempt"])
    return decision


@dataclass(frozen=True, slots=True)
class _Begun:
    """What was fixed under the file's lock; `reference` is that of the record."""

    decision: Decision
    draft: Draft | None
    version: DraftVersion | None
    reference: str


@transaction.atomic
def _numbered(
    *, file_id: int, act: str, line: str, shown: str, to_post_id: int | None, signer: tuple[Employee, Post],
    actor: Actor,
) -> _Begun:  # fmt: skip
    """Check under lock that nothing changed since the screen was drawn, and draw the numbers of letter and record."""
    file = locked(file_id)
    access.require(actor, Action.DECISION_SIGN, file)
    draft: Draft | None = _waiting(file).select_for_update(of=("self",)).first()
    version = None
    if draft is not None:
        draft.file = file
        access.require(actor, Action.DRAFT_APPROVE, draft)
        version = draft.versions.get(version=draft.version)
    if shown_now(file, draft, version).token != shown:
        raise _changed(file)
    second = draft.second_post_id if draft is not None else None
    if second is not None and second == actor.post_id:
        raise WrongState(
            "own_second_signature",
            _("You are named as the second signer of this letter too."),
            _("Name another post as second signer, or none."),
        )
    to = live_post(second or to_post_id or way_down(file, actor))
    is_new_number = draft is not None and not draft.letter_number
    if draft is not None and version is not None:
        _fix_letter(draft, version, file, to)
    reference = signing.reference_number()
    give_up_open(Decision.objects.filter(file=file), actor)
    decision = Decision(
        file=file,
        act=act,
        line=line,
        draft=draft,
        draft_version=draft.version if draft else None,
        to_post=to,
        post_id=actor.desk,
        employee_id=actor.person,
        prepared_at=clock.now(),
        manifest_salt=secrets.token_hex(32),
    )
    decision.manifest = _manifest(decision, draft, version, *signer)
    decision.save()
    if draft is not None and is_new_number:
        record_event(
            action=Action.DRAFT_SIGN,
            subject=file,
            actor=actor,
            data={
                "draft": draft.number,
                "number": draft.letter_number,
                "reference": draft.reference,
                "step": "numbered",
            },
        )
    return _Begun(decision, draft, version, reference)


def _fix_letter(draft: Draft, version: DraftVersion, file: File, to: Post) -> None:
    """What stands on the letter besides its text: number, date, reference, second signer, number of the copies."""
    second = draft.second_post_id is not None
    if not draft.letter_number:
        day = clock.today()
        serial = next_number("letter", office=file.section.code, year=day.year)
        section = file.section.name_hi if draft.language == "hi" else file.section.code
        draft.letter_number = written("letter", serial=serial, section=section, year=day.year)
        draft.letter_date = day
        draft.reference = signing.reference_number()
    elif not second and (draft.endorsement_number or not version.copies_to):
        return
    if second:
        # The name stands on the page: whoever holds the post now is the one to sign.
        holder = holder_of(to)
        draft.second_by = holder.employee if holder is not None else None
    if (version.copies_to or second) and not draft.endorsement_number:
        # The list of copies has its own number, on the page before anybody signs (R11).
        draft.endorsement_number = written("endorsement", number=draft.letter_number, part=1)
    draft.save()


def _manifest(
    decision: Decision, draft: Draft | None, version: DraftVersion | None, officer: Employee, post: Post
) -> dict[str, Any]:
    """The act and its meaning, and every thing that was on the officer's screen, by its hash."""
    file = decision.file
    manifest: dict[str, Any] = {
        "schema": "eoffice-decision-1",
        "act": decision.act,
        "file": {"uuid": str(file.uuid), "number": file.number},
        "line_sha256": chain.digest({"line": decision.line}),
        "previous_note": {"number": file.last_note, "sha256": file.last_note_hash},
        "papers": [
            {"serial": serial, "sha256": sha256}
            for serial, sha256 in Paper.objects.filter(file=file)
            .order_by("serial")
            .values_list("serial", "document__sha256")
        ],
        "officer": {"code": officer.code, "post": post.marking},
        "at": chain.instant(decision.prepared_at),
    }
    if draft is not None and version is not None:
        manifest["draft"] = {
            "number": draft.number,
            "version": version.version,
            "sha256": version.sha256,
            "letter_number": draft.letter_number,
            "reference": draft.reference,
        }
    # The letter carries this hash alone; without the salt nobody can guess what the file holds (design 6).
    manifest["hash"] = chain.digest({"salt": decision.manifest_salt, "manifest": manifest})
    return manifest


def decision_sign(*, decision_id: int, pin: str, actor: Actor) -> Decision:
    """Sign the prepared record and letter with the officer's PIN, and move everything on in one transaction.

    A wrong PIN counts and changes nothing. If the draft or the file changed meanwhile, nothing is kept and the
    officer is told what to do.
    """
    decision, attempts = _attempts(decision_id, actor)

    def complete(signed: list[Document]) -> None:
        _complete(decision, signed=signed, actor=actor)

    signing.signing_finish_many(attempts, pin=pin, actor=actor, on_complete=complete)
    return Decision.objects.select_related("file", "draft").get(pk=decision_id)


def decision_sign_listed(
    *, decision_id: int, key: OpenKey | None, actor: Actor, also: Callable[[Decision], None]
) -> None:
    """The same for one item of a batch, whose key one unlock has opened; None where the answers came from elsewhere.

    `also` runs in the transaction that completes the decision, after everything else; what it raises undoes all.
    """
    decision, attempts = _attempts(decision_id, actor)

    def complete(signed: list[Document]) -> None:
        also(_complete(decision, signed=signed, actor=actor))

    if key is None:
        signing.signing_finish_many(attempts, pin="", actor=actor, on_complete=complete)
    else:
        signing.signing_finish_opened(attempts, key=key, actor=actor, on_complete=complete)


def _attempts(decision_id: int, actor: Actor) -> tuple[Decision, list[UUID]]:
    """The officer's open decision and what it is to be signed by; refused when it is not open."""
    decision = Decision.objects.filter(pk=decision_id, employee_id=actor.person).first()
    if decision is None:
        raise NotVisible
    require_open(decision)
    if decision.record_attempt is None:
        raise ended()
    return decision, [uuid for uuid in (decision.record_attempt, decision.letter_attempt) if uuid is not None]


def _complete(open_one: Decision, *, signed: list[Document], actor: Actor) -> Decision:
    """Inside the signing room's transaction: re-check what may have changed, then record note, approval, movement."""
    file = locked(open_one.file_id)
    access.require(actor, Action.DECISION_SIGN, file)
    # Under the file's lock: another window, or another list, may have prepared it anew meanwhile.
    decision = Decision.objects.get(pk=open_one.pk)
    require_open(decision)
    record = signed[0]
    draft = None
    if decision.draft_id is not None:
        draft = Draft.objects.select_for_update(of=("self",)).get(pk=decision.draft_id)
        draft.file = file
        access.require(actor, Action.DRAFT_APPROVE, draft)
    seen = decision.manifest
    same_draft = draft is None or draft.version == seen["draft"]["version"]
    if file.last_note != seen["previous_note"]["number"] or not same_draft:
        raise _changed(file)
    note = note_decided(file=file, html=decision.line, actor=actor)
    decision.note = note
    decision.record = record
    decision.state = DecisionState.COMPLETED
    decision.completed_at = clock.now()
    decision.save(update_fields=["note", "record", "state", "completed_at"])
    record_event(
        action=Action.DECISION_TAKE,
        subject=file,
        actor=actor,
        data={"act": decision.act, "decision": decision.pk, "record_sha256": record.sha256},
    )
    if draft is not None:
        _approve(draft, signed[1], decision, actor)
    to = live_post(decision.to_post_id)
    move(file, to=to, action=Action.FILE_FORWARD, actor=actor, data={"decision": decision.pk})
    return decision


def _approve(draft: Draft, letter: Document, decision: Decision, actor: Actor) -> None:
    draft.approve()
    draft.signed_by_id = actor.employee_id
    draft.signed_post_id = actor.post_id
    record_event(
        action=Action.DRAFT_APPROVE,
        subject=draft.file,
        actor=actor,
        data={"draft": draft.number, "version": draft.version},
    )
    if draft.second_post_id is None:
        draft.sign()
        draft.signed_document = letter
    else:
        draft.first_attempt = decision.letter_attempt
    draft.save()
    record_event(
        action=Action.DRAFT_SIGN,
        subject=draft.file,
        actor=actor,
        data={"draft": draft.number, "version": draft.version, "sha256": letter.sha256, "step": "signed"},
    )


@transaction.atomic
def letter_ready(*, draft_id: int, document_id: int, attempt_id: int) -> None:
    """The worker has brought the letter's signature to the level of the policy: now it may leave.

    Of two signers only the second one's counts; what was signed first and is void by now never does.
    """
    file_id = Draft.objects.values_list("file_id", flat=True).get(pk=draft_id)
    locked(file_id)
    draft = Draft.objects.select_for_update(of=("self",)).get(pk=draft_id)
    if draft.second_post_id is not None:
        uuid = SigningAttempt.objects.values_list("uuid", flat=True).get(pk=attempt_id)
        if draft.signed_document_id is None or uuid != draft.second_attempt:
            return
    draft.signed_document_id = document_id
    draft.signature_ready = True
    draft.save()


@transaction.atomic
def record_ready(*, decision_id: int, document_id: int) -> None:
    """The decision record has its time stamp: the note sheet says so from now on."""
    file_id = Decision.objects.values_list("file_id", flat=True).get(pk=decision_id)
    locked(file_id)
    ready(Decision.objects.get(pk=decision_id), document_id)
