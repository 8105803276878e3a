"""Who is acting: charges of today, and the Actor built from them (design 2 and 3)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from employee_master.models import Charge, ChargeKind, Employee, PostSenior, RoleGrant
from eoffice.core import clock
from eoffice.core.actor import Actor
from eoffice.core.errors import NotAllowed

# The charge in which a person acts unless another is chosen comes first.
_ORDER = list(ChargeKind)


def active_on(day: date, *, prefix: str = "") -> Q:
    """Charges or grants that run on `day`, both ends included, and were not ended by an act.

    `prefix` is the path to them, as "charges__".
    """
    open_ended = Q(**{f"{prefix}to_on__isnull": True}) | Q(**{f"{prefix}to_on__gte": day})
    return Q(**{f"{prefix}from_on__lte": day, f"{prefix}ended_at__isnull": True}) & open_ended


def active_charges(employee: Employee) -> list[Charge]:
    """The employee's charges of today with post, section, office and designation: substantive first, link last."""
    charges = Charge.objects.filter(active_on(clock.today()), employee=employee, post__is_active=True).select_related(
        "employee", "post__section", "post__office", "post__designation"
    )
    return sorted(charges, key=lambda charge: (_ORDER.index(ChargeKind(charge.kind)), charge.pk))


def active_roles(employee: Employee, *, office_id: int | None) -> frozenset[str]:
    """The employee's roles of today that count while acting on a post of the office.

    A role granted for one office says nothing in another (R2: one EMD manager per office).
    """
    grants = RoleGrant.objects.filter(active_on(clock.today()), employee=employee).values_list("role", "office_id")
    return frozenset(role for role, office in grants if office is None or office == office_id)


def superior_post_ids(post_id: int) -> tuple[int, ...]:
    """The channel of submission above a post, the next post first; one query."""
    path = PostSenior.objects.filter(post_id=post_id, distance__gt=0).order_by("distance")
    return tuple(path.values_list("senior_id", flat=True))


def actor_for(employee: Employee, charge: Charge | None = None) -> Actor:
    """The employee acting under `charge`, or under the first of today's charges.

    Without any charge the actor has roles only and can hold nothing. A charge that is another's or not of today is
    refused (`charge_not_active`).
    """
    if charge is None:
        return chosen_actor(employee, next(iter(active_charges(employee)), None))
    if charge.employee_id != employee.pk or not charge.runs_on(clock.today()):
        raise NotAllowed(
            "charge_not_active",
            _("This charge does not run today."),
            _("Choose one of your present charges, or ask your EMD manager to enter it."),
        )
    return chosen_actor(employee, charge)


def chosen_actor(employee: Employee, charge: Charge | None) -> Actor:
    """The actor for a charge that is already known to run today; two queries."""
    if charge is None:
        return Actor(
            employee_id=employee.pk, post_id=None, charge_id=None, roles=active_roles(employee, office_id=None)
        )
    return Actor(
        employee_id=employee.pk,
        post_id=charge.post_id,
        charge_id=charge.pk,
        office_id=charge.post.office_id,
        section_id=charge.post.section_id,
        roles=active_roles(employee, office_id=charge.post.office_id),
        superior_post_ids=superior_post_ids(charge.post_id),
        may_confidential=charge.kind != ChargeKind.LINK or charge.confidential,
        is_link=charge.kind == ChargeKind.LINK,
    )


def pick_charge(charges: Iterable[Charge], chosen_id: object) -> Charge | None:
    """The chosen one of today's charges; the first where nothing, or nothing valid, was chosen."""
    charges = list(charges)
    return next((charge for charge in charges if charge.pk == chosen_id), charges[0] if charges else None)
