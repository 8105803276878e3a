"""The append-only record: every act is an `Event`, every change of custody a `Movement` too (design 4)."""

from __future__ import annotations

from typing import ClassVar

from django.db import models


class Event(models.Model):
    """One act. A hash chain per subject: `hash` covers the content and `prev_hash`.

    `data` holds ids, codes and hashes only, never names, note text or contact data: it can't be corrected.
    """

    subject_type = models.CharField(max_length=20)
    subject_id = models.BigIntegerField()
    seq = models.PositiveIntegerField()
    action = models.CharField(max_length=40)
    post = models.ForeignKey("employee_master.Post", on_delete=models.PROTECT, null=True, related_name="+")
    employee = models.ForeignKey("employee_master.Employee", on_delete=models.PROTECT, null=True, related_name="+")
    charge = models.ForeignKey("employee_master.Charge", on_delete=models.PROTECT, null=True, related_name="+")
    data = models.JSONField(default=dict)
    at = models.DateTimeField()
    prev_hash = models.CharField(max_length=64)
    hash = models.CharField(max_length=64)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["subject_type", "subject_id", "seq"], name="one_event_per_seq")
        ]
        indexes: ClassVar = [models.Index(fields=["at"], name="event_at")]

    def __str__(self) -> str:
        return f"{self.subject_type}:{self.subject_id}#{self.seq} {self.action}"


class Movement(models.Model):
    """A change of custody: which post gave, which took, and what was said with it.

    The event's `data` carries the SHA-256 of this row's content, so that the chain proves the movement too.
    """

    event = models.OneToOneField(Event, on_delete=models.PROTECT, related_name="movement")
    item_type = models.CharField(max_length=20)
    item_id = models.BigIntegerField()
    from_post = models.ForeignKey("employee_master.Post", on_delete=models.PROTECT, null=True, related_name="+")
    to_post = models.ForeignKey("employee_master.Post", on_delete=models.PROTECT, null=True, related_name="+")
    remarks = models.CharField(max_length=1000, blank=True)
    at = models.DateTimeField()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["item_type", "item_id", "id"], name="movements_of_item")]

    def __str__(self) -> str:
        return f"{self.item_type}:{self.item_id} {self.from_post_id} to {self.to_post_id}"


class Custody(models.Model):
    """Which post holds the thing: a copy of its last movement, kept for speed and proved by `check_ledger`."""

    held_by = models.ForeignKey("employee_master.Post", on_delete=models.PROTECT, null=True, related_name="+")
    came_from = models.ForeignKey("employee_master.Post", on_delete=models.PROTECT, null=True, related_name="+")
    held_since = models.DateTimeField(null=True)
    seen_at = models.DateTimeField(null=True, blank=True)
    due_on = models.DateField(null=True, blank=True)

    class Meta:
        abstract = True
