"""The only upward calls that are permitted (design 2): what the employee master asks of rooms above it.

A room registers its implementation in `AppConfig.ready()`:

    ports.holds_work.register(FilesOnDesk())

so that relieving can be blocked by a full desk, and retire credentials in one transaction, although the master
knows neither files nor signatures.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, Protocol, TypeVar
from uuid import UUID

from django.db import models

from eoffice.core.actor import Actor
from eoffice.core.errors import Text
from eoffice.documents.models import Document


@dataclass(frozen=True, slots=True)
class Work:
    """What lies on a desk: so many of one kind ("files", in the reader's language), and the page that lists them."""

    kind: Text
    count: int
    url: str = ""


@dataclass(frozen=True, slots=True)
class Item:
    """One line of a charge list (R18): `key` ("file:17") is what `hand_over` takes, empty for what goes by itself.

    `number` and `subject` are for the list and the signed report only, never for the ledger. A confidential thing's
    subject is left out.
    """

    key: str
    kind: Text
    number: str
    subject: str = ""
    state: Text = ""
    since: datetime | None = None
    url: str = ""


class HoldsWork(Protocol):
    """A room whose things are held by posts."""

    def work_on(self, post_id: int) -> Sequence[Work]:
        """What the post still holds; nothing, or counts of 0, when its desk is empty. Called under lock."""

    def items_on(self, post_id: int) -> Sequence[Item]:
        """The same, one by one, with what hangs on them (drafts, pending signatures, call-book cases)."""

    def hand_over(self, *, from_post_id: int, to_post_id: int, keys: Collection[str] | None, actor: Actor) -> int:
        """Move the things (None: all that the post holds) to another desk, in the caller's transaction; how many.

        The caller has asked `access` already (`desk:hand_over`); keys of other rooms are passed over, and a thing
        that left the desk meanwhile is not an error. Custody changes with a ledger row each.
        """


class WatchesDesks(Protocol):
    """What the guard of vacant desks and the correction of a wrong relieving ask of such a room besides."""

    def counts_on(self, post_ids: Collection[int]) -> dict[int, int]:
        """How many things lie on each of these desks, in a few queries; empty desks are left out."""

    def untouched(self, *, post_id: int, keys: Collection[str]) -> set[str]:
        """Which of these things lie on the post as a hand-over laid them there: nobody has acted on them since.

        Opening and reading are no acts here. Called under lock, when a wrong relieving is corrected (R19).
        """


class RetiresCredentials(Protocol):
    """The room of the officers' signing credentials (R20)."""

    def retire_for(self, *, employee_id: int, office_id: int, reason: str, actor: Actor) -> int:
        """Retire the officer's credentials at the office, in the caller's transaction; how many there were."""

    def items_of(self, *, employee_id: int, office_id: int) -> Sequence[Item]:
        """The officer's credentials and unfinished signings at the office, for the charge list."""

    def active_among(self, *, employee_ids: Collection[int], office_id: int) -> set[int]:
        """Who of these officers has an active credential that counts at the office (R8, readiness)."""


class SignsRecord(Protocol):
    """The room that lets an officer sign a record of the master: charge report, certified sheet, exemption (R3, R19).

    Two steps as everywhere (design 6). Both are called outside a transaction.
    """

    def require_key(self, actor: Actor) -> None:
        """Refuse, with what to do about it, when the actor can't sign now."""

    def begin(
        self,
        *,
        pdf: bytes,
        slots: Sequence[str],
        manifest: dict[str, Any] | None,
        purpose: str,
        subject: models.Model,
        title: str,
        reason: str,
        shown_sha256: str,
        actor: Actor,
    ) -> UUID:
        """Prepare the PDF for the actor's signature in the first empty slot; `slots` are made where it has none.

        A PDF that others signed already keeps their signatures: this one is added to it.
        """  # fmt: skip

    def needs_pin(self, actor: Actor) -> bool:
        """Whether the actor signs with a PIN here; otherwise the signature comes from the token or a provider."""

    def open_attempt(self, *, subject: models.Model, shown_sha256: str, actor: Actor) -> UUID | None:
        """What the actor prepared of this very paper and signs elsewhere, while it waits; None with a PIN."""

    def finish(self, *, attempt: UUID, pin: str, actor: Actor, on_complete: Callable[[Document], None]) -> Document:
        """Sign under the officer's PIN; `on_complete` gets the signed document inside the completing transaction."""

    def newest(self, document: Document) -> Document:
        """The newest stored revision of a signed document (with time stamps where they came already)."""


class Practises(Protocol):
    """The room of files: who has moved a practice file (R8, readiness)."""

    def practised_among(self, employee_ids: Collection[int]) -> set[int]:
        """Who of these people has forwarded a practice file themselves."""


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
watches_desks: Port[WatchesDesks] = Port()
retires_credentials: Port[RetiresCredentials] = Port()
signs_record: Port[SignsRecord] = Port()
practises: Port[Practises] = Port()
