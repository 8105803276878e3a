"""The prescribed columns, and which column of a foreign sheet is which.

To add a column: a member of `Field`, a row of `PRESCRIBED`, its words in `headings`, a cleaner in `cells`, a field of
`judge.RowValues`.
"""

from __future__ import annotations

from collections.abc import Mapping as MappingOf
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from django.utils.functional import lazy
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from employee_master.sheets.cell import Cell, Column
from employee_master.sheets.content import looks_like_field
from employee_master.sheets.headings import CERTAIN, field_of_heading
from eoffice.core.errors import Text


class Field(StrEnum):
    SERIAL = "serial"
    CODE = "code"
    NAME_EN = "name_en"
    NAME_HI = "name_hi"
    NAME = "name"  # in either script, or first the one and then the other
    SURNAME = "surname"  # stands in a column of its own; it is added to the name
    GENDER = "gender"
    BORN_ON = "born_on"
    JOINED_ON = "joined_on"
    SUPERANNUATES_ON = "superannuates_on"
    MOBILE = "mobile"
    EMAIL = "email"
    DESIGNATION = "designation"
    SECTION = "section"
    POST = "post"
    OFFICE = "office"
    CHARGE_KIND = "charge_kind"
    CHARGE_FROM = "charge_from"
    ORDER_NUMBER = "order_number"
    AADHAAR = "aadhaar"  # looked at, masked and dropped
    IGNORED = "ignored"


def _in_language(english: str, hindi: str) -> str:
    return hindi if get_language() == "hi" else english


_title = lazy(_in_language, str)


@dataclass(frozen=True, slots=True)
class Prescribed:
    """A column of the sheet to fill in. `picks` names the list of its drop-down; `kind` is text, date or code."""

    field: Field
    title_en: str
    title_hi: str
    help: Text
    examples: tuple[str, str]
    required: bool = False
    picks: str = ""
    kind: str = "text"
    width: int = 18

    @property
    def title(self) -> Text:
        """In the reader's language, when it is shown."""
        return _title(self.title_en, self.title_hi)


PRESCRIBED: tuple[Prescribed, ...] = (
    Prescribed(Field.SERIAL, "S. No.", "क्र. सं.", _("Counts the rows; it is not read."), ("1", "2"), width=22),
    Prescribed(
        Field.CODE,
        "Employee code",
        "कर्मचारी कोड",
        _("The code of the employee in the pay or service record. One code, one person."),
        ("EX-0001", "EX-0002"),
        required=True,
        kind="code",
    ),
    Prescribed(
        Field.NAME_EN,
        "Name (English)",
        "नाम (अंग्रेज़ी में)",
        _("As in the service book, without Shri, Smt. or Dr. One of the two names is enough; the other is proposed."),
        ("Anita Rawat", "Suresh Kumar"),
        required=True,
        width=26,
    ),
    Prescribed(
        Field.NAME_HI,
        "Name (Hindi)",
        "नाम (हिन्दी में)",
        _("In Devanagari, typed in Unicode."),
        ("अनीता रावत", "सुरेश कुमार"),
        required=True,
        width=26,
    ),
    Prescribed(Field.GENDER, "Gender", "लिंग", _("Choose from the list."), ("Female", "Male"), picks="gender"),
    Prescribed(
        Field.BORN_ON,
        "Date of birth",
        "जन्म तिथि",
        _("Day-month-year, as in the service book: 12-06-1980."),
        ("12-06-1980", "03-11-1975"),
        required=True,
        kind="date",
    ),
    Prescribed(
        Field.MOBILE,
        "Mobile number",
        "मोबाइल नम्बर",
        _("Ten digits, without 0 or +91 in front."),
        ("9800000001", "9800000002"),
        required=True,
        kind="code",
    ),
    Prescribed(
        Field.EMAIL,
        "Government e-mail",
        "शासकीय ई-मेल",
        _("The address given by the government; it becomes the name for signing in. No private address."),
        ("anita.rawat@example", "suresh.kumar@example"),
        required=True,
        width=34,
    ),
    Prescribed(
        Field.DESIGNATION,
        "Designation",
        "पदनाम",
        _("Choose from the list, or write it as in the order. Not needed where the post is given."),
        ("Section Officer", "Review Officer"),
        required=True,
        picks="designation",
        width=26,
    ),
    Prescribed(
        Field.SECTION,
        "Section",
        "अनुभाग",
        _("The section or branch in which the person works."),
        ("", ""),
        picks="section",
        width=26,
    ),
    Prescribed(
        Field.POST,
        "Post (marking)",
        "पद (अंकन संक्षेप)",
        _("The marking abbreviation or the name of the post, if it is known."),
        ("", ""),
        width=22,
    ),
    Prescribed(
        Field.OFFICE, "Office", "कार्यालय", _("Only if it is another office than the one of this import."), ("", "")
    ),
    Prescribed(
        Field.CHARGE_KIND,
        "Kind of charge",
        "प्रभार का प्रकार",
        _("Substantive if nothing is written."),
        ("Substantive", "Substantive"),
        picks="charge_kind",
        width=20,
    ),
    Prescribed(
        Field.CHARGE_FROM,
        "In this post since",
        "इस पद पर कब से",
        _("Day-month-year on which the charge was taken over."),
        ("01-08-2024", "15-03-2022"),
        kind="date",
    ),
    Prescribed(
        Field.ORDER_NUMBER,
        "Order number",
        "आदेश संख्या",
        _("Number of the order of posting."),
        ("", ""),
        kind="code",
        width=22,
    ),
    Prescribed(
        Field.JOINED_ON,
        "Date of joining service",
        "सेवा में आने की तिथि",
        _("Day-month-year of the first appointment."),
        ("01-07-2004", "20-01-1999"),
        kind="date",
    ),
    Prescribed(
        Field.SUPERANNUATES_ON,
        "Date of superannuation",
        "सेवानिवृत्ति तिथि",
        _("Day-month-year, the last day in service."),
        ("30-06-2040", "30-11-2035"),
        kind="date",
    ),
)
BY_FIELD: dict[Field, Prescribed] = {column.field: column for column in PRESCRIBED}

