"""The end of a signed letter: withdrawn or superseded by another signed act; the letter itself never changes."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from files.models.draft import Draft
from files.models.signed_act import SignedAct
from files.workflow import DecisionState


class EndKind(models.TextChoices):
    WITHDRAWN = "withdrawn", _("Withdrawn")
    SUPERSEDED = "superseded", _("Superseded by another letter")


class Withdrawal(SignedAct):
    """A signed decision record that ends a letter: who, why, by which order, and what takes its place.

    `reference` is the record's own; the public verifier names it beside the letter's (design 6).
    """

    draft = models.ForeignKey(Draft, on_delete=models.PROTECT, related_name="endings")
    kind = models.CharField(max_length=12, choices=EndKind.choices)
    by_draft = models.ForeignKey(Draft, on_delete=models.PROTECT, null=True, blank=True, related_name="ends")
    why = models.CharField(max_length=300)
    order_number = models.CharField(
        max_length=80, blank=True, help_text="The order by which it is ended, if there is one"
    )

    ledger_type: ClassVar[str] = "withdrawal"

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=models.Q(state__in=DecisionState.values), name="withdrawal_state_known"),
            models.CheckConstraint(condition=models.Q(kind__in=EndKind.values), name="withdrawal_kind_known"),
            models.CheckConstraint(condition=~models.Q(why=""), name="withdrawal_says_why"),
            models.CheckConstraint(
                condition=models.Q(kind=EndKind.SUPERSEDED, by_draft__isnull=False)
                | models.Q(kind=EndKind.WITHDRAWN, by_draft__isnull=True),
                name="superseding_letter_named",
            ),
            models.UniqueConstraint(
                fields=["draft"], condition=models.Q(state=DecisionState.COMPLETED), name="one_end_per_letter"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.draft_id} {self.kind}"
