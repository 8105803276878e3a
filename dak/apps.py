from django.apps import AppConfig


class DakConfig(AppConfig):
    name = "dak"
    label = "dak"

    def ready(self) -> None:
        # Models are loaded now; handlers and the port may be registered.
        from dak import jobs, work  # noqa: PLC0415

        jobs.register()
        work.register()
