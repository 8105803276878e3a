from collections.abc import Sequence
from typing import Any

from django.apps import AppConfig
from django.core import checks
from django.db import connections
from django.db.models.signals import post_migrate

from employee_master import guards
from eoffice.ledger.guards import append_only


def _install_guards(*, using: str, **_kwargs: object) -> None:
    guards.install(connections[using])


def _guards_stand(
    *, app_configs: Sequence[AppConfig] | None = None, databases: Sequence[str] | None = None, **_kwargs: Any
) -> list[checks.CheckMessage]:
    del app_configs
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
        from employee_master import (  # noqa: PLC0415 - imports models
            jobs_accounts,
            jobs_changes,
            jobs_charges,
            jobs_imports,
            jobs_organisation,
            jobs_readiness,
        )

        post_migrate.connect(_install_guards, sender=self, dispatch_uid="employee_master.guards")
        checks.register(_guards_stand, checks.Tags.database)
        append_only("employee_master_accessreview")
        jobs_accounts.register()
        jobs_organisation.register()
        jobs_changes.register()
        jobs_readiness.register()
        jobs_charges.register()
        jobs_imports.register()
