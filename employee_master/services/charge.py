"""Starting and ending charges (R18, R19)."""

from __future__ import annotations

from datetime import date

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from employee_master import ports
from employee_master.models import FULL_KINDS, Charge, ChargeKind, Employee, Post
from employee_master.queries.acting import active_on
from employee_master.services.employee import refuse_left
from eoffice import access
from eoffice.core import clock
from eoffice.core.actions import Action
from eoffice.core.actor import Actor
from eoffice.core.errors import BadInput, WrongState
from eoffice.core.text import clean_line
from eoffice.ledger.writer import record_event

ORDER_LENGTH = 80


@transaction.atomic
def charge_start(
    *,
    employee_id: int,
    post_id: int,
    kind: ChargeKind,
    from_on: date,
    to_on: date | None = None,
    order_number: str = "",
    confidential: bool = False,
    actor: Actor,
) -> Charge:
    """Let the employee act on the post from a day on.

    `confidential` matters to a link officer only; every other charge carries the post's confidential papers.
    Refuses: a post that no longer exists, a second substantive charge (`has_substantive`), a second full holder
    (`post_taken`), a second charge of the same post, a last day before the first, somebody who left (`has_left`).
    """
    employee, post = locked_for_charge(employee_id=employee_id, post_id=post_id)
    charge = Charge(
        employee=employee,
        post=post,
        kind=kind,
        from_on=from_on,
        to_on=to_on,
        order_number=clean_line(order_number, field="order_number", limit=ORDER_LENGTH, required=False),
        confidential=confidential or kind != ChargeKind.LINK,
    )
    access.require(actor, Action.CHARGE_START, charge)
    return enter_charge(charge, actor=actor)


def locked_for_charge(*, employee_id: int, post_id: int) -> tuple[Employee, Post]:
    """The person, then the post: two starts for one person or one post queue up instead of failing."""
    employee = Employee.objects.select_for_update(no_key=True).get(pk=employee_id)
    post = Post.objects.select_for_update(no_key=True).get(pk=post_id)
    return employee, post


def enter_charge(charge: Charge, *, actor: Actor, action: Action = Action.CHARGE_START) -> Charge:
    """Check, save and record a charge inside an act that locked person and post and asked `access`."""
    _refuse_impossible(charge)
    _refuse_overlap(charge)
    try:
        with transaction.atomic():
            charge.save()
    except IntegrityError as error:
        # The database's own word (guards), for whoever came past the locks.
        raise _taken(charge) from error
    record_event(
        action=action,
        subject=charge,
        actor=actor,
        data={
            "employee": charge.employee_id,
            "post": charge.post_id,
            "kind": str(charge.kind),
            "from": charge.from_on.isoformat(),
        },
    )
    return charge


@transaction.atomic
def charge_end(*, charge_id: int, on: date, actor: Actor) -> Charge:
    """End a charge: its last day is `on`, and it runs no more from this moment.

    Refuses: ended already, a day before its start or after today, and, for a charge that fills the post, a desk that
    is not empty (`desk_not_empty`, through the port HoldsWork). The officer's credentials at the office retire in the
    same transaction, unless another of their charges is in that office (R20). Relieving by order, with the desk
    handed over and the list signed, is `relieving_complete`.
    """
    charge = locked_charge(charge_id)
    access.require(actor, Action.CHARGE_END, charge)
    refuse_end(charge, on)
    if charge.kind in FULL_KINDS:
        refuse_full_desk(charge.post)
    return end_charge(charge, on=on, actor=actor)


def locked_charge(charge_id: int) -> Charge:
    """The charge under the locks of its person and post, in the order in which charges are entered.

    Acts of its holder that are under way write its id into the ledger; they don't wait for this lock.
    """
    employee_id, post_id = Charge.objects.values_list("employee_id", "post_id").get(pk=charge_id)
    locked_for_charge(employee_id=employee_id, post_id=post_id)
    Charge.objects.select_for_update(no_key=True, of=("self",)).get(pk=charge_id)
    return Charge.objects.select_related("post__office", "employee").get(pk=charge_id)


def end_charge(charge: Charge, *, on: date, actor: Actor, reason: str = "charge_ended") -> Charge:
    """End a locked charge inside an act that has checked what may hinder it."""
    charge.to_on = on
    charge.ended_at = clock.now()
    charge.save(update_fields=["to_on", "ended_at"])
    retired = _retire_credentials(charge, reason, actor)
    record_event(
        action=Action.CHARGE_END,
        subject=charge,
        actor=actor,
        data={"employee": charge.employee_id, "post": charge.post_id, "to": on.isoformat(), "credentials": retired},
    )
    return charge


def restore_charge(charge: Charge, *, to_on: date | None, actor: Actor) -> Charge:
    """Let a locked charge that was ended run on, inside an act that corrects it (R19); refused when it overlaps."""
    charge.to_on, charge.ended_at = to_on, None
    _refuse_impossible(charge)
    _refuse_overlap(charge)
    try:
        with transaction.atomic():
            charge.save(update_fields=["to_on", "ended_at"])
    except IntegrityError as error:
        raise _taken(charge) from error
    record_event(
        action=Action.CHARGE_RESTORE,
        subject=charge,
        actor=actor,
        data={"employee": charge.employee_id, "post": charge.post_id},
    )
    return charge


