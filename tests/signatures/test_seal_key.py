"""The instance's seal from its key to the first sealed day, by the operator's commands."""

from __future__ import annotations

from io import StringIO
from pathlib import Path

import pytest
from asn1crypto import pem
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from django.core.management import CommandError, call_command
from pytest_django import Settings

from signatures import custody
from signatures.services import seal
from tests.cast import Cast
from tests.signatures.authority import World


def command(*arguments: object) -> str:
    out = StringIO()
    call_command("seal_key", *arguments, stdout=out, stderr=out)
    return out.getvalue()


@pytest.fixture
def folder(instance: World, settings: Settings, tmp_path: Path) -> Path:
    """An instance that trusts the authority and has no seal yet."""
    settings.SEAL_DIR = tmp_path / "new-seal"
    return tmp_path / "new-seal"


def certified(world: World, request: Path, into: Path) -> list[Path]:
    """What the authority gives for the request: a certificate, and its chain in another file."""
    key = x509.load_pem_x509_csr(request.read_bytes()).public_key()
    issued = world.authority.issue_seal(key, instance="Test")  # type: ignore[arg-type]
    files = [into / "cert.pem", into / "chain.pem"]
    files[0].write_bytes(pem.armor("CERTIFICATE", issued.certificate))
    files[1].write_bytes(b"".join(pem.armor("CERTIFICATE", der) for der in issued.chain))
    return files


def test_from_a_new_key_to_a_sealed_day(instance: World, cast: Cast, folder: Path, tmp_path: Path) -> None:
    assert "seal.csr" in command("--new")
    assert (folder / "seal.key").stat().st_mode & 0o777 == 0o600
    files = certified(instance, folder / "seal.csr", tmp_path)
    assert "The seal is Test instance seal" in command("--install", *files)
    assert len(custody.seal_key().chain) == 1
    assert seal.seal_day().number == 1


def test_a_key_is_never_written_over(folder: Path) -> None:
    command("--new")
    key = (folder / "seal.key").read_bytes()
    with pytest.raises(CommandError, match="already"):
        command("--new")
    assert (folder / "seal.key").read_bytes() == key


def test_a_certificate_for_another_key_is_refused_and_the_old_one_stays(
    instance: World, folder: Path, tmp_path: Path
) -> None:
    command("--new")
    files = certified(instance, folder / "seal.csr", tmp_path)
    command("--install", *files)
    stood = (folder / "seal.pem").read_bytes()
    other = instance.authority.certificates["issuing"].public_bytes(serialization.Encoding.PEM)
    (tmp_path / "other.pem").write_bytes(other)
    (tmp_path / "garbage.pem").write_bytes(b"garbage")
    (tmp_path / "empty.pem").write_bytes(b"-----BEGIN X-----\n-----END X-----\n")
    for name in ("other.pem", "garbage.pem", "empty.pem", "absent.pem"):
        with pytest.raises(CommandError, match="can't be put in"):
            command("--install", tmp_path / name)
    assert (folder / "seal.pem").read_bytes() == stood
