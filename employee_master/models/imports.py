"""Sheets of staff: the batch, its rows as read and as they will be, and what applying them has made (R3)."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from employee_master.models.charge import Charge
from employee_master.models.employee import Employee
from employee_master.models.organisation import Office, Post
from employee_master.workflow.imports import ImportLife, ImportState
from eoffice.documents.models import Document


class ImportStage(models.TextChoices):
    """What the worker is doing with the batch; nothing while it waits for people."""

    IDLE = "", _("At rest")
    JUDGING = "judging", _("Reading the rows")
    CHECKING = "checking", _("Comparing once more")
    WRITING = "writing", _("Writing")


class ImportBatch(ImportLife):
    """One uploaded sheet. `document` is the sheet as it is kept: rewritten with Aadhaar numbers masked (design 10).

    `columns` says for each column of the sheet which fact it holds, and whether that was certain. `version` goes up
    with every change of the rows; `judged_version` is the one for which the dry run stands.
    """

    office = models.ForeignKey(Office, on_delete=models.PROTECT, related_name="imports")
    name = models.CharField(max_length=200)
    tab = models.CharField(max_length=120, blank=True, help_text="Which sheet of the workbook")
    document = models.ForeignKey(Document, on_delete=models.PROTECT, related_name="+")
    made_by = models.ForeignKey(Employee, on_delete=models.PROTECT, related_name="+")
    post = models.ForeignKey(Post, on_delete=models.PROTECT, null=True, related_name="+")
    made_at = models.DateTimeField()
    columns = models.JSONField(default=list)
    remarks = models.JSONField(default=list, help_text="What was noticed about the sheet as a whole")
    matched_at = models.DateTimeField(null=True, blank=True)
    version = models.PositiveIntegerField(default=0)
    judged_version = models.PositiveIntegerField(null=True, blank=True)

    stage = models.CharField(max_length=8, choices=ImportStage.choices, default=ImportStage.IDLE, blank=True)
    stage_done = models.PositiveIntegerField(default=0)
    stage_total = models.PositiveIntegerField(default=0)

    rows_count = models.PositiveIntegerField(default=0)
    created_count = models.PositiveIntegerField(default=0)
    changed_count = models.PositiveIntegerField(default=0)
    unchanged_count = models.PositiveIntegerField(default=0)
    refused_count = models.PositiveIntegerField(default=0)
    left_out_count = models.PositiveIntegerField(default=0)
    warned_count = models.PositiveIntegerField(default=0)
    unsettled_count = models.PositiveIntegerField(default=0)

    sent_by = models.ForeignKey(Employee, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    attempt = models.UUIDField(null=True, blank=True)
    attempt_by = models.ForeignKey(Employee, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    certificate = models.ForeignKey(Document, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    certified_by = models.ForeignKey(Employee, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    certified_post = models.ForeignKey(Post, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    certified_charge = models.ForeignKey(Charge, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    undone_by = models.ForeignKey(Employee, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    ledger_type: ClassVar[str] = "import"

    class Meta:
        ordering: ClassVar = ["-pk"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(state__in=ImportState.values), name="import_state_known"),
            models.CheckConstraint(condition=Q(stage__in=ImportStage.values), name="import_stage_known"),
            models.CheckConstraint(
                condition=~Q(state__in=[ImportState.CERTIFIED, ImportState.APPLIED, ImportState.UNDONE])
                | Q(certificate__isnull=False, certified_by__isnull=False, certified_at__isnull=False),
                name="certified_import_has_certificate",
            ),
            # The maker is never the checker (R3).
            models.CheckConstraint(
                condition=Q(certified_by__isnull=True)
                | (~Q(certified_by=F("made_by")) & (Q(sent_by__isnull=True) | ~Q(certified_by=F("sent_by")))),
                name="import_maker_is_not_checker",
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["office", "state"], name="imports_of_office")]

    def __str__(self) -> str:
        return f"import {self.pk}"


class RowOutcome(models.TextChoices):
    """What the row will do, or did."""

    CREATE = "create", _("Will be created")
    CHANGE = "change", _("Will be changed")
    UNCHANGED = "unchanged", _("Stays as it is")
    REFUSED = "refused", _("Refused")
    LEFT_OUT = "left_out", _("Left out")


class Attention(models.IntegerChoices):
    """How much a row wants to be looked at; lists run in this order."""

    REFUSED = 0, _("Refused")
    UNSETTLED = 1, _("To be settled")
    LOOK_AGAIN = 2, _("Look again")
    NONE = 3, _("In order")


class ImportRow(models.Model):
    """One row. `raw` is what the sheet says, by column, with Aadhaar masked; `corrections` what was put right here.

    `settled` holds answers to questions ("near_duplicate": "two_people"), `deed` what applying will do, with before
    and after of every fact, and `problems` what is wrong, in words of both languages.
    """

    batch = models.ForeignKey(ImportBatch, on_delete=models.PROTECT, related_name="rows")
    number = models.PositiveIntegerField(help_text="As the sheet counts it")
    code = models.CharField(max_length=60, blank=True)
    who = models.CharField(max_length=200, blank=True)
    raw = models.JSONField(default=list)
    corrections = models.JSONField(default=dict)
    values = models.JSONField(default=dict)
    settled = models.JSONField(default=dict)
    problems = models.JSONField(default=list)
    deed = models.JSONField(default=dict)
    left_out = models.BooleanField(default=False)
    outcome = models.CharField(max_length=10, choices=RowOutcome.choices, default=RowOutcome.REFUSED)
    attention = models.PositiveSmallIntegerField(choices=Attention.choices, default=Attention.REFUSED)

    class Meta:
        ordering: ClassVar = ["number"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["batch", "number"], name="one_row_per_number_of_import"),
            models.CheckConstraint(condition=Q(outcome__in=RowOutcome.values), name="import_outcome_known"),
            models.CheckConstraint(condition=Q(attention__in=Attention.values), name="import_attention_known"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["batch", "attention", "number"], name="import_rows_by_attention"),
            models.Index(fields=["batch", "outcome", "number"], name="import_rows_by_outcome"),
        ]

    def __str__(self) -> str:
        return f"row {self.number} of import {self.batch_id}"


class ImportDeed(models.Model):
    """What a row has made when it was applied, and what stood there before; undoing it takes the row away again."""

    row = models.OneToOneField(ImportRow, on_delete=models.PROTECT, related_name="done")
    employee = models.ForeignKey(Employee, on_delete=models.PROTECT, related_name="+")
    charge = models.ForeignKey(Charge, on_delete=models.PROTECT, null=True, related_name="+")
    post = models.ForeignKey(Post, on_delete=models.PROTECT, null=True, related_name="+")
    made_employee = models.BooleanField(default=False)
    made_account = models.BooleanField(default=False)
    made_post = models.BooleanField(default=False)
    before = models.JSONField(default=dict, help_text="Facts of the employee that were changed, as they were")
    after = models.JSONField(default=dict)

    def __str__(self) -> str:
        return f"deed of row {self.row_id}"
