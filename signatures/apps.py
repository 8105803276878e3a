from django.apps import AppConfig


class SignaturesConfig(AppConfig):
    name = "signatures"

    def ready(self) -> None:
        # Models are loaded now; handlers and the port may be registered.
        from signatures import jobs  # noqa: PLC0415

        jobs.register()
