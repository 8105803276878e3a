"""The only way into the ledger."""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar, Protocol

from django.db import connection, transaction

from eoffice.core import clock
from eoffice.core.actions import Action
from eoffice.core.actor import Actor
from eoffice.ledger import chain
from eoffice.ledger.models import Event, Movement


class Recorded(Protocol):
    """Whatever the ledger may speak of: it has a type name and an id."""

    ledger_type: ClassVar[str]
    pk: Any


@dataclass(frozen=True, slots=True)
class Moved:
    """A change of custody that goes with an act: what moved, from whom, to whom, and what was said with it.

    `of` is the movable thing: the file itself, or one copy of a receipt whose chain is the receipt's.
    """

    of: Recorded
    from_post_id: int | None
    to_post_id: int | None
    remarks: str = ""


def _lock_chain(subject: Recorded) -> None:
    """Serialise writers of one chain. SQLite's IMMEDIATE transactions do it by themselves."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            kind = zlib.crc32(subject.ledger_type.encode()) - 2**31
            cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [kind, int(subject.pk) % 2**31])


def record_event(
    *,
    action: Action,
    subject: Recorded,
    actor: Actor,
    data: dict[str, Any] | None = None,
    moved: Moved | None = None,
    at: datetime | None = None,
) -> Event:
    """Append one act to the subject's chain, and with `moved` the change of custody that it makes.

    Must be called inside the transaction of the act. `data` takes ids, codes and hashes only. `at` is for an act that
    has written its instant elsewhere too, as `held_since`; otherwise it is now.
    """
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError("an act is recorded in its own transaction")
    at = at or clock.now()
    facts = dict(data or {})
    if moved is not None:
        facts["movement"] = chain.movement_hash(
            item=f"{moved.of.ledger_type}:{moved.of.pk}",
            from_post_id=moved.from_post_id,
            to_post_id=moved.to_post_id,
            remarks=moved.remarks,
            at=at,
        )
    _lock_chain(subject)
    event = _append(action=Action(action), subject=subject, actor=actor, data=facts, at=at)
    if moved is not None:
        Movement.objects.create(
            event=event,
            item_type=moved.of.ledger_type,
            item_id=moved.of.pk,
            from_post_id=moved.from_post_id,
            to_post_id=moved.to_post_id,
            remarks=moved.remarks,
            at=at,
        )
    return event


def _append(*, action: Action, subject: Recorded, actor: Actor, data: dict[str, Any], at: datetime) -> Event:
    last = (
        Event.objects.filter(subject_type=subject.ledger_type, subject_id=subject.pk)
        .order_by("-seq")
        .values_list("seq", "hash")
        .first()
    )
    seq, prev_hash = (last[0] + 1, last[1]) if last else (1, chain.GENESIS)
    link = {
        "subject_type": subject.ledger_type,
        "subject_id": subject.pk,
        "seq": seq,
        "action": str(action),
        "post_id": actor.post_id,
        "employee_id": actor.employee_id,
        "charge_id": actor.charge_id,
        "data": data,
        "at": at,
        "prev_hash": prev_hash,
    }
    return Event.objects.create(**link, hash=chain.event_hash(**link))
