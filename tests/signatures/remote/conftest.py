from __future__ import annotations

import json
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.error import HTTPError
from urllib.parse import parse_qs, urlsplit
from urllib.request import HTTPRedirectHandler, build_opener, urlopen

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from eoffice.core import clock
from signatures.models import Backend, Credential, SigningAttempt
from signatures.services import csc, esign, signing
from tests.cast import Cast
from tests.signatures.authority import World, letter, private_key
from tests.signatures.remote import rssp as rssp_module
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


@contextmanager
def process(*arguments: str) -> Iterator[int]:
    """A test server as a process of its own; its port, which it says on its first line."""
    running = subprocess.Popen([sys.executable, "-m", *arguments], stdout=subprocess.PIPE, text=True)
    try:
        assert running.stdout is not None
        yield int(json.loads(running.stdout.readline())["port"])
    finally:
        running.terminate()
        running.wait()
        if running.stdout is not None:
            running.stdout.close()


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def wait_for(port: int, *, seconds: float = 30) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise TimeoutError(f"nothing listens on {port}")


@pytest.fixture(scope="session")
def rssp_port(running_world: World) -> Iterator[int]:
    """A remote signing service after version 2 of the API, in its own process; it knows one officer."""
    with process("tests.signatures.remote.rssp", str(running_world.authority.folder), "Meera Krishnan") as port:
        yield port


@pytest.fixture
def rssp(rssp_port: int, instance: World, settings: object, tmp_path: Path) -> Iterator[str]:
    """This instance is connected with that service. Its address."""
    (tmp_path / "client-secret").write_text(f"{rssp_module.SECRET}\n")
    url = f"http://127.0.0.1:{rssp_port}"
    settings.CSC_URL = f"{url}/csc/v2"  # type: ignore[attr-defined]
    settings.CSC_CLIENT_ID = rssp_module.CLIENT  # type: ignore[attr-defined]
    settings.CSC_CLIENT_SECRET_FILE = str(tmp_path / "client-secret")  # type: ignore[attr-defined]
    settings.CSC_SERVICE = "code"  # type: ignore[attr-defined]
    yield url
    bend(url, "")


def bend(url: str, how: str) -> None:
    """Make the service misbehave; the empty string makes it behave again."""
    urlopen(f"{url}/bend?as={how}", timeout=10).close()


class _Stay(HTTPRedirectHandler):
    def redirect_request(self, *_args: object, **_named: object) -> None:
        return None


def browser_goes(url: str) -> dict[str, str]:
    """The officer's browser at the provider: where it is sent back to, as the fields of that address."""
    with pytest.raises(HTTPError) as sent:
        build_opener(_Stay()).open(url, timeout=10)
    with sent.value as answer:
        assert answer.code == 302
        return {name: values[0] for name, values in parse_qs(urlsplit(answer.headers["Location"]).query).items()}


def returned(onward: csc.Onward, cast: Cast, name: str = "secretary") -> csc.Onward:
    """Through the provider's page and back to us."""
    fields = {"code": "", "error": ""} | browser_goes(onward.url)
    return csc.csc_returned(**fields, actor=cast.actor(name))


def csc_key(cast: Cast, which: str) -> Credential:
    """The secretary's key at the remote signing service, registered by its own signature."""
    actor, credential = cast.actor("secretary"), approved(cast, Backend.CSC)
    onward = returned(csc.csc_register(credential=credential, actor=actor), cast)
    assert {one.key.id: one.why_not for one in csc.csc_keys(uuid=onward.visit.uuid, actor=actor)}[which] == ""
    onward = csc.csc_choose(uuid=onward.visit.uuid, key_id=which, actor=actor)
    if onward.url:
        onward = returned(onward, cast)
    else:
        csc.csc_send_otp(uuid=onward.visit.uuid, actor=actor)
        typed = {"PIN": rssp_module.PIN, "OTP": rssp_module.OTP}
        onward = csc.csc_release(uuid=onward.visit.uuid, typed=typed, actor=actor)
    assert (onward.visit.state, onward.visit.failure) == ("answered", "")
    return Credential.objects.get(pk=credential.pk)
