"""Opening keys: raised parameters, other PINs, damaged rows, swapped rows, two at once (signing.md 9.7)."""

from __future__ import annotations

import gc
import json
import logging
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from cryptography import x509
from django.db import connection
from pytest_django import Settings

from eoffice.core.errors import DomainError, NotAvailable, WrongState
from signatures.engine import softkey
from signatures.engine.errors import KeyUnavailable
from signatures.models import Credential
from signatures.services import unlock
from signatures.services.credential import credential_suspend
from signatures.services.pin import credential_change_pin
from signatures.workflow import CredentialState
from tests.cast import Cast, build_cast
from tests.signatures.authority import World
from tests.signatures.conftest import PIN, register
from tests.signatures.services.test_races import at_once


def test_a_row_of_weaker_parameters_is_wrapped_anew_when_its_officer_opens_it(
    instance: World, cast: Cast, settings: Settings
) -> None:
    credential, actor = register(instance, cast), cast.actor("secretary")
    weak = credential.wrapped_key
    settings.KEY_KDF_MEMORY_MB, settings.KEY_KDF_PASSES = 9, 2
    with unlock.unlocked(credential, PIN, actor) as key:
        assert key.sign(b"text")
    strong = Credential.objects.get().wrapped_key
    assert strong["kdf"] == {"kdf": "argon2id", "memory_kib": 9 * 1024, "passes": 2, "lanes": 1}
    assert strong["salt"] != weak["salt"]
    assert strong["key"] != weak["key"]
    with unlock.unlocked(Credential.objects.get(), PIN, actor):
        pass
    assert Credential.objects.get().wrapped_key == strong, "once is enough"
    settings.KEY_KDF_MEMORY_MB, settings.KEY_KDF_PASSES = 8, 1
    with unlock.unlocked(Credential.objects.get(), PIN, actor):
        pass
    assert Credential.objects.get().wrapped_key == strong, "never weaker"


def test_a_wrong_pin_raises_no_parameters(instance: World, cast: Cast, settings: Settings) -> None:
    credential = register(instance, cast)
    settings.KEY_KDF_PASSES = 2
    with pytest.raises(unlock.WrongPin), unlock.unlocked(credential, "neem-tree-48", cast.actor("secretary")):
        pass
    assert Credential.objects.get().wrapped_key == credential.wrapped_key


def test_rows_swapped_between_officers_or_certificates_open_for_nobody(instance: World, cast: Cast) -> None:
    mine, other = register(instance, cast), register(instance, cast, "section_officer")
    mine.wrapped_key, other.wrapped_key = other.wrapped_key, mine.wrapped_key
    mine.save()
    other.save()
    for credential, name in ((mine, "secretary"), (other, "section_officer")):
        with pytest.raises(unlock.WrongPin), unlock.unlocked(credential, PIN, cast.actor(name)):
            pass
    moved = register(instance, cast, "under_secretary")
    moved.certificate_sha256 = "ab" * 32
    moved.save()
    with pytest.raises(unlock.WrongPin), unlock.unlocked(moved, PIN, cast.actor("under_secretary")):
        pass


@pytest.mark.parametrize(
    "spoil",
    [lambda row: row.clear(), lambda row: row.update(version=9), lambda row: row["kdf"].update(memory_kib=2**30)],
)  # fmt: skip
def test_a_damaged_row_is_an_answer_in_words_and_no_wrong_try(
    instance: World, cast: Cast, spoil: Callable[[dict[str, object]], object]
) -> None:
    credential = register(instance, cast)
    spoil(credential.wrapped_key)
    credential.save()
    with pytest.raises(NotAvailable) as refused, unlock.unlocked(credential, PIN, cast.actor("secretary")):
        pass
    assert refused.value.code == "key_damaged"
    assert Credential.objects.get().pin_failures == 0


def test_without_the_pepper_nothing_opens_and_no_try_is_lost(instance: World, cast: Cast, settings: Settings) -> None:
    credential = register(instance, cast)
    Path(settings.PEPPER_FILE).unlink()
    with pytest.raises(NotAvailable) as refused, unlock.unlocked(credential, PIN, cast.actor("secretary")):
        pass
    assert refused.value.code == "pepper_missing"
    assert Credential.objects.get().pin_failures == 0
    assert not Path(settings.PEPPER_FILE).exists(), "a new one would make every PIN wrong"


