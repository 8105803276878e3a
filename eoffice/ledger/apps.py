from django.apps import AppConfig
from django.db import connections
from django.db.models.signals import post_migrate


def _install_guards(*, using: str, **_kwargs: object) -> None:
    from eoffice.ledger import guards  # noqa: PLC0415 - models are not loaded when this module is

    guards.install(connections[using])


class LedgerConfig(AppConfig):
    name = "eoffice.ledger"
    label = "ledger"

    def ready(self) -> None:
        # After every migrate, because Django drops the triggers of a table that it rebuilds on SQLite.
        post_migrate.connect(_install_guards, sender=self, dispatch_uid="ledger.guards")
