"""The board as a table, for sheets to download and for the one that goes with the reports."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from django.utils.translation import get_language, override
from django.utils.translation import gettext as _

from employee_master.checklist import PERSONAL, Item
from employee_master.models import Post
from employee_master.queries.board import Line, Row
from employee_master.queries.readiness import Facts
from eoffice.core.export import Cell
from eoffice.core.names import named


def board_headings(listed: Sequence[Item]) -> list[str]:
    """In the reader's language."""
    return [
        _("Code"),
        _("Office"),
        _("District"),
        _("Ready (percent)"),
        _("Items full"),
        _("Items"),
        _("Since yesterday"),
        _("Since last week"),
        _("Stuck items"),
        _("Stuck since"),
        _("Exempted until"),
        *(named(item) for item in listed),
    ]


def headings_in_both(listed: Sequence[Item]) -> list[str]:
    """Hindi and English in one heading: for the sheet that goes to many."""
    columns = []
    for language in ("hi", "en"):
        with override(language):
            columns.append(board_headings(listed))
    return [hindi if hindi == english else f"{hindi} · {english}" for hindi, english in zip(*columns, strict=True)]


def board_cells(rows: Sequence[Row], listed: Sequence[Item]) -> Iterator[list[Cell]]:
    """One office a row; an item as "12 / 15", and "exempted" where it is."""
    for row in rows:
        lines = {line.item.code: line for line in row.lines}
        yield [
            row.office.code,
            named(row.office),
            row.office.district_hi if get_language() == "hi" else row.office.district_en,
            row.percent,
            row.standing.full,
            row.standing.items,
            row.yesterday,
            row.week,
            ", ".join(named(stuck.item) for stuck in row.stuck),
            row.standing.stuck_since if row.stuck else None,
            row.standing.exempt_until,
            *(_cell(lines.get(item.code)) for item in listed),
        ]


def _cell(line: Line | None) -> str:
    if line is None:
        return ""
    figure = f"{line.figure.have} / {line.figure.need}"
    return figure if line.exempt_until is None else _("%(figure)s (exempted)") % {"figure": figure}


def missing_headings(listed: Sequence[Item]) -> list[str]:
    names = {item.code: named(item) for item in listed}
    return [
        _("Marking"),
        _("Employee code"),
        _("Name (Hindi)"),
        _("Name (English)"),
        *(names[code] for code in PERSONAL if code in names),
    ]


def missing_cells(facts: Facts, vacant: Sequence[Post], listed: Sequence[Item]) -> Iterator[list[Cell]]:
    """Vacant posts, then the people of the office for whom something is missing."""
    codes = [code for code in PERSONAL if code in {item.code for item in listed}]
    for post in vacant:
        yield [post.marking, _("Vacant"), post.name_hi, post.name_en, *("" for _code in codes)]
    for person in facts.people:
        if not all(person.has(code) for code in codes):
            marks = [_("yes") if person.has(code) else _("no") for code in codes]
            yield [person.marking, person.code, person.name_hi, person.name_en, *marks]
