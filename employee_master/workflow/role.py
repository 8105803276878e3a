"""The life of a proposal for a super admin: one proposes, another confirms (R2, two-person rule)."""

from __future__ import annotations

from datetime import datetime

from django.db import models
from django.utils.translation import gettext_lazy as _
from django_fsm import ConcurrentTransitionMixin, FSMField, transition


class ProposalState(models.TextChoices):
    PROPOSED = "proposed", _("Proposed")
    CONFIRMED = "confirmed", _("Confirmed")
    WITHDRAWN = "withdrawn", _("Withdrawn")


class ProposalLife(ConcurrentTransitionMixin, models.Model):
    """proposed → confirmed · withdrawn."""

    state = FSMField(max_length=10, choices=ProposalState.choices, default=ProposalState.PROPOSED, protected=True)
    decided_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        abstract = True

    @transition(field=state, source=ProposalState.PROPOSED, target=ProposalState.CONFIRMED)
    def confirm(self, *, at: datetime) -> None:
        self.decided_at = at

    @transition(field=state, source=ProposalState.PROPOSED, target=ProposalState.WITHDRAWN)
    def withdraw(self, *, at: datetime) -> None:
        self.decided_at = at
