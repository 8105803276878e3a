"""Work that outlives a request (design 7).

An act calls `add` in its own transaction; the row is the work. Celery tasks, or `drain_once` in tests, run the rows
through the handlers that the rooms register in `AppConfig.ready()`. Two modes:

database   effect and done-mark are one transaction: exactly once, however often workers are killed. For anything
           that only writes to our own database.
outside    the claim is committed, then the handler acts, then the result is recorded: at least once. The handler
           must use `row.key` as its id towards the outside (Message-ID, request id), because an outcome that got
           lost is tried again under the same id. It may return a function; that runs in the transaction which
           marks the row done, which is the place for writing down what came of it.

A handler that fails is tried again later, at growing distances; after its last attempt, or on `Poison`, the row is
parked for the operator (`manage.py outbox`). Reasons are kept without personal data: what we say ourselves through
`Poison`, `Retry` or a domain error's code, otherwise the exception's class and place, never its text.
"""

from __future__ import annotations

import logging
import random
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from pathlib import PurePath
from typing import Any, Literal

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Min, Q, QuerySet
from kombu.exceptions import KombuError

from eoffice.celery import RUN_ROW, app
from eoffice.core import clock
from eoffice.core.errors import DomainError
from eoffice.core.models import OutboxRow, OutboxState

log = logging.getLogger(__name__)

Mode = Literal["database", "outside"]
Effect = Callable[[OutboxRow], Callable[[], None] | None]
Parked = Callable[[OutboxRow, str], None]

ATTEMPTS = 12
FIRST_DELAY = timedelta(seconds=5)
LONGEST_DELAY = timedelta(hours=1)
RING_AGAIN_AFTER = timedelta(seconds=10)
BELL_REST_SECONDS = 15.0
ERROR_LENGTH = 500


class Poison(Exception):
    """The row can never succeed; park it. The reason is shown to the operator: no personal data in it."""


class Retry(Exception):
    """Not now; the reason is shown to the operator (no personal data). `after` overrides the growing distance."""

    def __init__(self, reason: str, after: timedelta | None = None) -> None:
        super().__init__(reason)
        self.after = after


class _LeaseLostError(Exception):
    """Another worker has taken the row over; whatever this one did in its transaction is rolled back."""


@dataclass(frozen=True, slots=True)
class Kind:
    """How rows of one kind are run."""

    name: str
    mode: Mode
    effect: Effect
    attempts: int = ATTEMPTS
    lease: timedelta | None = None
    on_parked: Parked | None = None


_kinds: dict[str, Kind] = {}


def handler(
    kind: str,
    mode: Mode = "database",
    *,
    attempts: int = ATTEMPTS,
    lease: timedelta | None = None,
    on_parked: Parked | None = None,
) -> Callable[[Effect], Effect]:
    """Register the function as the handler of the kind; to be imported from the room's `AppConfig.ready()`.

    `lease` must be longer than one attempt can take (default `EOFFICE_OUTBOX_LEASE_SECONDS`): after it another
    worker takes over. `on_parked(row, reason)` runs in the transaction that parks a row of this kind.
    """

    def register(effect: Effect) -> Effect:
        known = _kinds.get(kind)
        if known is not None and known.effect is not effect:
            raise ValueError(f"two handlers for the outbox kind {kind!r}")
        _kinds[kind] = Kind(kind, mode, effect, attempts, lease, on_parked)
        return effect

    return register


def kinds() -> frozenset[str]:
    return frozenset(_kinds)


# Adding


def add(kind: str, *, key: str, payload: dict[str, Any], run_after: datetime | None = None) -> OutboxRow:
    """Ask for work in the caller's transaction. The same key again changes nothing and gives the first row back.

    `payload` holds ids and codes, never names, text or addresses: rows outlive what they speak of.
    """
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError("an outbox row outside a transaction could outlive its act")
    now = clock.now()
    row = OutboxRow(kind=kind, key=key, payload=payload, created_at=now, run_after=run_after or now)
    OutboxRow.objects.bulk_create([row], ignore_conflicts=True)
    stored = OutboxRow.objects.get(key=key)
    if stored.kind != kind:
        raise ValueError(f"the outbox key {key!r} belongs to the kind {stored.kind!r}, not to {kind!r}")
    transaction.on_commit(partial(ring, stored.pk), robust=True)
    return stored


def add_many(kind: str, rows: Mapping[str, dict[str, Any]], *, run_after: datetime | None = None) -> None:
    """Ask for much work of one kind: payloads by key, see `add`. No bell is rung for it, the sweep finds it."""
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError("an outbox row outside a transaction could outlive its act")
    now = clock.now()
    OutboxRow.objects.bulk_create(
        [
            OutboxRow(kind=kind, key=key, payload=payload, created_at=now, run_after=run_after or now)
            for key, payload in rows.items()
        ],
        ignore_conflicts=True,
        batch_size=500,
    )


