"""A visit to a remote signing service (Cloud Signature Consortium): each step that the officer takes, in order.

Sign in there (where the provider wants it), release the key for exactly the prepared papers, fetch the signatures. What
comes back is checked by `services.answer`; tokens and what was typed live no longer than the visit.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from hashlib import sha256
from typing import Any
from uuid import UUID

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from eoffice.core.actor import Actor
from eoffice.core.errors import BadInput, DomainError, WrongState
from signatures.backends.csc import api, oauth
from signatures.engine import certificates
from signatures.engine.certificates import CertificateFacts
from signatures.engine.errors import EngineError
from signatures.models import Credential, SigningAttempt
from signatures.models_remote import ProviderVisit, VisitState, VisitStep
from signatures.services import remote
from signatures.services.activation import activation_challenge, credential_prove
from signatures.services.answer import signing_answer

# What the provider answers when only the typed PIN or password was wrong: the officer may type it again.
TYPED_WRONG = frozenset({"invalid_pin", "invalid_otp", "invalid_authdata", "invalid_auth_data"})
GIVEN_UP = frozenset({"access_denied", "user_cancelled", "consent_required"})
_SILENT = frozenset({"unreachable", "http-500", "http-502", "http-503", "http-504"})
_MODES = frozenset({"oauth2code", "explicit", "implicit"})


class WrongFactor(DomainError):
    """The provider did not take what was typed. Nothing was signed; it counts the tries."""

    status = 403


@dataclass(frozen=True)
class Offer:
    """A key that the officer may register, or why not."""

    key: api.Key
    facts: CertificateFacts | None
    why_not: str = ""


@dataclass(frozen=True)
class Onward:
    """Where the officer goes next: the provider's page, or ours when `url` is empty."""

    visit: ProviderVisit
    url: str = ""


def csc_send(*, papers: Sequence[SigningAttempt], actor: Actor, back: str = "") -> Onward:
    """Leave for the provider with as many of these papers as one release signs there (`multisign`)."""
    if not papers:
        raise remote.nothing_to_sign()
    credential = papers[0].credential
    most = int(credential.key_ref.get("multisign") or 1)
    chosen = [(row, sha256(bytes(row.signed_attrs)).hexdigest()) for row in remote.still_open(papers)[:most]]
    visit = remote.visit_open(
        credential=credential, actor=actor, step=VisitStep.SERVICE, papers=chosen, back=back
    )  # fmt: skip
    return _onward(visit, {}, actor)


def csc_register(*, credential: Credential, actor: Actor, back: str = "") -> Onward:
    """Leave for the provider to choose the key that this credential is to be."""
    challenge = activation_challenge(credential_id=credential.pk, actor=actor)
    visit = remote.visit_open(
        credential=credential, actor=actor, step=VisitStep.SERVICE, challenge=challenge, back=back
    )  # fmt: skip
    return _onward(visit, {}, actor)


def csc_returned(*, state: str, code: str, error: str, actor: Actor) -> Onward:
    """The browser is back from the provider. Each `state` is taken once, and only from the officer who left with it."""
    visit = ProviderVisit.objects.select_related("credential__employee").filter(handle=oauth.handle_of(state)).first()
    if visit is None or visit.credential.employee_id != actor.employee_id:
        raise _unknown_return()
    visit = remote.expired_if_late(visit)
    if visit.state != VisitState.OPEN or visit.step not in {VisitStep.SERVICE, VisitStep.CREDENTIAL}:
        raise remote.visit_over()
    step, kept = visit.step, remote.unsealed(visit)
    _taken(visit)
    if error in GIVEN_UP:
        return Onward(remote.visit_cancel(uuid=visit.uuid, actor=actor))
    if error or not code:
        return Onward(_failed(visit, "provider-refused", actor, _known(error)))
    try:
        setup = api.setup()
        token = oauth.exchange(
            api.Client(setup).service(), setup, code=code, verifier=str(kept.get("verifier", "")),
            redirect_uri=return_url(),
        )  # fmt: skip
    except api.Refused as refused:
        return Onward(_failed(visit, _kind(refused), actor, refused.code))
    if step == VisitStep.SERVICE:
        return _onward(visit, {"key": kept.get("key"), "token": token}, actor)
    # In version 1 the token *is* the SAD; in version 2 it is the bearer's token of signHash.
    if setup.version == 1:
        return Onward(_sign(visit, kept, actor, sad=token))
    return Onward(_sign(visit, kept, actor, token=token))


@transaction.atomic
def _taken(visit: ProviderVisit) -> None:
    row = remote.locked(visit.pk)
    if row.state != VisitState.OPEN or row.handle != visit.handle:
        raise remote.visit_over()
    row.handle = f"taken-{row.uuid.hex}"
    row.save()


def _unknown_return() -> BadInput:
    return BadInput(
        "return_unknown",
        _("This return from a provider belongs to no visit of yours, so nothing was done."),
        _("Open the paper and go to your provider again."),
    )


