"""The second of two officers signs a letter, in the slot that was prepared before the first signed (design 6)."""

from __future__ import annotations

from hashlib import sha256

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from eoffice import access
from eoffice.core.actions import Action
from eoffice.core.actor import Actor
from eoffice.core.errors import WrongState
from eoffice.documents.models import Document
from eoffice.documents.queries import document_bytes
from eoffice.ledger.writer import record_event
from files.models import Draft
from files.services.custody import live_post, move
from files.services.draft import locked_draft
from files.services.drawing import SECOND
from signatures import queries as signatures
from signatures.models import SigningAttempt
from signatures.services import signing


def countersign_begin(*, draft_id: int, actor: Actor) -> Draft:
    """Prepare the letter that the first officer signed for the second signature. Call it outside a transaction.

    It is the newest revision, time stamps of the first signature before included; all of them stay valid.
    """
    with transaction.atomic():
        draft = locked_draft(draft_id)
        access.require(actor, Action.DRAFT_COUNTERSIGN, draft)
    credential = signatures.credential_to_sign(actor)
    first = SigningAttempt.objects.get(uuid=draft.first_attempt)
    revision = signatures.last_revision(first)
    assert revision is not None
    pdf = document_bytes(revision.document)
    attempt = signing.signing_begin(
        pdf=pdf,
        manifest=None,
        purpose="letter",
        subject=draft,
        reference=draft.reference,
        title=draft.letter_number,
        reason=SECOND["hi" if draft.language == "hi" else "en"][0],
        shown_sha256=sha256(pdf).hexdigest(),
        credential=credential,
        actor=actor,
        version=draft.approved_version or 0,
        after=first,
    )
    with transaction.atomic():
        draft = locked_draft(draft_id)
        access.require(actor, Action.DRAFT_COUNTERSIGN, draft)
        if draft.first_attempt != first.uuid:
            raise _signed_anew()
        draft.second_attempt = attempt.uuid
        draft.save()
    return draft


def countersign_sign(*, draft_id: int, pin: str, actor: Actor) -> Draft:
    """Sign in the second slot; the letter is signed, and the file goes to the post that opened it."""
    draft = Draft.objects.get(pk=draft_id)
    if draft.second_attempt is None:
        raise _signed_anew()
    uuid = draft.second_attempt

    def complete(signed: list[Document]) -> None:
        row = locked_draft(draft_id)
        access.require(actor, Action.DRAFT_COUNTERSIGN, row)
        if row.second_attempt != uuid:
            raise _signed_anew()
        row.sign()
        row.signed_document = signed[0]
        row.save()
        record_event(
            action=Action.DRAFT_COUNTERSIGN,
            subject=row.file,
            actor=actor,
            data={"draft": row.number, "version": row.approved_version, "sha256": signed[0].sha256},
        )
        if row.file.opened_by_id != actor.post_id:
            move(row.file, to=live_post(row.file.opened_by_id), action=Action.FILE_FORWARD, actor=actor)

    signing.signing_finish(attempt_id=uuid, pin=pin, actor=actor, on_complete=complete)
    return Draft.objects.select_related("file__held_by").get(pk=draft_id)


def _signed_anew() -> WrongState:
    return WrongState(
        "prepared_anew",
        _("The letter was prepared anew meanwhile, so nothing was signed."),
        _("Open the draft again."),
    )
