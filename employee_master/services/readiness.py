"""Ticking the checklist with evidence, entering who was nominated, and the instance's own checklist (R8)."""

from __future__ import annotations

import re
from datetime import date, timedelta

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from employee_master.checklist import ITEMS, Item, ItemKind
from employee_master.models import Employee, Nomination, NominationKind, Office, ReadinessItem, ReadinessTick
from employee_master.queries.readiness import items, rollout_of
from employee_master.services.standing import count_offices
from eoffice import access
from eoffice.core import clock
from eoffice.core.actions import Action
from eoffice.core.actor import Actor
from eoffice.core.errors import BadInput, NotVisible, WrongState
from eoffice.core.text import clean_line
from eoffice.documents.models import Document
from eoffice.ledger.writer import record_event

NOTE_LENGTH = 1000
_CODE = re.compile(r"[a-z][a-z0-9_]{1,19}")


@transaction.atomic
def readiness_tick(*, office_id: int, code: str, note: str, document: Document | None, actor: Actor) -> ReadinessTick:
    """Tick an item of the office, with a paper, a note or both as evidence.

    Refuses: an item that the system counts itself, one that is ticked already (`ticked`), no evidence at all.
    """
    office = _locked(office_id)
    access.require(actor, Action.READINESS_TICK, rollout_of(office_id))
    _require_ticked_kind(code)
    note = clean_line(note, field="note", limit=NOTE_LENGTH, required=False)
    if not note and document is None:
        raise BadInput(
            "no_evidence",
            _("Without evidence nothing is ticked."),
            _("Upload a paper, or write in a line who saw it and when."),
            field="note",
        )
    if ReadinessTick.objects.filter(office=office, code=code, withdrawn_at__isnull=True).exists():
        raise WrongState(
            "ticked", _("This item is ticked already."), _("Withdraw the tick first if its evidence is to change.")
        )
    tick = ReadinessTick.objects.create(
        office=office,
        code=code,
        note=note,
        document=document,
        made_by_id=actor.person,
        post_id=actor.post_id,
        made_at=clock.now(),
    )
    record_event(
        action=Action.READINESS_TICK,
        subject=office,
        actor=actor,
        data={"item": code, "tick": tick.pk, "sha256": document.sha256 if document else ""},
    )
    count_offices([office_id])
    return tick


@transaction.atomic
def readiness_withdraw(*, tick_id: int, why: str, actor: Actor) -> ReadinessTick:
    """Take a tick back, with the reason; what was once said stays on record."""
    office_id = ReadinessTick.objects.filter(pk=tick_id).values_list("office_id", flat=True).first()
    if office_id is None:
        raise NotVisible
    office = _locked(office_id)
    access.require(actor, Action.READINESS_TICK, rollout_of(office_id))
    tick = ReadinessTick.objects.select_for_update(of=("self",)).get(pk=tick_id)
    if tick.withdrawn_at is not None:
        raise WrongState("tick_withdrawn", _("This tick was withdrawn already."), _("Open the page again."))
    tick.withdrawn_why = clean_line(why, field="why", limit=300)
    tick.withdrawn_by_id = actor.person
    tick.withdrawn_at = clock.now()
    tick.save(update_fields=["withdrawn_why", "withdrawn_by", "withdrawn_at"])
    record_event(
        action=Action.READINESS_TICK,
        subject=office,
        actor=actor,
        data={"item": tick.code, "tick": tick.pk, "withdrawn": True},
    )
    count_offices([office_id])
    return tick


@transaction.atomic
def nomination_enter(
    *,
    office_id: int,
    kind: NominationKind,
    employee_id: int | None,
    name: str,
    designation: str,
    email: str,
    order_number: str,
    order_on: date,
    from_on: date,
    to_on: date | None,
    actor: Actor,
) -> Nomination:
    """Enter who was nominated by an order: an employee, or the name of somebody from outside this instance.

    A nomination of the same kind that still stands ends the day before. Refuses: neither or both, an order of the
    future, a last day before the first, a first day not after that of the nomination which it follows.
    """
    office = _locked(office_id)
    access.require(actor, Action.READINESS_NOMINATE, rollout_of(office_id))
    nomination = Nomination(
        office=office,
        kind=NominationKind(kind),
        employee=_nominated(employee_id),
        name=clean_line(name, field="name", limit=200, required=employee_id is None),
        designation=clean_line(designation, field="designation", limit=200, required=False),
        email=_checked_email(email) if employee_id is None else "",
        order_number=clean_line(order_number, field="order_number", limit=80),
        order_on=order_on,
        from_on=from_on,
        to_on=to_on,
        made_by_id=actor.person,
        made_at=clock.now(),
    )
    if nomination.employee is not None and nomination.name:
        raise BadInput(
            "two_people",
            _("Either choose an employee, or write the name of somebody from outside."),
            _("Leave one of the two empty."),
            field="name",
        )
    _refuse_days(nomination)
    standing = Nomination.objects.select_for_update(of=("self",)).filter(
        office=office, kind=nomination.kind, ended_at__isnull=True
    )
    for before in standing:
        _end(before, from_on - timedelta(days=1), actor)
    nomination.save()
    record_event(
        action=Action.READINESS_NOMINATE,
        subject=office,
        actor=actor,
        data={"nomination": nomination.pk, "kind": str(nomination.kind), "employee": employee_id},
    )
    count_offices([office_id])
    return nomination


