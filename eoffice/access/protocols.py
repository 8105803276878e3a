"""What the rules need to know of a thing. The rules import no model (design 2)."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Protocol


class HasState(Protocol):
    """A thing with a life; `get_state_display` says the state in the reader's language."""

    state: Any

    def get_state_display(self) -> str: ...


class Held(Protocol):
    """A thing in somebody's custody."""

    held_by_id: int | None
    came_from_id: int | None
    held_since: datetime | None
    seen_at: datetime | None

    @property
    def held_by(self) -> Any: ...

    @property
    def came_from(self) -> Any: ...


class HeldWithState(Held, HasState, Protocol):
    """A file or a copy of a receipt."""


class DraftOnFile(HasState, Protocol):
    """A draft, the file that it lies in, and how far its signature is."""

    version: int
    signature_ready: bool
    signed_by_id: int | None
    signed_post_id: int | None
    second_by_id: int | None
    second_post_id: int | None

    @property
    def signed_by(self) -> Any: ...

    @property
    def second_by(self) -> Any: ...

    @property
    def waits_for_second(self) -> bool: ...

    @property
    def ending(self) -> Any:
        """The signed act that ended the letter, or None."""

    @property
    def file(self) -> Any: ...


class OfOfficer(HasState, Protocol):
    """A list of decisions of one officer on one post; `is_silent`: it should be at work, and nothing stirs."""

    employee_id: int
    post_id: int

    @property
    def is_silent(self) -> bool: ...
