"""The only way into the ledger."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, ClassVar, Protocol

from django.db import connection, transaction
from django.db.models import Max, OuterRef, Subquery

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


# Chains share so many locks a kind: ten thousand locks in one act would not fit into PostgreSQL's table of locks.
_LOCKS = 2048


def _lock_chains(kind: str, ids: Iterable[int]) -> None:
    """Serialise writers of these chains, locked in a fixed order. SQLite's IMMEDIATE transactions need no lock."""
    if connection.vendor != "postgresql":
        return
    locks = sorted({pk % _LOCKS for pk in ids})
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(%s, one) FROM unnest(%s::int[]) AS one",
            [_lock_of(kind), locks],
        )


def _lock_of(kind: str) -> int:
    return zlib.crc32(kind.encode()) - 2**31


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
    seq, prev_hash = _locked_end(subject)
    event = _linked(Action(action), subject, actor, data=facts, at=at, seq=seq + 1, prev_hash=prev_hash)
    event.save(force_insert=True)
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


# In one message to the server; the second statement sees what was committed while the first one waited for the lock.
_LOCK_AND_END = (
    "SELECT pg_advisory_xact_lock(%s, %s); "
    "SELECT seq, hash FROM ledger_event WHERE subject_type = %s AND subject_id = %s ORDER BY seq DESC LIMIT 1"
)


def _locked_end(subject: Recorded) -> tuple[int, str]:
    """Number and hash of the last link of the subject's chain, whose lock is held from here on."""
    kind, pk = subject.ledger_type, int(subject.pk)
    if connection.vendor != "postgresql":
        chained = Event.objects.filter(subject_type=kind, subject_id=pk).order_by("-seq")
        last = chained.values_list("seq", "hash").first()
    else:
        with connection.cursor() as cursor:
            cursor.execute(_LOCK_AND_END, [_lock_of(kind), pk % _LOCKS, kind, pk])
            cursor.nextset()
            last = cursor.fetchone()
    return (int(last[0]), str(last[1])) if last else (0, chain.GENESIS)


def _linked(
    action: Action, subject: Recorded, actor: Actor, *, data: dict[str, Any], at: datetime, seq: int, prev_hash: str
) -> Event:
    """The next link of the subject's chain, not yet written."""
    link: dict[str, Any] = {
        "subject_type": subject.ledger_type,
        "subject_id": subject.pk,
        "seq": seq,
        "action": str(Action(action)),
        "post_id": actor.post_id,
        "employee_id": actor.employee_id,
        "charge_id": actor.charge_id,
        "data": data,
        "at": at,
        "prev_hash": prev_hash,
    }
    return Event(**link, hash=chain.event_hash(**link))


@dataclass(frozen=True, slots=True)
class Entry:
    """One of many acts that are recorded together.

    `is_new` says that this transaction made the subject: nobody else can be writing its chain, which is not locked
    and not looked for. If it has one after all, the database refuses the row.
    """

    subject: Recorded
    data: dict[str, Any] = field(default_factory=dict)
    is_new: bool = False


def record_events(
    entries: Sequence[Entry], *, action: Action, actor: Actor, at: datetime | None = None, batch_size: int = 1000
) -> list[Event]:
    """Append the same act to many chains, in a few queries however many there are; see `record_event`.

    The events come back in the order of the entries, without ids. A subject may occur several times. Like any
    writing of the ledger it comes last in a transaction, because the chains stay locked until its end.
    """
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError("an act is recorded in its own transaction")
    at = at or clock.now()
    ends: dict[tuple[str, int], tuple[int, str]] = {}
    for kind in sorted({entry.subject.ledger_type for entry in entries if not entry.is_new}):
        ids = sorted({int(one.subject.pk) for one in entries if not one.is_new and one.subject.ledger_type == kind})
        _lock_chains(kind, ids)
        ends |= _ends(kind, ids, batch_size)
    events = []
    for entry in entries:
        chain_of = (entry.subject.ledger_type, int(entry.subject.pk))
        seq, prev_hash = ends.get(chain_of, (0, chain.GENESIS))
        event = _linked(action, entry.subject, actor, data=entry.data, at=at, seq=seq + 1, prev_hash=prev_hash)
        ends[chain_of] = (event.seq, event.hash)
        events.append(event)
    Event.objects.bulk_create(events, batch_size=batch_size)
    return events


def _ends(kind: str, ids: Sequence[int], batch_size: int) -> dict[tuple[str, int], tuple[int, str]]:
    """The last link of each chain that has one."""
    found: dict[tuple[str, int], tuple[int, str]] = {}
    newest = (
        Event.objects.filter(subject_type=kind, subject_id=OuterRef("subject_id"))
        .order_by()
        .values("subject_id")
        .annotate(last=Max("seq"))
        .values("last")
    )
    for first in range(0, len(ids), batch_size):
        part = ids[first : first + batch_size]
        rows = Event.objects.filter(subject_type=kind, subject_id__in=part, seq=Subquery(newest))
        found |= {(kind, pk): (seq, own) for pk, seq, own in rows.values_list("subject_id", "seq", "hash")}
    return found