@transaction.atomic
def nomination_end(*, nomination_id: int, on: date, actor: Actor) -> Nomination:
    """End a nomination: its last day is `on`. Refuses one that ended, and a day before its first."""
    office_id = Nomination.objects.filter(pk=nomination_id).values_list("office_id", flat=True).first()
    if office_id is None:
        raise NotVisible
    _locked(office_id)
    access.require(actor, Action.READINESS_NOMINATE, rollout_of(office_id))
    nomination = Nomination.objects.select_for_update(of=("self",)).get(pk=nomination_id)
    if nomination.ended_at is not None:
        raise WrongState("nomination_ended", _("This nomination has ended already."), _("Enter the new one."))
    if on > clock.today():
        raise BadInput("day_ahead", _("The last day lies ahead."), _("Enter a day up to today."), field="on")
    _end(nomination, on, actor)
    count_offices([office_id])
    return nomination


@transaction.atomic
def readiness_item_set(
    *,
    code: str,
    name_en: str,
    name_hi: str,
    help_en: str,
    help_hi: str,
    position: int,
    is_active: bool,
    actor: Actor,
) -> ReadinessItem:
    """Adapt an item of the published checklist to this instance, or add one of its own, which is then ticked."""
    if not _CODE.fullmatch(code):
        raise BadInput(
            "bad_code",
            _("The code is written in small English letters, digits and underscores, at most 20 of them."),
            _("Write it without spaces and capital letters."),
            field="code",
        )
    item = ReadinessItem.objects.select_for_update().filter(code=code).first() or ReadinessItem(code=code)
    access.require(actor, Action.READINESS_PUBLISH, item)
    item.name_en = clean_line(name_en, field="name_en", limit=120)
    item.name_hi = clean_line(name_hi, field="name_hi", limit=120)
    item.help_en = clean_line(help_en, field="help_en", limit=300, required=False)
    item.help_hi = clean_line(help_hi, field="help_hi", limit=300, required=False)
    item.position = position
    item.is_active = is_active
    item.save()
    record_event(action=Action.READINESS_PUBLISH, subject=item, actor=actor, data={"item": code, "active": is_active})
    return item


def readiness_recount(*, actor: Actor) -> int:
    """Count all offices now, for somebody who does not want to wait for the next count; how many were counted."""
    access.require(actor, Action.READINESS_COUNT, None)
    return count_offices()


def item_of(code: str) -> Item:
    """An item of the instance's checklist; one that is not on it can't be acted on."""
    found = next((item for item in items() if item.code == code), None)
    if found is None:
        raise NotVisible
    return found


def published(code: str) -> bool:
    """Whether the code is one of the list that every instance begins with."""
    return any(item.code == code for item in ITEMS)


def _locked(office_id: int) -> Office:
    office = Office.objects.select_for_update(no_key=True).filter(pk=office_id).first()
    if office is None:
        raise NotVisible
    return office


def _require_ticked_kind(code: str) -> None:
    item = item_of(code)
    if item.kind == ItemKind.TICKED:
        return
    raise BadInput(
        "not_ticked",
        _("This item is not ticked: the system counts it from what is entered."),
        _("Open the item on the office's page; it says what is missing."),
        field="code",
    )


def _nominated(employee_id: int | None) -> Employee | None:
    if employee_id is None:
        return None
    employee = Employee.objects.filter(pk=employee_id, left_on__isnull=True).first()
    if employee is None:
        raise BadInput(
            "no_such_employee",
            _("There is no such employee now."),
            _("Search by name or code, or write the name of somebody from outside."),
            field="employee",
        )
    return employee


def _checked_email(email: str) -> str:
    email = email.strip()
    if email:
        try:
            validate_email(email)
        except ValidationError as error:
            raise BadInput(
                "bad_address",
                _("This is not an e-mail address."),
                _("Write it as name@department.gov.in, or leave it empty."),
                field="email",
            ) from error
    return email


def _refuse_days(nomination: Nomination) -> None:
    if nomination.order_on > clock.today():
        raise BadInput(
            "order_ahead", _("The order's date lies ahead."), _("Correct the date of the order."), field="order_on"
        )
    if nomination.to_on is not None and nomination.to_on < nomination.from_on:
        raise BadInput(
            "ends_before_start",
            _("The last day lies before the first."),
            _("Correct one of the two days."),
            field="to_on",
        )


def _end(nomination: Nomination, on: date, actor: Actor) -> None:
    if on < nomination.from_on:
        raise BadInput(
            "nomination_younger",
            _("The nomination that stands began on %(day)s; this day lies before it or is the same.")
            % {"day": nomination.from_on.isoformat()},
            _("Choose a later day."),
            field="from_on",
        )
    nomination.to_on = on if nomination.to_on is None else min(on, nomination.to_on)
    nomination.ended_at = clock.now()
    nomination.save(update_fields=["to_on", "ended_at"])
    record_event(
        action=Action.READINESS_NOMINATE,
        subject=nomination.office,
        actor=actor,
        data={"nomination": nomination.pk, "to": nomination.to_on.isoformat()},
    )