def return_url() -> str:
    """The address that is registered at the provider (`redirect_uri`)."""
    return f"{settings.PUBLIC_URL}{reverse('signatures:visit_return')}"


def csc_keys(*, uuid: UUID, actor: Actor) -> list[Offer]:
    """The officer's keys at the provider, to choose one from."""
    visit = _at_step(uuid, actor, VisitStep.KEYS)
    client = _client(visit)
    try:
        return [_offer(client.key(one)) for one in client.key_ids()]
    except api.Refused as refused:
        _failed(visit, _kind(refused), actor, refused.code)
        raise _silent() from refused


def _offer(key: api.Key) -> Offer:
    if not key.certificates:
        return Offer(key, None, "no-certificate")
    try:
        facts = certificates.facts_of_der(key.certificates[0])
        usable = certificates.may_sign_documents(key.certificates[0]) and not certificates.load(key.certificates[0]).ca
    except EngineError:
        return Offer(key, None, "no-certificate")
    if not key.enabled:
        return Offer(key, facts, "disabled")
    if not key.algorithm or key.mode not in _MODES:
        return Offer(key, facts, "unsupported")
    return Offer(key, facts, "" if usable else "not-for-signing")


def csc_choose(*, uuid: UUID, key_id: str, actor: Actor) -> Onward:
    """The officer's choice. The key then signs a challenge, so that it is proven to be in the officer's hands."""
    visit = _at_step(uuid, actor, VisitStep.KEYS)
    chosen = next((one for one in csc_keys(uuid=uuid, actor=actor) if one.key.id == key_id and not one.why_not), None)
    if chosen is None:
        raise BadInput("key_unknown", _("This key can't be registered."), _("Choose one of the list."), field="key")
    kept = remote.unsealed(visit)
    return _onward(visit, {"token": kept.get("token"), "key": _remembered(chosen.key)}, actor)


def _remembered(key: api.Key) -> dict[str, Any]:
    """What is kept of a key (`Credential.key_ref`): nothing secret."""
    return {
        "key": key.id,
        "algorithm": key.algorithm,
        "mode": key.mode,
        "multisign": key.multisign,
        "factors": [asdict(one) for one in key.factors],
        "provider": settings.CSC_URL,
    }


def csc_release(*, uuid: UUID, typed: Mapping[str, str], actor: Actor) -> Onward:
    """Explicit mode: PIN and one-time password go to the provider with exactly these hashes, and are forgotten.

    `WrongFactor` when the provider does not take them; the visit stays open.
    """
    visit = _at_step(uuid, actor, VisitStep.FACTORS)
    kept = remote.unsealed(visit)
    key = _key(visit, kept)
    wanted = {one["id"] for one in key["factors"]}
    values = {name: value.strip() for name, value in typed.items() if name in wanted and value.strip()}
    if set(values) != wanted:
        raise WrongFactor("factor_missing", _("Type what your provider asks for; nothing was signed."))
    try:
        sad = _client(visit).authorize(key["key"], _digests(visit), values)
    except api.Refused as refused:
        if refused.code.lower() in TYPED_WRONG:
            raise WrongFactor(
                refused.code.lower(),
                _("Your provider did not take this PIN or one-time password. Nothing was signed."),
                _("Type it again. Your provider counts the tries and may lock the key."),
            ) from None
        return Onward(_failed(visit, _kind(refused), actor, refused.code))
    return Onward(_sign(visit, kept, actor, sad=sad))


def csc_send_otp(*, uuid: UUID, actor: Actor) -> None:
    """Have the provider send the one-time password."""
    visit = _at_step(uuid, actor, VisitStep.FACTORS)
    key = _key(visit, remote.unsealed(visit))
    factor = next((one["id"] for one in key["factors"] if one["sent"]), "")
    try:
        _client(visit).send_otp(key["key"], factor)
    except api.Refused as refused:
        raise _silent() from refused


def factors_of(visit: ProviderVisit) -> list[dict[str, Any]]:
    """What the sheet asks for in explicit mode."""
    return list(_key(visit, remote.unsealed(visit)).get("factors", []))


def _at_step(uuid: UUID, actor: Actor, step: str) -> ProviderVisit:
    visit = remote.own_visit(uuid, actor)
    if visit.state != VisitState.OPEN or visit.step != step:
        raise remote.visit_over()
    return visit


def _onward(visit: ProviderVisit, kept: dict[str, Any], actor: Actor) -> Onward:
    """The next step that is still needed; the visit is failed when the provider does not let us take it."""
    try:
        setup = api.setup()
        client = api.Client(setup)
        key = _key(visit, kept)
        # A key released by OAuth in version 2 needs no other token: the one for the hashes also lets us ask.
        alone = setup.version != 1 and key.get("mode") == "oauth2code"
        if setup.service != "none" and not alone and not kept.get("token"):
            if setup.service == "code":
                return _leave(visit, VisitStep.SERVICE, "service", kept, client)
            kept = kept | {"token": oauth.client_token(client.service(), setup)}
        if not key:
            return Onward(remote.visit_step(pk=visit.pk, step=VisitStep.KEYS, secrets=kept))
        if key["mode"] == "oauth2code":
            return _leave(visit, VisitStep.CREDENTIAL, "credential", kept, client)
        visit = remote.visit_step(pk=visit.pk, step=VisitStep.FACTORS, secrets=kept)
        if key["mode"] == "explicit":
            return Onward(visit)
        sad = _client(visit).authorize(key["key"], _digests(visit), {})
        return Onward(_sign(visit, kept, actor, sad=sad))
    except api.Refused as refused:
        return Onward(_failed(visit, _kind(refused), actor, refused.code))


