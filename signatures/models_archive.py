"""Until when each archived paper holds: an index over what stands in the papers themselves, for planning renewals."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


class TermEnd(models.TextChoices):
    """What ends it first."""

    CERTIFICATE = "certificate", _("Certificate of the time authority")
    ALGORITHM = "algorithm", _("Algorithm")


class TermTrouble(models.TextChoices):
    """Why the last try to renew came to nothing."""

    NONE = "", ""
    EVIDENCE = "evidence_missing", _("An authority did not answer")
    NO_BETTER = "authority_no_better", _("No configured time authority lasts longer")


class ArchiveTerm(models.Model):
    """The outermost stamp of one stored B-LTA revision, and when it must have been renewed.

    Open until a later revision of the same paper took over; only open terms are planned. The evidence itself stands in
    the paper (validation data under the stamp), not here: this table can be filled again from the stored revisions.
    """

    revision = models.OneToOneField("signatures.SignedRevision", on_delete=models.PROTECT, related_name="term")
    replaced_by = models.ForeignKey(
        "signatures.SignedRevision", on_delete=models.PROTECT, null=True, related_name="replaced_terms"
    )
    stamped_at = models.DateTimeField()
    authority = models.CharField(max_length=200)
    authority_sha256 = models.CharField(max_length=64)
    not_after = models.DateTimeField()
    digest = models.CharField(max_length=20)
    key = models.CharField(max_length=20)
    bits = models.PositiveIntegerField()
    algorithm_ends_at = models.DateTimeField(null=True)
    ends_at = models.DateTimeField()
    tried_at = models.DateTimeField(null=True)
    trouble = models.CharField(max_length=24, choices=TermTrouble.choices, blank=True, default=TermTrouble.NONE)

    ledger_type: ClassVar[str] = "archive_term"

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(trouble__in=TermTrouble.values), name="term_trouble_known"),
            models.CheckConstraint(condition=Q(ends_at__lte=F("not_after")), name="term_ends_with_its_certificate"),
            models.CheckConstraint(
                condition=Q(algorithm_ends_at__isnull=True) | Q(ends_at__lte=F("algorithm_ends_at")),
                name="term_ends_with_its_algorithm",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["ends_at"], condition=Q(replaced_by__isnull=True), name="open_terms_by_end"),
        ]

    def __str__(self) -> str:
        return f"term of {self.revision_id} until {self.ends_at:%Y-%m-%d}"

    @property
    def why(self) -> TermEnd:
        return TermEnd.CERTIFICATE if self.ends_at == self.not_after else TermEnd.ALGORITHM
