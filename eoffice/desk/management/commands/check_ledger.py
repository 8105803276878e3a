"""`manage.py check_ledger`: proves chains, movements, seals and custody; says in words what differs (design 4)."""

from __future__ import annotations

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from eoffice.desk.ledger import differences


class Command(BaseCommand):
    help = "Prove the ledger: hash chains, movements, daily seals, custody and note sheets. Exit 1 on a difference."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *_args: Any, **options: Any) -> None:
        found = list(differences())
        if options["json"]:
            rows = [{"kind": one.kind, "where": one.where, "words": one.words} for one in found]
            self.stdout.write(json.dumps({"ok": not found, "differences": rows}, ensure_ascii=False))
        elif found:
            for one in found:
                self.stdout.write(f"{one.where}: {one.words}")
            self.stdout.write(f"{len(found)} difference(s).")
        else:
            self.stdout.write("The ledger is whole: chains, movements, seals, custody and note sheets agree.")
        if found:
            raise SystemExit(1)
