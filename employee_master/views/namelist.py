"""Names must match (R21): lists that are compared with the master, their differences, and how each is settled."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from employee_master.forms_people import ChangeForm, ListForm, OursForm, put_refusal
from employee_master.middleware import ActingRequest
from employee_master.models import Employee, Finding, ListKind, NameListRow, Office, Settlement
from employee_master.queries import namelist as queries
from employee_master.queries.people import Person
from employee_master.services.namelist import (
    COMPARED,
    namelist_change,
    namelist_columns,
    namelist_compare,
    namelist_link,
    namelist_ours,
    namelist_reopen,
    namelist_upload,
    prefilled,
)
from employee_master.sheets.columns import BY_FIELD, Field
from employee_master.views.change import papers_of, value_rows
from employee_master.views.export import exported
from eoffice import access
from eoffice.core.actions import Action
from eoffice.core.actor import Actor
from eoffice.core.errors import BadInput, NotVisible
from eoffice.core.names import named
from eoffice.core.pages import signed_in

LISTED = 50
SHOWN = ("open", *(str(one) for one in Finding))


def _actor(request: ActingRequest) -> Actor:
    assert request.actor is not None
    return request.actor


def _office(request: ActingRequest) -> Office:
    """The office that the actor sits in; the super admin may name another."""
    code = request.GET.get("office") or request.POST.get("office") or ""
    office = Office.objects.filter(code=code).first() if code else None
    if office is None:
        office = Office.objects.filter(pk=_actor(request).office_id or 0).first()
    if office is None:
        raise NotVisible
    access.require(_actor(request), Action.NAMES_COMPARE, Person(office, None))
    return office


@require_safe
@signed_in
def lists(request: ActingRequest) -> HttpResponse:
    """The lists of one's offices, with how much of each is still open."""
    office = _office(request)
    found = list(queries.visible_lists(_actor(request))[:LISTED])
    rows = [(one, queries.figures(one) if one.compared_at else {}) for one in found]
    return render(request, "employee_master/namelist_list.html", {"rows": rows, "office": office})


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def new(request: ActingRequest) -> HttpResponse:
    """Bring a list; its columns are matched, and confirmed where there is a doubt."""
    office = _office(request)
    form = ListForm(request.POST, request.FILES) if request.method == "POST" else ListForm()
    if request.method == "POST" and form.is_valid():
        sheet = form.cleaned_data["sheet"]
        try:
            made = namelist_upload(
                content=sheet.read(),
                name=sheet.name or "",
                office_id=office.pk,
                kind=ListKind(form.cleaned_data["kind"]),
                title=form.cleaned_data["title"],
                actor=_actor(request),
            )
        except BadInput as refusal:
            put_refusal(form, refusal)
        else:
            return redirect(
                "employee_master:name_list" if made.compared_at else "employee_master:name_columns", made.pk
            )
    context = {"form": form, "office": office}
    return render(request, "employee_master/namelist_new.html", context, status=400 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def columns(request: ActingRequest, pk: int) -> HttpResponse:
    """Which column of theirs is which of ours."""
    name_list = queries.list_or_404(_actor(request), pk)
    if request.method == "POST":
        known = {str(field) for field in (*COMPARED, Field.IGNORED)}
        chosen = {
            place: request.POST.get(f"column_{place}", "")
            for place in range(len(name_list.columns))
            if request.POST.get(f"column_{place}", "") in known
        }
        namelist_columns(list_id=pk, chosen=chosen, actor=_actor(request))
        return redirect("employee_master:name_list", pk)
    choices = [(str(field), _title(field)) for field in COMPARED]
    context = {"name_list": name_list, "columns": list(enumerate(name_list.columns)), "choices": choices}
    return render(request, "employee_master/namelist_columns.html", context)


def _title(field: Field) -> str:
    if field == Field.NAME:
        return _("Name (either script)")
    return str(BY_FIELD[field].title)


@require_safe
@signed_in
def detail(request: ActingRequest, pk: int) -> HttpResponse:
    """The differences, those that are open first; each with how it can be settled."""
    name_list = queries.list_or_404(_actor(request), pk)
    if name_list.compared_at is None:
        return redirect("employee_master:name_columns", pk)
    show = request.GET.get("show", "open")
    show = show if show in SHOWN else "open"
    rows = queries.listed_rows(name_list, show)
    after = request.GET.get("after", "")
    if after.isascii() and after.isdigit():
        rows = rows.filter(pk__gt=int(after))
    page = list(rows[: LISTED + 1])
    more = f"?{urlencode({'show': show, 'after': page[LISTED - 1].pk})}" if len(page) > LISTED else ""
    shown = page[:LISTED]
    figures = queries.figures(name_list)
    context = {
        "name_list": name_list,
        "rows": [(row, queries.is_unsettled(row), likely) for row, likely in _with_likely(shown)],
        "show": show,
        "tabs": [(str(one), one.label, figures[str(one)]) for one in Finding],
        "open": figures["open"],
        "more_url": more,
    }
    return render(request, "employee_master/namelist_detail.html", context)


def _with_likely(rows: list[NameListRow]) -> list[tuple[NameListRow, list[tuple[Employee, int]]]]:
    people = Employee.objects.in_bulk({pk for row in rows for pk, _score in row.likely})
    return [(row, [(people[pk], score) for pk, score in row.likely if pk in people]) for row in rows]


@require_POST
@signed_in
def again(request: ActingRequest, pk: int) -> HttpResponse:
    """Compare with the master as it is now."""
    queries.list_or_404(_actor(request), pk)
    namelist_compare(list_id=pk, actor=_actor(request))
    messages.success(request, _("Compared again."))
    return redirect("employee_master:name_list", pk)


@require_safe
@signed_in
def export(request: ActingRequest, pk: int, kind: str) -> HttpResponse:
    """All rows with their findings and how they were settled, as a sheet."""
    name_list = queries.list_or_404(_actor(request), pk)
    headings = [
        _("Row"), _("Finding"), _("Their code"), _("Their name (English)"), _("Their name (Hindi)"),
        _("Their birth date"), _("Employee code"), _("Name in English"), _("Name in Hindi"), _("Date of birth"),
        _("Likeness %"), _("Settled"), _("Request or reason"),
    ]  # fmt: skip
    rows = [_exported(row) for row in name_list.rows.select_related("employee", "change").order_by("pk")]
    return exported(
        actor=_actor(request), kind=kind, name="names", title=name_list.title, headings=headings, rows=rows,
        office_id=name_list.office_id,
    )  # fmt: skip


def _exported(row: NameListRow) -> list[Any]:
    person = row.employee
    why = row.change.number if row.settlement == Settlement.CHANGE and row.change else row.why
    return [
        row.row, str(row.get_finding_display()), row.code, row.name_en, row.name_hi, row.born_on,
        person.code if person else "", person.name_en if person else "", person.name_hi if person else "",
        person.born_on if person else None, row.likeness, str(row.get_settlement_display()), why,
    ]  # fmt: skip


# One row


def _back(row: NameListRow) -> HttpResponse:
    return redirect(f"{reverse('employee_master:name_list', args=[row.name_list_id])}#row-{row.pk}")


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def ours(request: ActingRequest, pk: int) -> HttpResponse:
    """Ours is right, and why."""
    row = queries.row_or_404(_actor(request), pk)
    form = OursForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        namelist_ours(row_id=pk, why=form.cleaned_data["why"], actor=_actor(request))
        return _back(row)
    context = {"form": form, "row": row}
    return render(request, "employee_master/namelist_ours.html", context, status=400 if form.errors else 200)


@require_POST
@signed_in
def reopen(request: ActingRequest, pk: int) -> HttpResponse:
    row = queries.row_or_404(_actor(request), pk)
    namelist_reopen(row_id=pk, actor=_actor(request))
    return _back(row)


@require_POST
@signed_in
def link(request: ActingRequest, pk: int) -> HttpResponse:
    """The row is about this person, chosen among the likely ones or by code; or about nobody of ours."""
    row = queries.row_or_404(_actor(request), pk)
    chosen = request.POST.get("employee", "")
    code = request.POST.get("code", "").strip()
    person = None
    if chosen.isascii() and chosen.isdigit():
        person = Employee.objects.filter(pk=int(chosen)).first()
    elif code:
        person = Employee.objects.filter(code__iexact=code).first()
    if person is None and (chosen or code):
        raise BadInput(
            "nobody_found",
            _("Nobody of ours has this code."),
            _("Look the person up in the directory and copy the code."),
        )
    namelist_link(row_id=pk, employee_id=person.pk if person else None, actor=_actor(request))
    if person is not None:
        messages.success(request, _("The row is about %(person)s.") % {"person": named(person)})
    return _back(row)


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def change(request: ActingRequest, pk: int) -> HttpResponse:
    """A change request with what the list says; the extract of the list goes with it."""
    row = queries.row_or_404(_actor(request), pk)
    person = row.employee
    if person is None:
        raise NotVisible
    form = ChangeForm(person, request.POST if request.method == "POST" else None, initial=prefilled(row))
    if request.method == "POST" and form.is_valid():
        try:
            made = namelist_change(
                row_id=pk,
                values=form.values(),
                papers=papers_of(request, form),
                why=form.cleaned_data["why"],
                effective_on=form.cleaned_data["effective_on"],
                actor=_actor(request),
            )
        except BadInput as refusal:
            put_refusal(form, refusal)
        else:
            messages.success(request, _("Request %(number)s is proposed.") % {"number": made.number})
            return _back(row)
    context = {"form": form, "rows": value_rows(form), "person": person, "list_row": row, "own": False, "asked": ""}
    return render(request, "employee_master/change_new.html", context, status=400 if form.errors else 200)
