"""Acts with a signed record: whose they are, whether they are still open, and what the worker tells of them."""

from __future__ import annotations

from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from eoffice.core import clock
from eoffice.core.actor import Actor
from eoffice.core.errors import NotVisible, WrongState
from eoffice.documents.models import Document
from files.models import Decision, SignedAct
from files.workflow import DecisionState


def own_attempt(rows: QuerySet[SignedAct], pk: int, actor: Actor) -> UUID:
    """The attempt by which the actor's own open act is to be signed; refused for others' acts and for ended ones."""
    row = rows.filter(pk=pk, employee_id=actor.person).first()
    if row is None:
        raise NotVisible
    require_open(row)
    if row.attempt is None:
        raise ended()
    return row.attempt


def require_open(row: SignedAct | Decision) -> None:
    """Refuse (`decision_not_open`) what was signed or given up; ask under the lock of the file."""
    if row.state != DecisionState.PREPARED:
        raise ended()


def ended() -> WrongState:
    """The refusal of an act that is no longer open."""
    return WrongState(
        "decision_not_open",
        _("This was signed or given up already."),
        _("Open the file to see what stands."),
    )


def give_up_open(rows: QuerySet[SignedAct] | QuerySet[Decision], actor: Actor) -> None:
    """What the actor prepared before and has not signed is given up: one at a time is open."""
    for row in rows.filter(employee_id=actor.person, state=DecisionState.PREPARED):
        row.state = DecisionState.ABANDONED
        row.save()


def completed(row: SignedAct, record: Document) -> None:
    """The act is done, with its signed record."""
    row.state, row.completed_at, row.record = DecisionState.COMPLETED, clock.now(), record
    row.save()


def ready(row: SignedAct | Decision, document_id: int) -> None:
    """The worker has brought the record's signature to the level of the policy: the pages say so from now on."""
    row.record_id, row.record_ready = document_id, True
    row.save()
