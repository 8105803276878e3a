"""Between the rows as they are stored and the lines as they are compared."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from employee_master.models import Attention, ImportBatch, ImportRow, RowOutcome
from employee_master.services.imports.compare import asked_of, compare
from employee_master.services.imports.known import Known, read_known
from employee_master.services.imports.lines import DATES, Line
from employee_master.services.imports.plan import stored_deed
from employee_master.services.imports.sheet import across, columns_of
from employee_master.services.imports.words import OF_MASTER, OF_SHEET, WARNING
from eoffice.core import clock

WRITTEN = ("values", "settled", "problems", "deed", "outcome", "attention", "code", "who", "corrections", "left_out")
BATCH = 400


def first_day(batch: ImportBatch) -> date:
    """The first day of charges for which the sheet says none: the day of the upload, whenever it is applied."""
    return clock.office_time(batch.made_at).date()


def line_of(row: ImportRow) -> Line:
    values = {name: date.fromisoformat(value) if name in DATES else value for name, value in row.values.items()}
    problems = [dict(problem) for problem in row.problems if problem.get("of") == OF_SHEET]
    return Line(row.number, values, problems, dict(row.settled), row.left_out)


def lines_of(batch: ImportBatch) -> list[Line]:
    """All rows of the batch in their order, ready to be compared."""
    return [line_of(row) for row in batch.rows.order_by("number")]


def compared(batch: ImportBatch, lines: Sequence[Line]) -> Known:
    """Compare the lines among each other and with the master as it is now; gives what was known of it."""
    today = first_day(batch)
    across(lines, columns_of(batch))
    known = read_known(batch.office, asked_of([line for line in lines if not line.left_out], today))
    compare(lines, known, today=today)
    return known


def put(row: ImportRow, line: Line) -> bool:
    """Write the line on the row, not yet into the database; whether that changes anything."""
    problems = [{"of": OF_MASTER, **problem} for problem in line.problems]
    facts: dict[str, Any] = {
        "problems": problems,
        "deed": stored_deed(line),
        "outcome": str(line.outcome),
        "attention": int(line.attention),
        "code": line.text("code")[:60],
        "who": (line.text("name_en") or line.text("name_hi"))[:200],
    }
    changed = any(getattr(row, name) != value for name, value in facts.items())
    for name, value in facts.items():
        setattr(row, name, value)
    return changed


def write(rows: Iterable[ImportRow]) -> None:
    """Write these rows, which stand in the database already."""
    ImportRow.objects.bulk_create(
        list(rows), batch_size=BATCH, update_conflicts=True, unique_fields=["id"], update_fields=list(WRITTEN)
    )


def count(batch: ImportBatch, lines: Sequence[Line]) -> None:
    """Put the counts of the dry run on the batch."""
    outcomes = [line.outcome for line in lines]
    attentions = [line.attention for line in lines]
    batch.rows_count = len(lines)
    batch.created_count = outcomes.count(RowOutcome.CREATE)
    batch.changed_count = outcomes.count(RowOutcome.CHANGE)
    batch.unchanged_count = outcomes.count(RowOutcome.UNCHANGED)
    batch.refused_count = outcomes.count(RowOutcome.REFUSED)
    batch.left_out_count = outcomes.count(RowOutcome.LEFT_OUT)
    batch.unsettled_count = attentions.count(Attention.UNSETTLED)
    batch.warned_count = sum(
        any(problem["severity"] == WARNING for problem in line.problems) and not line.left_out and not line.is_refused()
        for line in lines
    )
