"""Granting and revoking roles. Roles open pages, never papers (design 9)."""

from __future__ import annotations

from datetime import date, timedelta

from django.conf import settings
from django.db import IntegrityError, connection, transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from employee_master.models import Employee, RoleGrant, RoleProposal
from employee_master.queries.accounts import super_admins
from employee_master.services.password import tell
from eoffice import access
from eoffice.core import clock
from eoffice.core.actions import Action
from eoffice.core.actor import Actor, Role
from eoffice.core.errors import BadInput, NotAllowed, WrongState
from eoffice.ledger.writer import record_event

# So many super admins the operator may found; from then on two people are needed to add or replace one.
FOUNDED = 2
PROPOSAL_LASTS = timedelta(days=14)
# An arbitrary number of our own in PostgreSQL's space of advisory locks.
_SUPER_ADMIN_LOCK = 770_032


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

    Refuses: to oneself (`own_case`), a role that the person has on one of these days already (`has_role`), somebody
    who has left, and a super admin's role, which needs two people (`role_propose`).
    """
    employee = Employee.objects.select_for_update(no_key=True).get(pk=employee_id)
    grant = RoleGrant(employee=employee, role=role, office_id=office_id, from_on=from_on, to_on=to_on)
    access.require(actor, Action.ROLE_GRANT, grant)
    if role == Role.SUPER_ADMIN:
        raise NotAllowed(
            "needs_two",
            _("A super admin is added by two people."),
            _("Propose the person; another super admin confirms."),
        )
    _refuse_impossible(grant)
    try:
        with transaction.atomic():
            grant.save()
    except IntegrityError as error:
        raise _has_role() from error
    _record(Action.ROLE_GRANT, grant, actor)
    return grant


@transaction.atomic
def role_revoke(*, grant_id: int, actor: Actor) -> RoleGrant:
    """End the role now. Refuses: one's own role (`own_case`), one that ended (`role_ended`), the last super admin."""
    if RoleGrant.objects.filter(pk=grant_id, role=Role.SUPER_ADMIN).exists():
        _lock_super_admins()
    grant = RoleGrant.objects.select_for_update(of=("self",)).select_related("office").get(pk=grant_id)
    access.require(actor, Action.ROLE_REVOKE, grant)
    today = clock.today()
    if grant.ended_at is not None or (grant.to_on is not None and grant.to_on < today):
        raise WrongState("role_ended", _("This role has ended already."), _("There is nothing left to revoke."))
    is_super_admin = grant.role == Role.SUPER_ADMIN
    if is_super_admin and not _super_admin_grants().exclude(pk=grant.pk).filter(from_on__lte=today).exists():
        raise WrongState(
            "last_super_admin",
            _("This is the last super admin of the instance."),
            _("Let another be added first."),
        )
    # Whoever it is about is told too, so that nobody is removed in silence.
    to_tell = list(super_admins()) if is_super_admin else []
    _end(grant)
    event_id = _record(Action.ROLE_REVOKE, grant, actor)
    tell(event_id, "super_admin_ended", to_tell)
    return grant


@transaction.atomic
def super_admin_found(*, employee_id: int) -> RoleGrant:
    """A super admin entered by the operator: the first two, no more (`instance_founded`).

    From then on it takes two of them (`role_propose`). Where only one is left, nobody could confirm, and the operator
    is the second person again; those who are super admins already are told by mail.
    """
    _lock_super_admins()
    present = _super_admin_grants()
    if present.count() >= min(FOUNDED, settings.SUPER_ADMINS):
        raise WrongState(
            "instance_founded",
            _("This instance has its super admins already."),
            _("Ask them to propose and confirm another."),
        )
    employee = Employee.objects.select_for_update(no_key=True).get(pk=employee_id)
    if present.filter(employee=employee).exists():
        raise _has_role()
    to_tell = list(super_admins())
    grant = RoleGrant.objects.create(employee=employee, role=Role.SUPER_ADMIN, from_on=clock.today())
    event_id = _record(Action.ROLE_GRANT, grant, Actor.system())
    tell(event_id, "super_admin_added", to_tell)
    return grant


@transaction.atomic
def role_propose(*, employee_id: int, replaces_id: int | None = None, actor: Actor) -> RoleProposal:
    """Propose the person as super admin, in the place of another or beside them; another super admin confirms.

    Refuses: oneself (`own_case`), somebody who is one or is proposed already, one who has no open account, and when
    there is no place left and nobody is replaced (`super_admins_full`).
    """
    employee = Employee.objects.select_for_update(no_key=True).get(pk=employee_id)
    proposal: RoleProposal = RoleProposal(
        employee=employee, replaces_id=replaces_id, made_by_id=actor.employee_id, made_at=clock.now()
    )
    access.require(actor, Action.ROLE_PROPOSE, proposal)
    present = _super_admin_grants()
    if present.filter(employee=employee).exists():
        raise _has_role()
    if employee.account_id is None or employee.left_on is not None:
        raise WrongState(
            "no_account",
            _("This person has no account here."),
            _("A super admin must be able to sign in: let the account be opened first."),
        )
    if replaces_id is not None and not present.filter(pk=replaces_id).exists():
        raise _not_there()
    _refuse_full(replaces_id)
    try:
        with transaction.atomic():
            proposal.save()
    except IntegrityError as error:
        raise WrongState(
            "proposed_already", _("This person is proposed already."), _("Another super admin must confirm.")
        ) from error
    data = {"employee": employee.pk, "replaces": replaces_id}
    event = record_event(action=Action.ROLE_PROPOSE, subject=proposal, actor=actor, data=data)
    tell(event.pk, "super_admin_proposed", super_admins().exclude(employee=actor.employee_id))
    return proposal


