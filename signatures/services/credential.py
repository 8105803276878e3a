"""A signing credential's life: requested by the officer, approved by another, activated with a PIN, retired in time.

R20: one live registration per officer. It is released at the old office before the new one can register it.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Collection, Sequence

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import NameOID
from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from employee_master import ports
from employee_master.models import FULL_KINDS, Employee, Office
from employee_master.queries import active_on
from eoffice import access
from eoffice.core import clock
from eoffice.core.actions import Action
from eoffice.core.actor import Actor
from eoffice.core.errors import BadInput, NotAllowed, NotAvailable, NotVisible, WrongState
from eoffice.core.names import named
from eoffice.ledger.writer import record_event
from signatures import custody
from signatures.backends.software import binding_of
from signatures.engine import certificates, softkey
from signatures.engine.errors import EngineError, UnfitPin
from signatures.models import LIVE, Backend, Credential, SigningAttempt
from signatures.workflow import AttemptState, CredentialState, RetiredKind

_PIN_WORDS = {
    "pin-short": _("The PIN needs at least 8 characters."),
    "pin-long": _("The PIN may have at most 64 characters."),
    "pin-characters": _("The PIN contains characters that can't be typed everywhere."),
    "pin-pattern": _("This PIN is guessed first: do not repeat or count up characters."),
}


@transaction.atomic
def credential_request(*, office_id: int, actor: Actor, backend: str = Backend.SOFTWARE) -> Credential:
    """Ask for one's own credential at an office. Refused while another one lives, with where and how to release it."""
    if actor.employee_id is None:
        raise NotAllowed("own_credential_only", _("A signing credential is asked for by the officer."))
    if backend != Backend.SOFTWARE:
        raise BadInput("backend_unknown", _("This instance does not offer that way of signing yet."))
    _require_software_allowed()
    live = Credential.objects.select_for_update(of=("self",)).filter(employee_id=actor.employee_id, state__in=LIVE)
    existing = live.select_related("office").first()
    if existing is not None:
        raise _already_registered(existing)
    office = Office.objects.get(pk=office_id)
    credential: Credential = Credential(
        employee_id=actor.employee_id, office=office, backend=backend, requested_by_id=actor.employee_id,
        requested_at=clock.now(),
    )  # fmt: skip
    try:
        with transaction.atomic():
            credential.save()
    except IntegrityError as error:
        raise WrongState(
            "already_registered", _("You have just asked for a credential from another window.")
        ) from error
    _record(credential, Action.CREDENTIAL_REQUEST, actor, {"office": office_id, "backend": backend})
    return credential


def _already_registered(existing: Credential) -> WrongState:
    return WrongState(
        "already_registered",
        _("A digital signature is already registered to you at %(office)s.") % {"office": named(existing.office)},
        _("It must be released there first: that office's EMD manager retires it when you are relieved."),
    )


@transaction.atomic
def credential_approve(*, credential_id: int, actor: Actor) -> Credential:
    """The check by a second person (maker and checker are never the same)."""
    credential = _locked(credential_id)
    access.require(actor, Action.CREDENTIAL_APPROVE, credential)
    _require_state(credential, CredentialState.REQUESTED)
    credential.approve()
    credential.approved_by_id = actor.employee_id
    credential.save()
    _record(credential, Action.CREDENTIAL_APPROVE, actor)
    return credential


