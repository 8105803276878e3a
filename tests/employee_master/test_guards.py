from django.core.management import call_command
from django.db import connection

from employee_master import apps, guards


def test_the_guards_stand_and_are_put_in_once(db: None) -> None:
    assert guards.missing(connection) == []
    guards.install(connection)
    assert guards.missing(connection) == []


def test_a_missing_guard_is_told_at_start_and_put_back(db: None) -> None:
    name = "no_two_full_holders"
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(f"ALTER TABLE {guards.TABLE} DROP CONSTRAINT {name}")
        else:
            name += "_insert"
            cursor.execute(f"DROP TRIGGER {name}")
    assert guards.missing(connection) == [name]
    (error,) = apps._guards_stand(databases=["default"])
    assert name in str(error.msg)
    guards.install(connection)
    assert apps._guards_stand(databases=["default"]) == []


def test_no_migration_is_missing(db: None) -> None:
    call_command("makemigrations", "employee_master", check=True, dry_run=True, verbosity=0)
