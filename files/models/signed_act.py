"""What every act with a signed record of its own keeps: by whom, what was prepared, and the record itself."""

from __future__ import annotations

from django.db import models

from files.workflow import DecisionState


class SignedAct(models.Model):
    """prepared → completed with its record, or abandoned. `manifest` is what the signature covers (design 6)."""

    state = models.CharField(max_length=12, choices=DecisionState.choices, default=DecisionState.PREPARED)
    reference = models.CharField(max_length=20, blank=True)
    post = models.ForeignKey("employee_master.Post", on_delete=models.PROTECT, related_name="+")
    employee = models.ForeignKey("employee_master.Employee", on_delete=models.PROTECT, related_name="+")
    prepared_at = models.DateTimeField()
    completed_at = models.DateTimeField(null=True, blank=True)
    manifest = models.JSONField(default=dict)
    attempt = models.UUIDField(null=True, blank=True)
    record = models.ForeignKey("documents.Document", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    record_ready = models.BooleanField(default=False, help_text="Its signature has reached the level of the policy")

    class Meta:
        abstract = True
