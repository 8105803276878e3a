"""Many decisions under one unlock (design 6): what was ticked, what was on screen, and what came of each."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import ClassVar

from django.db import models

from eoffice.core import clock
from files.models.decision import APPROVALS, Decision, DecisionAct
from files.models.draft import Draft
from files.models.file import File
from files.workflow import BatchLife, BatchState, ItemLife, ItemState

# Longer than the start of a process and one item together take, on a busy machine.
SILENCE = timedelta(seconds=30)


class Batch(BatchLife):
    """One itemised list of one officer. It holds no key and no PIN: each run needs a new unlock."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    post = models.ForeignKey("employee_master.Post", on_delete=models.PROTECT, related_name="+")
    employee = models.ForeignKey("employee_master.Employee", on_delete=models.PROTECT, related_name="+")
    charge = models.ForeignKey("employee_master.Charge", on_delete=models.PROTECT, related_name="+")
    line = models.TextField(blank=True, help_text="The common line, rich text")
    language = models.CharField(max_length=2, default="hi")
    listed_at = models.DateTimeField()
    # Something was taken or done last; silence for a while means that whoever signed has died.
    stirred_at = models.DateTimeField()

    ledger_type: ClassVar[str] = "batch"

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=models.Q(state__in=BatchState.values), name="batch_state_known"),
        ]
        indexes: ClassVar = [models.Index(fields=["employee", "-id"], name="batches_of_person")]

    def __str__(self) -> str:
        return f"batch {self.pk} {self.state}"

    @property
    def is_silent(self) -> bool:
        """Whether it should be at work and nothing stirs: whoever signed has died, and the key with them."""
        return self.state == BatchState.RUNNING and self.stirred_at + SILENCE < clock.now()


class BatchItem(ItemLife):
    """One file of a batch; `shown` is the token of exactly what the summary page showed (`decision.Shown`)."""

    batch = models.ForeignKey(Batch, on_delete=models.PROTECT, related_name="items")
    place = models.PositiveSmallIntegerField()
    file = models.ForeignKey(File, on_delete=models.PROTECT, related_name="+")
    draft = models.ForeignKey(Draft, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    draft_version = models.PositiveIntegerField(null=True, blank=True)
    shown = models.CharField(max_length=64)
    act = models.CharField(max_length=20, choices=DecisionAct.choices, default=DecisionAct.APPROVE)
    line = models.TextField(blank=True, help_text="The item's own line, rich text; empty: the common one")
    decision = models.ForeignKey(Decision, on_delete=models.PROTECT, null=True, blank=True, related_name="batch_items")

    class Meta:
        ordering: ClassVar = ["place"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=models.Q(state__in=ItemState.values), name="batch_item_state_known"),
            models.CheckConstraint(condition=models.Q(act__in=APPROVALS), name="batch_item_approves"),
            models.UniqueConstraint(fields=["batch", "file"], name="one_batch_item_per_file"),
            models.UniqueConstraint(fields=["batch", "place"], name="one_batch_item_per_place"),
            models.CheckConstraint(
                condition=~models.Q(state=ItemState.SIGNED) | models.Q(decision__isnull=False),
                name="signed_item_has_decision",
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["batch", "state"], name="batch_items_by_state")]

    def __str__(self) -> str:
        return f"{self.batch_id}/{self.place} {self.state}"
