"""From an approved request to a key that signs: made here, brought along, found on a token, or proven from elsewhere.

Whatever the way, the officer has shown possession of the key, the certificate fits the instance's profile, and one
short transaction activates it and ends the one that it replaces. No PIN, password or key is kept, logged or queued.
"""

from __future__ import annotations

import secrets
from base64 import b64encode
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from asn1crypto import csr
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from django.conf import settings
from django.core import signing as django_signing
from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from eoffice.core import clock
from eoffice.core.actions import Action
from eoffice.core.actor import Actor
from eoffice.core.errors import BadInput, DomainError, NotAvailable, NotVisible, WrongState
from signatures import custody, policy
from signatures.backends import Adopts, Keeper, backend, keeper
from signatures.backends.software import Software
from signatures.engine import certificates, softkey
from signatures.engine.errors import EngineError, Swapped
from signatures.models import WORKING, Backend, Credential, CredentialMapping
from signatures.services import profile, unlock
from signatures.services.brought import Brought, issuers_of
from signatures.services.credential import locked, record, require_state, retire_row
from signatures.services.pin import checked_new_pin
from signatures.workflow import CredentialState, RetiredKind

CHALLENGE_LASTS = timedelta(minutes=15)
_SALT = "signatures.activation"


def credential_activate(
    *,
    credential_id: int,
    pin: str,
    actor: Actor,
    issue: custody.Issue | None = None,
    kind: softkey.type_of_key = softkey.DEFAULT_KEY,
) -> Credential:
    """Make the key, have it certified at once, and bind it to the officer's PIN. Only the officer can do this.

    For a key of this server the PIN is new; for a token it is the token's. `issue` is the certifying authority; without
    one, that with which the instance is connected (`custody.issuer`). Everything slow happens outside the transaction.
    """
    credential, keeping = _to_make(credential_id, actor)
    pin = _checked_pin(credential, pin)
    issue = issue or custody.issuer(credential.employee)
    if issue is None:
        raise NotAvailable(
            "no_issuer",
            _("This instance is connected with no certifying authority, so no certificate can be had here."),
            _("The operator must name the connection (EOFFICE_CREDENTIAL_ISSUER)."),
        )
    with unlock.tried(credential, actor), keeping.make(credential, pin=pin, kind=kind) as made:
        certificate, chain = issue(made.request)
        facts = checked(certificate, chain, request=made.request)
        wrapped, key_ref = made.kept(facts.sha256)
    return activate_row(credential, certificate=certificate, chain=chain, wrapped=wrapped, key_ref=key_ref, actor=actor)


def credential_prepare(
    *, credential_id: int, pin: str, actor: Actor, kind: softkey.type_of_key = softkey.DEFAULT_KEY
) -> Credential:
    """Make the key and keep the request for its certificate, which the officer takes to the certifying authority.

    `credential_certify` goes on when the certificate has come. Asked again, a new key takes the place of the first.
    """
    credential, keeping = _to_make(credential_id, actor)
    pin = _checked_pin(credential, pin)
    with unlock.tried(credential, actor), keeping.make(credential, pin=pin, kind=kind) as made:
        request = made.request
        wrapped, key_ref = made.kept("")
    with transaction.atomic():
        row = locked(credential_id)
        require_state(row, CredentialState.APPROVED)
        row.certificate_request, row.wrapped_key, row.key_ref = request, wrapped, key_ref
        row.save()
        record(row, Action.CREDENTIAL_ACTIVATE, actor, {"step": "requested"})
    return row


def credential_certify(
    *, credential_id: int, certificate: bytes, chain: Sequence[bytes], pin: str, actor: Actor
) -> Credential:
    """The certificate has come for the key that `credential_prepare` made; the PIN proves the key once more."""
    credential = own_approved(credential_id, actor)
    keeping = keeper(credential.backend)
    if keeping is None or not credential.certificate_request:
        raise WrongState(
            "no_request",
            _("No key waits for this certificate."),
            _("Make the key first, then ask for its certificate."),
        )
    checked(certificate, tuple(chain), request=bytes(credential.certificate_request))
    with unlock.tried(credential, actor):
        wrapped = keeping.bind(credential, pin=pin, certificate=certificate)
    return activate_row(
        credential, certificate=certificate, chain=tuple(chain), wrapped=wrapped, key_ref=credential.key_ref,
        actor=actor,
    )  # fmt: skip


