from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from urllib.parse import parse_qs, urlsplit
from urllib.request import urlopen

import pytest
from django.db import connection

from eoffice.core import clock
from eoffice.core.errors import BadInput, NotVisible, WrongState
from eoffice.documents.queries import document_bytes
from eoffice.ledger.models import Event
from signatures import custody
from signatures.backends.csc import Csc
from signatures.engine.facts import Level
from signatures.engine.verify import verify
from signatures.models import Backend, Credential, SigningAttempt
from signatures.models_remote import ProviderVisit
from signatures.services import csc, remote, signing
from tests.cast import Cast
from tests.signatures.authority import World, letter
from tests.signatures.remote import rssp as provider
from tests.signatures.remote.certomancer_csc import dummy
from tests.signatures.remote.conftest import Begin, approved, bend, browser_goes, csc_key, returned
from tests.signatures.remote.openssl import cms_verifies


def leave(cast: Cast, *attempts: SigningAttempt) -> csc.Onward:
    return csc.csc_send(papers=attempts, actor=cast.actor("secretary"))


def finish(cast: Cast, *attempts: SigningAttempt) -> list[bytes]:
    documents = signing.signing_finish_many([one.uuid for one in attempts], pin="", actor=cast.actor("secretary"))
    return [document_bytes(one) for one in documents]


def is_good(pdf: bytes, world: World, folder: Path) -> bool:
    """B-B, intact, by the officer, for our verifier and for OpenSSL."""
    report = verify(pdf, trust=custody.trust(), at=clock.now())
    assert report.integrity == "intact"
    assert report.level == Level.B
    return cms_verifies(pdf, world.authority.root_pem(), folder, cades=True)


def test_a_key_is_registered_by_its_own_signature(rssp: str, cast: Cast, instance: World) -> None:
    key = csc_key(cast, "oauth-rsa")
    assert (key.state, key.subject_name) == ("active", "Meera Krishnan (DEMO)")
    assert key.certificate_sha256
    assert key.key_ref["multisign"] == 3
    assert key.key_ref["algorithm"] == "1.2.840.113549.1.1.11"
    assert len(key.chain) == 1
    assert [one.code for one in Csc().check(key)] == ["csc"]


def test_papers_are_released_by_oauth_for_their_hashes_alone(
    rssp: str, cast: Cast, begin: Begin, instance: World, tmp_path: Path
) -> None:
    key = csc_key(cast, "oauth-rsa")
    first, second = begin(key), begin(key, pdf=letter(text="Another letter"))
    onward = leave(cast, first, second)
    asked = parse_qs(urlsplit(onward.url).query)
    assert asked["scope"] == ["credential"]
    assert asked["numSignatures"] == ["2"]
    assert asked["code_challenge_method"] == ["S256"]
    assert len(asked["hashes"][0].split(",")) == 2
    done = returned(onward, cast)
    assert (done.visit.state, done.visit.failure, bytes(done.visit.sealed)) == ("answered", "", b"")
    for pdf in finish(cast, first, second):
        assert is_good(pdf, instance, tmp_path)
    acts = Event.objects.filter(subject_type="signing", subject_id=first.pk).values_list("action", flat=True)
    assert list(acts) == ["signing:begin", "signing:send", "signing:answer", "signing:finish"]


def test_what_does_not_fit_into_one_release_waits_for_the_next(rssp: str, cast: Cast, begin: Begin) -> None:
    key = csc_key(cast, "oauth-rsa")
    papers = [begin(key) for _ in range(4)]
    assert returned(leave(cast, *papers), cast).visit.items.count() == 3
    waiting = remote.papers_to_sign([one.uuid for one in papers], cast.actor("secretary"))
    assert waiting == papers[3:]
    with pytest.raises(WrongState) as refused:
        finish(cast, *papers)
    assert refused.value.code == "signature_awaited"
    returned(leave(cast, *waiting), cast)
    assert len(finish(cast, *papers)) == 4


