"""Gap-free numbers: diary, file, issue, reference (design 5)."""

from __future__ import annotations

from django.db import connection, transaction

from eoffice.core.models import NumberPattern, NumberSeries


def next_number(series: str, *, office: str = "", year: int) -> int:
    """The next number of the series, 1 first. It is given back if the caller's transaction fails.

    Must be called inside a transaction; the row stays locked to its end, so call it late (lock order: the thing
    itself, number series, ledger).
    """
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError("next_number outside a transaction would leave gaps")
    drawn = _drawn(series, office, year)
    if drawn is None:
        # Two first callers at once: the unique constraint lets one row in, and both then queue at its lock.
        NumberSeries.objects.bulk_create([NumberSeries(series=series, office=office, year=year)], ignore_conflicts=True)
        drawn = _drawn(series, office, year)
    assert drawn is not None
    return drawn


def _drawn(series: str, office: str, year: int) -> int | None:
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE core_numberseries SET last = last + 1 WHERE series = %s AND office = %s AND year = %s "
            "RETURNING last",
            [series, office, year],
        )
        row = cursor.fetchone()
    return int(row[0]) if row is not None else None


# What an instance that says nothing gets; the names in braces are the facts that the caller hands over.
PATTERNS = {
    "diary": "{serial}/{year}",
    "dispatch": "{serial}/{year}",
    "file": "{section}/{head}({serial})/{year}",
    "practice": "PRAC-{serial}/{section}/{year}",
    "exemption": "{office}/EX-{serial}/{year}",
    "change": "{office}/CH-{serial}/{year}",
    "letter": "{serial}/{section}/{year}",
    "endorsement": "{number}({part})",
}


def written(series: str, **facts: str | int) -> str:
    """The number as the instance writes it, from its pattern or the default one."""
    own = NumberPattern.objects.filter(series=series).values_list("pattern", flat=True).first()
    return (own or PATTERNS[series]).format(**facts)
