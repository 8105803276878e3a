"""Rows that belong to no room: holidays, number series, outbox, heartbeat."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _


class Holiday(models.Model):
    """A day on which the office is closed (data of the instance)."""

    on = models.DateField(unique=True)
    name_en = models.CharField(max_length=120)
    name_hi = models.CharField(max_length=120)

    ledger_type: ClassVar[str] = "holiday"

    class Meta:
        ordering: ClassVar = ["on"]

    def __str__(self) -> str:
        return f"{self.on} {self.name_en}"


class NumberSeries(models.Model):
    """One row per series, office and year; `last` is the number given last. Written by `core.numbers` alone."""

    series = models.CharField(max_length=40)
    office = models.CharField(max_length=40, blank=True)
    year = models.PositiveSmallIntegerField()
    last = models.PositiveBigIntegerField(default=0)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["series", "office", "year"], name="one_row_per_series")
        ]

    def __str__(self) -> str:
        return f"{self.series}/{self.office}/{self.year}"


class OutboxState(models.TextChoices):
    WAITING = "waiting", _("Waiting")
    RUNNING = "running", _("Running")
    DONE = "done", _("Done")
    PARKED = "parked", _("Parked for the operator")


class OutboxRow(models.Model):
    """Work that outlives a request, written in the transaction of the act that asked for it (design 7)."""

    kind = models.CharField(max_length=60)
    key = models.CharField(max_length=120, unique=True)
    payload = models.JSONField(default=dict)
    state = models.CharField(max_length=10, choices=OutboxState.choices, default=OutboxState.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0)
    created_at = models.DateTimeField()
    run_after = models.DateTimeField()
    lease_until = models.DateTimeField(null=True, blank=True)
    done_at = models.DateTimeField(null=True, blank=True)
    last_error = models.CharField(max_length=500, blank=True)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["run_after"], condition=models.Q(state="waiting"), name="outbox_due"),
            models.Index(fields=["lease_until"], condition=models.Q(state="running"), name="outbox_leases"),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(condition=models.Q(state__in=OutboxState.values), name="outbox_state_known")
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.key} {self.state}"


class Heartbeat(models.Model):
    """When a kind of process was last alive; `/healthz` reads it."""

    name = models.CharField(max_length=40, primary_key=True)
    beat_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.name


class NumberPattern(models.Model):
    """How a number is written, as data of the instance; `core.numbers.PATTERNS` names what may stand in it."""

    series = models.CharField(max_length=40, unique=True)
    pattern = models.CharField(max_length=120)

    def __str__(self) -> str:
        return self.series
