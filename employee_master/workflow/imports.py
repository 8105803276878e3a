"""The life of a sheet of staff (R3): brought, dry run, certified by the head of office, applied, perhaps undone."""

from __future__ import annotations

from datetime import datetime

from django.db import models
from django.utils.translation import gettext_lazy as _
from django_fsm import ConcurrentTransitionMixin, FSMField, transition


class ImportState(models.TextChoices):
    UPLOADED = "uploaded", _("Being corrected")
    VALIDATED = "validated", _("Waits for certification")
    CERTIFIED = "certified", _("Certified")
    APPLIED = "applied", _("Applied")
    UNDONE = "undone", _("Undone")
    GIVEN_UP = "given_up", _("Given up")


class ImportLife(ConcurrentTransitionMixin, models.Model):
    """uploaded → validated → certified → applied → undone; taken back or returned to uploaded; given_up.

    `rows_sha256` is what the head certifies: the hash over what every row will do. Whoever takes the sheet back
    voids it, and the certificate with it.
    """

    state = FSMField(max_length=20, choices=ImportState.choices, default=ImportState.UPLOADED, protected=True)
    rows_sha256 = models.CharField(max_length=64, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    returned_at = models.DateTimeField(null=True, blank=True)
    returned_why = models.CharField(max_length=500, blank=True)
    certified_at = models.DateTimeField(null=True, blank=True)
    applied_at = models.DateTimeField(null=True, blank=True)
    apply_refused = models.CharField(max_length=60, blank=True, help_text="Code of what kept it from being applied")
    undone_at = models.DateTimeField(null=True, blank=True)
    given_up_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        abstract = True

    @transition(field=state, source=ImportState.UPLOADED, target=ImportState.VALIDATED)
    def validate(self, *, rows_sha256: str, at: datetime) -> None:
        """Nothing is refused any more, and the head of office is asked."""
        self.rows_sha256 = rows_sha256
        self.sent_at = at
        self.returned_at = None
        self.returned_why = ""

    @transition(field=state, source=[ImportState.VALIDATED, ImportState.CERTIFIED], target=ImportState.UPLOADED)
    def take_back(self) -> None:
        """To correct it once more; a certificate counts no longer."""
        self._open_again()

    @transition(field=state, source=ImportState.VALIDATED, target=ImportState.UPLOADED)
    def send_back(self, *, why: str, at: datetime) -> None:
        """By the head, with what is to be corrected (R22)."""
        self._open_again()
        self.returned_why = why
        self.returned_at = at

    @transition(field=state, source=ImportState.VALIDATED, target=ImportState.CERTIFIED)
    def certify(self, *, at: datetime) -> None:
        """By the head's own signature; the caller has checked it and set who and on what paper."""
        self.certified_at = at
        self.apply_refused = ""

    @transition(field=state, source=ImportState.CERTIFIED, target=ImportState.APPLIED)
    def apply(self, *, at: datetime) -> None:
        self.applied_at = at
        self.apply_refused = ""

    @transition(field=state, source=ImportState.APPLIED, target=ImportState.UNDONE)
    def undo(self, *, at: datetime) -> None:
        """Within a day, when nothing has used what was made."""
        self.undone_at = at

    @transition(
        field=state,
        source=[ImportState.UPLOADED, ImportState.VALIDATED, ImportState.CERTIFIED],
        target=ImportState.GIVEN_UP,
    )
    def give_up(self, *, at: datetime) -> None:
        self.given_up_at = at

    def _open_again(self) -> None:
        self.rows_sha256 = ""
        self.sent_at = None
        self.certified_at = None
        self.apply_refused = ""
