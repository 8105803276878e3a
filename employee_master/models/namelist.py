"""A second list of the staff, compared with ours (R21): service book, pay roll, school-staff list."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from employee_master.models.change import ChangeRequest
from employee_master.models.employee import Employee
from employee_master.models.organisation import Office
from eoffice.documents.models import Document


class ListKind(models.TextChoices):
    SERVICE_BOOK = "service_book", _("Service book")
    PAY_ROLL = "pay_roll", _("Pay roll")
    SCHOOL_STAFF = "school_staff", _("School-staff list")
    OTHER = "other", _("Other list")


class Finding(models.TextChoices):
    """What the comparison says of one person, the pressing ones first."""

    BORN = "born", _("Birth date differs")
    SPELLING = "spelling", _("Spelling differs")
    NOT_OURS = "not_ours", _("Not in our master")
    NOT_THEIRS = "not_theirs", _("Not in their list")
    SAME = "same", _("Same")


class Settlement(models.TextChoices):
    OPEN = "", _("Open")
    CHANGE = "change", _("Change requested")
    OURS = "ours", _("Ours is right")


class NameList(models.Model):
    """One list as it was read; its rows are written once the columns are confirmed.

    `document` is the list as we keep it, with Aadhaar numbers masked (design 10); `sha256` that of the file as it came,
    which is not kept. A change request gets an extract of it, never the whole list.
    """

    office = models.ForeignKey(Office, on_delete=models.PROTECT, related_name="name_lists")
    kind = models.CharField(max_length=12, choices=ListKind.choices)
    title = models.CharField(max_length=200)
    sha256 = models.CharField(max_length=64)
    columns = models.JSONField(default=list, help_text="Which of its columns is which of ours")
    document = models.ForeignKey(Document, on_delete=models.PROTECT, related_name="+")
    made_by = models.ForeignKey(Employee, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    compared_at = models.DateTimeField(null=True, blank=True)

    ledger_type: ClassVar[str] = "name_list"

    class Meta:
        ordering: ClassVar = ["-pk"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(kind__in=ListKind.values), name="list_kind_known"),
        ]

    def __str__(self) -> str:
        return self.title


class NameListRow(models.Model):
    """One person of the list, of our master, or of both; `row` is empty for somebody who is not in their list."""

    name_list = models.ForeignKey(NameList, on_delete=models.PROTECT, related_name="rows")
    row = models.PositiveIntegerField(null=True, blank=True)
    code = models.CharField(max_length=60, blank=True)
    name_en = models.CharField(max_length=200, blank=True)
    name_hi = models.CharField(max_length=200, blank=True)
    born_on = models.DateField(null=True, blank=True)
    employee = models.ForeignKey(Employee, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    linked = models.BooleanField(default=False, help_text="Somebody said by hand whom the row is about")
    finding = models.CharField(max_length=10, choices=Finding.choices)
    likeness = models.PositiveSmallIntegerField(default=0, help_text="Per cent, of the names")
    name_differs = models.BooleanField(default=False)
    likely = models.JSONField(default=list, blank=True, help_text="[[employee, per cent], …] where nobody was certain")
    settlement = models.CharField(max_length=6, choices=Settlement.choices, blank=True, default=Settlement.OPEN)
    change = models.ForeignKey(ChangeRequest, on_delete=models.PROTECT, null=True, blank=True, related_name="list_rows")
    why = models.CharField(max_length=300, blank=True)
    settled_by = models.ForeignKey(Employee, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    settled_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(finding__in=Finding.values), name="finding_known"),
            models.CheckConstraint(condition=Q(settlement__in=Settlement.values), name="settlement_known"),
            models.CheckConstraint(
                condition=Q(settlement="change", change__isnull=False)
                | (Q(settlement="ours", settled_at__isnull=False) & ~Q(why=""))
                | Q(settlement=""),
                name="settled_with_change_or_reason",
            ),
            models.UniqueConstraint(
                fields=["name_list", "row"], condition=Q(row__isnull=False), name="one_row_per_line"
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["name_list", "finding", "id"], name="rows_by_finding")]

    def __str__(self) -> str:
        return f"{self.name_list_id}/{self.row}"
