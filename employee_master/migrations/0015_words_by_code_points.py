"""PostgreSQL orders the words by code points, as SQLite does, so that one range finds a prefix from the index.

Written by hand: a collation has another name on each database. SQLite needs nothing.
"""

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

TABLES = ("employee_master_nameword", "employee_master_postword")


def by_code_points(_apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    if schema_editor.connection.vendor == "postgresql":
        for table in TABLES:
            schema_editor.execute(f'ALTER TABLE {table} ALTER COLUMN word TYPE varchar(60) COLLATE "C"', params=None)


def as_the_database(_apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    if schema_editor.connection.vendor == "postgresql":
        for table in TABLES:
            schema_editor.execute(
                f'ALTER TABLE {table} ALTER COLUMN word TYPE varchar(60) COLLATE "default"', params=None
            )


class Migration(migrations.Migration):
    dependencies = [("employee_master", "0014_readiness_and_exemptions")]

    operations = [migrations.RunPython(by_code_points, as_the_database)]
