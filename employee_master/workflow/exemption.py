"""The life of an exemption (R8): drafted in the office, asked for by its head, decided above, over by itself."""

from __future__ import annotations

from datetime import date, datetime

from django.db import models
from django.utils.translation import gettext_lazy as _
from django_fsm import ConcurrentTransitionMixin, FSMField, transition


class ExemptionState(models.TextChoices):
    DRAFTED = "drafted", _("Drafted")
    REQUESTED = "requested", _("Asked for")
    GRANTED = "granted", _("Granted")
    REFUSED = "refused", _("Refused")
    WITHDRAWN = "withdrawn", _("Withdrawn")
    EXPIRED = "expired", _("Expired")


class ExemptionLife(ConcurrentTransitionMixin, models.Model):
    """drafted → requested (signed) → granted(until) · refused(why), signed too; granted → expired; → withdrawn."""

    state = FSMField(max_length=10, choices=ExemptionState.choices, default=ExemptionState.DRAFTED, protected=True)
    requested_by = models.ForeignKey(
        "employee_master.Employee", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    requested_post = models.ForeignKey(
        "employee_master.Post", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    requested_at = models.DateTimeField(null=True, blank=True)
    request_document = models.ForeignKey(
        "documents.Document", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    decided_by = models.ForeignKey(
        "employee_master.Employee", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    decided_post = models.ForeignKey(
        "employee_master.Post", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_why = models.CharField(max_length=1000, blank=True)
    decision_document = models.ForeignKey(
        "documents.Document", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    until = models.DateField(null=True, blank=True, help_text="Last day of the exemption, as it was granted")
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        abstract = True

    @transition(field=state, source=ExemptionState.DRAFTED, target=ExemptionState.REQUESTED)
    def ask(self, *, by_id: int, post_id: int, document_id: int, at: datetime) -> None:
        self.requested_by_id, self.requested_post_id = by_id, post_id
        self.request_document_id = document_id
        self.requested_at = at

    @transition(field=state, source=ExemptionState.REQUESTED, target=ExemptionState.GRANTED)
    def grant(self, *, until: date, why: str, by_id: int, post_id: int, document_id: int, at: datetime) -> None:
        self.until = until
        self._decided(why=why, by_id=by_id, post_id=post_id, document_id=document_id, at=at)

    @transition(field=state, source=ExemptionState.REQUESTED, target=ExemptionState.REFUSED)
    def refuse(self, *, why: str, by_id: int, post_id: int, document_id: int, at: datetime) -> None:
        self._decided(why=why, by_id=by_id, post_id=post_id, document_id=document_id, at=at)

    @transition(field=state, source=[ExemptionState.DRAFTED, ExemptionState.REQUESTED], target=ExemptionState.WITHDRAWN)
    def withdraw(self, *, at: datetime) -> None:
        self.ended_at = at

    @transition(field=state, source=ExemptionState.GRANTED, target=ExemptionState.EXPIRED)
    def expire(self, *, at: datetime) -> None:
        self.ended_at = at

    def _decided(self, *, why: str, by_id: int, post_id: int, document_id: int, at: datetime) -> None:
        self.decided_why = why
        self.decided_by_id, self.decided_post_id = by_id, post_id
        self.decision_document_id = document_id
        self.decided_at = at
