"""A dry run that stores nothing: for the command, and for whoever wants to try a sheet."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from employee_master.models import Office
from employee_master.services.imports.compare import asked_of, compare
from employee_master.services.imports.known import read_known
from employee_master.services.imports.lines import Line
from employee_master.services.imports.sheet import across, judged, line_of_judged, matched
from employee_master.services.imports.words import Problem
from employee_master.sheets.cell import Sheet
from employee_master.sheets.columns import Mapping as Columns
from employee_master.sheets.reading import read_sheet
from eoffice.core import clock
from eoffice.core.bulk import uncollected


@dataclass(frozen=True, slots=True)
class Preview:
    """The sheet as it was read, its columns, its rows as they were compared, and what is wrong with whole columns."""

    sheet: Sheet
    columns: Columns
    lines: Sequence[Line]
    of_columns: Sequence[Problem]


@uncollected()
def sheet_preview(*, content: bytes, name: str, office: Office, sheet_name: str = "") -> Preview:
    """Read the sheet and compare every row with the office's master. Raises `SheetUnreadable`; writes nothing."""
    sheet = read_sheet(content, name, sheet_name=sheet_name)
    columns = matched(sheet)
    today = clock.today()
    found = judged(sheet, columns, today)
    lines = [line_of_judged(row) for row in found.rows]
    across(lines, columns)
    compare(lines, read_known(office, asked_of(lines, today)), today=today)
    return Preview(sheet, columns, lines, found.of_columns)
