"""What happened to a receipt, as its page tells it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from dak.models import ReceiptCopy
from dak.words import DONE, NOTED
from eoffice.core.errors import Text
from eoffice.ledger import queries as ledger
from eoffice.ledger.writer import Recorded


@dataclass(frozen=True, slots=True)
class Deed:
    """One act in words: what, who on which post, when, where it went and what was said."""

    words: Text
    post: Any
    person: Any
    at: datetime
    to: Any = None
    remarks: str = ""
    copy: int = 0


def deeds(subject: Recorded) -> list[Deed]:
    """All acts on a receipt or a dispatch copy, oldest first; one query."""
    return [_deed(event) for event in ledger.history(subject)]


def _deed(event: Any) -> Deed:
    movement = getattr(event, "movement", None)
    words = NOTED if event.data.get("kind") == "noted" else DONE.get(event.action, event.action)
    return Deed(
        words=words,
        post=event.post,
        person=event.employee,
        at=event.at,
        to=movement.to_post if movement and movement.to_post_id != event.post_id else None,
        remarks=movement.remarks if movement else "",
        copy=event.data.get("copy", 0),
    )


@dataclass(frozen=True, slots=True)
class Step:
    """One desk on the way of a copy."""

    post: Any
    since: datetime
    until: datetime | None


def route(copy: ReceiptCopy) -> Sequence[Step]:
    """The desks on which the copy lay, in order; `until` is empty for the one where it lies now."""
    steps: list[Step] = []
    for movement in ledger.movements(copy):
        if steps and steps[-1].until is None:
            steps[-1] = Step(steps[-1].post, steps[-1].since, movement.at)
        if movement.to_post is not None:
            steps.append(Step(movement.to_post, movement.at, None))
    return steps
