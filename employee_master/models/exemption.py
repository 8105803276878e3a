"""Exemptions from the go-live, or from single items of the checklist (R8)."""

from __future__ import annotations

from datetime import date
from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from employee_master.models.employee import Employee
from employee_master.models.organisation import Office, Post
from employee_master.workflow.exemption import ExemptionLife, ExemptionState


class Exemption(ExemptionLife):
    """An office asks not to comply until a day: with everything (`is_whole`), or with the items in `codes`.

    `order_number` is that of the higher order it leans on. `number` is drawn when the head first prepares to sign, and
    kept over retries.
    """

    office = models.ForeignKey(Office, on_delete=models.PROTECT, related_name="exemptions")
    number = models.CharField(max_length=80, blank=True)
    is_whole = models.BooleanField(default=False)
    codes = models.JSONField(default=list, help_text="Codes of the items, where it is not the whole go-live")
    asked_until = models.DateField()
    reason = models.CharField(max_length=2000)
    order_number = models.CharField(max_length=80)
    order_on = models.DateField()
    made_by = models.ForeignKey(Employee, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()

    ledger_type: ClassVar[str] = "exemption"

    class Meta:
        ordering: ClassVar = ["-pk"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(state__in=ExemptionState.values), name="exemption_state_known"),
            models.UniqueConstraint(fields=["number"], condition=~Q(number=""), name="one_exemption_per_number"),
            models.UniqueConstraint(
                fields=["office"], condition=Q(state__in=["drafted", "requested"]), name="one_open_exemption_request"
            ),
            models.CheckConstraint(
                condition=Q(state__in=["drafted", "withdrawn"])
                | Q(requested_by__isnull=False, requested_at__isnull=False, request_document__isnull=False),
                name="exemption_asked_for_by_signature",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["granted", "refused", "expired"])
                | Q(decided_by__isnull=False, decided_at__isnull=False, decision_document__isnull=False),
                name="exemption_decided_by_signature",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["granted", "expired"]) | Q(until__isnull=False), name="granted_exemption_ends"
            ),
            # Nobody grants what they asked for, even past the rules.
            models.CheckConstraint(
                condition=Q(decided_by__isnull=True) | ~Q(decided_by=F("requested_by")),
                name="exemption_decided_by_another",
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["state", "until"], name="exemptions_by_end")]

    def __str__(self) -> str:
        return self.number or f"exemption {self.pk}"

    @property
    def last_day(self) -> date:
        """The last day as granted; before the decision, as asked for."""
        return self.until or self.asked_until


class ExemptionAct(models.TextChoices):
    REQUEST = "request", _("Ask for it")
    GRANT = "grant", _("Grant")
    REFUSE = "refuse", _("Refuse")


class ExemptionSigning(models.Model):
    """A signature that was prepared: what it will say, and the attempt of the signing room. The newest one counts."""

    exemption = models.ForeignKey(Exemption, on_delete=models.PROTECT, related_name="signings")
    act = models.CharField(max_length=7, choices=ExemptionAct.choices)
    until = models.DateField(null=True, blank=True)
    why = models.CharField(max_length=1000, blank=True)
    shown_sha256 = models.CharField(max_length=64, help_text="Of what stood on the officer's screen")
    attempt = models.UUIDField(null=True, blank=True)
    employee = models.ForeignKey(Employee, on_delete=models.PROTECT, related_name="+")
    post = models.ForeignKey(Post, on_delete=models.PROTECT, related_name="+")
    prepared_at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["pk"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(act__in=ExemptionAct.values), name="exemption_act_known")
        ]

    def __str__(self) -> str:
        return f"{self.exemption_id} {self.act}"
