"""Bringing a sheet: read, Aadhaar masked, kept, columns matched, dry run (R3)."""

from __future__ import annotations

from collections.abc import Mapping

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from employee_master.models import ImportBatch, ImportRow, Office
from employee_master.services.imports.dryrun import judge_soon
from employee_master.services.imports.life import locked
from employee_master.services.imports.sheet import (
    XLSX,
    certain,
    columns_of,
    judged,
    kept_workbook,
    masked_cells,
    matched,
    put_judged,
    sheet_of,
    stored_columns,
    title_of,
)
from employee_master.services.imports.stored import BATCH, first_day, write
from employee_master.services.imports.words import both
from employee_master.sheets.cell import Sheet
from employee_master.sheets.columns import Field
from employee_master.sheets.columns import Mapping as Columns
from employee_master.sheets.reading import read_sheet
from employee_master.sheets.rows import JudgedRow
from employee_master.workflow.imports import ImportState
from eoffice import access
from eoffice.core import clock
from eoffice.core.actions import Action
from eoffice.core.actor import Actor
from eoffice.core.bulk import uncollected
from eoffice.core.errors import BadInput
from eoffice.documents.intake import clean_name
from eoffice.documents.models import Document
from eoffice.documents.services import document_store
from eoffice.ledger.writer import record_event


@uncollected()
def import_upload(
    *, content: bytes, name: str, office_id: int, sheet_name: str = "", replaces: int | None = None, actor: Actor
) -> ImportBatch:
    """Read the sheet and keep it for the office, with Aadhaar numbers masked; the file as it came is not kept.

    `replaces` is a batch that is still being corrected: it is given up, and columns that were matched there by hand
    are matched alike. Call it outside a transaction. Refused: a file that can't be read (`SheetUnreadable`).
    """
    office = Office.objects.get(pk=office_id)
    access.require(actor, Action.IMPORT_UPLOAD, ImportBatch(office=office))
    sheet = read_sheet(content, name, sheet_name=sheet_name)
    columns = matched(sheet)
    former = ImportBatch.objects.filter(pk=replaces, office=office).first() if replaces is not None else None
    if former is not None:
        columns = _as_before(columns, former)
    # Judged at once, before the numbers are masked: an Aadhaar number is looked at here and nowhere else.
    rows = judged(sheet, columns, clock.today()).rows
    document = document_store(
        content=kept_workbook(sheet, columns), name=f"{_stem(name)}.xlsx", kind="generated", media_type=XLSX
    )
    batch = _keep(office, sheet, columns, rows, document=document, name=clean_name(name), former=former, actor=actor)
    return judge_soon(batch) if batch.matched_at is not None else batch


def _stem(name: str) -> str:
    return clean_name(name).rpartition(".")[0] or clean_name(name)


def _as_before(columns: Columns, former: ImportBatch) -> Columns:
    """As the same headings were matched by hand before."""
    chosen = {one["heading"]: Field(one["field"]) for one in former.columns if one["how"] == "hand"}
    places = {
        place: chosen[match.column.heading]
        for place, match in enumerate(columns.matches)
        if match.column.heading in chosen
    }
    return columns.by_hand(places) if places else columns


@transaction.atomic
def _keep(
    office: Office,
    sheet: Sheet,
    columns: Columns,
    rows: list[JudgedRow],
    *,
    document: Document,
    name: str,
    former: ImportBatch | None,
    actor: Actor,
) -> ImportBatch:
    at = clock.now()
    batch: ImportBatch = ImportBatch(
        office=office,
        name=name,
        tab=sheet.name[:120],
        document=document,
        made_by_id=actor.person,
        post_id=actor.post_id,
        made_at=at,
        columns=stored_columns(columns),
        remarks=[{"row": note.row, "code": note.code, "message": both(note.message)} for note in sheet.notes],
        matched_at=at if certain(columns) else None,
        rows_count=len(rows),
    )
    batch.save()
    made = []
    for row, one in zip(sheet.rows, rows, strict=True):
        kept = ImportRow(batch=batch, number=row.number, raw=masked_cells(row, columns))
        put_judged(kept, one)
        made.append(kept)
    ImportRow.objects.bulk_create(made, batch_size=BATCH)
    if former is not None and former.state == ImportState.UPLOADED:
        former = locked(former.pk)
        access.require(actor, Action.IMPORT_GIVE_UP, former)
        former.give_up(at=at)
        former.save()
        record_event(action=Action.IMPORT_GIVE_UP, subject=former, actor=actor, data={"replaced_by": batch.pk})
    record_event(
        action=Action.IMPORT_UPLOAD,
        subject=batch,
        actor=actor,
        data={"office": office.pk, "rows": len(rows), "sheet_sha256": document.sha256},
    )
    return batch


def import_match(*, batch_id: int, chosen: Mapping[int, str], actor: Actor) -> ImportBatch:
    """Say by hand which column is which (`chosen`: fields by the place in the batch's columns); then the dry run.

    A column may be missing: what new people lack is then said of each of them. Refused: one field for two columns.
    """
    with transaction.atomic():
        batch = locked(batch_id)
        access.require(actor, Action.IMPORT_CORRECT, batch)
        columns = _chosen(batch, chosen)
        batch.columns = stored_columns(Columns(columns.matches[: len(batch.columns)]))
        batch.matched_at = clock.now()
        batch.version += 1
        batch.save()
        _judge_again(batch)
        record_event(
            action=Action.IMPORT_CORRECT, subject=batch, actor=actor, data={"version": batch.version, "columns": True}
        )
    return judge_soon(batch)


def _chosen(batch: ImportBatch, chosen: Mapping[int, str]) -> Columns:
    own = Columns(columns_of(batch).matches[: len(batch.columns)])
    fields = {place: Field(value) for place, value in chosen.items() if 0 <= place < len(own.matches)}
    taken = [field for field in fields.values() if field not in {Field.IGNORED, Field.SURNAME}]
    twice = {field for field in taken if taken.count(field) > 1}
    if twice:
        raise BadInput(
            "column_twice",
            _("Two columns are named as %(fields)s.") % {"fields": ", ".join(title_of(one) for one in twice)},
            _("Keep the better one and leave the other unread."),
        )
    return own.by_hand(fields)


def _judge_again(batch: ImportBatch) -> None:
    """All rows by the engine once more, since their columns mean something else now."""
    columns = columns_of(batch)
    rows = list(batch.rows.order_by("number"))
    found = judged(sheet_of(batch, rows, columns), columns, first_day(batch))
    for row, one in zip(rows, found.rows, strict=True):
        put_judged(row, one)
    write(rows)
