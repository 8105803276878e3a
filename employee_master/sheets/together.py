"""What shows only when things are seen together: the dates of one person, the same code in two rows."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from itertools import combinations

from django.utils.translation import gettext_lazy as _

from employee_master.sheets.cells import OLDEST, YOUNGEST, age_on
from employee_master.sheets.columns import Field
from employee_master.sheets.days import written
from employee_master.sheets.messages import Problem, refused, said, warning
from employee_master.sheets.rows import JudgedRow, RowValues
from eoffice.core.sound import LIKELY, POSSIBLE, same_name, sound_keys

_EARLIEST_RETIREMENT = 50
_MANY = 200  # people of one birth date and one word of the name who are compared with each other


def within_row(values: RowValues, today: date) -> Iterator[Problem]:
    """The order of a person's dates."""
    del today
    born, joined, leaves, since = values.born_on, values.joined_on, values.superannuates_on, values.charge_from
    if born and joined and age_on(born, joined) < YOUNGEST:
        message = _("By these dates the person joined at the age of %(age)s. Check date of birth and date of joining.")
        make = refused if joined <= born else warning
        yield make("joined_too_young", Field.JOINED_ON, said(message, age=max(age_on(born, joined), 0)))
    if born and leaves and leaves <= born:
        message = _("The superannuation on %(leaves)s comes before the birth on %(born)s.")
        yield refused(
            "superannuates_before_birth",
            Field.SUPERANNUATES_ON,
            said(message, leaves=written(leaves), born=written(born)),
        )
    elif joined and leaves and leaves <= joined:
        message = _("The superannuation on %(leaves)s comes before the joining on %(joined)s.")
        yield refused(
            "superannuates_before_joining",
            Field.SUPERANNUATES_ON,
            said(message, leaves=written(leaves), joined=written(joined)),
        )
    elif born and leaves and not _EARLIEST_RETIREMENT <= age_on(born, leaves) <= OLDEST:
        message = _("By these dates the person superannuates at the age of %(age)s. Check both.")
        yield warning("odd_superannuation", Field.SUPERANNUATES_ON, said(message, age=age_on(born, leaves)))
    if joined and since and since < joined:
        message = _("In this post since %(since)s, which is before the joining of service on %(joined)s.")
        yield warning(
            "post_before_joining", Field.CHARGE_FROM, said(message, since=written(since), joined=written(joined))
        )


def across_rows(rows: list[JudgedRow], headings: dict[Field, str]) -> list[JudgedRow]:
    """The rows with what they say about each other: given twice, one person's second charge, perhaps one person."""
    more: dict[int, list[Problem]] = {row.number: [] for row in rows}
    first_of = dict(_further_charges(rows, more))
    for field, say in (
        (Field.CODE, _("The code %(value)s also stands in row %(rows)s.")),
        (Field.EMAIL, _("The address %(value)s also stands in row %(rows)s; each person needs an own one.")),
        (Field.MOBILE, _("The number %(value)s also stands in row %(rows)s.")),
    ):
        for value, alike in _by_value(rows, field, first_of):
            for row in alike:
                others = tuple(other.number for other in alike if other is not row)
                message = said(say, value=value, rows=", ".join(map(str, others[:5])))
                make = warning if field is Field.MOBILE else refused
                more[row.number].append(make(f"{field}_twice", field, message, rows=others))
    for row, other in _alike_codes(rows, first_of):
        message = _("The code %(code)s in row %(row)s differs by noughts or hyphens only. One code?")
        problem = warning("code_alike", Field.CODE, said(message, code=other.values.code, row=other.number))
        more[row.number].append(replace(problem, rows=(other.number,)))
    for one, other in _perhaps_one_person(rows, first_of):
        message = _("Same date of birth and nearly the same name as %(name)s in row %(row)s. One person?")
        for row, beside in ((one, other), (other, one)):
            name = beside.values.name_en or beside.values.name_hi
            more[row.number].append(
                warning(
                    "near_duplicate",
                    _name_field(headings),
                    said(message, name=name, row=beside.number),
                    rows=(beside.number,),
                )
            )
    return [
        replace(
            row,
            problems=[
                *row.problems,
                *(replace(p, heading=headings.get(Field(p.column), "")) for p in more[row.number]),
            ],
            further_charge_of=first_of.get(row.number),
        )
        for row in rows
    ]


