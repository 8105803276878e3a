"""Owns one PKCS#11 session on one token: a process of its own for the length of one unlock (`backends.token`).

Why a process: login counts for a whole process, so another thread of the same one would sign without any PIN; a module
must not be used across fork; a hanging or crashing vendor's module takes nobody with it; and a fresh start sees a token
that was pulled and put in again. Started by its path with `python -I`, so that it loads nothing of this program.

It reads JSON lines and answers each with one: `{"error": code, "name": …}` or the result. PINs come by pipe only.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import resource
import sys
import time
from base64 import b64decode, b64encode
from typing import IO, Any, Final

import pkcs11
from pkcs11 import Attribute, KeyType, Mechanism, ObjectClass
from pkcs11.util.ec import encode_ecdsa_signature, encode_named_curve_parameters

# PKCS#1 v1.5 DigestInfo of SHA-256 (RFC 8017, 9.2), for modules that know only the bare RSA mechanism.
_DIGEST_INFO: Final = bytes.fromhex("3031300d060960864801650304020105000420")
_RSA_BITS: Final = {"rsa-2048": 2048, "rsa-3072": 3072}
_WRONG_PIN: Final = (pkcs11.PinIncorrect, pkcs11.PinInvalid, pkcs11.PinLenRange)
_GONE: Final = (
    pkcs11.DeviceRemoved,
    pkcs11.TokenNotPresent,
    pkcs11.SessionHandleInvalid,
    pkcs11.SessionClosed,
    pkcs11.DeviceError,
)


class Refused(Exception):
    """An answer with a code of ours; `name` is the module's own word for it, for the operator."""

    def __init__(self, code: str, name: str = "") -> None:
        super().__init__(code)
        self.code = code
        self.name = name


_CODES: Final = (
    (_WRONG_PIN, "pin-wrong"),
    ((pkcs11.PinLocked, pkcs11.PinExpired), "pin-locked"),
    ((pkcs11.PinTooWeak,), "pin-weak"),
    ((pkcs11.UserPinNotInitialized,), "pin-unset"),
    (_GONE, "token-pulled"),
    ((pkcs11.NoSuchToken, pkcs11.TokenNotRecognised), "token-absent"),
    ((pkcs11.NoSuchKey, pkcs11.MultipleObjectsReturned), "key-absent"),
    ((pkcs11.MechanismInvalid,), "mechanism-absent"),
    ((pkcs11.TokenWriteProtected,), "token-read-only"),
    ((pkcs11.SessionCount, pkcs11.UserTooManyTypes, pkcs11.AnotherUserAlreadyLoggedIn), "token-busy"),
)


def code_of(error: pkcs11.PKCS11Error) -> str:
    """Our code for what a module says."""
    return next((code for kinds, code in _CODES if isinstance(error, kinds)), "token-error")


