"""Readiness of offices (R8, R24): what was ticked and who nominated, and figures as they were counted."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from employee_master.models.employee import Employee
from employee_master.models.organisation import Office, Post


class ReadinessItem(models.Model):
    """What this instance changed of the published checklist (`employee_master.checklist`).

    A code of that list: other words, or switched off. Any other code: an item of the instance's own, to be ticked.
    """

    code = models.CharField(max_length=20, unique=True)
    name_en = models.CharField(max_length=120)
    name_hi = models.CharField(max_length=120)
    help_en = models.CharField(max_length=300, blank=True)
    help_hi = models.CharField(max_length=300, blank=True)
    position = models.PositiveSmallIntegerField(default=500)
    is_active = models.BooleanField(default=True)

    ledger_type: ClassVar[str] = "readiness_item"

    class Meta:
        ordering: ClassVar = ["position", "code"]

    def __str__(self) -> str:
        return self.code


class ReadinessTick(models.Model):
    """An item was ticked, with evidence: a paper, a note, or both. Withdrawn, it stays as what was once said."""

    office = models.ForeignKey(Office, on_delete=models.PROTECT, related_name="ticks")
    code = models.CharField(max_length=20)
    note = models.CharField(max_length=1000, blank=True)
    document = models.ForeignKey(
        "documents.Document", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    made_by = models.ForeignKey(Employee, on_delete=models.PROTECT, related_name="+")
    post = models.ForeignKey(Post, on_delete=models.PROTECT, null=True, related_name="+")
    made_at = models.DateTimeField()
    withdrawn_by = models.ForeignKey(Employee, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_why = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering: ClassVar = ["pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["office", "code"], condition=Q(withdrawn_at__isnull=True), name="one_standing_tick"
            ),
            models.CheckConstraint(
                condition=~Q(note="") | Q(document__isnull=False), name="ticked_with_evidence"
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_at__isnull=True, withdrawn_by__isnull=True)
                | Q(withdrawn_at__isnull=False, withdrawn_by__isnull=False),
                name="tick_withdrawn_by_somebody",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.office_id} {self.code}"


class NominationKind(models.TextChoices):
    NODAL_OFFICER = "nodal_officer", _("Nodal officer")
    MASTER_TRAINER = "master_trainer", _("Master trainer")


class Nomination(models.Model):
    """Who was nominated for an office, by which order: a person of the master, or (`name`) somebody from outside it.

    `to_on` is the last day, empty while it lasts; a new nomination of the same kind ends the one before.
    """

    office = models.ForeignKey(Office, on_delete=models.PROTECT, related_name="nominations")
    kind = models.CharField(max_length=16, choices=NominationKind.choices, default=NominationKind.NODAL_OFFICER)
    employee = models.ForeignKey(Employee, on_delete=models.PROTECT, null=True, blank=True, related_name="nominations")
    name = models.CharField(max_length=200, blank=True)
    designation = models.CharField(max_length=200, blank=True)
    email = models.EmailField(blank=True, help_text="For the reports; an employee's is that of the account")
    order_number = models.CharField(max_length=80)
    order_on = models.DateField()
    from_on = models.DateField()
    to_on = models.DateField(null=True, blank=True)
    made_by = models.ForeignKey(Employee, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["-from_on", "-pk"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(kind__in=NominationKind.values), name="nomination_kind_known"),
            models.CheckConstraint(
                condition=Q(employee__isnull=False, name="") | Q(employee__isnull=True) & ~Q(name=""),
                name="nominated_somebody",
            ),
            models.CheckConstraint(
                condition=Q(to_on__isnull=True) | Q(to_on__gte=models.F("from_on")), name="nomination_ends_after_start"
            ),
            models.UniqueConstraint(
                fields=["office", "kind"], condition=Q(ended_at__isnull=True), name="one_standing_nomination"
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.office_id} {self.kind}"


class ReadinessFigure(models.Model):
    """How far an office is with one item: `have` of `need`, as last counted. `since` is the day it last rose."""

    office = models.ForeignKey(Office, on_delete=models.CASCADE, related_name="figures")
    code = models.CharField(max_length=20)
    have = models.PositiveIntegerField()
    need = models.PositiveIntegerField()
    since = models.DateField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["office", "code"], name="one_figure_per_item"),
            models.CheckConstraint(condition=Q(have__lte=models.F("need")), name="figure_within_need"),
        ]

    def __str__(self) -> str:
        return f"{self.office_id} {self.code} {self.have}/{self.need}"


class ReadinessStanding(models.Model):
    """Where an office stands on the board, as last counted: a thousandth is enough to sort by.

    `full` of `items` are full, those under an exemption left out. `stuck` items are not full and have not risen for
    longer than the instance allows (R24).
    """

    office = models.OneToOneField(Office, on_delete=models.CASCADE, related_name="standing")
    permille = models.PositiveSmallIntegerField()
    full = models.PositiveSmallIntegerField()
    items = models.PositiveSmallIntegerField()
    stuck = models.PositiveSmallIntegerField(default=0)
    is_stuck = models.BooleanField(default=False)
    stuck_since = models.DateField(null=True, blank=True)
    exempt_until = models.DateField(null=True, blank=True, help_text="Of the whole go-live")
    counted_at = models.DateTimeField()
    search_text = models.TextField(blank=True)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["-is_stuck", "permille", "office"], name="least_ready_first")]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(permille__lte=1000, full__lte=models.F("items")), name="standing_sound")
        ]

    def __str__(self) -> str:
        return f"{self.office_id} {self.permille}"


class ReadinessSnapshot(models.Model):
    """An office as the day began, for "since yesterday" and "since last week"; `figures` holds [have, need] by code."""

    office = models.ForeignKey(Office, on_delete=models.CASCADE, related_name="snapshots")
    on = models.DateField()
    permille = models.PositiveSmallIntegerField()
    full = models.PositiveSmallIntegerField()
    items = models.PositiveSmallIntegerField()
    figures = models.JSONField(default=dict)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["office", "on"], name="one_snapshot_a_day")]
        indexes: ClassVar = [models.Index(fields=["on"], name="snapshots_by_day")]

    def __str__(self) -> str:
        return f"{self.office_id} {self.on}"
