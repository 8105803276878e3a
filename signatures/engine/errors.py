"""Refusals of the engine: a code that can be counted and a plain sentence. Services make domain errors of them."""

from __future__ import annotations

from typing import ClassVar


class EngineError(Exception):
    """Root of every refusal of the engine. `code` is stable; the text is for the operator's log, never a secret."""

    code: ClassVar[str] = "engine"

    def __init__(self, detail: str, *, code: str | None = None) -> None:
        super().__init__(detail)
        self.detail = detail
        self.reason = code or self.code


class WrongPin(EngineError):
    """The PIN does not open this key. Nothing else is known: a damaged row and a wrong PIN look alike on purpose."""

    code = "wrong-pin"


class UnfitPin(EngineError):
    """The chosen PIN breaks a rule; the text says which."""

    code = "unfit-pin"


class KeyUnavailable(EngineError):
    """The key can't be opened whatever the PIN: pepper missing, row of an unknown version, damaged parameters."""

    code = "key-unavailable"


class CannotPrepare(EngineError):
    """The PDF must not be signed as it stands; `reason` names what was found in it."""

    code = "cannot-prepare"


class Swapped(EngineError):
    """What came back does not belong to what was prepared (signing.md section 3, swap prevention)."""

    code = "swapped"


class EvidenceMissing(EngineError):
    """A time authority or a revocation source did not answer properly; to be tried again, never silently lowered."""

    code = "evidence-missing"