def _name_field(headings: dict[Field, str]) -> Field:
    return next((field for field in (Field.NAME_EN, Field.NAME_HI, Field.NAME) if field in headings), Field.NAME_EN)


def _person(values: RowValues) -> tuple[object, ...]:
    return (values.name_en, values.name_hi, values.born_on, values.email, values.mobile, values.gender)


def _place(values: RowValues) -> tuple[object, ...]:
    return (values.designation, values.section, values.post, values.office, values.charge_kind)


def _further_charges(rows: list[JudgedRow], more: dict[int, list[Problem]]) -> Iterator[tuple[int, int]]:
    """(row, first row) of people who stand several times because they hold several charges."""
    by_code: dict[str, list[JudgedRow]] = {}
    for row in rows:
        if row.values.code:
            by_code.setdefault(row.values.code.casefold(), []).append(row)
    for alike in by_code.values():
        first = next((row for row in alike if row.values.charge_kind in {None, "substantive"}), alike[0])
        for row in alike:
            if row is first or not _one_person(first.values, row.values):
                continue
            if row.values.charge_kind not in {None, "substantive"}:
                yield row.number, first.number
            elif _person(row.values) == _person(first.values):
                more[row.number].append(_twice(row, first))
                yield row.number, first.number


def _twice(row: JudgedRow, first: JudgedRow) -> Problem:
    if _place(row.values) == _place(first.values):
        message = _("This row says the same as row %(row)s. Leave one of them out.")
        return refused("row_twice", Field.CODE, said(message, row=first.number), rows=(first.number,))
    message = _(
        "The person stands in row %(row)s too, with another post. Say in Kind of charge which one is additional."
    )
    return refused("second_charge", Field.CHARGE_KIND, said(message, row=first.number), rows=(first.number,))


def _one_person(one: RowValues, other: RowValues) -> bool:
    if one.born_on and other.born_on and one.born_on != other.born_on:
        return False
    names = [(a, b) for a, b in ((one.name_en, other.name_en), (one.name_hi, other.name_hi)) if a and b]
    return any(same_name(a, b) >= POSSIBLE for a, b in names)


def _by_value(rows: list[JudgedRow], field: Field, first_of: dict[int, int]) -> Iterator[tuple[str, list[JudgedRow]]]:
    found: dict[str, list[JudgedRow]] = {}
    for row in rows:
        value = getattr(row.values, field.value)
        if value and row.number not in first_of:
            found.setdefault(value.casefold(), []).append(row)
    for alike in found.values():
        if len(alike) > 1:
            yield getattr(alike[0].values, field.value), alike


def _alike_codes(rows: list[JudgedRow], first_of: dict[int, int]) -> Iterator[tuple[JudgedRow, JudgedRow]]:
    """(row, first row) whose codes a spreadsheet may have made of one: 00123 and 123, A-5 and A5."""
    found: dict[str, JudgedRow] = {}
    for row in rows:
        code = (row.values.code or "").casefold()
        if code and row.number not in first_of:
            first = found.setdefault("".join(filter(str.isalnum, code)).lstrip("0"), row)
            if first is not row and (first.values.code or "").casefold() != code:
                yield row, first


def _perhaps_one_person(rows: list[JudgedRow], first_of: dict[int, int]) -> Iterator[tuple[JudgedRow, JudgedRow]]:
    groups: dict[tuple[date, str], list[JudgedRow]] = {}
    for row in rows:
        born, name = row.values.born_on, row.values.name_en or row.values.name_hi
        if born and name and row.number not in first_of:
            for key in set(sound_keys(name)):
                groups.setdefault((born, key), []).append(row)
    seen: set[tuple[int, int]] = set()
    for group in groups.values():
        for one, other in combinations(group[:_MANY], 2):
            pair = (one.number, other.number)
            if (
                pair not in seen
                and _differ(one.values, other.values, lambda v: v.code)
                and _alike(one.values, other.values)
            ):
                seen.add(pair)
                yield one, other


def _differ(one: RowValues, other: RowValues, of: Callable[[RowValues], str | None]) -> bool:
    return (of(one) or "").casefold() != (of(other) or "").casefold()


def _alike(one: RowValues, other: RowValues) -> bool:
    if one.gender and other.gender and one.gender != other.gender:
        return False
    return any(
        same_name(a, b) >= LIKELY for a, b in ((one.name_en, other.name_en), (one.name_hi, other.name_hi)) if a and b
    )