def credential_adopt(*, credential_id: int, pin: str, actor: Actor) -> Credential:
    """Register the key and certificate that lie on the officer's token already; the newest that fits.

    The token signs a text of ours with it first. Refused with what is wrong when none fits.
    """
    credential = own_approved(credential_id, actor)
    where = backend(credential.backend)
    if not isinstance(where, Adopts):
        raise BadInput("nothing_to_adopt", _("For this way of signing a new key is made."))
    with unlock.tried(credential, actor):
        found = where.find(credential, pin=pin)
    newest = sorted(found, key=lambda one: certificates.facts_of_der(one.certificate).not_before, reverse=True)
    why: DomainError | None = None
    for one in newest:
        try:
            checked(one.certificate, one.chain)
        except DomainError as error:
            why = why or error
            continue
        return activate_row(
            credential, certificate=one.certificate, chain=one.chain, wrapped={}, key_ref=one.key_ref, actor=actor
        )
    raise why or WrongState(
        "token_empty",
        _("On your token there is no certificate with its key."),
        _("Make a new key, or ask the certifying authority to put yours on the token."),
    )


def credential_import(*, credential_id: int, brought: Brought, pin: str, actor: Actor) -> Credential:
    """A key that the officer brought as a .p12: wrapped under the new PIN and this machine's pepper; the file is gone.

    `brought` comes from `services.brought.p12_read`, which has read it in a child with limits.
    """
    credential = own_approved(credential_id, actor)
    where = backend(credential.backend)
    if not isinstance(where, Software):
        raise BadInput("nothing_to_import", _("A key from a file can only become a PIN-protected software key."))
    policy.require_offered(credential.backend)
    pin = _checked_pin(credential, pin)
    checked(brought.certificate, brought.chain)
    try:
        wrapped = where.wrapped(credential, key=brought.key, pin=pin, certificate=brought.certificate)
    except Swapped as error:
        raise _unfit() from error
    return activate_row(
        credential, certificate=brought.certificate, chain=brought.chain, wrapped=wrapped, key_ref={}, actor=actor
    )


def activation_challenge(*, credential_id: int, actor: Actor) -> bytes:
    """A text for the officer's key elsewhere to sign (SHA-256), for `credential_prove`; it holds for 15 minutes.

    It begins with words of its own, so that it can't be the signed attributes of any paper, and it names the instance
    and the credential. Nothing is stored: what it activates, it activates once.
    """
    credential = own_approved(credential_id, actor)
    token = django_signing.dumps([str(credential.uuid), secrets.token_hex(16)], salt=_SALT)
    return f"eoffice proof of possession\n{settings.INSTANCE_CODE}\n{token}".encode()


def credential_prove(
    *,
    credential_id: int,
    certificate: bytes,
    chain: Sequence[bytes],
    challenge: bytes,
    signature: bytes,
    key_ref: dict[str, Any],
    actor: Actor,
) -> Credential:
    """Activate a credential whose key is elsewhere, by its signature over a challenge of ours.

    `key_ref` is what the backend needs to find the key again, nothing secret. Refused: a challenge that is not ours,
    not for this credential or too old (`challenge_wrong`), another key's signature (`certificate_unfit`).
    """
    credential = own_approved(credential_id, actor)
    if backend(credential.backend).capabilities.unlock != "elsewhere":
        raise BadInput("opened_here", _("This key is made on the server; choose a PIN for it."))
    named = _credential_in(challenge)
    if named != str(credential.uuid):
        raise _challenge_wrong()
    checked(certificate, tuple(chain))
    try:
        certificates.check_raw_signature(certificate, signature=signature, data=challenge)
    except EngineError as error:
        raise _unfit() from error
    return activate_row(
        credential, certificate=certificate, chain=tuple(chain), wrapped={}, key_ref=key_ref, actor=actor
    )


def _credential_in(challenge: bytes) -> str:
    start = f"eoffice proof of possession\n{settings.INSTANCE_CODE}\n".encode()
    if not challenge.startswith(start):
        raise _challenge_wrong()
    try:
        named, _nonce = django_signing.loads(
            challenge.removeprefix(start).decode(), salt=_SALT, max_age=CHALLENGE_LASTS
        )
    except (django_signing.BadSignature, UnicodeDecodeError, ValueError) as error:
        raise _challenge_wrong() from error
    return str(named)


def _challenge_wrong() -> BadInput:
    return BadInput(
        "challenge_wrong",
        _("The proof came too late or belongs to something else."),
        _("Open the page 'My signature' and begin again."),
    )


