"""Between the engine that reads sheets (`employee_master.sheets`) and the rows as they are stored and compared.

A batch keeps the cells of its sheet with Aadhaar numbers masked (design 10), and can build the sheet again from them,
so that a corrected row is judged by the same engine as when it came.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import xlsxwriter
from django.conf import settings
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from employee_master.models import ImportBatch, ImportRow
from employee_master.services.imports.lines import DATES, NEAR_DUPLICATE, NEAR_IN_SHEET, TWO_PEOPLE, Line
from employee_master.services.imports.words import OF_ROWS, OF_SHEET, Problem, Words, both
from employee_master.sheets import aadhaar
from employee_master.sheets.cell import Cell, CellError, Column, Sheet, SheetRow
from employee_master.sheets.columns import BY_FIELD, Field, Match, match_columns
from employee_master.sheets.columns import Mapping as Columns
from employee_master.sheets.judge import judge_sheet
from employee_master.sheets.messages import Problem as SheetProblem
from employee_master.sheets.rows import JudgedRow, RowValues
from employee_master.sheets.tidy import shown
from employee_master.sheets.together import across_rows

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
SAMPLES = 60
CORRECTION = "correction"
# What rows say of each other is found anew whenever one of them changes.
_ACROSS = frozenset(
    {"code_twice", "code_alike", "email_twice", "mobile_twice", "row_twice", "second_charge", NEAR_DUPLICATE}
)


def matched(sheet: Sheet) -> Columns:
    """Which column is which, as far as headings and cells say."""
    return match_columns(sheet.columns, [row.cells for row in sheet.rows[:SAMPLES]])


def certain(columns: Columns) -> bool:
    """Whether nobody needs to be asked about the columns."""
    return not columns.doubtful and not columns.missing


@dataclass(frozen=True, slots=True)
class Judged:
    """What the engine made of a sheet: of each row in its order, and of the columns as a whole."""

    rows: list[JudgedRow]
    of_columns: list[Problem]


def judged(sheet: Sheet, columns: Columns, today: date) -> Judged:
    """Every row by itself; what rows say of each other is found by `across`."""
    found = judge_sheet(sheet, columns, today=today, allowed_domains=settings.MAIL_DOMAINS)
    of_columns = [_stored(problem) for row in found if row.is_heading for problem in row.problems]
    return Judged([row for row in found if not row.is_heading], of_columns)


# Columns of a batch


def stored_columns(columns: Columns) -> list[dict[str, Any]]:
    return [
        {
            "place": match.column.place,
            "heading": match.column.heading,
            "parts": list(match.column.parts),
            "field": str(match.field),
            "confidence": round(match.confidence, 2),
            "how": match.how,
            "rival": str(match.rival) if match.rival else "",
        }
        for match in columns.matches
    ]


def columns_of(batch: ImportBatch) -> Columns:
    """The columns as they were matched, with one at the end for each fact that only corrections give."""
    matches = [
        Match(
            Column(one["place"], one["heading"], tuple(one["parts"])),
            Field(one["field"]),
            one["confidence"],
            one["how"],
            Field(one["rival"]) if one["rival"] else None,
        )
        for one in batch.columns
    ]
    there = {match.field for match in matches}
    place = max((match.column.place for match in matches), default=-1)
    for number, field in enumerate((one for one in BY_FIELD if one not in there), start=1):
        title = BY_FIELD[field].title_en
        matches.append(Match(Column(place + number, title, (title,)), field, 1.0, CORRECTION))
    return Columns(tuple(matches))


# Cells


def _encoded(cell: Cell) -> Any:
    if isinstance(cell, CellError):
        return ["e", cell.shown]
    if isinstance(cell, date):
        return ["d", cell.isoformat()]
    return cell


def _decoded(value: Any) -> Cell:
    if isinstance(value, list):
        kind, text = value
        return date.fromisoformat(text) if kind == "d" else CellError(text)
    cell: Cell = value
    return cell


def cell_text(value: Any) -> str:
    """A kept cell as a person reads it."""
    return shown(_decoded(value))


def masked_cells(row: SheetRow, columns: Columns) -> list[Any]:
    """The cells for keeping: no Aadhaar number stays, neither in its own column nor where it got by mistake."""
    own = columns.index(Field.AADHAAR)
    kept = []
    for place, cell in enumerate(row.cells):
        text = shown(cell)
        hidden = aadhaar.masked(text) if place == own else aadhaar.mask_within(text)
        kept.append(_encoded(cell) if hidden == text else hidden)
    return kept


def kept_workbook(sheet: Sheet, columns: Columns) -> bytes:
    """The sheet for keeping: its cells at the places they had, with Aadhaar numbers masked, and nothing that runs."""
    sink = io.BytesIO()
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    book = xlsxwriter.Workbook(sink, options)
    day = book.add_format({"num_format": "dd-mm-yyyy"})
    paper = book.add_worksheet()
    heading = SheetRow(sheet.header_row, tuple(column.heading for column in sheet.columns))
    others = [row for row in sheet.left_out if row.number != sheet.header_row]
    for row in sorted((heading, *others, *sheet.rows), key=lambda one: one.number):
        for column, value in zip(sheet.columns, masked_cells(row, columns), strict=False):
            cell = _decoded(value)
            if isinstance(cell, date):
                paper.write_datetime(row.number - 1, column.place, cell, day)
            elif isinstance(cell, (int, float)) and not isinstance(cell, bool):
                paper.write_number(row.number - 1, column.place, cell)
            elif shown(cell):
                paper.write_string(row.number - 1, column.place, shown(cell))
    book.close()
    return sink.getvalue()


# Rows


def sheet_of(batch: ImportBatch, rows: Iterable[ImportRow], columns: Columns) -> Sheet:
    """The sheet again, with these rows as they have been corrected; further columns hold what it never had."""
    whole = tuple(match.column for match in columns.matches)
    return Sheet(
        kind="xlsx",
        name=batch.tab,
        other_sheets=(),
        header_row=0,
        columns=whole,
        rows=tuple(SheetRow(row.number, cells_of(row, columns)) for row in rows),
        left_out=(),
        notes=(),
    )


def cells_of(row: ImportRow, columns: Columns) -> tuple[Cell, ...]:
    """The cells of the row with its corrections put in, one for each of the columns."""
    cells: list[Cell] = [_decoded(value) for value in row.raw]
    cells += [""] * (len(columns.matches) - len(cells))
    for name, text in row.corrections.items():
        place = columns.index(Field(name))
        if place is not None:
            cells[place] = text
    return tuple(cells)


def said_in(row: ImportRow, name: str, columns: Columns) -> str:
    """What the row says in the column of that field, corrections included."""
    place = columns.index(Field(name)) if name in Field.__members__.values() else None
    return shown(cells_of(row, columns)[place]) if place is not None else ""


def put_judged(row: ImportRow, one: JudgedRow) -> None:
    """Keep what the engine made of the row: its values, and what is wrong with them in both languages."""
    row.values = one.values.as_json()
    # The number itself was seen when the sheet came; now it is masked, and nothing new can be said of it.
    before = [problem for problem in row.problems if problem.get("column") == Field.AADHAAR]
    found = problems_of(one)
    row.problems = [one for one in found if one["column"] != Field.AADHAAR] + before if before else found


def problems_of(one: JudgedRow) -> list[Problem]:
    """What is wrong within the row itself."""
    return [_stored(problem) for problem in one.problems if problem.code not in _ACROSS]


def line_of_judged(one: JudgedRow) -> Line:
    """For a dry run that stores nothing."""
    values = {
        name: date.fromisoformat(value) if name in DATES else value for name, value in one.values.as_json().items()
    }
    return Line(one.number, values, problems_of(one))


def across(lines: Sequence[Line], columns: Columns) -> None:
    """Put on the lines what they say of each other: given twice, a second charge, perhaps one person."""
    taking_part = [line for line in lines if not line.left_out]
    headings: dict[Field, str] = {
        match.field: match.column.heading for match in columns.matches if match.field is not Field.IGNORED
    }
    rows = [JudgedRow(line.number, {}, RowValues.from_json(_json(line)), []) for line in taking_part]
    for line, row in zip(taking_part, across_rows(rows, headings), strict=True):
        line.further_of = row.further_charge_of
        for problem in row.problems:
            if problem.code != NEAR_DUPLICATE:
                line.add({**_stored(problem), "of": OF_ROWS})
            elif line.number > min(problem.rows):
                line.add(_question(problem, line))


def _question(problem: SheetProblem, line: Line) -> Problem:
    """One person or two: asked at the later row; for one person a row is left out."""
    answer = line.settled.get(NEAR_IN_SHEET, "")
    words = _("Two people")
    return {
        **_stored(problem),
        "of": OF_ROWS,
        "code": NEAR_IN_SHEET,
        "choices": [{"value": TWO_PEOPLE, "words": both(words)}],
        "answer": answer,
        "open": not answer,
    }


def _json(line: Line) -> dict[str, Any]:
    return {name: value.isoformat() if isinstance(value, date) else value for name, value in line.values.items()}


def _stored(problem: SheetProblem) -> Problem:
    return {
        "of": OF_SHEET,
        "code": problem.code,
        "column": str(problem.column),
        "severity": str(problem.severity),
        "message": both(problem.message),
        "suggestion": problem.suggestion or "",
        "heading": problem.heading,
    }


# Fields of a sheet that are not among the prescribed columns.
_OTHER_TITLES = {
    Field.NAME: {"en": "Name", "hi": "नाम"},
    Field.AADHAAR: {"en": "Aadhaar number", "hi": "आधार संख्या"},
    Field.IGNORED: {"en": "Not read", "hi": "नहीं पढ़ा जाता"},
}


def titles_of(field: Field) -> Words:
    """What the column of the field is called, in both languages."""
    if field in BY_FIELD:
        return {"en": BY_FIELD[field].title_en, "hi": BY_FIELD[field].title_hi}
    return _OTHER_TITLES[field]


def title_of(field: Field) -> str:
    """The same in the reader's language."""
    return titles_of(field)["hi" if get_language() == "hi" else "en"]


# Where a sheet has no column for the field, what it says of it often stands in that of another.
_STANDS_IN = {Field.POST: Field.DESIGNATION, Field.SECTION: Field.OFFICE, Field.NAME_EN: Field.NAME}


def heading_of(columns: Columns, name: str) -> str:
    """What the sheet calls the column of the field; the prescribed name where it has none."""
    try:
        field = Field(name)
    except ValueError:
        return ""
    own = {match.field: match.column.heading for match in columns.matches if match.how != CORRECTION}
    return own.get(field) or own.get(_STANDS_IN.get(field, field)) or titles_of(field)["en"]
