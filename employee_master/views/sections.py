"""Sections, designations and sanctioned strength."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from employee_master.forms_organisation import DesignationForm, SanctionForm, SectionForm
from employee_master.models import Designation, Office, Section
from employee_master.queries import organisation as queries
from employee_master.services import (
    DesignationFacts,
    SectionFacts,
    designation_correct,
    designation_enter,
    sanction_set,
    section_close,
    section_correct,
    section_enter,
)
from employee_master.services.marking import abbreviation_of
from employee_master.views.export import exported
from employee_master.views.forms_shown import carried_out, form_page
from employee_master.views.offices import keeps_lists, office_or_404
from eoffice import access
from eoffice.core.actions import Action
from eoffice.core.errors import NotVisible
from eoffice.core.export import Cell
from eoffice.core.names import named
from eoffice.core.pages import ActedRequest, signed_in

SECTION_FACTS = ("name_en", "name_hi", "kind", "is_registry")
DESIGNATION_FACTS = ("name_en", "name_hi", "rank", "abbreviation", "is_active")


def section_or_404(pk: int) -> Section:
    section = Section.objects.select_related("office", "parent", "receiving_post").filter(pk=pk).first()
    if section is None:
        raise NotVisible
    return section


@signed_in
def section_new(request: ActedRequest, office_id: int) -> HttpResponse:
    """Enter a section or unit of the office."""
    office = office_or_404(office_id)
    access.require(request.actor, Action.SECTION_ENTER, office)
    form = SectionForm(
        request.POST or None,
        sections=queries.open_sections(office.pk),
        posts=queries.posts_to_choose(office.pk),
        known=False,
    )
    entered = carried_out(
        request,
        form,
        lambda sent: section_enter(office_id=office.pk, code=sent["code"], facts=_facts(sent), actor=request.actor),
    )
    if entered is not None:
        messages.success(request, _("The section %(code)s is entered.") % {"code": entered.code})
        return redirect("employee_master:office", office.pk)
    return form_page(
        request, form, title=_("New section"), submit=_("Enter"), icon="plus-lg", subtitle=named(office),
        back=reverse("employee_master:office", args=[office.pk]), wide=("is_registry",),
    )  # fmt: skip


@signed_in
def section_edit(request: ActedRequest, pk: int) -> HttpResponse:
    """Put right what was entered wrongly; a real change is a re-organisation by order."""
    section = section_or_404(pk)
    access.require(request.actor, Action.SECTION_ENTER, section)
    form = SectionForm(
        request.POST or None,
        sections=queries.open_sections(section.office_id).exclude(pk=section.pk),
        posts=queries.posts_to_choose(section.office_id),
        known=True,
        initial={name: getattr(section, name) for name in SECTION_FACTS}
        | {"parent": section.parent_id, "receiving_post": section.receiving_post_id},
    )
    done = carried_out(
        request, form, lambda sent: section_correct(section_id=section.pk, facts=_facts(sent), actor=request.actor)
    )
    if done is not None:
        messages.success(request, _("The section is corrected."))
        return redirect("employee_master:office", section.office_id)
    status = getattr(form, "refused_status", 400) if form.errors else 200
    facts = {"form": form, "section": section, "close": access.check(request.actor, Action.SECTION_ENTER, section)}
    return render(request, "employee_master/section_form.html", facts, status=status)


@require_POST
@signed_in
def section_closed(request: ActedRequest, pk: int) -> HttpResponse:
    """Close a section that has no posts and no units."""
    section = section_close(section_id=section_or_404(pk).pk, actor=request.actor)
    messages.success(
        request, _("The section %(code)s is closed; its code is never given again.") % {"code": section.code}
    )
    return redirect("employee_master:office", section.office_id)


def _facts(sent: dict[str, Any]) -> SectionFacts:
    return SectionFacts(
        name_en=sent["name_en"],
        name_hi=sent["name_hi"],
        kind=sent["kind"],
        is_registry=sent["is_registry"],
        parent_id=sent["parent"],
        receiving_post_id=sent["receiving_post"],
    )


# Designations


@require_safe
@signed_in
def designations(request: ActedRequest) -> HttpResponse:
    """All designations by rank, with how many posts have them."""
    facts = {
        "rows": [(row, abbreviation_of(row.designation)) for row in queries.designations()],
        "enter": access.check(request.actor, Action.DESIGNATION_ENTER, None),
        "may_export": keeps_lists(request.actor),
    }
    return render(request, "employee_master/designation_list.html", facts)


@require_safe
@signed_in
def designations_export(request: ActedRequest, kind: str) -> HttpResponse:
    """The designations as a sheet."""
    headings = [
        _("Code"), _("Name in English"), _("Name in Hindi"), _("Rank"), _("Abbreviation in markings"), _("Posts"),
        _("New posts may have it"),
    ]  # fmt: skip
    rows: list[list[Cell]] = [
        [
            row.designation.code,
            row.designation.name_en,
            row.designation.name_hi,
            row.designation.rank,
            abbreviation_of(row.designation),
            row.posts,
            _("Yes") if row.designation.is_active else _("No"),
        ]
        for row in queries.designations()
    ]
    return exported(
        actor=request.actor, kind=kind, name="designations", title=_("Designations"), headings=headings, rows=rows
    )


@signed_in
def designation_new(request: ActedRequest) -> HttpResponse:
    """Enter a designation."""
    access.require(request.actor, Action.DESIGNATION_ENTER, None)
    form = DesignationForm(request.POST or None, known=False)
    entered = carried_out(
        request,
        form,
        lambda sent: designation_enter(code=sent.pop("code"), facts=DesignationFacts(**sent), actor=request.actor),
    )
    if entered is not None:
        messages.success(request, _("The designation %(name)s is entered.") % {"name": named(entered)})
        return redirect("employee_master:designations")
    return form_page(
        request, form, title=_("New designation"), submit=_("Enter"), icon="plus-lg",
        back=reverse("employee_master:designations"),
    )  # fmt: skip


@signed_in
def designation_edit(request: ActedRequest, pk: int) -> HttpResponse:
    """Correct a designation."""
    designation = Designation.objects.filter(pk=pk).first()
    if designation is None:
        raise NotVisible
    access.require(request.actor, Action.DESIGNATION_ENTER, designation)
    form = DesignationForm(
        request.POST or None, known=True, initial={name: getattr(designation, name) for name in DESIGNATION_FACTS}
    )
    done = carried_out(
        request,
        form,
        lambda sent: designation_correct(
            designation_id=designation.pk, facts=DesignationFacts(**sent), actor=request.actor
        ),
    )
    if done is not None:
        messages.success(request, _("The designation is corrected."))
        return redirect("employee_master:designations")
    return form_page(
        request, form, title=_("Correct the designation"), submit=_("Save"), subtitle=designation.code,
        back=reverse("employee_master:designations"), wide=("is_active",),
    )  # fmt: skip


# Sanctioned strength


@require_safe
@signed_in
def office_strength(request: ActedRequest, pk: int) -> HttpResponse:
    """Sanctioned strength against posts and vacancies, unit by unit."""
    return _strength_page(request, office_or_404(pk))


def _strength_page(request: ActedRequest, office: Office, form: SanctionForm | None = None) -> HttpResponse:
    rows = queries.strength_of(office)
    facts = {
        "office": office,
        "rows": rows,
        "posts": sum(row.posts for row in rows),
        "filled": sum(row.filled for row in rows),
        "sanctioned": sum(row.sanctioned or 0 for row in rows),
        "form": form or _sanction_form(office, None),
        "set": access.check(request.actor, Action.SANCTION_SET, office),
        "export": access.check(request.actor, Action.MASTER_EXPORT, office),
    }
    status = getattr(form, "refused_status", 400) if form is not None and form.errors else 200
    return render(request, "employee_master/office_strength.html", facts, status=status)


def _sanction_form(office: Office, sent: Any) -> SanctionForm:
    return SanctionForm(
        sent,
        designations=Designation.objects.filter(is_active=True),
        sections=queries.open_sections(office.pk),
    )


@require_POST
@signed_in
def sanction(request: ActedRequest, office_id: int) -> HttpResponse:
    """Set the strength of a designation in a unit."""
    office = office_or_404(office_id)
    access.require(request.actor, Action.SANCTION_SET, office)
    form = _sanction_form(office, request.POST)
    done = carried_out(
        request,
        form,
        lambda sent: sanction_set(
            office_id=office.pk,
            section_id=sent["section"],
            designation_id=sent["designation"],
            strength=sent["strength"],
            order_number=sent["order_number"],
            actor=request.actor,
        ),
    )
    if done is None:
        return _strength_page(request, office, form)
    messages.success(request, _("The strength is set."))
    return redirect("employee_master:office_strength", office.pk)


@require_safe
@signed_in
def strength_export(request: ActedRequest, pk: int, kind: str) -> HttpResponse:
    """The strength as a sheet."""
    office = office_or_404(pk)
    headings = [
        _("Section"), _("Name"), _("Designation"), _("Sanctioned"), _("Posts"), _("Filled"), _("Vacant"),
        _("Still to be created"), _("Order number"),
    ]  # fmt: skip
    rows = [
        [
            row.section.code if row.section else "",
            named(row.section) if row.section else named(office),
            named(row.designation),
            row.sanctioned,
            row.posts,
            row.filled,
            row.vacant,
            row.to_create if row.sanctioned is not None else None,
            row.order_number,
        ]
        for row in queries.strength_of(office)
    ]
    return exported(
        actor=request.actor,
        kind=kind,
        name=f"strength-{office.code.lower()}",
        title=office.code,
        headings=headings,
        rows=rows,
        office_id=office.pk,
    )
