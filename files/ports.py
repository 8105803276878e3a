"""What this room answers to the employee master: whose desk still holds files (design 2, ports)."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext_lazy as _

from employee_master import ports
from files.queries import files_on_desk, parked_files


class FilesOnDesk:
    """Files that block relieving until they are handed over; parked ones too."""

    def work_on(self, post_id: int) -> Sequence[ports.Work]:
        count = files_on_desk(post_id).count() + parked_files(post_id).count()
        return [ports.Work(kind=_("files"), count=count)]


def register() -> None:
    ports.holds_work.register(FilesOnDesk())
