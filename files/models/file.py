"""The file (पत्रावली): its number, its custody, who may see it."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.db import models

from dak.models import Classification, Priority
from eoffice.ledger.models import Custody
from files.workflow import FileLife, FileState


class Head(models.Model):
    """A head of the functional numbering (basic, primary, secondary, tertiary), of one section.

    A closed head takes no new files; those that are under it keep it.
    """

    section = models.ForeignKey("employee_master.Section", on_delete=models.PROTECT, related_name="heads")
    parent = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="children")
    code = models.CharField(max_length=30, help_text="As it stands in file numbers, as 12 or 12/3")
    name_en = models.CharField(max_length=200)
    name_hi = models.CharField(max_length=200)
    closed_on = models.DateField(null=True, blank=True)

    ledger_type: ClassVar[str] = "head"

    class Meta:
        ordering: ClassVar = ["section", "code"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["section", "code"], name="one_head_per_code")]

    def __str__(self) -> str:
        return self.code


class File(FileLife, Custody):
    """Papers and notes on a subject. Exactly one post holds it (design 3).

    A practice file (R8, training) moves like any other, but counts nowhere, is never due, and nothing on it is signed
    or issued (`eoffice.access.practice`).
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    number = models.CharField(max_length=120, unique=True)
    computer_number = models.PositiveBigIntegerField(unique=True)
    subject = models.CharField(max_length=1000)
    head = models.ForeignKey(Head, on_delete=models.PROTECT, null=True, blank=True, related_name="files")
    office = models.ForeignKey("employee_master.Office", on_delete=models.PROTECT, related_name="files")
    section = models.ForeignKey("employee_master.Section", on_delete=models.PROTECT, related_name="files")
    classification = models.CharField(max_length=12, choices=Classification.choices, default=Classification.ORDINARY)
    priority = models.CharField(max_length=10, choices=Priority.choices, default=Priority.ORDINARY)
    gist = models.TextField(max_length=2000, blank=True)
    points = models.TextField(max_length=2000, blank=True)
    opened_by = models.ForeignKey("employee_master.Post", on_delete=models.PROTECT, related_name="+")
    opened_at = models.DateTimeField()
    is_practice = models.BooleanField(default=False)
    last_note = models.PositiveIntegerField(default=0)
    last_note_hash = models.CharField(max_length=64, blank=True)
    last_serial = models.PositiveIntegerField(default=0)
    last_page = models.PositiveIntegerField(default=0)
    last_draft = models.PositiveIntegerField(default=0)
    last_remark = models.CharField(max_length=300, blank=True)
    search_text = models.TextField(blank=True)

    ledger_type: ClassVar[str] = "file"

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=models.Q(state__in=FileState.values), name="file_state_known"),
            models.CheckConstraint(
                condition=models.Q(classification__in=Classification.values), name="file_classification_known"
            ),
            models.CheckConstraint(condition=models.Q(priority__in=Priority.values), name="file_priority_known"),
            models.CheckConstraint(
                condition=models.Q(is_practice=False)
                | models.Q(classification=Classification.ORDINARY, due_on__isnull=True),
                name="practice_file_is_plain",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["held_by", "state", "due_on", "id"], name="files_on_desk"),
            models.Index(fields=["section", "-id"], name="files_of_section"),
        ]

    def __str__(self) -> str:
        return self.number


class FileReader(models.Model):
    """A post that may see the file: it held it, or the file was shared with it."""

    file = models.ForeignKey(File, on_delete=models.CASCADE, related_name="readers")
    post = models.ForeignKey("employee_master.Post", on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["file", "post"], name="one_file_reader_per_post")]

    def __str__(self) -> str:
        return f"{self.post_id} reads {self.file_id}"


class FileGlance(models.Model):
    """What an employee saw of the file when they last looked: the page marks what is new since (design 11)."""

    file = models.ForeignKey(File, on_delete=models.CASCADE, related_name="glances")
    employee = models.ForeignKey("employee_master.Employee", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    note = models.PositiveIntegerField(default=0)
    serial = models.PositiveIntegerField(default=0)
    drafts = models.JSONField(default=dict, help_text="Version seen, by number of the draft")

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["file", "employee"], name="one_glance_per_person")]

    def __str__(self) -> str:
        return f"{self.employee_id} saw {self.file_id}"
