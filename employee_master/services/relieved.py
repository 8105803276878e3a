"""The moment of relieving: the desk moves, the charge ends, and what hung on it; and its correction (R18 to R20)."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from employee_master import ports
from employee_master.models import (
    FULL_KINDS,
    Charge,
    ChargeKind,
    Employee,
    LeavingReason,
    Post,
    Relieving,
    RelievingLine,
    RoleGrant,
)
from employee_master.queries.acting import active_on
from employee_master.queries.posts import require_holder
from employee_master.queries.relieving import case_of, desk_keys, joined_charge, relieving_url
from employee_master.services.account import sessions_end
from employee_master.services.charge import (
    end_charge,
    enter_charge,
    keeps_charge_in,
    locked_charge,
    overlapping,
    refuse_end,
    refuse_full_desk,
    restore_charge,
)
from employee_master.services.employee import leave
from employee_master.services.hand_over import WHY_LENGTH, move
from employee_master.services.notice import tell_holder, tell_managers, tell_person
from employee_master.services.relieving import locked_relieving, needs_signatures
from employee_master.workflow.relieving import RelievingState
from eoffice import access
from eoffice.core import clock
from eoffice.core.actions import Action
from eoffice.core.actor import Actor
from eoffice.core.errors import DomainError, WrongState
from eoffice.core.text import clean_line
from eoffice.ledger.writer import record_event


@transaction.atomic
def relieving_complete(*, relieving_id: int, actor: Actor) -> Relieving:
    """Relieve: custody moves, the charge ends, credentials at the office retire, roles, links and sessions end.

    All in one transaction. Refuses: signatures that are missing (`not_signed`), a day to come (`not_its_day`), a
    charge that ended, a post that lost its holder meanwhile, whatever is left on the desk (`desk_not_empty`).
    """
    relieving = locked_relieving(relieving_id)
    access.require(actor, Action.RELIEVING_COMPLETE, case_of(relieving))
    return _complete(relieving, actor)


def relieving_complete_signed(*, relieving_id: int, actor: Actor) -> Relieving | None:
    """Complete what the last signature made ready, if its day has come; None where something hinders it.

    Nothing is decided here: the order was entered by the master of the office and signed by both. What hinders it
    stands on the page, where the master completes it by hand.
    """
    try:
        with transaction.atomic():
            relieving = locked_relieving(relieving_id)
            if relieving.state != RelievingState.TAKEN or relieving.on > clock.today():
                return None
            return _complete(relieving, actor)
    except DomainError:
        return None


def _complete(relieving: Relieving, actor: Actor) -> Relieving:
    if relieving.state == RelievingState.LISTED and needs_signatures():
        raise WrongState(
            "not_signed",
            _("The charge list is not signed yet."),
            _("Both officers sign it with their own keys; for somebody who can't, the head of the office."),
            relieving_url(relieving.pk),
        )
    if relieving.on > clock.today():
        raise WrongState(
            "not_its_day",
            _("The last day of the charge is still to come."),
            _("On that day the relieving takes effect by itself, once both have signed."),
        )
    charge = _locked_all(relieving)
    refuse_end(charge, relieving.on)
    moved = _hand_over(relieving, actor)
    ended: dict[str, Any] = {
        "to_on": charge.to_on.isoformat() if charge.to_on else None,
        "links": _end_links(charge, actor),
        "moved": {str(post.pk): sorted(keys) for post, keys in moved.items()},
    }
    end_charge(charge, on=relieving.on, actor=actor)
    ended["roles"] = _end_roles(charge, actor)
    if relieving.successor is not None:
        ended["successor"] = _start_successor(relieving, relieving.successor, actor).pk
    ended["left"] = _leaves(relieving, charge, actor)
    relieving.ended = ended
    relieving.complete(at=clock.now())
    relieving.save()
    if charge.employee.account_id is not None:
        sessions_end(account_id=charge.employee.account_id)
    event = record_event(
        action=Action.RELIEVING_COMPLETE,
        subject=relieving,
        actor=actor,
        data={
            "charge": charge.pk,
            "employee": charge.employee_id,
            "moved": {post: len(keys) for post, keys in ended["moved"].items()},
            "list_sha256": relieving.list_sha256,
        },
    )
    tell_person(event.pk, "relieved", charge.employee, post=charge.post_id, on=relieving.on.isoformat())
    for post, keys in moved.items():
        facts = {"from": charge.post_id, "to": post.pk, "count": len(keys)}
        tell_holder(event.pk, "desk_received", post, **facts)
    return relieving


def _locked_all(relieving: Relieving) -> Charge:
    """Both people in one order, then the charge and its post."""
    people = [pk for pk in (relieving.charge.employee_id, relieving.successor_id) if pk is not None]
    list(Employee.objects.select_for_update(no_key=True).filter(pk__in=people).order_by("pk"))
    charge = locked_charge(relieving.charge_id)
    relieving.charge = charge
    return charge


def _hand_over(relieving: Relieving, actor: Actor) -> dict[Post, set[str]]:
    """Move each thing where the list says, and what reached the desk after it with the rest; which key went where."""
    post, rest = relieving.charge.post, relieving.takes_post
    parts = {line.key: line.to_post for line in relieving.lines.select_related("to_post") if line.key}
    keys = desk_keys(post.pk)
    later = [key for key in keys if key not in parts]
    if later and rest is None:
        raise WrongState(
            "desk_not_empty",
            _("Things came to the desk after the list was drawn, and nobody was named to take them over."),
            _("Open the list again, and choose who takes the desk over."),
            relieving_url(relieving.pk),
        )
    targets: dict[Post, set[str]] = {}
    for key in keys:
        to = parts.get(key) or rest
        if to is not None and to.pk != post.pk:
            targets.setdefault(to, set()).add(key)
    for to in targets:
        require_holder(to)
    move(post, targets, actor=actor)
    RelievingLine.objects.bulk_create(
        RelievingLine(relieving=relieving, place=10_000 + place, key=key, to_post=rest, came_later=True)
        for place, key in enumerate(later)
    )
    if not relieving.stays_on_post:
        refuse_full_desk(post)
    return targets


def _end_links(charge: Charge, actor: Actor) -> list[list[Any]]:
    """Link arrangements for the post, and those that the officer stands in by: all, once no other charge fills a post.

    They ended with their reason: the holder who was away is relieved, or the link officer is.
    """
    today = clock.today()
    others = Charge.objects.filter(active_on(today), employee=charge.employee_id, kind__in=FULL_KINDS)
    on_post = Charge.objects.filter(post=charge.post_id, kind=ChargeKind.LINK)
    rows = on_post
    if not others.exclude(pk=charge.pk).exists():
        rows = on_post | Charge.objects.filter(employee=charge.employee_id, kind=ChargeKind.LINK)
    ended = []
    for link in rows.filter(ended_at__isnull=True, to_on__gte=today).order_by("pk"):
        ended.append([link.pk, link.to_on.isoformat() if link.to_on else None])
        link.post = Post.objects.select_related("office").get(pk=link.post_id)
        end_charge(link, on=max(today, link.from_on), actor=actor)
    return ended


def _end_roles(charge: Charge, actor: Actor) -> list[list[Any]]:
    """The roles of the office that is left; they stay while another charge of the office does (R20)."""
    office_id = charge.post.office_id
    if keeps_charge_in(office_id, charge.employee_id):
        return []
    today = clock.today()
    ended = []
    grants = RoleGrant.objects.select_for_update().filter(
        employee=charge.employee_id, office=office_id, ended_at__isnull=True
    )
    for grant in grants.exclude(to_on__lt=today).order_by("pk"):
        ended.append([grant.pk, grant.to_on.isoformat() if grant.to_on else None])
        grant.to_on, grant.ended_at = max(today, grant.from_on), clock.now()
        grant.save(update_fields=["to_on", "ended_at"])
        _record_role(Action.ROLE_REVOKE, grant, actor)
    return ended


def _record_role(action: Action, grant: RoleGrant, actor: Actor) -> None:
    record_event(
        action=action,
        subject=grant,
        actor=actor,
        data={"employee": grant.employee_id, "role": str(grant.role), "office": grant.office_id},
    )


def _start_successor(relieving: Relieving, successor: Employee, actor: Actor) -> Charge:
    charge = Charge(
        employee=successor,
        post=relieving.charge.post,
        kind=relieving.successor_kind,
        from_on=clock.today(),
        order_number=relieving.order_number,
    )
    return enter_charge(charge, actor=actor)


def _leaves(relieving: Relieving, charge: Charge, actor: Actor) -> bool:
    """Whether the person leaves the instance with this charge: for that reason, and with no other charge running."""
    if not relieving.reason.leaves_as:
        return False
    others = Charge.objects.filter(employee=charge.employee_id, ended_at__isnull=True)
    if others.exclude(to_on__lt=clock.today()).exists():
        return False
    person = Employee.objects.select_related("account").get(pk=charge.employee_id)
    leave(person, on=relieving.on, reason=LeavingReason(relieving.reason.leaves_as), actor=actor)
    return True


# Correcting


@transaction.atomic
def relieving_correct(*, relieving_id: int, why: str, actor: Actor) -> Relieving:
    """Undo a wrong relieving (R19): the charge runs on, and what the new holders have not touched comes back.

    Until the officer has joined elsewhere whoever relieved may do it, later only the super admin: then the new charge
    ends with it. Roles, link arrangements and the account come back too; a digital signature is registered anew.
    Refuses: a post that somebody else took meanwhile (`post_taken`).
    """
    relieving = locked_relieving(relieving_id)
    charge = _locked_all(relieving)
    access.require(actor, Action.RELIEVING_CORRECT, case_of(relieving))
    why = clean_line(why, field="why", limit=WHY_LENGTH)
    joined = joined_charge(relieving)
    if joined is not None:
        joined = locked_charge(joined.pk)
        refuse_full_desk(joined.post)
        end_charge(joined, on=max(joined.from_on, clock.today()), actor=actor)
    _end_successor(relieving, actor)
    if relieving.ended.get("left"):
        _come_back(charge.employee)
    again = _run_on(relieving, charge, actor)
    back = _bring_back(relieving, charge.post, actor)
    _restore_roles(relieving, actor)
    _restore_links(relieving, actor)
    relieving.undo(at=clock.now(), why=why)
    relieving.save()
    event = record_event(
        action=Action.RELIEVING_CORRECT,
        subject=relieving,
        actor=actor,
        data={"charge": again.pk, "back": back, "joined": joined.pk if joined else None},
    )
    tell_person(event.pk, "restored", charge.employee, post=charge.post_id)
    tell_managers(event.pk, "restored", charge.post.office, post=charge.post_id)
    return relieving


@transaction.atomic
def correction_ahead(relieving: Relieving) -> tuple[int, int]:
    """How many things a correction would bring back, and how many stay because somebody has worked on them."""
    back = of_them = 0
    for post_id, keys in relieving.ended.get("moved", {}).items():
        of_them += len(keys)
        back += sum(len(room.untouched(post_id=int(post_id), keys=keys)) for room in ports.watches_desks)
    return back, of_them - back


def _end_successor(relieving: Relieving, actor: Actor) -> None:
    """Who took charge of the post gives it back; the desk stays where it is."""
    charge_id = relieving.ended.get("successor")
    successor = Charge.objects.filter(pk=charge_id or 0, ended_at__isnull=True).first()
    if successor is not None:
        successor = locked_charge(successor.pk)
        end_charge(successor, on=max(successor.from_on, clock.today()), actor=actor)


def _run_on(relieving: Relieving, charge: Charge, actor: Actor) -> Charge:
    """The same charge where nothing lies between; a new one of the same kind from today otherwise."""
    to_on = date.fromisoformat(relieving.ended["to_on"]) if relieving.ended.get("to_on") else None
    charge.to_on, charge.ended_at = to_on, None
    if not overlapping(charge):
        return restore_charge(charge, to_on=to_on, actor=actor)
    again = Charge(
        employee=charge.employee, post=charge.post, kind=charge.kind, from_on=clock.today(), to_on=to_on,
        order_number=charge.order_number,
    )  # fmt: skip
    return enter_charge(again, actor=actor, action=Action.CHARGE_RESTORE)


def _bring_back(relieving: Relieving, post: Post, actor: Actor) -> int:
    """What lies untouched where it was handed over comes back; the rest stays with whoever has worked on it."""
    back = 0
    for post_id, keys in sorted(relieving.ended.get("moved", {}).items()):
        for room in ports.watches_desks:
            untouched = room.untouched(post_id=int(post_id), keys=keys)
            back += _moved_back(int(post_id), post, untouched, actor)
    return back


def _moved_back(from_post_id: int, post: Post, keys: Collection[str], actor: Actor) -> int:
    return sum(
        room.hand_over(from_post_id=from_post_id, to_post_id=post.pk, keys=keys, actor=actor)
        for room in ports.holds_work
    )


def _restore_roles(relieving: Relieving, actor: Actor) -> None:
    for pk, to_on in relieving.ended.get("roles", []):
        grant = RoleGrant.objects.select_for_update().get(pk=pk)
        again = RoleGrant.objects.filter(
            active_on(clock.today()), employee=grant.employee_id, role=grant.role, office=grant.office_id
        )
        if again.exists() or (to_on is not None and date.fromisoformat(to_on) < clock.today()):
            continue
        grant.to_on, grant.ended_at = (date.fromisoformat(to_on) if to_on else None), None
        grant.save(update_fields=["to_on", "ended_at"])
        _record_role(Action.ROLE_GRANT, grant, actor)


def _restore_links(relieving: Relieving, actor: Actor) -> None:
    for pk, to_on in relieving.ended.get("links", []):
        link = Charge.objects.select_related("post__office", "employee").get(pk=pk)
        link.to_on, link.ended_at = date.fromisoformat(to_on), None
        stands = link.post.is_active and link.employee.left_on is None
        if stands and link.to_on >= clock.today() and not overlapping(link):
            restore_charge(link, to_on=link.to_on, actor=actor)


def _come_back(employee: Employee) -> None:
    """The person had not left after all."""
    person = Employee.objects.select_related("account").get(pk=employee.pk)
    person.left_on, person.left_reason = None, ""
    person.save(update_fields=["left_on", "left_reason"])
    if person.account is not None:
        person.account.is_active = True
        person.account.save(update_fields=["is_active"])