class Owner:
    """The module, and from `login` on the one session."""

    def __init__(self, *, module: str, label: str, serial: str, lock: str, wait: float) -> None:
        self._module, self._label, self._serial = module, label, serial
        self._lock, self._wait = lock, wait
        self._held: IO[str] | None = None
        self._session: Any = None
        self._pin = ""
        if not os.path.isfile(module):  # noqa: PTH113 - as little as possible is loaded here
            raise Refused("module-missing")
        try:
            self._lib = pkcs11.lib(module)
        except (RuntimeError, OSError) as error:
            raise Refused("module-broken", type(error).__name__) from error

    def look(self) -> dict[str, Any]:
        """Every token that bears the label, without any login."""
        found = [
            {"label": token.label, "serial": _text(token.serial), "flags": [flag.name for flag in token.flags]}
            for token in self._tokens()
        ]
        return {"tokens": found}

    def _tokens(self) -> list[Any]:
        return [
            token
            for token in self._lib.get_tokens(token_label=self._label)
            if not self._serial or _text(token.serial) == self._serial
        ]

    def login(self, pin: str, *, rw: bool) -> dict[str, Any]:
        """Only after the module has checked the PIN is there a session."""
        self._alone()
        try:
            self._session = self._open(pin, rw=rw)
        except pkcs11.UserAlreadyLoggedIn:
            # Some vendors share a login between processes; then the PIN was not looked at. Log out and ask again.
            self._lib.reinitialize()
            try:
                self._session = self._open(pin, rw=rw)
            except pkcs11.UserAlreadyLoggedIn as error:
                raise Refused("token-shared-login", type(error).__name__) from error
        self._pin = pin
        return {"serial": _text(self._session.token.serial)}

    def _open(self, pin: str, *, rw: bool) -> Any:
        tokens = self._tokens()
        if not tokens:
            raise Refused("token-absent")
        if len(tokens) > 1:
            raise Refused("token-ambiguous")
        return tokens[0].open(rw=rw, user_pin=pin)

    def _alone(self) -> None:
        """One session per token on this machine at a time: cards answer two at once with a mix-up or an error."""
        self._held = open(self._lock, "a")  # noqa: PTH123, SIM115 - held until this process ends
        until = time.monotonic() + self._wait
        while True:
            try:
                fcntl.flock(self._held, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                if time.monotonic() >= until:
                    raise Refused("token-busy") from None
                time.sleep(0.05)
            else:
                return

    def keys(self) -> dict[str, Any]:
        """Private keys that may sign, with the certificate of the same id where there is one."""
        certificates = {
            bytes(one[Attribute.ID]): bytes(one[Attribute.VALUE])
            for one in self._session.get_objects({Attribute.CLASS: ObjectClass.CERTIFICATE})
        }
        found = []
        for key in self._session.get_objects({Attribute.CLASS: ObjectClass.PRIVATE_KEY}):
            where = bytes(key[Attribute.ID])
            der = certificates.get(where, b"")
            found.append({"id": where.hex(), "certificate": b64encode(der).decode()})
        return {"keys": found}

    def make(self, kind: str, where: str, label: str) -> dict[str, Any]:
        """A new key pair that can't leave the token; its public half."""
        store = {Attribute.SENSITIVE: True, Attribute.EXTRACTABLE: False, Attribute.PRIVATE: True}
        common = {"store": True, "id": bytes.fromhex(where), "label": label, "private_template": store}
        if kind == "p-256":
            curve = encode_named_curve_parameters("secp256r1")
            parameters = self._session.create_domain_parameters(KeyType.EC, {Attribute.EC_PARAMS: curve}, local=True)
            public, _private = parameters.generate_keypair(**common)
            return {"ec": bytes(public[Attribute.EC_POINT]).hex()}
        public, _private = self._session.generate_keypair(KeyType.RSA, _RSA_BITS[kind], **common)
        return {"rsa": [bytes(public[Attribute.MODULUS]).hex(), bytes(public[Attribute.PUBLIC_EXPONENT]).hex()]}

    def sign(self, where: str, data: bytes) -> dict[str, Any]:
        """Raw signature over SHA-256 of `data`: RSA PKCS#1 v1.5, or ECDSA in DER."""
        key = self._session.get_key(object_class=ObjectClass.PRIVATE_KEY, id=bytes.fromhex(where))
        known = self._session.token.slot.get_mechanisms()
        each_time = bool(key[Attribute.ALWAYS_AUTHENTICATE]) if _has(key, Attribute.ALWAYS_AUTHENTICATE) else False
        extra = {"pin": self._pin} if each_time else {}
        if key.key_type == KeyType.EC:
            if Mechanism.ECDSA_SHA256 in known:
                raw = key.sign(data, mechanism=Mechanism.ECDSA_SHA256, **extra)
            else:
                raw = key.sign(hashlib.sha256(data).digest(), mechanism=Mechanism.ECDSA, **extra)
            return {"signature": b64encode(encode_ecdsa_signature(raw)).decode()}
        if Mechanism.SHA256_RSA_PKCS in known:
            raw = key.sign(data, mechanism=Mechanism.SHA256_RSA_PKCS, **extra)
        else:
            raw = key.sign(_DIGEST_INFO + hashlib.sha256(data).digest(), mechanism=Mechanism.RSA_PKCS, **extra)
        return {"signature": b64encode(raw).decode()}

    def set_pin(self, old: str, new: str) -> dict[str, Any]:
        self._session.set_pin(old, new)
        return {}

    def close(self) -> None:
        if self._session is not None:
            self._session.close()
        self._lib.finalize()

    def do(self, asked: dict[str, Any]) -> dict[str, Any]:
        """One line's answer."""
        what = asked["do"]
        if what == "look":
            return self.look()
        if what == "login":
            return self.login(asked["pin"], rw=asked["rw"])
        if self._session is None:
            raise Refused("not-logged-in")
        if what == "keys":
            return self.keys()
        if what == "make":
            return self.make(asked["kind"], asked["id"], asked["label"])
        if what == "sign":
            return self.sign(asked["id"], b64decode(asked["data"]))
        if what == "set_pin":
            return self.set_pin(asked["old"], asked["new"])
        raise Refused("unknown-request")


def _text(value: bytes | str) -> str:
    return value.decode("ascii", "replace").strip("\0 ") if isinstance(value, bytes) else value.strip("\0 ")


def _has(key: Any, attribute: Attribute) -> bool:
    try:
        key[attribute]
    except pkcs11.PKCS11Error:
        return False
    return True


def main() -> int:
    # Vendors' modules print; only our own pipe is the answer.
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    # No PIN in a core dump.
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    owner: Owner | None = None
    for line in sys.stdin:
        try:
            asked = json.loads(line)
            if owner is None:
                owner = Owner(**asked)
                answer: dict[str, Any] = {}
            else:
                answer = owner.do(asked)
        except Refused as error:
            answer = {"error": error.code, "name": error.name}
        except pkcs11.PKCS11Error as error:
            answer = {"error": code_of(error), "name": type(error).__name__}
        except Exception as error:  # noqa: BLE001 - whatever a module does, there is an answer, and never its text
            answer = {"error": "token-error", "name": type(error).__name__}
        answers.write(json.dumps(answer) + "\n")
        answers.flush()
    if owner is not None:
        try:
            owner.close()
        except pkcs11.PKCS11Error:
            return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
