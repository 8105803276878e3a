"""What the worker does every night for the whole instance: prove the ledger (design 4)."""

from __future__ import annotations

from datetime import time, timedelta

from eoffice.core import outbox
from eoffice.core.models import OutboxRow
from eoffice.core.periodic import periodic
from eoffice.desk.ledger import differences

CHECK_LEDGER = "desk.check_ledger"
SHOWN = 3


def register() -> None:
    """Called once from `DeskConfig.ready`."""
    outbox.handler(CHECK_LEDGER, mode="outside", attempts=3, lease=timedelta(hours=2))(check_ledger)
    periodic(CHECK_LEDGER, at=time(2, 0))


def check_ledger(_row: OutboxRow) -> None:
    """Park the row with the first differences, so that the operator sees them (`manage.py outbox`, `/healthz`)."""
    found = list(differences())
    if found:
        words = "; ".join(f"{one.where}: {one.words}" for one in found[:SHOWN])
        raise outbox.Poison(f"{len(found)} difference(s) in the ledger: {words}")
