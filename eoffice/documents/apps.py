from django.apps import AppConfig


class DocumentsConfig(AppConfig):
    name = "eoffice.documents"
    label = "documents"

    def ready(self) -> None:
        from eoffice.documents import jobs  # noqa: F401, PLC0415 - registers the outbox handler
