"""Who has which role; granting, revoking, and the two people whom a super admin needs (R2)."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from employee_master.forms import GrantForm, OfficeForm, ProposeForm
from employee_master.models import Employee, RoleGrant, RoleProposal
from employee_master.queries.accounts import Case, people_of
from employee_master.queries.roles import (
    NAMES,
    OF_AN_OFFICE,
    OPENS,
    grantable,
    held_roles,
    managed_offices,
    open_proposals,
    places_left,
    super_admin_grants,
    visible_grants,
)
from employee_master.services import role_grant, role_revoke
from employee_master.services.role import role_confirm, role_propose, role_withdraw
from employee_master.views.again import freshly
from eoffice import access
from eoffice.core import clock, export
from eoffice.core.actions import Action
from eoffice.core.actor import Actor, Role
from eoffice.core.errors import BadInput, NotVisible
from eoffice.core.names import named
from eoffice.core.pages import ActedRequest, signed_in


@require_safe
@signed_in
def roles(request: ActedRequest) -> HttpResponse:
    """The roles of the office, or of the instance: since when, until when, and ending them."""
    return render(request, "employee_master/role_list.html", _listed(request))


def _listed(request: ActedRequest) -> dict[str, Any]:
    actor = request.actor
    offices = _offices(actor)
    form = OfficeForm(request.GET)
    asked = form.cleaned_data if form.is_valid() else {}
    office = next((one for one in offices if one.code == asked.get("office")), None)
    role = asked.get("role", "") if asked.get("role", "") in NAMES else ""
    held, cut_off = held_roles(actor, office=office, role=role, ended=bool(asked.get("ended")))
    is_super = actor.has_role(Role.SUPER_ADMIN)
    return {
        "form": form,
        "offices": offices,
        "office": office,
        "names": NAMES,
        "role": role,
        "held": held,
        "cut_off": cut_off,
        "is_super": is_super,
        "super_admins": super_admin_grants() if is_super else [],
        "allowed": settings.SUPER_ADMINS,
        "left": places_left() if is_super else 0,
        "proposals": open_proposals(actor),
        "asked": request.GET.urlencode(),
    }


def _offices(actor: Actor) -> list[Any]:
    """The offices that the actor manages; refused for anybody who manages none."""
    offices = managed_offices(actor)
    if not offices:
        access.require(actor, Action.MASTER_VIEW, Case(0))
    return offices


@require_safe
@signed_in
def export_roles(request: ActedRequest, kind: str) -> HttpResponse:
    """The list as it is filtered, as a sheet."""
    headings = [_("Role"), _("Office"), _("Employee code"), _("Person"), _("From the day"), _("Until"), _("Ended")]
    rows = [
        [
            one.name,
            named(one.grant.office, _("All offices")),
            one.grant.employee.code,
            named(one.grant.employee),
            one.grant.from_on,
            one.grant.to_on,
            one.grant.ended_at,
        ]
        for one in _listed(request)["held"]
    ]
    return sheet(kind, rows, headings, _("Roles"), f"roles-{clock.today().isoformat()}")


def sheet(kind: str, rows: list[list[Any]], headings: list[str], title: str, name: str) -> HttpResponse:
    """The download of a list, as XLSX or CSV."""
    if kind not in {"xlsx", "csv"}:
        raise NotVisible
    if kind == "xlsx":
        answer = HttpResponse(export.xlsx(rows, headings, title), content_type=export.XLSX_TYPE)
    else:
        answer = HttpResponse(export.csv(rows, headings), content_type=export.CSV_TYPE)
    answer["Content-Disposition"] = f'attachment; filename="{name}.{kind}"'
    answer["Cache-Control"] = "private, no-store"
    return answer


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
@freshly("employee_master:role_grant")
def grant(request: ActedRequest) -> HttpResponse:
    """The form of a role for somebody of an office, and the act."""
    actor = request.actor
    offices = _offices(actor)
    office = OfficeForm(request.GET).office_among(offices, actor.office_id)
    assert office is not None
    is_super = actor.has_role(Role.SUPER_ADMIN)
    given = request.POST if request.method == "POST" else None
    people = people_of(office).exclude(pk=actor.person).order_by("name_en", "pk")
    choices = grantable(actor)
    form = GrantForm(given, roles=choices, people=people, initial={"from_on": clock.today()})
    if not is_super:
        del form.fields["whole"]
    if request.method == "POST" and form.is_valid():
        role = Role(form.cleaned_data["role"])
        everywhere = bool(form.cleaned_data.get("whole")) and role not in OF_AN_OFFICE
        try:
            done = role_grant(
                employee_id=form.cleaned_data["employee"],
                role=role,
                from_on=form.cleaned_data["from_on"],
                to_on=form.cleaned_data["to_on"],
                office_id=None if everywhere else office.pk,
                actor=actor,
            )
        except BadInput as refusal:
            form.add_error(refusal.field or None, f"{refusal.message} {refusal.remedy}")
        else:
            words = _("%(person)s has the role “%(role)s” from %(day)s on.")
            facts = {"person": named(done.employee), "role": NAMES[role], "day": done.from_on.strftime("%d-%m-%Y")}
            messages.success(request, words % facts)
            return redirect("employee_master:roles")
    opens = [(NAMES[role], OPENS[role]) for role in choices]
    context = {"form": form, "offices": offices, "office": office, "opens": opens}
    return render(request, "employee_master/role_grant.html", context, status=400 if form.errors else 200)


@require_POST
@signed_in
@freshly("employee_master:roles")
def revoke(request: ActedRequest, pk: int) -> HttpResponse:
    found: RoleGrant | None = visible_grants(request.actor).filter(pk=pk).first()
    if found is None:
        raise NotVisible
    role_revoke(grant_id=found.pk, actor=request.actor)
    messages.success(request, _("The role has ended."))
    return redirect("employee_master:roles")


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
@freshly("employee_master:role_propose")
def propose(request: ActedRequest) -> HttpResponse:
    """Propose a super admin; another super admin confirms."""
    actor = request.actor
    access.require(actor, Action.ROLE_PROPOSE, Case(0))
    offices = managed_offices(actor)
    office = OfficeForm(request.GET).office_among(offices, actor.office_id)
    present = super_admin_grants()
    people = people_of(office).filter(account__isnull=False) if office else Employee.objects.none()
    people = people.exclude(pk__in=[one.employee_id for one in present]).order_by("name_en", "pk")
    form = ProposeForm(request.POST if request.method == "POST" else None, people=people, present=present)
    if request.method == "POST" and form.is_valid():
        role_propose(employee_id=form.cleaned_data["employee"], replaces_id=form.cleaned_data["replaces"], actor=actor)
        messages.success(request, _("Proposed. Another super admin must confirm; they are told by mail."))
        return redirect("employee_master:roles")
    context = {
        "form": form,
        "offices": offices,
        "office": office,
        "alone": len(present) == 1,
        "left": places_left(),
        "allowed": settings.SUPER_ADMINS,
    }
    return render(request, "employee_master/role_propose.html", context, status=400 if form.errors else 200)


@require_POST
@signed_in
@freshly("employee_master:roles")
def confirm(request: ActedRequest, pk: int) -> HttpResponse:
    done = role_confirm(proposal_id=_proposal(request, pk), actor=request.actor)
    messages.success(request, _("%(person)s is a super admin from now on.") % {"person": named(done.employee)})
    return redirect("employee_master:roles")


@require_POST
@signed_in
@freshly("employee_master:roles")
def withdraw(request: ActedRequest, pk: int) -> HttpResponse:
    role_withdraw(proposal_id=_proposal(request, pk), actor=request.actor)
    messages.success(request, _("The proposal is withdrawn."))
    return redirect("employee_master:roles")


def _proposal(request: ActedRequest, pk: int) -> int:
    """Proposals are for super admins to see."""
    if not request.actor.has_role(Role.SUPER_ADMIN) or not RoleProposal.objects.filter(pk=pk).exists():
        raise NotVisible
    return pk
