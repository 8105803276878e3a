"""People, with names in both scripts."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models

from employee_master.models.search import searchable


class Employee(models.Model):
    """A person. Aadhaar is not collected (design 10)."""

    account = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="employee"
    )
    code = models.CharField(max_length=30, unique=True)
    name_en = models.CharField(max_length=200)
    name_hi = models.CharField(max_length=200)
    mobile = models.CharField(max_length=20, blank=True)
    search_text = searchable("name_en", "name_hi", "code")

    class Meta:
        ordering: ClassVar = ["name_en"]

    ledger_type: ClassVar[str] = "employee"

    def __str__(self) -> str:
        return self.code
