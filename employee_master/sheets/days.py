"""Dates as offices type them: 12-06-1980, 12.6.80, 12 जून 1980, 12-Jun-1980, 1980-06-12, and Excel's own numbers."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.dates import MONTHS
from django.utils.translation import gettext_lazy as _

from employee_master.sheets.cell import Cell
from employee_master.sheets.headings import fold
from employee_master.sheets.messages import Problem, refused, said, warning
from employee_master.sheets.tidy import digits, shown

_EPOCH = date(1899, 12, 30)
_FIRST_SERIAL, _LAST_SERIAL = 1_462, 73_050  # 1904 to 2099
_YEARS = range(1900, 2101)
_MONTHS_IN_YEAR = 12
_MONTH_NAMES = (
    "january jan जनवरी जन",
    "february feb फरवरी फर फेब",
    "march mar मार्च",
    "april apr अप्रैल अप्रेल अप्रै",
    "may मई",
    "june jun जून",
    "july jul जुलाई जुला",
    "august aug अगस्त अग",
    "september sept sep सितम्बर सितंबर सित",
    "october oct अक्टूबर अक्तूबर अक्टू",
    "november nov नवम्बर नवंबर नव",
    "december dec दिसम्बर दिसंबर दिस",
)
_ROMAN = {number: month for month, number in enumerate(("I", "II", "III", "IV", "V", "VI"), start=1)}
_ROMAN |= {number: month for month, number in enumerate(("VII", "VIII", "IX", "X", "XI", "XII"), start=7)}
_MONTH_OF = {fold(word): month for month, words in enumerate(_MONTH_NAMES, start=1) for word in words.split()}

_GAP = r"\s*[-/.,:\s]\s*"
_YEAR = r"(?P<year>\d{4}|'?\d{2})"
_TIME = r"(?:[T\s]+\d{1,2}:\d\d.*)?"
_YEAR_FIRST = re.compile(rf"(?P<year>\d{{4}}){_GAP}(?P<month>\d{{1,2}}){_GAP}(?P<day>\d{{1,2}}){_TIME}")
_DAY_FIRST = re.compile(rf"(?P<day>\d{{1,2}}){_GAP}(?P<month>\d{{1,2}}){_GAP}{_YEAR}{_TIME}")
_WORD = r"(?P<word>[A-Za-z]{3,9}|[IVX]{1,4}|[\u0900-\u097f\u200c\u200d]{2,11})\.?"
_DAY_WORD = re.compile(rf"(?P<day>\d{{1,2}})(?:st|nd|rd|th)?[-/.,\s]*{_WORD}[-/.,\s]*{_YEAR}", re.IGNORECASE)
_WORD_DAY = re.compile(rf"{_WORD}[-/.,\s]*(?P<day>\d{{1,2}})(?:st|nd|rd|th)?[-/.,\s]+(?P<year>\d{{4}})", re.IGNORECASE)
# The word "date", or the day of the week, before it; the same in words behind it.
_WEEKDAYS = r"(?:sun|mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?)(?:day)?|[\u0900-\u097f]{2,5}वार"
_BEFORE = re.compile(rf"^(?:दिनांक|दि[0.]?|dated?|dt|{_WEEKDAYS})(?![\w\u0900-\u097f])[\s.,:-]*(?=\d)", re.IGNORECASE)
_BEHIND = re.compile(r"(?<=\d)\s*[(\[][^\d()]*[)\]]?$")
_NUMBER = re.compile(r"\d+(?:\.0+)?")
_RUN_TOGETHER = re.compile(r"\d{8}")


@dataclass(frozen=True, slots=True)
class Day:
    """`value` is None where the cell can't be read."""

    value: date | None
    problems: tuple[Problem, ...] = ()


def written(day: date) -> str:
    return day.strftime("%d-%m-%Y")


def read_day(cell: Cell, field: str, *, today: date) -> Day:
    """The day in a cell that is not empty. `field` decides how two digits of a year are meant."""
    if isinstance(cell, bool):
        return Day(None, (_not_a_date(field, shown(cell)),))
    if isinstance(cell, date):
        problems = tuple(_out_of_range(cell, field))
        return Day(None if problems else cell, problems)
    text = _BEHIND.sub("", _BEFORE.sub("", digits(shown(cell))).strip(" .,;"))
    if isinstance(cell, int | float) or _NUMBER.fullmatch(text):
        return _of_number(text, field, today)
    for pattern in (_YEAR_FIRST, _DAY_FIRST, _DAY_WORD, _WORD_DAY):
        found = pattern.fullmatch(text)
        if found:
            return _of_parts(found.groupdict(), field, today=today, shown_as=text)
    return Day(None, (_not_a_date(field, text),))


