"""Marking abbreviations: how they are made of designation and unit, and that none is ever given twice.

The rule: abbreviation of the designation, a number where there are several, the code of the unit: SO-GAD3, DA2-GAD3,
US1-GAD. Nobody types them (procedure 1.5), though an office that has its own may keep it.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from itertools import count
from unicodedata import category

from django.utils.translation import gettext_lazy as _

from employee_master.models import Designation, Office, Post, PostMarking, Section
from eoffice.core.errors import WrongState
from eoffice.core.text import clean_line

MARKING_LENGTH = 60
NAME_LENGTH = 200
ABBREVIATION_LENGTH = 12
_SMALL = {"of", "the", "and", "for", "to", "in", "cum", "a", "an"}
_ROMAN = re.compile(r"[IVX]+")


def abbreviation_of(designation: Designation) -> str:
    """As entered; else made of the English name: Section Officer is SO, Clerk Grade II is CGII, Secretary is SECR."""
    own: str = _kept(designation.abbreviation)
    if own:
        return own[:ABBREVIATION_LENGTH]
    words = [word for word in re.findall(r"[A-Za-z]+|[0-9]+", designation.name_en) if word.lower() not in _SMALL]
    if not words:
        return (_kept(designation.code) or "P")[:ABBREVIATION_LENGTH]
    if len(words) == 1:
        return str(words[0])[:4].upper()
    letters = [word if word.isdigit() or _ROMAN.fullmatch(word) else word[0].upper() for word in words]
    return "".join(letters)[:ABBREVIATION_LENGTH]


def marking_for(
    *,
    designation: Designation,
    office: Office,
    section: Section | None,
    number: int | None = None,
    taken: Collection[str],
) -> str:
    """The marking by rule that is not among `taken` (capital letters; see `markings_taken`).

    Without a number it is bare if that is free, and else the next free number from 2; with one, that number or the
    next free one. Pure: whoever makes many adds each result to `taken`.
    """
    return numbered_marking(designation=designation, office=office, section=section, number=number, taken=taken)[0]


def numbered_marking(
    *,
    designation: Designation,
    office: Office,
    section: Section | None,
    number: int | None,
    taken: Collection[str],
) -> tuple[str, int | None]:
    """As `marking_for`, with the number that it came to; the post's name carries the same."""
    short = abbreviation_of(designation)
    unit = unit_code(section or office)
    bare = f"{short}-{unit}"
    if number is None and bare not in taken:
        return bare, None
    between = "." if short[-1].isdigit() else ""
    # Where one stands without a number, it is the first.
    for candidate in count(max(number or 2, 2 if bare in taken else 1)):
        marking = f"{short}{between}{candidate}-{unit}"
        if marking not in taken:
            return marking, candidate
    raise AssertionError("numbers end nowhere")


def markings_taken() -> set[str]:
    """Every marking that a post has or ever had, in capital letters."""
    present = Post.objects.values_list("marking", flat=True)
    kept = PostMarking.objects.values_list("marking", flat=True)
    return {marking.upper() for rows in (present, kept) for marking in rows.iterator(chunk_size=5000)}


def post_names(
    *, designation: Designation, office: Office, section: Section | None, number: int | None
) -> tuple[str, str]:
    """The post's name in both scripts: designation, number where there are several, section or office."""
    unit = section or office
    name_en = f"{designation.name_en}{f' {number}' if number else ''}"
    name_hi = f"{designation.name_hi or designation.name_en}{f'-{number}' if number else ''}"
    return _with_unit(name_en, unit.name_en, unit.code), _with_unit(name_hi, unit.name_hi or unit.name_en, unit.code)


def _with_unit(name: str, unit: str, code: str) -> str:
    """The unit's code stands in for a name that would not fit the column."""
    full = f"{name}, {unit}"
    return full if len(full) <= NAME_LENGTH else f"{name}, {code}"


def unit_code(unit: Section | Office) -> str:
    """The code of a section or office as it stands in markings: GAD-3 is GAD3."""
    return _kept(unit.code) or "X"


def typed_marking(typed: str, taken: Collection[str]) -> str:
    """A marking of the office's own, cleaned; refused (`marking_taken`) if any other post has or had it."""
    marking = clean_line(typed, field="marking", limit=MARKING_LENGTH)
    if marking.upper() in taken:
        raise WrongState(
            "marking_taken",
            _("The marking %(marking)s belongs or belonged to another post.") % {"marking": marking},
            _("Choose another one, or leave it empty: it is then made by rule."),
        )
    return marking


def _kept(text: str) -> str:
    """Letters and digits of either script in capitals, with the vowel signs that belong to them."""
    return "".join(sign for sign in text.upper() if category(sign)[0] in "LMN")
