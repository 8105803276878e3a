"""What opens uploaded sheets: a program of its own, as `eoffice.documents.child` is for papers.

It sets its limits before it looks at a byte, knows nothing of Django, and answers in JSON: what kind of file it is,
and for each sheet a file `N.jsonl` with one line for each row that is not empty: [row number, hidden, cells]. A cell
is text, a number, true or false, ["d", day] or ["e", error value].
"""

from __future__ import annotations

import io
import json
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NoReturn

sys.path.append(str(Path(__file__).resolve().parents[2]))  # run as a script, with an isolated path

from employee_master.sheets.parts import MIB, Cell, Part, Refused, Row
from employee_master.sheets.texts import decode, hypertext, separated, xml2003
from employee_master.sheets.workbooks import workbook
from eoffice.documents.child import limit

UNPACKED = 160 * MIB
ENTRIES = 5_000
RATIO, RATIO_FROM = 200, 8 * MIB  # an entry that unpacks to more than this much may be so many times its packed size
MIMETYPE = 200  # bytes
STRANGE = 3  # control characters that even a short text may hold
HEAD = 100  # headings are looked for in so many rows

# What is it? Its content says so, not its name.

_OTHERS = (
    (b"%PDF", "is_pdf"),
    (b"Rar!", "is_archive"),
    (b"7z\xbc\xaf", "is_archive"),
    (b"{\\rtf", "is_word"),
    *((picture, "is_picture") for picture in (b"\xff\xd8\xff", b"\x89PNG", b"GIF8", b"II*\x00", b"MM\x00*", b"BM")),
)


def kind_of(data: bytes) -> str:
    start = data[:8]
    if not data.strip(b"\x00 \t\r\n\xef\xbb\xbf\xff\xfe"):
        raise Refused("empty_file")
    if start.startswith(b"PK\x03\x04"):
        return _kind_of_zip(data)
    if start.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        return _kind_of_ole(data)
    for signature, code in _OTHERS:
        if start.startswith(signature):
            raise Refused(code)
    return _kind_of_text(decode(data[: 64 * 1024]))


def _kind_of_text(text: str) -> str:
    head = text.lstrip()[:4096].lower()
    if head.startswith("<"):
        if "urn:schemas-microsoft-com:office:spreadsheet" in head:
            return "xml2003"
        if "<table" in text.lower() or "<html" in head:
            return "html"
        raise Refused("unknown_kind")
    strange = sum(1 for c in text if c < " " and c not in "\t\r\n\x0b\x0c")
    if strange > STRANGE + len(text) / 100:
        raise Refused("unknown_kind")
    return "csv"


def _kind_of_zip(data: bytes) -> str:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            entries = archive.infolist()
            names = {entry.filename for entry in entries}
            opendocument = b""
            if "mimetype" in names and archive.getinfo("mimetype").file_size < MIMETYPE:
                opendocument = archive.read("mimetype")
    except (zipfile.BadZipFile, ValueError, NotImplementedError, RuntimeError, EOFError, KeyError) as error:
        raise Refused("damaged") from error
    _check_size(entries)
    if any(entry.flag_bits & 1 for entry in entries):
        raise Refused("encrypted")
    if b"opendocument.spreadsheet" in opendocument:
        return "ods"
    if any(name.startswith("xl/") for name in names):
        return "xlsb" if "xl/workbook.bin" in names else "xlsx"
    if any(name.startswith("word/") for name in names) or b"opendocument.text" in opendocument:
        raise Refused("is_word")
    raise Refused("is_archive")


def _check_size(entries: list[zipfile.ZipInfo]) -> None:
    if len(entries) > ENTRIES:
        raise Refused("too_complex")
    unpacked = sum(entry.file_size for entry in entries)
    if unpacked > UNPACKED:
        raise Refused("unpacks_too_big", size=unpacked // MIB, limit=UNPACKED // MIB)
    for entry in entries:
        if entry.file_size > RATIO_FROM and entry.file_size > RATIO * max(entry.compress_size, 1):
            raise Refused("unpacks_too_big", size=unpacked // MIB, limit=UNPACKED // MIB)


def _kind_of_ole(data: bytes) -> str:
    def named(stream: str) -> bool:
        return stream.encode("utf-16-le") in data

    if named("EncryptedPackage"):
        raise Refused("encrypted")
    if named("WordDocument"):
        raise Refused("is_word")
    if named("Workbook") or named("Book"):
        return "xls"
    raise Refused("unknown_kind")


# Answering


def write(parts: Iterator[Part], out: Path, *, rows: int) -> list[dict[str, Any]]:
    """A file for each sheet; what comes after `rows` rows is counted and left out."""
    answer = []
    for place, part in enumerate(parts):
        down = sorted((top, bottom, left) for top, left, bottom, _right in part.merges if bottom > top)
        count = 0
        with (out / f"{place}.jsonl").open("w", encoding="utf-8") as lines:
            for number, hidden, values in _filled(part.rows, down):
                while values and values[-1] == "":
                    values.pop()
                if not values or all(isinstance(value, str) and not value.strip() for value in values):
                    continue
                count += 1
                if count <= rows:
                    lines.write(json.dumps([number, hidden, values], ensure_ascii=True) + "\n")
        across = [merge for merge in part.merges if merge[3] > merge[1] and merge[0] < HEAD][:500]
        answer.append({"name": part.name, "visible": part.visible, "rows": count, "merges": across})
    return answer


def _filled(rows: Iterator[Row], down: list[tuple[int, int, int]]) -> Iterator[Row]:
    """A cell that is merged over several rows says the same in each of them."""
    open_ones: list[tuple[int, int, Cell]] = []
    coming = 0
    for number, hidden, values in rows:
        row = number - 1
        own = any(value != "" for value in values)
        while coming < len(down) and down[coming][0] <= row:
            top, bottom, left = down[coming]
            if top == row and left < len(values):
                open_ones.append((bottom, left, values[left]))
            coming += 1
        open_ones = [(bottom, left, value) for bottom, left, value in open_ones if bottom >= row]
        if own:
            _fill(values, open_ones)
        yield number, hidden, values


def _fill(values: list[Cell], merged: list[tuple[int, int, Cell]]) -> None:
    for _bottom, left, value in merged:
        values.extend([""] * (left + 1 - len(values)))
        if values[left] == "":
            values[left] = value


READERS = {"csv": separated, "html": hypertext, "xml2003": xml2003}


def read(path: Path, out: Path, *, rows: int) -> dict[str, Any]:
    data = path.read_bytes()
    kind = kind_of(data)
    parts = READERS[kind](data) if kind in READERS else workbook(data, kind)
    sheets = write(parts, out, rows=rows)
    return {"kind": kind, "macros": kind == "xlsx" and b"vbaProject.bin" in data, "sheets": sheets}


def main() -> NoReturn:
    request = json.loads(sys.stdin.read())
    limit(memory=request["memory"], seconds=request["seconds"], output=request["output"])
    answer: dict[str, Any]
    try:
        answer = {"ok": read(Path(request["path"]), Path(request["out"]), rows=request["rows"])}
    except Refused as refused:
        answer = {"refused": refused.code, "facts": refused.facts}
    except (MemoryError, RecursionError):
        answer = {"refused": "too_complex", "facts": {}}
    sys.stdout.write(json.dumps(answer))
    sys.stdout.flush()
    sys.exit(0)


if __name__ == "__main__":
    main()
