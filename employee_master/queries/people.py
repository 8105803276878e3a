"""People: of which office somebody is, what is shown of them, and what was done to their record."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from employee_master import ports
from employee_master.models import FULL_KINDS, ChangeField, Charge, Employee, Office, RoleGrant
from eoffice.core import clock
from eoffice.core.actions import Action
from eoffice.core.errors import NotVisible, Text
from eoffice.ledger.models import Event
from eoffice.ledger.queries import history

LAST_EVENTS = 50


@dataclass(frozen=True, slots=True)
class Person:
    """A person as the rules of access see them: of which office, and who they are."""

    office: Office | None
    employee_id: int | None


@dataclass(frozen=True, slots=True)
class Deed:
    """One act on somebody's record, in words: what, by whom, when, and about which fields."""

    at: datetime
    words: Text
    by: Employee | None
    post: Any
    fields: list[Text] = field(default_factory=list)
    change: int | None = None


def office_of_person(employee: Employee) -> Office | None:
    """The office that keeps the person's record.

    That of the present charge, substantive before others; else that of the last one; else where they were entered.
    """
    charges = Charge.objects.filter(employee=employee, kind__in=FULL_KINDS).select_related("post__office__parent")
    ranked = sorted(charges, key=_nearness, reverse=True)
    if ranked:
        return ranked[0].post.office
    return employee.entered_in


def _nearness(charge: Charge) -> tuple[bool, bool, str, int]:
    running = charge.runs_on(clock.today())
    substantive = charge.kind == FULL_KINDS[0]
    return running, running and substantive, charge.from_on.isoformat(), charge.pk


def person_or_404(pk: int) -> Employee:
    """The person with account; names, posts and charges are for everybody who is signed in."""
    employee = Employee.objects.select_related("account", "entered_in").filter(pk=pk).first()
    if employee is None:
        raise NotVisible
    return employee


def person_of(employee: Employee) -> Person:
    return Person(office_of_person(employee), employee.pk)


def charges_of_person(employee: Employee) -> list[Charge]:
    """All charges, running ones first, then the newest."""
    charges = Charge.objects.filter(employee=employee).select_related("post__office", "post__section")
    today = clock.today()
    return sorted(charges, key=lambda one: (one.runs_on(today), one.from_on, one.pk), reverse=True)


def roles_of_person(employee: Employee) -> list[RoleGrant]:
    """All roles, running ones first, then the newest."""
    grants = RoleGrant.objects.filter(employee=employee).select_related("office")
    return sorted(grants, key=lambda one: (is_running(one), one.from_on, one.pk), reverse=True)


def is_running(one: Charge | RoleGrant) -> bool:
    today = clock.today()
    return one.ended_at is None and one.from_on <= today and (one.to_on is None or today <= one.to_on)


def may_sign_at(employee: Employee, office_ids: Iterable[int]) -> set[int]:
    """The offices among these at which the person has an active credential (port RetiresCredentials)."""
    return {
        office_id
        for office_id in set(office_ids)
        for port in ports.retires_credentials
        if employee.pk in port.active_among(employee_ids=[employee.pk], office_id=office_id)
    }


# What was done to the record

_WORDS: Mapping[str, Text] = {
    Action.EMPLOYEE_ENTER: _("Entered"),
    Action.EMPLOYEE_CORRECT: _("Corrected"),
    Action.EMPLOYEE_LEAVE: _("Left the instance"),
    Action.EMPLOYEE_EXPORT: _("Personal data handed out"),
    Action.IMPORT_APPLY: _("Entered or changed from a certified sheet"),
    Action.IMPORT_UNDO: _("Import taken back"),
    Action.CHANGE_APPLY: _("Changed on request"),
    Action.ACCOUNT_OPEN: _("Account opened"),
    Action.ACCOUNT_INVITE: _("Invited by mail"),
    Action.ACCOUNT_CONFIRM: _("E-mail address confirmed"),
    Action.ACCOUNT_ENROL: _("Second factor set up"),
    Action.ACCOUNT_RESET: _("Second factor reset"),
    Action.ACCOUNT_SIGN_IN: _("Signed in"),
}


def deeds_on(employee: Employee, *, sign_ins: bool = False) -> list[Deed]:
    """The newest acts on the person's record from the ledger, newest first; two queries."""
    events = history(employee).order_by("-seq")
    if not sign_ins:
        events = events.exclude(action=Action.ACCOUNT_SIGN_IN)
    return [_deed(event) for event in events[:LAST_EVENTS]]


def _deed(event: Event) -> Deed:
    known = set(ChangeField.values)
    fields: list[Text] = [ChangeField(name).label for name in event.data.get("fields", []) if name in known]
    change = event.data.get("change")
    words = _WORDS.get(event.action, event.action)
    return Deed(event.at, words, event.employee, event.post, fields, change if isinstance(change, int) else None)
