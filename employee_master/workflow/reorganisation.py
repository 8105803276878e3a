"""The life of a re-organisation: prepared by one, agreed to by another, carried out on its day."""

from __future__ import annotations

from datetime import datetime

from django.db import models
from django.utils.translation import gettext_lazy as _
from django_fsm import ConcurrentTransitionMixin, FSMField, transition


class ReorganisationState(models.TextChoices):
    PREPARED = "prepared", _("Prepared")
    AGREED = "agreed", _("Agreed, waits for its day")
    APPLIED = "applied", _("Carried out")
    FAILED = "failed", _("Could not be carried out")
    WITHDRAWN = "withdrawn", _("Withdrawn")


class ReorganisationLife(ConcurrentTransitionMixin, models.Model):
    """prepared → applied; prepared → agreed (its day is still to come) → applied · failed(why); → withdrawn."""

    state = FSMField(
        max_length=10, choices=ReorganisationState.choices, default=ReorganisationState.PREPARED, protected=True
    )
    decided_by = models.ForeignKey(
        "employee_master.Employee", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    decided_at = models.DateTimeField(null=True, blank=True)
    applied_at = models.DateTimeField(null=True, blank=True)
    failed_why_en = models.CharField(max_length=500, blank=True)
    failed_why_hi = models.CharField(max_length=500, blank=True)

    class Meta:
        abstract = True

    @transition(field=state, source=ReorganisationState.PREPARED, target=ReorganisationState.AGREED)
    def agree(self, *, by_id: int, at: datetime) -> None:
        self.decided_by_id = by_id
        self.decided_at = at

    @transition(
        field=state,
        source=[ReorganisationState.PREPARED, ReorganisationState.AGREED],
        target=ReorganisationState.APPLIED,
    )
    def apply(self, *, at: datetime) -> None:
        self.applied_at = at

    @transition(field=state, source=ReorganisationState.AGREED, target=ReorganisationState.FAILED)
    def fail(self, *, why_en: str, why_hi: str) -> None:
        self.failed_why_en = why_en
        self.failed_why_hi = why_hi

    @transition(
        field=state,
        source=[ReorganisationState.PREPARED, ReorganisationState.AGREED],
        target=ReorganisationState.WITHDRAWN,
    )
    def withdraw(self) -> None:
        """Nothing of it is done; it stays on record."""
