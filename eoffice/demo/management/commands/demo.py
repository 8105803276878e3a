"""`manage.py demo`: the whole demo instance; see `eoffice.demo.supervisor`."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from eoffice.demo import supervisor


class Command(BaseCommand):
    help = "Runs the demo instance: web, worker, demo authority and mail sink, stopped together."
    requires_system_checks: list[str] = []  # noqa: RUF012 - Django's name; the children check themselves

    def run_from_argv(self, argv: list[str]) -> None:
        """The supervisor reads its own options, so that it can also run without Django."""
        raise SystemExit(supervisor.main(argv[2:]))

    def handle(self, *_args: Any, **_options: Any) -> None:
        raise SystemExit(supervisor.main([]))
