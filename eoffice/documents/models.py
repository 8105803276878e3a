"""Papers as rows: what is in the store under which hash. A row never changes; the bytes lie in `blobs`."""

from __future__ import annotations

from typing import Any, ClassVar, Never

from django.db import models
from django.db.models.functions import Length
from django.db.models.lookups import Exact
from django.utils.translation import gettext_lazy as _


class Immutable(TypeError):
    """A programmer's mistake: a stored paper is never changed, a new one is stored beside it."""


class DocumentKind(models.TextChoices):
    UPLOAD = "upload", _("Uploaded")
    GENERATED = "generated", _("Made by the system")


class DocumentQuerySet(models.QuerySet["Document"]):
    """Documents can be read and created; there is no bulk way round either."""

    def update(self, **_kwargs: Any) -> Never:
        raise Immutable("a stored document never changes")

    def delete(self) -> Never:
        raise Immutable("a stored document is never deleted")

    def bulk_update(self, *_args: Any, **_kwargs: Any) -> Never:
        raise Immutable("a stored document never changes")


class Document(models.Model):
    """One paper as it came or was made. Several rows may share the bytes of one `sha256`."""

    sha256 = models.CharField(max_length=64, db_index=True)
    size = models.PositiveBigIntegerField()
    media_type = models.CharField(max_length=100)
    name = models.CharField(max_length=200)
    kind = models.CharField(max_length=10, choices=DocumentKind.choices)
    page_count = models.PositiveIntegerField(null=True, blank=True)
    has_text = models.BooleanField(default=False)
    # What a reader should know of a PDF: javascript, embedded_files, signed, restricted, xfa.
    flags = models.JSONField(default=list, blank=True)
    created_at = models.DateTimeField()
    # The papers this one was made from, when it was (scans put together into a PDF).
    derived_from = models.ManyToManyField(
        "self",
        through="Derivation",
        through_fields=("derived", "source"),
        symmetrical=False,
        related_name="derivatives",
        blank=True,
    )

    objects = DocumentQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Exact(Length("sha256"), 64), name="document_sha256_length"),
            models.CheckConstraint(condition=models.Q(size__gt=0), name="document_not_empty"),
            models.CheckConstraint(condition=models.Q(kind__in=DocumentKind.values), name="document_kind_known"),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.sha256[:12]})"

    def save(self, *_args: Any, **options: Any) -> None:
        if not self._state.adding or options.get("force_update") or options.get("update_fields") is not None:
            raise Immutable("a stored document never changes")
        super().save(force_insert=True, using=options.get("using"))

    def delete(self, *_args: Any, **_kwargs: Any) -> Never:
        raise Immutable("a stored document is never deleted")

    @property
    def is_pdf(self) -> bool:
        return self.media_type == "application/pdf"

    @property
    def is_picture(self) -> bool:
        return self.media_type.startswith("image/")


class Derivation(models.Model):
    """Which papers a derived one was made from, in order."""

    derived = models.ForeignKey(Document, on_delete=models.PROTECT, related_name="+")
    source = models.ForeignKey(Document, on_delete=models.PROTECT, related_name="+")
    position = models.PositiveIntegerField()

    class Meta:
        ordering: ClassVar = ["position"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["derived", "position"], name="derivation_one_source_per_position")
        ]

    def __str__(self) -> str:
        return f"{self.derived_id} from {self.source_id}"


class DocumentText(models.Model):
    """The words of one page, for search and for the text tab. Derived: it may be thrown away and made again."""

    document = models.ForeignKey(Document, on_delete=models.PROTECT, related_name="texts")
    page = models.PositiveIntegerField()
    text = models.TextField(blank=True)
    search_text = models.TextField(blank=True)

    class Meta:
        ordering: ClassVar = ["page"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["document", "page"], name="document_text_one_row_per_page")
        ]

    def __str__(self) -> str:
        return f"{self.document_id}, page {self.page}"
