"""The life of a change request (R21, R22)."""

from __future__ import annotations

from datetime import date, datetime

from django.db import models
from django.utils.translation import gettext_lazy as _
from django_fsm import ConcurrentTransitionMixin, FSMField, transition


class ChangeState(models.TextChoices):
    PROPOSED = "proposed", _("Proposed")
    CHECKED = "checked", _("Checked")
    OBJECTED = "objected", _("Objected to")
    ANSWERED = "answered", _("Answered and sent again")
    APPROVED = "approved", _("Approved")
    APPLIED = "applied", _("Entered")
    REJECTED = "rejected", _("Rejected")
    WITHDRAWN = "withdrawn", _("Withdrawn")


class ChangeStage(models.TextChoices):
    """Whose word is awaited: the drawing and disbursing officer's, or the head's."""

    CHECK = "check", _("Check")
    APPROVE = "approve", _("Approval")


OPEN_STATES = (
    ChangeState.PROPOSED,
    ChangeState.CHECKED,
    ChangeState.OBJECTED,
    ChangeState.ANSWERED,
    ChangeState.APPROVED,
)


class ChangeLife(ConcurrentTransitionMixin, models.Model):
    """proposed → checked → approved → applied; objected → answered → … ; rejected, withdrawn.

    `stage` tells whose turn it is. An objection of either leads back to the proposer; what was answered without
    touching values or evidence returns to whoever objected, anything else begins with the check again.
    """

    state = FSMField(max_length=10, choices=ChangeState.choices, default=ChangeState.PROPOSED, protected=True)
    stage = models.CharField(max_length=8, choices=ChangeStage.choices, default=ChangeStage.CHECK)
    turn_due_on = models.DateField()
    due_on = models.DateField()
    checked_at = models.DateTimeField(null=True, blank=True)
    approved_at = models.DateTimeField(null=True, blank=True)
    applied_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_why = models.CharField(max_length=500, blank=True)

    class Meta:
        abstract = True

    @transition(field=state, source=[ChangeState.PROPOSED, ChangeState.ANSWERED], target=ChangeState.CHECKED)
    def check_off(self, *, at: datetime) -> None:
        self.stage = ChangeStage.APPROVE
        self.checked_at = at
        self.turn_due_on = self.due_on

    @transition(
        field=state,
        source=[ChangeState.PROPOSED, ChangeState.CHECKED, ChangeState.ANSWERED, ChangeState.APPROVED],
        target=ChangeState.OBJECTED,
    )
    def object_to(self, *, answer_by: date) -> None:
        self.approved_at = None
        self.turn_due_on = answer_by

    @transition(field=state, source=ChangeState.OBJECTED, target=ChangeState.ANSWERED)
    def send_again(self, *, stage: ChangeStage, turn_due_on: date, due_on: date) -> None:
        self.stage = stage
        self.turn_due_on = turn_due_on
        self.due_on = due_on

    @transition(field=state, source=[ChangeState.CHECKED, ChangeState.ANSWERED], target=ChangeState.APPROVED)
    def approve(self, *, at: datetime) -> None:
        self.approved_at = at

    @transition(field=state, source=ChangeState.APPROVED, target=ChangeState.APPLIED)
    def apply(self, *, at: datetime) -> None:
        self.applied_at = self.closed_at = at

    @transition(
        field=state,
        source=[ChangeState.CHECKED, ChangeState.OBJECTED, ChangeState.ANSWERED, ChangeState.APPROVED],
        target=ChangeState.REJECTED,
    )
    def reject(self, *, why: str, at: datetime) -> None:
        self.closed_why = why
        self.closed_at = at

    @transition(
        field=state,
        source=[ChangeState.PROPOSED, ChangeState.CHECKED, ChangeState.OBJECTED, ChangeState.ANSWERED],
        target=ChangeState.WITHDRAWN,
    )
    def withdraw(self, *, why: str, at: datetime) -> None:
        self.closed_why = why
        self.closed_at = at
