"""A PKCS#11 token in the hands of a process of its own (`token_owner`): opened with the officer's PIN, for one unlock.

Time limits hold for every step; what does not answer in time is ended. Nothing here knows the database.
"""

from __future__ import annotations

import json
import os
import select
import subprocess
import sys
from base64 import b64decode, b64encode
from contextlib import suppress
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

from cryptography.hazmat.primitives.asymmetric import ec, rsa

from signatures.engine.errors import EngineError, WrongPin

LOOK_SECONDS: Final = 3.0
LOGIN_SECONDS: Final = 15.0
SIGN_SECONDS: Final = 15.0
MAKE_SECONDS: Final = 90.0
_OWNER: Final = str(Path(__file__).with_name("token_owner.py"))
_LINE_MAX: Final = 4 * 1024 * 1024
# A child needs the module's own settings (SOFTHSM2_CONF, vendors' configuration), never this program's secrets.
_SECRET: Final = ("EOFFICE_", "DATABASE_URL", "DJANGO_")

PublicKey = rsa.RSAPublicKey | ec.EllipticCurvePublicKey


class TokenError(EngineError):
    """The token or its module refuses; `reason` is one of the codes that `backends.pkcs11` has words for."""

    code = "token-error"


@dataclass(frozen=True)
class Place:
    """Which token: the module, its label, and where known its serial number; `locks` is a folder of this machine."""

    module: str
    label: str
    locks: Path
    serial: str = ""


@dataclass(frozen=True)
class Found:
    """A token as it shows itself without login."""

    serial: str
    flags: frozenset[str]


@dataclass(frozen=True)
class TokenKey:
    """A private key on the token; `certificate` is empty where none of the same id lies there."""

    key_id: str
    certificate: bytes


class Session:
    """The conversation with one owner process. Use as a context manager; at its end the token is logged out."""

    def __init__(self, place: Place) -> None:
        place.locks.mkdir(parents=True, exist_ok=True)
        name = sha256(f"{place.module}\0{place.label}".encode()).hexdigest()[:24]
        self._child = subprocess.Popen(  # noqa: S603 - our own file beside this one
            [sys.executable, "-I", _OWNER],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={key: value for key, value in os.environ.items() if not key.startswith(_SECRET)},
            start_new_session=True,
        )
        self._buffer = b""
        self._serial = place.serial
        try:
            self._ask(
                {"module": place.module, "label": place.label, "serial": place.serial,
                 "lock": str(place.locks / f"token-{name}.lock"), "wait": LOGIN_SECONDS - 5},
                LOOK_SECONDS,
            )  # fmt: skip
        except BaseException:
            self._end()
            raise

    def __repr__(self) -> str:
        return "<token session>"

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._end()

    def look(self) -> list[Found]:
        answer = self._ask({"do": "look"}, LOOK_SECONDS)
        return [Found(one["serial"], frozenset(one["flags"])) for one in answer["tokens"]]

    def login(self, pin: str, *, writing: bool = False) -> str:
        """Log in; the token's serial number. `WrongPin` when the token says so, `TokenError` for all else."""
        return str(self._ask({"do": "login", "pin": pin, "rw": writing}, LOGIN_SECONDS)["serial"])

    def private_keys(self) -> list[TokenKey]:
        answer = self._ask({"do": "keys"}, SIGN_SECONDS)
        return [TokenKey(one["id"], b64decode(one["certificate"])) for one in answer["keys"]]

    def make(self, *, kind: str, key_id: str, label: str) -> PublicKey:
        """A new key pair that never leaves the token; its public key."""
        answer = self._ask({"do": "make", "kind": kind, "id": key_id, "label": label}, MAKE_SECONDS)
        if "ec" in answer:
            point = bytes.fromhex(answer["ec"])
            # CKA_EC_POINT is an OCTET STRING around the point (PKCS#11 v2.40, 2.3.3); some modules leave it out.
            point = point[2:] if point[0] == 4 and point[1] == len(point) - 2 else point  # noqa: PLR2004 - DER
            return ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), point)
        modulus, exponent = (int(number, 16) for number in answer["rsa"])
        return rsa.RSAPublicNumbers(exponent, modulus).public_key()

    def sign(self, key_id: str, data: bytes) -> bytes:
        answer = self._ask({"do": "sign", "id": key_id, "data": b64encode(data).decode()}, SIGN_SECONDS)
        return b64decode(answer["signature"])

    def set_pin(self, *, old: str, new: str) -> None:
        self._ask({"do": "set_pin", "old": old, "new": new}, LOGIN_SECONDS)

    def _ask(self, request: dict[str, Any], seconds: float) -> dict[str, Any]:
        if self._child.stdin is None or self._child.poll() is not None:
            raise TokenError("The process that owned the token has ended.", code="token-died")
        try:
            self._child.stdin.write(json.dumps(request).encode() + b"\n")
            self._child.stdin.flush()
        except (OSError, ValueError) as error:
            raise TokenError("The process that owned the token has ended.", code="token-died") from error
        answer: dict[str, Any] = json.loads(self._line(seconds))
        code = answer.get("error")
        if code == "pin-wrong":
            raise WrongPin("The token says that the PIN is wrong.")
        if code is not None:
            raise TokenError(f"The token refuses ({answer['name'] or code}).", code=code)
        return answer

    def _line(self, seconds: float) -> bytes:
        assert self._child.stdout is not None
        while b"\n" not in self._buffer:
            waiting = select.poll()
            waiting.register(self._child.stdout, select.POLLIN | select.POLLHUP)
            if not waiting.poll(seconds * 1000):
                self._kill()
                raise TokenError("The token's module did not answer in time.", code="token-silent")
            part = os.read(self._child.stdout.fileno(), 65536)
            if not part or len(self._buffer) > _LINE_MAX:
                self._kill()
                raise TokenError("The token's module ended the process.", code="token-died")
            self._buffer += part
        line, _, self._buffer = self._buffer.partition(b"\n")
        return line

    def _end(self) -> None:
        """Log out by closing the pipe; who does not go in time is ended."""
        if self._child.stdin is not None:
            with suppress(OSError):
                self._child.stdin.close()
        try:
            self._child.wait(timeout=3)
        except subprocess.TimeoutExpired:
            self._kill()
        if self._child.stdout is not None:
            self._child.stdout.close()

    def _kill(self) -> None:
        self._child.kill()
        self._child.wait()
