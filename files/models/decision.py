"""Typed decisions and what was on the officer's screen when they were taken (design 6, 11)."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from files.models.draft import Draft
from files.models.file import File
from files.models.note import Note
from files.workflow import DecisionState


class DecisionAct(models.TextChoices):
    APPROVE = "approve", _("Approved")
    APPROVE_WITH_CHANGE = "approve_with_change", _("Approved with change")
    DISCUSS = "discuss", _("To be discussed")
    RETURN_WITH_QUERY = "return_with_query", _("Returned with a query")


APPROVALS = (DecisionAct.APPROVE, DecisionAct.APPROVE_WITH_CHANGE)


class Decision(models.Model):
    """One decision of one officer. `manifest` is what the signature of the decision record covers.

    The record stays inside the file; the letter carries only `manifest_hash`, salted (design 6).
    """

    file = models.ForeignKey(File, on_delete=models.PROTECT, related_name="decisions")
    act = models.CharField(max_length=24, choices=DecisionAct.choices)
    state = models.CharField(max_length=10, choices=DecisionState.choices, default=DecisionState.PREPARED)
    line = models.TextField(help_text="Sanitised HTML of the officer's line")
    draft = models.ForeignKey(Draft, on_delete=models.PROTECT, null=True, blank=True, related_name="decisions")
    draft_version = models.PositiveIntegerField(null=True, blank=True)
    note = models.OneToOneField(Note, on_delete=models.PROTECT, null=True, blank=True, related_name="decision")
    to_post = models.ForeignKey("employee_master.Post", on_delete=models.PROTECT, related_name="+")
    post = models.ForeignKey("employee_master.Post", on_delete=models.PROTECT, related_name="+")
    employee = models.ForeignKey("employee_master.Employee", on_delete=models.PROTECT, related_name="+")
    prepared_at = models.DateTimeField()
    completed_at = models.DateTimeField(null=True, blank=True)
    manifest = models.JSONField(default=dict)
    manifest_salt = models.CharField(max_length=64, blank=True)
    record_attempt = models.UUIDField(null=True, blank=True)
    letter_attempt = models.UUIDField(null=True, blank=True)
    record = models.ForeignKey("documents.Document", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    record_ready = models.BooleanField(default=False, help_text="Its signature has reached the level of the policy")

    ledger_type: ClassVar[str] = "decision"

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=models.Q(act__in=DecisionAct.values), name="decision_act_known"),
            models.CheckConstraint(condition=models.Q(state__in=DecisionState.values), name="decision_state_known"),
        ]

    def __str__(self) -> str:
        return f"{self.file_id} {self.act}"
