"""The protocol of the custody backends and what they can do.

There are two kinds. Where the key is *opened here* (`unlock` is "pin"), `open` gives it for the length of one act or
one itemised batch. Where it is *elsewhere* (the officer's token, a licensed provider), the signature comes back by
itself as a `SigningAnswer` (`services.answer`), and finishing the act needs no secret any more.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any, Literal, Protocol, runtime_checkable

from eoffice.core.errors import Text
from signatures.engine.softkey import type_of_key
from signatures.models import Credential, SigningAttempt


class OpenKey(Protocol):
    """An opened key. It signs as long as its context is open, and nothing afterwards."""

    def sign(self, data: bytes) -> bytes:
        """Raw signature over SHA-256 of `data` (RSA PKCS#1 v1.5 or ECDSA in DER), by the key of the certificate."""
        ...


@dataclass(frozen=True)
class Capabilities:
    """`batch`: one unlock signs an itemised list (design 6). `generates`: the key is made here, at activation."""

    unlock: Literal["pin", "elsewhere"]
    batch: bool
    generates: bool


@dataclass(frozen=True)
class Check:
    """One line of the signer's check-up: what was looked at, whether it is in order, the fault, and who can mend it.

    `found` says what was seen where all is in order.
    """

    code: str
    title: Text
    state: Literal["good", "warning", "fault"]
    fault: Text = ""
    remedy: Text = ""
    found: Text = ""


class Backend(Protocol):
    """Where a private key lives and how its officer releases it. Raises domain errors only."""

    code: str
    capabilities: Capabilities

    def check(self, credential: Credential) -> Sequence[Check]:
        """Is the place where the key lives reachable now? Without any secret; it takes three seconds at most."""
        ...

    def open(self, credential: Credential, *, secret: str) -> AbstractContextManager[OpenKey]:
        """Open the key with the officer's PIN. `engine.errors.WrongPin` when it is wrong: the caller counts tries.

        Only for backends whose key is opened here; the others refuse with `opened_elsewhere`.
        """
        ...

    def start_url(self, attempts: Sequence[SigningAttempt]) -> str:
        """Where the officer goes on to sign these, for backends elsewhere that want a visit; else the empty string."""
        ...


@runtime_checkable
class MayBeUnset(Protocol):
    """A backend that this instance has only once the operator named its place; others are there always."""

    def is_set_up(self) -> bool:
        """Whether the settings name what this backend needs. No network, no secret."""
        ...


class NewKey(Protocol):
    """A key just made, in the officer's hands as long as its context is open."""

    @property
    def request(self) -> bytes:
        """PKCS#10 in DER, signed by the new key: proof of possession (RFC 2986, section 4.2)."""
        ...

    def kept(self, certificate_sha256: str) -> tuple[dict[str, Any], dict[str, Any]]:
        """`wrapped_key` and `key_ref` for the credential's row; bound to the certificate, or to none yet."""
        ...


@dataclass(frozen=True)
class KeyOnToken:
    """A key with its certificate that lay in the backend's place before."""

    certificate: bytes
    chain: tuple[bytes, ...]
    key_ref: dict[str, Any]


@runtime_checkable
class Keeper(Protocol):
    """A backend whose keys are opened here: it makes them, and lets the officer choose another PIN.

    `engine.errors.WrongPin` when a PIN is wrong; domain errors for all else. No PIN outlives the call.
    """

    def make(self, credential: Credential, *, pin: str, kind: type_of_key) -> AbstractContextManager[NewKey]:
        """Make the officer's key. For `software` the PIN is the one that the key gets; a token's opens the token."""
        ...

    def bind(self, credential: Credential, *, pin: str, certificate: bytes) -> dict[str, Any]:
        """Prove that the officer's PIN opens the key of this certificate; the new `wrapped_key`, bound to it.

        `engine.errors.Swapped` when the kept key is not the certificate's.
        """
        ...

    def change_pin(self, credential: Credential, *, pin: str, new_pin: str) -> dict[str, Any]:
        """The same key under another PIN; the new `wrapped_key`."""
        ...


@runtime_checkable
class Adopts(Protocol):
    """A backend in whose place an officer may have a key with its certificate already."""

    def find(self, credential: Credential, *, pin: str) -> Sequence[KeyOnToken]:
        """The keys for signing that lie there with their certificates, possession proven by a signature each."""
        ...
