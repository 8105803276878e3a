"""Where officers' private keys live (design 6): one protocol, one backend a module, found by the credential's code."""

from __future__ import annotations

from signatures.backends.agent import Agent
from signatures.backends.base import Adopts, Backend, Capabilities, Check, Keeper, MayBeUnset, OpenKey
from signatures.backends.csc import Csc
from signatures.backends.esign import Esign
from signatures.backends.pkcs11 import Pkcs11
from signatures.backends.software import Software

# In the order in which they are offered to officers; one line each.
_ALL: tuple[Backend, ...] = (
    Agent(),
    Pkcs11(),
    Csc(),
    Esign(),
    Software(),
)
_BACKENDS: dict[str, Backend] = {one.code: one for one in _ALL}


def backend(code: str) -> Backend:
    """The backend of a credential. `KeyError` for a code that no backend has: the database allows none."""
    return _BACKENDS[code]


def all_backends() -> tuple[Backend, ...]:
    """In the order in which they are offered to officers."""
    return _ALL


def is_set_up(one: Backend) -> bool:
    """Whether the operator has named what the backend needs."""
    return not isinstance(one, MayBeUnset) or one.is_set_up()


def keeper(code: str) -> Keeper | None:
    """The backend, where its keys are opened here with a PIN; None where they are elsewhere."""
    one = _BACKENDS[code]
    return one if isinstance(one, Keeper) else None


__all__ = [
    "Adopts",
    "Backend",
    "Capabilities",
    "Check",
    "Keeper",
    "MayBeUnset",
    "OpenKey",
    "all_backends",
    "backend",
    "is_set_up",
    "keeper",
]
