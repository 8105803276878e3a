"""The user's own sheet given back with what is wrong in it, to be put right and uploaded again."""

from __future__ import annotations

import io
from datetime import date, datetime, time
from typing import Any

import xlsxwriter
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from employee_master.sheets import aadhaar
from employee_master.sheets.cell import ERRORS_EN, ERRORS_HI, Cell, Sheet, SheetRow
from employee_master.sheets.judge import raw_keys
from employee_master.sheets.messages import Problem
from employee_master.sheets.rows import JudgedRow
from employee_master.sheets.template import DATE_FORMAT
from employee_master.sheets.tidy import shown

NOTES_NAME = "ध्यान दें Notes"
_NAME_LIMIT = 31  # of a sheet, in Excel
_NOT_IN_NAMES = str.maketrans(dict.fromkeys("[]:*?/\\", " "))
_LONGEST_NUMBER = 1e10  # longer ones are codes and stay text


def corrected_sheet(sheet: Sheet, judged: list[JudgedRow]) -> bytes:
    """A workbook with every row where it was, the faulty cells coloured, and two columns that say what is wrong.

    What is refused is said first. Aadhaar numbers are masked; nothing that begins like a formula can act as one.
    """
    out = io.BytesIO()
    options = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(out, options) as book:
        page = book.add_worksheet(_sheet_name(sheet.name))
        _Writer(sheet, book, page).write({row.number: row for row in judged if not row.is_heading})
        _write_notes(book, sheet, [row for row in judged if row.is_heading])
    return out.getvalue()


def guarded(text: str) -> str:
    """Text that no spreadsheet program takes for a formula; `tidy` takes the mark away when it is read."""
    return f"'{text}" if len(text) > 1 and text[0] in "=+-@\t\r" else text


def _sheet_name(name: str) -> str:
    return name.translate(_NOT_IN_NAMES).strip("' ")[:_NAME_LIMIT] or "Sheet"


class _Writer:
    def __init__(self, sheet: Sheet, book: xlsxwriter.Workbook, page: Any) -> None:
        self.sheet, self.page = sheet, page
        self.keys = raw_keys(sheet)
        tones = {"refused": {"bg_color": "#F6DAD5"}, "warning": {"bg_color": "#FBEBC8"}, "": {}}
        self.text = {tone: book.add_format(look) for tone, look in tones.items()}
        self.day = {tone: book.add_format({**look, "num_format": DATE_FORMAT}) for tone, look in tones.items()}
        self.said = {
            tone: book.add_format({**look, "text_wrap": True, "valign": "top"}) for tone, look in tones.items()
        }
        self.bold = book.add_format({"bold": True, "text_wrap": True})
        self.last = max((column.place for column in sheet.columns), default=0)

    def write(self, judged: dict[int, JudgedRow]) -> None:
        for row in self.sheet.left_out:
            self._row(row, None)
        for row in self.sheet.rows:
            self._row(row, judged.get(row.number))
        head = self.sheet.header_row - 1
        for column in self.sheet.columns:
            if column.heading:
                self.page.write_string(head, column.place, guarded(column.heading), self.bold)
            self.page.set_column(column.place, column.place, 20)
        self.page.set_column(self.last + 1, self.last + 2, 60)
        for place, title in ((self.last + 1, ERRORS_HI), (self.last + 2, ERRORS_EN)):
            self.page.write_string(head, place, title, self.bold)
        self.page.freeze_panes(head + 1, 0)

    def _row(self, row: SheetRow, judged: JudgedRow | None) -> None:
        tones = _tones(judged.problems) if judged else {}
        for key, column, cell in zip(self.keys, self.sheet.columns, row.cells, strict=True):
            masked = judged.raw.get(key, "") if judged else aadhaar.mask_within(shown(cell))
            if masked:
                self._cell(row.number - 1, column.place, cell, masked, tones.get(column.heading, ""))
        if judged and judged.problems:
            self._errors(row.number - 1, judged)

    def _cell(self, row: int, place: int, cell: Cell, masked: str, tone: str) -> None:
        if isinstance(cell, date):
            self.page.write_datetime(row, place, datetime.combine(cell, time()), self.day[tone])
        elif isinstance(cell, int | float) and masked == shown(cell) and abs(cell) < _LONGEST_NUMBER and cell % 1 == 0:
            self.page.write_number(row, place, cell, self.text[tone])
        else:
            self.page.write_string(row, place, guarded(masked), self.text[tone])

    def _errors(self, row: int, judged: JudgedRow) -> None:
        tone = "refused" if judged.is_refused else "warning"
        for place, language in ((self.last + 1, "hi"), (self.last + 2, "en")):
            with override(language):
                text = guarded("\n".join(_sentences(judged.problems)))
            self.page.write_string(row, place, text[:32_000], self.said[tone])


def _write_notes(book: xlsxwriter.Workbook, sheet: Sheet, headings: list[JudgedRow]) -> None:
    """What concerns whole columns, and which rows were passed over: on a page of its own, in both languages."""
    page = book.add_worksheet(NOTES_NAME)
    wrapped = book.add_format({"text_wrap": True, "valign": "top"})
    page.set_column(0, 1, 80)
    for place, language in enumerate(("hi", "en")):
        with override(language):
            lines = [sentence for row in headings for sentence in _sentences(row.problems)]
            lines += [str(note.message) for note in sheet.notes]
            for row, line in enumerate(lines):
                page.write_string(row, place, guarded(line), wrapped)


def _tones(problems: list[Problem]) -> dict[str, str]:
    tones: dict[str, str] = {}
    for problem in problems:
        if problem.heading and (problem.refused or problem.heading not in tones):
            tones[problem.heading] = problem.severity.value
    return tones


def _sentences(problems: list[Problem]) -> list[str]:
    """The refusals first; each names its column and, where there is one, what could stand there."""
    said = []
    for problem in sorted(problems, key=lambda one: not one.refused):
        state = _("Refused") if problem.refused else _("Look again")
        where = f" · {problem.heading}" if problem.heading else ""
        instead = f" → {problem.suggestion}" if problem.suggestion and problem.refused else ""
        said.append(f"{state}{where}: {problem.message}{instead}")
    return said
