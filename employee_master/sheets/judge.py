"""Every row of a sheet judged by itself and against the other rows; the database is asked by somebody else."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from django.utils.translation import gettext_lazy as _

from employee_master.sheets import aadhaar
from employee_master.sheets.cell import Cell, Sheet, SheetRow
from employee_master.sheets.cells import (
    Cleaned,
    clean_charge_kind,
    clean_code,
    clean_day,
    clean_email,
    clean_gender,
    clean_mobile,
    clean_number,
    clean_text,
    is_empty,
    unusable,
)
from employee_master.sheets.columns import BY_FIELD, NAMES, REQUIRED, Field, Mapping
from employee_master.sheets.messages import Problem, Severity, refused, said, warning
from employee_master.sheets.names import NameParts, clean_name
from employee_master.sheets.orders import doubtful_orders
from employee_master.sheets.rows import JudgedRow, RowValues
from employee_master.sheets.tidy import digits, shown
from employee_master.sheets.together import across_rows, within_row
from eoffice.core.errors import Text
from eoffice.core.krutidev import looks_like_krutidev
from eoffice.core.sound import same_name
from eoffice.core.translit import devanagari, roman

DAYS = (Field.BORN_ON, Field.JOINED_ON, Field.SUPERANNUATES_ON, Field.CHARGE_FROM)
TEXTS = (Field.DESIGNATION, Field.SECTION, Field.POST, Field.OFFICE)
_UNLIKE = 0.5  # below it the two names of a row are not one name
_MOSTLY = 0.5
_TWELVE = re.compile(r"\d{12}")
_ENOUGH = 5


def judge_sheet(sheet: Sheet, mapping: Mapping, *, today: date, allowed_domains: Sequence[str]) -> list[JudgedRow]:
    """One `JudgedRow` for each row of the sheet, in its order; before them one for the headings, if they have problems.

    A row is refused for what it lacks only where the sheet has the column: a missing column is said once.
    """
    judge = _Judge(sheet, mapping, today, tuple(domain.lower() for domain in allowed_domains))
    rows = [judge.row(row) for row in sheet.rows]
    rows = doubtful_orders(sheet, mapping, rows)
    rows = across_rows(rows, judge.headings)
    problems = [*_of_columns(mapping), *_unread(sheet, mapping)]
    if not problems:
        return rows
    raw = {column.letter: column.heading for column in sheet.columns if column.heading}
    return [JudgedRow(sheet.header_row, raw, RowValues(), problems, is_heading=True), *rows]


def raw_keys(sheet: Sheet) -> list[str]:
    """The keys of `JudgedRow.raw`, for the columns: the heading, with the letter where it is not the only one."""
    headings = [column.heading.replace("\n", " ") for column in sheet.columns]
    return [
        heading if heading and headings.count(heading) == 1 else f"{heading} ({column.letter})".strip()
        for heading, column in zip(headings, sheet.columns, strict=True)
    ]


def _of_columns(mapping: Mapping) -> Iterator[Problem]:
    for field in mapping.missing:
        message = _("The sheet has no column for “%(title)s”, which every new person needs.")
        yield refused("column_missing", field, said(message, title=_title(field, any_script=True)))
    for match in mapping.doubtful:
        heading = match.column.heading or match.column.letter
        if match.rival:
            message = _("The column “%(heading)s” is not read: another was taken for “%(title)s”.")
            other = BY_FIELD.get(match.rival) or BY_FIELD[Field.NAME_EN]
            found = warning("column_twice", match.rival, said(message, heading=heading, title=_title(other.field)))
        else:
            message = _("The column “%(heading)s” was taken for “%(title)s”; check it.")
            found = warning("column_guessed", match.field, said(message, heading=heading, title=_title(match.field)))
        yield replace(found, heading=heading)


def _unread(sheet: Sheet, mapping: Mapping) -> Iterator[Problem]:
    """Columns that hold something and are called something that nobody knows: left out, and said so."""
    for place, match in enumerate(mapping.matches):
        if match.field is not Field.IGNORED or match.rival or match.how or not match.column.heading:
            continue
        if any(shown(row.cells[place]) for row in sheet.rows):
            message = _("The column “%(heading)s” is not read: it is not known what it holds.")
            found = warning("column_unknown", "", said(message, heading=match.column.heading))
            yield replace(found, heading=match.column.heading)


def _title(field: Field, *, any_script: bool = False) -> Text:
    if field in BY_FIELD and not (any_script and field in NAMES):
        return BY_FIELD[field].title
    if field is Field.SURNAME:
        return _("Surname")
    return _("Name") if field in NAMES else _("Aadhaar number")


class _Judge:
    def __init__(self, sheet: Sheet, mapping: Mapping, today: date, domains: tuple[str, ...]) -> None:
        self.today, self.domains = today, domains
        self.keys = raw_keys(sheet)
        self.fields = [match.field for match in mapping.matches]
        self.places: dict[Field, int] = {
            field: place for place, field in enumerate(self.fields) if field is not Field.IGNORED
        }
        self.headings: dict[Field, str] = {field: sheet.columns[place].heading for field, place in self.places.items()}
        self.old_font = {field: _mostly_old(sheet, self.places.get(field)) for field in (*NAMES, *TEXTS)}
        self.combined = next((match.field for match in mapping.matches if match.how == "combined"), Field.IGNORED)
        self.codes_are_long = _codes_are_long(sheet, self.places.get(Field.CODE))
        self.known: dict[tuple[Field, str], Cleaned[Any]] = {}
        self.cleaners = self._cleaners()

    def row(self, row: SheetRow) -> JudgedRow:
        problems: list[Problem] = []
        raw: dict[str, str] = {}
        usable: dict[Field, Cell] = {}
        for key, field, cell in zip(self.keys, self.fields, row.cells, strict=True):
            said_text = shown(cell)
            if not said_text:
                continue
            raw[key] = self._masked(field, said_text)
            problem = self._unusable(field, cell, raw[key], key)
            if problem:
                problems.append(problem)
            elif field is Field.SURNAME and not is_empty(cell):
                usable[field] = f"{shown(usable.get(field, ''))} {said_text}".strip()
            elif field is not Field.IGNORED and not is_empty(cell):
                usable[field] = cell
        self._taken_apart(usable)
        values, found = self._values(usable)
        problems += found
        if values.name_made:
            problems = [_milder(problem) for problem in problems]
        problems += self._lacking(values, problems)
        problems += within_row(values, self.today)
        return JudgedRow(row.number, raw, values, [self._headed(problem) for problem in problems])

    def _taken_apart(self, usable: dict[Field, Cell]) -> None:
        """A column of names that also holds the designation, and names that stand in two columns."""
        if self.combined in usable and Field.DESIGNATION not in self.places:
            name, rest = _split(usable[self.combined])
            usable[self.combined] = name
            if rest:
                usable[Field.DESIGNATION] = rest
        surname = usable.pop(Field.SURNAME, "")
        first = next((field for field in (Field.NAME_EN, Field.NAME, Field.NAME_HI) if field in usable), None)
        if surname and first and not shown(usable[first]).casefold().endswith(shown(surname).casefold()):
            usable[first] = f"{shown(usable[first])} {shown(surname)}"

    def _masked(self, field: Field, text: str) -> str:
        if field is Field.AADHAAR:
            return aadhaar.masked(text)
        if field is Field.CODE and self.codes_are_long:
            return text
        return aadhaar.mask_within(text)

    def _unusable(self, field: Field, cell: Cell, masked: str, key: str) -> Problem | None:
        if field is Field.AADHAAR:
            return _of_aadhaar(cell, masked)
        if masked != shown(cell):
            message = _("An Aadhaar number stood here (%(masked)s). It is not needed and not kept.")
            make = refused if field is Field.CODE else warning
            return replace(make("aadhaar_elsewhere", field, said(message, masked=masked)), heading=key)
        return None if field in {Field.IGNORED, Field.SERIAL} else unusable(cell, field)

    def _values(self, usable: dict[Field, Cell]) -> tuple[RowValues, list[Problem]]:
        values: dict[str, Any] = {}
        problems: list[Problem] = []
        for field, clean in self.cleaners.items():
            if field in usable:
                cleaned = clean(usable[field])
                problems += cleaned.problems
                values[field.value] = cleaned.value
        names, found = self._names(usable)
        return RowValues(**values, **names), problems + found

    def _cleaners(self) -> dict[Field, Callable[[Cell], Cleaned[Any]]]:
        def day(field: Field) -> Callable[[Cell], Cleaned[Any]]:
            return lambda cell: clean_day(cell, field, today=self.today)

        def listed(field: Field, clean: Callable[[Cell], Cleaned[Any]]) -> Callable[[Cell], Cleaned[Any]]:
            return lambda cell: self._once(field, cell, clean)

        def text(field: Field) -> Callable[[Cell], Cleaned[Any]]:
            return listed(field, lambda cell: clean_text(cell, field, old_font=self.old_font[field]))

        return {
            Field.CODE: clean_code,
            Field.MOBILE: clean_mobile,
            Field.EMAIL: lambda cell: clean_email(cell, self.domains),
            Field.GENDER: listed(Field.GENDER, clean_gender),
            Field.CHARGE_KIND: listed(Field.CHARGE_KIND, clean_charge_kind),
            Field.ORDER_NUMBER: lambda cell: clean_number(cell, Field.ORDER_NUMBER),
            **{field: day(field) for field in DAYS},
            **{field: text(field) for field in TEXTS},
        }

    def _once(self, field: Field, cell: Cell, clean: Callable[[Cell], Cleaned[Any]]) -> Cleaned[Any]:
        """The same few words fill these columns; each is looked at once."""
        key = (field, shown(cell))
        if key not in self.known:
            self.known[key] = clean(cell)
        return self.known[key]

    def _names(self, usable: dict[Field, Cell]) -> tuple[dict[str, Any], list[Problem]]:
        """What the columns of names say together: English beside Hindi, and the missing one made of the other."""
        parts: list[NameParts] = []
        problems: list[Problem] = []
        for field in (Field.NAME_EN, Field.NAME_HI, Field.NAME):
            if field not in usable:
                continue
            beside = next((part.en for part in parts if part.en), "")
            cleaned = clean_name(usable[field], field, beside=beside, old_font=self.old_font[field])
            problems += cleaned.problems
            if cleaned.value:
                parts.append(cleaned.value)
        english = next((part.en for part in parts if part.en), None)
        hindi = next((part.hi for part in parts if part.hi), None)
        made = ""
        if english and hindi:
            if same_name(english, hindi) < _UNLIKE:
                message = _("%(english)s and %(hindi)s do not sound like one name. Check both.")
                problems.append(warning("names_differ", Field.NAME_HI, said(message, english=english, hindi=hindi)))
        elif english and not _refused(problems, Field.NAME_HI):
            hindi, made = devanagari(english), "hi"
        elif hindi and not _refused(problems, Field.NAME_EN):
            english, made = roman(hindi), "en"
        if made:
            problems.append(_made(made, str(english), str(hindi)))
        return {"name_en": english, "name_hi": hindi, "name_made": made}, problems

    def _lacking(self, values: RowValues, problems: list[Problem]) -> Iterator[Problem]:
        """What a new person needs and the row does not give, where the sheet has a column for it."""
        for group in REQUIRED:
            there = [field for field in group if field in self.places]
            if Field.DESIGNATION in group and self.combined in self.places and not there:
                there = [self.combined]
            given = any(getattr(values, field.value, None) for field in (*group, *NAMES[:2] * (group == NAMES)))
            if not there or given or any(_refused(problems, field) for field in there):
                continue
            message = _("Nothing is given for “%(title)s”.")
            yield refused("missing", there[0], said(message, title=_title(there[0], any_script=True)))

    def _headed(self, problem: Problem) -> Problem:
        if problem.heading or problem.column not in self.places:
            return problem
        return replace(problem, heading=self.headings[Field(problem.column)])


def _refused(problems: list[Problem], field: str) -> bool:
    return any(problem.refused and problem.column == field for problem in problems)


def _split(cell: Cell) -> tuple[str, str]:
    """Name and designation: by line, comma, slash, dash or bracket."""
    text = cell if isinstance(cell, str) else shown(cell)
    name, _sign, rest = (re.sub(r"\s*(?:\n|,|/|\(| [-–—] )\s*", "\n", text, count=1)).partition("\n")
    return name.strip(), " ".join(rest.strip(" )").split())


def _milder(problem: Problem) -> Problem:
    """Letters lost in one of the two names: the other is there, and this one is proposed anew."""
    lost = problem.code == "letters_lost" and problem.column in NAMES
    return replace(problem, severity=Severity.WARNING) if lost else problem


def _made(which: str, english: str, hindi: str) -> Problem:
    if which == "hi":
        message = _("The sheet has no Hindi name; %(made)s is proposed. Check it.")
        return warning("name_made", Field.NAME_HI, said(message, made=hindi), hindi)
    message = _("The sheet has no English name; %(made)s is proposed. Check it.")
    return warning("name_made", Field.NAME_EN, said(message, made=english), english)


def _of_aadhaar(cell: Cell, masked: str) -> Problem | None:
    if is_empty(cell) or "X" in shown(cell).upper():  # a number that we masked before
        return None
    if aadhaar.is_valid(shown(cell)):
        message = _("Not needed and not kept: %(masked)s was dropped.")
        return warning("aadhaar_dropped", Field.AADHAAR, said(message, masked=masked))
    message = _("%(masked)s is no valid Aadhaar number. It is not needed and was dropped.")
    return warning("aadhaar_dropped", Field.AADHAAR, said(message, masked=masked))


def _mostly_old(sheet: Sheet, place: int | None) -> bool:
    if place is None:
        return False
    cells = [text for row in sheet.rows[:500] if (text := shown(row.cells[place])) and text[0] < "\u0900"]
    return len(cells) > 1 and sum(map(looks_like_krutidev, cells)) > _MOSTLY * len(cells)


def _codes_are_long(sheet: Sheet, place: int | None) -> bool:
    """Whether codes of twelve digits are usual here: then few of them pass for Aadhaar numbers, and only by chance."""
    if place is None:
        return False
    long = [text for row in sheet.rows if _TWELVE.fullmatch(text := digits(shown(row.cells[place])))]
    return len(long) >= _ENOUGH and sum(map(aadhaar.is_valid, long)) < _MOSTLY * len(long)
