"""A file as an office sends it, read into a `Sheet`: headings, rows with the sheet's own numbers, raw cells."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import islice, pairwise

from django.utils.translation import gettext_lazy as _

from employee_master.sheets.cell import ERRORS_EN, ERRORS_HI, Cell, Column, Note, Sheet, SheetRow
from employee_master.sheets.headings import field_of_heading
from employee_master.sheets.lines import Kind, kind_of_row
from employee_master.sheets.messages import MIB, said, unreadable
from employee_master.sheets.opening import Opened, opened
from employee_master.sheets.tidy import digits, shown

MAX_BYTES = 20 * MIB
MAX_ROWS = 20_000
MAX_COLUMNS = 120
LOOKED_AT = 60  # rows in which the heading is looked for
ENOUGH = 1.5  # two fields, when they are sure, make a heading
SEVERAL = 2

__all__ = ["MAX_ROWS", "read_sheet"]


def read_sheet(content: bytes, name: str, *, sheet_name: str = "", max_rows: int = MAX_ROWS) -> Sheet:
    """The sheet of the file that has a row of headings; `sheet_name` chooses one of several.

    The file is opened in a child process with little time and memory; its kind is known by content, `name` is for
    the log alone. Raises `SheetUnreadable`.
    """
    del name
    if len(content) > MAX_BYTES:
        raise unreadable("too_big", size=-(-len(content) // MIB), limit=MAX_BYTES // MIB)
    with opened(content, rows=max_rows + LOOKED_AT) as file:
        place, heading = _chosen(file, sheet_name)
        about = file.sheets[place]
        if about["rows"] > max_rows + LOOKED_AT:
            raise unreadable("too_many_rows", rows=about["rows"], limit=max_rows)
        sheet = _built(file, place, heading)
    if len(sheet.rows) > max_rows:
        raise unreadable("too_many_rows", rows=len(sheet.rows), limit=max_rows)
    return sheet


@dataclass(frozen=True, slots=True)
class _Heading:
    first: int  # row numbers
    last: int
    texts: dict[int, tuple[str, ...]]  # the parts of the heading of each column
    score: float


def _chosen(file: Opened, sheet_name: str) -> tuple[int, _Heading]:
    """The sheet with the best row of headings; hidden sheets only if no other has one."""
    filled = [place for place, about in enumerate(file.sheets) if about["rows"]]
    if not filled:
        raise unreadable("no_sheet")
    if sheet_name:
        filled = [place for place in filled if file.sheets[place]["name"] == sheet_name] or filled
    found = []
    for place in filled:
        heading = _heading(list(islice(file.rows(place), LOOKED_AT)), file.sheets[place]["merges"])
        if heading:
            found.append((file.sheets[place]["visible"], heading.score, file.sheets[place]["rows"], -place, heading))
    if not found:
        raise unreadable("no_heading")
    *_rank, place, heading = max(found, key=lambda one: one[:4])
    return -place, heading


def _heading(rows: Sequence[SheetRow], merges: Iterable[Sequence[int]]) -> _Heading | None:
    """The row, or the two rows, that name the most fields."""
    across = {top + 1: [m for m in merges if m[0] == top] for top in {m[0] for m in merges}}
    best: _Heading | None = None
    for above, row in pairwise([None, *rows]):
        assert row is not None
        candidates = [_scored(row.number, row.number, _texts(row))]
        if above is not None and row.number - above.number <= SEVERAL and _is_text(row):
            candidates.append(_scored(above.number, row.number, _joined(above, row, across.get(above.number, []))))
        for candidate in candidates:
            if candidate.score >= ENOUGH and (best is None or candidate.score > best.score):
                best = candidate
    return best


def _texts(row: SheetRow) -> dict[int, tuple[str, ...]]:
    return {place: (cell.replace("\n", " "),) for place, cell in enumerate(row.cells) if isinstance(cell, str) and cell}


def _joined(above: SheetRow, row: SheetRow, merges: list[Sequence[int]]) -> dict[int, tuple[str, ...]]:
    """Group headings spread over their sub-headings: by the merged range, or until the next group."""
    upper, lower = _texts(above), _texts(row)
    for _top, left, _bottom, right in merges:
        upper |= {place: upper[left] for place in range(left, right + 1) if left in upper}
    if not merges:
        for place in range(1, max(lower, default=0) + 1):
            if place in lower and place not in upper and place - 1 in upper and place - 1 in lower:
                upper[place] = upper[place - 1]
    return {
        place: tuple(dict.fromkeys((*upper.get(place, ()), *lower.get(place, ()))))
        for place in sorted({*upper, *lower})
    }


def _is_text(row: SheetRow) -> bool:
    """Whether the row may be the second line of headings: several words, nothing like a person's data."""
    several = sum(1 for cell in row.cells if cell) >= SEVERAL
    return several and all(isinstance(cell, str) and not re.search(r"@|\d{3}", digits(cell)) for cell in row.cells)


def _scored(first: int, last: int, texts: dict[int, tuple[str, ...]]) -> _Heading:
    score, seen = 0.0, set()
    for parts in texts.values():
        if sum(map(len, parts)) > LONGEST_HEADING:
            continue
        found = field_of_heading(" / ".join(parts), parts)
        if found and found.field not in seen:
            seen.add(found.field)
            score += 0.4 if found.field in {"serial", "ignored"} else found.confidence
    return _Heading(first, last, texts, score)