def _refuse_impossible(charge: Charge) -> None:
    if not charge.post.is_active:
        raise WrongState(
            "post_abolished",
            _("The post %(marking)s no longer exists.") % {"marking": charge.post.marking},
            _("Choose another post."),
        )
    if charge.kind == ChargeKind.LINK and charge.to_on is None:
        raise BadInput(
            "link_not_dated",
            _("A link arrangement needs a last day."),
            _("Enter the day on which the officer is back."),
            field="to_on",
        )
    if charge.to_on is not None and charge.to_on < charge.from_on:
        raise BadInput(
            "ends_before_start",
            _("The last day lies before the first."),
            _("Correct one of the two days."),
            field="to_on",
        )
    # Asked anew: whoever corrects a relieving lets the person come back first.
    refuse_left(Employee.objects.get(pk=charge.employee_id))


def overlapping(charge: Charge) -> list[Charge]:
    """The charges of the person or of the post that share a day with this one and can't stand beside it."""
    return [other for other in _side_by_side(charge) if _hinders(charge, other)]


def _side_by_side(charge: Charge) -> list[Charge]:
    others = Charge.objects.filter(Q(employee=charge.employee) | Q(post=charge.post)).select_related("post")
    return [other for other in others if other.pk != charge.pk and _overlap(charge, other)]


def _hinders(charge: Charge, other: Charge) -> bool:
    same_person, same_post = other.employee_id == charge.employee_id, other.post_id == charge.post_id
    if same_person and (same_post or charge.kind == other.kind == ChargeKind.SUBSTANTIVE):
        return True
    return same_post and charge.kind in FULL_KINDS and other.kind in FULL_KINDS


def _refuse_overlap(charge: Charge) -> None:
    for other in _side_by_side(charge):
        same_person, same_post = other.employee_id == charge.employee_id, other.post_id == charge.post_id
        if same_person and same_post:
            raise WrongState(
                "has_this_charge",
                _("The employee has a charge of this post since %(day)s.") % {"day": other.from_on.isoformat()},
                _("End that charge first."),
            )
        if same_person and charge.kind == other.kind == ChargeKind.SUBSTANTIVE:
            raise WrongState(
                "has_substantive",
                _("The employee holds %(marking)s substantively since %(day)s.")
                % {"marking": other.post.marking, "day": other.from_on.isoformat()},
                _("Relieve there first, or enter this one as additional charge."),
            )
        if same_post and charge.kind in FULL_KINDS and other.kind in FULL_KINDS:
            raise _taken(other, by=other)


def _taken(charge: Charge, *, by: Charge | None = None) -> WrongState:
    """`by` is the charge that stands in the way, where it is known: the remedy leads to relieving it."""
    return WrongState(
        "post_taken",
        _("The post %(marking)s is held by somebody else on these days.") % {"marking": charge.post.marking},
        _("Relieve the present holder first, or choose another post."),
        reverse("employee_master:relieving_new", args=[by.pk]) if by is not None and by.ended_at is None else "",
    )


def _overlap(one: Charge, other: Charge) -> bool:
    """As the guards in the database see it: a relieved charge leaves its last day free."""

    def reaches(first: Charge, day: date) -> bool:
        if first.to_on is None:
            return True
        return first.to_on > day or (first.to_on == day and first.ended_at is None)

    # A charge that was relieved on its first day has no day at all.
    return all(reaches(charge, day) for charge in (one, other) for day in (one.from_on, other.from_on))


def refuse_end(charge: Charge, on: date) -> None:
    if charge.ended_at is not None or (charge.to_on is not None and charge.to_on < clock.today()):
        raise WrongState(
            "charge_ended",
            _("This charge ended on %(day)s.") % {"day": charge.to_on.isoformat() if charge.to_on else ""},
            _("Open the charge to see who ended it."),
        )
    if not charge.from_on <= on <= clock.today():
        raise BadInput(
            "day_out_of_charge",
            _("The last day lies between the charge's first day, %(first)s, and today.")
            % {"first": charge.from_on.isoformat()},
            _("Enter the day on which the charge was given over."),
            field="on",
        )


def refuse_full_desk(post: Post) -> None:
    """Nobody leaves a desk with things on it (R18): they are sent on or handed over first."""
    lying = [work for port in ports.holds_work for work in port.work_on(post.pk) if work.count]
    if lying:
        raise WrongState(
            "desk_not_empty",
            _("The desk of %(marking)s still holds: %(work)s.")
            % {"marking": post.marking, "work": ", ".join(f"{work.kind} {work.count}" for work in lying)},
            _("Send them on or hand them over first."),
            next((work.url for work in lying if work.url), ""),
        )


def keeps_charge_in(office_id: int, employee_id: int) -> bool:
    """Whether the person fills another post of the office today, or is to without a last day (R20)."""
    stays = Charge.objects.filter(employee=employee_id, post__office_id=office_id, kind__in=FULL_KINDS)
    return stays.filter(active_on(clock.today()) | Q(ended_at__isnull=True, to_on__isnull=True)).exists()


def _retire_credentials(charge: Charge, reason: str, actor: Actor) -> int:
    office_id = charge.post.office_id
    if charge.kind not in FULL_KINDS or keeps_charge_in(office_id, charge.employee_id):
        return 0
    return sum(
        port.retire_for(employee_id=charge.employee_id, office_id=office_id, reason=reason, actor=actor)
        for port in ports.retires_credentials
    )
