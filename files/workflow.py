"""The lives of a file, a note and a draft (design 3). A transition guards and sets fields of its own row, no more."""

from __future__ import annotations

from datetime import date

from django.db import models
from django.utils.translation import gettext_lazy as _
from django_fsm import ConcurrentTransitionMixin, FSMField, transition


class FileState(models.TextChoices):
    OPEN = "open", _("Open")
    PARKED = "parked", _("Parked")
    CALL_BOOK = "call_book", _("In the call book")
    AWAY = "away", _("With another instance")
    CLOSING_PROPOSED = "closing_proposed", _("Closing proposed")
    CLOSED = "closed", _("Closed")
    RECORDED = "recorded", _("Recorded")
    ARCHIVED = "archived", _("Archived")
    ELIMINATED = "eliminated", _("Eliminated")


class NoteState(models.TextChoices):
    DRAFT = "draft", _("My draft")
    SUBMITTED = "submitted", _("Submitted")


class DraftState(models.TextChoices):
    EDITING = "editing", _("Being written")
    PUT_UP = "put_up", _("Put up")
    RETURNED = "returned", _("Returned for correction")
    APPROVED = "approved", _("Approved")
    SIGNED = "signed", _("Signed")
    ISSUED = "issued", _("Issued")
    DISPATCHED = "dispatched", _("Dispatched")
    CANCELLED = "cancelled", _("Cancelled")


class FileLife(ConcurrentTransitionMixin, models.Model):
    """open → parked(until, why) → open; no act of this version leads to the other states."""

    state = FSMField(max_length=20, choices=FileState.choices, default=FileState.OPEN, protected=True)
    parked_until = models.DateField(null=True, blank=True)
    parked_why = models.CharField(max_length=300, blank=True)

    class Meta:
        abstract = True

    @transition(field=state, source=FileState.OPEN, target=FileState.PARKED)
    def park(self, *, until: date, why: str) -> None:
        self.parked_until = until
        self.parked_why = why

    @transition(field=state, source=FileState.PARKED, target=FileState.OPEN)
    def resume(self) -> None:
        self.parked_until = None
        self.parked_why = ""


class NoteLife(ConcurrentTransitionMixin, models.Model):
    """draft (yellow, private) → submitted (green: never altered again)."""

    state = FSMField(max_length=20, choices=NoteState.choices, default=NoteState.DRAFT, protected=True)
    number = models.PositiveIntegerField(null=True)
    prev_hash = models.CharField(max_length=64, blank=True)
    hash = models.CharField(max_length=64, blank=True)

    class Meta:
        abstract = True

    @transition(field=state, source=NoteState.DRAFT, target=NoteState.SUBMITTED)
    def submit(self, *, number: int, prev_hash: str, own_hash: str) -> None:
        self.number = number
        self.prev_hash = prev_hash
        self.hash = own_hash


class DraftLife(ConcurrentTransitionMixin, models.Model):
    """editing → put_up → approved · returned → signed → issued → dispatched; cancelled(why)."""

    state = FSMField(max_length=20, choices=DraftState.choices, default=DraftState.EDITING, protected=True)
    version = models.PositiveIntegerField(default=0)
    approved_version = models.PositiveIntegerField(null=True, blank=True)
    cancelled_why = models.CharField(max_length=300, blank=True)

    class Meta:
        abstract = True

    @transition(field=state, source=[DraftState.EDITING, DraftState.RETURNED], target=DraftState.PUT_UP)
    def put_up(self) -> None:
        """To the next post in the channel."""

    # Each holder up the channel may correct: new version, state stays.
    @transition(field=state, source=DraftState.EDITING, target=DraftState.EDITING)
    def write(self, *, version: int) -> None:
        self.version = version

    @transition(field=state, source=DraftState.RETURNED, target=DraftState.RETURNED)
    def rewrite(self, *, version: int) -> None:
        self.version = version

    # Any change after approval voids the approval.
    @transition(field=state, source=[DraftState.PUT_UP, DraftState.APPROVED], target=DraftState.PUT_UP)
    def correct(self, *, version: int) -> None:
        self.version = version
        self.approved_version = None

    @transition(field=state, source=DraftState.PUT_UP, target=DraftState.APPROVED)
    def approve(self) -> None:
        self.approved_version = self.version

    @transition(field=state, source=DraftState.PUT_UP, target=DraftState.RETURNED)
    def send_back(self) -> None:
        """For correction, to the post that put it up."""

    @transition(field=state, source=DraftState.APPROVED, target=DraftState.SIGNED)
    def sign(self) -> None:
        """Only the version that was approved; the caller has checked the signature."""

    @transition(field=state, source=DraftState.SIGNED, target=DraftState.ISSUED)
    def issue(self) -> None:
        """It leaves the file."""

    @transition(field=state, source=DraftState.ISSUED, target=DraftState.DISPATCHED)
    def dispatch(self) -> None:
        """The last copy has been sent."""

    @transition(
        field=state,
        source=[DraftState.EDITING, DraftState.PUT_UP, DraftState.RETURNED, DraftState.APPROVED],
        target=DraftState.CANCELLED,
    )
    def cancel(self, *, why: str) -> None:
        self.cancelled_why = why
