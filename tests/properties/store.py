"""The rows of the beginning, kept, and put back before each example that commits."""

from __future__ import annotations

from django.apps import apps
from django.db import connection, transaction
from django.db.models import GeneratedField
from django.db.models import Model as Row

from eoffice.ledger import guards


class Store:
    """`keep` takes the database as it is; `restore` makes it so again, keys included."""

    def __init__(self) -> None:
        self.rows: dict[type[Row], list[Row]] = {}
        self.script = ""

    def keep(self) -> None:
        models = [model for model in apps.get_models(include_auto_created=True) if model._meta.managed]
        self.rows = {model: list(model._base_manager.all()) for model in models}
        if connection.vendor == "postgresql":
            self._keep_copies()

    def restore(self) -> None:
        """The guards of append-only tables stand aside meanwhile."""
        guards.remove(connection)
        with transaction.atomic():
            if self.script:
                with connection.cursor() as cursor:
                    cursor.execute(self.script)
            else:
                self._restore_rows()
        guards.install(connection)

    def _restore_rows(self) -> None:
        for model in self.rows:
            model._base_manager.all()._raw_delete(using=connection.alias)
        for model, rows in self.rows.items():
            if rows:
                model._base_manager.bulk_create(rows)

    def _keep_copies(self) -> None:
        """Copies beside the tables, and one statement that puts them back: there are hundreds of examples."""
        tables = {model: model._meta.db_table for model in self.rows}
        deletes = [f'DELETE FROM "{table}"' for table in tables.values()]
        inserts = []
        with connection.cursor() as cursor:
            cursor.execute("DROP SCHEMA IF EXISTS kept CASCADE; CREATE SCHEMA kept")
            for model, table in tables.items():
                if not self.rows[model]:
                    continue
                cursor.execute(f'CREATE TABLE kept."{table}" AS TABLE "{table}"')
                fields = [one for one in model._meta.local_concrete_fields if not isinstance(one, GeneratedField)]
                columns = ", ".join(f'"{field.column}"' for field in fields)
                inserts.append(f'INSERT INTO "{table}" ({columns}) SELECT {columns} FROM kept."{table}"')
        self.script = "; ".join([*deletes, *inserts])

    def forget(self) -> None:
        if self.script:
            with connection.cursor() as cursor:
                cursor.execute("DROP SCHEMA kept CASCADE")
