"""Triggers that refuse UPDATE, DELETE and TRUNCATE on the append-only tables, on both databases (design 4).

`install` is idempotent and runs after every migrate; `missing` is a check at start. Rooms above name their own tables
with `append_only` and `append_only_when` in `AppConfig.ready()`; documents lie below this room, so their table stands
here.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.db.backends.base.base import BaseDatabaseWrapper

MESSAGE = "this record is append-only"

_FUNCTION = f"""
CREATE OR REPLACE FUNCTION ledger_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION '{MESSAGE}' USING ERRCODE = 'restrict_violation'; END $$
"""


@dataclass(frozen=True, slots=True)
class _Guarded:
    """A table, and which of its rows: all of them, or those for which `when` holds before the change (SQL on OLD)."""

    table: str
    name: str
    when: str = ""


_guarded: dict[str, _Guarded] = {}


def append_only(*tables: str) -> None:
    """No row of these tables is ever changed or removed; `manage.py grants` reads it from the triggers' names."""
    for table in tables:
        _guarded[table] = _Guarded(table, table)


def append_only_when(table: str, *, name: str, when: str) -> None:
    """Rows of the table for which `when` holds are final; the others may still be changed and removed.

    `name` is that of the final rows, so that the trigger never looks like that of a wholly append-only table.
    """
    _guarded[name] = _Guarded(table, name, f"WHEN ({when})")


def append_only_tables() -> list[str]:
    """The tables of which no row ever changes."""
    return [guarded.table for guarded in _guarded.values() if not guarded.when]


append_only("ledger_event", "ledger_movement", "documents_document")


def _names(vendor: str) -> list[tuple[str, str, str, str]]:
    """(trigger, table, act, condition) for each guard of the vendor."""
    acts = ("update", "delete", "truncate") if vendor == "postgresql" else ("update", "delete")
    return [
        (f"{guarded.name}_no_{act}", guarded.table, act, "" if act == "truncate" else guarded.when)
        for guarded in _guarded.values()
        for act in acts
    ]


def install(connection: BaseDatabaseWrapper) -> None:
    """Put every guard in place; those that stand already are left or replaced."""
    existing = set(connection.introspection.table_names())
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(_FUNCTION)
        for name, table, act, when in _names(connection.vendor):
            if table not in existing:
                continue
            if connection.vendor == "postgresql":
                level = "STATEMENT" if act == "truncate" else "ROW"
                cursor.execute(f"DROP TRIGGER IF EXISTS {name} ON {table}")
                cursor.execute(
                    f"CREATE TRIGGER {name} BEFORE {act.upper()} ON {table} "
                    f"FOR EACH {level} {when} EXECUTE FUNCTION ledger_refuse()"
                )
            else:
                cursor.execute(
                    f"CREATE TRIGGER IF NOT EXISTS {name} BEFORE {act.upper()} ON {table} {when} "
                    f"BEGIN SELECT RAISE(ABORT, '{MESSAGE}'); END"
                )


def remove(connection: BaseDatabaseWrapper) -> None:
    """Take the guards away: for the tests' flush, and for the owner who alters a row to see it found out."""
    existing = set(connection.introspection.table_names())
    with connection.cursor() as cursor:
        for name, table, _act, _when in _names(connection.vendor):
            if table not in existing:
                continue
            suffix = f" ON {table}" if connection.vendor == "postgresql" else ""
            cursor.execute(f"DROP TRIGGER IF EXISTS {name}{suffix}")


def missing(connection: BaseDatabaseWrapper) -> list[str]:
    """The names of guards that should stand and don't; empty before the first migrate."""
    existing = set(connection.introspection.table_names())
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgenabled <> 'D'")
        else:
            cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")
        standing = {row[0] for row in cursor.fetchall()}
    return [
        name for name, table, _act, _when in _names(connection.vendor) if table in existing and name not in standing
    ]
