"""`manage.py demo_prepare`: tables, guards, cache and the demo's department; called by the supervisor."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand

from eoffice.demo.seed import seed_all


class Command(BaseCommand):
    help = "Makes the demo's database and fills it once."
    # The checks of the database can only hold after this command.
    requires_system_checks: list[str] = []  # noqa: RUF012 - Django's name

    def handle(self, *_args: Any, **_options: Any) -> None:
        call_command("migrate", verbosity=0, interactive=False)
        call_command("createcachetable", verbosity=0)
        seeded = settings.DATA_DIR / "seeded"
        if not seeded.exists():
            # A first run that was interrupted goes on where it stopped: every step adds only what is missing.
            seed_all()
            seeded.touch()
        call_command("check", databases=["default"])
