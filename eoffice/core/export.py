"""Lists as sheets: XLSX and CSV that open rightly in any spreadsheet, and run nothing there.

A cell is text, a number, a day, an instant or nothing. Codes and mobile numbers are handed in as text and stay text
(leading zeros kept). Days are days, instants are shown on the office's clock, digits are 0-9 in both languages.
"""

from __future__ import annotations

import csv as csv_files
import re
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from io import BytesIO, StringIO
from unicodedata import category

import xlsxwriter
from django.utils.functional import Promise

from eoffice.core import clock
from eoffice.core.errors import Text

Cell = str | Promise | int | float | Decimal | date | datetime | None

XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CSV_TYPE = "text/csv; charset=utf-8"
# What makes a spreadsheet take text for a formula; the wide forms of East Asian keyboards too.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")
_SHEET_NAME = re.compile(r"[\[\]:*?/\\']")
_SHEET_NAME_LENGTH = 31
_CELL_LENGTH = 32767
_WIDEST = 60
_NARROWEST = 8


def xlsx(rows: Iterable[Sequence[Cell]], headings: Sequence[Text], title: Text) -> bytes:
    """A workbook of one sheet: headings in bold, the first row stays in sight, each column can be filtered."""
    file = BytesIO()
    workbook = xlsxwriter.Workbook(file, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    workbook.set_properties({"title": str(title), "created": clock.office_time(clock.now()).replace(tzinfo=None)})
    bold = workbook.add_format({"bold": True, "text_wrap": True, "valign": "top", "bottom": 1})
    text = workbook.add_format({"num_format": "@", "valign": "top"})
    day = workbook.add_format({"num_format": "dd-mm-yyyy", "align": "left", "valign": "top"})
    moment = workbook.add_format({"num_format": "dd-mm-yyyy hh:mm", "align": "left", "valign": "top"})
    sheet = workbook.add_worksheet(_sheet_name(str(title)))
    widths = [len(str(heading)) for heading in headings]
    for column, heading in enumerate(headings):
        sheet.write_string(0, column, _plain(str(heading)), bold)
    last = 0
    for last, row in enumerate(rows, start=1):
        for column, value in enumerate(row):
            match value:
                case None | "":
                    continue
                case datetime():
                    sheet.write_datetime(last, column, _wall(value), moment)
                case date():
                    sheet.write_datetime(last, column, value, day)
                case int() | float() | Decimal():
                    sheet.write_number(last, column, value)
                case _:
                    sheet.write_string(last, column, _plain(str(value))[:_CELL_LENGTH], text)
            widths[column] = max(widths[column], len(_written(value)))
    for column, width in enumerate(widths):
        sheet.set_column(column, column, min(max(width + 2, _NARROWEST), _WIDEST))
    sheet.freeze_panes(1, 0)
    sheet.autofilter(0, 0, last, max(len(headings) - 1, 0))
    workbook.close()
    return file.getvalue()


def csv(rows: Iterable[Sequence[Cell]], headings: Sequence[Text]) -> bytes:
    """The list in UTF-8, marked as such, since spreadsheets would otherwise break the Hindi; days as 2026-11-24."""
    file = StringIO(newline="")
    writer = csv_files.writer(file)
    writer.writerow([_harmless(_plain(str(heading))) for heading in headings])
    for row in rows:
        writer.writerow([_csv_cell(value) for value in row])
    return b"\xef\xbb\xbf" + file.getvalue().encode()


def _csv_cell(value: Cell) -> str:
    if isinstance(value, str | Promise):
        return _harmless(_plain(str(value)))
    return _written(value)


def _harmless(text: str) -> str:
    """An apostrophe before what would be run as a formula; a lone dash for "nothing" is left."""
    return f"'{text}" if len(text) > 1 and text.startswith(_FORMULA) else text


def _written(value: Cell) -> str:
    match value:
        case None:
            return ""
        case datetime():
            return f"{_wall(value):%Y-%m-%d %H:%M}"
        case date():
            return value.isoformat()
        case _:
            return str(value)


def _wall(at: datetime) -> datetime:
    """The instant on the office's wall; spreadsheets know no time zones."""
    return clock.office_time(at).replace(tzinfo=None)


def _plain(text: str) -> str:
    """Without control characters, which no spreadsheet shows; line breaks stay."""
    return "".join(sign for sign in text if sign == "\n" or category(sign) not in {"Cc", "Cs"})


def _sheet_name(title: str) -> str:
    return _SHEET_NAME.sub(" ", _plain(title))[:_SHEET_NAME_LENGTH].strip() or "List"
