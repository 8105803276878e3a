"""Offices: the tree, the page of one, its chart, entering and correcting."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from employee_master.forms_organisation import OfficeForm, OfficesForm, ReachForm
from employee_master.models import Office, Post
from employee_master.queries import organisation as queries
from employee_master.queries.chart import chart_of, locator_of
from employee_master.services import OfficeFacts, OfficeReach, office_correct, office_enter, office_reach
from employee_master.views.export import exported
from employee_master.views.forms_shown import carried_out, form_page
from eoffice import access
from eoffice.core.actions import Action
from eoffice.core.actor import Actor
from eoffice.core.errors import NotVisible
from eoffice.core.names import named
from eoffice.core.pages import ActedRequest, signed_in

FACTS = [field.name for field in fields(OfficeFacts)]
REACH = [field.name for field in fields(OfficeReach)]
MOST_EXPORTED = 10_000
ACTS = (
    Action.OFFICE_ENTER,
    Action.OFFICE_CORRECT,
    Action.SECTION_ENTER,
    Action.POST_CREATE,
    Action.SANCTION_SET,
    Action.REORGANISATION_PREPARE,
    Action.MASTER_EXPORT,
)


def office_or_404(pk: int) -> Office:
    """Offices are visible to everybody who is signed in."""
    office = Office.objects.select_related("parent", "head_post", "ddo_post").filter(pk=pk).first()
    if office is None:
        raise NotVisible
    return office


def office_verdicts(actor: Actor, office: Office) -> dict[str, access.Verdict]:
    """The verdicts of an office's buttons by their whole act: `office_enter`, `post_create`."""
    return {action.value.replace(":", "_"): access.check(actor, action, office) for action in ACTS}


def keeps_lists(actor: Actor) -> bool:
    """Whether to draw the downloads of lists of the whole instance."""
    own = Office.objects.filter(pk=actor.office_id).first() if actor.office_id else None
    return access.check(actor, Action.MASTER_EXPORT, own or Office()).allowed


@require_safe
@signed_in
def offices(request: ActedRequest) -> HttpResponse:
    """The offices below one, or those that match, by code; a page at a time."""
    form, asked = _asked(request)
    under = office_or_404(asked["under"]) if asked["under"] else None
    page = queries.offices_page(
        under=under, q=asked["q"], kind=asked["kind"], closed=asked["closed"], after=asked["after"]
    )
    kept = {name: value for name, value in asked.items() if value and name != "after"}
    facts = {
        "form": form,
        "under": under,
        "path": queries.path_of(under) if under else [],
        "page": page,
        "looked_for": bool(asked["q"] or asked["kind"] or asked["closed"]),
        "more_url": f"?{urlencode(kept | {'after': page.more})}" if page.more else "",
        "asked": urlencode(kept),
        "enter": access.check(request.actor, Action.OFFICE_ENTER, under),
        "may_export": keeps_lists(request.actor),
    }
    return render(request, "employee_master/office_list.html", facts)


def _asked(request: ActedRequest) -> tuple[OfficesForm, dict[str, Any]]:
    form = OfficesForm(request.GET)
    nothing = {"q": "", "kind": "", "closed": False, "under": None, "after": ""}
    return form, nothing | (form.cleaned_data if form.is_valid() else {})


@require_safe
@signed_in
def offices_export(request: ActedRequest, kind: str) -> HttpResponse:
    """The list as it is filtered, as a sheet: all pages of it."""
    _form, asked = _asked(request)
    under = office_or_404(asked["under"]) if asked["under"] else None
    page = queries.offices_page(
        under=under, q=asked["q"], kind=asked["kind"], closed=asked["closed"], limit=MOST_EXPORTED
    )
    headings = [
        _("Code"), _("Name in English"), _("Name in Hindi"), _("Kind"), _("Lies below"), _("District"),
        _("City or block"), _("Urban or rural"), _("Head of office"), _("E-mail"), _("Telephone"), _("Posts"),
        _("Vacant"), _("First day"), _("Last day"),
    ]  # fmt: skip
    rows = [
        [
            row.office.code,
            row.office.name_en,
            row.office.name_hi,
            row.office.get_kind_display(),
            row.office.parent.code if row.office.parent else "",
            row.office.district_en or row.office.district_hi,
            row.office.place_en or row.office.place_hi,
            row.office.get_area_display(),
            row.office.head_post.marking if row.office.head_post else "",
            row.office.email,
            row.office.phone,
            row.posts,
            row.vacant,
            row.office.from_on,
            row.office.to_on,
        ]
        for row in page.rows
    ]
    return exported(actor=request.actor, kind=kind, name="offices", title=_("Offices"), headings=headings, rows=rows)


@require_safe
@signed_in
def office(request: ActedRequest, pk: int) -> HttpResponse:
    """One office: its posts by section with holders and vacancies, and what can be done."""
    row = office_or_404(pk)
    units = queries.units_of(row)
    seats = [seat for unit in units for seat in unit.seats]
    short = [one for one in queries.strength_of(row) if one.to_create]
    facts = {
        "office": row,
        "path": queries.path_of(row),
        "units": units,
        "posts": len(seats),
        "vacant": sum(seat.vacant for seat in seats),
        "additional": sum(seat.holder is not None and seat.holder.kind != "substantive" for seat in seats),
        "short": short,
        "below": queries.offices_page(under=row, limit=12),
        "locator": locator_of(row),
        "may": office_verdicts(request.actor, row),
    }
    return render(request, "employee_master/office_page.html", facts)


