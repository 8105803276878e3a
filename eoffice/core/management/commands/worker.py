"""`manage.py worker`: the embedded profile's worker, no broker; one process and its hands (stack 3)."""

from __future__ import annotations

import signal
import sys
import threading
from typing import Any

from celery.beat import EmbeddedService, Scheduler
from celery.signals import worker_ready, worker_shutting_down
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from eoffice.celery import app
from eoffice.core.hands import Hands, work
from eoffice.core.heap import settle


class Command(BaseCommand):
    help = "Runs the worker of an instance without a broker: the same tasks and schedule as `celery worker` and `beat`."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--concurrency", type=int, default=2, help="how many jobs at the same time (threads)")
        parser.add_argument(
            "--processes", type=int, default=settings.WORKER_PROCESSES, help="how many processes work at jobs"
        )
        parser.add_argument("--hand", action="store_true", help="be one of those processes (started by the worker)")

    def handle(self, *_args: Any, **options: Any) -> None:
        if settings.BROKER_URL:
            raise CommandError(
                "EOFFICE_BROKER_URL is set, so this instance has a broker: run `celery -A eoffice.celery worker` and "
                "one `celery -A eoffice.celery beat` instead, or unset it. deploy/README.md shows both."
            )
        if options["hand"]:
            _be_hand()
            return
        self.check(databases=["default"])
        hands = Hands(options["processes"] - 1)
        # Beat is a thread of the worker: the memory:// broker lives in one process, which `worker -B` would leave.
        clockwork = EmbeddedService(app, thread=True, scheduler_cls=Scheduler)

        def start(**_: Any) -> None:
            clockwork.start()
            hands.start()

        def stop(**_: Any) -> None:
            clockwork.stop()
            hands.stop()

        worker_ready.connect(start, weak=False)
        worker_shutting_down.connect(stop, weak=False)
        worker = app.Worker(
            pool="threads",
            concurrency=options["concurrency"],
            loglevel="WARNING",
            without_gossip=True,
            without_mingle=True,
            without_heartbeat=True,
            quiet=True,
        )
        worker.start()
        if worker.exitcode:
            raise SystemExit(worker.exitcode)


def _be_hand() -> None:
    stopping = threading.Event()
    # The worker says when; a Ctrl-C reaches the whole group of processes at once.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, lambda *_: stopping.set())

    def watch() -> None:
        sys.stdin.buffer.read()
        stopping.set()

    threading.Thread(target=watch, name="watch", daemon=True).start()
    settle()
    work(stopping)
