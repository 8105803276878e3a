"""A sheet as it was read: headings, rows with the numbers that the sheet gives them, and raw cells."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from string import ascii_uppercase

from eoffice.core.errors import Text

# The columns that a corrected sheet has besides the user's own; they are not read again.
ERRORS_HI, ERRORS_EN = "क्या गलत है", "What is wrong"


@dataclass(frozen=True, slots=True)
class CellError:
    """A formula that failed, shown as #N/A or #REF!; or one that was never calculated."""

    shown: str


Cell = str | int | float | bool | date | CellError


@dataclass(frozen=True, slots=True)
class Column:
    """A column that holds something. `heading` is as in the sheet, group and sub-heading joined by " / "."""

    place: int  # from 0, in the sheet
    heading: str
    parts: tuple[str, ...] = ()

    @property
    def letter(self) -> str:
        """As the sheet calls it: A, B, ... AA."""
        letters, place = "", self.place + 1
        while place:
            place, rest = divmod(place - 1, 26)
            letters = ascii_uppercase[rest] + letters
        return letters


@dataclass(frozen=True, slots=True)
class SheetRow:
    number: int  # as the sheet counts, from 1
    cells: tuple[Cell, ...]  # one for each of the sheet's columns
    hidden: bool = False


@dataclass(frozen=True, slots=True)
class Note:
    """Something the reader noticed: a row that it left out, and why. `row` is 0 where the whole file is meant."""

    code: str
    message: Text
    row: int = 0


@dataclass(frozen=True, slots=True)
class Sheet:
    kind: str  # xlsx, xlsb, xls, ods, csv, html, xml2003
    name: str
    other_sheets: tuple[str, ...]
    header_row: int  # the last row of headings, as the sheet counts
    columns: tuple[Column, ...]
    rows: tuple[SheetRow, ...]
    left_out: tuple[SheetRow, ...]  # titles above, totals and signatures below, repeated headings, examples
    notes: tuple[Note, ...]
