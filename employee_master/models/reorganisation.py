"""Re-organisation by a dated order, and the codes that sections had."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from employee_master.models.employee import Employee
from employee_master.models.organisation import Office, Section
from employee_master.workflow.reorganisation import ReorganisationLife, ReorganisationState


class ReorganisationKind(models.TextChoices):
    RENAME = "rename", _("Rename a section")
    MERGE = "merge", _("Merge a section into another")
    SPLIT = "split", _("Split a section")
    MOVE = "move", _("Move a section")
    POSTS = "posts", _("Move posts")


class Reorganisation(ReorganisationLife):
    """One change of the organisation, by an order.

    `section` is the one concerned (renamed, merged away, split, moved, or left by the posts), `into` the one that
    takes in, `to_office` the office it goes to where that is another one. `plan` says what is wanted, in ids and new
    names; `done`, once it is carried out, what was changed: former and new names and markings, and how much was
    handed over.
    """

    kind = models.CharField(max_length=8, choices=ReorganisationKind.choices)
    office = models.ForeignKey(Office, on_delete=models.PROTECT, related_name="reorganisations")
    section = models.ForeignKey(
        Section, on_delete=models.PROTECT, null=True, blank=True, related_name="reorganisations"
    )
    into = models.ForeignKey(Section, on_delete=models.PROTECT, null=True, blank=True, related_name="taken_in")
    to_office = models.ForeignKey(
        Office, on_delete=models.PROTECT, null=True, blank=True, related_name="reorganisations_in"
    )
    plan = models.JSONField(default=dict)
    done = models.JSONField(default=dict)
    order_number = models.CharField(max_length=80)
    order_on = models.DateField()
    on = models.DateField(help_text="The first day of the new arrangement")
    made_by = models.ForeignKey(Employee, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()

    ledger_type: ClassVar[str] = "reorganisation"

    class Meta:
        ordering: ClassVar = ["-pk"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(state__in=ReorganisationState.values), name="reorganisation_state_known"
            ),
            models.CheckConstraint(condition=Q(kind__in=ReorganisationKind.values), name="reorganisation_kind_known"),
            # Maker is never checker (R3), even past the rules.
            models.CheckConstraint(
                condition=Q(decided_by__isnull=True) | ~Q(decided_by=models.F("made_by")),
                name="reorganisation_checked_by_another",
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["state", "on"], name="reorganisations_due")]

    def __str__(self) -> str:
        return f"{self.kind} {self.order_number}"

    @property
    def crosses_offices(self) -> bool:
        return self.to_office_id is not None and self.to_office_id != self.office_id


class SectionCode(models.Model):
    """A code that a section had and gave up. It stands in numbers of diaries and files, so no other ever gets it."""

    section = models.ForeignKey(Section, on_delete=models.PROTECT, related_name="codes")
    code = models.CharField(max_length=20, unique=True)
    to_on = models.DateField()

    class Meta:
        ordering: ClassVar = ["to_on", "pk"]

    def __str__(self) -> str:
        return self.code