_bell_rests_until = 0.0


def ring(pk: int) -> bool:
    """Tell a worker at once. Only a bell: if the broker is away nothing is lost, the sweep finds the row.

    After a failure the bell rests for a while, so that an unreachable broker does not cost every request its
    time-out. Without a broker (embedded profile) there is nothing to ring.
    """
    global _bell_rests_until  # noqa: PLW0603 - one circuit breaker a process is what is meant
    if not settings.BROKER_URL or time.monotonic() < _bell_rests_until:
        return False
    try:
        app.send_task(RUN_ROW, args=[pk], retry=False)
    except (KombuError, OSError) as error:
        _bell_rests_until = time.monotonic() + BELL_REST_SECONDS
        log.warning("outbox.bell_failed", extra={"row": pk, "error": type(error).__name__})
        return False
    return True


# Finding


def _waiting(now: datetime) -> Q:
    return Q(state=OutboxState.WAITING, run_after__lte=now)


def _abandoned(now: datetime) -> Q:
    return Q(state=OutboxState.RUNNING, lease_until__lte=now)


def due(limit: int) -> list[int]:
    """The rows to be run now, oldest first: those waiting, and those whose worker has lost its lease."""
    now = clock.now()
    # Two queries, each with its own partial index, instead of one OR with none.
    abandoned = OutboxRow.objects.filter(_abandoned(now)).order_by("lease_until").values_list("pk", flat=True)[:limit]
    waiting = OutboxRow.objects.filter(_waiting(now)).order_by("run_after", "pk").values_list("pk", flat=True)[:limit]
    return [*abandoned, *waiting][:limit]


def to_ring(limit: int) -> list[int]:
    """Due rows whose bell has not been rung lately; they are noted as rung.

    A waiting row needs no lease, so its `lease_until` says how long its last bell counts. Without it a sweep every
    second would pile up messages behind a long job.
    """
    now = clock.now()
    found = due(limit)
    silent = OutboxRow.objects.filter(_waiting(now) & (Q(lease_until=None) | Q(lease_until__lte=now)) | _abandoned(now))
    pks = list(silent.filter(pk__in=found).values_list("pk", flat=True))
    if pks:
        again = now + min(RING_AGAIN_AFTER, timedelta(seconds=settings.OUTBOX_LEASE_SECONDS))
        OutboxRow.objects.filter(pk__in=pks, state=OutboxState.WAITING).update(lease_until=again)
    return pks


def oldest_waiting_age() -> float:
    """For how many seconds the oldest row that should have run has been waiting; 0.0 when none is late."""
    now = clock.now()
    firsts = [
        OutboxRow.objects.filter(_waiting(now)).aggregate(at=Min("run_after"))["at"],
        OutboxRow.objects.filter(_abandoned(now)).aggregate(at=Min("lease_until"))["at"],
    ]
    return max([(now - at).total_seconds() for at in firsts if at is not None], default=0.0)


def parked() -> QuerySet[OutboxRow]:
    """Rows that need the operator, oldest first."""
    return OutboxRow.objects.filter(state=OutboxState.PARKED).order_by("pk")


# Running


def run_row(pk: int) -> bool:
    """Run the row if it is due and nobody else has it. True when it is done; its failure is recorded, not raised."""
    row = _claim(pk)
    if row is None:
        return False
    kind = _kinds.get(row.kind)
    try:
        _attempt(row, kind)
    except _LeaseLostError:
        log.warning("outbox.lease_lost", extra={"row": pk, "kind": row.kind, "attempt": row.attempts})
        return False
    except Exception as error:  # noqa: BLE001 - a handler may fail in any way; the row keeps the reason
        _failed(row, kind, error)
        return False
    log.info("outbox.done", extra={"row": pk, "kind": row.kind, "attempt": row.attempts})
    return True


def _attempt(row: OutboxRow, kind: Kind | None) -> None:
    if kind is None:
        raise Retry(f"this version of the program has no handler for {row.kind}")
    record = kind.effect(row) if kind.mode == "outside" else None
    with transaction.atomic():
        _hold(row)
        if kind.mode == "database":
            kind.effect(row)
        elif record is not None:
            record()
        _mark_done(row)


def drain_once(limit: int = 100) -> int:
    """Run what is due in this process, also what handlers add, `limit` rows at most; how many got done.

    For tests and for the demo's seed: workers use `run_row` through Celery.
    """
    done = 0
    for _attempt in range(limit):
        pks = due(1)
        if not pks:
            break
        done += run_row(pks[0])
    return done


