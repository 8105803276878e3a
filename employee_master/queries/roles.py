"""Who has which role, in which office, since when and until when."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from employee_master.models import Charge, Office, RoleGrant, RoleProposal
from employee_master.queries.acting import active_on
from eoffice import access
from eoffice.access import managed_q
from eoffice.access.master import OFFICE_ROLES
from eoffice.core import clock
from eoffice.core.actions import Action
from eoffice.core.actor import Actor, Role

# How each role is called, in the order of the list.
NAMES: dict[Role, str | Promise] = {
    Role.SUPER_ADMIN: _("Super admin"),
    Role.EMD_MANAGER: _("EMD manager"),
    Role.REGISTRY_CLERK: _("Registry clerk"),
    Role.RECORDS_OFFICER: _("Records officer"),
    Role.AUDITOR: _("Auditor"),
}
# What each role opens, for whoever grants it.
OPENS: dict[Role, str | Promise] = {
    Role.SUPER_ADMIN: _("Offices, EMD managers and settings of the instance; no file and no receipt."),
    Role.EMD_MANAGER: _("The people, posts, accounts and digital signatures of one office."),
    Role.REGISTRY_CLERK: _("Diarising letters and dispatching them, for one office."),
    Role.RECORDS_OFFICER: _("The records that the office keeps and gives up."),
    Role.AUDITOR: _("The histories of files and receipts, not the papers in them."),
}
# These belong to one office (R2); an auditor may be of all.
OF_AN_OFFICE = frozenset({Role.EMD_MANAGER, Role.REGISTRY_CLERK, Role.RECORDS_OFFICER})
SHOWN_AFTER_END = timedelta(days=90)
ENDS_SOON = timedelta(days=7)
LIST_LIMIT = 500


@dataclass(frozen=True, slots=True)
class Held:
    """A role that somebody has, or had until lately."""

    grant: RoleGrant
    name: str | Promise
    ended: bool
    ends_soon: bool
    revoke: access.Verdict


@dataclass(frozen=True, slots=True)
class Proposed:
    proposal: RoleProposal
    confirm: access.Verdict
    withdraw: access.Verdict


def role_name(role: str) -> str | Promise:
    return NAMES[Role(role)]


def role_names(role: str) -> tuple[str, str]:
    """In Hindi and in English, for mails that carry both."""
    name = NAMES[Role(role)]
    with override("hi"):
        hindi = str(name)
    with override("en"):
        return hindi, str(name)


def visible_grants(actor: Actor) -> QuerySet[RoleGrant]:
    """Every grant for the super admin; for an EMD manager those of the office, and general ones of its people."""
    if actor.has_role(Role.SUPER_ADMIN):
        return RoleGrant.objects.all()
    sits = Charge.objects.filter(
        managed_q(actor, office="post__office_id"), active_on(clock.today()), employee=OuterRef("employee")
    )
    return RoleGrant.objects.filter(managed_q(actor, office="office_id") | Q(office__isnull=True) & Exists(sits))


def held_roles(
    actor: Actor, *, office: Office | None = None, role: str = "", ended: bool = False
) -> tuple[list[Held], bool]:
    """The roles that run or are yet to begin, and with `ended` those of the last ninety days; two queries.

    The second value says that there were more than are shown.
    """
    today = clock.today()
    lasting = Q(ended_at__isnull=True) & (Q(to_on__isnull=True) | Q(to_on__gte=today))
    rows = visible_grants(actor).filter(lasting | Q(to_on__gte=today - SHOWN_AFTER_END) if ended else lasting)
    if office is not None:
        sits = Charge.objects.filter(active_on(today), employee=OuterRef("employee"), post__office=office)
        rows = rows.filter(Q(office=office) | Q(office__isnull=True) & Exists(sits))
    if role:
        rows = rows.filter(role=role)
    rows = rows.select_related("employee", "office").order_by("office__code", "role", "employee__name_en", "pk")
    found = list(rows[: LIST_LIMIT + 1])
    held = [_held(grant, actor) for grant in found[:LIST_LIMIT]]
    order = list(NAMES)
    # The instance's roles first, on both databases, whatever they do with empty offices in an order.
    held.sort(key=lambda one: (one.grant.office.code if one.grant.office else "", order.index(Role(one.grant.role))))
    return held, len(found) > LIST_LIMIT


def _held(grant: RoleGrant, actor: Actor) -> Held:
    today = clock.today()
    ended = grant.ended_at is not None or (grant.to_on is not None and grant.to_on < today)
    soon = not ended and grant.to_on is not None and grant.to_on <= today + ENDS_SOON
    verdict = access.check(actor, Action.ROLE_REVOKE, grant)
    return Held(grant, role_name(grant.role), ended, soon, verdict)


def super_admin_grants() -> list[RoleGrant]:
    """The present super admins."""
    rows = RoleGrant.objects.filter(active_on(clock.today()), role=Role.SUPER_ADMIN)
    return list(rows.select_related("employee").order_by("from_on", "pk"))


def open_proposals(actor: Actor) -> list[Proposed]:
    """Proposals for super admins that await the second person; for super admins alone."""
    if not actor.has_role(Role.SUPER_ADMIN):
        return []
    rows: Sequence[Any] = RoleProposal.objects.filter(state="proposed").select_related(
        "employee", "made_by", "replaces__employee"
    )
    return [
        Proposed(row, access.check(actor, Action.ROLE_CONFIRM, row), access.check(actor, Action.ROLE_WITHDRAW, row))
        for row in rows
    ]


def grantable(actor: Actor) -> list[Role]:
    """The roles that the actor may give; a super admin's needs two people and is not among them."""
    if actor.has_role(Role.SUPER_ADMIN):
        return [role for role in NAMES if role != Role.SUPER_ADMIN]
    return [role for role in NAMES if role in OFFICE_ROLES]


def managed_offices(actor: Actor) -> list[Office]:
    """The offices whose master the actor is, by code; those that were closed are left out."""
    present = Q(to_on__isnull=True) | Q(to_on__gte=clock.today())
    return list(Office.objects.filter(managed_q(actor, office="pk"), present).order_by("code"))


def places_left() -> int:
    """How many more super admins the instance may have."""
    return max(0, settings.SUPER_ADMINS - len(super_admin_grants()))


def ending_soon() -> QuerySet[RoleGrant]:
    """Grants that end by themselves within a week."""
    today = clock.today()
    return RoleGrant.objects.filter(
        ended_at__isnull=True, to_on__gte=today, to_on__lte=today + ENDS_SOON, from_on__lte=today
    ).select_related("employee__account", "office")
