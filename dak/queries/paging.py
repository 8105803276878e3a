"""Keyset paging of the registers: by year and serial, newest first; the cost of a page is the same everywhere."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from django.db.models import Model, Q, QuerySet

PAGE = 50
Row = TypeVar("Row", bound=Model)


@dataclass(frozen=True, slots=True)
class Page(Generic[Row]):
    """One page of a register; `after` is the key of the next page, empty on the last one."""

    rows: list[Row]
    after: str = ""


def key_of(text: str) -> tuple[int, int, int] | None:
    """Read "2026-412-97" as (year, serial, id); anything else is the first page."""
    parts = text.split("-")
    if len(parts) != 3 or not all(part.isascii() and part.isdigit() and len(part) <= 18 for part in parts):  # noqa: PLR2004
        return None
    year, serial, pk = map(int, parts)
    return year, serial, pk


def page_of(rows: QuerySet[Row], *, year: str, serial: str, after: str, limit: int = PAGE) -> Page[Row]:
    """The rows that follow `after`, in falling order of the two columns and the id."""
    key = key_of(after)
    if key is not None:
        older: dict[str, Any] = {f"{year}__lt": key[0]}
        same_year: dict[str, Any] = {year: key[0], f"{serial}__lt": key[1]}
        same: dict[str, Any] = {year: key[0], serial: key[1], "pk__lt": key[2]}
        rows = rows.filter(Q(**older) | Q(**same_year) | Q(**same))
    found = list(rows.order_by(f"-{year}", f"-{serial}", "-pk")[: limit + 1])
    if len(found) <= limit:
        return Page(found)
    last = found[limit - 1]
    return Page(found[:limit], f"{getattr(last, year)}-{getattr(last, serial)}-{last.pk}")
