"""Where officers' private keys live (design 6): one protocol, one backend a module, found by the credential's code."""

from __future__ import annotations

from signatures.backends.base import Backend, Capabilities, Check, OpenKey
from signatures.backends.software import Software

_BACKENDS: dict[str, Backend] = {backend.code: backend for backend in (Software(),)}


def backend(code: str) -> Backend:
    """The backend of a credential. `KeyError` for a code that no backend has: the database allows none."""
    return _BACKENDS[code]


def all_backends() -> tuple[Backend, ...]:
    """In the order in which they are offered to officers."""
    return tuple(_BACKENDS.values())


__all__ = ["Backend", "Capabilities", "Check", "OpenKey", "all_backends", "backend"]