def activate_row(
    credential: Credential, *, certificate: bytes, chain: Sequence[bytes], wrapped: dict[str, Any],
    key_ref: dict[str, Any], actor: Actor, subject_name: str = "",
) -> Credential:  # fmt: skip
    """One transaction: the credential that this one replaces ends, and this one is active. What was checked is given.

    Without a certificate (each act makes its own, Indian eSign) `subject_name` says for whom those must be.

    Refused (`certificate_registered`) when the certificate belongs to another registration, living or former.
    """
    facts = certificates.facts_of_der(certificate) if certificate else None
    try:
        with transaction.atomic():
            row = locked(credential.pk)
            require_state(row, CredentialState.APPROVED)
            mapped = _end_replaced(row, actor)
            row.activate(at=clock.now())
            row.certificate, row.chain = certificate, [b64encode(der).decode() for der in chain]
            row.subject_name = (facts.common_name if facts else subject_name)[:300]
            if facts is not None:
                row.certificate_sha256 = facts.sha256
                row.not_before, row.not_after = facts.not_before, facts.not_after
            row.wrapped_key, row.key_ref, row.certificate_request = wrapped, key_ref, b""
            row.pin_failures = 0
            row.save()
            for one in mapped:
                CredentialMapping.objects.create(
                    credential=row, office_id=one.office_id, order_number=one.order_number,
                    mapped_by_id=one.mapped_by_id, mapped_at=clock.now(),
                )  # fmt: skip
            record(row, Action.CREDENTIAL_ACTIVATE, actor, {"certificate_sha256": row.certificate_sha256})
    except IntegrityError as error:
        raise WrongState(
            "certificate_registered",
            _("This certificate is registered already, to you or to another officer."),
            _("Ask the certifying authority for a new one; each registration has its own."),
        ) from error
    return row


def _end_replaced(row: Credential, actor: Actor) -> list[CredentialMapping]:
    """The former one ends; the orders that mapped it to further offices go over to the new one."""
    if row.replaces_id is None:
        return []
    former = locked(row.replaces_id)
    if former.state not in WORKING:
        return []
    mapped = list(former.mappings.filter(ended_at__isnull=True))
    retire_row(former, RetiredKind.REPLACED, actor)
    return mapped


def own_approved(credential_id: int, actor: Actor) -> Credential:
    """The actor's own credential that waits for its key; otherwise `NotVisible` or the present state."""
    rows = Credential.objects.select_related("employee")
    credential: Credential | None = rows.filter(pk=credential_id).first()
    if credential is None or credential.employee_id != actor.employee_id:
        raise NotVisible
    require_state(credential, CredentialState.APPROVED)
    return credential


def _to_make(credential_id: int, actor: Actor) -> tuple[Credential, Keeper]:
    credential = own_approved(credential_id, actor)
    policy.require_offered(credential.backend)
    keeping = keeper(credential.backend)
    if keeping is None:
        raise WrongState(
            "key_elsewhere",
            _("The key of this way of signing is not made here."),
            _("Its next step stands on the page 'My signature'."),
        )
    return credential, keeping


def _checked_pin(credential: Credential, pin: str) -> str:
    """A PIN that is new must be fit; one that a token has already is the token's affair."""
    return checked_new_pin(credential, pin) if credential.backend == Backend.SOFTWARE else pin


def checked(certificate: bytes, chain: Sequence[bytes], *, request: bytes = b"") -> certificates.CertificateFacts:
    """What the certificate says, once it can be read, may sign, fits the request and the instance's profile."""
    try:
        facts = certificates.facts_of_der(certificate)
        for der in chain:
            certificates.load(der)
        fits = certificates.may_sign_documents(certificate)
        if request:
            fits = fits and certificates.belongs_to_key(certificate, _key_of(request))
    except (EngineError, ValueError) as error:
        raise BadInput("certificate_unreadable", _("The certifying authority's answer can't be read.")) from error
    if not fits:
        raise _unfit()
    profile.require(certificate)
    return facts


def is_for(certificate: bytes, request: bytes) -> bool:
    """Whether the certificate is of the key that made this request."""
    return certificates.belongs_to_key(certificate, _key_of(request))


def _key_of(request: bytes) -> rsa.RSAPublicKey | ec.EllipticCurvePublicKey:
    info = csr.CertificationRequest.load(request)["certification_request_info"]["subject_pk_info"]
    key = serialization.load_der_public_key(info.dump())
    if not isinstance(key, rsa.RSAPublicKey | ec.EllipticCurvePublicKey):
        raise ValueError("neither RSA nor ECDSA")  # noqa: TRY004 - the request's content, not the call
    return key


def _unfit() -> BadInput:
    return BadInput(
        "certificate_unfit",
        _("The certificate is not for this key, or not for signing documents."),
        _("Ask the certifying authority for a signing certificate for the request that was sent."),
    )


__all__ = [
    "CHALLENGE_LASTS",
    "activate_row",
    "activation_challenge",
    "checked",
    "credential_activate",
    "credential_adopt",
    "credential_certify",
    "credential_import",
    "credential_prepare",
    "credential_prove",
    "is_for",
    "issuers_of",
    "own_approved",
]
