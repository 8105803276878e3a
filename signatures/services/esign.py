"""Indian eSign: the request that the officer's browser carries to the provider, and the answer that comes back.

The answer is believed only as the provider signed it (`backends.esign.answer`), belongs to one open request, is taken
once, and each CMS in it is checked like any other (`services.answer`).
"""

from __future__ import annotations

import logging
import secrets
from base64 import b64decode
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from eoffice.core import clock
from eoffice.core.actor import Actor
from eoffice.core.errors import BadInput, DomainError
from signatures.backends.esign import answer, asp
from signatures.engine import whole_cms
from signatures.engine.errors import EngineError
from signatures.models import Credential, SigningAttempt
from signatures.models_remote import ProviderVisit, VisitState, VisitStep
from signatures.services import remote
from signatures.services.activation import activate_row
from signatures.services.answer import signing_answer
from signatures.services.signer import identifier_hash, issued_certificate, plain_name

log = logging.getLogger(__name__)
REGISTERING = "Registration at the e-Office"


@dataclass(frozen=True)
class Errand:
    """A form for the officer's browser: where it goes, and what it carries (eSign API 2.1, form POST)."""

    visit: ProviderVisit
    url: str
    fields: dict[str, str]


def esign_send(*, papers: Sequence[SigningAttempt], actor: Actor, back: str = "") -> Errand:
    """A request for as many of these papers as the provider takes at once; the others wait for the next visit."""
    setup = asp.config()
    chosen = [(row, row.document_digest) for row in remote.still_open(papers)[: setup.most]]
    if not chosen:
        raise remote.nothing_to_sign()
    visit = remote.visit_open(
        credential=chosen[0][0].credential, actor=actor, step=VisitStep.RESPONSE, papers=chosen, back=back,
        handle=_transaction_number(),
    )  # fmt: skip
    hashes = [
        asp.Hash(item.place, item.attempt.title or item.attempt.purpose, item.digest)
        for item in visit.items.select_related("attempt")
    ]
    return _errand(visit, hashes, setup)


def esign_register(*, credential: Credential, actor: Actor, back: str = "") -> Errand:
    """A request over a challenge: the answer shows whose certificate the provider gives to this officer."""
    setup = asp.config()
    challenge = secrets.token_bytes(32)
    visit = remote.visit_open(
        credential=credential, actor=actor, step=VisitStep.RESPONSE, challenge=challenge, back=back,
        handle=_transaction_number(),
    )  # fmt: skip
    return _errand(visit, [asp.Hash(1, REGISTERING, sha256(challenge).hexdigest())], setup)


def _transaction_number() -> str:
    """Unique for ever and not to be guessed; well within the fifty characters that providers take."""
    return f"EO{secrets.token_hex(16)}"


def _errand(visit: ProviderVisit, hashes: Sequence[asp.Hash], setup: asp.Config) -> Errand:
    xml = asp.request(
        hashes, txn=visit.handle, at=visit.opened_at, response_url=response_url(), setup=setup
    )  # fmt: skip
    return Errand(
        visit, setup.url,
        {"eSignRequest": xml.decode(), "aspTxnID": visit.handle, "Content-Type": "application/xml"},
    )  # fmt: skip


def response_url() -> str:
    return f"{settings.PUBLIC_URL}{reverse('signatures:esign_response')}"


