"""Custody of a software key (design 6, backend 5): only the officer's PIN together with this machine's pepper opens it.

At rest: PKCS#8 under a random data key (AES-256-GCM, bound to officer, credential, certificate and version), the data
key wrapped by KEK = HKDF(Argon2id(PIN, salt), pepper). Never a PKCS#12: its stretching falls on one core in hours
(signing.md section 5). The parameters stand in each row, so that they can be raised later.
"""

from __future__ import annotations

import os
import unicodedata
from base64 import b64decode, b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from itertools import pairwise
from types import TracebackType
from typing import Any, Final, Literal, Self

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from signatures.engine.errors import KeyUnavailable, UnfitPin, WrongPin

type_of_key = Literal["rsa-3072", "rsa-2048", "p-256"]
PrivateKey = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey

# RSA-3072 (128-bit strength, NIST SP 800-57) is the default: a P-256 certificate makes most writers raise the file to
# PDF 2.0, and PDF/A-2 and PDF/A-3 are 1.7 (docs/decisions on keys). RSA-2048 serves training, where speed matters.
DEFAULT_KEY: Final[type_of_key] = "rsa-3072"
VERSION: Final = 1
PIN_MIN: Final = 8
PIN_MAX: Final = 64
PEPPER_MIN_BYTES: Final = 32


@dataclass(frozen=True)
class KdfParams:
    """Cost of guessing one PIN. The default takes about 0.17 s on the reference machine."""

    memory_kib: int = 64 * 1024
    passes: int = 3
    lanes: int = 1

    def is_weaker_than(self, other: KdfParams) -> bool:
        """Whether `other` asks more of whoever guesses: more work, and in no less memory."""
        work, more = self.memory_kib * self.passes, other.memory_kib * other.passes
        return more > work and other.memory_kib >= self.memory_kib

    def as_json(self) -> dict[str, Any]:
        return {"kdf": "argon2id", "memory_kib": self.memory_kib, "passes": self.passes, "lanes": self.lanes}

    @classmethod
    def from_json(cls, row: Mapping[str, Any]) -> KdfParams:
        if row.get("kdf") != "argon2id":
            raise KeyUnavailable("The key row names a key derivation that this version does not know.")
        params = cls(int(row["memory_kib"]), int(row["passes"]), int(row["lanes"]))
        if not (
            8 * 1024 <= params.memory_kib <= 1024 * 1024
            and params.passes in range(1, 65)
            and params.lanes in range(1, 17)
        ):
            raise KeyUnavailable("The key row's derivation parameters are out of bounds.")
        return params


@dataclass(frozen=True)
class Binding:
    """What a wrapped key belongs to. It goes in as associated data: a row copied to another officer does not open."""

    officer_id: str
    credential_id: str
    certificate_sha256: str

    def associated_data(self, version: int) -> bytes:
        parts = ("eoffice-softkey", self.officer_id, self.credential_id, self.certificate_sha256, str(version))
        return b"".join(len(part.encode()).to_bytes(4, "big") + part.encode() for part in parts)


def new_private_key(kind: type_of_key = DEFAULT_KEY) -> PrivateKey:
    if kind == "p-256":
        return ec.generate_private_key(ec.SECP256R1())
    return rsa.generate_private_key(public_exponent=65537, key_size=3072 if kind == "rsa-3072" else 2048)


def check_pin_rules(pin: str) -> str:
    """The PIN in the form in which it is stretched (NFC); `UnfitPin` says which rule it breaks."""
    pin = unicodedata.normalize("NFC", pin)
    if len(pin) < PIN_MIN:
        raise UnfitPin(f"A PIN has at least {PIN_MIN} characters.", code="pin-short")
    if len(pin) > PIN_MAX:
        raise UnfitPin(f"A PIN has at most {PIN_MAX} characters.", code="pin-long")
    if any(unicodedata.category(character).startswith("C") for character in pin):
        raise UnfitPin("A PIN can't contain control characters.", code="pin-characters")
    if len(set(pin)) < 3 or _is_run(pin):  # noqa: PLR2004 - fewer different characters than three is a pattern
        raise UnfitPin("A PIN of repeated or counted-up characters is guessed first.", code="pin-pattern")
    return pin


def _is_run(pin: str) -> bool:
    steps = {ord(after) - ord(before) for before, after in pairwise(pin)}
    return steps in ({1}, {-1})


