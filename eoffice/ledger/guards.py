"""Triggers that refuse UPDATE, DELETE and TRUNCATE on the append-only tables, on both databases (design 4).

`install` is idempotent and runs after every migrate; `missing` is a check at start.
"""

from __future__ import annotations

from django.db.backends.base.base import BaseDatabaseWrapper

TABLES = ("ledger_event", "ledger_movement")
MESSAGE = "the ledger is append-only"

_FUNCTION = f"""
CREATE OR REPLACE FUNCTION ledger_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION '{MESSAGE}' USING ERRCODE = 'restrict_violation'; END $$
"""


def _names(vendor: str) -> list[tuple[str, str, str]]:
    """(trigger, table, act) for each guard of the vendor."""
    acts = ("update", "delete", "truncate") if vendor == "postgresql" else ("update", "delete")
    return [(f"{table}_no_{act}", table, act) for table in TABLES for act in acts]


def install(connection: BaseDatabaseWrapper) -> None:
    """Put every guard in place; those that stand already are left or replaced."""
    existing = set(connection.introspection.table_names())
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(_FUNCTION)
        for name, table, act in _names(connection.vendor):
            if table not in existing:
                continue
            if connection.vendor == "postgresql":
                level = "STATEMENT" if act == "truncate" else "ROW"
                cursor.execute(f"DROP TRIGGER IF EXISTS {name} ON {table}")
                cursor.execute(
                    f"CREATE TRIGGER {name} BEFORE {act.upper()} ON {table} "
                    f"FOR EACH {level} EXECUTE FUNCTION ledger_refuse()"
                )
            else:
                cursor.execute(
                    f"CREATE TRIGGER IF NOT EXISTS {name} BEFORE {act.upper()} ON {table} "
                    f"BEGIN SELECT RAISE(ABORT, '{MESSAGE}'); END"
                )


def remove(connection: BaseDatabaseWrapper) -> None:
    """Take the guards away: for the tests' flush, and for the owner who alters a row to see it found out."""
    with connection.cursor() as cursor:
        for name, table, _act in _names(connection.vendor):
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
    return [name for name, table, _act in _names(connection.vendor) if table in existing and name not in standing]
