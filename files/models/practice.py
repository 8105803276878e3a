"""Who has practised: the first practice file that somebody sent on (R8, readiness)."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from files.models.file import File


class Practised(models.Model):
    """A person has forwarded a practice file themselves; the first time counts and stays."""

    employee = models.OneToOneField("employee_master.Employee", on_delete=models.PROTECT, related_name="+")
    file = models.ForeignKey(File, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["pk"]

    def __str__(self) -> str:
        return f"{self.employee_id} practised on {self.file_id}"
