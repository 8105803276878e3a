"""Separated text, and tables of hypertext or old XML that call themselves workbooks. Runs in the child."""

from __future__ import annotations

import csv
import io
import itertools
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from xml.etree import ElementTree as ET

from employee_master.sheets.parts import SHEETS, TEXT_LIMIT, Cell, Merge, Part, Row, local, parse_xml


def decode(data: bytes) -> str:
    """By its byte order mark, else UTF-8 if it is, else as Windows writes western letters (and Kruti Dev)."""
    for mark, encoding in ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be")):
        if data.startswith(mark):
            return data[len(mark) :].decode(encoding, "replace")
    start = data[:4000]
    if start[1::2].count(0) > len(start) / 5:
        return data.decode("utf-16-le", "replace")
    if start[::2].count(0) > len(start) / 5:
        return data.decode("utf-16-be", "replace")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        if error.start >= len(data) - 3:  # a sample cut within a letter
            return data[: error.start].decode("utf-8")
    letters = _ISCII if _is_iscii(data) else _WINDOWS
    return "".join(letters.get(byte, chr(byte)) for byte in data)


# IS 13194: how the programs of GIST and DOS wrote Devanagari. Each letter is one byte; A1 is the first.
_ISCII_LETTERS = (
    *(*range(0x901, 0x904), *range(0x905, 0x90C), 0x90E, 0x90F, 0x910, 0x90D, 0x912, 0x913, 0x914, 0x911),
    *(*range(0x915, 0x930), 0x95F, *range(0x930, 0x93A), 0x200D),
    *(*range(0x93E, 0x944), 0x946, 0x947, 0x948, 0x945, 0x94A, 0x94B, 0x94C, 0x949, 0x94D, 0x93C, 0x964),
)
_ISCII_ALONE = re.compile(rb"(?<![A-Za-z\x80-\xff])[\xa1-\xea\xf1-\xfa]{2,}(?![A-Za-z\x80-\xff])")
_ISCII_MOST = 0.9


def _is_iscii(data: bytes) -> bool:
    """Its letters make whole words. Western ones, and Kruti Dev, stand among ASCII letters."""
    high = sum(byte > _ASCII for byte in data)
    return sum(map(len, _ISCII_ALONE.findall(data))) > _ISCII_MOST * high


_ASCII = 0x7F
_WINDOWS = {
    byte: bytes([byte]).decode("cp1252") for byte in range(128, 160) if byte not in {0x81, 0x8D, 0x8F, 0x90, 0x9D}
}


_ISCII = {byte: chr(letter) for byte, letter in enumerate(_ISCII_LETTERS, start=0xA1)}
_ISCII |= {0xF1 + digit: chr(0x966 + digit) for digit in range(10)}


def separated(data: bytes) -> Iterator[Part]:
    text = decode(data).replace("\x00", "")
    said = re.match(r"sep=(.)\r?\n", text)
    delimiter = said[1] if said else _delimiter(text)
    yield Part("", _csv_rows(text[said.end() :] if said else text, delimiter))


def _delimiter(text: str) -> str:
    """The one that cuts the most lines into the same number of cells."""
    lines = list(itertools.islice((line for line in text.splitlines() if line.strip()), 60))
    best, found = 0.0, ","
    for delimiter in (",", ";", "\t", "|"):
        widths = [len(row) for row in csv.reader(lines, delimiter=delimiter) if row]
        usual = max(set(widths), key=lambda width: (widths.count(width), width), default=1)
        score = (usual - 1) * widths.count(usual) / max(len(widths), 1)
        if usual > 1 and score > best:
            best, found = score, delimiter
    return found


def _swallowed(rows: list[list[str]], delimiter: str) -> bool:
    """Whether a cell holds further rows, with their cells."""
    width = max(map(len, rows), default=0)
    return any(
        line.count(delimiter) >= max(width // 2, 2)
        for row in rows
        for cell in row
        if "\n" in cell
        for line in cell.splitlines()[1:]
    )


def _line(line: str, delimiter: str) -> list[str]:
    if line.count('"') % 2:
        return line.replace('"', "").split(delimiter)
    return next(csv.reader([line], delimiter=delimiter), [])


def _csv_rows(text: str, delimiter: str) -> Iterator[Row]:
    csv.field_size_limit(20_000)
    try:
        rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))
        broken = _swallowed(rows, delimiter)
    except csv.Error:
        broken = True
    if broken:  # a quotation mark that is never closed
        rows = [_line(line, delimiter) for line in text.splitlines()]
    for number, cells in enumerate(rows, start=1):
        if any(cell.strip() for cell in cells):
            yield number, False, [cell[:TEXT_LIMIT] for cell in cells]


