from django.apps import AppConfig


class ProbeConfig(AppConfig):
    name = "tests.core.probe"
    label = "probe"

    def ready(self) -> None:
        from tests.core.probe import handlers  # noqa: F401, PLC0415 - registering is the point
