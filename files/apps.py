from django.apps import AppConfig

from eoffice.ledger import guards


class FilesConfig(AppConfig):
    name = "files"

    def ready(self) -> None:
        guards.append_only("files_draftversion")
        # A yellow note is its author's; a green one is never altered or hidden (procedure, rule 12).
        guards.append_only_when("files_note", name="files_note_submitted", when="OLD.state = 'submitted'")
        from files import handlers, ports, practice  # noqa: PLC0415 - all import models

        handlers.register()
        ports.register()
        practice.register()