def credential_activate(
    *,
    credential_id: int,
    pin: str,
    actor: Actor,
    issue: custody.Issue | None = None,
    kind: softkey.type_of_key = softkey.DEFAULT_KEY,
) -> Credential:
    """Make the key, have it certified, and wrap it under the officer's new PIN. Only the officer can do this.

    `issue` is the certifying authority; without one, that with which the instance is connected (`custody.issuer`).
    The certificate request is signed by the new key (proof of possession). Everything slow happens outside the
    transaction; neither PIN nor key is kept, logged or queued.
    """
    credential = Credential.objects.select_related("employee").filter(pk=credential_id).first()
    if credential is None or credential.employee_id != actor.employee_id:
        raise NotVisible
    _require_state(credential, CredentialState.APPROVED)
    _require_software_allowed()
    try:
        softkey.check_pin_rules(pin)
    except UnfitPin as error:
        raise BadInput("pin_unfit", _PIN_WORDS[error.reason], field="pin") from error
    issue = issue or custody.issuer(credential.employee)
    if issue is None:
        raise _not_connected()
    key = softkey.new_private_key(kind)
    certificate, chain = issue(_certificate_request(key, credential.employee))
    facts = _checked(certificate, chain, key.public_key())
    credential.certificate_sha256 = facts.sha256
    wrapped = softkey.wrap(key, pin=pin, pepper=custody.pepper(), binding=binding_of(credential))
    with transaction.atomic():
        row = _locked(credential_id)
        _require_state(row, CredentialState.APPROVED)
        row.activate(at=clock.now())
        row.certificate, row.chain = certificate, [b64encode(der).decode() for der in chain]
        row.certificate_sha256, row.subject_name = facts.sha256, facts.common_name[:300]
        row.not_before, row.not_after = facts.not_before, facts.not_after
        row.wrapped_key = wrapped
        row.save()
        _record(row, Action.CREDENTIAL_ACTIVATE, actor, {"certificate_sha256": facts.sha256})
    return row


def _not_connected() -> NotAvailable:
    return NotAvailable(
        "no_issuer",
        _("This instance is connected with no certifying authority, so no certificate can be had here."),
        _("The operator must name the connection (EOFFICE_CREDENTIAL_ISSUER)."),
    )


def _certificate_request(key: softkey.PrivateKey, employee: Employee) -> bytes:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, employee.code)])
    request = x509.CertificateSigningRequestBuilder().subject_name(name).sign(key, hashes.SHA256())
    return request.public_bytes(serialization.Encoding.DER)


def _checked(
    certificate: bytes, chain: tuple[bytes, ...], public_key: rsa.RSAPublicKey | ec.EllipticCurvePublicKey
) -> certificates.CertificateFacts:
    try:
        facts = certificates.facts_of_der(certificate)
        for der in chain:
            certificates.load(der)
        fits = certificates.belongs_to_key(certificate, public_key) and certificates.may_sign_documents(certificate)
    except (EngineError, ValueError) as error:
        raise BadInput("certificate_unreadable", _("The certifying authority's answer can't be read.")) from error
    if not fits:
        raise BadInput(
            "certificate_unfit",
            _("The certificate is not for this key, or not for signing documents."),
            _("Ask the certifying authority for a signing certificate for the request that was sent."),
        )
    return facts


@transaction.atomic
def credential_suspend(*, credential_id: int, why: str, actor: Actor) -> Credential:
    """Stop signing with this credential for now; it can be resumed."""
    credential = _locked(credential_id)
    access.require(actor, Action.CREDENTIAL_SUSPEND, credential)
    _require_state(credential, CredentialState.ACTIVE)
    credential.suspend(why=why[:200])
    credential.save()
    _record(credential, Action.CREDENTIAL_SUSPEND, actor)
    return credential


@transaction.atomic
def credential_resume(*, credential_id: int, actor: Actor) -> Credential:
    """Let a suspended credential sign again, with all its tries. The PIN stays the same; nobody can reset it."""
    credential = _locked(credential_id)
    access.require(actor, Action.CREDENTIAL_SUSPEND, credential)
    _require_state(credential, CredentialState.SUSPENDED)
    credential.resume()
    credential.save()
    _record(credential, Action.CREDENTIAL_ACTIVATE, actor, {"step": "resumed"})
    return credential


@transaction.atomic
def credential_retire(*, credential_id: int, kind: str, actor: Actor) -> Credential:
    """End it for good: revoked, expired, transferred or lost. Papers signed with it stay provable."""
    credential = _locked(credential_id)
    access.require(actor, Action.CREDENTIAL_RETIRE, credential)
    _require_state(credential, *LIVE)
    _retire(credential, kind, actor)
    return credential


