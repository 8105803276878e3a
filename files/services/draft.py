"""Drafts for approval: writing, correcting, cancelling, issuing. Approving and signing is in `services.decision`."""

from __future__ import annotations

from dataclasses import asdict, dataclass

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from dak.models import DispatchMode
from dak.services.dispatch import Addressee, dispatch_queue
from eoffice import access
from eoffice.core import clock, richtext
from eoffice.core.actions import Action
from eoffice.core.actor import Actor
from eoffice.core.errors import BadInput, NotVisible, WrongState
from eoffice.core.text import clean_line
from eoffice.ledger import chain
from eoffice.ledger.writer import record_event
from files.models import Draft, DraftVersion, Paper, PaperKind
from files.services.custody import live_post, locked
from files.services.note import checked_text
from files.services.paper import paper_put
from files.services.printable import printable
from files.services.voiding import signature_void
from files.workflow import DraftState


@dataclass(frozen=True, slots=True)
class DraftText:
    """What a letter says, in one version. `addressee` and `copies_to` take a line each; `body` is rich text."""

    subject: str
    addressee: str
    body: str
    email: str = ""
    salutation: str = ""
    enclosures: str = ""
    copies_to: str = ""
    closing: str = ""

    def checked(self) -> DraftText:
        """The text cleaned; refuses what can't stand in a letter, naming the field."""
        email = self.email.strip()
        if email:
            try:
                validate_email(email)
            except ValidationError as error:
                raise BadInput(
                    "bad_address",
                    _("“%(email)s” is not an e-mail address.") % {"email": email},
                    _("Correct it, or leave it empty and send the letter by post."),
                    field="email",
                ) from error
        body = checked_text(self.body, field="body")
        if not body:
            raise BadInput("missing", _("The letter has no text."), _("Write the letter."), field="body")
        text = DraftText(
            subject=clean_line(self.subject, field="subject", limit=1000),
            addressee=clean_line(self.addressee, field="addressee", limit=1000, lines=True),
            body=body,
            email=email,
            salutation=clean_line(self.salutation, field="salutation", limit=100, required=False),
            enclosures=clean_line(self.enclosures, field="enclosures", limit=500, required=False),
            copies_to=clean_line(self.copies_to, field="copies_to", limit=2000, required=False, lines=True),
            closing=clean_line(self.closing, field="closing", limit=100, required=False),
        )
        for field, words in asdict(text).items():
            if field != "body":
                printable(words, field=field)
        return text

    @property
    def sha256(self) -> str:
        return chain.digest(asdict(self))


class DraftConflict(WrongState):
    """Somebody made a newer version meanwhile; `newest` is it."""

    def __init__(self, newest: DraftVersion) -> None:
        super().__init__(
            "draft_conflict",
            _("Version %(version)s of the draft was saved after you opened it.") % {"version": newest.version},
            _("Compare it with your text below, then save again."),
        )
        self.newest = newest


def locked_draft(draft_id: int) -> Draft:
    """The draft with its file, both locked in the order that every act keeps: file, then draft."""
    file_id = Draft.objects.filter(pk=draft_id).values_list("file_id", flat=True).first()
    if file_id is None:
        raise NotVisible
    file = locked(file_id)
    draft = Draft.objects.select_for_update(of=("self",)).get(pk=draft_id)
    draft.file = file
    return draft


def version_of(draft: Draft, version: int | None = None) -> DraftVersion:
    """One version, the newest by default."""
    return draft.versions.select_related("employee", "post").get(version=version or draft.version)


@transaction.atomic
def draft_create(
    *, file_id: int, text: DraftText, kind: str, language: str, actor: Actor, answers_serial: int | None = None
) -> Draft:
    """Start a draft on the file, as version 1."""
    text = text.checked()
    file = locked(file_id)
    access.require(actor, Action.DRAFT_CREATE, file)
    answers = Paper.objects.filter(file=file, serial=answers_serial).first() if answers_serial else None
    file.last_draft += 1
    file.save()
    draft = Draft.objects.create(
        file=file,
        number=file.last_draft,
        kind=kind,
        language=language,
        answers=answers,
        created_by_id=actor.post_id,
        created_at=clock.now(),
    )
    draft.write(version=1)
    draft.save()
    _keep_version(draft, text, "", actor, Action.DRAFT_CREATE)
    return draft


@transaction.atomic
def draft_correct(*, draft_id: int, text: DraftText, base_version: int, actor: Actor, why: str = "") -> Draft:
    """Save a new version. After approval this voids the approval (design 3); an unchanged text changes nothing."""
    text = text.checked()
    why = clean_line(why, field="why", limit=300, required=False)
    draft = locked_draft(draft_id)
    access.require(actor, Action.DRAFT_CORRECT, draft)
    newest = version_of(draft)
    if newest.sha256 == text.sha256:
        return draft
    if newest.version != base_version:
        raise DraftConflict(newest)
    version = draft.version + 1
    if draft.state == DraftState.EDITING:
        draft.write(version=version)
    elif draft.state == DraftState.RETURNED:
        draft.rewrite(version=version)
    else:
        draft.correct(version=version)
    signature_void(draft, actor)
    draft.save()
    _keep_version(draft, text, why, actor, Action.DRAFT_CORRECT)
    return draft


