from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from signatures.engine import softkey
from signatures.engine.certificates import check_raw_signature
from signatures.engine.errors import KeyUnavailable, UnfitPin, WrongPin
from tests.signatures.authority import World, private_key

PEPPER = b"p" * 32
PIN = "neem-tree-47"
FAST = softkey.KdfParams(memory_kib=8 * 1024, passes=1)
BOUND = softkey.Binding("17", "3", "ab" * 32)


def wrapped(kind: softkey.type_of_key = "p-256") -> dict[str, object]:
    return softkey.wrap(private_key(kind, "softkey"), pin=PIN, pepper=PEPPER, binding=BOUND, params=FAST)


@pytest.mark.parametrize("kind", ["rsa-2048", "rsa-3072", "p-256"])
def test_the_right_pin_opens_the_key_and_it_signs(world: World, kind: softkey.type_of_key) -> None:
    officer = world.officer("Softkey", kind)
    row = json.loads(json.dumps(softkey.wrap(officer.key, pin=PIN, pepper=PEPPER, binding=BOUND, params=FAST)))
    with softkey.unlock(row, pin=PIN, pepper=PEPPER, binding=BOUND) as key:
        check_raw_signature(officer.certificate, signature=key.sign(b"text"), data=b"text")


def test_a_wrong_pin_is_an_error_of_its_own() -> None:
    with pytest.raises(WrongPin):
        softkey.unlock(wrapped(), pin="neem-tree-48", pepper=PEPPER, binding=BOUND)


@pytest.mark.parametrize(
    "other",
    [softkey.Binding("18", "3", "ab" * 32), softkey.Binding("17", "4", "ab" * 32), softkey.Binding("17", "3", "cd")],
)
def test_a_row_moved_to_another_officer_credential_or_certificate_does_not_open(other: softkey.Binding) -> None:
    with pytest.raises(WrongPin):
        softkey.unlock(wrapped(), pin=PIN, pepper=PEPPER, binding=other)


def test_binding_parts_can_not_be_shifted_into_each_other() -> None:
    assert softkey.Binding("1", "23", "x").associated_data(1) != softkey.Binding("12", "3", "x").associated_data(1)


def test_without_the_pepper_the_database_alone_opens_nothing() -> None:
    with pytest.raises(WrongPin):
        softkey.unlock(wrapped(), pin=PIN, pepper=b"q" * 32, binding=BOUND)
    with pytest.raises(KeyUnavailable):
        softkey.unlock(wrapped(), pin=PIN, pepper=b"", binding=BOUND)


@pytest.mark.parametrize(
    ("pin", "code"),
    [("1234567", "pin-short"), ("x" * 65, "pin-long"), ("abc\x00defgh", "pin-characters"), ("abababab", "pin-pattern"),
     ("11111111", "pin-pattern"), ("12345678", "pin-pattern"), ("87654321", "pin-pattern")],
)  # fmt: skip
def test_unfit_pins_are_refused_with_the_rule(pin: str, code: str) -> None:
    with pytest.raises(UnfitPin) as refused:
        softkey.check_pin_rules(pin)
    assert refused.value.reason == code


def test_a_pin_in_hindi_opens_in_either_unicode_form() -> None:
    pin, other = "क़ानून-47-नीम", "क़ानून-47-नीम"
    row = softkey.wrap(private_key("p-256", "softkey"), pin=pin, pepper=PEPPER, binding=BOUND, params=FAST)
    softkey.unlock(row, pin=other, pepper=PEPPER, binding=BOUND)


def test_parameters_can_be_raised_and_the_pin_changed() -> None:
    stronger = softkey.KdfParams(memory_kib=9 * 1024, passes=2)
    row = softkey.change_pin(wrapped(), pin=PIN, new_pin="mango-leaf-12", pepper=PEPPER, binding=BOUND, params=stronger)
    assert row["kdf"] == stronger.as_json()
    softkey.unlock(row, pin="mango-leaf-12", pepper=PEPPER, binding=BOUND)
    with pytest.raises(WrongPin):
        softkey.unlock(row, pin=PIN, pepper=PEPPER, binding=BOUND)


@pytest.mark.parametrize(
    "spoil",
    [lambda row: row.update(version=2), lambda row: row.update(key="%%"), lambda row: row.pop("salt"),
     lambda row: row["kdf"].update(memory_kib=1), lambda row: row["kdf"].update(kdf="pbkdf2")],
)  # fmt: skip
def test_a_damaged_row_says_so(spoil: Callable[[dict[str, object]], object]) -> None:
    row = wrapped()
    spoil(row)
    with pytest.raises(KeyUnavailable):
        softkey.unlock(row, pin=PIN, pepper=PEPPER, binding=BOUND)


def test_neither_key_nor_pin_stands_in_the_row_or_in_any_text_about_it() -> None:
    row = wrapped()
    key = softkey.unlock(row, pin=PIN, pepper=PEPPER, binding=BOUND)
    numbers = private_key("p-256", "softkey").private_numbers()  # type: ignore[union-attr]
    secret = format(numbers.private_value, "x")
    for text in (json.dumps(row), repr(key), str(key.__class__)):
        assert PIN not in text
        assert secret not in text


def test_after_the_unlock_has_ended_the_key_signs_nothing() -> None:
    with softkey.unlock(wrapped(), pin=PIN, pepper=PEPPER, binding=BOUND) as key:
        public = key.key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    assert public
    with pytest.raises(KeyUnavailable):
        key.sign(b"text")