def _of_number(text: str, field: str, today: date) -> Day:
    text = text.partition(".")[0] if _NUMBER.fullmatch(text) else text
    if _RUN_TOGETHER.fullmatch(text):
        for day, month, year in ((text[:2], text[2:4], text[4:]), (text[6:], text[4:6], text[:4])):
            read = _of_parts({"day": day, "month": month, "year": year}, field, today=today, shown_as=text)
            if read.value:
                message = _("%(text)s was read as %(day)s.")
                note = warning("date_run_together", field, said(message, text=text, day=written(read.value)))
                return Day(read.value, (*read.problems, note))
    number = float(text) if re.fullmatch(r"\d+(\.\d+)?", text) else 0.0
    if int(number) in _YEARS and number.is_integer():
        message = _("Only the year %(year)s is given. Write day, month and year: 12-06-%(year)s.")
        return Day(None, (refused("date_only_year", field, said(message, year=int(number))),))
    if _FIRST_SERIAL <= number <= _LAST_SERIAL:
        return Day(_EPOCH + timedelta(days=int(number)))
    return Day(None, (_not_a_date(field, text),))


def _of_parts(parts: dict[str, str], field: str, *, today: date, shown_as: str) -> Day:
    year = _year(parts["year"].strip("'"), field, today)
    short = len(parts["year"].strip("'")) == len("80")
    if "word" in parts:
        month = _MONTH_OF.get(fold(parts["word"]), 0) or _ROMAN.get(parts["word"].upper(), 0)
        if not month:
            return Day(None, (_not_a_date(field, shown_as),))
    else:
        month = int(parts["month"])
    day = int(parts["day"])
    problem = next(_impossible(day, month, year, field, shown_as), None)
    if problem:
        return Day(None, (problem,))
    value = date(year, month, day)
    problems = list(_out_of_range(value, field))
    if short and not problems:
        message = _("The year has two digits; %(text)s was read as %(day)s.")
        problems.append(
            warning("two_digit_year", field, said(message, text=shown_as, day=written(value)), written(value))
        )
    return Day(value, tuple(problems))


def _year(text: str, field: str, today: date) -> int:
    year = int(text)
    if len(text) > len("80"):
        return year
    century = today.year // 100 * 100
    if field == "superannuates_on":
        return century + year
    latest = today.year - 18 if field == "born_on" else today.year + 1
    return century + year if century + year <= latest else century - 100 + year


def _impossible(day: int, month: int, year: int, field: str, text: str) -> Iterator[Problem]:
    if not 1 <= month <= _MONTHS_IN_YEAR:
        if 1 <= day <= _MONTHS_IN_YEAR and month <= monthrange(2000, day)[1] and month and year in _YEARS:
            message = _("There is no month %(month)s. Day and month seem to be exchanged: write the day first.")
            turned = written(date(year, day, min(month, monthrange(year, day)[1])))
            yield refused("month_first", field, said(message, month=month), turned)
        else:
            yield _not_a_date(field, text)
    elif year not in _YEARS:
        yield refused("date_out_of_range", field, said(_("The year %(year)s can't be right."), year=year))
    elif not 1 <= day <= monthrange(2000, month)[1]:
        yield refused("no_such_day", field, said(_("%(day)s %(month)s does not exist."), day=day, month=MONTHS[month]))
    elif day > monthrange(year, month)[1]:
        message = _("%(day)s %(month)s %(year)s does not exist; it was no leap year.")
        yield refused("no_such_day", field, said(message, day=day, month=MONTHS[month], year=year))


def _out_of_range(value: date, field: str) -> Iterator[Problem]:
    if value.year not in _YEARS:
        yield refused("date_out_of_range", field, said(_("The year %(year)s can't be right."), year=value.year))


def _not_a_date(field: str, text: str) -> Problem:
    message = _("“%(text)s” can't be read as a date. Write it as day-month-year: 12-06-1980.")
    return refused("not_a_date", field, said(message, text=text[:40]))
