"""The prescribed sheet to fill in: bilingual headings, two examples, lists to choose from, a page of help."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import xlsxwriter
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override
from xlsxwriter.utility import xl_range_abs

from employee_master.sheets.columns import PRESCRIBED, Field, Prescribed
from employee_master.sheets.lines import EXAMPLE_MARK
from eoffice.core.errors import Text

SHEET_NAME = "कर्मचारी Employees"
LISTS_NAME = "सूची Lists"
HELP_NAME = "सहायता Help"
ROWS_PREPARED = 5_000
DATE_FORMAT = "dd-mm-yyyy"

# What is offered where the caller gives no list; `cells` reads them back.
GENDERS = ("Female / महिला", "Male / पुरुष", "Other / अन्य")
CHARGES = (
    "Substantive / मूल",
    "Additional charge / अतिरिक्त प्रभार",
    "Officiating / स्थानापन्न",
    "Looking after / देखभाल",
    "Link officer / लिंक अधिकारी",
)

_ADVICE: tuple[Text, ...] = (
    _("One row, one person. Someone who holds two posts has two rows with the same code and Kind of charge filled in."),
    _("Columns with a dark heading must be filled in; of the two names one is enough."),
    _("Do not change the headings. Your own sheet is taken too, with your own headings in Hindi or English."),
    _("The two example rows may stay; they are not read."),
    _("Do not enter Aadhaar numbers. They are not needed and not kept."),
    _("Type Hindi in Unicode. Text in old fonts such as Kruti Dev is converted and must then be checked."),
)


def heading(column: Prescribed) -> str:
    return f"{column.title_en} / {column.title_hi}"


def prescribed_xlsx(*, picks: Mapping[str, Sequence[str]] | None = None) -> bytes:
    """The workbook. `picks` holds the entries of the drop-down lists: gender, designation, section, charge_kind."""
    lists = {"gender": GENDERS, "charge_kind": CHARGES} | {
        name: tuple(entries) for name, entries in (picks or {}).items()
    }
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"strings_to_formulas": False, "strings_to_urls": False}) as book:
        looks = _Looks(book)
        sheet = book.add_worksheet(SHEET_NAME)
        ranges = _write_lists(book.add_worksheet(LISTS_NAME), lists, looks)
        for place, column in enumerate(PRESCRIBED):
            _write_column(sheet, place, column, looks, ranges.get(column.picks, ""))
        sheet.freeze_panes(1, 2)
        sheet.set_row(0, 48)
        _write_help(book.add_worksheet(HELP_NAME), looks)
    return out.getvalue()


def prescribed_csv() -> bytes:
    """Headings and examples, in UTF-8 with its mark so that Excel shows Hindi."""
    out = io.StringIO()
    rows = csv.writer(out)
    rows.writerow(heading(column) for column in PRESCRIBED)
    for example in range(len(PRESCRIBED[0].examples)):
        rows.writerow(_example(column, example) for column in PRESCRIBED)
    return "\ufeff".encode() + out.getvalue().encode()


def _example(column: Prescribed, which: int) -> str:
    return EXAMPLE_MARK if column.field is Field.SERIAL else column.examples[which]


class _Looks:
    def __init__(self, book: xlsxwriter.Workbook) -> None:
        head = {"bold": True, "text_wrap": True, "valign": "vcenter", "border": 1}
        self.needed = book.add_format({**head, "bg_color": "#1F3A5F", "font_color": "#FFFFFF"})
        self.free = book.add_format({**head, "bg_color": "#E8ECF1"})
        self.kinds = {
            "text": book.add_format(),
            "code": book.add_format({"num_format": "@"}),
            "date": book.add_format({"num_format": DATE_FORMAT}),
        }
        grey = {"font_color": "#6B7280", "bg_color": "#F6F6F4"}
        self.examples = {
            "text": book.add_format(grey),
            "code": book.add_format({**grey, "num_format": "@"}),
            "date": book.add_format({**grey, "num_format": DATE_FORMAT}),
        }
        self.wrapped = book.add_format({"text_wrap": True, "valign": "top"})
        self.bold = book.add_format({"bold": True})


def _write_column(sheet: Any, place: int, column: Prescribed, looks: _Looks, source: str) -> None:
    sheet.set_column(place, place, column.width, looks.kinds[column.kind])
    sheet.write_string(0, place, heading(column), looks.needed if column.required else looks.free)
    for which in range(len(column.examples)):
        text = _example(column, which)
        look = looks.examples[column.kind]
        if column.kind == "date":
            sheet.write_datetime(1 + which, place, datetime.strptime(text, "%d-%m-%Y"), look)  # noqa: DTZ007 - a day
        else:
            sheet.write_string(1 + which, place, text, look)
    if source:
        sheet.data_validation(
            1,
            place,
            ROWS_PREPARED,
            place,
            {"validate": "list", "source": f"={source}", "error_type": "information", "ignore_blank": True},
        )


def _write_lists(sheet: Any, lists: Mapping[str, Sequence[str]], looks: _Looks) -> dict[str, str]:
    """A column for each list; where each stands."""
    ranges = {}
    titles = {column.picks: heading(column) for column in PRESCRIBED if column.picks}
    for place, (name, entries) in enumerate(lists.items()):
        sheet.write_string(0, place, titles.get(name, name), looks.bold)
        sheet.set_column(place, place, 36)
        for row, entry in enumerate(entries, start=1):
            sheet.write_string(row, place, entry)
        if entries:
            ranges[name] = f"'{LISTS_NAME}'!{xl_range_abs(1, place, len(entries), place)}"
    return ranges


def _write_help(sheet: Any, looks: _Looks) -> None:
    sheet.set_column(0, 0, 34)
    sheet.set_column(1, 2, 70)
    row = 0
    for advice in _ADVICE:
        for place, language in enumerate(("hi", "en"), start=1):
            with override(language):
                sheet.write_string(row, place, str(advice), looks.wrapped)
        row += 1
    row += 1
    for place, text in enumerate(("", "हिन्दी", "English")):
        sheet.write_string(row, place, text, looks.bold)
    for column in PRESCRIBED:
        row += 1
        sheet.write_string(row, 0, heading(column), looks.bold)
        for place, language in enumerate(("hi", "en"), start=1):
            with override(language):
                sheet.write_string(row, place, f"{column.help} {_needed(column)}".strip(), looks.wrapped)


def _needed(column: Prescribed) -> str:
    return str(_("Must be filled in.")) if column.required else ""
