"""Daily and frequent jobs: seal, check_ledger, escalations (design 4 and 7).

A plan only writes outbox rows, one key per slot, so two beats, or a beat that starts anew, do no harm. A slot that
passed while everything was switched off is not made up for: the handler of a daily job takes up what is open since
its last success (all unsealed days, all overdue marks), not only what its own day says.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Any

from django.db import transaction

from eoffice.core import clock, outbox
from eoffice.core.models import OutboxRow, OutboxState

TIDY = "outbox.tidy"
KEEP_DONE = timedelta(days=90)


@dataclass(frozen=True, slots=True)
class Plan:
    """`at` each day on the office's clock, or `every` so often."""

    kind: str
    at: time | None
    every: timedelta | None

    def slot(self, now: datetime) -> str | None:
        """The name of the newest slot that has begun; None before today's hour."""
        if self.at is not None:
            wall = clock.office_time(now)
            return wall.date().isoformat() if wall.time() >= self.at else None
        assert self.every is not None
        seconds = int(self.every.total_seconds())
        begun = int(now.timestamp()) // seconds * seconds
        return datetime.fromtimestamp(begun, UTC).isoformat(timespec="seconds")


_plans: dict[str, Plan] = {}


def periodic(kind: str, *, at: time | None = None, every: timedelta | None = None) -> None:
    """Plan rows of the kind; to be called from `AppConfig.ready()`. Its handler reads `row.payload["slot"]`."""
    if (at is None) == (every is None):
        raise ValueError(f"the plan of {kind!r} needs either a time of day or a distance")
    if every is not None and every < timedelta(minutes=1):
        raise ValueError(f"the plan of {kind!r} is more frequent than once a minute")
    _plans[kind] = Plan(kind, at, every)


def plans() -> list[Plan]:
    return list(_plans.values())


def plan_due() -> int:
    """Write the rows of all slots that have begun and have none yet; how many were written."""
    now = clock.now()
    wanted: dict[str, tuple[str, dict[str, Any]]] = {}
    for plan in _plans.values():
        slot = plan.slot(now)
        if slot is not None:
            wanted[f"{plan.kind}:{slot}"] = (plan.kind, {"slot": slot})
    known = set(OutboxRow.objects.filter(key__in=wanted).values_list("key", flat=True))
    missing = {key: what for key, what in wanted.items() if key not in known}
    with transaction.atomic():
        for key, (kind, payload) in missing.items():
            outbox.add(kind, key=key, payload=payload)
    return len(missing)


@outbox.handler(TIDY)
def tidy(_row: OutboxRow) -> None:
    """Rows done long ago go; what was done stands in the ledger. Parked and waiting rows stay."""
    OutboxRow.objects.filter(state=OutboxState.DONE, done_at__lt=clock.now() - KEEP_DONE).delete()


periodic(TIDY, at=time(1, 30))