NAMES = (Field.NAME_EN, Field.NAME_HI, Field.NAME)
# Each group must have a column: one of its fields is enough.
REQUIRED: tuple[tuple[Field, ...], ...] = (
    (Field.CODE,),
    NAMES,
    (Field.BORN_ON,),
    (Field.MOBILE,),
    (Field.EMAIL,),
    (Field.DESIGNATION, Field.POST),
)


@dataclass(frozen=True, slots=True)
class Match:
    """What a column is taken for, how surely (0 to 1), and why.

    `how` is heading, likeness, old_font, content or hand; combined where the column holds name and designation.

    `rival` is set where the column also looked like that field, which a better one has already: say so.
    """

    column: Column
    field: Field
    confidence: float
    how: str
    rival: Field | None = None

    @property
    def doubtful(self) -> bool:
        return self.rival is not None or (self.field is not Field.IGNORED and self.confidence < SURE)


SURE = 0.8


@dataclass(frozen=True, slots=True)
class Mapping:
    """One match for each column of the sheet, in its order. No field but `ignored` twice."""

    matches: tuple[Match, ...]

    def index(self, field: Field) -> int | None:
        """The place of the field's column among the sheet's columns (and so in a row's cells)."""
        return next((place for place, match in enumerate(self.matches) if match.field is field), None)

    def heading(self, field: Field) -> str:
        place = self.index(field)
        return "" if place is None else self.matches[place].column.heading

    @property
    def missing(self) -> tuple[Field, ...]:
        """The first field of each group of `REQUIRED` that has no column."""
        there = {match.field for match in self.matches}
        if any(match.how == "combined" for match in self.matches):
            there.add(Field.DESIGNATION)
        return tuple(group[0] for group in REQUIRED if not there.intersection(group))

    @property
    def doubtful(self) -> tuple[Match, ...]:
        return tuple(match for match in self.matches if match.doubtful)

    def by_hand(self, chosen: MappingOf[int, Field]) -> Mapping:
        """With the fields that a person chose, by place among the columns; a field that another had is taken there."""
        taken = {field for field in chosen.values() if field is not Field.IGNORED}
        matches = []
        for place, match in enumerate(self.matches):
            if place in chosen:
                matches.append(Match(match.column, chosen[place], 1.0, "hand"))
            elif match.field in taken:
                matches.append(Match(match.column, Field.IGNORED, 0.0, "hand", rival=match.field))
            else:
                matches.append(match)
        return Mapping(tuple(matches))

    def chosen(self) -> dict[int, str]:
        """For keeping; `by_hand` takes it back (with `Field(...)`)."""
        return {place: match.field.value for place, match in enumerate(self.matches)}


