"""The sheet to download with its errors in a column: as it stands after the corrections that were made here."""

from __future__ import annotations

from dataclasses import replace

from django.utils.functional import lazy
from django.utils.translation import get_language

from employee_master.models import ImportBatch, ImportRow
from employee_master.services.imports.sheet import CORRECTION, columns_of, sheet_of
from employee_master.services.imports.words import Problem, Words
from employee_master.sheets.columns import Field
from employee_master.sheets.columns import Mapping as Columns
from employee_master.sheets.corrected import corrected_sheet
from employee_master.sheets.judge import raw_keys
from employee_master.sheets.messages import Problem as SheetProblem
from employee_master.sheets.messages import Severity
from employee_master.sheets.rows import JudgedRow, RowValues
from employee_master.sheets.tidy import shown


def corrected_workbook(batch: ImportBatch) -> bytes:
    """The rows that are still part of the sheet, with all that is wrong with them; Aadhaar numbers stay masked."""
    rows = list(batch.rows.filter(left_out=False).order_by("number"))
    columns = _used(batch, rows)
    sheet = sheet_of(batch, rows, columns)
    first = min((row.number for row in rows), default=2)
    sheet = replace(sheet, header_row=max(first - 1, 1), name=batch.tab or batch.name)
    keys = raw_keys(sheet)
    judged = [
        JudgedRow(
            row.number,
            {key: text for key, cell in zip(keys, kept.cells, strict=True) if (text := shown(cell))},
            RowValues.from_json(row.values),
            [_problem(one) for one in row.problems],
        )
        for row, kept in zip(rows, sheet.rows, strict=True)
    ]
    return corrected_sheet(sheet, judged)


def _used(batch: ImportBatch, rows: list[ImportRow]) -> Columns:
    """The sheet's own columns, and those that only corrections have filled."""
    corrected = {Field(name) for row in rows for name in row.corrections}
    matches = columns_of(batch).matches
    return Columns(tuple(match for match in matches if match.how != CORRECTION or match.field in corrected))


def _problem(problem: Problem) -> SheetProblem:
    return SheetProblem(
        code=problem["code"],
        column=problem["column"],
        message=_spoken(problem["message"]),
        severity=Severity(problem["severity"]),
        suggestion=problem["suggestion"] or None,
        heading=problem.get("heading", ""),
    )


def _words(words: Words) -> str:
    return words["hi" if get_language() == "hi" else "en"]


_spoken = lazy(_words, str)