def _claim(pk: int) -> OutboxRow | None:
    """Take the row by compare-and-swap and commit. `attempts` is the fence: only the newest claim may finish it."""
    now = clock.now()
    claimable = OutboxRow.objects.filter(_waiting(now) | _abandoned(now), pk=pk)
    with transaction.atomic():
        # On PostgreSQL a row that somebody holds this moment is passed over instead of waited for.
        row = claimable.select_for_update(skip_locked=True).first()
        if row is None:
            return None
        kind = _kinds.get(row.kind)
        if row.attempts >= (kind.attempts if kind else ATTEMPTS):
            _park(row, kind, f"the worker died or lost its lease during attempt {row.attempts}")
            return None
        lease = (kind.lease if kind else None) or timedelta(seconds=settings.OUTBOX_LEASE_SECONDS)
        taken = claimable.filter(attempts=row.attempts).update(
            state=OutboxState.RUNNING, attempts=row.attempts + 1, lease_until=now + lease
        )
        if not taken:
            return None
        row.refresh_from_db()
    return row


def _mine(row: OutboxRow) -> QuerySet[OutboxRow]:
    return OutboxRow.objects.filter(pk=row.pk, state=OutboxState.RUNNING, attempts=row.attempts)


def _hold(row: OutboxRow) -> None:
    """Lock the row for this transaction, or give up: the claim may have been taken over meanwhile."""
    if _mine(row).select_for_update().first() is None:
        raise _LeaseLostError


def _mark_done(row: OutboxRow) -> None:
    marked = _mine(row).update(state=OutboxState.DONE, done_at=clock.now(), lease_until=None, last_error="")
    if not marked:
        raise _LeaseLostError


def _failed(row: OutboxRow, kind: Kind | None, error: Exception) -> None:
    reason = _reason(error)
    last = row.attempts >= (kind.attempts if kind else ATTEMPTS)
    log.warning(
        "outbox.failed",
        extra={"row": row.pk, "kind": row.kind, "attempt": row.attempts, "reason": reason, "last": last},
    )
    if last or isinstance(error, Poison):
        _park(row, kind, reason)
        return
    wait = error.after if isinstance(error, Retry) and error.after is not None else _delay(row.attempts)
    _mine(row).update(
        state=OutboxState.WAITING, run_after=clock.now() + wait, lease_until=None, last_error=reason[:ERROR_LENGTH]
    )


def _park(row: OutboxRow, kind: Kind | None, reason: str) -> None:
    try:
        with transaction.atomic():
            _set_parked(row, reason)
            if kind is not None and kind.on_parked is not None:
                kind.on_parked(row, reason)
    except Exception as error:  # noqa: BLE001 - a row must never be lost because its room can't note the failure
        _set_parked(row, f"{reason}; noting it failed: {_reason(error)}")
    log.error("outbox.parked", extra={"row": row.pk, "kind": row.kind, "reason": reason})


def _set_parked(row: OutboxRow, reason: str) -> None:
    OutboxRow.objects.filter(pk=row.pk, state=row.state, attempts=row.attempts).update(
        state=OutboxState.PARKED, lease_until=None, last_error=reason[:ERROR_LENGTH]
    )


def _delay(attempt: int) -> timedelta:
    """5 s, 10 s, 20 s … one hour, each between half and whole, so that rows that failed together don't come back so."""
    whole = min(FIRST_DELAY * (1 << min(attempt - 1, 20)), LONGEST_DELAY)
    return whole * random.uniform(0.5, 1.0)  # noqa: S311 - spreads load, guards nothing


def _reason(error: Exception) -> str:
    """What may be kept: our own words and codes, otherwise class and place. Foreign texts can hold addresses."""
    if isinstance(error, (Poison, Retry)):
        return str(error)
    if isinstance(error, DomainError):
        return f"refused: {error.code}"
    place = error.__traceback__
    while place is not None and place.tb_next is not None:
        place = place.tb_next
    where = f" at {PurePath(place.tb_frame.f_code.co_filename).name}:{place.tb_lineno}" if place else ""
    return f"{type(error).__name__}{where}"


# The operator


def park(pk: int, reason: str) -> bool:
    """Take a waiting row out of the queue. False when it is not waiting."""
    return bool(
        OutboxRow.objects.filter(pk=pk, state=OutboxState.WAITING).update(
            state=OutboxState.PARKED, lease_until=None, last_error=f"parked by the operator: {reason}"[:ERROR_LENGTH]
        )
    )


def retry(pk: int) -> bool:
    """Put a parked row back with all its attempts, under the same key. False when it is not parked."""
    put_back = OutboxRow.objects.filter(pk=pk, state=OutboxState.PARKED).update(
        state=OutboxState.WAITING, attempts=0, run_after=clock.now(), lease_until=None
    )
    if put_back:
        ring(pk)
    return bool(put_back)
