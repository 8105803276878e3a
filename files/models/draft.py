"""Drafts for approval (DFA): every version is kept, none is altered."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from files.models.file import File
from files.workflow import DraftLife, DraftState


class DraftKind(models.TextChoices):
    LETTER = "letter", _("Letter")
    DO_LETTER = "do_letter", _("Demi-official letter")
    MEMORANDUM = "memorandum", _("Office memorandum")
    CIRCULAR = "circular", _("Circular")
    ORDER = "order", _("Office order")


class Draft(DraftLife):
    """A letter on its way to be signed. Its numbers are drawn once, at the first signing, and kept (design 6)."""

    file = models.ForeignKey(File, on_delete=models.PROTECT, related_name="drafts")
    number = models.PositiveIntegerField(help_text="D-1, D-2 … within the file")
    kind = models.CharField(max_length=12, choices=DraftKind.choices, default=DraftKind.LETTER)
    language = models.CharField(max_length=2, choices=[("hi", _("Hindi")), ("en", _("English"))], default="hi")
    answers = models.ForeignKey("files.Paper", on_delete=models.PROTECT, null=True, blank=True, related_name="answers")
    created_by = models.ForeignKey("employee_master.Post", on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    letter_number = models.CharField(max_length=120, blank=True)
    letter_date = models.DateField(null=True, blank=True)
    reference = models.CharField(max_length=20, blank=True)
    signed_document = models.ForeignKey(
        "documents.Document", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    signature_ready = models.BooleanField(default=False, help_text="The level that the policy asks for is reached")
    signed_by = models.ForeignKey(
        "employee_master.Employee", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    ledger_type: ClassVar[str] = "draft"

    class Meta:
        ordering: ClassVar = ["number"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["file", "number"], name="one_draft_per_number"),
            models.CheckConstraint(condition=models.Q(state__in=DraftState.values), name="draft_state_known"),
            models.UniqueConstraint(
                fields=["letter_number"], condition=~models.Q(letter_number=""), name="one_letter_per_number"
            ),
            models.UniqueConstraint(
                fields=["reference"], condition=~models.Q(reference=""), name="one_draft_per_reference"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.file_id} D-{self.number}"


class DraftVersion(models.Model):
    """What the letter says in one version; `sha256` is over its canonical JSON."""

    draft = models.ForeignKey(Draft, on_delete=models.PROTECT, related_name="versions")
    version = models.PositiveIntegerField()
    subject = models.CharField(max_length=1000)
    salutation = models.CharField(max_length=100, blank=True)
    addressee = models.TextField(max_length=1000, help_text="Name, designation and place, a line each")
    email = models.EmailField(blank=True)
    body = models.TextField(help_text="Sanitised HTML of core.richtext")
    enclosures = models.CharField(max_length=500, blank=True)
    copies_to = models.TextField(max_length=2000, blank=True, help_text="Endorsement: a receiver a line")
    closing = models.CharField(max_length=100, blank=True)
    why = models.CharField(max_length=300, blank=True)
    post = models.ForeignKey("employee_master.Post", on_delete=models.PROTECT, related_name="+")
    employee = models.ForeignKey("employee_master.Employee", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    sha256 = models.CharField(max_length=64)

    class Meta:
        ordering: ClassVar = ["version"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["draft", "version"], name="one_row_per_version")]

    def __str__(self) -> str:
        return f"{self.draft_id} v{self.version}"