@transaction.atomic
def role_confirm(*, proposal_id: int, actor: Actor) -> RoleGrant:
    """The second person's word: the role is granted, and the one it replaces ends in the same moment.

    Refuses: the proposer and the person concerned, a proposal that was decided or is older than a fortnight, one
    whose proposer is no super admin any more, and one more than the instance may have, however many confirm at once.
    """
    _lock_super_admins()
    proposal = RoleProposal.objects.select_for_update(of=("self",)).select_related("employee").get(pk=proposal_id)
    access.require(actor, Action.ROLE_CONFIRM, proposal)
    present = _super_admin_grants()
    running = present.filter(from_on__lte=clock.today())
    if proposal.made_at < clock.now() - PROPOSAL_LASTS or not running.filter(employee=proposal.made_by).exists():
        raise WrongState(
            "proposal_lapsed",
            _("This proposal is too old, or whoever made it is no super admin any more."),
            _("Withdraw it and propose anew."),
        )
    replaced = None
    if proposal.replaces_id is not None:
        replaced = present.select_for_update(of=("self",)).filter(pk=proposal.replaces_id).first()
        if replaced is None:
            raise _not_there()
    if present.filter(employee=proposal.employee).exists():
        raise _has_role()
    _refuse_full(proposal.replaces_id)
    to_tell = list(super_admins())
    if replaced is not None:
        _end(replaced)
    grant = RoleGrant.objects.create(employee=proposal.employee, role=Role.SUPER_ADMIN, from_on=clock.today())
    proposal.confirm(at=clock.now())
    proposal.decided_by_id, proposal.grant = actor.employee_id, grant
    proposal.save()
    if replaced is not None:
        _record(Action.ROLE_REVOKE, replaced, actor)
    event_id = _record(Action.ROLE_GRANT, grant, actor)
    data = {"grant": grant.pk, "proposed_by": proposal.made_by_id}
    record_event(action=Action.ROLE_CONFIRM, subject=proposal, actor=actor, data=data)
    tell(event_id, "super_admin_added", to_tell)
    return grant


@transaction.atomic
def role_withdraw(*, proposal_id: int, actor: Actor) -> RoleProposal:
    """End a proposal without the role: the proposer's second thought, or another super admin's no."""
    proposal: RoleProposal = RoleProposal.objects.select_for_update().get(pk=proposal_id)
    access.require(actor, Action.ROLE_WITHDRAW, proposal)
    proposal.withdraw(at=clock.now())
    proposal.decided_by_id = actor.employee_id
    proposal.save()
    data = {"employee": proposal.employee_id}
    record_event(action=Action.ROLE_WITHDRAW, subject=proposal, actor=actor, data=data)
    return proposal


def _refuse_impossible(grant: RoleGrant) -> None:
    if grant.to_on is not None and grant.to_on < grant.from_on:
        raise BadInput(
            "ends_before_start",
            _("The last day lies before the first."),
            _("Correct one of the two days."),
            field="to_on",
        )
    if grant.employee.left_on is not None and grant.employee.left_on < grant.from_on:
        raise WrongState(
            "has_left",
            _("The person left on %(day)s.") % {"day": grant.employee.left_on.isoformat()},
            _("Choose somebody else."),
        )
    same = RoleGrant.objects.filter(
        employee=grant.employee, role=grant.role, office=grant.office, ended_at__isnull=True
    ).filter(Q(to_on__isnull=True) | Q(to_on__gte=grant.from_on))
    if grant.to_on is not None:
        same = same.filter(from_on__lte=grant.to_on)
    if same.exists():
        raise _has_role()


def _lock_super_admins() -> None:
    """Two confirmations at once could both see one free place; SQLite serialises them by itself."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_SUPER_ADMIN_LOCK])


def _super_admin_grants() -> QuerySet[RoleGrant]:
    """Those that run or are yet to begin: both take a place."""
    lasting = Q(to_on__isnull=True) | Q(to_on__gte=clock.today())
    return RoleGrant.objects.filter(lasting, role=Role.SUPER_ADMIN, ended_at__isnull=True)


def _refuse_full(replaces_id: int | None) -> None:
    if _super_admin_grants().exclude(pk=replaces_id or 0).count() >= settings.SUPER_ADMINS:
        raise WrongState(
            "super_admins_full",
            _("The instance has the super admins it may have: %(count)s.") % {"count": settings.SUPER_ADMINS},
            _("Name the one whom this person replaces."),
        )


def _end(grant: RoleGrant) -> None:
    grant.to_on = max(clock.today(), grant.from_on)
    grant.ended_at = clock.now()
    grant.save(update_fields=["to_on", "ended_at"])


def _has_role() -> WrongState:
    return WrongState(
        "has_role",
        _("The employee has this role already."),
        _("Revoke it first if its office or its days are to change."),
    )


def _not_there() -> WrongState:
    return WrongState(
        "replaced_is_gone",
        _("The super admin to be replaced is none any more."),
        _("Propose anew without a replacement."),
    )


def _record(action: Action, grant: RoleGrant, actor: Actor) -> int:
    event = record_event(
        action=action,
        subject=grant,
        actor=actor,
        data={"employee": grant.employee_id, "role": str(grant.role), "office": grant.office_id},
    )
    return event.pk