def test_pin_and_one_time_password_are_passed_on_and_forgotten(
    rssp: str, cast: Cast, begin: Begin, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    key = csc_key(cast, "explicit-p256")
    attempt, actor = begin(key), cast.actor("secretary")
    visit = returned(leave(cast, attempt), cast).visit
    assert [one["id"] for one in csc.factors_of(visit)] == ["PIN", "OTP"]
    csc.csc_send_otp(uuid=visit.uuid, actor=actor)
    for typed, code in (({"PIN": "0000", "OTP": provider.OTP}, "invalid_pin"), ({"PIN": "4711"}, "factor_missing")):
        with pytest.raises(csc.WrongFactor) as refused:
            csc.csc_release(uuid=visit.uuid, typed=typed, actor=actor)
        assert refused.value.code == code
    done = csc.csc_release(uuid=visit.uuid, typed={"PIN": provider.PIN, "OTP": provider.OTP}, actor=actor)
    assert done.visit.state == "answered"
    assert finish(cast, attempt)
    everything = caplog.text
    with connection.cursor() as cursor:
        for table in ("core_outboxrow", "ledger_event", "signatures_credential", "signatures_providervisit"):
            cursor.execute(f"SELECT * FROM {table}")
            everything += json.dumps(cursor.fetchall(), default=str)
    assert provider.OTP not in everything
    assert provider.SECRET not in everything


def test_tokens_are_sealed_while_the_visit_lasts_and_gone_afterwards(rssp: str, cast: Cast, begin: Begin) -> None:
    key = csc_key(cast, "explicit-p256")
    visit = returned(leave(cast, begin(key)), cast).visit
    token = remote.unsealed(visit)["token"]
    assert token.encode() not in bytes(visit.sealed)
    other = ProviderVisit.objects.exclude(pk=visit.pk).latest("pk")
    other.sealed = visit.sealed
    assert remote.unsealed(other) == {}
    closed = remote.visit_cancel(uuid=visit.uuid, actor=cast.actor("secretary"))
    assert bytes(closed.sealed) == b""


@pytest.mark.parametrize(
    ("how", "code"),
    [
        ("other-hash", "signature-wrong"),
        ("other-key", "signature-wrong"),
        ("one-missing", "provider-refused"),
        ("fault", "provider-refused"),
    ],
)
def test_what_comes_back_wrong_signs_nothing(rssp: str, cast: Cast, begin: Begin, how: str, code: str) -> None:
    attempt = begin(csc_key(cast, "oauth-rsa"))
    onward = leave(cast, attempt)
    bend(rssp, how)
    visit = returned(onward, cast).visit
    assert (visit.state, visit.failure) == ("failed", code)
    assert not hasattr(SigningAttempt.objects.get(pk=attempt.pk), "answer")
    assert Event.objects.filter(subject_type="signing", subject_id=attempt.pk, action="signing:fail").exists()


def test_refused_at_the_provider_is_cancelled_and_may_be_tried_again(rssp: str, cast: Cast, begin: Begin) -> None:
    attempt = begin(csc_key(cast, "oauth-rsa"))
    onward = leave(cast, attempt)
    bend(rssp, "deny")
    assert returned(onward, cast).visit.state == "cancelled"
    bend(rssp, "")
    assert returned(leave(cast, attempt), cast).visit.state == "answered"


def test_a_silent_provider_is_said_to_be_silent(rssp: str, cast: Cast, begin: Begin, settings: object) -> None:
    key = csc_key(cast, "oauth-rsa")
    attempt = begin(key)
    bend(rssp, "down")
    assert leave(cast, attempt).visit.failure == "provider-silent"
    settings.CSC_URL = "http://127.0.0.1:9/csc/v2"  # type: ignore[attr-defined]
    assert leave(cast, attempt).visit.failure == "provider-silent"
    assert [one.code for one in Csc().check(key)] == ["csc-silent"]
    settings.CSC_URL = "http://provider.example/csc/v2"  # type: ignore[attr-defined]
    assert [one.code for one in Csc().check(key)] == ["csc-set-up"]


def test_a_return_is_taken_once_and_from_the_officer_who_left(rssp: str, cast: Cast, begin: Begin) -> None:
    onward = leave(cast, begin(csc_key(cast, "oauth-rsa")))
    fields = {"code": "", "error": ""} | browser_goes(onward.url)
    with pytest.raises(BadInput) as stranger:
        csc.csc_returned(**fields, actor=cast.actor("outsider"))
    assert stranger.value.code == "return_unknown"
    with pytest.raises(BadInput):
        csc.csc_returned(**(fields | {"state": "another"}), actor=cast.actor("secretary"))
    assert csc.csc_returned(**fields, actor=cast.actor("secretary")).visit.state == "answered"
    with pytest.raises(BadInput):
        csc.csc_returned(**fields, actor=cast.actor("secretary"))


def test_another_code_than_ours_opens_nothing(rssp: str, cast: Cast, begin: Begin) -> None:
    """PKCE: a code that was given for another verifier is worth nothing (RFC 7636)."""
    key = csc_key(cast, "oauth-rsa")
    attempt = begin(key)
    stolen = browser_goes(leave(cast, attempt).url)["code"]
    onward = leave(cast, attempt)
    fields = {"error": ""} | browser_goes(onward.url) | {"code": stolen}
    visit = csc.csc_returned(**fields, actor=cast.actor("secretary")).visit
    assert (visit.state, visit.provider_code) == ("failed", "invalid_grant")


def test_too_late_is_too_late(rssp: str, cast: Cast, begin: Begin) -> None:
    onward = leave(cast, begin(csc_key(cast, "oauth-rsa")))
    fields = {"code": "", "error": ""} | browser_goes(onward.url)
    with clock.freeze(clock.now() + timedelta(minutes=11)), pytest.raises(WrongState) as refused:
        csc.csc_returned(**fields, actor=cast.actor("secretary"))
    assert refused.value.code == "visit_over"
    assert ProviderVisit.objects.get(pk=onward.visit.pk).state == "expired"


def test_a_stranger_sees_no_visit_and_signs_no_paper(rssp: str, cast: Cast, begin: Begin) -> None:
    attempt = begin(csc_key(cast, "oauth-rsa"))
    onward = leave(cast, attempt)
    with pytest.raises(NotVisible):
        remote.own_visit(onward.visit.uuid, cast.actor("outsider"))
    with pytest.raises(NotVisible):
        remote.papers_to_sign([attempt.uuid], cast.actor("outsider"))


def test_two_numbers_side_by_side_are_an_ecdsa_signature_too(
    rssp: str, cast: Cast, begin: Begin, instance: World, tmp_path: Path
) -> None:
    key, actor = csc_key(cast, "explicit-p256"), cast.actor("secretary")
    attempt = begin(key)
    visit = returned(leave(cast, attempt), cast).visit
    csc.csc_send_otp(uuid=visit.uuid, actor=actor)
    bend(rssp, "flat")
    typed = {"PIN": provider.PIN, "OTP": provider.OTP}
    assert csc.csc_release(uuid=visit.uuid, typed=typed, actor=actor).visit.state == "answered"
    assert is_good(finish(cast, attempt)[0], instance, tmp_path)


def test_the_instance_itself_may_sign_in(rssp: str, cast: Cast, begin: Begin, settings: object) -> None:
    settings.CSC_SERVICE = "client"  # type: ignore[attr-defined]
    credential, actor = approved(cast, Backend.CSC), cast.actor("secretary")
    onward = csc.csc_register(credential=credential, actor=actor)
    assert (onward.url, onward.visit.step) == ("", "keys")


def test_only_the_hashes_leave(rssp: str, cast: Cast, begin: Begin) -> None:
    attempt = begin(csc_key(cast, "oauth-rsa"))
    returned(leave(cast, attempt), cast)
    with urlopen(f"{rssp}/seen", timeout=10) as answer:
        said = json.loads(answer.read())
    last = [one for one in said if one["method"] == "signatures/signHash"][-1]
    assert set(last) == {"method", "credentialID", "hashes", "hashAlgorithmOID", "signAlgo", "operationMode"}
    assert "2026/GAD-3/17" not in json.dumps(said)


@pytest.fixture
def old_service(instance: World, settings: object, tmp_path: Path) -> Iterator[World]:
    """Connected with certomancer's dummy, which speaks version 1.0.4 and asks nobody to sign in."""
    (tmp_path / "csc").mkdir()
    with dummy(tmp_path / "csc") as running:
        settings.CSC_URL, settings.CSC_SERVICE = running.url, "none"  # type: ignore[attr-defined]
        (tmp_path / "trust" / "csc.pem").write_bytes(running.root_pem)
        (tmp_path / "csc-root.pem").write_bytes(running.root_pem)
        yield instance


def test_version_1_as_others_implement_it(old_service: World, cast: Cast, begin: Begin, tmp_path: Path) -> None:
    """certomancer's server: list, info, authorize with pinned hashes, signHash, single and as a batch."""
    credential, actor = approved(cast, Backend.CSC), cast.actor("secretary")
    onward = csc.csc_register(credential=credential, actor=actor)
    offers = {one.key.id: one.why_not for one in csc.csc_keys(uuid=onward.visit.uuid, actor=actor)}
    assert offers == {"test/root": "not-for-signing", "test/officer": ""}
    done = csc.csc_choose(uuid=onward.visit.uuid, key_id="test/officer", actor=actor).visit
    assert (done.state, done.failure) == ("answered", "")
    key = Credential.objects.get(pk=credential.pk)
    papers = [begin(key), begin(key, pdf=letter(text="Another letter"))]
    visit = leave(cast, *papers).visit
    assert (visit.state, visit.failure) == ("answered", "")
    for pdf in finish(cast, *papers):
        report = verify(pdf, trust=custody.trust(), at=clock.now())
        assert (report.integrity, report.level) == ("intact", Level.B)
        assert cms_verifies(pdf, (tmp_path / "csc-root.pem").read_bytes(), tmp_path, cades=True)
