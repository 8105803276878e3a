"""Rows of a staff sheet as the page draws them: what it says, what is wrong, the fix in place, what will be done."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from employee_master.models import (
    FULL_KINDS,
    Charge,
    ChargeKind,
    Designation,
    Gender,
    ImportBatch,
    ImportRow,
    Post,
    RowOutcome,
    Section,
)
from employee_master.queries.acting import active_on
from employee_master.services.imports.certificate import deed_facts
from employee_master.services.imports.correct import is_safe
from employee_master.services.imports.sheet import columns_of, heading_of, said_in, title_of
from employee_master.services.imports.words import REFUSED, Problem
from employee_master.sheets.columns import BY_FIELD, Field
from employee_master.sheets.columns import Mapping as Columns
from eoffice.core import clock
from eoffice.core.names import named

# Beyond so many refused rows nobody counts which of them say the same.
COUNTED = 3000
VACANT_LISTED = 60
# What is put right elsewhere than where it is wrong.
_FIXED_BY = {
    "has_substantive": Field.CHARGE_KIND,
    "duplicate_code": Field.CHARGE_KIND,
    "over_strength": Field.SECTION,
    "new_post": Field.POST,
}
# The same wrong word in many rows means the same; a code, a number or an address never does.
_ALIKE = frozenset({Field.DESIGNATION, Field.SECTION, Field.POST, Field.OFFICE, Field.GENDER, Field.CHARGE_KIND})
# Warnings that nothing in the row needs to be changed for.
_TOLD_ONLY = frozenset(
    {
        "aadhaar_dropped",
        "new_post",
        "no_account",
        "email_kept",
        "name_kept",
        "kept_elsewhere",
        "code_read_as",
        "read_as",
    }
)
Option = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Control:
    """A field of the form: a line to type or a list to choose from; `initial` is what it shows before it is touched."""

    name: str
    label: str
    initial: str
    options: Sequence[Option] = ()
    alike: int = 0

    @property
    def alike_name(self) -> str:
        return f"alike{self.name.removeprefix('fix')}"

    @property
    def element_id(self) -> str:
        return self.name


@dataclass(frozen=True, slots=True)
class Entry:
    """One problem of a row."""

    heading: str
    said: str
    message: str
    other: str
    refused: bool
    control: Control | None = None
    choices: Sequence[Option] = ()
    chosen: str = ""
    choice_name: str = ""
    above: bool = False


@dataclass(frozen=True, slots=True)
class RowShown:
    row: ImportRow
    edge: str
    entries: Sequence[Entry]
    facts: Sequence[tuple[str, str, str]]
    post: str = ""
    new_post: bool = False
    corrected: Sequence[str] = field(default=())


class Shown:
    """Draws the rows of one page; lists to choose from are read once."""

    def __init__(self, batch: ImportBatch, *, editable: bool, facts: bool = True) -> None:
        self._batch, self._editable, self._facts = batch, editable, facts
        self._columns = columns_of(batch)
        self._language = "hi" if get_language() == "hi" else "en"
        self._other = "en" if self._language == "hi" else "hi"
        self._lists: dict[Field, Sequence[Option]] = {}
        self._alike = self._count_alike() if editable else Counter()

    @property
    def columns(self) -> Columns:
        return self._columns

    def rows(self, rows: Iterable[ImportRow]) -> list[RowShown]:
        return [self.row(row) for row in rows]

    def row(self, row: ImportRow) -> RowShown:
        edge = "no" if row.outcome == RowOutcome.REFUSED else "warn" if row.problems and not row.left_out else ""
        post = row.deed.get("post", {})
        return RowShown(
            row=row,
            edge=edge,
            entries=[] if row.left_out else self._entries(row),
            facts=deed_facts(row.deed) if self._facts or row.outcome == RowOutcome.CHANGE else [],
            post=str(post.get(self._language) or post.get("en", "")),
            new_post=bool(post.get("new")),
            corrected=[title_of(Field(name)) for name in row.corrections],
        )

    def _entries(self, row: ImportRow) -> list[Entry]:
        problems = sorted(row.problems, key=lambda one: one["severity"] != REFUSED)
        fields: set[str] = set()
        return [self._entry(row, problem, fields) for problem in problems]

    def _entry(self, row: ImportRow, problem: Problem, fields: set[str]) -> Entry:
        column = problem["column"]
        message, other = problem["message"][self._language], problem["message"][self._other]
        control = self._control(row, problem) if self._editable and not problem.get("choices") else None
        above = control is not None and control.name in fields
        if control is not None:
            fields.add(control.name)
        return Entry(
            heading=heading_of(self._columns, column) if column else "",
            said=said_in(row, column, self._columns) if column else "",
            message=message,
            other=other if other != message else "",
            refused=problem["severity"] == REFUSED,
            control=None if above else control,
            above=above,
            choices=[(one["value"], one["words"][self._language]) for one in problem.get("choices", [])],
            chosen=problem.get("answer", ""),
            choice_name=f"settle-{row.pk}-{problem['code']}",
        )

    def _control(self, row: ImportRow, problem: Problem) -> Control | None:
        column = _FIXED_BY.get(problem["code"], problem["column"])
        if (column not in BY_FIELD and column != Field.NAME) or problem["code"] in _TOLD_ONLY:
            return None
        target = Field(column)
        said = said_in(row, column, self._columns)
        options = self._options(target)
        suggestion = problem["suggestion"] if column == problem["column"] else ""
        initial = suggestion or ("" if options else said)
        if options and initial and initial not in {value for value, _words in options}:
            initial = ""
        return Control(
            name=f"fix-{row.pk}-{column}",
            label=title_of(target),
            initial=initial,
            options=options,
            alike=self._alike[_key(problem, said)] - 1 if target in _ALIKE and said else 0,
        )

    def _options(self, target: Field) -> Sequence[Option]:
        if target not in self._lists:
            self._lists[target] = self._listed(target)
        return self._lists[target]

    def _listed(self, target: Field) -> Sequence[Option]:
        office, today = self._batch.office, clock.today()
        match target:
            case Field.SECTION:
                sections = Section.objects.filter(office=office).exclude(to_on__lt=today).order_by("code")
                listed = [(office.code, named(office)), *((one.code, f"{one.code} · {named(one)}") for one in sections)]
            case Field.DESIGNATION:
                ranks = Designation.objects.filter(is_active=True).order_by("rank", "code")
                listed = [(one.code, f"{one.code} · {named(one)}") for one in ranks]
            case Field.POST:
                held = Charge.objects.filter(active_on(today), kind__in=FULL_KINDS).values("post")
                posts = Post.objects.filter(office=office, is_active=True).exclude(pk__in=held).order_by("marking")
                listed = [
                    (one.marking, _("%(post)s (vacant)") % {"post": one.marking}) for one in posts[:VACANT_LISTED]
                ]
            case Field.OFFICE:
                listed = [(office.code, f"{office.code} · {named(office)}")]
            case Field.GENDER:
                listed = [(str(value), str(label)) for value, label in Gender.choices]
            case Field.CHARGE_KIND:
                listed = [(kind.value, str(kind.label)) for kind in ChargeKind if kind != ChargeKind.LINK]
            case _:
                listed = []
        return listed

    def _count_alike(self) -> Counter[tuple[str, str, str]]:
        if not 1 < self._batch.refused_count <= COUNTED:
            return Counter()
        rows = self._batch.rows.filter(outcome=RowOutcome.REFUSED)
        return Counter(
            _key(problem, said_in(row, _FIXED_BY.get(problem["code"], problem["column"]), self._columns))
            for row in rows
            for problem in row.problems
            if problem["severity"] == REFUSED and problem["column"]
        )

    def safe_suggestions(self) -> int:
        """In how many refused rows a suggestion only writes the value properly."""
        if not 0 < self._batch.refused_count <= COUNTED:
            return 0
        rows = self._batch.rows.filter(outcome=RowOutcome.REFUSED)
        return sum(any(is_safe(problem) for problem in row.problems) for row in rows)


def _key(problem: Mapping[str, Any], said: str) -> tuple[str, str, str]:
    return problem["code"], problem["column"], said.casefold()
