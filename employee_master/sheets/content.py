"""What a column holds, by its cells alone."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import date

from employee_master.sheets import aadhaar
from employee_master.sheets.cell import Cell
from employee_master.sheets.tidy import digits, shown
from eoffice.core.krutidev import looks_like_krutidev

_EMAIL = re.compile(r"[\w.+-]+\s*(?:@|\[at\]|\(at\)|\bat\b)\s*[\w-]+[\w.\[\]() -]*", re.IGNORECASE)
_DATE = re.compile(r"\d{1,4}\s*[-/. ]\s*(?:\d{1,2}|[^\W\d]+\.?)\s*[-/., ]\s*\d{2,4}|^\d{8}$")
_LATIN, _HINDI = re.compile("[A-Za-z]{2}"), re.compile("[\u0904-\u0939]")
_FEW = 3  # cells below which their lack proves nothing
_MOST = 0.6


def _is_mobile(text: str) -> bool:
    figures = re.sub(r"\D", "", digits(text))
    return bool(re.fullmatch(r"(?:0|91|0091)?[6-9]\d{9}", figures))


def _is_date(cell: Cell, text: str) -> bool:
    return isinstance(cell, date) or bool(_DATE.search(digits(text))) or text.isdecimal()


_TESTS: dict[str, Callable[[Cell, str], bool]] = {
    "email": lambda _cell, text: bool(_EMAIL.search(text)),
    "mobile": lambda _cell, text: _is_mobile(text),
    "aadhaar": lambda _cell, text: aadhaar.is_valid(text),
    "born_on": _is_date,
    "joined_on": _is_date,
    "superannuates_on": _is_date,
    "charge_from": _is_date,
    "name_hi": lambda _cell, text: bool(_HINDI.search(text)) or looks_like_krutidev(text),
    "name_en": lambda _cell, text: bool(_LATIN.search(text)) and not looks_like_krutidev(text),
}


def looks_like_field(field: str, cells: Sequence[Cell]) -> bool | None:
    """Whether the cells are such: yes, no, or (nothing to go by) nothing."""
    test = _TESTS.get(field)
    filled = [(cell, text) for cell in cells if (text := shown(cell)) not in {"", "-", "NA", "N/A"}]
    if test is None or not filled:
        return None
    share = sum(test(cell, text) for cell, text in filled) / len(filled)
    if share >= _MOST:
        return True
    return False if len(filled) >= _FEW and share < 1 - _MOST else None
