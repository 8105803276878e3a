"""An officer's token becomes the officer's credential: its certificate comes from the paired PC, with a proof."""

from __future__ import annotations

import hmac
from base64 import b64encode
from collections.abc import Sequence
from hashlib import sha256

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from employee_master.queries.acting import actor_for
from eoffice.core import clock
from eoffice.core.actions import Action
from eoffice.core.errors import BadInput, WrongState
from eoffice.ledger.writer import record_event
from signatures import custody
from signatures.agent_key import secret_key
from signatures.engine import certificates
from signatures.engine.errors import EngineError
from signatures.models import Backend, Credential
from signatures.models_agent import PairedAgent
from signatures.workflow import CredentialState

_CHALLENGE_SECONDS = 900
_LONGEST_CHAIN = 6


def awaited_for(employee_id: int) -> Credential | None:
    """The officer's approved credential that waits for the token's certificate."""
    found: Credential | None = Credential.objects.filter(
        employee_id=employee_id, backend=Backend.AGENT, state=CredentialState.APPROVED
    ).first()
    return found


def credential_challenge(*, agent: PairedAgent) -> str:
    """What the token's key is to sign, good for a quarter of an hour on this PC; empty when none is awaited."""
    credential = awaited_for(agent.employee_id)
    return "" if credential is None else _challenge(agent, credential, int(clock.now().timestamp()))


def _challenge(agent: PairedAgent, credential: Credential, at: int) -> str:
    said = f"{credential.uuid}.{at}"
    return (
        f"{said}.{hmac.new(secret_key('eoffice.agent-challenge'), f'{agent.uuid}.{said}'.encode(), sha256).hexdigest()}"
    )


def credential_activate_with(
    *, certificate: bytes, chain: Sequence[bytes], challenge: str, signature: bytes, agent: PairedAgent
) -> Credential:
    """Register the token's certificate for the approved request: fit, trusted, and its key in the officer's hands.

    The proof is a signature over words that no paper begins with, the challenge and the certificate's hash.
    """
    credential = awaited_for(agent.employee_id)
    if credential is None or not _is_fresh(agent, credential, challenge):
        raise WrongState(
            "not_awaited",
            _("No certificate of a token is awaited from you now."),
            _("Ask for a digital signature by token on the page 'My signature'; your EMD manager approves it."),
        )
    facts = _fit(certificate, chain)
    proof = f"eoffice-credential-1\n{challenge}\n{facts.sha256}".encode()
    try:
        certificates.check_raw_signature(certificate, signature=signature, data=proof)
    except EngineError as error:
        raise BadInput(
            "proof_wrong", _("The token did not prove that it holds the key of this certificate."),
            _("Try it again; choose the other certificate if there are several."),
        ) from error  # fmt: skip
    try:
        return _activate(credential, facts, certificate, chain, agent)
    except IntegrityError as error:
        raise WrongState(
            "already_registered",
            _("This certificate is registered already, or was registered before."),
            _("A certificate is registered once; ask its authority for a new one, or choose another on the token."),
        ) from error


def _is_fresh(agent: PairedAgent, credential: Credential, challenge: str) -> bool:
    _uuid, _dot, rest = challenge.partition(".")
    at = rest.partition(".")[0]
    if not (at.isdecimal() and len(at) <= 12):  # noqa: PLR2004
        return False
    age = clock.now().timestamp() - int(at)
    right = hmac.compare_digest(_challenge(agent, credential, int(at)).encode(), challenge.encode())
    return right and -1 <= age <= _CHALLENGE_SECONDS


def _fit(certificate: bytes, chain: Sequence[bytes]) -> certificates.CertificateFacts:
    try:
        facts = certificates.facts_of_der(certificate)
        may_sign = certificates.may_sign_documents(certificate)
        trusted = _is_trusted(certificate, chain)
    except (EngineError, ValueError, TypeError) as error:
        raise BadInput("certificate_unreadable", _("The certificate on the token can't be read.")) from error
    if not may_sign or not facts.not_before <= clock.now() <= facts.not_after:
        raise BadInput(
            "certificate_unfit",
            _("This certificate is not for signing documents, or it is not valid today."),
            _("Choose the signing certificate on the token, or have it renewed."),
        )
    if not trusted:
        raise BadInput(
            "certificate_untrusted",
            _("This certificate is not by an authority that this office trusts."),
            _("Use the token of a licensed authority. The operator may add authorities (EOFFICE_TRUST_DIR)."),
        )
    return facts


def _is_trusted(certificate: bytes, chain: Sequence[bytes]) -> bool:
    """Whether the chain leads from the certificate to a root of this instance, each link by its signature."""
    trust = custody.trust()
    roots = [x509.load_der_x509_certificate(der) for der in trust.roots]
    others = [x509.load_der_x509_certificate(der) for der in (*chain, *trust.helpers)]
    at = x509.load_der_x509_certificate(certificate)
    for _link in range(_LONGEST_CHAIN):
        if any(_issued(at, root) for root in roots):
            return True
        above = next((one for one in others if one != at and _issued(at, one)), None)
        if above is None:
            return False
        at = above
    return False


def _issued(certificate: x509.Certificate, issuer: x509.Certificate) -> bool:
    try:
        is_authority = issuer.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
        certificate.verify_directly_issued_by(issuer)
    except (ValueError, TypeError, InvalidSignature, x509.ExtensionNotFound):
        return False
    return is_authority


@transaction.atomic
def _activate(
    credential: Credential, facts: certificates.CertificateFacts, certificate: bytes, chain: Sequence[bytes],
    agent: PairedAgent,
) -> Credential:  # fmt: skip
    row: Credential = Credential.objects.select_for_update(of=("self",)).get(pk=credential.pk)
    if row.state != CredentialState.APPROVED:
        raise WrongState(
            "credential_state", _("This credential is now: %(state)s.") % {"state": row.get_state_display()}
        )
    row.activate(at=clock.now())
    row.certificate, row.chain = certificate, [b64encode(der).decode() for der in chain]
    row.certificate_sha256, row.subject_name = facts.sha256, facts.common_name[:300]
    row.not_before, row.not_after = facts.not_before, facts.not_after
    row.save()
    record_event(
        action=Action.CREDENTIAL_ACTIVATE, subject=row, actor=actor_for(agent.employee),
        data={"certificate_sha256": facts.sha256, "agent": agent.pk},
    )  # fmt: skip
    return row