def _retire(credential: Credential, kind: str, actor: Actor) -> None:
    if kind not in RetiredKind.values:
        raise BadInput("retired_kind", _("Say why: revoked, expired, transferred or lost."))
    credential.retire(kind=kind, at=clock.now())
    # The wrapped key has done its work; what it signed is proven by the certificate, which stays.
    credential.wrapped_key = {}
    credential.save()
    _record(credential, Action.CREDENTIAL_RETIRE, actor, {"kind": kind})


class RetiresCredentials:
    """Port of the employee master (R20): relieving retires the officer's credentials at the office left."""

    def retire_for(self, *, employee_id: int, office_id: int, reason: str, actor: Actor) -> int:
        """In the caller's transaction and on the caller's authority; how many there were."""
        kind = reason if reason in RetiredKind.values else RetiredKind.TRANSFERRED
        rows = list(
            Credential.objects.select_for_update(of=("self",)).filter(
                employee_id=employee_id, office_id=office_id, state__in=LIVE
            )
        )
        for credential in rows:
            _retire(credential, kind, actor)
        return len(rows)

    def items_of(self, *, employee_id: int, office_id: int) -> Sequence[ports.Item]:
        """The living credential at the office, and what the officer prepared with it and has not signed yet."""
        credentials = Credential.objects.filter(employee_id=employee_id, office_id=office_id, state__in=LIVE)
        waiting = SigningAttempt.objects.filter(
            credential__in=credentials, state=AttemptState.PREPARED, expires_at__gt=clock.now()
        )
        return [
            *(
                ports.Item(
                    key="",
                    kind=_("Digital signatures"),
                    number=one.certificate_sha256[:16],
                    subject=one.subject_name,
                    state=one.get_state_display(),
                    since=one.activated_at or one.requested_at,
                )
                for one in credentials.order_by("pk")
            ),
            *(
                ports.Item(
                    key="",
                    kind=_("Pending signatures"),
                    number=one.title or one.reference,
                    state=one.get_state_display(),
                    since=one.prepared_at,
                )
                for one in waiting.order_by("pk")
            ),
        ]

    def active_among(self, *, employee_ids: Collection[int], office_id: int) -> set[int]:
        """Who can sign at the office: registered there, or mapped to it by the order of a charge (R20)."""
        at = clock.now()
        active = Credential.objects.filter(
            employee__in=employee_ids, state=CredentialState.ACTIVE, not_before__lte=at, not_after__gte=at
        )
        mapped = active_on(clock.today(), prefix="employee__charges__") & Q(
            employee__charges__post__office_id=office_id, employee__charges__kind__in=FULL_KINDS
        )
        return set(active.filter(Q(office_id=office_id) | mapped).values_list("employee_id", flat=True))


def _locked(credential_id: int) -> Credential:
    rows = Credential.objects.select_for_update(of=("self",)).select_related("office")
    credential: Credential | None = rows.filter(pk=credential_id).first()
    if credential is None:
        raise NotVisible
    return credential


def _require_state(credential: Credential, *states: str) -> None:
    if credential.state not in states:
        raise WrongState(
            "credential_state",
            _("This credential is now: %(state)s.") % {"state": credential.get_state_display()},
            _("Open the page again to see what can be done."),
        )


def _require_software_allowed() -> None:
    if not settings.SOFTWARE_KEYS_ORDER:
        raise NotAllowed(
            "software_keys_forbidden",
            _("This instance does not allow keys that are kept on the server."),
            _("Use a token. The instance may allow it by naming an order (EOFFICE_SOFTWARE_KEYS_ORDER)."),
        )


def _record(credential: Credential, action: Action, actor: Actor, data: dict[str, object] | None = None) -> None:
    record_event(action=action, subject=credential, actor=actor, data=data)
