"""Effects that tell on themselves: a counter for each key in the database, a line for each act in a file."""

from __future__ import annotations

import os
import random
import time
from pathlib import Path

from eoffice.core import outbox
from eoffice.core.models import OutboxRow
from eoffice.core.numbers import next_number

FOLDER = Path(os.environ["PROBE_FOLDER"])


def _maybe_stall(row: OutboxRow) -> None:
    """The first attempt of a row that asks for it hangs in the middle, so that the test can kill it exactly there."""
    if row.payload.get("stall") and row.attempts == 1:
        (FOLDER / f"inside-{row.key}").touch()
        time.sleep(60)
    time.sleep(random.uniform(0, 0.01))


@outbox.handler("probe.database")
def count(row: OutboxRow) -> None:
    next_number("all", year=1)
    next_number("one", office=row.key, year=1)
    _maybe_stall(row)


@outbox.handler("probe.outside", "outside")
def write(row: OutboxRow) -> None:
    with (FOLDER / "outside").open("a", encoding="utf-8") as sink:
        sink.write(f"{row.key}\n")
    _maybe_stall(row)


@outbox.handler("probe.deadly", attempts=2)
def die(row: OutboxRow) -> None:
    """Takes its whole process along, like a job that eats all memory."""
    os._exit(9)
