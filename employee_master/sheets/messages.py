"""What is said about sheets: sentences for a clerk, in the reader's language when they are shown."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.utils.functional import lazy
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from eoffice.core.errors import BadInput, Text

MIB = 1024 * 1024


class SheetUnreadable(BadInput):
    """The file can't be taken for a staff sheet; `message` says why, `remedy` what to do."""


class Severity(StrEnum):
    REFUSED = "refused"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with one cell, or with a row or column as a whole.

    `column` is the code of a field of `columns.Field`, or empty; `heading` is as the sheet has it, or empty.
    `suggestion` is a value that would be taken in place of the one in the sheet. `row` and `rows` name other rows that
    are meant (a code given twice).
    """

    code: str
    column: str
    message: Text
    severity: Severity
    suggestion: str | None = None
    heading: str = ""
    rows: tuple[int, ...] = ()

    @property
    def refused(self) -> bool:
        return self.severity is Severity.REFUSED


def _put(message: Text, facts: dict[str, Any]) -> str:
    return str(message) % facts


_put_lazy = lazy(_put, str)


def said(message: Text, **facts: Any) -> Text:
    """The lazy message with its facts, put in when it is shown: so one problem can be said in both languages."""
    return _put_lazy(message, facts)


def in_both(message: Text) -> dict[str, str]:
    """The message in English and in Hindi, for an answer that carries both."""
    spoken = {}
    for language in ("en", "hi"):
        with override(language):
            spoken[language] = str(message)
    return spoken


def refused(
    code: str, column: str, message: Text, suggestion: str | None = None, rows: tuple[int, ...] = ()
) -> Problem:
    return Problem(code, column, message, Severity.REFUSED, suggestion, rows=rows)


def warning(
    code: str, column: str, message: Text, suggestion: str | None = None, rows: tuple[int, ...] = ()
) -> Problem:
    return Problem(code, column, message, Severity.WARNING, suggestion, rows=rows)


_AS_XLSX = _("Open it in the program it was made with and save it as an Excel workbook (.xlsx), then upload that.")
_TABLE_ALONE = _("Copy the table alone into a new workbook, save it as .xlsx and upload that.")

# Code of the reader: what is wrong, and what to do.
UNREADABLE: dict[str, tuple[Text, Text]] = {
    "empty_file": (
        _("The file is empty."),
        _("Save the sheet again and upload it; perhaps it was still open in another program."),
    ),
    "too_big": (
        _("The file has %(size)s MB; %(limit)s MB are taken."),
        _("Remove pictures and other sheets, or divide the list into several files."),
    ),
    "is_pdf": (
        _("This is a PDF, whatever its name says; the list can't be read out of it reliably."),
        _("Ask the office for the Excel or CSV file from which the PDF was printed."),
    ),
    "is_picture": (
        _("This is a picture; the list can't be read out of it."),
        _("Ask the office for the Excel or CSV file."),
    ),
    "is_word": (
        _("This is a Word document, not a sheet."),
        _("Copy the table into the prescribed Excel sheet, save that and upload it."),
    ),
    "is_archive": (
        _("This is an archive (ZIP, RAR) and not a sheet."),
        _("Unpack it and upload the Excel or CSV file that is in it."),
    ),
    "unknown_kind": (_("This is not a sheet that can be read (Excel, LibreOffice or CSV)."), _AS_XLSX),
    "encrypted": (
        _("The workbook is protected with a password, so it can't be read."),
        _("Open it, remove the password (File, Info, Protect Workbook), save it and upload it again."),
    ),
    "damaged": (
        _("The file is damaged or incomplete; perhaps copying it was interrupted."),
        _("Open it in Excel or LibreOffice, save it as a new .xlsx workbook and upload that, or ask for it again."),
    ),
    "unpacks_too_big": (
        _("The workbook unpacks to %(size)s MB; %(limit)s MB are taken. A staff list is never that large."),
        _TABLE_ALONE,
    ),
    "far_cell": (
        _("Something stands far below or beside the table, down to row %(row)s."),
        _TABLE_ALONE,
    ),
    "too_complex": (_("Reading the file took too long or too much memory."), _TABLE_ALONE),
    "too_many_rows": (
        _("The sheet has %(rows)s filled rows; %(limit)s are taken at once."),
        _("Divide the list into several files, for instance one for each office."),
    ),
    "too_many_columns": (
        _("The sheet has %(columns)s filled columns; %(limit)s are taken."),
        _("Delete the columns that don't belong to the list."),
    ),
    "no_sheet": (_("The workbook has no sheet with anything in it."), _("Check that the right file was chosen.")),
    "no_heading": (
        _("No row of headings was found, such as Name, Mobile, E-mail, Date of birth."),
        _("Use the prescribed sheet, or put one row of headings above the list."),
    ),
    "no_rows": (
        _("There are headings but no rows below them."),
        _("Fill in the rows, save the sheet and upload it again."),
    ),
}


def unreadable(code: str, **facts: int | str) -> SheetUnreadable:
    message, remedy = UNREADABLE.get(code, UNREADABLE["damaged"])
    return SheetUnreadable(code, said(message, **facts) if facts else message, remedy)