def test_after_the_act_the_key_object_is_gone(instance: World, cast: Cast) -> None:
    credential = register(instance, cast)
    with unlock.unlocked(credential, PIN, cast.actor("secretary")) as key:
        assert key.sign(b"text")
    with pytest.raises(KeyUnavailable):
        key.sign(b"text")
    del key
    gc.collect()
    assert not [one for one in gc.get_objects() if isinstance(one, softkey.UnlockedKey) and one._key is not None
                and one._key.public_key() == _public(credential)]  # fmt: skip


def _public(credential: Credential) -> object:
    return x509.load_der_x509_certificate(bytes(credential.certificate)).public_key()


def test_another_failure_in_the_block_is_no_wrong_try(instance: World, cast: Cast) -> None:
    credential = register(instance, cast)
    with pytest.raises(ZeroDivisionError), unlock.unlocked(credential, PIN, cast.actor("secretary")):
        raise ZeroDivisionError
    assert Credential.objects.get().pin_failures == 0


def test_pins_and_keys_are_in_no_row_log_or_error_when_they_change(
    instance: World, cast: Cast, caplog: pytest.LogCaptureFixture, settings: Settings
) -> None:
    caplog.set_level(logging.DEBUG)
    credential, actor = register(instance, cast), cast.actor("secretary")
    settings.KEY_KDF_PASSES = 2
    said = ""
    for pin, new in (("gulmohar-9642", "kachnar-8531"), (PIN, "kachnar-8531"), ("kachnar-8531", "1234")):
        try:
            credential_change_pin(credential_id=credential.pk, pin=pin, new_pin=new, actor=actor)
        except DomainError as error:
            said += f"{error!r}{error}{error.message}{error.remedy}{error.__cause__!r}{error.__context__!r}"
    everything = caplog.text + said
    with connection.cursor() as cursor:
        for table in ("core_outboxrow", "ledger_event", "signatures_credential"):
            cursor.execute(f"SELECT * FROM {table}")
            everything += json.dumps(cursor.fetchall(), default=str)
    for secret in ("gulmohar-9642", "kachnar-8531", PIN, "PRIVATE KEY"):
        assert secret not in everything


@pytest.mark.django_db(transaction=True)
def test_two_unlocks_at_once_both_open_and_leave_no_count(instance: World) -> None:
    cast = build_cast()
    credential, actor = register(instance, cast), cast.actor("secretary")
    inside = threading.Barrier(2, timeout=20)

    def work() -> None:
        with unlock.unlocked(credential, PIN, actor) as key:
            inside.wait()
            assert key.sign(b"text")

    assert at_once(2, work)["done"] == 2
    assert Credential.objects.get().pin_failures == 0


@pytest.mark.django_db(transaction=True)
def test_of_two_changes_of_the_pin_at_once_one_holds(instance: World) -> None:
    cast = build_cast()
    credential, actor = register(instance, cast), cast.actor("secretary")
    pins = iter(["kachnar-8531", "gulmohar-9642"])
    lock = threading.Lock()

    def work() -> None:
        with lock:
            new = next(pins)
        credential_change_pin(credential_id=credential.pk, pin=PIN, new_pin=new, actor=actor)

    outcomes = at_once(2, work)
    assert outcomes["done"] == 1
    assert sum(outcomes.values()) == 2
    opened = 0
    for pin in ("kachnar-8531", "gulmohar-9642"):
        try:
            with unlock.unlocked(Credential.objects.get(), pin, actor):
                opened += 1
        except unlock.WrongPin:
            pass
    assert opened == 1


@pytest.mark.django_db(transaction=True)
def test_a_key_suspended_while_its_pin_is_tried_does_not_open(instance: World, monkeypatch: pytest.MonkeyPatch) -> None:
    cast = build_cast()
    credential, actor = register(instance, cast), cast.actor("secretary")
    right = unlock._right

    def slow(row: Credential) -> None:
        right(row)
        credential_suspend(credential_id=row.pk, why="lost", actor=cast.actor("emd_manager"))

    monkeypatch.setattr(unlock, "_right", slow)
    with pytest.raises(WrongState) as refused, unlock.unlocked(credential, PIN, actor):
        pass
    assert refused.value.code == "credential_not_active"
    assert Credential.objects.get().state == CredentialState.SUSPENDED
