"""The calendar of holidays, a year at a time."""

from __future__ import annotations

import calendar
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from employee_master.forms_organisation import HolidayForm
from employee_master.services import holiday_remove, holiday_set
from employee_master.services.holiday import FIRST_YEAR, LAST_YEAR
from employee_master.views.export import exported
from employee_master.views.forms_shown import carried_out
from employee_master.views.offices import keeps_lists
from eoffice import access
from eoffice.core import clock
from eoffice.core.actions import Action
from eoffice.core.export import Cell
from eoffice.core.models import Holiday
from eoffice.core.pages import ActedRequest, signed_in

SATURDAY = 5
MONDAY = 0


@dataclass(frozen=True, slots=True)
class Day:
    """A day of the small calendar; None as number fills the week before the first and after the last."""

    on: date | None
    holiday: Holiday | None
    weekend: bool
    today: bool


@dataclass(frozen=True, slots=True)
class Month:
    first: date
    weeks: list[list[Day]]


@require_safe
@signed_in
def holidays(request: ActedRequest) -> HttpResponse:
    """The year as twelve months, and its holidays as a list."""
    return _page(request, _year(request.GET.get("year", "")))


def _page(request: ActedRequest, year: int, form: HolidayForm | None = None) -> HttpResponse:
    rows = list(Holiday.objects.filter(on__year=year))
    facts = {
        "year": year,
        "before": year - 1,
        "after": year + 1,
        "months": _months(year, {row.on: row for row in rows}),
        "rows": rows,
        "form": form or HolidayForm(),
        "set": access.check(request.actor, Action.HOLIDAY_SET, None),
        "may_export": keeps_lists(request.actor),
    }
    status = getattr(form, "refused_status", 400) if form is not None and form.errors else 200
    return render(request, "employee_master/holiday_year.html", facts, status=status)


def _year(text: str) -> int:
    year = int(text) if text.isascii() and text.isdigit() and len(text) <= 4 else 0  # noqa: PLR2004 - digits of a year
    return year if FIRST_YEAR <= year <= LAST_YEAR else clock.today().year


def _months(year: int, named: dict[date, Holiday]) -> list[Month]:
    today = clock.today()
    weeks = calendar.Calendar(firstweekday=MONDAY)

    def day(on: date, month: int) -> Day:
        inside = on.month == month
        return Day(on if inside else None, named.get(on) if inside else None, on.weekday() >= SATURDAY, on == today)

    return [
        Month(date(year, month, 1), [[day(on, month) for on in week] for week in weeks.monthdatescalendar(year, month)])
        for month in range(1, 13)
    ]


@require_POST
@signed_in
def holiday_add(request: ActedRequest) -> HttpResponse:
    """Enter a holiday, or name the one of that day otherwise."""
    access.require(request.actor, Action.HOLIDAY_SET, None)
    form = HolidayForm(request.POST)

    def act(sent: dict[str, Any]) -> Holiday:
        return holiday_set(actor=request.actor, **sent)

    done = carried_out(request, form, act)
    if done is None:
        return _page(request, clock.today().year, form)
    messages.success(request, _("The holiday is entered."))
    return redirect(f"{reverse('employee_master:holidays')}?year={done.on.year}")


@require_POST
@signed_in
def holiday_gone(request: ActedRequest, pk: int) -> HttpResponse:
    """Make the day a working day again."""
    day = holiday_remove(holiday_id=pk, actor=request.actor)
    messages.success(request, _("The day is a working day again."))
    return redirect(f"{reverse('employee_master:holidays')}?year={day.year}")


@require_safe
@signed_in
def holidays_export(request: ActedRequest, kind: str) -> HttpResponse:
    """The holidays of the year as a sheet."""
    year = _year(request.GET.get("year", ""))
    rows: list[list[Cell]] = [[row.on, row.name_en, row.name_hi] for row in Holiday.objects.filter(on__year=year)]
    headings = [_("Day"), _("Name in English"), _("Name in Hindi")]
    return exported(
        actor=request.actor, kind=kind, name=f"holidays-{year}", title=str(year), headings=headings, rows=rows
    )
