from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization

from signatures import check_up, custody
from signatures.engine import softkey
from signatures.models import Credential
from signatures.services import credential as credentials
from signatures.services import standing
from signatures.services.activation import credential_activate
from tests.cast import Cast, cast
from tests.signatures.authority import World, private_key, running

__all__ = ["cast"]

PIN = "neem-tree-47"


@pytest.fixture(scope="session")
def running_world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with running(tmp_path_factory.mktemp("authority")) as world:
        yield world


@pytest.fixture
def world(running_world: World) -> World:
    running_world.clock.offset = timedelta()
    return running_world


@pytest.fixture
def instance(world: World, settings: object, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    """This instance trusts the demo authority, is stamped by it, and has a seal."""
    # A busy machine is no silent authority.
    monkeypatch.setattr(standing, "SECONDS", 40.0)
    monkeypatch.setattr(check_up, "CLOCK_SECONDS", 40.0)
    settings.TRUST_DIR = tmp_path / "trust"  # type: ignore[attr-defined]
    settings.SEAL_DIR = tmp_path / "seal"  # type: ignore[attr-defined]
    settings.PEPPER_FILE = tmp_path / "pepper"  # type: ignore[attr-defined]
    settings.TSA_URLS = [f"{world.url}/tsa"]  # type: ignore[attr-defined]
    world.authority.install_trust(tmp_path / "trust")
    key = private_key("rsa-2048", "seal")
    issued = world.authority.issue_seal(key.public_key(), instance="Test")
    pem = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    custody.seal_key_store(key_pem=pem, certificate=issued.certificate, chain=issued.chain)
    return world


def register(
    world: World, cast: Cast, name: str = "secretary", pin: str = PIN, kind: softkey.type_of_key = "p-256"
) -> Credential:
    """The whole way of a credential: asked for, approved by the EMD manager, certified and activated."""
    actor = cast.actor(name)
    assert actor.office_id is not None
    asked = credentials.credential_request(office_id=actor.office_id, actor=actor)
    credentials.credential_approve(
        credential_id=asked.pk,
        actor=cast.actor("super_admin" if name in {"emd_manager", "outsider"} else "emd_manager"),
    )
    return activate(world, cast, asked, name=name, pin=pin, kind=kind)


def activate(
    world: World, cast: Cast, asked: Credential, *, name: str = "secretary", pin: str = PIN,
    kind: softkey.type_of_key = "p-256",
) -> Credential:  # fmt: skip
    """The last step: the key is made and certified."""
    person = cast.employee(name)

    def issue(request: bytes) -> tuple[bytes, tuple[bytes, ...]]:
        issued = world.authority.issue_for_request(request, name=person.name_hi, designation="सचिव")
        return issued.certificate, issued.chain

    return credential_activate(credential_id=asked.pk, pin=pin, issue=issue, actor=cast.actor(name), kind=kind)