def esign_answer(*, sent: str) -> ProviderVisit:
    """Take the provider's answer, once. Whoever brings it: only the provider's signature speaks for it.

    What is not the provider's is refused with `answer_untrusted` and changes nothing. What is the provider's closes
    the visit: answered when every paper has its right signature, failed otherwise.
    """
    setup, now = asp.config(), clock.now()
    try:
        came = answer.read(_xml(sent), provider=setup.provider, now=now)
    except answer.Unbelievable as error:
        raise _untrusted(error.code) from error
    visit = ProviderVisit.objects.filter(handle=came.txn, step=VisitStep.RESPONSE).first() if came.txn else None
    if visit is None:
        raise _untrusted("unknown-transaction")
    visit = _taken(visit)
    officer = remote.officer_of(visit)
    if not visit.opened_at - answer.CLOCKS <= came.at <= now + answer.CLOCKS:
        return remote.visit_fail(pk=visit.pk, code="answer-time", actor=officer)
    if not came.good:
        return remote.visit_fail(pk=visit.pk, code="provider-refused", provider_code=came.error, actor=officer)
    try:
        if visit.registers:
            _registered(visit, came, officer, now)
        else:
            _signed(visit, came, officer)
    except EngineError as error:
        return remote.visit_fail(pk=visit.pk, code=error.reason, actor=officer)
    except answer.Unbelievable as error:
        return remote.visit_fail(pk=visit.pk, code=error.code, actor=officer)
    except DomainError as error:
        cause = error.__cause__
        return remote.visit_fail(
            pk=visit.pk, code=cause.reason if isinstance(cause, EngineError) else error.code, actor=officer
        )
    return remote.visit_answered(pk=visit.pk)


def _xml(sent: str) -> bytes:
    """The form's field: XML as it is, or in base64 as some providers send it."""
    text = sent.strip()
    if len(text) > 2 * answer.MAX_BYTES:
        raise answer.Unbelievable("too-large")
    if text.startswith("<"):
        return text.encode()
    try:
        return b64decode("".join(text.split()), validate=True)
    except ValueError as error:
        raise answer.Unbelievable("unreadable") from error


@transaction.atomic
def _taken(visit: ProviderVisit) -> ProviderVisit:
    """The visit, whose transaction number is worth nothing from now on: an answer that comes again finds none."""
    row = remote.locked(visit.pk)
    if row.state != VisitState.OPEN or row.step != VisitStep.RESPONSE or row.handle != visit.handle:
        raise _untrusted("taken-already")
    if row.expires_at > clock.now():
        row.handle = f"taken-{row.uuid.hex}"
        row.save()
        return row
    raise _untrusted("too-late")


def _untrusted(code: str) -> BadInput:
    error = BadInput(
        "answer_untrusted",
        _("What was sent here is not an answer of the provider to an open request, so nothing was signed."),
        _("Open the paper and go to your provider again. If this happens twice, tell the operator."),
    )
    log.warning("esign_answer_untrusted", extra={"code": code})
    return error


def _signed(visit: ProviderVisit, came: answer.Answer, officer: Actor) -> None:
    items = list(visit.items.select_related("attempt").order_by("place"))
    if set(came.signatures) != {item.place for item in items}:
        raise answer.Unbelievable("papers-missing")
    for item in items:
        _require_certificate(came, item.place)
        signing_answer(attempt_id=item.attempt_id, cms=came.signatures[item.place], actor=officer)


def _require_certificate(came: answer.Answer, place: int) -> None:
    """The certificate that the answer names must be the one that signed."""
    if whole_cms.signer_of(came.signatures[place])[0] != came.certificate:
        raise answer.Unbelievable("certificate-differs")


def _registered(visit: ProviderVisit, came: answer.Answer, officer: Actor, now: datetime) -> None:
    """Activate the credential for the person whom the provider's certificate names, who must be the officer."""
    if set(came.signatures) != {1}:
        raise answer.Unbelievable("papers-missing")
    _require_certificate(came, 1)
    certificate = issued_certificate(came.signatures[1], at=now)
    whole_cms.check_challenge(came.signatures[1], challenge=bytes(visit.challenge), certificate=certificate)
    subject, employee = whole_cms.subject_of(certificate), visit.credential.employee
    if plain_name(subject.common_name) not in {plain_name(employee.name_en), plain_name(employee.name_hi)}:
        raise answer.Unbelievable("name-not-yours")
    oid, key_ref = settings.ESIGN_SUBJECT_ID, {}
    if oid:
        if not subject.identifiers.get(oid):
            raise answer.Unbelievable("identifier-missing")
        key_ref = {"subject_id": oid, "subject_hash": identifier_hash(oid, subject.identifiers[oid])}
    activate_row(
        visit.credential, certificate=b"", chain=(), wrapped={}, key_ref=key_ref, subject_name=subject.common_name,
        actor=officer,
    )  # fmt: skip
