"""Granting and revoking roles. Roles open pages, never papers (design 9)."""

from __future__ import annotations

from datetime import date

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from employee_master.models import Employee, RoleGrant
from employee_master.queries.acting import active_on
from eoffice import access
from eoffice.core import clock
from eoffice.core.actions import Action
from eoffice.core.actor import Actor, Role
from eoffice.core.errors import WrongState
from eoffice.ledger.writer import record_event


@transaction.atomic
def role_grant(
    *,
    employee_id: int,
    role: Role,
    from_on: date,
    to_on: date | None = None,
    office_id: int | None = None,
    actor: Actor,
) -> RoleGrant:
    """Give the role from a day on, for one office or (None) wherever the person acts.

    Refuses: to oneself (`own_case`), a role that the person has already (`has_role`).
    """
    employee = Employee.objects.select_for_update(no_key=True).get(pk=employee_id)
    grant = RoleGrant(employee=employee, role=role, office_id=office_id, from_on=from_on, to_on=to_on)
    access.require(actor, Action.ROLE_GRANT, grant)
    present = RoleGrant.objects.filter(active_on(clock.today()), employee=employee, role=role)
    if office_id in present.values_list("office_id", flat=True):
        raise _has_role()
    try:
        with transaction.atomic():
            grant.save()
    except IntegrityError as error:
        raise _has_role() from error
    _record(Action.ROLE_GRANT, grant, actor)
    return grant


@transaction.atomic
def role_revoke(*, grant_id: int, actor: Actor) -> RoleGrant:
    """End the role now. Refuses: one's own role (`own_case`), one that ended (`role_ended`)."""
    grant = RoleGrant.objects.select_for_update().get(pk=grant_id)
    access.require(actor, Action.ROLE_REVOKE, grant)
    today = clock.today()
    if grant.ended_at is not None or (grant.to_on is not None and grant.to_on < today):
        raise WrongState("role_ended", _("This role has ended already."), _("There is nothing left to revoke."))
    grant.to_on = max(today, grant.from_on)
    grant.ended_at = clock.now()
    grant.save(update_fields=["to_on", "ended_at"])
    _record(Action.ROLE_REVOKE, grant, actor)
    return grant


@transaction.atomic
def super_admin_found(*, employee_id: int) -> RoleGrant:
    """The first super admin of a new instance, entered by the operator who installs it; refused ever after.

    From then on roles are granted by people, in front of the ledger.
    """
    if RoleGrant.objects.select_for_update().filter(role=Role.SUPER_ADMIN).exists():
        raise WrongState(
            "instance_founded",
            _("This instance has a super admin already."),
            _("Ask the super admin to grant the role."),
        )
    grant = RoleGrant.objects.create(employee_id=employee_id, role=Role.SUPER_ADMIN, from_on=clock.today())
    _record(Action.ROLE_GRANT, grant, Actor.system())
    return grant


def _has_role() -> WrongState:
    return WrongState(
        "has_role",
        _("The employee has this role already."),
        _("Revoke it first if its office or its days are to change."),
    )


def _record(action: Action, grant: RoleGrant, actor: Actor) -> None:
    record_event(
        action=action,
        subject=grant,
        actor=actor,
        data={"employee": grant.employee_id, "role": str(grant.role), "office": grant.office_id},
    )
