"""Acts in words, for the history page."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from eoffice.core.actions import Action
from eoffice.core.errors import Text
from eoffice.ledger.models import Event
from files.models import DecisionAct, EndKind

DONE: dict[str, Text] = {
    Action.FILE_OPEN: gettext_lazy("File opened"),
    Action.FILE_SEE: gettext_lazy("Opened by the holder"),
    Action.FILE_READ: gettext_lazy("Read, not on the reader's desk"),
    Action.FILE_ADD_PAPER: gettext_lazy("Paper %(serial)s put in"),
    Action.FILE_FORWARD: gettext_lazy("Forwarded"),
    Action.FILE_RETURN: gettext_lazy("Returned"),
    Action.FILE_PULL_BACK: gettext_lazy("Pulled back"),
    Action.FILE_PARK: gettext_lazy("Parked until %(until)s"),
    Action.FILE_RESUME: gettext_lazy("Taken up again"),
    Action.FILE_BRIEF: gettext_lazy("Gist and points for orders written"),
    Action.NOTE_SUBMIT: gettext_lazy("Note %(note)s submitted"),
    Action.DRAFT_CREATE: gettext_lazy("Draft D-%(draft)s begun"),
    Action.DRAFT_CORRECT: gettext_lazy("Draft D-%(draft)s corrected: version %(version)s"),
    Action.DRAFT_PUT_UP: gettext_lazy("Draft D-%(draft)s put up, version %(version)s"),
    Action.DRAFT_APPROVE: gettext_lazy("Draft D-%(draft)s approved, version %(version)s"),
    Action.DRAFT_RETURN: gettext_lazy("Draft D-%(draft)s returned for correction"),
    Action.DRAFT_CANCEL: gettext_lazy("Draft D-%(draft)s cancelled"),
    Action.DRAFT_ISSUE: gettext_lazy("Letter of draft D-%(draft)s issued"),
    Action.DRAFT_COUNTERSIGN: gettext_lazy("Letter of draft D-%(draft)s countersigned"),
    Action.DRAFT_DISPATCH: gettext_lazy("Letter of draft D-%(draft)s dispatched"),
}


@dataclass(frozen=True, slots=True)
class Deed:
    """One act: what, who, when, and where the file went with it."""

    seq: int
    words: str
    at: datetime
    post: Any
    person: Any
    to_post: Any
    remarks: str
    hash: str


def told(events: Iterable[Event]) -> list[Deed]:
    """Events in the reader's language, in their order."""
    return [_told(event) for event in events]


def _told(event: Event) -> Deed:
    movement = getattr(event, "movement", None)
    return Deed(
        seq=event.seq,
        words=_words(event),
        at=event.at,
        post=event.post,
        person=event.employee,
        to_post=movement.to_post if movement and movement.to_post_id != event.post_id else None,
        remarks=movement.remarks if movement else "",
        hash=event.hash,
    )


def _words(event: Event) -> str:
    data = event.data
    if event.action == Action.DECISION_TAKE:
        return str(DecisionAct(data["act"]).label)
    if event.action == Action.LETTER_WITHDRAW:
        kinds = {
            EndKind.WITHDRAWN: _("Letter of draft D-%(draft)s withdrawn, by %(reference)s"),
            EndKind.SUPERSEDED: _("Letter of draft D-%(draft)s superseded, by %(reference)s"),
        }
        return kinds[data["kind"]] % data
    if event.action == Action.DRAFT_SIGN:
        if data.get("step") == "numbered":
            return _("Number %(number)s drawn for draft D-%(draft)s") % data
        return _("Letter of draft D-%(draft)s signed") % data
    words = DONE.get(event.action)
    return str(words) % data if words is not None else event.action
