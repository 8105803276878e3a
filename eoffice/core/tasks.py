"""What the worker runs. Thin: the rules of the queue are in `eoffice.core.outbox`."""

from __future__ import annotations

import logging
import threading
from typing import Any

from celery.signals import worker_process_init, worker_ready, worker_shutting_down
from django.conf import settings
from django.db import DatabaseError, connection

from eoffice.celery import PLAN, RUN_ROW, SWEEP, app
from eoffice.core import health, outbox, periodic
from eoffice.core.heap import settle

log = logging.getLogger(__name__)

SWEEP_LIMIT = 200
HEARTBEAT_EVERY = 5.0


def run_row(pk: int) -> None:
    outbox.run_row(pk)


def sweep() -> None:
    """Ring for every row that is due, whatever became of its first bell."""
    for pk in outbox.to_ring(SWEEP_LIMIT):
        app.send_task(RUN_ROW, args=[pk])
    health.beat(health.SWEEP, at_most_every=HEARTBEAT_EVERY)


def plan() -> None:
    periodic.plan_due()


app.task(name=RUN_ROW)(run_row)
app.task(name=SWEEP)(sweep)
app.task(name=PLAN)(plan)


class Pulse(threading.Thread):
    """Says that the worker process lives, from a thread of its own: long jobs in all its hands are no death.

    Whether work gets done is said by the second heartbeat, which the sweep writes, and by the age of the queue.
    """

    def __init__(self) -> None:
        super().__init__(name="pulse", daemon=True)
        self.stopping = threading.Event()

    def run(self) -> None:
        while True:
            try:
                health.beat(health.WORKER)
            except DatabaseError as error:
                log.warning("worker.heartbeat_failed", extra={"error": type(error).__name__})
            finally:
                # Nothing is held between two beats: forked children must not inherit an open connection.
                connection.close()
            if self.stopping.wait(min(HEARTBEAT_EVERY, settings.HEARTBEAT_LIMIT_SECONDS / 3)):
                return


_pulse: list[Pulse] = []


def _start_pulse(**_: Any) -> None:
    pulse = Pulse()
    _pulse.append(pulse)
    pulse.start()


def _stop_pulse(**_: Any) -> None:
    while _pulse:
        _pulse.pop().stopping.set()


worker_ready.connect(_start_pulse, weak=False)
worker_shutting_down.connect(_stop_pulse, weak=False)


def _settle(**_: Any) -> None:
    settle()


# The forked processes of a worker with a broker, and the one process of the embedded worker.
worker_process_init.connect(_settle, weak=False)
worker_ready.connect(_settle, weak=False)