# Tables that only call themselves workbooks


class _Tables(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.tables: list[list[list[tuple[str, int, int]]]] = []
        self.cell: list[str] | None = None
        self.spans = (1, 1)
        self.skipped = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in {"script", "style"}:
            self.skipped += 1
        elif tag == "table":
            self._close()
            self.tables.append([])
        elif tag == "tr":
            self._close()
            if not self.tables:
                self.tables.append([])
            self.tables[-1].append([])
        elif tag in {"td", "th"}:
            self._close()
            facts = dict(attrs)
            self.cell, self.spans = [], (_span(facts.get("colspan")), _span(facts.get("rowspan")))
        elif tag in {"br", "p", "div"} and self.cell:
            self.cell.append("\n")

    def handle_endtag(self, tag: str) -> None:
        if tag in {"script", "style"}:
            self.skipped = max(0, self.skipped - 1)
        elif tag in {"td", "th", "tr", "table"}:
            self._close()

    def handle_data(self, data: str) -> None:
        if self.cell is not None and not self.skipped:
            self.cell.append(re.sub(r"[ \t\r\n]+", " ", data))

    def _close(self) -> None:
        if self.cell is not None and self.tables and self.tables[-1]:
            self.tables[-1][-1].append(("".join(self.cell).strip()[:TEXT_LIMIT], *self.spans))
        self.cell = None


def _span(value: str | None) -> int:
    return min(int(value), 200) if value and value.strip().isdecimal() and int(value) > 0 else 1


def hypertext(data: bytes) -> Iterator[Part]:
    parser = _Tables()
    parser.feed(decode(data))
    parser.close()
    for table in parser.tables[:SHEETS]:
        rows, merges = _laid_out(table)
        yield Part("", iter(rows), merges=merges)


def _laid_out(table: list[list[tuple[str, int, int]]]) -> tuple[list[Row], list[Merge]]:
    rows: list[Row] = []
    merges: list[Merge] = []
    taken: set[tuple[int, int]] = set()
    for top, cells in enumerate(table):
        values: list[Cell] = []
        for text, wide, high in cells:
            while (top, len(values)) in taken:
                values.append("")
            left = len(values)
            values += [text] + [""] * (wide - 1)
            if wide > 1 or high > 1:
                merges.append((top, left, top + high - 1, left + wide - 1))
                taken |= {(row, left + step) for row in range(top + 1, top + min(high, 200)) for step in range(wide)}
        if any(values):
            rows.append((top + 1, False, values))
    return rows, merges


def xml2003(data: bytes) -> Iterator[Part]:
    """Workbooks that Excel wrote as XML before 2007, as report programs still do."""
    root = parse_xml(data)
    for sheet in [element for element in root.iter() if local(element.tag) == "Worksheet"][:SHEETS]:
        rows: list[Row] = []
        number = 0
        for row in (element for element in sheet.iter() if local(element.tag) == "Row"):
            number = _index(row, number)
            values: list[Cell] = []
            for cell in (element for element in row if local(element.tag) == "Cell"):
                values += [""] * min(_index(cell, len(values)) - 1 - len(values), 300)
                values.append(_typed(cell))
                values += [""] * min(_number(cell, "MergeAcross"), 300)
            rows.append((number, _number(row, "Hidden") == 1, values))
        yield Part(next((value for key, value in sheet.attrib.items() if local(key) == "Name"), ""), iter(rows))


def _number(element: ET.Element, fact: str) -> int:
    value = next((value for key, value in element.attrib.items() if local(key) == fact), "0")
    return int(value) if value.isdecimal() else 0


def _index(element: ET.Element, last: int) -> int:
    return min(max(_number(element, "Index"), last + 1), 2_000_000)


def _typed(cell: ET.Element) -> Cell:
    data = next((element for element in cell if local(element.tag) == "Data"), None)
    if data is None:
        return ""
    text = "".join(data.itertext())[:TEXT_LIMIT]
    kind = next((value for key, value in data.attrib.items() if local(key) == "Type"), "")
    if kind == "Error":
        return ["e", text]
    if kind == "DateTime" and re.match(r"\d{4}-\d\d-\d\d", text):
        return ["d", text[:10]]
    if kind == "Number":
        try:
            return float(text)
        except ValueError:
            return text
    return text
