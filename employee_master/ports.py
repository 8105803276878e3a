"""The only upward calls that are permitted (design 2): what the employee master asks of rooms above it.

A room registers its implementation in `AppConfig.ready()`:

    ports.holds_work.register(FilesOnDesk())

so that relieving can be blocked by a full desk, and retire credentials in one transaction, although the master
knows neither files nor signatures.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

from eoffice.core.actor import Actor
from eoffice.core.errors import Text


@dataclass(frozen=True, slots=True)
class Work:
    """What lies on a desk: so many of one kind ("files", in the reader's language), and the page that lists them."""

    kind: Text
    count: int
    url: str = ""


class HoldsWork(Protocol):
    """A room whose things are held by posts."""

    def work_on(self, post_id: int) -> Sequence[Work]:
        """What the post still holds; nothing, or counts of 0, when its desk is empty. Called under lock."""


class RetiresCredentials(Protocol):
    """The room of the officers' signing credentials (R20)."""

    def retire_for(self, *, employee_id: int, office_id: int, reason: str, actor: Actor) -> int:
        """Retire the officer's credentials at the office, in the caller's transaction; how many there were."""


class SignsRecord(Protocol):
    """The room that lets an officer sign a record of the master: charge report, certified sheet (R3)."""

    def ask_signature(self, *, document_id: int, signer_employee_id: int, purpose: str, actor: Actor) -> int:
        """Ask the officer to sign the document; the id of the signing attempt."""


PortT = TypeVar("PortT")


class Port(Generic[PortT]):
    """The implementations of one Protocol, in the order of their registration."""

    def __init__(self) -> None:
        self._implementations: tuple[PortT, ...] = ()

    def register(self, implementation: PortT) -> None:
        self._implementations += (implementation,)

    def __iter__(self) -> Iterator[PortT]:
        return iter(self._implementations)

    @contextmanager
    def replaced(self, *implementations: PortT) -> Iterator[None]:
        """Only these, for the length of the block; for tests of the master without the rooms above."""
        before, self._implementations = self._implementations, implementations
        try:
            yield
        finally:
            self._implementations = before


holds_work: Port[HoldsWork] = Port()
retires_credentials: Port[RetiresCredentials] = Port()
signs_record: Port[SignsRecord] = Port()
