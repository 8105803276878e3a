"""An officer's token in the server's security module, through the services: enrolment, signing, faults in words."""

from __future__ import annotations

import logging

import pytest
from pytest_django import Settings

from eoffice.core.errors import NotAvailable, WrongState
from eoffice.documents.queries import document_bytes
from signatures import check_up, custody
from signatures.backends import backend
from signatures.backends.pkcs11 import _WORDS
from signatures.engine.facts import Verdict
from signatures.engine.verify import verify
from signatures.models import Credential
from signatures.services import activation, signing, unlock, upgrade
from signatures.services.credential import credential_approve, credential_request
from signatures.services.pin import credential_change_pin
from signatures.workflow import CredentialState
from tests.cast import Cast
from tests.signatures.authority import World, letter
from tests.signatures.backends.conftest import TOKEN_PIN
from tests.signatures.conftest import activate
from tests.signatures.softhsm import SoftHsm


@pytest.fixture
def asked(instance: World, cast: Cast, hsm: SoftHsm) -> Credential:
    """The secretary's token is set up and the request is approved."""
    person = cast.employee("secretary")
    hsm.add_token(f"officer-{person.code}", TOKEN_PIN)
    row = credential_request(office_id=cast.offices["GAD"].pk, backend="pkcs11", actor=cast.actor("secretary"))
    return credential_approve(credential_id=row.pk, actor=cast.actor("emd_manager"))


def sign(credential: Credential, cast: Cast, pin: str = TOKEN_PIN) -> bytes:
    actor = cast.actor("secretary")
    attempt = signing.signing_begin(
        pdf=letter(), manifest=None, purpose="letter", subject=cast.employee("secretary"), shown_sha256="a" * 64,
        credential=credential, actor=actor, reference=signing.reference_number(),
    )  # fmt: skip
    signing.signing_finish(attempt_id=attempt.uuid, pin=pin, actor=actor)
    return document_bytes(upgrade.attempt_upgrade(attempt_id=attempt.pk).document)


@pytest.mark.parametrize("kind", ["rsa-2048", "p-256"])
def test_a_key_made_on_the_token_signs_up_to_b_lta(instance: World, cast: Cast, asked: Credential, kind: str) -> None:
    credential = activate(instance, cast, asked, pin=TOKEN_PIN, kind=kind)  # type: ignore[arg-type]
    assert credential.state == CredentialState.ACTIVE
    assert set(credential.key_ref) == {"token", "key"}
    assert credential.wrapped_key == {}
    report = verify(sign(credential, cast), trust=custody.trust(), at=credential.activated_at)
    assert report.integrity == "intact"
    assert report.verdict is not Verdict.TOTAL_FAILED


def test_wrong_pins_are_counted_by_us_too_and_five_suspend(instance: World, cast: Cast, asked: Credential) -> None:
    credential = activate(instance, cast, asked, pin=TOKEN_PIN)
    actor = cast.actor("secretary")
    for left in (4, 3, 2, 1, 0):
        with pytest.raises(unlock.WrongPin) as refused, unlock.unlocked(credential, "wrong-pin-1", actor):
            pass
        assert refused.value.code == ("wrong_pin" if left else "pin_locked")
    assert Credential.objects.get().state == CredentialState.SUSPENDED
    with pytest.raises(unlock.WrongPin), unlock.unlocked(credential, TOKEN_PIN, actor):
        pass


def test_a_wrong_pin_at_activation_is_counted_and_makes_no_key(instance: World, cast: Cast, asked: Credential) -> None:
    with pytest.raises(unlock.WrongPin):
        activate(instance, cast, asked, pin="wrong-pin-1")
    row = Credential.objects.get()
    assert (row.state, row.pin_failures, row.key_ref) == (CredentialState.APPROVED, 1, {})
    activate(instance, cast, asked, pin=TOKEN_PIN)
    assert Credential.objects.get().pin_failures == 0


def test_a_pulled_token_is_a_fault_in_words_and_no_wrong_try(
    instance: World, cast: Cast, asked: Credential, hsm: SoftHsm
) -> None:
    credential = activate(instance, cast, asked, pin=TOKEN_PIN)
    hsm.pull()
    (line,) = backend("pkcs11").check(credential)
    assert line.state == "fault"
    assert line.remedy
    with pytest.raises(NotAvailable) as refused, unlock.unlocked(credential, TOKEN_PIN, cast.actor("secretary")):
        pass
    assert refused.value.code == "hsm_token_absent"
    assert Credential.objects.get().pin_failures == 0
    hsm.put_back()
    (line,) = backend("pkcs11").check(credential)
    assert line.state == "good"
    with unlock.unlocked(credential, TOKEN_PIN, cast.actor("secretary")) as key:
        assert key.sign(b"text")
    with pytest.raises(NotAvailable):
        key.sign(b"text")


