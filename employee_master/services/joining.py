"""Joining a post by order (R19): at once, or on the day of the order when the post is free by then."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from employee_master.models import (
    FULL_KINDS,
    Charge,
    ChargeKind,
    Employee,
    Half,
    Joining,
    Post,
    Relieving,
)
from employee_master.services.charge import ORDER_LENGTH, enter_charge, locked_for_charge
from employee_master.services.employee import refuse_left
from employee_master.services.notice import tell_managers, tell_person
from employee_master.workflow.relieving import JoiningState, RelievingState
from eoffice import access
from eoffice.core import clock
from eoffice.core.actions import Action
from eoffice.core.actor import Actor
from eoffice.core.errors import BadInput, DomainError, NotVisible, WrongState
from eoffice.core.text import clean_line
from eoffice.ledger.writer import record_event


@dataclass(frozen=True, slots=True)
class JoiningFacts:
    """What the order says. Only an additional, officiating or look-after charge may have a last day."""

    kind: ChargeKind
    from_on: date
    order_number: str
    order_on: date
    to_on: date | None = None
    half: str = Half.FORENOON


@transaction.atomic
def joining_enter(
    *, employee_id: int, post_id: int, facts: JoiningFacts, relieving_id: int | None = None, actor: Actor
) -> Joining:
    """Let an officer join a post by order. With a day to come, the order waits and takes effect on that day.

    Refuses: a post that is not available (`post_taken`, `post_abolished`, `post_promised`), an officer who still holds
    another post substantively (`has_substantive`), who has left (`has_left`), or has an order that waits already.
    """
    employee, post = locked_for_charge(employee_id=employee_id, post_id=post_id)
    joining: Joining = Joining(
        employee=employee,
        post=post,
        kind=facts.kind,
        from_on=facts.from_on,
        to_on=facts.to_on,
        half=facts.half,
        order_number=clean_line(facts.order_number, field="order_number", limit=ORDER_LENGTH),
        order_on=facts.order_on,
        relieving=_sent_by(relieving_id, employee),
        made_by_id=actor.person,
        made_at=clock.now(),
    )
    access.require(actor, Action.JOINING_ENTER, joining)
    refuse_left(employee)
    _refuse_impossible(joining)
    try:
        with transaction.atomic():
            joining.save()
    except IntegrityError as error:
        raise _waits_already() from error
    waits = joining.from_on > clock.today()
    event = record_event(
        action=Action.JOINING_ENTER,
        subject=joining,
        actor=actor,
        data={
            "employee": employee.pk, "post": post.pk, "kind": str(joining.kind), "from": joining.from_on.isoformat(),
            "waits": waits,
        },
    )  # fmt: skip
    if waits:
        tell_person(event.pk, "joining_ordered", employee, post=post.pk, on=joining.from_on.isoformat())
    else:
        _take_effect(joining, actor)
    return joining


@transaction.atomic
def joining_withdraw(*, joining_id: int, actor: Actor) -> Joining:
    """Withdraw an order that waits."""
    joining = locked_joining(joining_id)
    access.require(actor, Action.JOINING_ENTER, joining)
    _require_waiting(joining)
    joining.withdraw(at=clock.now())
    joining.save()
    record_event(action=Action.JOINING_ENTER, subject=joining, actor=actor, data={"step": "withdrawn"})
    return joining


@transaction.atomic
def joining_try(*, joining_id: int, actor: Actor) -> Joining:
    """Let an order that waits take effect now; refused with what still hinders it."""
    joining = locked_joining(joining_id)
    access.require(actor, Action.JOINING_ENTER, joining)
    _require_waiting(joining)
    if joining.from_on > clock.today():
        raise WrongState(
            "not_its_day",
            _("The order takes effect on %(day)s.") % {"day": joining.from_on.isoformat()},
            _("On that day it happens by itself."),
        )
    _take_effect(joining, actor)
    return joining


def joining_due(*, joining_id: int) -> str:
    """The worker's try on the day of the order, as the master entered it; the code of what hinders it, or nothing.

    The master of the office is told once of each hindrance; the order goes on waiting and is tried every day.
    """
    try:
        with transaction.atomic():
            joining = locked_joining(joining_id)
            if joining.state == JoiningState.WAITING and joining.from_on <= clock.today():
                _take_effect(joining, Actor.system())
    except DomainError as error:
        code = error.code
    else:
        return ""
    with transaction.atomic():
        joining = locked_joining(joining_id)
        if joining.state == JoiningState.WAITING and joining.waits_for != code:
            joining.waits_for = code[:60]
            joining.save()
            tell_managers(f"joining-{joining.pk}-{code}", "joining_waits", joining.post.office, joining=joining.pk)
    return code


def locked_joining(joining_id: int) -> Joining:
    """The order under the locks of its person and post, in the order in which charges are entered."""
    known = Joining.objects.filter(pk=joining_id).values_list("employee_id", "post_id").first()
    if known is None:
        raise NotVisible
    locked_for_charge(employee_id=known[0], post_id=known[1])
    Joining.objects.select_for_update(no_key=True).get(pk=joining_id)
    rows = Joining.objects.select_related("employee__account", "post__office", "relieving")
    joining: Joining = rows.get(pk=joining_id)
    return joining


def _take_effect(joining: Joining, actor: Actor) -> None:
    charge = Charge(
        employee=joining.employee,
        post=joining.post,
        kind=joining.kind,
        from_on=joining.from_on,
        to_on=joining.to_on,
        order_number=joining.order_number,
    )
    joining.charge = enter_charge(charge, actor=actor)
    joining.waits_for = ""
    joining.join(at=clock.now())
    joining.save()
    event = record_event(
        action=Action.JOINING_ENTER, subject=joining, actor=actor, data={"step": "joined", "charge": charge.pk}
    )
    tell_person(event.pk, "joined", joining.employee, post=joining.post_id, on=joining.from_on.isoformat())


def _sent_by(relieving_id: int | None, employee: Employee) -> Relieving | None:
    if relieving_id is None:
        return None
    rows = Relieving.objects.filter(pk=relieving_id, charge__employee=employee)
    found: Relieving | None = rows.exclude(state__in=[RelievingState.CORRECTED, RelievingState.WITHDRAWN]).first()
    return found


def _refuse_impossible(joining: Joining) -> None:
    if joining.kind not in FULL_KINDS:
        raise BadInput(
            "kind_fills_nothing",
            _("A link officer fills no post."),
            _("Choose another kind of charge."),
            field="kind",
        )
    if joining.half not in Half.values:
        raise BadInput("unknown_choice", _("This choice does not exist."), _("Choose one of the list."), field="half")
    if joining.to_on is not None and joining.to_on < joining.from_on:
        raise BadInput(
            "ends_before_start",
            _("The last day lies before the first."),
            _("Correct one of the two days."),
            field="to_on",
        )
    _refuse_gone(joining.post)
    promised = Joining.objects.filter(post=joining.post, state=JoiningState.WAITING).exclude(employee=joining.employee)
    other = promised.order_by("from_on").first()
    if other is not None and (joining.to_on is None or joining.to_on >= other.from_on):
        raise WrongState(
            "post_promised",
            _("Somebody else is to join %(marking)s on %(day)s.")
            % {"marking": joining.post.marking, "day": other.from_on.isoformat()},
            _("Withdraw that order first, or choose another post."),
        )


def _refuse_gone(post: Post) -> None:
    if not post.is_active:
        raise WrongState(
            "post_abolished",
            _("The post %(marking)s no longer exists.") % {"marking": post.marking},
            _("Choose another post."),
        )


def _require_waiting(joining: Joining) -> None:
    if joining.state != JoiningState.WAITING:
        raise WrongState(
            "joining_closed",
            _("This order does not wait any more (%(state)s).") % {"state": joining.get_state_display()},
            _("Open the person's page to see the charges."),
        )


def _waits_already() -> WrongState:
    return WrongState(
        "order_waits",
        _("An order for this officer waits already."),
        _("Withdraw that order first."),
    )
