"""The lives of a relieving (R18, R19) and of an order to join."""

from __future__ import annotations

from datetime import datetime

from django.db import models
from django.utils.translation import gettext_lazy as _
from django_fsm import ConcurrentTransitionMixin, FSMField, transition


class RelievingState(models.TextChoices):
    PREPARED = "prepared", _("Prepared")
    LISTED = "listed", _("Charge list drawn")
    GIVEN = "given", _("Signed by the officer relieved")
    TAKEN = "taken", _("Signed by both")
    COMPLETED = "completed", _("Relieved")
    CORRECTED = "corrected", _("Corrected: not relieved")
    WITHDRAWN = "withdrawn", _("Withdrawn")


# Under way: the officer still holds the charge.
OPEN_RELIEVINGS = (RelievingState.PREPARED, RelievingState.LISTED, RelievingState.GIVEN, RelievingState.TAKEN)


class RelievingLife(ConcurrentTransitionMixin, models.Model):
    """prepared → listed → given → taken → completed → corrected; opened again or withdrawn before it is completed.

    An instance that does not have its charge lists signed completes a listed one. Each signature is by the officer or,
    with a reason, by the head of the office; `…_by` says who signed.
    """

    state = FSMField(max_length=10, choices=RelievingState.choices, default=RelievingState.PREPARED, protected=True)
    listed_at = models.DateTimeField(null=True, blank=True)
    given_at = models.DateTimeField(null=True, blank=True)
    taken_at = models.DateTimeField(null=True, blank=True)
    completed_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_why = models.CharField(max_length=300, blank=True)

    class Meta:
        abstract = True

    @transition(field=state, source=RelievingState.PREPARED, target=RelievingState.LISTED)
    def draw_list(self, *, at: datetime) -> None:
        """The list is frozen as a PDF; from now on it is what gets signed."""
        self.listed_at = at

    @transition(
        field=state, source=[RelievingState.LISTED, RelievingState.GIVEN, RelievingState.TAKEN],
        target=RelievingState.PREPARED,
    )  # fmt: skip
    def open_again(self) -> None:
        """The list is to be drawn anew; what was signed is kept in the store and counts no more."""
        self.listed_at = self.given_at = self.taken_at = None

    @transition(field=state, source=RelievingState.LISTED, target=RelievingState.GIVEN)
    def give(self, *, at: datetime) -> None:
        self.given_at = at

    @transition(field=state, source=RelievingState.GIVEN, target=RelievingState.TAKEN)
    def take(self, *, at: datetime) -> None:
        self.taken_at = at

    @transition(field=state, source=[RelievingState.LISTED, RelievingState.TAKEN], target=RelievingState.COMPLETED)
    def complete(self, *, at: datetime) -> None:
        self.completed_at = at

    @transition(field=state, source=RelievingState.COMPLETED, target=RelievingState.CORRECTED)
    def undo(self, *, at: datetime, why: str) -> None:
        self.closed_at, self.closed_why = at, why

    @transition(field=state, source=list(OPEN_RELIEVINGS), target=RelievingState.WITHDRAWN)
    def withdraw(self, *, at: datetime, why: str) -> None:
        self.closed_at, self.closed_why = at, why


class JoiningState(models.TextChoices):
    WAITING = "waiting", _("Waits")
    JOINED = "joined", _("Joined")
    WITHDRAWN = "withdrawn", _("Withdrawn")


class JoiningLife(ConcurrentTransitionMixin, models.Model):
    """waiting (for its day, for a post that gets free, for the relieving) → joined; withdrawn before."""

    state = FSMField(max_length=10, choices=JoiningState.choices, default=JoiningState.WAITING, protected=True)
    joined_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        abstract = True

    @transition(field=state, source=JoiningState.WAITING, target=JoiningState.JOINED)
    def join(self, *, at: datetime) -> None:
        self.joined_at = at

    @transition(field=state, source=JoiningState.WAITING, target=JoiningState.WITHDRAWN)
    def withdraw(self, *, at: datetime) -> None:
        self.closed_at = at
