"""What judging a sheet gives: for each row the clean values and what is wrong."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import date
from typing import Any

from employee_master.sheets.messages import Problem


@dataclass(frozen=True, slots=True)
class RowValues:
    """None where the sheet says nothing, or nothing that can be taken.

    `gender` and `charge_kind` are values of `models.employee.Gender` and `models.charge.ChargeKind`. `name_made` is
    "en" or "hi" when that name was made from the other.
    """

    code: str | None = None
    name_en: str | None = None
    name_hi: str | None = None
    name_made: str = ""
    gender: str | None = None
    born_on: date | None = None
    joined_on: date | None = None
    superannuates_on: date | None = None
    mobile: str | None = None
    email: str | None = None
    designation: str | None = None
    section: str | None = None
    post: str | None = None
    office: str | None = None
    charge_kind: str | None = None
    charge_from: date | None = None
    order_number: str | None = None

    def as_json(self) -> dict[str, str]:
        """What is there, as text; `from_json` reads it."""
        return {
            field.name: value.isoformat() if isinstance(value, date) else value
            for field in fields(self)
            if (value := getattr(self, field.name))
        }

    @classmethod
    def from_json(cls, kept: dict[str, Any]) -> RowValues:
        """Names that this release does not know are passed over."""
        known = {field.name: str(kept[field.name]) for field in fields(cls) if kept.get(field.name)}
        days = {
            name: date.fromisoformat(value)
            for name, value in known.items()
            if name.endswith("_on") or name == "charge_from"
        }
        return cls(**{**known, **days})  # type: ignore[arg-type]


@dataclass(frozen=True, slots=True)
class JudgedRow:
    """One row of the sheet. The first of a judgement may be the heading row: its problems concern whole columns.

    `raw` is what the sheet says, by heading, with Aadhaar numbers masked. `further_charge_of` is the number of the row
    with the same person's first charge.
    """

    number: int
    raw: dict[str, str]
    values: RowValues
    problems: list[Problem]
    is_heading: bool = False
    further_charge_of: int | None = None

    @property
    def is_refused(self) -> bool:
        return any(problem.refused for problem in self.problems)

    @property
    def needs_a_look(self) -> bool:
        """A warning that somebody should answer; those in `QUIET` only inform."""
        return any(not problem.refused and problem.code not in QUIET for problem in self.problems)


QUIET = frozenset({"aadhaar_dropped"})
