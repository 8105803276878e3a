"""Signing in two steps: `signing_begin` fixes the exact bytes, `signing_finish` takes the PIN and embeds (design 6).

All cryptography and every check on bytes come first, outside any transaction. Then one short transaction re-checks the
attempts and the credential, calls the room that asked (`on_complete`, which may refuse and moves its draft), and writes
revision, look-up row, ledger and the worker's errand. After a crash it is either complete or plainly not signed.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any
from uuid import UUID

from django.db import models, transaction
from django.utils.translation import gettext_lazy as _

from employee_master.models import Post
from eoffice.core import clock, outbox
from eoffice.core.actions import Action
from eoffice.core.actor import Actor
from eoffice.core.errors import BadInput, DomainError, NotVisible, WrongState
from eoffice.core.numbers import next_number
from eoffice.documents.models import Document
from eoffice.documents.services import Put, document_put, document_rows
from eoffice.ledger.writer import Entry, record_event, record_events
from signatures import policy
from signatures.backends import OpenKey, backend
from signatures.backends.software import chain_of
from signatures.engine import pades, slots
from signatures.engine.errors import CannotPrepare, Swapped
from signatures.engine.facts import Level
from signatures.models import Credential, SignedPaper, SignedRevision, SigningAnswer, SigningAttempt
from signatures.queries import require_at_office, require_usable, wanted_level
from signatures.services.prepared import prepared_of
from signatures.services.signer import form_for, signing_certificate
from signatures.services.standing import require_standing
from signatures.services.unlock import unlocked
from signatures.workflow import AttemptState

# The visible block states a time; the signature must not differ from it by more than this (design 6).
LIFETIME = timedelta(minutes=10)
SLOT = "Signature1"
MANIFEST = "manifest.json"
UPGRADE = "signatures.upgrade"

OnComplete = Callable[[list[Document]], None]


@dataclass(frozen=True)
class Answer:
    """The raw signature over the signed attributes, or a whole CMS; one of the two is empty."""

    signature: bytes = b""
    cms: bytes = b""


def reference_number() -> str:
    """A new reference number (R10, seven digits), for block and verifier. Its own short transaction if none runs.

    Numbers follow each other; the verifier asks for date and signer too, so that they can't be walked.
    """
    with transaction.atomic(savepoint=False):
        return str(1_000_000 + next_number("reference", year=0))


@dataclass(frozen=True)
class Paper:
    """A PDF to be prepared for a signature, and what it is about; see `signing_begin`."""

    pdf: bytes
    purpose: str
    subject: models.Model
    manifest: dict[str, Any] | None = None
    reference: str = ""
    title: str = ""
    reason: str = ""
    version: int = 0
    slot_names: Sequence[str] = (SLOT,)
    after: SigningAttempt | None = None


def signing_begin(
    *,
    pdf: bytes,
    manifest: dict[str, Any] | None,
    purpose: str,
    subject: models.Model,
    shown_sha256: str,
    credential: Credential,
    actor: Actor,
    reference: str = "",
    title: str = "",
    reason: str = "",
    version: int = 0,
    lifetime: timedelta = LIFETIME,
    slot_names: Sequence[str] = (SLOT,),
    after: SigningAttempt | None = None,
) -> SigningAttempt:
    """Prepare `pdf` for the actor's signature; the attempt holds until it expires. Call it outside a transaction.

    `manifest` is embedded (decision records), `shown_sha256` says what was on the officer's screen. A PDF with empty
    slots is signed in the first of them, beside what others signed; one without gets `slot_names`, one per signer.
    `after` is the attempt whose signature the PDF carries already.
    Refused when the credential is not the actor's active one, does not count at the office, is not allowed for this act
    by the policy, or is revoked; and when the PDF must not be signed as it stands.
    """
    paper = Paper(
        pdf=pdf, purpose=purpose, subject=subject, manifest=manifest, reference=reference, title=title, reason=reason,
        version=version, slot_names=slot_names, after=after,
    )  # fmt: skip
    return signing_begin_many(
        [paper], shown_sha256=shown_sha256, credential=credential, actor=actor, lifetime=lifetime
    )[0]


def signing_begin_many(
    papers: Sequence[Paper], *, shown_sha256: str, credential: Credential, actor: Actor, lifetime: timedelta = LIFETIME
) -> list[SigningAttempt]:
    """Prepare several papers that are signed together, all or none; see `signing_begin`."""
    require_usable(credential, actor)
    require_at_office(credential, actor)
    policy.require(credential, purposes=[paper.purpose for paper in papers], actor=actor)
    standing = require_standing(credential)
    at = clock.now()
    prepared = [_prepare(paper, credential, at) for paper in papers]
    puts = [
        document_put(content=one.pdf, name=f"prepared-{paper.purpose}.pdf", pages=one.pages)
        for paper, one in zip(papers, prepared, strict=True)
    ]
    with transaction.atomic():
        stored = document_rows(puts, extract=False)
        attempts = [
            SigningAttempt(
                purpose=paper.purpose,
                after=paper.after,
                subject_type=_type_of(paper.subject),
                subject_id=int(paper.subject.pk),
                subject_version=paper.version,
                reference=paper.reference,
                title=paper.title[:300],
                credential=credential,
                post_id=actor.post_id,
                slot=one.slot,
                prepared=document,
                certificate_sha256=one.certificate_sha256,
                reserved_start=one.reserved_start,
                reserved_end=one.reserved_end,
                document_digest=one.document_digest.hex(),
                signed_attrs=one.signed_attrs,
                shown_sha256=shown_sha256,
                manifest_sha256=sha256(_json(paper.manifest)).hexdigest() if paper.manifest is not None else "",
                prepared_at=at,
                expires_at=at + lifetime,
            )
            for paper, one, document in zip(papers, prepared, stored, strict=True)
        ]
        SigningAttempt.objects.bulk_create(attempts)
        begun = [
            Entry(
                attempt,
                {
                    "purpose": attempt.purpose,
                    "subject": f"{attempt.subject_type}:{attempt.subject_id}",
                    "digest": attempt.document_digest,
                    "shown_sha256": shown_sha256,
                    "credential": credential.pk,
                    "standing": standing,
                },
                is_new=True,
            )
            for attempt in attempts
        ]
        record_events(begun, action=Action.SIGNING_BEGIN, actor=actor)
    return attempts


def _json(manifest: dict[str, Any]) -> bytes:
    return json.dumps(manifest, ensure_ascii=False, sort_keys=True).encode()


def _prepare(paper: Paper, credential: Credential, at: datetime) -> pades.Prepared:
    pdf, attached = paper.pdf, []
    if paper.manifest is not None:
        attached = [slots.Attachment(MANIFEST, _json(paper.manifest), description="What was decided and on what")]
    try:
        if not (waiting := slots.empty_slots(pdf)):
            pdf = slots.prepare_slots(pdf, paper.slot_names, attachments=attached, at=at)
            waiting = list(paper.slot_names)
        return pades.begin(
            pdf, slot=waiting[0], certificate=bytes(credential.certificate), at=at, reason=paper.reason,
            name=credential.subject_name, form=form_for(credential),
        )  # fmt: skip
    except CannotPrepare as error:
        raise BadInput(
            f"cannot_prepare_{error.reason}".replace("-", "_"),
            _("This paper can't be signed as it stands."),
            _("Print it to a plain PDF and try again; forms, scripts and passwords can't be signed."),
        ) from error


def signing_finish(*, attempt_id: UUID, pin: str, actor: Actor, on_complete: OnComplete | None = None) -> Document:
    """Sign one prepared paper; see `signing_finish_many`."""
    return signing_finish_many([attempt_id], pin=pin, actor=actor, on_complete=on_complete)[0]


def signing_finish_many(
    attempts: Sequence[UUID], *, pin: str, actor: Actor, on_complete: OnComplete | None = None
) -> list[Document]:
    """Sign several prepared papers under one PIN entry; all are signed or none is. Call it outside a transaction.

    `on_complete` gets the signed documents in the order of `attempts`, inside the transaction that completes them. What
    it raises undoes everything and marks the attempts as refused. `WrongPin` was counted; at five the key is suspended.
    """
    rows = _open_attempts(attempts, actor)
    credential = rows[0].credential
    require_usable(credential, actor)
    with _pen(credential, rows, pin, actor) as pen:
        signed = [_sign(attempt, credential, pen(attempt), actor) for attempt in rows]
    return _kept(rows, signed, actor, on_complete)


def signing_finish_opened(
    attempts: Sequence[UUID], *, key: OpenKey, actor: Actor, on_complete: OnComplete | None = None
) -> list[Document]:
    """The same with a key that one unlock opened for an itemised batch (design 6); no PIN is tried or counted."""
    rows = _open_attempts(attempts, actor)
    credential = rows[0].credential
    require_usable(credential, actor)
    signed = [
        _sign(attempt, credential, Answer(signature=key.sign(bytes(attempt.signed_attrs))), actor) for attempt in rows
    ]
    return _kept(rows, signed, actor, on_complete)


def _kept(
    rows: Sequence[SigningAttempt], signed: Sequence[bytes], actor: Actor, on_complete: OnComplete | None
) -> list[Document]:
    """Store what is signed and complete the attempts, all or none."""
    puts = [
        document_put(
            content=pdf,
            name=f"{attempt.purpose}-{attempt.reference or attempt.pk}.pdf",
            pages=attempt.prepared.page_count,
        )
        for attempt, pdf in zip(rows, signed, strict=True)
    ]
    try:
        return _complete([row.pk for row in rows], puts, actor, on_complete)
    except DomainError as error:
        code = error.code[:60]
        _close(rows, actor, lambda attempt, at: attempt.refuse(code=code, at=at), code)
        raise


def _open_attempts(uuids: Sequence[UUID], actor: Actor) -> list[SigningAttempt]:
    found = SigningAttempt.objects.select_related("credential__employee", "prepared").in_bulk(
        list(uuids), field_name="uuid"
    )
    if not uuids or len(found) != len(set(uuids)):
        raise NotVisible
    rows = [found[uuid] for uuid in uuids]
    if any(row.credential.employee_id != actor.employee_id for row in rows):
        raise NotVisible
    if len({row.credential_id for row in rows}) != 1:
        raise BadInput("several_keys", _("These papers were prepared for different keys; sign them one by one."))
    _require_open(rows, actor)
    return rows


def _require_open(rows: Sequence[SigningAttempt], actor: Actor) -> None:
    if any(row.state != AttemptState.PREPARED for row in rows):
        raise WrongState(
            "signing_not_open",
            _("This signing was finished or given up already."),
            _("Open the paper to see what stands; prepare it again if it is not signed."),
        )
    if any(row.expires_at <= clock.now() for row in rows):
        _close(rows, actor, lambda attempt, at: attempt.expire(at=at), "expired")
        raise WrongState(
            "signing_expired",
            _("Too much time went by since the paper was prepared, so nothing was signed."),
            _("Prepare it again: the time in the visible block must be that of the signature."),
        )


@contextmanager
def _pen(
    credential: Credential, rows: Sequence[SigningAttempt], pin: str, actor: Actor
) -> Iterator[Callable[[SigningAttempt], Answer]]:
    """What gives each attempt its signature: the key opened with the PIN, or the answers that came from elsewhere."""
    if backend(credential.backend).capabilities.unlock == "pin":
        with unlocked(credential, pin, actor) as key:
            yield lambda attempt: Answer(signature=key.sign(bytes(attempt.signed_attrs)))
        return
    answers = {row.attempt_id: row for row in SigningAnswer.objects.filter(attempt__in=rows)}
    if any(row.pk not in answers for row in rows):
        raise WrongState(
            "signature_awaited",
            _("The signature has not come back yet, so nothing was signed."),
            _("Sign with your token or at your provider; this page goes on by itself."),
        )
    yield lambda attempt: Answer(bytes(answers[attempt.pk].signature), bytes(answers[attempt.pk].cms))


def _sign(attempt: SigningAttempt, credential: Credential, answer: Answer, actor: Actor) -> bytes:
    try:
        return pades.finish(
            prepared_of(attempt),
            certificate=signing_certificate(credential, cms=answer.cms, at=clock.now()),
            chain=chain_of(credential),
            signature=answer.signature,
            cms_der=answer.cms,
        )
    except Swapped as error:
        code = error.reason
        _close([attempt], actor, lambda row, at: row.fail(code=code, at=at), code)
        raise WrongState(
            "signing_failed",
            _("What was prepared is no longer what would be signed, so nothing was signed."),
            _("Prepare the paper again. If this happens twice, tell the operator."),
        ) from error


def _close(rows: Sequence[SigningAttempt], actor: Actor, end: Callable[[SigningAttempt, Any], None], code: str) -> None:
    """Note that the attempts came to nothing. Whoever was faster has the say."""
    with transaction.atomic():
        pks = sorted(row.pk for row in rows)
        for attempt in SigningAttempt.objects.select_for_update(of=("self",)).filter(pk__in=pks).order_by("pk"):
            if attempt.state == AttemptState.PREPARED:
                end(attempt, clock.now())
                attempt.save()
                record_event(action=Action.SIGNING_FAIL, subject=attempt, actor=actor, data={"code": code[:60]})


@transaction.atomic
def _complete(pks: list[int], puts: list[Put], actor: Actor, on_complete: OnComplete | None) -> list[Document]:
    locked = SigningAttempt.objects.select_for_update(of=("self",)).order_by("pk")
    attempts = {attempt.pk: attempt for attempt in locked.filter(pk__in=pks)}
    ordered = [attempts[pk] for pk in pks]
    if any(row.state != AttemptState.PREPARED or row.expires_at <= clock.now() for row in ordered):
        raise WrongState(
            "signing_not_open",
            _("This signing was finished or given up already."),
            _("Open the paper to see what stands; prepare it again if it is not signed."),
        )
    credential = (
        Credential.objects.select_for_update(of=("self",)).select_related("employee").get(pk=ordered[0].credential_id)
    )
    require_usable(credential, actor)
    if any(row.certificate_sha256 != credential.certificate_sha256 for row in ordered):
        raise WrongState("credential_changed", _("Your certificate changed meanwhile; prepare the paper again."))
    # The revision that stays is the one of the policy's level (services.upgrade): only its words are read.
    documents = document_rows(puts, extract=wanted_level() is Level.B)
    if on_complete is not None:
        on_complete(documents)
    _completed(ordered, documents, credential, actor)
    return documents


def _completed(
    attempts: Sequence[SigningAttempt], documents: Sequence[Document], credential: Credential, actor: Actor
) -> None:
    at = clock.now()
    published = set(SignedPaper.objects.filter(attempt__in=attempts).values_list("attempt_id", flat=True))
    for attempt in attempts:
        attempt.credential = credential
        attempt.sign()
        attempt.complete(at=at)
        attempt.save(update_fields=["state", "finished_at"])
    _publish([one for one in attempts if one.reference and one.pk not in published])
    SignedRevision.objects.bulk_create(
        SignedRevision(
            attempt=attempt, document=document, parent=None, level=Level.B, sha256=document.sha256, created_at=at
        )
        for attempt, document in zip(attempts, documents, strict=True)
    )
    finished = [
        Entry(
            attempt,
            {"sha256": document.sha256, "certificate_sha256": attempt.certificate_sha256, "level": str(Level.B)},
        )
        for attempt, document in zip(attempts, documents, strict=True)
    ]
    record_events(finished, action=Action.SIGNING_FINISH, actor=actor)
    for attempt in attempts:
        outbox.add(UPGRADE, key=f"upgrade-{attempt.uuid}", payload={"attempt": attempt.pk})


def paper_of(attempt_id: UUID) -> SignedPaper:
    """For `on_complete`: the look-up row of the paper that is being completed, as the one that ends another paper."""
    return _publish([SigningAttempt.objects.select_related("credential__employee").get(uuid=attempt_id)])[0]


def _publish(attempts: Sequence[SigningAttempt]) -> list[SignedPaper]:
    """What the verifier looks up. Of a paper that several sign, the first signer stands for it; see `attempt.after`."""
    firsts = [_first(attempt) for attempt in attempts]
    posts = Post.objects.select_related("designation").in_bulk({first.post_id or 0 for first in firsts})
    papers = []
    for attempt, first in zip(attempts, firsts, strict=True):
        employee, post = first.credential.employee, posts.get(first.post_id or 0)
        papers.append(
            SignedPaper(
                reference=attempt.reference,
                kind=attempt.purpose,
                attempt=attempt,
                signer_name_en=employee.name_en,
                signer_name_hi=employee.name_hi,
                designation_en=post.designation.name_en if post else "",
                designation_hi=post.designation.name_hi if post else "",
                signed_at=first.prepared_at,
            )
        )
    return SignedPaper.objects.bulk_create(papers)


def _first(attempt: SigningAttempt) -> SigningAttempt:
    while attempt.after is not None:
        attempt = attempt.after
    return attempt


def _type_of(subject: models.Model) -> str:
    return str(getattr(subject, "ledger_type", "") or type(subject).__name__.lower())
