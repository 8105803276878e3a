"""The life of a receipt and of a dispatch copy (design 3). A transition guards and sets fields of its row, no more."""

from __future__ import annotations

from datetime import datetime

from django.db import models
from django.utils.translation import gettext_lazy as _
from django_fsm import ConcurrentTransitionMixin, FSMField, transition


class ReceiptState(models.TextChoices):
    DRAFT = "draft", _("Not yet diarised")
    DIARISED = "diarised", _("Under consideration")
    IN_FILE = "in_file", _("In a file")
    CALL_BOOK = "call_book", _("In the call book")
    DISPOSED = "disposed", _("Disposed of")
    RECYCLED = "recycled", _("Thrown away before diarising")


class Disposal(models.TextChoices):
    """How a receipt found its end (procedure 34)."""

    REPLIED = "replied", _("Replied")
    FILED = "filed", _("Filed")
    NO_FURTHER_ACTION = "no_further_action", _("No further action")
    FORWARDED_OUTSIDE = "forwarded_outside", _("Forwarded outside")
    TRANSFERRED = "transferred", _("Transferred")


class ReceiptLife(ConcurrentTransitionMixin, models.Model):
    state = FSMField(default=ReceiptState.DRAFT, choices=ReceiptState.choices, protected=True)
    disposal = models.CharField(max_length=20, choices=Disposal.choices, blank=True)
    disposed_at = models.DateTimeField(null=True, blank=True)
    version = models.PositiveIntegerField(default=0)

    class Meta:
        abstract = True

    @transition(field=state, source=ReceiptState.DRAFT, target=ReceiptState.DIARISED)
    def diarise(self) -> None:
        self.version += 1

    @transition(field=state, source=ReceiptState.DRAFT, target=ReceiptState.RECYCLED)
    def recycle(self) -> None:
        self.version += 1

    @transition(field=state, source=ReceiptState.DIARISED, target=ReceiptState.IN_FILE)
    def put_in_file(self) -> None:
        self.version += 1

    @transition(field=state, source=[ReceiptState.DIARISED, ReceiptState.IN_FILE], target=ReceiptState.CALL_BOOK)
    def enter_call_book(self) -> None:
        self.version += 1

    @transition(
        field=state,
        source=[ReceiptState.DIARISED, ReceiptState.IN_FILE, ReceiptState.CALL_BOOK],
        target=ReceiptState.DISPOSED,
    )
    def dispose(self, *, kind: Disposal, at: datetime) -> None:
        self.disposal = kind
        self.disposed_at = at
        self.version += 1

    @transition(field=state, source=[ReceiptState.DISPOSED, ReceiptState.CALL_BOOK], target=ReceiptState.DIARISED)
    def reopen(self) -> None:
        self.disposal = ""
        self.disposed_at = None
        self.version += 1


class DispatchState(models.TextChoices):
    QUEUED = "queued", _("Waiting to be sent")
    SENT = "sent", _("Sent")
    DELIVERED = "delivered", _("Delivered")
    UNDELIVERED = "undelivered", _("Not delivered")
    RETURNED = "returned", _("Returned")


class DispatchLife(ConcurrentTransitionMixin, models.Model):
    state = FSMField(default=DispatchState.QUEUED, choices=DispatchState.choices, protected=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    settled_at = models.DateTimeField(null=True, blank=True)
    evidence = models.CharField(max_length=300, blank=True)
    why_undelivered = models.CharField(max_length=300, blank=True)
    version = models.PositiveIntegerField(default=0)

    class Meta:
        abstract = True

    @transition(field=state, source=DispatchState.QUEUED, target=DispatchState.SENT)
    def mark_sent(self, *, at: datetime, evidence: str) -> None:
        self.sent_at = at
        self.evidence = evidence
        self.version += 1

    @transition(field=state, source=DispatchState.SENT, target=DispatchState.DELIVERED)
    def mark_delivered(self, *, at: datetime, evidence: str) -> None:
        self.settled_at = at
        self.evidence = evidence
        self.version += 1

    @transition(field=state, source=[DispatchState.QUEUED, DispatchState.SENT], target=DispatchState.UNDELIVERED)
    def mark_undelivered(self, *, at: datetime, why: str) -> None:
        self.settled_at = at
        self.why_undelivered = why
        self.version += 1

    @transition(field=state, source=[DispatchState.SENT, DispatchState.UNDELIVERED], target=DispatchState.RETURNED)
    def mark_returned(self, *, at: datetime, why: str) -> None:
        self.settled_at = at
        self.why_undelivered = why
        self.version += 1
