"""`manage.py worker`: the embedded profile's worker, one process, no broker (stack 3)."""

from __future__ import annotations

from typing import Any

from celery.beat import EmbeddedService, Scheduler
from celery.signals import worker_ready, worker_shutting_down
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from eoffice.celery import app


class Command(BaseCommand):
    help = "Runs the worker of an instance without a broker: the same tasks and schedule as `celery worker` and `beat`."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--concurrency", type=int, default=2, help="how many jobs at the same time (threads)")

    def handle(self, *_args: Any, **options: Any) -> None:
        if settings.BROKER_URL:
            raise CommandError(
                "EOFFICE_BROKER_URL is set, so this instance has a broker: run `celery -A eoffice.celery worker` and "
                "one `celery -A eoffice.celery beat` instead, or unset it. deploy/README.md shows both."
            )
        self.check(databases=["default"])
        # Beat is a thread of the worker: the memory:// broker lives in one process, which `worker -B` would leave.
        clockwork = EmbeddedService(app, thread=True, scheduler_cls=Scheduler)

        def start(**_: Any) -> None:
            clockwork.start()

        def stop(**_: Any) -> None:
            clockwork.stop()

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
