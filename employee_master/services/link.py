"""Link officers: dated stand-ins, with or without confidential papers; they never pass the desk on (procedure)."""

from __future__ import annotations

from datetime import date

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from employee_master.models import FULL_KINDS, Charge, ChargeKind, Employee, Post
from employee_master.queries.acting import active_on
from employee_master.services.charge import ORDER_LENGTH, end_charge, enter_charge, locked_charge, locked_for_charge
from employee_master.services.employee import refuse_left
from employee_master.services.notice import tell_person
from eoffice import access
from eoffice.core import clock
from eoffice.core.actions import Action
from eoffice.core.actor import Actor
from eoffice.core.errors import BadInput, WrongState
from eoffice.core.names import named
from eoffice.core.text import clean_line


@transaction.atomic
def link_name(
    *,
    post_id: int,
    employee_id: int,
    from_on: date,
    to_on: date,
    confidential: bool = False,
    order_number: str = "",
    actor: Actor,
) -> Charge:
    """Name a link officer for a post, for some days; the holder names their own, or the EMD manager does.

    Refuses: days gone by, the holder themselves (`holds_post`), somebody without a post of their own
    (`link_needs_post`), a second link officer on the same days (`link_named`), and somebody who is away on these days
    and has a link officer for their own post (`link_is_away`).
    """
    employee, post = locked_for_charge(employee_id=employee_id, post_id=post_id)
    charge = Charge(
        employee=employee,
        post=post,
        kind=ChargeKind.LINK,
        from_on=from_on,
        to_on=to_on,
        order_number=clean_line(order_number, field="order_number", limit=ORDER_LENGTH, required=False),
        confidential=confidential,
    )
    access.require(actor, Action.CHARGE_LINK, charge)
    refuse_left(employee)
    _refuse_days(from_on, to_on)
    _refuse_conflict(charge)
    charge = enter_charge(charge, actor=actor, action=Action.CHARGE_LINK)
    tell_person(
        f"link-{charge.pk}", "link_named", Employee.objects.select_related("account").get(pk=employee.pk),
        charge=charge.pk,
    )  # fmt: skip
    return charge


@transaction.atomic
def link_end(*, charge_id: int, actor: Actor) -> Charge:
    """End a link arrangement before its last day: the officer is back."""
    charge = locked_charge(charge_id)
    if charge.kind != ChargeKind.LINK:
        raise WrongState(
            "not_a_link",
            _("This charge fills the post; it is not ended here."),
            _("Relieve the officer instead."),
        )
    access.require(actor, Action.CHARGE_LINK, charge)
    if charge.ended_at is not None or (charge.to_on is not None and charge.to_on < clock.today()):
        raise WrongState(
            "charge_ended",
            _("This charge ended on %(day)s.") % {"day": charge.to_on.isoformat() if charge.to_on else ""},
            _("Open the charge to see who ended it."),
        )
    return end_charge(charge, on=max(clock.today(), charge.from_on), actor=actor)


def _refuse_days(from_on: date, to_on: date) -> None:
    if to_on < clock.today():
        raise BadInput(
            "days_gone_by",
            _("These days have gone by."),
            _("A link officer stands in from today on."),
            field="to_on",
        )
    if to_on < from_on:
        raise BadInput(
            "ends_before_start",
            _("The last day lies before the first."),
            _("Correct one of the two days."),
            field="to_on",
        )


def _refuse_conflict(charge: Charge) -> None:
    own = Charge.objects.filter(active_on(max(charge.from_on, clock.today())), employee=charge.employee)
    posts = list(own.filter(kind__in=FULL_KINDS).values_list("post_id", flat=True))
    if charge.post_id in posts:
        raise WrongState(
            "holds_post",
            _("%(person)s holds this post.") % {"person": named(charge.employee)},
            _("Choose another officer as link officer."),
        )
    if not posts:
        raise WrongState(
            "link_needs_post",
            _("%(person)s holds no post on these days.") % {"person": named(charge.employee)},
            _("A link officer stands in beside a post of their own. Enter an additional charge instead."),
        )
    same_days = Charge.objects.filter(
        kind=ChargeKind.LINK, ended_at__isnull=True, from_on__lte=charge.to_on, to_on__gte=charge.from_on
    ).select_related("employee")
    standing = same_days.filter(post=charge.post_id).first()
    if standing is not None:
        raise WrongState(
            "link_named",
            _("%(person)s is link officer for this post until %(day)s.")
            % {"person": named(standing.employee), "day": standing.to_on.isoformat() if standing.to_on else ""},
            _("End that arrangement first, or choose other days."),
        )
    away = same_days.filter(post__in=posts).first()
    if away is not None:
        raise WrongState(
            "link_is_away",
            _("%(person)s is away on these days: %(link)s stands in for them.")
            % {"person": named(charge.employee), "link": named(away.employee)},
            _("Choose an officer who is present."),
        )


def may_name_for(post: Post) -> Charge:
    """What the rule on naming is asked about, before anybody is chosen."""
    return Charge(post=post, kind=ChargeKind.LINK)
