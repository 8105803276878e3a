"""What a row below the heading is: a person, or a total, a signature, the heading once more, an example."""

from __future__ import annotations

import re
from enum import Enum
from itertools import pairwise

from django.utils.translation import gettext_lazy as _

from employee_master.sheets.cell import SheetRow
from employee_master.sheets.columns import BY_FIELD, Field
from employee_master.sheets.tidy import digits, shown
from eoffice.core.errors import Text

EXAMPLE_MARK = "उदाहरण / Example"
EXAMPLE_CODES = frozenset(BY_FIELD[Field.CODE].examples)


class Kind(Enum):
    PERSON = "person"
    BLANK = "blank"
    ONLY_NUMBER = "only_number"
    COLUMN_NUMBERS = "column_numbers"
    HEADING_AGAIN = "heading_again"
    EXAMPLE = "example"
    TOTAL = "total"
    TITLE = "title"
    VACANT = "vacant"

    @property
    def note(self) -> Text:
        return _NOTES.get(self, "")


_NOTES: dict[Kind, Text] = {
    Kind.HEADING_AGAIN: _("Row %(row)s repeats the headings and was passed over."),
    Kind.EXAMPLE: _("Row %(row)s is an example of the prescribed sheet and was passed over."),
    Kind.TOTAL: _("Row %(row)s looks like a total, a note or a signature (“%(text)s”) and was passed over."),
    Kind.VACANT: _("Row %(row)s says that a post is vacant and names no person; it was passed over."),
    Kind.TITLE: _("Row %(row)s holds a title and no person (“%(text)s”) and was passed over."),
}

_END_WORDS = (
    "कुल|योग|महायोग|सकल|हस्ताक्षर|प्रमाणित|नोट|टीप|मुहर|कार्यालयाध्यक्ष|विभागाध्यक्ष|स्थान|दिनांक|आज्ञा से|भवदीय|नाम व पदनाम|"
    "grand|sub ?total|total|signature|signed|certified|verified|prepared|checked|note|seal|head of|place|date|yours|"
    "for and on behalf"
)
_END = re.compile(
    f"^(?:{_END_WORDS})(?![^\\W\\d_])|हस्ताक्षर|प्रमाणित किया जाता|it is certified|certified that|signature of|^\\s*[*†]",
    re.IGNORECASE,
)
_SURELY_DATA = re.compile(r"@|\d{5}|\d{1,2}[-/.]\d{1,2}[-/.]\d{2,4}")
# How to fill in a column, written below its heading: (DD/MM/YYYY), 10 digits only.
_HINT = re.compile(
    r"^\(.*\)$|dd[-/. ]?mm|yyyy|\bdigits?\b|अंक|capital letters|\bonly\b|in (?:hindi|english)"
    r"|(?:हिन्दी|हिंदी|अंग्रेजी|अंग्रेज़ी) में|mandatory|अनिवार्य|as per|के अनुसार",
    re.IGNORECASE,
)
_VACANT = re.compile(
    r"[-–—*(\s]*(?:(?:the\s+)?post\s+)?(?:is\s+)?(?:lying\s+)?vacan(?:t|cy)(?:\s+post)?[-–—*)\s.]*"
    r"|[-–—*(\s]*(?:पद\s+)?(?:रिक्त|खाली)(?:\s+(?:पद|है))*[-–—*)\s.।]*",
    re.IGNORECASE,
)
_CONTACT = re.compile(r"@|\d{10}")
_FEW = 3
_AGAIN = 0.6
_SENTENCE = 60


def kind_of_row(row: SheetRow, *, headings: list[str], serial: int | None, names: frozenset[int], first: bool) -> Kind:
    """`first` is the row right below the heading: there offices number their columns. `names` are columns of names."""
    texts = {place: text for place, cell in enumerate(row.cells) if (text := shown(cell))}
    if not texts:
        return Kind.BLANK
    own = {place: text for place, text in texts.items() if place != serial}
    if not own:
        return Kind.ONLY_NUMBER if digits(texts[serial or 0]).strip("().").isdecimal() else _few(texts, serial, names)
    apart = _form(texts, headings, first=first) or _vacancy(own)
    return apart or (_few(texts, serial, names) if len(set(own.values())) <= _FEW else Kind.PERSON)


def _form(texts: dict[int, str], headings: list[str], *, first: bool) -> Kind | None:
    """What belongs to the form and not to the list."""
    if first and (_counts(list(texts.values())) or all(map(_HINT.search, texts.values()))):
        return Kind.COLUMN_NUMBERS
    same = sum(1 for place, text in texts.items() if text and text.casefold() == headings[place])
    if same >= ENOUGH_AGAIN and same >= _AGAIN * len(texts):
        return Kind.HEADING_AGAIN
    if EXAMPLE_CODES & set(texts.values()) and any(EXAMPLE_MARK in text for text in texts.values()):
        return Kind.EXAMPLE
    return None


def _vacancy(own: dict[int, str]) -> Kind | None:
    reached = any(_CONTACT.search(digits(text)) for text in own.values())
    return Kind.VACANT if not reached and any(map(is_vacancy, own.values())) else None


ENOUGH_AGAIN = 2


def is_vacancy(text: str) -> bool:
    """Whether the cell says that nobody sits there."""
    return _VACANT.fullmatch(text) is not None


def _few(texts: dict[int, str], serial: int | None, names: frozenset[int]) -> Kind:
    """A row with little in it: the end of the list, a title within, or a person of whom little is known."""
    said = list(dict.fromkeys(texts.values()))
    if any(_SURELY_DATA.search(digits(text)) and len(text) < _SENTENCE for text in said):
        return Kind.PERSON if not _END.search(said[0]) else Kind.TOTAL
    if any(_END.search(text) for text in said):
        return Kind.TOTAL
    alone = len(said) == 1
    if alone and (len(said[0]) > _SENTENCE or len(texts) > ENOUGH_AGAIN or min(texts) == 0):
        return Kind.TITLE
    # One word beside the names, or a name that is not counted: the title of a part, or who signs.
    stray = min(texts) not in names or (serial is not None and serial not in texts)
    if alone and stray and not any(c.isdecimal() for c in said[0]):
        return Kind.TITLE
    return Kind.PERSON


def _counts(texts: list[str]) -> bool:
    """1 2 3 4 below the headings, as forms have it."""
    numbers = [digits(text).strip("().- ") for text in texts]
    if not all(number.isdecimal() and len(number) < _FEW for number in numbers) or len(numbers) < _FEW:
        return False
    values = [int(number) for number in numbers]
    return values[0] in {0, 1, 2} and all(b - a in {0, 1} for a, b in pairwise(values))