@transaction.atomic
def draft_second_signer(*, draft_id: int, post_id: int | None, actor: Actor) -> Draft:
    """Name the post that signs the letter after the approving officer, or none. Before anybody has signed."""
    draft = locked_draft(draft_id)
    access.require(actor, Action.DRAFT_CORRECT, draft)
    if draft.state == DraftState.APPROVED:
        raise WrongState(
            "signed_first_already",
            _("The first officer has signed this letter already."),
            _("Return the file for correction; then another second signer can be named."),
        )
    draft.second_post = live_post(post_id) if post_id is not None else None
    draft.save()
    record_event(
        action=Action.DRAFT_CORRECT,
        subject=draft.file,
        actor=actor,
        data={"draft": draft.number, "version": draft.version, "second": draft.second_post_id},
    )
    return draft


def _keep_version(draft: Draft, text: DraftText, why: str, actor: Actor, action: Action) -> None:
    DraftVersion.objects.create(
        draft=draft,
        version=draft.version,
        why=why,
        post_id=actor.desk,
        employee_id=actor.person,
        at=clock.now(),
        sha256=text.sha256,
        **asdict(text),
    )
    record_event(
        action=action,
        subject=draft.file,
        actor=actor,
        data={"draft": draft.number, "version": draft.version, "sha256": text.sha256},
    )


@transaction.atomic
def draft_cancel(*, draft_id: int, why: str, actor: Actor) -> Draft:
    """Give the draft up, with a reason; numbers that were drawn for it are shown as cancelled."""
    why = clean_line(why, field="why", limit=300)
    draft = locked_draft(draft_id)
    access.require(actor, Action.DRAFT_CANCEL, draft)
    draft.cancel(why=why)
    draft.save()
    record_event(action=Action.DRAFT_CANCEL, subject=draft.file, actor=actor, data={"draft": draft.number})
    return draft


def plain_body(version: DraftVersion | DraftText) -> str:
    """The whole letter as lines of plain text, for comparing versions."""
    parts = [
        version.addressee,
        version.subject,
        version.salutation,
        *_lines(version.body),
        version.enclosures,
        version.closing,
        version.copies_to,
    ]
    return "\n".join(part for part in parts if part)


def _lines(html: str) -> list[str]:
    """The text as it reads, list items with their numbers."""
    lines, number = [], 0
    for block in richtext.blocks(html):
        words = "".join(run.text for run in block.runs)
        number = number + 1 if block.kind == "ol" else 0
        lines.append({"p": "", "ol": f"{number}. ", "ul": "• "}[block.kind] + words)
    return lines


@transaction.atomic
def draft_issue(*, draft_id: int, actor: Actor) -> Draft:
    """Issue the signed letter: it takes its place in the file and goes to the dispatch queue.

    Refused until the signature has reached the level of the policy (design 6). One copy goes by e-mail where the
    draft names an address; the printable copy is queued otherwise, and for each receiver of the endorsement.
    """
    draft = locked_draft(draft_id)
    access.require(actor, Action.DRAFT_ISSUE, draft)
    assert draft.signed_document is not None
    version = version_of(draft, draft.approved_version)
    draft.issue()
    draft.save()
    record_event(action=Action.DRAFT_ISSUE, subject=draft.file, actor=actor, data={"draft": draft.number})
    paper_put(
        file=draft.file,
        document=draft.signed_document,
        kind=PaperKind.ISSUE,
        title=version.subject,
        number=draft.letter_number,
        dated_on=draft.letter_date,
        draft=draft,
        actor=actor,
    )
    draft.file.save()
    copies = [
        Addressee(
            lines=version.addressee,
            mode=DispatchMode.EMAIL if version.email else DispatchMode.PRINT,
            email=version.email,
        ),
        *(Addressee(lines=line, mode=DispatchMode.PRINT) for line in version.copies_to.splitlines()),
    ]
    dispatch_queue(
        document=draft.signed_document,
        copies=copies,
        back_ref=f"draft:{draft.pk}",
        subject=version.subject,
        letter_number=draft.letter_number,
        reference=draft.reference,
        classification=draft.file.classification,
        actor=actor,
    )
    return draft


@transaction.atomic
def draft_dispatched(*, draft_id: int) -> Draft:
    """The last copy was sent: told by the dispatch register through the outbox."""
    draft = locked_draft(draft_id)
    if draft.state == DraftState.ISSUED:
        draft.dispatch()
        draft.save()
        record_event(
            action=Action.DRAFT_DISPATCH, subject=draft.file, actor=Actor.system(), data={"draft": draft.number}
        )
    return draft
