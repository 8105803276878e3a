"""`manage.py outbox`: what waits, what is parked and why; put a row back, or take one out."""

from __future__ import annotations

import argparse
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db.models import Count

from eoffice.core import outbox
from eoffice.core.models import OutboxRow, OutboxState


class Command(BaseCommand):
    help = "Shows the outbox; `retry ID…` puts parked rows back, `park ID… --reason …` takes waiting rows out."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("act", nargs="?", choices=["list", "retry", "park"], default="list")
        parser.add_argument("rows", nargs="*", type=int, help="ids of rows")
        parser.add_argument("--state", choices=OutboxState.values, help="list only rows in this state")
        parser.add_argument("--limit", type=int, default=50)
        parser.add_argument("--all-parked", action="store_true", help="retry every parked row")
        parser.add_argument("--reason", default="", help="why a row is parked; no personal data")

    def handle(self, *_args: Any, **options: Any) -> None:
        if options["act"] == "list":
            self.show(options["state"], options["limit"])
            return
        rows: list[int] = options["rows"]
        if options["act"] == "retry":
            if options["all_parked"]:
                rows = list(outbox.parked().values_list("pk", flat=True))
            refused = [pk for pk in rows if not outbox.retry(pk)]
            word = "parked"
        else:
            if not options["reason"]:
                raise CommandError("Say why with --reason; the next operator will read it.")
            refused = [pk for pk in rows if not outbox.park(pk, options["reason"])]
            word = "waiting"
        self.stdout.write(f"{options['act']}: {len(rows) - len(refused)} row(s)")
        if refused:
            raise CommandError(f"Not {word}, so left alone: {', '.join(map(str, refused))}")

    def show(self, state: str | None, limit: int) -> None:
        counts = dict(OutboxRow.objects.values_list("state").annotate(Count("pk")))
        self.stdout.write("  ".join(f"{name} {counts.get(name, 0)}" for name in OutboxState.values))
        self.stdout.write(f"oldest late row: {outbox.oldest_waiting_age():.0f} s")
        rows = (
            OutboxRow.objects.exclude(state=OutboxState.DONE)
            if state is None
            else OutboxRow.objects.filter(state=state)
        )
        for row in rows.order_by("-state", "run_after")[:limit]:
            self.stdout.write(
                f"{row.pk:>8} {row.state:<8} {row.kind:<28} tries {row.attempts:<3} "
                f"due {row.run_after:%Y-%m-%d %H:%M:%SZ}  {row.key}  {row.last_error}"
            )
