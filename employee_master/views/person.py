"""One person: names, posts and charges for everybody; personal data for those who may; one's own record."""

from __future__ import annotations

import json
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from employee_master.forms_people import CorrectForm, EmployeeForm, LeaveForm, put_refusal
from employee_master.middleware import ActingRequest
from employee_master.models import ChangeField, Employee, LeavingReason, Office
from employee_master.queries.change import case_to_propose, open_lines_of, shown_value, value_text
from employee_master.queries.people import (
    Person,
    charges_of_person,
    deeds_on,
    is_running,
    may_sign_at,
    person_of,
    person_or_404,
    roles_of_person,
)
from employee_master.queries.roles import NAMES
from employee_master.services.employee import employee_correct, employee_enter, employee_leave
from employee_master.services.personal import employee_export
from employee_master.views.export import export_response
from eoffice import access
from eoffice.core import clock
from eoffice.core.actions import Action
from eoffice.core.actor import Role
from eoffice.core.errors import BadInput, NotVisible
from eoffice.core.names import named
from eoffice.core.pages import signed_in

# For everybody in the directory; the rest of a record is personal.
PUBLIC = (ChangeField.NAME_EN, ChangeField.NAME_HI, ChangeField.CODE, ChangeField.EMAIL)
ACTS = (Action.EMPLOYEE_CORRECT, Action.EMPLOYEE_LEAVE, Action.EMPLOYEE_EXPORT)


@require_safe
@signed_in
def mine(request: ActingRequest) -> HttpResponse:
    """One's own record, with "this is wrong" beside every field."""
    assert request.actor is not None
    return _page(request, person_or_404(request.actor.person))


@require_safe
@signed_in
def person(request: ActingRequest, pk: int) -> HttpResponse:
    return _page(request, person_or_404(pk))


def _page(request: ActingRequest, employee: Employee) -> HttpResponse:
    assert request.actor is not None
    thing = person_of(employee)
    seen = access.check(request.actor, Action.EMPLOYEE_VIEW, thing).allowed
    charges = charges_of_person(employee)
    running = [charge for charge in charges if is_running(charge)]
    roles = roles_of_person(employee)
    signs = may_sign_at(employee, {charge.post.office_id for charge in running})
    context = {
        "person": employee,
        "office": thing.office,
        "own": request.actor.employee_id == employee.pk,
        "seen": seen,
        "fields": _fields(employee, seen=seen),
        "charges": [(charge, is_running(charge)) for charge in charges],
        "running": running,
        "roles": [(grant, NAMES[Role(grant.role)], is_running(grant)) for grant in roles if seen or is_running(grant)],
        "signs": [charge.post.office for charge in running if charge.post.office_id in signs],
        "deeds": deeds_on(employee) if seen else [],
        "propose": access.check(request.actor, Action.CHANGE_PROPOSE, case_to_propose(employee, request.actor)),
        "verdicts": access.verdicts(request.actor, thing, ACTS),
    }
    return render(request, "employee_master/person_detail.html", context)


def _fields(employee: Employee, *, seen: bool) -> list[dict[str, Any]]:
    """Each field of the record with its value in words, and an open request about it."""
    waiting = open_lines_of(employee) if seen else {}
    shown = ChangeField.values if seen else [str(one) for one in PUBLIC]
    return [
        {
            "name": name,
            "label": ChangeField(name).label,
            "value": shown_value(name, value_text(employee, name)),
            "is_number": name in {ChangeField.CODE, ChangeField.MOBILE, ChangeField.EMAIL},
            "waiting": waiting.get(name),
        }
        for name in shown
    ]


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def new(request: ActingRequest, office_id: int) -> HttpResponse:
    """Enter one person in the office; a whole office comes by sheet."""
    assert request.actor is not None
    office = Office.objects.filter(pk=office_id).first()
    if office is None:
        raise NotVisible
    access.require(request.actor, Action.EMPLOYEE_ENTER, Person(office, None))
    form = EmployeeForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            entered = employee_enter(**form.cleaned_data, office_id=office.pk, actor=request.actor)
        except BadInput as refusal:
            put_refusal(form, refusal)
        else:
            messages.success(request, _("%(person)s is entered.") % {"person": named(entered)})
            return redirect("employee_master:person", entered.pk)
    context = {"form": form, "office": office}
    return render(request, "employee_master/person_new.html", context, status=400 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def correct(request: ActingRequest, pk: int) -> HttpResponse:
    """Correct what needs no change request."""
    assert request.actor is not None
    employee = person_or_404(pk)
    access.require(request.actor, Action.EMPLOYEE_CORRECT, person_of(employee))
    form = CorrectForm(employee, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            employee_correct(employee_id=pk, changes=form.changes(), actor=request.actor)
        except BadInput as refusal:
            put_refusal(form, refusal)
        else:
            messages.success(request, _("The record is corrected."))
            return redirect("employee_master:person", pk)
    context = {"form": form, "person": employee}
    return render(request, "employee_master/person_correct.html", context, status=400 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def leave(request: ActingRequest, pk: int) -> HttpResponse:
    """The person's last day in the instance."""
    assert request.actor is not None
    employee = person_or_404(pk)
    access.require(request.actor, Action.EMPLOYEE_LEAVE, person_of(employee))
    form = LeaveForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            employee_leave(
                employee_id=pk,
                on=form.cleaned_data["on"],
                reason=LeavingReason(form.cleaned_data["reason"]),
                actor=request.actor,
            )
        except BadInput as refusal:
            put_refusal(form, refusal)
        else:
            messages.success(request, _("%(person)s has left; the account is closed.") % {"person": named(employee)})
            return redirect("employee_master:person", pk)
    context = {"form": form, "person": employee}
    return render(request, "employee_master/person_leave.html", context, status=400 if form.errors else 200)


@require_POST
@signed_in
def data(request: ActingRequest, pk: int, kind: str) -> HttpResponse:
    """Everything that is held about the person: as a sheet to read, or as JSON to take along."""
    assert request.actor is not None
    if kind not in {"xlsx", "json"}:
        raise NotVisible
    person_or_404(pk)
    found = employee_export(employee_id=pk, actor=request.actor)
    if kind == "json":
        text = json.dumps(found, ensure_ascii=False, indent=2)
        answer = HttpResponse(text, content_type="application/json; charset=utf-8")
        name = f"my-data-{clock.today().isoformat()}.json"
        answer["Content-Disposition"] = f'attachment; filename="{name}"'
        answer["Cache-Control"] = "private, no-store"
        return answer
    rows = [[*where, str(value)] for where, value in _flat(found)]
    headings = [_("Part"), _("Number"), _("Field"), _("Value")]
    return export_response(kind=kind, name="my-data", title=_("My data"), headings=headings, rows=rows)


def _flat(found: dict[str, Any]) -> list[tuple[tuple[str, str, str], Any]]:
    """The same as rows: part, which of several, field, value."""
    rows: list[tuple[tuple[str, str, str], Any]] = []
    for part, content in found.items():
        if isinstance(content, str):
            rows.append(((part, "", ""), content))
        elif isinstance(content, dict):
            rows += [((part, "", name), value["shown"] or value["value"]) for name, value in content.items()]
        else:
            rows += [
                ((part, str(number), name), _words(value))
                for number, one in enumerate(content, 1)
                for name, value in one.items()
            ]
    return rows


def _words(value: Any) -> str:
    if isinstance(value, list):
        return "; ".join(", ".join(f"{name}: {text}" for name, text in one.items()) for one in value)
    return "" if value is None else str(value)
