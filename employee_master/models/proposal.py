"""Proposals for super admins: nobody adds one alone."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from employee_master.models.charge import RoleGrant
from employee_master.models.employee import Employee
from employee_master.workflow.role import ProposalLife, ProposalState


class RoleProposal(ProposalLife):
    """`employee` shall be super admin, in the place of the grant `replaces` where one is named.

    `grant` is what became of it. That the two people differ, and that neither is the one concerned, holds in the
    database too.
    """

    employee = models.ForeignKey(Employee, on_delete=models.PROTECT, related_name="proposed_roles")
    replaces = models.ForeignKey(RoleGrant, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    made_by = models.ForeignKey(Employee, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    decided_by = models.ForeignKey(Employee, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    grant = models.OneToOneField(RoleGrant, on_delete=models.PROTECT, null=True, blank=True, related_name="proposal")

    ledger_type: ClassVar[str] = "role_proposal"

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(state__in=ProposalState.values), name="role_proposal_state_known"),
            models.CheckConstraint(
                condition=Q(state="proposed", decided_by__isnull=True, decided_at__isnull=True)
                | Q(decided_by__isnull=False, decided_at__isnull=False),
                name="role_proposal_decided_by_somebody",
            ),
            models.CheckConstraint(condition=~Q(made_by=F("employee")), name="nobody_proposes_themselves"),
            models.CheckConstraint(
                condition=~Q(state="confirmed")
                | Q(grant__isnull=False) & ~Q(decided_by=F("made_by")) & ~Q(decided_by=F("employee")),
                name="super_admin_by_two_others",
            ),
            models.UniqueConstraint(
                fields=["employee"], condition=Q(state="proposed"), name="one_open_role_proposal_each"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.employee_id} proposed by {self.made_by_id}"
