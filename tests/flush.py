"""The tests' `flush`: the ledger's guards refuse to empty their tables, so they stand aside for it (stack 2)."""

from __future__ import annotations

from typing import Any

from django.core.management.commands.flush import Command as DjangoFlush
from django.db import connections

from eoffice.ledger import guards


class Command(DjangoFlush):
    """Put in Django's place by `tests/conftest.py`; the product has no way to empty a ledger."""

    def handle(self, **options: Any) -> None:
        connection = connections[options["database"]]
        guards.remove(connection)
        try:
            super().handle(**options)
        finally:
            guards.install(connection)
