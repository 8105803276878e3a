"""The correspondence side: papers with serial and page numbers of their own series (procedure, rule 7)."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from files.models.file import File


class PaperKind(models.TextChoices):
    RECEIPT = "receipt", _("Receipt")
    ISSUE = "issue", _("Issue")
    REFERENCE = "reference", _("Reference")


class Paper(models.Model):
    """One paper of the correspondence part. `number` is its diary or letter number."""

    file = models.ForeignKey(File, on_delete=models.PROTECT, related_name="papers")
    serial = models.PositiveIntegerField()
    kind = models.CharField(max_length=10, choices=PaperKind.choices)
    is_puc = models.BooleanField(default=False, help_text="Paper under consideration")
    title = models.CharField(max_length=1000)
    number = models.CharField(max_length=120, blank=True)
    dated_on = models.DateField(null=True, blank=True)
    document = models.ForeignKey("documents.Document", on_delete=models.PROTECT, related_name="+")
    receipt = models.OneToOneField("dak.Receipt", on_delete=models.PROTECT, null=True, blank=True, related_name="paper")
    draft = models.OneToOneField("files.Draft", on_delete=models.PROTECT, null=True, blank=True, related_name="paper")
    first_page = models.PositiveIntegerField()
    last_page = models.PositiveIntegerField()
    added_at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["serial"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["file", "serial"], name="one_paper_per_serial"),
            models.CheckConstraint(
                condition=models.Q(last_page__gte=models.F("first_page")), name="paper_pages_in_order"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.file_id} paper {self.serial}"
