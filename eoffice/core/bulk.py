"""Hundreds of thousands of small rows at once, for tables that are made of other tables (words to search by).

A model instance for each would cost ten times as much as the writing itself. Values go in as the database takes them:
numbers, texts, true and false.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from django.db import connection, models, transaction

PART = 20_000


def insert_rows(model: type[models.Model], columns: Sequence[str], rows: Sequence[tuple[Any, ...]]) -> None:
    """Insert the rows into the model's table, `columns` naming its fields in the order of the values.

    Must be called in a transaction, like the act that it belongs to.
    """
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError("many rows are one act, and need its transaction")
    fields = [model._meta.get_field(name) for name in columns]  # noqa: SLF001 - Django's public name
    quote = connection.ops.quote_name
    table = quote(model._meta.db_table)  # noqa: SLF001
    names = ", ".join(quote(str(getattr(field, "column", ""))) for field in fields)
    with connection.cursor() as cursor:
        for first in range(0, len(rows), PART):
            part = rows[first : first + PART]
            if connection.vendor == "postgresql":
                # Names of our own tables and columns only; the values go in as parameters.
                arrays = ", ".join(f"%s::{_type(field)}[]" for field in fields)
                sql = f"INSERT INTO {table} ({names}) SELECT * FROM unnest({arrays})"  # noqa: S608
                cursor.execute(sql, [list(values) for values in zip(*part, strict=True)])
            else:
                marks = ", ".join("%s" for _field in fields)
                cursor.executemany(f"INSERT INTO {table} ({names}) VALUES ({marks})", part)  # noqa: S608


def _type(field: Any) -> str:
    """What the column is of, without its length."""
    return str(field.rel_db_type(connection) if field.is_relation else field.db_type(connection)).partition("(")[0]


@contextmanager
def uncollected() -> Iterator[None]:
    """While a million small things are made and none of them is let go: the search for dead ones costs an eighth.

    For the whole process, so only around an act that ends within a minute.
    """
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()
