"""`manage.py demo_similar`: a hundred similar letters on the secretary's desk, two of them changed since seen."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from eoffice.demo.cast import actor
from eoffice.demo.similar import similar_put_up


class Command(BaseCommand):
    help = "Puts similar letters for approval on the secretary's desk, for trying a list (demo only)."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--count", type=int, default=100)
        parser.add_argument("--changed", type=int, default=2)
        parser.add_argument("--series", default="MARAMMAT")

    def handle(self, *_args: Any, **options: Any) -> None:
        if not settings.DEMO:
            raise CommandError("This is for the demo alone.")
        drafts = similar_put_up(
            by=actor("dealing_assistant"), officer=actor("secretary"), count=options["count"],
            changed=options["changed"], series=options["series"],
        )  # fmt: skip
        self.stdout.write(f"{len(drafts)} letters on the secretary's desk")