def _kek(pin: str, salt: bytes, pepper: bytes, params: KdfParams) -> bytes:
    if len(pepper) < PEPPER_MIN_BYTES:
        raise KeyUnavailable("The pepper is missing or too short; it lies outside the database (EOFFICE_PEPPER_FILE).")
    stretched = Argon2id(
        salt=salt, length=32, iterations=params.passes, lanes=params.lanes, memory_cost=params.memory_kib
    ).derive(unicodedata.normalize("NFC", pin).encode())
    return HKDF(algorithm=hashes.SHA256(), length=32, salt=pepper, info=b"eoffice softkey KEK v1").derive(stretched)


def wrap(
    key: PrivateKey, *, pin: str, pepper: bytes, binding: Binding, params: KdfParams | None = None
) -> dict[str, Any]:
    """The key as a JSON row that only `unlock` with the same PIN, pepper and binding can open."""
    pin = check_pin_rules(pin)
    params = params or KdfParams()
    salt, data_key, wrap_nonce, key_nonce = os.urandom(16), os.urandom(32), os.urandom(12), os.urandom(12)
    der = key.private_bytes(serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    bound = binding.associated_data(VERSION)
    row = {
        "version": VERSION,
        "kdf": params.as_json(),
        "salt": salt,
        "data_key_nonce": wrap_nonce,
        "data_key": AESGCM(_kek(pin, salt, pepper, params)).encrypt(wrap_nonce, data_key, bound),
        "key_nonce": key_nonce,
        "key": AESGCM(data_key).encrypt(key_nonce, der, bound),
    }
    return {name: b64encode(value).decode() if isinstance(value, bytes) else value for name, value in row.items()}


def change_pin(
    row: Mapping[str, Any], *, pin: str, new_pin: str, pepper: bytes, binding: Binding, params: KdfParams | None = None
) -> dict[str, Any]:
    """The same key under a new PIN or raised parameters. `WrongPin` when the present one does not open it."""
    with unlock(row, pin=pin, pepper=pepper, binding=binding) as opened:
        return wrap(opened.key, pin=new_pin, pepper=pepper, binding=binding, params=params)


class UnlockedKey:
    """A key opened for one act or one itemised batch. Use as a context manager; afterwards it signs nothing more.

    The key object is cached: loading it costs 40 to 46 ms for RSA and the stock signer of pyHanko does it twice per
    signature (signing.md section 4).
    """

    def __init__(self, key: PrivateKey) -> None:
        self._key: PrivateKey | None = key

    def __repr__(self) -> str:
        return "<UnlockedKey>" if self._key else "<UnlockedKey closed>"

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._key = None

    @property
    def key(self) -> PrivateKey:
        if self._key is None:
            raise KeyUnavailable("The unlock has ended; the PIN must be entered again.")
        return self._key

    def sign(self, data: bytes) -> bytes:
        """Raw signature over SHA-256 of `data`: RSA PKCS#1 v1.5 or ECDSA by the kind of key."""
        key = self.key
        if isinstance(key, ec.EllipticCurvePrivateKey):
            return key.sign(data, ec.ECDSA(hashes.SHA256()))
        return key.sign(data, padding.PKCS1v15(), hashes.SHA256())


def unlock(row: Mapping[str, Any], *, pin: str, pepper: bytes, binding: Binding) -> UnlockedKey:
    """The opened key, or `WrongPin`. Counting wrong tries and locking is the caller's: this function has no memory."""
    if row.get("version") != VERSION:
        raise KeyUnavailable("The key row is of a version that this program does not know.")
    params = KdfParams.from_json(row["kdf"])
    try:
        salt, wrap_nonce, wrapped, key_nonce, sealed = (
            b64decode(str(row[name]), validate=True)
            for name in ("salt", "data_key_nonce", "data_key", "key_nonce", "key")
        )
    except (KeyError, ValueError) as error:
        raise KeyUnavailable("The key row is damaged.") from error
    bound = binding.associated_data(VERSION)
    kek = _kek(pin[: PIN_MAX + 1], salt, pepper, params)
    try:
        data_key = AESGCM(kek).decrypt(wrap_nonce, wrapped, bound)
        der = AESGCM(data_key).decrypt(key_nonce, sealed, bound)
    except InvalidTag as error:
        raise WrongPin("The PIN does not open this key.") from error
    # Our own bytes, authenticated a line above: the slow consistency check of the RSA numbers adds nothing.
    key = serialization.load_der_private_key(der, password=None, unsafe_skip_rsa_key_validation=True)
    if not isinstance(key, rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey):
        raise KeyUnavailable("The key is of a kind that is not used for signing here.")
    return UnlockedKey(key)


def certificate_fingerprint(certificate_der: bytes) -> str:
    return sha256(certificate_der).hexdigest()
