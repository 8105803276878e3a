from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from eoffice.core import clock
from signatures.models import Backend, Credential, SigningAttempt
from signatures.services import esign, signing
from tests.cast import Cast
from tests.signatures.authority import World, letter, private_key
from tests.signatures.remote.esp import Provider, self_signed

Begin = Callable[..., SigningAttempt]


def approved(cast: Cast, backend: str, name: str = "secretary") -> Credential:
    """A credential that was asked for and approved, and waits for its key."""
    actor = cast.actor(name)
    credential: Credential = Credential(
        employee_id=actor.employee_id, office_id=actor.office_id, backend=backend, requested_at=clock.now(),
        requested_by_id=actor.employee_id,
    )  # fmt: skip
    credential.approve()
    credential.approved_by_id = cast.actor("emd_manager").employee_id
    credential.save()
    return credential


@pytest.fixture
def begin(instance: World, cast: Cast) -> Begin:
    def prepared(credential: Credential, **extra: object) -> SigningAttempt:
        given = {
            "pdf": letter(), "manifest": None, "purpose": "letter", "subject": cast.employee("secretary"),
            "shown_sha256": "a" * 64, "credential": credential, "actor": cast.actor("secretary"),
            "title": "2026/GAD-3/17",
        } | extra  # fmt: skip
        return signing.signing_begin(**given)  # type: ignore[arg-type]

    return prepared


@pytest.fixture
def esp(instance: World, settings: object, tmp_path: Path, cast: Cast) -> Provider:
    """This instance is connected with a provider of eSign, which knows the secretary."""
    folder = tmp_path / "esign"
    (folder / "authorities").mkdir(parents=True)
    key = private_key("rsa-2048", "asp")
    assert isinstance(key, rsa.RSAPrivateKey)
    asp = self_signed(key, "TEST ASP")
    pem, plain = serialization.Encoding.PEM, serialization.NoEncryption()
    (folder / "asp.key").write_bytes(key.private_bytes(pem, serialization.PrivateFormat.PKCS8, plain))
    (folder / "asp.pem").write_bytes(asp.public_bytes(pem))
    provider_key = private_key("rsa-2048", "esp")
    assert isinstance(provider_key, rsa.RSAPrivateKey)
    provider = Provider(instance.authority, asp, name=cast.employee("secretary").name_en, key=provider_key)
    (folder / "provider.pem").write_bytes(provider.certificate.public_bytes(pem))
    (folder / "authorities" / "issuing.crt").write_bytes(instance.authority.der("issuing"))
    settings.ESIGN_DIR = folder  # type: ignore[attr-defined]
    settings.ESIGN_URL = "http://127.0.0.1:9/signdoc"  # type: ignore[attr-defined]
    settings.ESIGN_ASP_ID = "TEST-ASP"  # type: ignore[attr-defined]
    return provider


@pytest.fixture
def esign_key(esp: Provider, cast: Cast) -> Credential:
    """The secretary's eSign credential, registered at the provider."""
    credential = approved(cast, Backend.ESIGN)
    errand = esign.esign_register(credential=credential, actor=cast.actor("secretary"))
    visit = esign.esign_answer(
        sent=esp.answer(esp.accept(errand.fields["eSignRequest"].encode())).decode()
    )  # fmt: skip
    assert visit.state == "answered", visit.failure
    return Credential.objects.get(pk=credential.pk)
