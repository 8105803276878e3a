"""Aadhaar numbers: known, so that they can be left out (design 10). Nothing here keeps one."""

from __future__ import annotations

import re

from employee_master.sheets.tidy import digits

# The dihedral group of order 10 and the permutation of the Verhoeff scheme.
_TIMES = (
    (0, 1, 2, 3, 4, 5, 6, 7, 8, 9),
    (1, 2, 3, 4, 0, 6, 7, 8, 9, 5),
    (2, 3, 4, 0, 1, 7, 8, 9, 5, 6),
    (3, 4, 0, 1, 2, 8, 9, 5, 6, 7),
    (4, 0, 1, 2, 3, 9, 5, 6, 7, 8),
    (5, 9, 8, 7, 6, 0, 4, 3, 2, 1),
    (6, 5, 9, 8, 7, 1, 0, 4, 3, 2),
    (7, 6, 5, 9, 8, 2, 1, 0, 4, 3),
    (8, 7, 6, 5, 9, 3, 2, 1, 0, 4),
    (9, 8, 7, 6, 5, 4, 3, 2, 1, 0),
)
_MOVED = (
    (0, 1, 2, 3, 4, 5, 6, 7, 8, 9),
    (1, 5, 7, 6, 2, 8, 3, 0, 9, 4),
    (5, 8, 0, 3, 7, 9, 6, 1, 4, 2),
    (8, 9, 1, 6, 0, 4, 3, 5, 2, 7),
    (9, 4, 5, 3, 1, 2, 6, 8, 7, 0),
    (4, 2, 8, 6, 5, 7, 3, 9, 0, 1),
    (2, 7, 9, 3, 8, 0, 6, 4, 1, 5),
    (7, 0, 4, 6, 9, 1, 3, 2, 5, 8),
)
_LENGTH = 12
_SHOWN = 4
# Twelve digits alone, or in groups of four.
_NUMBER = re.compile(r"(?<![\d.+])(?<!\d[- ])[2-9]\d{3}([- .]?)\d{4}\1\d{4}(?![- ]?\d)(?!\.\d)")


def checks(number: str) -> bool:
    """Whether the last digit is the Verhoeff check digit of those before it."""
    state = 0
    for place, digit in enumerate(reversed(number)):
        state = _TIMES[state][_MOVED[place % 8][int(digit)]]
    return state == 0


def is_valid(text: str) -> bool:
    figures = re.sub(r"[\s.-]", "", digits(text))
    return len(figures) == _LENGTH and figures.isdecimal() and figures[0] not in "01" and checks(figures)


def masked(text: str) -> str:
    """The column's own number with all but the last four digits hidden, whether it is valid or not."""
    if "XXXX" in text:
        return text
    figures = re.sub(r"\D", "", digits(text))
    if len(figures) < _LENGTH:
        return re.sub(r"\d", "X", digits(text))
    return f"XXXX XXXX {figures[-_SHOWN:]}"


def mask_within(text: str) -> str:
    """Text with the Aadhaar numbers in it hidden. A mobile number with 91 in front is none."""
    return _NUMBER.sub(_hidden, digits(text)) if _NUMBER.search(digits(text)) else text


def _hidden(found: re.Match[str]) -> str:
    figures = re.sub(r"\D", "", found.group())
    mobile = figures.startswith("91") and figures[2] in "6789"
    return found.group() if mobile or not checks(figures) else f"XXXX XXXX {figures[-_SHOWN:]}"
