"""The lives of a file, a note and a draft (design 3). A transition guards and sets fields of its own row, no more."""

from __future__ import annotations

from datetime import date, datetime

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


class DecisionState(models.TextChoices):
    PREPARED = "prepared", _("Prepared, not signed")
    COMPLETED = "completed", _("Completed")
    ABANDONED = "abandoned", _("Not signed")


class BatchState(models.TextChoices):
    LISTED = "listed", _("Listed, not signed")
    RUNNING = "running", _("Being signed")
    STOPPED = "stopped", _("Stopped")
    FINISHED = "finished", _("Finished")
    GIVEN_UP = "given_up", _("Given up")


class ItemState(models.TextChoices):
    LEFT_OUT = "left_out", _("Left out")
    READY = "ready", _("Not signed")
    WORKING = "working", _("Being signed")
    AWAITED = "awaited", _("Waits for the signature")
    SIGNED = "signed", _("Signed")
    REFUSED = "refused", _("Refused")


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

    # The second signer does not sign: what the first one signed is void, the number is kept.
    @transition(field=state, source=DraftState.APPROVED, target=DraftState.RETURNED)
    def void(self) -> None:
        self.approved_version = None

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


class BatchLife(ConcurrentTransitionMixin, models.Model):
    """listed → running → finished; stopped or cut off it may run again, under a new unlock; given up before it ran."""

    state = FSMField(max_length=10, choices=BatchState.choices, default=BatchState.LISTED, protected=True)
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    unlocks = models.PositiveSmallIntegerField(default=0)
    stop_asked = models.BooleanField(default=False)

    class Meta:
        abstract = True

    # From "running" too: whoever signed died with the key, and the officer has opened it anew.
    @transition(
        field=state, source=[BatchState.LISTED, BatchState.STOPPED, BatchState.RUNNING], target=BatchState.RUNNING
    )
    def run(self, *, at: datetime) -> None:
        self.started_at = at
        self.unlocks += 1
        self.stop_asked = False

    @transition(field=state, source=BatchState.RUNNING, target=BatchState.RUNNING)
    def ask_stop(self) -> None:
        self.stop_asked = True

    @transition(field=state, source=BatchState.RUNNING, target=BatchState.STOPPED)
    def stop(self, *, at: datetime) -> None:
        self.finished_at = at

    @transition(field=state, source=BatchState.RUNNING, target=BatchState.FINISHED)
    def finish(self, *, at: datetime) -> None:
        self.finished_at = at

    @transition(field=state, source=[BatchState.LISTED, BatchState.STOPPED], target=BatchState.GIVEN_UP)
    def give_up(self, *, at: datetime) -> None:
        self.finished_at = at


class ItemLife(ConcurrentTransitionMixin, models.Model):
    """ready → working → signed · refused; where the key is elsewhere it waits between; cut off, it is ready again."""

    state = FSMField(max_length=10, choices=ItemState.choices, default=ItemState.READY, protected=True)
    code = models.CharField(max_length=60, blank=True)
    why = models.CharField(max_length=900, blank=True)
    taken_at = models.DateTimeField(null=True, blank=True)
    done_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        abstract = True

    @transition(field=state, source=ItemState.READY, target=ItemState.LEFT_OUT)
    def leave_out(self, *, code: str, why: str) -> None:
        self.code, self.why = code, why

    @transition(field=state, source=[ItemState.READY, ItemState.AWAITED], target=ItemState.WORKING)
    def take(self, *, at: datetime) -> None:
        self.taken_at = at

    @transition(field=state, source=ItemState.WORKING, target=ItemState.AWAITED)
    def await_signature(self) -> None:
        """It is prepared; the signature comes from the officer's token or from a provider."""

    @transition(field=state, source=[ItemState.WORKING, ItemState.AWAITED], target=ItemState.READY)
    def release(self) -> None:
        """Whoever worked at it has died, or the signature did not come in time: plainly not signed."""
        self.taken_at = None

    @transition(field=state, source=ItemState.WORKING, target=ItemState.SIGNED)
    def sign(self, *, at: datetime) -> None:
        self.done_at = at

    @transition(field=state, source=ItemState.WORKING, target=ItemState.REFUSED)
    def refuse(self, *, code: str, why: str, at: datetime) -> None:
        self.code, self.why, self.done_at = code, why, at
