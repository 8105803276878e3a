"""The signer's check-up tells the exact fault and offers what is allowed instead; the test signature is a real one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

import pytest
from django.http import HttpResponse
from django.test import Client
from pytest_django import Settings

from eoffice.core import clock
from signatures import check_up
from signatures.models import Credential, SignedPaper, SigningAttempt
from signatures.services.credential import credential_suspend
from signatures.workflow import AttemptState
from tests.cast import Cast
from tests.signatures.authority import World
from tests.signatures.conftest import PIN, register

ENGLISH = {"accept-language": "en"}


def text(answer: HttpResponse) -> str:
    return answer.content.decode()


def signed_in(client: Client, cast: Cast, name: str = "secretary") -> Client:
    client.force_login(cast.account(name), backend="django.contrib.auth.backends.ModelBackend")
    return client


def states(credential: Credential, cast: Cast) -> dict[str, str]:
    return {line.code: line.state for line in check_up.checks(credential, cast.actor("secretary"))}


def test_a_sound_signer_is_told_so_line_by_line(instance: World, cast: Cast, client: Client) -> None:
    credential = register(instance, cast)
    found = states(credential, cast)
    assert set(found.values()) == {"good"}
    assert set(found) == {"registration", "certificate", "key", "chain", "revocation", "clock"}
    page = text(signed_in(client, cast).get("/signature/check-up/", headers=ENGLISH))
    assert "You can sign." in page
    assert "Make a test signature" in page
    assert "not allowed" not in page


@dataclass
class Bench:
    """What a fault is made in."""

    credential: Credential
    world: World
    cast: Cast
    settings: Settings

    def change(self, **fields: object) -> None:
        Credential.objects.filter(pk=self.credential.pk).update(**fields)


def _suspended(bench: Bench) -> None:
    credential_suspend(credential_id=bench.credential.pk, why="leave", actor=bench.cast.actor("emd_manager"))


def _untrusted(bench: Bench) -> None:
    bench.settings.TRUST_DIR = bench.settings.TRUST_DIR / "nobody"


FAULTS: dict[str, Callable[[Bench], object]] = {
    "suspended": _suspended,
    "ended": lambda bench: bench.change(not_after=clock.now() - timedelta(hours=1)),
    "ending": lambda bench: bench.change(not_after=clock.now() + timedelta(days=29)),
    "no key": lambda bench: bench.change(wrapped_key={}),
    "pepper": lambda bench: bench.settings.PEPPER_FILE.unlink(),
    "tries": lambda bench: bench.change(pin_failures=2),
    "untrusted": _untrusted,
    "silent": lambda bench: setattr(bench.settings, "TSA_URLS", ["http://127.0.0.1:9/"]),
    "no authority": lambda bench: setattr(bench.settings, "TSA_URLS", []),
    "clock": lambda bench: setattr(bench.world.clock, "offset", timedelta(minutes=3)),
    "revoked": lambda bench: bench.world.authority.revoke_certificate(bytes(bench.credential.certificate)),
    "profile": lambda bench: setattr(bench.settings, "CERTIFICATE_PROFILE", "india-class3"),
}


@pytest.mark.parametrize(
    "case",
    [("suspended", "registration", "fault"), ("ended", "certificate", "fault"), ("ending", "certificate", "warning"),
     ("no key", "key-missing", "fault"), ("pepper", "pepper", "fault"), ("tries", "pin", "warning"),
     ("untrusted", "chain", "fault"), ("untrusted", "revocation", "warning"), ("silent", "clock", "warning"),
     ("clock", "clock", "fault"), ("no authority", "clock", "warning"), ("revoked", "revocation", "fault"),
     ("profile", "profile-policy", "warning")],
)  # fmt: skip
def test_each_fault_is_named_with_what_to_do(
    instance: World, cast: Cast, settings: Settings, case: tuple[str, str, str]
) -> None:
    fault, code, state = case
    FAULTS[fault](Bench(register(instance, cast), instance, cast, settings))
    lines = {line.code: line for line in check_up.checks(Credential.objects.get(), cast.actor("secretary"))}
    assert lines[code].state == state
    assert str(lines[code].fault)
    assert code == "pin" or str(lines[code].remedy)


def test_a_fault_offers_another_way_that_is_allowed(
    instance: World, cast: Cast, client: Client, settings: Settings
) -> None:
    settings.SIGNING_BACKENDS = ["agent", "software"]
    credential = register(instance, cast)
    credential.wrapped_key = {}
    credential.save()
    page = text(signed_in(client, cast).get("/signature/check-up/", headers=ENGLISH))
    assert "You can't sign now." in page
    assert "no longer here" in page
    assert "Make a test signature" not in page
    assert 'value="agent"' in page
    assert 'value="software"' not in page
    assert client.post("/signature/renew/", {"backend": "agent"}).status_code == 302
    assert Credential.objects.get(replaces=credential).backend == "agent"


def test_without_a_credential_the_page_says_what_is_next(instance: World, cast: Cast, client: Client) -> None:
    page = text(signed_in(client, cast).get("/signature/check-up/", headers=ENGLISH))
    assert "No digital signature is registered to you." in page
    assert client.post("/signature/check-up/test/").status_code == 409


def test_the_test_signature_is_a_real_one_of_no_effect(instance: World, cast: Cast, client: Client) -> None:
    register(instance, cast)
    signed_in(client, cast)
    answer = client.post("/signature/check-up/test/")
    address = answer.headers["Location"]
    sheet = text(client.get(address, headers=ENGLISH))
    assert 'name="pin"' in sheet
    wrong = client.post(address, {"pin": "neem-tree-48"}, headers=ENGLISH)
    assert wrong.status_code == 403
    assert "Tries left: 4" in text(wrong)
    assert client.post(address, {"pin": PIN}).status_code == 302
    page = text(client.get(address, headers=ENGLISH))
    assert "Your key has signed, and the signature is right." in page
    attempt = SigningAttempt.objects.get()
    assert (attempt.state, attempt.purpose, attempt.reference) == (AttemptState.COMPLETED, "check_up", "")
    assert not SignedPaper.objects.exists(), "nobody can look it up"
    assert client.post(address, {"pin": PIN}).status_code == 409
    assert signed_in(client, cast, "section_officer").get(address).status_code == 404


def test_a_key_elsewhere_is_tested_by_the_sheet_that_waits(instance: World, cast: Cast, client: Client) -> None:
    credential = register(instance, cast)
    Credential.objects.filter(pk=credential.pk).update(backend="agent", wrapped_key={})
    address = signed_in(client, cast).post("/signature/check-up/test/").headers["Location"]
    assert "No PC is paired" in text(client.get(address, headers=ENGLISH))
    assert client.post(address).status_code == 409
