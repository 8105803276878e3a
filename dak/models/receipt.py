"""A receipt: a letter after diarising. It is one thing; its copies are what moves (design 3)."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from dak.workflow import Disposal, ReceiptLife, ReceiptState
from eoffice.ledger.models import Custody


class Kind(models.TextChoices):
    """Watched classes have registers and clocks of their own (procedure 20, 21)."""

    LETTER = "letter", _("Letter")
    REMINDER = "reminder", _("Reminder")
    VIP = "vip", _("VIP reference")
    RTI = "rti", _("Right to information")
    ASSEMBLY = "assembly", _("Assembly question")
    COURT = "court", _("Court case")
    GRIEVANCE = "grievance", _("Grievance")
    CIRCULAR = "circular", _("Circular or order")
    OTHER = "other", _("Other")


class Language(models.TextChoices):
    HINDI = "hi", _("Hindi")
    ENGLISH = "en", _("English")
    URDU = "ur", _("Urdu")
    OTHER = "other", _("Other")


class Classification(models.TextChoices):
    """Secret and above is not kept here at all (procedure 31)."""

    ORDINARY = "ordinary", _("Ordinary")
    RESTRICTED = "restricted", _("Restricted")
    CONFIDENTIAL = "confidential", _("Confidential")


class Priority(models.TextChoices):
    ORDINARY = "ordinary", _("Ordinary")
    PRIORITY = "priority", _("Priority")
    IMMEDIATE = "immediate", _("Immediate")


class Delivery(models.TextChoices):
    POST = "post", _("By post")
    HAND = "hand", _("By hand")
    EMAIL = "email", _("By e-mail")
    E_OFFICE = "e_office", _("From another e-Office")
    COURIER = "courier", _("By courier")
    FAX = "fax", _("By fax")
    PORTAL = "portal", _("From a portal")


class Purpose(models.TextChoices):
    ACTION = "action", _("For action")
    INFORMATION = "information", _("For information")


class Reading(models.TextChoices):
    """Why a post may read a receipt."""

    DIARISED = "diarised", _("Diarised it")
    MARKED = "marked", _("It was marked to this post")
    MOVED = "moved", _("It lay on this desk")
    FILE = "file", _("It lies in a file that this post holds or held")


class Receipt(ReceiptLife):
    """One letter. Facts are fixed once it is diarised; the original is never touched."""

    office = models.ForeignKey("employee_master.Office", on_delete=models.PROTECT, related_name="+")
    diary_number = models.CharField(max_length=60, blank=True)
    diary_serial = models.PositiveIntegerField(null=True, blank=True)
    diary_year = models.PositiveSmallIntegerField(null=True, blank=True)
    diarised_at = models.DateTimeField(null=True, blank=True)

    kind = models.CharField(max_length=12, choices=Kind.choices, default=Kind.LETTER)
    language = models.CharField(max_length=5, choices=Language.choices, default=Language.HINDI)
    classification = models.CharField(max_length=12, choices=Classification.choices, default=Classification.ORDINARY)
    priority = models.CharField(max_length=10, choices=Priority.choices, default=Priority.ORDINARY)
    delivery = models.CharField(max_length=10, choices=Delivery.choices, default=Delivery.POST)
    received_on = models.DateField()

    sender_name = models.CharField(max_length=200)
    sender_designation = models.CharField(max_length=200, blank=True)
    sender_organisation = models.CharField(max_length=200, blank=True)
    sender_address = models.CharField(max_length=500, blank=True)
    sender_email = models.EmailField(max_length=254, blank=True)
    sender_phone = models.CharField(max_length=40, blank=True)
    their_number = models.CharField(max_length=120, blank=True)
    their_date = models.DateField(null=True, blank=True)
    subject = models.CharField(max_length=1000)
    enclosures_expected = models.PositiveSmallIntegerField(default=0)
    enclosures_received = models.PositiveSmallIntegerField(default=0)

    document = models.ForeignKey("documents.Document", on_delete=models.PROTECT, related_name="+")
    reading_document = models.ForeignKey("documents.Document", on_delete=models.PROTECT, related_name="+")

    due_on = models.DateField(null=True, blank=True)
    file_ref = models.CharField(max_length=40, blank=True)
    reply_ref = models.CharField(max_length=120, blank=True)
    search_text = models.TextField(blank=True)

    ledger_type: ClassVar[str] = "receipt"

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(state__in=ReceiptState.values), name="receipt_state_known"),
            models.CheckConstraint(condition=Q(disposal__in=["", *Disposal.values]), name="receipt_disposal_known"),
            models.CheckConstraint(
                condition=(Q(state="disposed") & ~Q(disposal="")) | (~Q(state="disposed") & Q(disposal="")),
                name="receipt_disposed_with_kind",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["draft", "recycled"]) | ~Q(diary_number=""), name="receipt_has_diary_number"
            ),
            models.CheckConstraint(
                condition=Q(classification__in=Classification.values), name="receipt_classification_known"
            ),
            models.CheckConstraint(condition=Q(priority__in=Priority.values), name="receipt_priority_known"),
            models.UniqueConstraint(
                fields=["office", "diary_number"], condition=~Q(diary_number=""), name="one_receipt_per_diary_number"
            ),
            models.UniqueConstraint(
                fields=["office", "diary_year", "diary_serial"], name="one_receipt_per_diary_serial"
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["diary_year", "diary_serial", "id"], name="receipt_register"),
            models.Index(fields=["their_number", "their_date"], name="receipt_their_number"),
            models.Index(fields=["file_ref"], name="receipt_of_file"),
        ]

    def __str__(self) -> str:
        return self.diary_number or f"draft {self.pk}"

    @property
    def is_confidential(self) -> bool:
        return self.classification == Classification.CONFIDENTIAL

    @property
    def enclosures_missing(self) -> int:
        return max(0, self.enclosures_expected - self.enclosures_received)


class ReceiptCopy(Custody):
    """A mark of the receipt, with its own holder ("via"): number 1 is for action, the others for information."""

    receipt = models.ForeignKey(Receipt, on_delete=models.PROTECT, related_name="copies")
    number = models.PositiveSmallIntegerField()
    purpose = models.CharField(max_length=12, choices=Purpose.choices)

    ledger_type: ClassVar[str] = "copy"

    class Meta:
        ordering: ClassVar = ["number"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["receipt", "number"], name="one_copy_per_number"),
            models.UniqueConstraint(
                fields=["receipt"], condition=Q(purpose="action"), name="one_action_copy_per_receipt"
            ),
            models.CheckConstraint(condition=Q(purpose__in=Purpose.values), name="copy_purpose_known"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["held_by", "held_since"], name="copies_of_desk"),
            models.Index(fields=["came_from"], name="copies_sent_by"),
        ]

    def __str__(self) -> str:
        return f"{self.receipt_id}/{self.number}"

    @property
    def state(self) -> str:
        """The receipt's state, so that the rules on held things serve copies (design 3)."""
        return str(self.receipt.state)

    def get_state_display(self) -> str:
        return str(ReceiptState(self.receipt.state).label)

    @property
    def is_for_action(self) -> bool:
        return self.purpose == Purpose.ACTION


class ReceiptReader(models.Model):
    """A post that may read the receipt; every movement adds the receiving post (design 9)."""

    receipt = models.ForeignKey(Receipt, on_delete=models.CASCADE, related_name="readers")
    post = models.ForeignKey("employee_master.Post", on_delete=models.PROTECT, related_name="+")
    why = models.CharField(max_length=10, choices=Reading.choices)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["receipt", "post"], name="one_reader_row_per_post"),
            models.CheckConstraint(condition=Q(why__in=Reading.values), name="reader_why_known"),
        ]
        indexes: ClassVar = [models.Index(fields=["post", "receipt"], name="receipts_of_reader")]

    def __str__(self) -> str:
        return f"{self.receipt_id} read by {self.post_id}"
