"""The cast, an office with its head, and rows as the sheet's reader gives them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from employee_master.models import Employee
from employee_master.services.imports.compare import asked_of, compare
from employee_master.services.imports.known import read_known
from employee_master.services.imports.lines import Line
from employee_master.services.imports.sheet import Columns, across
from tests.cast import Cast, build_cast
from tests.conftest import Clock

TODAY = date(2026, 11, 18)
Compared = Callable[..., list[Line]]


@pytest.fixture
def cast(db: None, still_clock: Clock) -> Cast:
    cast = build_cast()
    office = cast.offices["GAD"]
    office.head_post = cast.post("secretary")
    office.save()
    return cast


def line(number: int, **values: Any) -> Line:
    """A row of a new dealing assistant in GAD-3 unless it says otherwise; None takes a value away."""
    known: dict[str, Any] = {
        "code": f"N{number:03d}",
        "name_en": f"Person {'ABCDEFGHJKLMNPQRSTUVWXYZ'[number % 24]}{number}",
        "name_hi": "",
        "born_on": date(1980, 1, 1 + number % 28),
        "mobile": f"98{number:08d}",
        "email": f"person{number}@gad.state.example",
        "designation": "Dealing Assistant",
        "section": "GAD-3",
    } | values
    return Line(number, {name: value for name, value in known.items() if value is not None}, [])


@pytest.fixture
def compared(cast: Cast) -> Compared:
    """Compare the lines with the office of general administration."""

    def act(*lines: Line) -> list[Line]:
        across(lines, Columns(()))
        known = read_known(cast.offices["GAD"], asked_of(lines, TODAY))
        compare(lines, known, today=TODAY)
        return list(lines)

    return act


def codes(one: Line) -> list[str]:
    return [problem["code"] for problem in one.problems]


def said(one: Line, code: str, language: str = "en") -> str:
    """The sentence of the problem with this code."""
    return next(problem["message"][language] for problem in one.problems if problem["code"] == code)


def as_line(number: int, person: Employee, **values: Any) -> Line:
    """A row that says of the person what the master says."""
    known = {"code": person.code, "name_en": person.name_en, "name_hi": person.name_hi, "born_on": None, "mobile": None}
    return line(number, **(known | {"email": person.account.email if person.account else None} | values))
