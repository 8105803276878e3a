"""`python -m tests.core.probe add KIND COUNT [stall]` and `… report`: the other side of a kill test."""

from __future__ import annotations

import json
import os
import sys
from collections import Counter

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.core.probe.settings")

import django

django.setup()

from django.db import transaction  # noqa: E402

from eoffice.core import outbox  # noqa: E402
from eoffice.core.models import NumberSeries, OutboxRow  # noqa: E402
from tests.core.probe.handlers import FOLDER  # noqa: E402


def add(kind: str, count: int, *, stall: bool) -> None:
    for number in range(count):
        with transaction.atomic():
            outbox.add(kind, key=f"{kind}-{number}", payload={"stall": stall})


def report() -> dict[str, object]:
    sink = FOLDER / "outside"
    lines = sink.read_text(encoding="utf-8").splitlines() if sink.exists() else []
    rows = OutboxRow.objects.filter(kind__startswith="probe.")
    one = NumberSeries.objects.filter(series="one").values_list("office", "last")
    return {
        "states": dict(Counter(rows.values_list("state", flat=True))),
        "all": NumberSeries.objects.filter(series="all").values_list("last", flat=True).first() or 0,
        "doubled": sorted(key for key, last in one if last != 1),
        "counted": len(one),
        "outside": Counter(lines),
        "attempts": sum(rows.values_list("attempts", flat=True)),
        "errors": sorted(set(rows.exclude(last_error="").values_list("last_error", flat=True))),
    }


if __name__ == "__main__":
    if sys.argv[1] == "add":
        add(sys.argv[2], int(sys.argv[3]), stall="stall" in sys.argv)
    else:
        sys.stdout.write(json.dumps(report()))
