"""Sheets made while the test runs, as offices make them."""

from __future__ import annotations

import csv
import io
import struct
import zipfile
from collections.abc import Iterable, Sequence
from datetime import date, datetime, time
from typing import Any

import xlsxwriter

from employee_master.sheets.columns import Mapping, match_columns
from employee_master.sheets.judge import judge_sheet
from employee_master.sheets.reading import read_sheet
from employee_master.sheets.rows import JudgedRow

TODAY = date(2026, 11, 22)
DOMAINS = ("state.example", "gov.in")
HEADINGS = (
    "Employee code",
    "Name (English)",
    "नाम (हिन्दी में)",
    "Date of birth",
    "Mobile",
    "Govt. e-mail",
    "Designation",
    "Section",
)


def person(number: int = 1, **other: Any) -> dict[str, Any]:
    return {
        "Employee code": f"E-{number:04}",
        "Name (English)": "Anita Rawat",
        "नाम (हिन्दी में)": "अनीता रावत",
        "Date of birth": f"{number % 28 + 1:02}-06-{1970 + number % 25}",
        "Mobile": f"98000{number:05}",
        "Govt. e-mail": f"anita.{number}@gad.state.example",
        "Designation": "Review Officer",
        "Section": "GAD-1",
        **other,
    }


def table(*people: dict[str, Any]) -> list[list[Any]]:
    headings = list(dict.fromkeys([*HEADINGS, *(heading for one in people for heading in one)]))
    return [headings, *([one.get(heading, "") for heading in headings] for one in people)]


def xlsx(
    rows: Iterable[Sequence[Any]], *, name: str = "Sheet1", extra: Any = None, **more: Iterable[Sequence[Any]]
) -> bytes:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out) as book:
        day = book.add_format({"num_format": "dd/mm/yyyy"})
        for title, lines in {name: rows, **more}.items():
            page = book.add_worksheet(title)
            for at, line in enumerate(lines):
                for place, cell in enumerate(line):
                    _write(page, at, place, cell, day)
        if extra:
            extra(book, book.get_worksheet_by_name(name))
    return out.getvalue()


def _write(page: Any, row: int, column: int, cell: Any, day: Any) -> None:
    if isinstance(cell, date):
        page.write_datetime(row, column, datetime.combine(cell, time()), day)
    elif isinstance(cell, str) and cell.startswith("="):
        page.write_formula(row, column, cell, None, "#N/A" if cell == "=NA()" else "")
    elif isinstance(cell, str):
        page.write_string(row, column, cell)
    else:
        page.write(row, column, cell)


def text(rows: Iterable[Sequence[Any]], *, encoding: str = "utf-8", delimiter: str = ",") -> bytes:
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter).writerows(rows)
    return out.getvalue().encode(encoding)


def ods(rows: Iterable[Sequence[str]]) -> bytes:
    def cell(value: str) -> str:
        return f'<table:table-cell office:value-type="string"><text:p>{value}</text:p></table:table-cell>'

    body = "".join(f"<table:table-row>{''.join(map(cell, row))}</table:table-row>" for row in rows)
    spaces = " ".join(
        f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"' for name in ("office", "table", "text")
    )
    content = (
        f'<?xml version="1.0"?><office:document-content {spaces}><office:body><office:spreadsheet>'
        f'<table:table table:name="S">{body}</table:table></office:spreadsheet></office:body></office:document-content>'
    )
    manifest = (
        '<?xml version="1.0"?><manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">'
        '<manifest:file-entry manifest:full-path="/" '
        'manifest:media-type="application/vnd.oasis.opendocument.spreadsheet"/>'
        "</manifest:manifest>"
    )
    return zipped(
        {
            "mimetype": "application/vnd.oasis.opendocument.spreadsheet",
            "content.xml": content,
            "META-INF/manifest.xml": manifest,
        }
    )


def zipped(entries: dict[str, str | bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, content in entries.items():
            archive.writestr(path, content)
    return out.getvalue()


def changed(workbook: bytes, **parts: str | bytes) -> bytes:
    """A workbook with some of its parts replaced; names with __ for / and _ before the ending."""
    with zipfile.ZipFile(io.BytesIO(workbook)) as archive:
        entries: dict[str, str | bytes] = {name: archive.read(name) for name in archive.namelist()}
    return zipped(entries | {name.replace("__", "/").replace("_xml", ".xml"): part for name, part in parts.items()})


def xls(rows: Sequence[Sequence[str | float]]) -> bytes:
    """A workbook of Excel 97, by hand: globals, one sheet, labels and numbers, in a compound file."""
    name = "कर्मचारी"

    def bof(kind: int) -> bytes:
        return _record(0x0809, struct.pack("<HHHHII", 0x0600, kind, 0x0DBB, 0x07CC, 0, 6))

    def globals_(offset: int) -> bytes:
        sheet = struct.pack("<IHBB", offset, 0, len(name), 1) + name.encode("utf-16-le")
        return bof(5) + _record(0x0042, struct.pack("<H", 1200)) + _record(0x0085, sheet) + _record(0x000A)

    cells = b""
    for row, line in enumerate(rows):
        for column, cell in enumerate(line):
            if isinstance(cell, str):
                label = struct.pack("<HHHHB", row, column, 0, len(cell), 1) + cell.encode("utf-16-le")
                cells += _record(0x0204, label) if cell else b""
            else:
                cells += _record(0x0203, struct.pack("<HHHd", row, column, 0, cell))
    size = struct.pack("<IIHHH", 0, len(rows), 0, max(map(len, rows)), 0)
    sheet = bof(0x10) + _record(0x0200, size) + cells + _record(0x000A)
    return compound("Workbook", globals_(len(globals_(0))) + sheet)


def _record(kind: int, data: bytes = b"") -> bytes:
    return struct.pack("<HH", kind, len(data)) + data


def compound(stream_name: str, stream: bytes) -> bytes:
    """A compound file (OLE) with one stream."""
    free, end, sector = 0xFFFFFFFF, 0xFFFFFFFE, 512
    stream = stream.ljust(4096, b"\0")
    stream += b"\0" * (-len(stream) % sector)
    count = len(stream) // sector
    table_ = [0xFFFFFFFD, end, *(place + 3 for place in range(count - 1)), end]
    table_ += [free] * (128 - len(table_))

    def entry(name: str, kind: int, start: int, size: int, child: int = free) -> bytes:
        title = (name + "\0").encode("utf-16-le") if name else b""
        head = title.ljust(64, b"\0") + struct.pack("<HBBIII", len(title), kind, 1, free, free, child)
        return head + b"\0" * 36 + struct.pack("<IQ", start, size)

    directory = entry("Root Entry", 5, end, 0, 1) + entry(stream_name, 2, 2, len(stream)) + entry("", 0, 0, 0) * 2
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 16 + struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6) + b"\0" * 6
    header += struct.pack("<IIIIIIIIII", 0, 1, 1, 0, 4096, end, 0, end, 0, 0) + b"\xff" * (4 * 108)
    return header + struct.pack("<128I", *table_) + directory + stream


def judged(content: bytes, *, hand: dict[int, Any] | None = None) -> tuple[Mapping, list[JudgedRow]]:
    """Read, matched and judged in one go."""
    sheet = read_sheet(content, "upload")
    mapping = match_columns(sheet.columns, [row.cells for row in sheet.rows])
    if hand:
        mapping = mapping.by_hand(hand)
    return mapping, judge_sheet(sheet, mapping, today=TODAY, allowed_domains=DOMAINS)


def codes(row: JudgedRow) -> list[str]:
    return [problem.code for problem in row.problems]
