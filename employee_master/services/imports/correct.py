"""Putting rows right in the dry run: values, answers, rows that are left out (R3)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from employee_master.models import ImportBatch, ImportRow
from employee_master.services.imports.dryrun import AT_ONCE, judge_soon
from employee_master.services.imports.life import locked
from employee_master.services.imports.sheet import columns_of, judged, put_judged, said_in, sheet_of
from employee_master.services.imports.stored import first_day, write
from employee_master.services.imports.words import REFUSED
from employee_master.sheets import aadhaar
from employee_master.sheets.columns import BY_FIELD
from employee_master.sheets.columns import Mapping as Columns
from eoffice import access
from eoffice.core.actions import Action
from eoffice.core.actor import Actor
from eoffice.core.errors import BadInput
from eoffice.core.text import clean_line
from eoffice.ledger.writer import record_event

VALUE_LENGTH = 300
# Suggestions that may be taken for all rows at once: the same value, only written properly. What comes closest among
# sections, designations and posts is a guess, and chosen one by one.
GUESSES = frozenset(
    {"unknown_section", "unknown_designation", "unknown_post", "post_disagrees", "wrong_office", "foreign_address"}
)


@dataclass(frozen=True, slots=True)
class Fix:
    """What is put right in one row.

    `values` are new texts by field; `alike` are the fields whose new text also goes into every other row that has the
    same problem and says the same. `answer` settles a question by its code; `left_out` takes the row out or back in.
    """

    row_id: int
    values: Mapping[str, str] = field(default_factory=dict)
    alike: frozenset[str] = frozenset()
    answers: Mapping[str, str] = field(default_factory=dict)
    left_out: bool | None = None


def import_correct(*, batch_id: int, fixes: Sequence[Fix], actor: Actor) -> ImportBatch:
    """Put rows right, and run dry again. Call it outside a transaction.

    A value is judged like one of the sheet; a wrong one stays with its row as refused. Unknown fields are refused.
    """

    def act(batch: ImportBatch, columns: Columns) -> list[ImportRow]:
        rows = {row.pk: row for row in batch.rows.order_by("number")}
        touched: dict[int, ImportRow] = {}
        for fix in fixes:
            row = rows.get(fix.row_id)
            if row is None:
                continue
            for name, text in fix.values.items():
                for one in [row, *(_alike(row, name, rows.values(), columns) if name in fix.alike else [])]:
                    _put(one, name, text)
                    touched[one.pk] = one
            if fix.answers:
                row.settled = {**row.settled, **{code: value for code, value in fix.answers.items() if value}}
                touched[row.pk] = row
            if fix.left_out is not None and fix.left_out != row.left_out:
                row.left_out = fix.left_out
                touched[row.pk] = row
        return list(touched.values())

    return _change(batch_id, act, actor)


def import_take_suggestions(*, batch_id: int, actor: Actor) -> ImportBatch:
    """Wherever a refused value has a suggestion that only writes it properly, take that."""

    def act(batch: ImportBatch, _columns: Columns) -> list[ImportRow]:
        touched = []
        for row in batch.rows.filter(outcome="refused").order_by("number"):
            taken = {problem["column"]: problem["suggestion"] for problem in row.problems if is_safe(problem)}
            for name, text in taken.items():
                _put(row, name, text)
            if taken:
                touched.append(row)
        return touched

    return _change(batch_id, act, actor)


def is_safe(problem: Mapping[str, object]) -> bool:
    """Whether the problem's suggestion may be taken without looking at the row."""
    return bool(problem["suggestion"]) and problem["severity"] == REFUSED and problem["code"] not in GUESSES


def import_leave_out_refused(*, batch_id: int, actor: Actor) -> ImportBatch:
    """Every row that is refused now is left out; each can be taken back in."""

    def act(batch: ImportBatch, _columns: Columns) -> list[ImportRow]:
        rows = list(batch.rows.filter(outcome="refused").order_by("number"))
        for row in rows:
            row.left_out = True
        return rows

    return _change(batch_id, act, actor)


def _change(batch_id: int, act: Callable[[ImportBatch, Columns], list[ImportRow]], actor: Actor) -> ImportBatch:
    with transaction.atomic():
        batch = locked(batch_id)
        access.require(actor, Action.IMPORT_CORRECT, batch)
        columns = columns_of(batch)
        touched = act(batch, columns)
        if not touched:
            return batch
        _judge_anew(batch, touched, columns)
        write(touched)
        batch.version += 1
        batch.save()
        record_event(
            action=Action.IMPORT_CORRECT,
            subject=batch,
            actor=actor,
            data={"version": batch.version, "rows": len(touched)},
        )
    return judge_soon(batch)


def _judge_anew(batch: ImportBatch, touched: list[ImportRow], columns: Columns) -> None:
    """These rows by the engine that judged them first; with the others beside them, unless the sheet is a long one.

    Whether days and months are exchanged, or a whole column is in an old font, shows in the column only.
    """
    changed = {row.pk: row for row in touched}
    rows = touched
    if batch.rows_count <= AT_ONCE:
        rows = [changed.get(row.pk, row) for row in batch.rows.all()]
    rows = sorted(rows, key=lambda row: row.number)
    found = judged(sheet_of(batch, rows, columns), columns, first_day(batch))
    for row, one in zip(rows, found.rows, strict=True):
        if row.pk in changed:
            put_judged(row, one)


def _put(row: ImportRow, name: str, text: str) -> None:
    if name not in BY_FIELD:
        raise BadInput("unknown_column", _("There is no such column."), _("Use the fields of the page."))
    line = clean_line(text, field=name, limit=VALUE_LENGTH, required=False)
    row.corrections = {**row.corrections, name: aadhaar.mask_within(line)}


def _alike(row: ImportRow, name: str, rows: Iterable[ImportRow], columns: Columns) -> list[ImportRow]:
    """Other rows with the same problem in the column, which say the same there."""
    codes = {problem["code"] for problem in row.problems if problem["column"] == name}
    said = said_in(row, name, columns).casefold()
    return [
        other
        for other in rows
        if other.pk != row.pk
        and any(problem["code"] in codes and problem["column"] == name for problem in other.problems)
        and said_in(other, name, columns).casefold() == said
    ]
