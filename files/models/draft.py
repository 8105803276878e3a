"""Drafts for approval (DFA): every version is kept, none is altered."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from files.models.file import File
from files.workflow import DecisionState, DraftLife, DraftState

if TYPE_CHECKING:
    from files.models.withdrawal import Withdrawal


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
    signed_post = models.ForeignKey(
        "employee_master.Post", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    endorsement_number = models.CharField(max_length=140, blank=True, help_text="Of the list of copies (R11)")
    # Signs after the approving officer, in the second slot; None: one signature.
    second_post = models.ForeignKey(
        "employee_master.Post", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    second_by = models.ForeignKey(
        "employee_master.Employee", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    first_attempt = models.UUIDField(null=True, blank=True, help_text="Signed first, and waits for the second slot")
    second_attempt = models.UUIDField(null=True, blank=True)

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
            models.UniqueConstraint(
                fields=["endorsement_number"],
                condition=~models.Q(endorsement_number=""),
                name="one_endorsement_per_number",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.file_id} D-{self.number}"

    @property
    def waits_for_second(self) -> bool:
        """Whether the approving officer has signed and the second one has not."""
        return self.state == DraftState.APPROVED and self.first_attempt is not None

    @property
    def ending(self) -> Withdrawal | None:
        """The signed act that ended the letter, if one has."""
        return next((one for one in self.endings.all() if one.state == DecisionState.COMPLETED), None)


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
