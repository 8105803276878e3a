"""When a letter for two signers goes back: what the first one signed is void, before the second has signed."""

from __future__ import annotations

from eoffice.core.actions import Action
from eoffice.core.actor import Actor
from eoffice.ledger.writer import record_event
from files.models import Draft


def signature_void(draft: Draft, actor: Actor) -> None:
    """What the first of two officers signed is void, with the slot prepared for the second; numbers are kept.

    Part of an act that holds the draft's lock and saves it.
    """
    if draft.first_attempt is None:
        return
    record_event(
        action=Action.DRAFT_RETURN,
        subject=draft.file,
        actor=actor,
        data={"draft": draft.number, "void": str(draft.first_attempt)},
    )
    draft.first_attempt = draft.second_attempt = draft.signed_by = draft.signed_post = None
