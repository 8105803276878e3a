from django.apps import AppConfig


class DeskConfig(AppConfig):
    name = "eoffice.desk"
    label = "desk"

    def ready(self) -> None:
        # The checks at start look at several rooms, so the room that spans them brings them in.
        from eoffice import checks  # noqa: F401, PLC0415
        from eoffice.desk import jobs  # noqa: PLC0415

        jobs.register()