@pytest.mark.parametrize(
    "setup",
    [("", "officer-{code}", "hsm_not_set_up"), ("/nowhere.so", "officer-{code}", "hsm_module_missing"),
     (__file__, "officer-{code}", "hsm_module_broken"), (None, "one-for-all", "hsm_pattern")],
)  # fmt: skip
def test_a_server_that_is_set_up_wrongly_says_so(
    instance: World, cast: Cast, asked: Credential, settings: Settings, setup: tuple[str | None, str, str]
) -> None:
    module, pattern, code = setup
    credential = activate(instance, cast, asked, pin=TOKEN_PIN)
    settings.PKCS11_MODULE = settings.PKCS11_MODULE if module is None else module
    settings.PKCS11_TOKEN = pattern
    with pytest.raises(NotAvailable) as refused, unlock.unlocked(credential, TOKEN_PIN, cast.actor("secretary")):
        pass
    assert refused.value.code == code
    assert any(line.state == "fault" for line in check_up.checks(credential, cast.actor("secretary")))


def test_a_key_that_lies_there_with_its_certificate_is_registered_after_it_has_signed(
    instance: World, cast: Cast, asked: Credential, hsm: SoftHsm
) -> None:
    actor = cast.actor("secretary")
    with pytest.raises(WrongState) as refused:
        activation.credential_adopt(credential_id=asked.pk, pin=TOKEN_PIN, actor=actor)
    assert refused.value.code == "token_empty"
    officer = instance.officer("Meera Krishnan")
    hsm.put_key(f"officer-{cast.employee('secretary').code}", TOKEN_PIN, officer, "0a0b")
    other = instance.officer("Somebody Else")
    hsm.put_certificate(f"officer-{cast.employee('secretary').code}", TOKEN_PIN, other.certificate, "0c0d")
    credential = activation.credential_adopt(credential_id=asked.pk, pin=TOKEN_PIN, actor=actor)
    assert bytes(credential.certificate) == officer.certificate
    assert credential.key_ref["key"] == "0a0b"
    with unlock.unlocked(credential, TOKEN_PIN, actor) as key:
        assert key.sign(b"text")


def test_another_key_under_the_same_id_signs_nothing(instance: World, cast: Cast, asked: Credential) -> None:
    credential = activate(instance, cast, asked, pin=TOKEN_PIN)
    credential.certificate = instance.officer("Somebody Else", "p-256").certificate
    with (
        pytest.raises(WrongState) as refused,
        unlock.unlocked(credential, TOKEN_PIN, cast.actor("secretary")) as key,
    ):
        key.sign(b"text")
    assert refused.value.code == "hsm_key_other"


def test_the_pin_of_the_token_is_changed_through_the_page_of_pins(
    instance: World, cast: Cast, asked: Credential
) -> None:
    credential = activate(instance, cast, asked, pin=TOKEN_PIN)
    actor = cast.actor("secretary")
    credential_change_pin(credential_id=credential.pk, pin=TOKEN_PIN, new_pin="palash-7742", actor=actor)
    with pytest.raises(unlock.WrongPin), unlock.unlocked(credential, TOKEN_PIN, actor):
        pass
    with unlock.unlocked(credential, "palash-7742", actor) as key:
        assert key.sign(b"text")


def test_without_a_connected_authority_the_key_waits_on_the_token(
    instance: World, cast: Cast, asked: Credential
) -> None:
    actor = cast.actor("secretary")
    waiting = activation.credential_prepare(credential_id=asked.pk, pin=TOKEN_PIN, actor=actor, kind="p-256")
    issued = instance.authority.issue_for_request(bytes(waiting.certificate_request), name="Meera Krishnan")
    credential = activation.credential_certify(
        credential_id=asked.pk, certificate=issued.certificate, chain=issued.chain, pin=TOKEN_PIN, actor=actor
    )
    with unlock.unlocked(credential, TOKEN_PIN, actor) as key:
        assert key.sign(b"text")


def test_no_pin_of_a_token_stands_in_logs_or_errors(
    instance: World, cast: Cast, asked: Credential, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    credential = activate(instance, cast, asked, pin=TOKEN_PIN)
    said = ""
    try:
        with unlock.unlocked(credential, "gulmohar-9642", cast.actor("secretary")):
            pass
    except unlock.WrongPin as error:
        said = f"{error!r}{error}{error.__context__!r}"
    assert TOKEN_PIN not in caplog.text + said
    assert "gulmohar-9642" not in caplog.text + said


def test_each_fault_has_words_and_a_remedy() -> None:
    assert all(str(message) and str(remedy) for message, remedy in _WORDS.values())
