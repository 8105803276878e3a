from django.apps import AppConfig
from django.core import checks
from django.db import connections
from django.db.models.signals import post_migrate

from employee_master import guards


def _install_guards(*, using: str, **_kwargs: object) -> None:
    guards.install(connections[using])


def _guards_stand(*, databases: list[str] | None = None, **_kwargs: object) -> list[checks.CheckMessage]:
    return [
        checks.Error(
            f"The guard {name} on the table of charges is missing.",
            hint="Run `manage.py migrate`; it puts the guards back.",
            id="employee_master.E001",
        )
        for alias in databases or []
        for name in guards.missing(connections[alias])
    ]


class EmployeeMasterConfig(AppConfig):
    name = "employee_master"

    def ready(self) -> None:
        post_migrate.connect(_install_guards, sender=self, dispatch_uid="employee_master.guards")
        checks.register(_guards_stand, checks.Tags.database)