@require_safe
@signed_in
def office_export(request: ActedRequest, pk: int, kind: str) -> HttpResponse:
    """The posts of the office with holders and vacancies, as a sheet."""
    row = office_or_404(pk)
    headings = [
        _("Section"), _("Designation"), _("Post"), _("Marking"), _("Stands under"), _("Holder"), _("Employee code"),
        _("Charge"), _("Since"), _("Vacant since"), _("Working days vacant"), _("Link officer"),
    ]  # fmt: skip
    rows = [
        [
            unit.section.code if unit.section else "",
            named(seat.post.designation),
            named(seat.post),
            seat.post.marking,
            seat.post.superior.marking if seat.post.superior else "",
            named(seat.holder.employee) if seat.holder else "",
            seat.holder.employee.code if seat.holder else "",
            seat.holder.get_kind_display() if seat.holder else _("Vacant"),
            seat.holder.from_on if seat.holder else None,
            seat.vacant_since,
            seat.vacant_days,
            named(seat.link.employee) if seat.link else "",
        ]
        for unit in queries.units_of(row)
        for seat in unit.seats
    ]
    return exported(
        actor=request.actor,
        kind=kind,
        name=f"posts-{row.code.lower()}",
        title=row.code,
        headings=headings,
        rows=rows,
        office_id=row.pk,
    )


@require_safe
@signed_in
def office_chart(request: ActedRequest, pk: int) -> HttpResponse:
    """The channel of submission as a chart that prints."""
    row = office_or_404(pk)
    return render(request, "employee_master/chart.html", {"office": row, "chart": chart_of(row)})


@signed_in
def office_new(request: ActedRequest) -> HttpResponse:
    """Enter an office."""
    access.require(request.actor, Action.OFFICE_ENTER, None)
    under = request.GET.get("under", "")
    form = OfficeForm(
        request.POST or None,
        offices=queries.open_offices(),
        posts=(),
        known=False,
        initial={"parent": under if under.isdigit() else None},
    )
    entered = carried_out(
        request,
        form,
        lambda facts: office_enter(
            code=facts.pop("code"), facts=_facts(facts), reach=OfficeReach(), actor=request.actor
        ),
    )
    if entered is not None:
        messages.success(request, _("The office is entered. Say now how it is reached."))
        return redirect("employee_master:office_reach", entered.pk)
    return form_page(
        request, form, title=_("Enter an office"), submit=_("Enter"), back=reverse("employee_master:offices"),
        icon="building",
    )  # fmt: skip


@signed_in
def office_edit(request: ActedRequest, pk: int) -> HttpResponse:
    """Correct what an office is."""
    row = office_or_404(pk)
    access.require(request.actor, Action.OFFICE_ENTER, row)
    around = [row, *queries.path_of(row)]
    form = OfficeForm(
        request.POST or None,
        offices=queries.open_offices().exclude(pk=row.pk),
        posts=list(Post.objects.filter(office__in=around, is_active=True).order_by("designation__rank", "marking")),
        known=True,
        initial={name.removesuffix("_id"): getattr(row, name) for name in FACTS},
    )
    done = carried_out(
        request,
        form,
        lambda facts: office_correct(office_id=row.pk, facts=_facts(facts), actor=request.actor),
    )
    if done is not None:
        messages.success(request, _("The office is corrected."))
        return redirect("employee_master:office", row.pk)
    return form_page(
        request, form, title=_("Correct the office"), submit=_("Save"), subtitle=row.code,
        back=reverse("employee_master:office", args=[row.pk]),
    )  # fmt: skip


def _facts(sent: dict[str, Any]) -> OfficeFacts:
    return OfficeFacts(
        name_en=sent["name_en"],
        name_hi=sent["name_hi"],
        kind=sent["kind"],
        short_hi=sent["short_hi"],
        parent_id=sent["parent"],
        from_on=sent["from_on"],
        to_on=sent.get("to_on"),
        head_post_id=sent.get("head_post"),
        ddo_post_id=sent.get("ddo_post"),
    )


@signed_in
def office_reach_edit(request: ActedRequest, pk: int) -> HttpResponse:
    """Correct address, telephone and place."""
    row = office_or_404(pk)
    access.require(request.actor, Action.OFFICE_CORRECT, row)
    form = ReachForm(request.POST or None, initial={name: getattr(row, name) for name in REACH})
    done = carried_out(
        request,
        form,
        lambda facts: office_reach(office_id=row.pk, reach=OfficeReach(**facts), actor=request.actor),
    )
    if done is not None:
        messages.success(request, _("Saved: how the office is reached."))
        return redirect("employee_master:office", row.pk)
    return form_page(
        request, form, title=_("How the office is reached"), submit=_("Save"), subtitle=named(row),
        back=reverse("employee_master:office", args=[row.pk]), wide=("email",),
    )  # fmt: skip
