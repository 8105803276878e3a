"""`manage.py grants --role NAME`: what the role of web and worker may do in PostgreSQL (design 4).

Run by the owner of the tables after every migrate. The role owns nothing; on a table whose rows a guard protects
from deletion it gets SELECT and INSERT alone, so that even a hole in the program can't alter the record. Which tables
those are is read from the guards that stand, not from a list that could grow stale.
"""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection, transaction

GUARD_SUFFIX = "_no_delete"
GUARDED = """
SELECT DISTINCT c.relname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
WHERE NOT t.tgisinternal AND t.tgenabled <> 'D' AND t.tgname = c.relname || %s
"""
READ_ONLY = {"django_migrations"}


def statements(role: str, tables: list[str], guarded: set[str], database: str) -> list[str]:
    """The whole of the role's rights, beginning from none, so that running it again also takes back."""
    quote = connection.ops.quote_name
    to = quote(role)
    lines = [
        "REVOKE CREATE ON SCHEMA public FROM PUBLIC",
        f"GRANT CONNECT ON DATABASE {quote(database)} TO {to}",
        f"GRANT USAGE ON SCHEMA public TO {to}",
        f"REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {to}",
    ]
    for table in sorted(tables):
        if table in READ_ONLY:
            rights = "SELECT"
        elif table in guarded:
            rights = "SELECT, INSERT"
        else:
            rights = "SELECT, INSERT, UPDATE, DELETE"
        lines.append(f"GRANT {rights} ON TABLE {quote(table)} TO {to}")
    lines.append(f"GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {to}")
    return lines


class Command(BaseCommand):
    help = "Prints, or with --execute gives, the rights of the role under which web and worker run (PostgreSQL)."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--role", required=True, help="the role of web and worker, not the owner of the tables")
        parser.add_argument("--execute", action="store_true", help="do it, in one transaction")

    def handle(self, *_args: Any, **options: Any) -> None:
        if connection.vendor != "postgresql":
            raise CommandError("Only PostgreSQL has roles; on SQLite the guards alone protect the ledger.")
        role = options["role"]
        with connection.cursor() as cursor:
            cursor.execute("SELECT current_user, EXISTS (SELECT FROM pg_roles WHERE rolname = %s)", [role])
            user, known = cursor.fetchone()
            if not known:
                raise CommandError(f"There is no role {role}. Make it first; deploy/README.md shows how.")
            if user == role:
                raise CommandError(f"{role} is the role you are connected as. Connect as the owner (DATABASE_URL).")
            cursor.execute(GUARDED, [GUARD_SUFFIX])
            guarded = {row[0] for row in cursor.fetchall()}
        if not guarded:
            raise CommandError("No guarded table was found. Run `manage.py migrate` first.")
        tables = connection.introspection.table_names()
        lines = statements(role, tables, guarded, str(connection.settings_dict["NAME"]))
        for line in lines:
            self.stdout.write(f"{line};")
        if options["execute"]:
            with transaction.atomic(), connection.cursor() as cursor:
                for line in lines:
                    cursor.execute(line)
            self.stdout.write(f"-- done: {len(guarded)} guarded table(s): {', '.join(sorted(guarded))}")
