"""Dates whose day and month may be exchanged, seen from the whole column."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date

from django.utils.translation import gettext_lazy as _

from employee_master.sheets.cell import Sheet
from employee_master.sheets.columns import Field, Mapping
from employee_master.sheets.days import read_day, written
from employee_master.sheets.messages import Problem, refused, said, warning
from employee_master.sheets.rows import JudgedRow
from employee_master.sheets.tidy import digits

_LAST_MONTH = 12
_LAST_DAY = 31
_SEVERAL = 3
_NUMERIC = re.compile(r"\s*(\d{1,2})\s*[-/., ]\s*(\d{1,2})\s*[-/., ]\s*'?\d{2}")
_FIELDS = (Field.BORN_ON, Field.JOINED_ON, Field.SUPERANNUATES_ON, Field.CHARGE_FROM)


def doubtful_orders(sheet: Sheet, mapping: Mapping, rows: list[JudgedRow]) -> list[JudgedRow]:
    """Warnings for dates that can be read both ways, where other cells of the column show that it happens.

    Either some cells have the month first, so that those which can be read both ways are uncertain; or Excel, set to
    American dates, took 05-03-1980 for the 3 May and left 25-03-1980 as text: then its true dates all have a day that
    could be a month, and its texts never.
    """
    more: dict[int, list[Problem]] = {}
    for field in _FIELDS:
        place = mapping.index(field)
        if place is not None:
            for at, problem in _of_column(sheet, place, field):
                more.setdefault(at, []).append(replace(problem, heading=sheet.columns[place].heading))
    return [
        replace(row, problems=[*row.problems, *more[place]]) if place in more else row for place, row in enumerate(rows)
    ]


def _of_column(sheet: Sheet, place: int, field: Field) -> list[tuple[int, Problem]]:
    dates: list[tuple[int, date]] = []
    open_texts: list[tuple[int, date]] = []
    late_days = month_first = 0
    for at, row in enumerate(sheet.rows):
        cell = row.cells[place]
        if isinstance(cell, date):
            dates.append((at, cell))
        elif isinstance(cell, str) and (found_text := _NUMERIC.match(digits(cell))):
            first, second = int(found_text[1]), int(found_text[2])
            late_days += _LAST_MONTH < first <= _LAST_DAY and second <= _LAST_MONTH
            month_first += first <= _LAST_MONTH < second <= _LAST_DAY
            if first != second and max(first, second) <= _LAST_MONTH:
                day = read_day(cell, field, today=date.max).value
                open_texts += [(at, day)] if day else []
    found: list[tuple[int, Problem]] = []
    if month_first:
        found += [(at, _ambiguous(day, field, sure=not late_days)) for at, day in open_texts]
    exchanged = [(at, day) for at, day in dates if day.day != day.month]
    if len(dates) >= _SEVERAL and late_days >= _SEVERAL and all(day.day <= _LAST_MONTH for _at, day in dates):
        found += [(at, _exchanged(day, field)) for at, day in exchanged]
    return found


def _ambiguous(day: date, field: Field, *, sure: bool) -> Problem:
    """`sure`: no date of the column has the day first beyond doubt, so that this one is likely to be wrong."""
    message = _("Read as %(day)s, but other dates of this column have the month first. Check it.")
    make = refused if sure else warning
    return make("date_ambiguous", field, said(message, day=written(day)), written(_turned(day)))


def _exchanged(day: date, field: Field) -> Problem:
    message = _(
        "The sheet holds %(day)s, but the program that saved it seems to have exchanged day and month. Is it %(other)s?"
    )
    return warning(
        "date_maybe_exchanged",
        field,
        said(message, day=written(day), other=written(_turned(day))),
        written(_turned(day)),
    )


def _turned(day: date) -> date:
    return date(day.year, day.day, day.month)