def match_columns(columns: Sequence[Column], samples: Sequence[Sequence[Cell]] = ()) -> Mapping:
    """Which column is which, by heading and by what stands below it (`samples`: some rows of cells)."""
    guesses = [_by_heading(column, [row[place] for row in samples]) for place, column in enumerate(columns)]
    guesses = _scripts_of_names(_post_or_designation(_best_of_each(guesses)), samples)
    guesses = _by_content(guesses, samples)
    return Mapping(tuple(guesses))


def _by_heading(column: Column, cells: list[Cell]) -> Match:
    found = field_of_heading(column.heading, column.parts)
    if found is None:
        return Match(column, Field.IGNORED, 0.0, "")
    field, confidence, how = Field(found.field), found.confidence, found.how
    if confidence < CERTAIN and looks_like_field(field, cells) is False:
        confidence -= 0.3
    return Match(column, field, max(confidence, 0.05), how)


# Fields that several columns may have: names tell their scripts, middle and last name are put together.
_SEVERAL = frozenset({Field.IGNORED, Field.NAME, Field.SURNAME})


def _best_of_each(matches: list[Match]) -> list[Match]:
    """Of several columns for one field the surest keeps it, of equals the first; the others say what they lost."""
    best: dict[Field, int] = {}
    for place, match in enumerate(matches):
        if match.field in _SEVERAL:
            continue
        if match.field not in best or match.confidence > matches[best[match.field]].confidence:
            best[match.field] = place
    return [
        match if match.field in _SEVERAL or best[match.field] == place else _lost(match)
        for place, match in enumerate(matches)
    ]


def _lost(match: Match) -> Match:
    silent = match.field is Field.SERIAL
    return replace(match, field=Field.IGNORED, confidence=0.0, rival=None if silent else match.field)


def _post_or_designation(matches: list[Match]) -> list[Match]:
    """The heading "Name of post" means the designation where there is no other column for that."""
    fields = {match.field for match in matches}
    if Field.DESIGNATION in fields:
        return matches
    return [
        replace(match, field=Field.DESIGNATION) if match.field is Field.POST and match.confidence < CERTAIN else match
        for match in matches
    ]


def _scripts_of_names(matches: list[Match], samples: Sequence[Sequence[Cell]]) -> list[Match]:
    """A heading "Name" says nothing of the script; the cells do. A third column of names is left out."""
    taken = {match.field for match in matches} - {Field.NAME}
    done = []
    for place, match in enumerate(matches):
        if match.field is not Field.NAME:
            done.append(match)
            continue
        cells = [row[place] for row in samples]
        wanted = next((field for field in (Field.NAME_HI, Field.NAME_EN) if looks_like_field(field, cells)), Field.NAME)
        if wanted in taken or (wanted is Field.NAME and taken.issuperset({Field.NAME_EN, Field.NAME_HI})):
            done.append(replace(match, field=Field.IGNORED, confidence=0.0, rival=wanted))
            continue
        taken.add(wanted)
        done.append(replace(match, field=wanted))
    return done


def _by_content(matches: list[Match], samples: Sequence[Sequence[Cell]]) -> list[Match]:
    """A column without a heading that can be read, whose cells leave no doubt: addresses, mobile numbers."""
    taken = {match.field for match in matches}
    done = []
    for place, match in enumerate(matches):
        if match.field is Field.IGNORED and match.rival is None and not match.how:
            cells = [row[place] for row in samples]
            sure = (Field.EMAIL, Field.MOBILE, Field.AADHAAR)
            found = next((field for field in sure if field not in taken and looks_like_field(field, cells)), None)
            if found:
                taken.add(found)
                done.append(replace(match, field=found, confidence=0.6, how="content"))
                continue
        done.append(match)
    return done
