"""The protocol of the custody backends and what they can do.

There are two kinds. Where the key is *opened here* (`unlock` is "pin"), `open` gives it for the length of one act or
one itemised batch. Where it is *elsewhere* (the officer's token, a licensed provider), the signature comes back by
itself as a `SigningAnswer` (`services.answer`), and finishing the act needs no secret any more.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Literal, Protocol

from eoffice.core.errors import Text
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
    """One line of the signer's check-up: what was looked at, whether it is in order, the fault, and who can mend it."""

    code: str
    title: Text
    state: Literal["good", "warning", "fault"]
    fault: Text = ""
    remedy: Text = ""


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
