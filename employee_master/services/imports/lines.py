"""A row while it is compared with the master: what it says, what is wrong with it, what it will do."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from employee_master.models import Attention, ChargeKind, RowOutcome
from employee_master.services.imports.known import Person
from employee_master.services.imports.words import REFUSED, Problem

DATES = frozenset({"born_on", "joined_on", "superannuates_on", "charge_from"})
NEAR_DUPLICATE = "near_duplicate"
NEAR_IN_SHEET = "near_duplicate_in_sheet"
# Said for completeness; nobody needs to look at the row for it.
QUIET = frozenset({"aadhaar_dropped"})
TWO_PEOPLE = "two_people"
SAME = "same:"


@dataclass(slots=True)
class Line:
    """`values` are the checked facts of the row by column, `settled` the answers given to its questions.

    `person` is the employee whom it means, None for a new one; `further_of` is the number of the row with the first
    charge of the same person, and `first` that row. `deed` is what applying will do:

        person   before and after of every fact that changes, by field
        email    before and after, where an account is opened
        post     the id and marking of a post, or what a new one is to be
        charge   kind, first day and order of a charge that starts
    """

    number: int
    values: dict[str, Any]
    problems: list[Problem]
    settled: dict[str, str] = field(default_factory=dict)
    left_out: bool = False
    further_of: int | None = None
    person: Person | None = None
    first: Line | None = None
    deed: dict[str, Any] = field(default_factory=dict)

    def text(self, column: str) -> str:
        return str(self.values.get(column) or "")

    def day(self, column: str) -> date | None:
        value = self.values.get(column)
        return value if isinstance(value, date) else None

    @property
    def kind(self) -> str:
        return self.text("charge_kind") or str(ChargeKind.SUBSTANTIVE)

    def add(self, problem: Problem) -> None:
        self.problems.append(problem)

    def is_refused(self, column: str = "") -> bool:
        """Whether anything, or anything in the column, keeps the row out."""
        return any(one["severity"] == REFUSED and column in {"", one["column"]} for one in self.problems)

    @property
    def is_new(self) -> bool:
        return self.person is None

    @property
    def outcome(self) -> RowOutcome:
        if self.left_out:
            return RowOutcome.LEFT_OUT
        if self.is_refused():
            return RowOutcome.REFUSED
        if self.is_new and self.first is None:
            return RowOutcome.CREATE
        changes = any(self.deed.get(name) for name in ("person", "email", "charge"))
        return RowOutcome.CHANGE if changes else RowOutcome.UNCHANGED

    @property
    def attention(self) -> Attention:
        if not self.left_out and self.is_refused():
            return Attention.REFUSED
        if self.left_out or all(one["code"] in QUIET for one in self.problems):
            return Attention.NONE
        return Attention.UNSETTLED if any(one.get("open") for one in self.problems) else Attention.LOOK_AGAIN
