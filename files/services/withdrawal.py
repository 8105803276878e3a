"""A signed letter can't be changed, only ended by another signed act: withdrawn, or superseded by another letter.

The act is a decision record of its own (who, why, by which order); it stays inside the file. The public verifier shows
since when the letter is no longer in force and the reference of the act, and nothing of its reasons (design 6).
"""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils import translation
from django.utils.html import escape
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dak.services.dispatch import dispatch_stop
from employee_master.models import Employee, Post
from eoffice import access
from eoffice.core import clock
from eoffice.core.actions import Action
from eoffice.core.actor import Actor
from eoffice.core.errors import BadInput, WrongState
from eoffice.core.text import clean_line
from eoffice.documents.models import Document
from eoffice.documents.pdf.block import SignatureBlock
from eoffice.documents.pdf.notesheet import Decision as DecisionPage
from eoffice.documents.pdf.notesheet import NoteSheet, draw_notesheet
from eoffice.ledger import chain
from eoffice.ledger.writer import record_event
from files.models import DecisionState, Draft, EndKind, Withdrawal
from files.services.draft import locked_draft
from files.services.drawing import letter_day, name_in, stamp_time, verify_address
from files.services.printable import drawing, printable
from files.services.signed_act import completed, give_up_open, own_attempt, ready, require_open
from files.workflow import DraftState
from signatures import queries as signatures
from signatures.services import paper, signing

IN_FORCE = (DraftState.SIGNED, DraftState.ISSUED, DraftState.DISPATCHED)


def letters_in_force(draft: Draft) -> list[Draft]:
    """Other signed letters of the file that may take this one's place, newest first."""
    rows = Draft.objects.filter(file=draft.file_id, state__in=IN_FORCE).exclude(pk=draft.pk).order_by("-number")
    ended = Withdrawal.objects.filter(draft__file=draft.file_id, state=DecisionState.COMPLETED)
    return list(rows.exclude(pk__in=ended.values("draft")))


def withdrawal_begin(
    *, draft_id: int, kind: str, why: str, order_number: str = "", by_draft_id: int | None = None, actor: Actor
) -> Withdrawal:
    """Prepare the signed record that ends the letter. Call it outside a transaction.

    `by_draft_id` is the letter that takes its place, which must be signed and in force. Refused unless the actor holds
    the file and signed the letter, or holds the post that did.
    """
    why = printable(clean_line(why, field="why", limit=300), field="why")
    order_number = clean_line(order_number, field="order_number", limit=80, required=False)
    order_number = printable(order_number, field="order_number")
    if kind not in EndKind.values:
        raise BadInput("unknown_act", gettext_lazy("There is no such decision."), gettext_lazy("Use the buttons."))
    with transaction.atomic():
        access.require(actor, Action.LETTER_WITHDRAW, locked_draft(draft_id))
    credential = signatures.credential_to_sign(actor)
    wanted = Withdrawal(
        kind=kind, why=why, order_number=order_number, by_draft_id=by_draft_id, post_id=actor.desk,
        employee_id=actor.person,
    )  # fmt: skip
    row = _prepared(draft_id, wanted, actor)
    draft, officer, post = row.draft, Employee.objects.get(pk=actor.person), Post.objects.get(pk=actor.desk)
    with drawing():
        pdf = draw_notesheet(_sheet(row, draft, officer, post))
    attempt = signing.signing_begin(
        pdf=pdf,
        manifest=row.manifest,
        purpose="withdrawal",
        subject=row,
        reference=row.reference,
        title=draft.letter_number,
        reason=str(row.get_kind_display()),
        shown_sha256=row.manifest["hash"],
        credential=credential,
        actor=actor,
    )
    row.attempt = attempt.uuid
    row.save()
    return row


@transaction.atomic
def _prepared(draft_id: int, row: Withdrawal, actor: Actor) -> Withdrawal:
    """The wanted row, checked and saved under the locks of file and draft, with its own reference number."""
    draft = locked_draft(draft_id)
    access.require(actor, Action.LETTER_WITHDRAW, draft)
    row.draft = draft
    if row.kind == EndKind.SUPERSEDED:
        row.by_draft = next((one for one in letters_in_force(draft) if one.pk == row.by_draft_id), None)
        if row.by_draft is None:
            raise BadInput(
                "no_other_letter",
                gettext_lazy("Say which signed letter of this file takes its place."),
                gettext_lazy("Sign the new letter first, or withdraw this one."),
                field="by",
            )
    else:
        row.by_draft = None
    give_up_open(Withdrawal.objects.filter(draft=draft), actor)
    row.prepared_at = clock.now()
    row.reference = signing.reference_number()
    row.manifest = _manifest(row, draft)
    row.save()
    return row


