"""Who sits where, and when; and which roles they hold beside it."""

from __future__ import annotations

from datetime import date
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from employee_master.models.employee import Employee
from employee_master.models.organisation import Office, Post
from eoffice.core.actor import Role


class ChargeKind(models.TextChoices):
    SUBSTANTIVE = "substantive", _("Substantive")
    ADDITIONAL = "additional", _("Additional charge")
    OFFICIATING = "officiating", _("Officiating")
    LOOK_AFTER = "look_after", _("Looking after")
    LINK = "link", _("Link officer")


# The kinds that fill a post. A link officer stands in for the holder and fills nothing.
FULL_KINDS = (ChargeKind.SUBSTANTIVE, ChargeKind.ADDITIONAL, ChargeKind.OFFICIATING, ChargeKind.LOOK_AFTER)


class Charge(models.Model):
    """A dated interval in which an employee acts on a post; `to_on` is the last day, empty while it lasts.

    `ended_at` is the moment of relieving: from then on the charge no longer runs, though `to_on` is still today, and
    a successor may take over on the same day.
    The constraints below hold for charges that are open; `employee_master.guards` refuses every overlap of dates.
    """

    employee = models.ForeignKey(Employee, on_delete=models.PROTECT, related_name="charges")
    post = models.ForeignKey(Post, on_delete=models.PROTECT, related_name="charges")
    kind = models.CharField(max_length=12, choices=ChargeKind.choices, default=ChargeKind.SUBSTANTIVE)
    from_on = models.DateField()
    to_on = models.DateField(null=True, blank=True)
    order_number = models.CharField(max_length=80, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    confidential = models.BooleanField(default=True, help_text="A link officer sees confidential papers only if set")

    ledger_type: ClassVar[str] = "charge"

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(kind__in=ChargeKind.values), name="charge_kind_known"),
            models.CheckConstraint(
                condition=Q(to_on__isnull=True) | Q(to_on__gte=models.F("from_on")), name="charge_ends_after_start"
            ),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True) | Q(to_on__isnull=False), name="ended_charge_has_last_day"
            ),
            # A link arrangement is dated (procedure: link officer).
            models.CheckConstraint(condition=~Q(kind="link") | Q(to_on__isnull=False), name="link_has_last_day"),
            models.UniqueConstraint(
                fields=["employee"], condition=Q(kind="substantive", to_on__isnull=True), name="one_substantive_charge"
            ),
            models.UniqueConstraint(
                fields=["post"],
                condition=Q(kind__in=[kind.value for kind in FULL_KINDS], to_on__isnull=True),
                name="one_full_holder",
            ),
            models.UniqueConstraint(
                fields=["employee", "post"], condition=Q(to_on__isnull=True), name="one_charge_of_a_post"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.employee_id} on {self.post_id}"

    def runs_on(self, day: date) -> bool:
        """Both ends are included; a relieved charge runs no more."""
        return self.ended_at is None and self.from_on <= day and (self.to_on is None or day <= self.to_on)


class RoleGrant(models.Model):
    """A role beside the charge, with dates; with an office, it counts only while acting on a post of that office.

    `ended_at` is the moment of revoking, from which the role no longer counts.
    """

    employee = models.ForeignKey(Employee, on_delete=models.PROTECT, related_name="roles")
    role = models.CharField(max_length=20, choices=[(role.value, role.value) for role in Role])
    office = models.ForeignKey(Office, on_delete=models.PROTECT, null=True, blank=True, related_name="roles")
    from_on = models.DateField()
    to_on = models.DateField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    ledger_type: ClassVar[str] = "role"

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(role__in=[role.value for role in Role]), name="role_known"),
            models.CheckConstraint(
                condition=Q(to_on__isnull=True) | Q(to_on__gte=models.F("from_on")), name="role_ends_after_start"
            ),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True) | Q(to_on__isnull=False), name="ended_role_has_last_day"
            ),
            models.UniqueConstraint(
                fields=["employee", "role", "office"],
                condition=Q(to_on__isnull=True),
                name="one_open_grant_per_role_and_office",
            ),
            models.UniqueConstraint(
                fields=["employee", "role"],
                condition=Q(to_on__isnull=True, office__isnull=True),
                name="one_open_grant_per_role",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.employee_id} {self.role}"
