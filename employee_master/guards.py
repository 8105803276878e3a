"""What the database itself refuses: two substantive charges of one person, two full holders of one post.

The model's own constraints hold for open charges; these hold for every overlap of dates. A relieved charge leaves its
last day free, because the successor usually takes over that day. PostgreSQL has an exclusion constraint for it (over
ranges of one number, so that no extension is needed), SQLite a trigger. `install` is idempotent and runs after every
migrate, because Django drops the triggers of a table that it rebuilds on SQLite.
"""

from __future__ import annotations

from django.db.backends.base.base import BaseDatabaseWrapper

TABLE = "employee_master_charge"
# Name of the guard, the column that must not be doubled, and the charges it is about.
GUARDS = (
    ("no_two_substantive_charges", "employee_id", "kind = 'substantive'"),
    ("no_two_full_holders", "post_id", "kind <> 'link'"),
)


def _exclusion(name: str, column: str, about: str) -> str:
    days = "daterange(from_on, to_on, CASE WHEN ended_at IS NULL THEN '[]' ELSE '[)' END)"
    return (
        f"ALTER TABLE {TABLE} ADD CONSTRAINT {name} EXCLUDE USING gist "
        f"(int8range({column}, {column}, '[]') WITH &&, {days} WITH &&) WHERE ({about})"
    )


def _last_day(row: str) -> str:
    return (
        f"coalesce(CASE WHEN {row}.ended_at IS NULL THEN {row}.to_on ELSE date({row}.to_on, '-1 day') END, "
        "'9999-12-31')"
    )


def _trigger(name: str, column: str, about: str, act: str) -> str:
    new, other = _last_day("NEW"), _last_day("other")
    same = f"other.id IS NOT NEW.id AND other.{column} = NEW.{column} AND other.{about} AND other.from_on <= {other}"
    overlap = f"NEW.from_on <= {new} AND other.from_on <= {new} AND NEW.from_on <= {other}"
    # Names of our own only; nothing of this comes from outside.
    refuse = f"SELECT RAISE(ABORT, '{name}') FROM {TABLE} AS other WHERE {same} AND {overlap}"  # noqa: S608
    when = f"BEFORE {act.upper()} ON {TABLE} WHEN NEW.{about}"
    return f"CREATE TRIGGER IF NOT EXISTS {name}_{act} {when} BEGIN {refuse}; END"


def install(connection: BaseDatabaseWrapper) -> None:
    """Put every guard in place; those that stand already are left."""
    if TABLE not in connection.introspection.table_names():
        return
    absent = set(missing(connection))
    with connection.cursor() as cursor:
        for name, column, about in GUARDS:
            if connection.vendor == "postgresql":
                if name in absent:
                    cursor.execute(_exclusion(name, column, about))
            else:
                for act in ("insert", "update"):
                    cursor.execute(_trigger(name, column, about, act))


def missing(connection: BaseDatabaseWrapper) -> list[str]:
    """The names of guards that should stand and don't; empty before the first migrate."""
    if TABLE not in connection.introspection.table_names():
        return []
    names = [name for name, _column, _about in GUARDS]
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SELECT conname FROM pg_constraint WHERE contype = 'x'")
        else:
            cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")
            names = [f"{name}_{act}" for name in names for act in ("insert", "update")]
        standing = {row[0] for row in cursor.fetchall()}
    return [name for name in names if name not in standing]
