"""Change requests: what shall be altered in a record, on which evidence, and what was said to it (R21, R22)."""

from __future__ import annotations

import secrets
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from employee_master.models.employee import Employee
from employee_master.models.organisation import Office
from employee_master.workflow.change import ChangeLife, ChangeStage, ChangeState
from eoffice.documents.models import Document


class ChangeField(models.TextChoices):
    """The fields of a record that a request may be about, in the order of the page."""

    NAME_EN = "name_en", _("Name in English")
    NAME_HI = "name_hi", _("Name in Hindi")
    CODE = "code", _("Employee code")
    EMAIL = "email", _("Government e-mail")
    MOBILE = "mobile", _("Mobile")
    GENDER = "gender", _("Gender")
    BORN_ON = "born_on", _("Date of birth")
    JOINED_ON = "joined_on", _("First day in service")
    SUPERANNUATES_ON = "superannuates_on", _("Retirement on")


class EvidenceKind(models.TextChoices):
    SCHOOL_CERTIFICATE = "school_certificate", _("School certificate")
    SERVICE_BOOK = "service_book", _("Service book")
    ORDER = "order", _("Order")
    GAZETTE = "gazette", _("Gazette notification")
    AFFIDAVIT = "affidavit", _("Affidavit")
    LIST = "list", _("List that was compared")
    OTHER = "other", _("Other paper")


def _salt() -> str:
    return secrets.token_hex(16)


class ChangeRequest(ChangeLife):
    """A proposal to change one or several fields of one person's record.

    `office` decides; `made_by` is the person concerned or whoever proposes for them. `salt` goes into the hashes that
    the ledger keeps of the values, so that a short value can't be guessed from its hash.
    """

    employee = models.ForeignKey(Employee, on_delete=models.PROTECT, related_name="change_requests")
    office = models.ForeignKey(Office, on_delete=models.PROTECT, related_name="change_requests")
    number = models.CharField(max_length=60, unique=True)
    why = models.CharField(max_length=500, blank=True)
    effective_on = models.DateField(null=True, blank=True)
    made_by = models.ForeignKey(Employee, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    checked_by = models.ForeignKey(Employee, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    approved_by = models.ForeignKey(Employee, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    salt = models.CharField(max_length=32, default=_salt)

    ledger_type: ClassVar[str] = "change"

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(state__in=ChangeState.values), name="change_state_known"),
            models.CheckConstraint(condition=Q(stage__in=ChangeStage.values), name="change_stage_known"),
            # Nobody approves what they made or checked themselves (R3, R21).
            models.CheckConstraint(
                condition=Q(approved_by__isnull=True)
                | (~Q(approved_by=models.F("made_by")) & ~Q(approved_by=models.F("employee"))),
                name="change_not_approved_by_maker",
            ),
            models.CheckConstraint(
                condition=Q(approved_by__isnull=True)
                | Q(checked_by__isnull=True)
                | ~Q(approved_by=models.F("checked_by")),
                name="change_not_approved_by_checker",
            ),
            models.CheckConstraint(
                condition=Q(checked_by__isnull=True)
                | (~Q(checked_by=models.F("made_by")) & ~Q(checked_by=models.F("employee"))),
                name="change_not_checked_by_maker",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["office", "state", "turn_due_on"], name="changes_by_turn"),
            models.Index(fields=["office", "-id"], name="changes_of_office"),
            models.Index(fields=["made_by", "-id"], name="changes_of_maker"),
            models.Index(fields=["effective_on"], condition=Q(state="approved"), name="changes_to_apply"),
        ]

    def __str__(self) -> str:
        return self.number


class ChangeLine(models.Model):
    """One field: the value before and the one proposed, both as text. One open request per person and field."""

    request = models.ForeignKey(ChangeRequest, on_delete=models.PROTECT, related_name="lines")
    employee = models.ForeignKey(Employee, on_delete=models.PROTECT, related_name="+")
    field = models.CharField(max_length=16, choices=ChangeField.choices)
    old = models.CharField(max_length=254, blank=True)
    new = models.CharField(max_length=254, blank=True)
    is_open = models.BooleanField(default=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(field__in=ChangeField.values), name="change_field_known"),
            models.UniqueConstraint(fields=["request", "field"], name="one_line_per_field"),
            models.UniqueConstraint(
                fields=["employee", "field"], condition=Q(is_open=True), name="one_open_change_of_a_field"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.request_id} {self.field}"


class ChangeEvidence(models.Model):
    """A paper that proves the change. It is never taken away; an answer may add further ones."""

    request = models.ForeignKey(ChangeRequest, on_delete=models.PROTECT, related_name="evidence")
    document = models.ForeignKey(Document, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=20, choices=EvidenceKind.choices, default=EvidenceKind.OTHER)
    added_by = models.ForeignKey(Employee, on_delete=models.PROTECT, related_name="+")
    added_at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["pk"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(kind__in=EvidenceKind.values), name="evidence_kind_known")
        ]

    def __str__(self) -> str:
        return f"{self.request_id} {self.kind}"


class Objection(models.Model):
    """One objection with its answer; `raised_by` is empty where the system found that the record had changed."""

    request = models.ForeignKey(ChangeRequest, on_delete=models.PROTECT, related_name="objections")
    number = models.PositiveSmallIntegerField()
    stage = models.CharField(max_length=8, choices=ChangeStage.choices)
    raised_by = models.ForeignKey(Employee, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    raised_at = models.DateTimeField()
    text = models.CharField(max_length=500)
    answer = models.CharField(max_length=1000, blank=True)
    answered_by = models.ForeignKey(Employee, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    answered_at = models.DateTimeField(null=True, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True, help_text="The answer went on with the request")

    class Meta:
        ordering: ClassVar = ["number"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["request", "number"], name="objection_numbers_differ"),
            models.CheckConstraint(condition=Q(stage__in=ChangeStage.values), name="objection_stage_known"),
            models.CheckConstraint(
                condition=Q(answered_at__isnull=True, answered_by__isnull=True, answer="")
                | (Q(answered_at__isnull=False, answered_by__isnull=False) & ~Q(answer="")),
                name="objection_answered_whole",
            ),
            # Nothing goes on while an objection is unanswered (R22).
            models.CheckConstraint(
                condition=Q(sent_at__isnull=True) | Q(answered_at__isnull=False), name="objection_sent_when_answered"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.request_id}/{self.number}"
