"""The quarterly access review of an office: who looked at which list, and when."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from employee_master.models.employee import Employee
from employee_master.models.organisation import Office


class AccessReview(models.Model):
    """One quarter of one office; without an office, the roles of the whole instance.

    `listed` is the list as it was seen: ids and codes, no names; `sha256` is of its canonical JSON. `ended` counts
    what was ended with it. A row is never changed.
    """

    office = models.ForeignKey(Office, on_delete=models.PROTECT, null=True, blank=True, related_name="access_reviews")
    quarter_on = models.DateField(help_text="First day of the quarter")
    done_at = models.DateTimeField()
    done_by = models.ForeignKey(Employee, on_delete=models.PROTECT, related_name="+")
    listed = models.JSONField()
    sha256 = models.CharField(max_length=64)
    ended = models.PositiveIntegerField(default=0)

    ledger_type: ClassVar[str] = "access_review"

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["office", "quarter_on"], name="one_access_review_a_quarter"),
            models.UniqueConstraint(
                fields=["quarter_on"], condition=Q(office__isnull=True), name="one_instance_review_a_quarter"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.office_id} {self.quarter_on}"
