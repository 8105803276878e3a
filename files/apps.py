from django.apps import AppConfig


class FilesConfig(AppConfig):
    name = "files"

    def ready(self) -> None:
        from files import handlers, ports  # noqa: PLC0415 - both import models

        handlers.register()
        ports.register()
