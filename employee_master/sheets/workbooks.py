"""Workbooks of Excel and LibreOffice, by calamine. Runs in the child."""

from __future__ import annotations

import datetime as dt
import io
import re
import zipfile
from collections.abc import Iterator
from typing import Any
from xml.etree import ElementTree as ET

from employee_master.sheets.parts import (
    MIB,
    SHEETS,
    TEXT_LIMIT,
    UNCALCULATED,
    Cell,
    Part,
    Refused,
    Row,
    local,
    parse_xml,
)

CELLS = 10_000_000  # from the first cell to the last, empty ones as well: each costs the reader 40 bytes


def workbook(data: bytes, kind: str) -> Iterator[Part]:
    import python_calamine as calamine  # noqa: PLC0415 - after the limits

    looks = _Looks(data) if kind == "xlsx" else None
    try:
        book = calamine.CalamineWorkbook.from_filelike(io.BytesIO(data))
        for place, about in enumerate(book.sheets_metadata[:SHEETS]):
            if about.typ != calamine.SheetTypeEnum.WorkSheet:
                continue
            look = looks.of(about.name) if looks else _Look()
            if look.last_row * look.last_column > CELLS:
                raise Refused("far_cell", row=look.last_row)
            sheet = book.get_sheet_by_index(place)
            visible = about.visible == calamine.SheetVisibleEnum.Visible
            merges = [(top, left, bottom, right) for (top, left), (bottom, right) in sheet.merged_cell_ranges or ()]
            yield Part(about.name, _sheet_rows(sheet, look), visible=visible, merges=merges)
    except calamine.PasswordError as error:
        raise Refused("encrypted") from error
    except (calamine.CalamineError, ValueError, OverflowError) as error:
        raise Refused("damaged") from error


def _sheet_rows(sheet: Any, look: _Look) -> Iterator[Row]:
    if sheet.start is None:
        return
    before = [""] * sheet.start[1]  # columns left of the first that holds something are not given; rows above are
    for number, cells in enumerate(sheet.iter_rows(), start=1):
        errors = look.errors.get(number)
        filled = look.filled.get(number)
        if not errors and not any(cell != "" for cell in cells):
            continue
        values = before + [_cell(cell) for cell in cells]
        for column, text in (filled or {}).items():
            if column < len(values):
                values[column] = text
        for column, text in (errors or {}).items():
            values += [""] * (column + 1 - len(values))
            values[column] = ["e", text]
        yield number, number in look.hidden, values


def _cell(value: Any) -> Cell:
    if isinstance(value, str):
        return value[:TEXT_LIMIT]
    if isinstance(value, dt.datetime):
        return ["d", value.date().isoformat()]
    if isinstance(value, dt.date):
        return ["d", value.isoformat()]
    if isinstance(value, (dt.time, dt.timedelta)):
        return str(value)
    return value


class _Look:
    """What calamine does not tell of a sheet: hidden rows, error values, and how far it reaches."""

    def __init__(self) -> None:
        self.hidden: set[int] = set()
        self.errors: dict[int, dict[int, str]] = {}
        self.filled: dict[int, dict[int, str]] = {}  # 71 in the format 00000 is 00071
        self.last_row = self.last_column = 0


_HIDDEN = re.compile(rb'<(?:\w+:)?row\s(?=[^>]*\bhidden\s*=\s*"(?:1|true)")[^>]*\br\s*=\s*"([0-9]{1,7})"')
_FILLED = re.compile(rb'<(?:\w+:)?c\s[^>]*?\br\s*=\s*"([A-Z]{1,3})([0-9]{1,7})"[^>]*(?<!/)>')
_FAILED = re.compile(rb'<(?:\w+:)?c\s(?=[^>]*\bt\s*=\s*"e")[^>]*?\br\s*=\s*"([A-Z]{1,3})([0-9]{1,7})"')
# A formula without its result, which some programs leave to Excel. A text that came out empty is t="str".
_FORMULA = re.compile(
    rb'<(?:\w+:)?c\s(?![^>]*\bt\s*=\s*"(?:str|e|b)")[^>]*?\br\s*=\s*"([A-Z]{1,3})([0-9]{1,7})"[^>]*(?<!/)>\s*'
    rb"<(?:\w+:)?f(?:\s[^>]*)?(?:/>|>[^<]*</(?:\w+:)?f>)\s*(?:<(?:\w+:)?v\s*/>|<(?:\w+:)?v>\s*</(?:\w+:)?v>)?\s*</(?:\w+:)?c>"
)
_NUMBERED = re.compile(
    rb'<(?:\w+:)?c\s(?![^>]*\bt\s*=\s*"[^n])[^>]*?\br\s*=\s*"([A-Z]{1,3})([0-9]{1,7})"[^>]*?\bs\s*=\s*"([0-9]+)"[^>]*>'
    rb"\s*<(?:\w+:)?v>([0-9]+)</"
)
_VALUE = re.compile(rb"<(?:\w+:)?v>([^<]{0,40})</")
_ROW_END = b"row>"