def _manifest(row: Withdrawal, draft: Draft) -> dict[str, Any]:
    assert draft.signed_document is not None
    manifest: dict[str, Any] = {
        "schema": "eoffice-withdrawal-1",
        "act": row.kind,
        "file": {"uuid": str(draft.file.uuid), "number": draft.file.number},
        "letter": {
            "number": draft.letter_number,
            "reference": draft.reference,
            "version": draft.approved_version,
            "sha256": draft.signed_document.sha256,
        },
        "why_sha256": chain.digest({"why": row.why}),
        "order": row.order_number,
        "reference": row.reference,
        "at": chain.instant(row.prepared_at),
    }
    if row.by_draft is not None:
        manifest["by"] = {"number": row.by_draft.letter_number, "reference": row.by_draft.reference}
    manifest["hash"] = chain.digest(manifest)
    return manifest


def _sheet(row: Withdrawal, draft: Draft, officer: Employee, post: Post) -> NoteSheet:
    """The record in the letter's language."""
    language = draft.language
    file = draft.file
    with translation.override(language):
        facts = [
            (_("Letter number"), draft.letter_number),
            (_("Date"), letter_day(draft.letter_date, language) if draft.letter_date else ""),
            (_("Reference number"), draft.reference),
            (_("Letter"), f"SHA-256 {row.manifest['letter']['sha256']}"),
        ]
        if row.by_draft is not None:
            facts.append((_("Replaced by"), f"{row.by_draft.letter_number} ({row.by_draft.reference})"))
        if row.order_number:
            facts.append((_("Order number"), row.order_number))
        act = str(row.get_kind_display())
        return NoteSheet(
            language="hi" if language == "hi" else "en",
            office=str(getattr(file.office, f"name_{language}")),
            file_number=file.number,
            subject=file.subject,
            notes=(),
            made_at=row.prepared_at,
            author=name_in(language, officer),
            decision=DecisionPage(
                act=act,
                meaning=str(
                    _("The letter is no longer in force from now on. Its text and signature stay as they are.")
                ),
                line_html=f"<p>{escape(row.why)}</p>",
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
                reason=act,
                verify_url=verify_address(row.reference),
            ),
        )


def withdrawal_sign(*, withdrawal_id: int, pin: str, actor: Actor) -> Withdrawal:
    """Sign the record; in the same transaction the letter ends, and copies that have not left stay here."""
    attempt = own_attempt(Withdrawal.objects.all(), withdrawal_id, actor)

    def complete(signed: list[Document]) -> None:
        _complete(withdrawal_id, signed[0], actor)

    signing.signing_finish(attempt_id=attempt, pin=pin, actor=actor, on_complete=complete)
    return Withdrawal.objects.select_related("draft").get(pk=withdrawal_id)


def _complete(withdrawal_id: int, record: Document, actor: Actor) -> None:
    draft = locked_draft(Withdrawal.objects.values_list("draft_id", flat=True).get(pk=withdrawal_id))
    access.require(actor, Action.LETTER_WITHDRAW, draft)
    row = Withdrawal.objects.select_related("by_draft").get(pk=withdrawal_id)
    require_open(row)
    if row.by_draft is not None and row.by_draft.pk not in {one.pk for one in letters_in_force(draft)}:
        raise WrongState(
            "other_letter_ended",
            gettext_lazy("The letter that was to take its place is no longer in force, so nothing was signed."),
            gettext_lazy("Choose another one, or withdraw this letter."),
        )
    completed(row, record)
    record_event(
        action=Action.LETTER_WITHDRAW,
        subject=draft.file,
        actor=actor,
        data={
            "draft": draft.number, "kind": row.kind, "withdrawal": row.pk, "reference": row.reference,
            "record_sha256": record.sha256, "by": row.by_draft_id,
        },
    )  # fmt: skip
    assert row.attempt is not None
    act = signing.paper_of(row.attempt).reference
    if row.by_draft is not None:
        paper.paper_supersede(reference=draft.reference, by_reference=row.by_draft.reference, act=act, actor=actor)
    else:
        paper.paper_withdraw(reference=draft.reference, act=act, actor=actor)
    dispatch_stop(back_ref=f"draft:{draft.pk}", why=str(row.get_kind_display()), actor=actor)


@transaction.atomic
def withdrawal_ready(*, withdrawal_id: int, document_id: int) -> None:
    """The worker has brought the record's signature to the level of the policy."""
    locked_draft(Withdrawal.objects.values_list("draft_id", flat=True).get(pk=withdrawal_id))
    ready(Withdrawal.objects.get(pk=withdrawal_id), document_id)