def _leave(visit: ProviderVisit, step: str, scope: str, kept: dict[str, Any], client: api.Client) -> Onward:
    key = _key(visit, kept)
    away = oauth.departure(
        client.service(), client.setup, redirect_uri=return_url(), scope=scope, key_id=str(key.get("key", "")),
        digests=_digests(visit),
    )  # fmt: skip
    secrets = {**kept, "verifier": away.verifier}
    return Onward(remote.visit_step(pk=visit.pk, step=step, handle=away.handle, secrets=secrets), away.url)


def _sign(visit: ProviderVisit, kept: dict[str, Any], actor: Actor, *, sad: str = "", token: str = "") -> ProviderVisit:
    """Fetch the signatures and keep each that belongs to its paper."""
    key = _key(visit, kept)
    try:
        signatures = api.Client(api.setup(), token=str(kept.get("token") or "")).sign_hash(
            key["key"], _digests(visit), algorithm=key["algorithm"], sad=sad, token=token
        )
        if visit.registers:
            _prove(visit, key, signatures[0], kept, actor, token=token)
        else:
            certificate = bytes(visit.credential.certificate)
            for item, signature in zip(visit.items.order_by("place"), signatures, strict=True):
                signing_answer(attempt_id=item.attempt_id, signature=der_of(certificate, signature), actor=actor)
    except api.Refused as refused:
        return _failed(visit, _kind(refused), actor, refused.code)
    except DomainError as error:
        cause = error.__cause__
        return _failed(visit, cause.reason if isinstance(cause, EngineError) else error.code, actor)
    return remote.visit_answered(pk=visit.pk)


def _prove(
    visit: ProviderVisit, key: dict[str, Any], signature: bytes, kept: dict[str, Any], actor: Actor, *, token: str
) -> None:
    bearer = str(kept.get("token") or "") or token
    found = api.Client(api.setup(), token=bearer).key(key["key"])
    if not found.certificates:
        raise api.Refused("answer-odd")
    certificate, *chain = found.certificates
    credential_prove(
        credential_id=visit.credential_id,
        certificate=certificate,
        chain=[der for der in chain if certificates.load(der).self_signed == "no"],
        challenge=bytes(visit.challenge),
        signature=der_of(certificate, signature),
        key_ref=key,
        actor=actor,
    )


def der_of(certificate: bytes, signature: bytes) -> bytes:
    """An ECDSA signature in DER, also where the provider gives the two numbers side by side (IEEE P1363)."""
    public = x509.load_der_x509_certificate(certificate).public_key()
    if not isinstance(public, ec.EllipticCurvePublicKey):
        return signature
    half = (public.key_size + 7) // 8
    if len(signature) != 2 * half or signature[:1] == b"\x30":
        return signature
    return encode_dss_signature(int.from_bytes(signature[:half], "big"), int.from_bytes(signature[half:], "big"))


def _digests(visit: ProviderVisit) -> list[bytes]:
    """What the key signs: one digest per paper in order, or that of the challenge."""
    if visit.registers:
        return [sha256(bytes(visit.challenge)).digest()]
    return [bytes.fromhex(item.digest) for item in visit.items.order_by("place")]


def _key(visit: ProviderVisit, kept: Mapping[str, Any]) -> dict[str, Any]:
    """The key of the visit: the registered one, or the one that is being registered."""
    found = (kept.get("key") if visit.registers else visit.credential.key_ref) or {}
    return dict(found)


def _client(visit: ProviderVisit) -> api.Client:
    return api.Client(api.setup(), token=str(remote.unsealed(visit).get("token") or ""))


def _failed(visit: ProviderVisit, code: str, actor: Actor, provider_code: str = "") -> ProviderVisit:
    return remote.visit_fail(pk=visit.pk, code=code, provider_code=provider_code, actor=actor)


def _kind(refused: api.Refused) -> str:
    return (
        "provider-silent" if refused.code in {"unreachable", "http-502", "http-503", "http-504"} else "provider-refused"
    )


def _known(error: str) -> str:
    """An error code as OAuth writes them (RFC 6749, section 4.1.2.1); whatever else was sent is not kept."""
    return error if error.isascii() and error.replace("_", "").isalnum() else "other"


def _silent() -> WrongState:
    return WrongState(
        "provider_silent",
        _("Your provider does not answer now. Nothing was signed."),
        _("Try again in some minutes, or sign in another way that your office allows."),
    )