class _Looks:
    def __init__(self, data: bytes) -> None:
        self.archive = zipfile.ZipFile(io.BytesIO(data))
        self.paths = self._paths()
        self.noughts = self._noughts()

    def of(self, name: str) -> _Look:
        look = _Look()
        path = self.paths.get(name)
        if path is None:
            return look
        try:
            with self.archive.open(path) as entry:
                for piece in _whole_rows(entry):
                    _look_at(piece, look)
                    if self.noughts:
                        _fill_up(piece, look, self.noughts)
        except (zipfile.BadZipFile, KeyError, EOFError, ValueError, OSError, NotImplementedError) as error:
            raise Refused("damaged") from error
        return look

    def _paths(self) -> dict[str, str]:
        """Where each sheet is, by its name. A workbook that hides it is read without a look."""
        names = self.archive.namelist()
        books = [name for name in names if re.fullmatch(r"xl/[^/]*\.xml", name) and "workbook" in name]
        try:
            book = self._xml(books[0])
            links = self._xml(f"xl/_rels/{books[0].removeprefix('xl/')}.rels")
        except (IndexError, KeyError):
            return {}
        targets = {
            link.get("Id"): str(link.get("Target")) for link in links.iter() if local(link.tag) == "Relationship"
        }
        found = {}
        for sheet in (element for element in book.iter() if local(element.tag) == "sheet"):
            link = next((value for key, value in sheet.attrib.items() if local(key) == "id" and key != "id"), None)
            target = targets.get(link, "")
            found[str(sheet.get("name"))] = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
        return {name: path for name, path in found.items() if path in names}

    def _noughts(self) -> dict[bytes, int]:
        """The formats that fill a number up with noughts, by their number among the looks of cells: how many digits."""
        try:
            styles = self._xml("xl/styles.xml")
        except KeyError:
            return {}
        codes = {one.get("numFmtId"): one.get("formatCode", "") for one in styles.iter() if local(one.tag) == "numFmt"}
        looks = next((one for one in styles.iter() if local(one.tag) == "cellXfs"), ())
        widths = [codes.get(look.get("numFmtId"), "").replace("\\", "").strip('"') for look in looks]
        return {
            str(at).encode(): len(code) for at, code in enumerate(widths) if code.strip("0") == "" and len(code) > 1
        }

    def _xml(self, path: str) -> ET.Element:
        return parse_xml(self.archive.read(path))


def _whole_rows(entry: Any) -> Iterator[bytes]:
    rest = b""
    while piece := entry.read(MIB):
        rest += piece
        cut = rest.rfind(_ROW_END)
        if cut < 0 and len(rest) > 4 * MIB:
            cut = rest.rfind(b"<")
        if cut > 0:
            yield rest[:cut]
            rest = rest[cut:]
    yield rest


def _look_at(piece: bytes, look: _Look) -> None:
    look.hidden.update(int(row) for row in _HIDDEN.findall(piece))
    filled = _FILLED.findall(piece)  # a cell with a format and no value costs nothing
    if filled:
        look.last_row = max(look.last_row, int(filled[-1][1]))
        look.last_column = max(
            look.last_column, *(_column(letters) + 1 for letters in {column for column, _row in filled})
        )
    for cell in _FAILED.finditer(piece):
        value = _VALUE.search(piece, cell.end(), cell.end() + 5000)
        text = value[1].decode("ascii", "replace") if value else "#"
        look.errors.setdefault(int(cell[2]), {})[_column(cell[1])] = text
    for cell in _FORMULA.finditer(piece) if b"<f" in piece or b":f" in piece else ():
        look.errors.setdefault(int(cell[2]), {})[_column(cell[1])] = UNCALCULATED


def _fill_up(piece: bytes, look: _Look, noughts: dict[bytes, int]) -> None:
    for cell in _NUMBERED.finditer(piece):
        width = noughts.get(cell[3])
        if width and len(cell[4]) < width:
            look.filled.setdefault(int(cell[2]), {})[_column(cell[1])] = cell[4].decode().zfill(width)


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number - 1
