"""The dry run of a stored batch: every row against the master as it is now, written back with its counts."""

from __future__ import annotations

from django.db import transaction

from employee_master.models import ImportBatch, ImportStage
from employee_master.services.imports.life import locked
from employee_master.services.imports.stored import compared, count, line_of, put, write
from employee_master.workflow.imports import ImportState
from eoffice.core import outbox
from eoffice.core.bulk import uncollected
from eoffice.core.errors import NotVisible

# The outbox kind of a long dry run; payload {"batch": id, "version": n}.
JUDGE = "imports.judge"
# Up to so many rows the page waits for it; beyond, the worker does it and the page shows the progress.
AT_ONCE = 1500


@uncollected()
def import_judge(*, batch_id: int) -> ImportBatch:
    """Compare all rows with the master and write what changed. Call it outside a transaction.

    A batch that somebody changes meanwhile is left to whoever changed it: their version is judged again.
    """
    batch: ImportBatch | None = ImportBatch.objects.select_related("office__head_post").filter(pk=batch_id).first()
    if batch is None:
        raise NotVisible
    if batch.state != ImportState.UPLOADED or batch.matched_at is None:
        return batch
    version = batch.version
    _progress(batch_id, 0, batch.rows_count)
    rows = list(batch.rows.order_by("number"))
    lines = [line_of(row) for row in rows]
    _progress(batch_id, len(rows) // 3, len(rows))
    compared(batch, lines)
    changed = [row for row, line in zip(rows, lines, strict=True) if put(row, line)]
    with transaction.atomic():
        batch = locked(batch_id)
        if batch.version == version and batch.state == ImportState.UPLOADED:
            write(changed)
            count(batch, lines)
            batch.judged_version = version
            batch.stage = ImportStage.IDLE
            batch.save()
    return batch


def _progress(batch_id: int, done: int, total: int) -> None:
    if total > AT_ONCE:
        ImportBatch.objects.filter(pk=batch_id).update(stage=ImportStage.JUDGING, stage_done=done, stage_total=total)


def judge_soon(batch: ImportBatch) -> ImportBatch:
    """The dry run now, or, for a long sheet, by the worker. Call it after the transaction that changed the batch."""
    if batch.rows_count <= AT_ONCE:
        return import_judge(batch_id=batch.pk)
    with transaction.atomic():
        ImportBatch.objects.filter(pk=batch.pk).update(
            stage=ImportStage.JUDGING, stage_done=0, stage_total=batch.rows_count
        )
        outbox.add(
            JUDGE, key=f"import-judge-{batch.pk}-{batch.version}", payload={"batch": batch.pk, "version": batch.version}
        )
    return batch