LONGEST_HEADING = 160


def _built(file: Opened, place: int, heading: _Heading) -> Sheet:
    above: list[SheetRow] = []
    below: list[SheetRow] = []
    for row in file.rows(place):
        (above if row.number <= heading.last else below).append(row)
    columns = _columns(heading, below)
    places = [column.place for column in columns]
    below = [replace(row, cells=_picked(row.cells, places)) for row in below]
    rows, left_out, notes = _sorted_out(columns, below)
    if not rows:
        raise unreadable("no_rows")
    about = file.sheets[place]
    return Sheet(
        kind=file.kind,
        name=about["name"],
        other_sheets=tuple(other["name"] for other in file.sheets if other is not about and other["rows"]),
        header_row=heading.last,
        columns=columns,
        rows=tuple(rows),
        left_out=(*(replace(row, cells=_picked(row.cells, places)) for row in above), *left_out),
        notes=tuple(_about_file(file, about) + notes),
    )


def _columns(heading: _Heading, rows: list[SheetRow]) -> tuple[Column, ...]:
    filled = {place for row in rows for place, cell in enumerate(row.cells) if cell != ""}
    ours = {place for place, parts in heading.texts.items() if {ERRORS_HI, ERRORS_EN} & set(parts)}
    places = sorted((filled | set(heading.texts)) - ours)
    if len(places) > MAX_COLUMNS:
        raise unreadable("too_many_columns", columns=len(places), limit=MAX_COLUMNS)
    return tuple(
        Column(place, " / ".join(heading.texts.get(place, ())), heading.texts.get(place, ())) for place in places
    )


def _picked(cells: tuple[Cell, ...], places: list[int]) -> tuple[Cell, ...]:
    width = len(cells)
    return tuple(cells[place] if place < width else "" for place in places)


def _sorted_out(columns: tuple[Column, ...], rows: list[SheetRow]) -> tuple[list[SheetRow], list[SheetRow], list[Note]]:
    kept: list[SheetRow] = []
    left_out: list[SheetRow] = []
    notes: list[Note] = []
    headings = [column.parts[-1].casefold() if column.parts else "" for column in columns]
    fields = [_field(column) for column in columns]
    serial = next((place for place, field in enumerate(fields) if field == "serial"), None)
    names = frozenset(place for place, field in enumerate(fields) if field.startswith("name"))
    kinds = [
        kind_of_row(row, headings=headings, serial=serial, names=names, first=place == 0)
        for place, row in enumerate(rows)
    ]
    for row, kind in zip(rows, _ended(rows, kinds), strict=True):
        if kind is Kind.PERSON:
            kept.append(row)
            continue
        left_out.append(row)
        if kind.note:
            first = next(text for text in map(shown, row.cells) if text)
            notes.append(Note(kind.value, said(kind.note, row=row.number, text=first[:80]), row.number))
    empty = [row.number for row, kind in zip(rows, kinds, strict=True) if kind is Kind.ONLY_NUMBER]
    if empty:
        message = _("Rows %(rows)s hold nothing but a serial number and were passed over.")
        notes.append(Note("only_number", said(message, rows=_ranges(empty)), empty[0]))
    hidden = [row.number for row in kept if row.hidden]
    if hidden:
        message = _("Rows %(rows)s are hidden in the sheet; they are read like the others.")
        notes.append(Note("hidden_rows", said(message, rows=_ranges(hidden)), hidden[0]))
    return kept, left_out, notes


def _ended(rows: list[SheetRow], kinds: list[Kind]) -> list[Kind]:
    """Below a total or a signature, rows with next to nothing in them belong to it: the name and post of who signs."""
    ends = list(kinds)
    for place in range(len(rows) - 1, -1, -1):
        if kinds[place] is not Kind.PERSON:
            continue
        if len({text for text in map(shown, rows[place].cells) if text}) > SEVERAL or _has_figures(rows[place]):
            break
        if any(kind is Kind.TOTAL for kind in kinds[:place]):
            ends[place] = Kind.TOTAL
    return ends


def _has_figures(row: SheetRow) -> bool:
    return any(c.isdecimal() for cell in row.cells for c in shown(cell))


def _field(column: Column) -> str:
    found = field_of_heading(column.heading, column.parts)
    return found.field if found is not None else ""


def _ranges(numbers: list[int]) -> str:
    """The numbers as a person says them: 3-7, 9."""
    out: list[list[int]] = []
    for number in sorted(numbers):
        if out and number == out[-1][-1] + 1:
            out[-1].append(number)
        else:
            out.append([number])
    return ", ".join(f"{run[0]}-{run[-1]}" if len(run) > 1 else str(run[0]) for run in out)


def _about_file(file: Opened, about: dict[str, object]) -> list[Note]:
    notes = []
    if file.macros:
        notes.append(Note("macros", _("The workbook holds macros; they are not run, only the cells are read.")))
    others = [str(other["name"]) for other in file.sheets if other is not about and other["rows"]]
    if others:
        message = _("Only the sheet “%(name)s” is read; the workbook also has: %(others)s.")
        notes.append(Note("other_sheets", said(message, name=about["name"], others=", ".join(others))))
    return notes
