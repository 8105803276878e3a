"""Is this instance well? Facts for a balancer and an operator; nothing about versions, hosts or people."""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.core.files.storage import FileSystemStorage, storages
from django.db import DatabaseError

from eoffice.core import clock, outbox
from eoffice.core.models import Heartbeat

WORKER = "worker"
SWEEP = "sweep"
# The sweep waits for a free hand of the worker, so it may be late behind long jobs; later than this, beat is dead.
SWEEP_LIMIT_FACTOR = 6


@dataclass(frozen=True, slots=True)
class Health:
    """`well` decides between 200 and 503; `facts` is the JSON."""

    well: bool
    facts: dict[str, str | int]


def beat(name: str, *, at_most_every: float = 0.0) -> None:
    """Note that `name` is alive now. With `at_most_every` a beat younger than so many seconds is left alone."""
    now = clock.now()
    if at_most_every and Heartbeat.objects.filter(pk=name, beat_at__gt=now - timedelta(seconds=at_most_every)).exists():
        return
    Heartbeat.objects.bulk_create(
        [Heartbeat(name=name, beat_at=now)],
        update_conflicts=True,
        unique_fields=["name"],
        update_fields=["beat_at"],
    )


def check() -> Health:
    """Look at the database, the document store, the queue and the worker. Never raises."""
    facts: dict[str, str | int] = {"database": "ok", "documents": "ok" if documents_writable() else "failed"}
    try:
        beats = dict(Heartbeat.objects.filter(pk__in=[WORKER, SWEEP]).values_list("name", "beat_at"))
        limit = settings.HEARTBEAT_LIMIT_SECONDS
        facts["worker"] = _beating(beats.get(WORKER), limit)
        facts["schedule"] = _beating(beats.get(SWEEP), limit * SWEEP_LIMIT_FACTOR)
        facts["outbox_oldest_seconds"] = round(outbox.oldest_waiting_age())
        facts["outbox_parked"] = outbox.parked().count()
    except DatabaseError:
        facts["database"] = "failed"
    well = all(value == "ok" for value in facts.values() if isinstance(value, str))
    return Health(well=well, facts={"status": "ok" if well else "failed", **facts})


def _beating(at: datetime | None, limit: int) -> str:
    if at is None:
        return "never seen"
    return "ok" if clock.now() - at <= timedelta(seconds=limit) else "silent"


def documents_writable() -> bool:
    """Whether a paper could be stored now. A folder that the first paper will make counts by its parent."""
    storage = storages["documents"]
    if not isinstance(storage, FileSystemStorage):
        try:
            storage.exists("health")
        except OSError:
            return False
        return True
    folder = Path(storage.location)
    while not folder.exists() and folder != folder.parent:
        folder = folder.parent
    return folder.is_dir() and os.access(folder, os.W_OK | os.X_OK)
