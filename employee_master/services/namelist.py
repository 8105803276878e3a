"""Comparing the master with a second list (R21): bring it, compare, and settle each difference.

A difference is settled by a change request, whose evidence is the extract of the list, or by saying why ours is right.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import date
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from employee_master.models import (
    ChangeRequest,
    Employee,
    EvidenceKind,
    Finding,
    ListKind,
    NameList,
    NameListRow,
    Office,
    Settlement,
)
from employee_master.queries.namelist import Compared, Theirs, compare, is_unsettled, ours_for, theirs_of
from employee_master.queries.people import Person
from employee_master.services.change import change_propose
from employee_master.services.imports.sheet import XLSX, kept_workbook, matched, stored_columns
from employee_master.sheets.columns import Field
from employee_master.sheets.columns import Mapping as Columns
from employee_master.sheets.judge import judge_sheet
from employee_master.sheets.reading import read_sheet
from eoffice import access
from eoffice.core import clock, export
from eoffice.core.actions import Action
from eoffice.core.actor import Actor
from eoffice.core.errors import WrongState
from eoffice.core.text import clean_line
from eoffice.documents.intake import clean_name
from eoffice.documents.models import Document
from eoffice.documents.queries import document_bytes
from eoffice.documents.services import document_store
from eoffice.ledger.writer import record_event

TITLE_LENGTH = 200
WHY_LENGTH = 300
# What is compared; every other column of the list is passed over.
COMPARED = (Field.CODE, Field.NAME_EN, Field.NAME_HI, Field.NAME, Field.BORN_ON)
_NAMES = (Field.NAME, Field.NAME_EN, Field.NAME_HI)
_BATCH = 500
_WRITTEN = (
    "row", "code", "name_en", "name_hi", "born_on", "employee", "finding", "likeness", "name_differs", "likely",
    "settlement", "why", "settled_by", "settled_at",
)  # fmt: skip


def namelist_upload(*, content: bytes, name: str, office_id: int, kind: ListKind, title: str, actor: Actor) -> NameList:
    """Read the list and keep it with Aadhaar numbers masked; compared at once when its columns leave no doubt.

    Call it outside a transaction. Refused: a file that can't be read (`SheetUnreadable`).
    """
    office = Office.objects.get(pk=office_id)
    access.require(actor, Action.NAMES_COMPARE, Person(office, None))
    title = clean_line(title, field="title", limit=TITLE_LENGTH)
    sheet = read_sheet(content, name)
    columns = matched(sheet)
    stem = clean_name(name).rpartition(".")[0] or clean_name(name)
    document = document_store(
        content=kept_workbook(sheet, columns), name=f"{stem}.xlsx", kind="generated", media_type=XLSX
    )
    with transaction.atomic():
        made: NameList = NameList.objects.create(
            office=office,
            kind=kind,
            title=title,
            sha256=hashlib.sha256(content).hexdigest(),
            columns=stored_columns(columns),
            document=document,
            made_by_id=actor.person,
            made_at=clock.now(),
        )
        _record(made, actor, {"rows": len(sheet.rows), "sheet": made.sha256})
    return _rows_write(made, columns, actor) if _certain(columns) else made


def namelist_columns(*, list_id: int, chosen: Mapping[int, str], actor: Actor) -> NameList:
    """Say which column is which (field by place) and compare. Refuses a choice without any name (`no_name_column`)."""
    name_list = NameList.objects.select_related("office").get(pk=list_id)
    access.require(actor, Action.NAMES_COMPARE, Person(name_list.office, None))
    sheet = read_sheet(document_bytes(name_list.document), name_list.document.name)
    columns = matched(sheet).by_hand({place: Field(field) for place, field in chosen.items()})
    if not any(columns.index(field) is not None for field in _NAMES):
        raise WrongState(
            "no_name_column",
            _("No column holds names, so there is nothing to compare."),
            _("Say which column holds the names."),
        )
    return _rows_write(name_list, columns, actor)


def _certain(columns: Columns) -> bool:
    """A column of names, one of codes or birth dates, and no doubt about these."""
    if not any(columns.index(field) is not None for field in _NAMES):
        return False
    if columns.index(Field.CODE) is None and columns.index(Field.BORN_ON) is None:
        return False
    return not any(match.doubtful for match in columns.matches if match.field in COMPARED)


def _rows_write(name_list: NameList, columns: Columns, actor: Actor) -> NameList:
    """The rows of the sheet under these columns, compared. What was settled about a row that stays the same stays."""
    sheet = read_sheet(document_bytes(name_list.document), name_list.document.name)
    rows = judge_sheet(sheet, columns, today=clock.today(), allowed_domains=settings.MAIL_DOMAINS)
    theirs = [
        Theirs(
            row=one.number,
            code=one.values.code or "",
            name_en="" if one.values.name_made == "en" else one.values.name_en or "",
            name_hi="" if one.values.name_made == "hi" else one.values.name_hi or "",
            born_on=one.values.born_on,
        )
        for one in rows
        if not one.is_heading
    ]
    with transaction.atomic():
        locked: NameList = NameList.objects.select_for_update(of=("self",)).get(pk=name_list.pk)
        locked.columns = stored_columns(columns)
        _write(locked, [row for row in theirs if row.code or row.name_en or row.name_hi], actor)
    return locked


@transaction.atomic
def namelist_compare(*, list_id: int, actor: Actor) -> NameList:
    """Compare again with the master as it is now; what was settled stays settled where nothing new differs."""
    name_list: NameList = NameList.objects.select_for_update(of=("self",)).get(pk=list_id)
    access.require(actor, Action.NAMES_COMPARE, Person(name_list.office, None))
    _write(name_list, theirs_of(name_list), actor)
    return name_list


def _write(name_list: NameList, theirs: list[Theirs], actor: Actor) -> None:
    before = {(one.row, None if one.row else one.employee_id): one for one in name_list.rows.all()}
    linked = {one.row: one.employee_id for one in before.values() if one.row and one.linked and one.employee_id}
    new: list[NameListRow] = []
    kept: list[NameListRow] = []
    for one in compare(theirs, ours_for(name_list.office, theirs), linked=linked):
        key = (one.theirs.row, None) if one.theirs else (None, one.ours.pk if one.ours else None)
        row = before.pop(key, None)
        if row is None:
            new.append(_put(NameListRow(name_list=name_list), one))
        elif _facts(row) != _facts(_put(row, one)):
            kept.append(row)
    # What is no longer said: people who left, rows that another choice of columns does not have.
    gone = [row.pk for row in before.values() if row.settlement != Settlement.CHANGE]
    NameListRow.objects.filter(pk__in=gone).delete()
    NameListRow.objects.bulk_update(kept, _WRITTEN, batch_size=_BATCH)
    NameListRow.objects.bulk_create(new, batch_size=_BATCH)
    name_list.compared_at = clock.now()
    name_list.save(update_fields=["columns", "compared_at"])
    _record(name_list, actor, {"compared": len(theirs), "new": len(new), "changed": len(kept)})


def _facts(row: NameListRow) -> list[Any]:
    """What would have to be written: most rows of a large list stay as they are."""
    return [getattr(row, f"{name}_id" if name in {"employee", "settled_by"} else name) for name in _WRITTEN]


def _put(row: NameListRow, one: Compared) -> NameListRow:
    same = (row.finding, row.employee_id) == (one.finding, one.ours.pk if one.ours else None)
    if row.settlement == Settlement.OURS and not (same and _same_values(row, one)):
        row.settlement, row.why, row.settled_by, row.settled_at = Settlement.OPEN, "", None, None
    if one.theirs is not None:
        row.row, row.code, row.born_on = one.theirs.row, one.theirs.code, one.theirs.born_on
        row.name_en, row.name_hi = one.theirs.name_en, one.theirs.name_hi
    row.employee_id = one.ours.pk if one.ours else None
    row.finding, row.likeness, row.name_differs = one.finding, one.likeness, one.name_differs
    row.likely = one.likely
    return row


def _same_values(row: NameListRow, one: Compared) -> bool:
    if one.theirs is None:
        return True
    now = (one.theirs.code, one.theirs.name_en, one.theirs.name_hi, one.theirs.born_on)
    return (row.code, row.name_en, row.name_hi, row.born_on) == now


# Settling one row


@transaction.atomic
def namelist_link(*, row_id: int, employee_id: int | None, actor: Actor) -> NameListRow:
    """Say by hand whom a row is about (None: nobody after all), and compare the two."""
    row = _locked(row_id, actor)
    if row.row is None:
        raise WrongState("not_a_row", _("This is a person of ours, no row of the list."), _("Choose the row instead."))
    row.linked = employee_id is not None
    row.employee = Employee.objects.get(pk=employee_id) if employee_id is not None else None
    row.save(update_fields=["linked", "employee"])
    _write(NameList.objects.select_for_update(of=("self",)).get(pk=row.name_list_id), theirs_of(row.name_list), actor)
    return NameListRow.objects.get(pk=row_id)


@transaction.atomic
def namelist_ours(*, row_id: int, why: str, actor: Actor) -> NameListRow:
    """Ours is right: the difference is explained, and nothing changes here. Refuses what is settled (`settled`)."""
    row = _locked(row_id, actor)
    _refuse_settled(row)
    row.why = clean_line(why, field="why", limit=WHY_LENGTH)
    row.settlement, row.change = Settlement.OURS, None
    row.settled_by_id, row.settled_at = actor.person, clock.now()
    row.save()
    _record(row.name_list, actor, {"row": row.pk, "settled": str(Settlement.OURS)})
    return row


@transaction.atomic
def namelist_reopen(*, row_id: int, actor: Actor) -> NameListRow:
    """Take back that ours is right."""
    row = _locked(row_id, actor)
    if row.settlement != Settlement.OURS:
        raise WrongState("not_settled", _("This row was not settled by a reason."), _("Open the list again."))
    row.settlement, row.why, row.settled_by, row.settled_at = Settlement.OPEN, "", None, None
    row.save()
    _record(row.name_list, actor, {"row": row.pk, "settled": ""})
    return row


def namelist_change(
    *,
    row_id: int,
    values: Mapping[str, str],
    papers: list[tuple[Document, EvidenceKind]] | None = None,
    why: str = "",
    effective_on: date | None = None,
    actor: Actor,
) -> ChangeRequest:
    """Propose what the list says for the person's record; the extract of the list is the evidence, beside `papers`.

    Call it outside a transaction: the extract is stored first.
    """
    row = NameListRow.objects.select_related("name_list__office", "employee", "change").get(pk=row_id)
    access.require(actor, Action.NAMES_COMPARE, Person(row.name_list.office, None))
    _refuse_settled(row)
    extract = (_extract(row), EvidenceKind.LIST)
    with transaction.atomic():
        row = _locked(row_id, actor)
        _refuse_settled(row)
        if row.employee_id is None:
            raise WrongState(
                "nobody_linked",
                _("It is not known yet whom of ours the row is about."),
                _("Say who it is, or enter the person."),
            )
        made = change_propose(
            employee_id=row.employee_id,
            values=values,
            papers=[extract, *(papers or [])],
            why=why,
            effective_on=effective_on,
            actor=actor,
        )
        row.settlement, row.change, row.why = Settlement.CHANGE, made, ""
        row.settled_by_id, row.settled_at = actor.person, clock.now()
        row.save()
        _record(row.name_list, actor, {"row": row.pk, "settled": str(Settlement.CHANGE), "change": made.pk})
    return made


def _extract(row: NameListRow) -> Document:
    """The one row as a sheet of its own: the rest of the list is nobody's business who sees the request."""
    name_list = row.name_list
    headings = ["List", "Kind", "SHA-256", "Row", "Code", "Name (English)", "Name (Hindi)", "Date of birth"]
    said = [
        name_list.title, str(name_list.get_kind_display()), name_list.sha256, row.row, row.code, row.name_en,
        row.name_hi, row.born_on,
    ]  # fmt: skip
    content = export.xlsx([said], headings, name_list.title)
    return document_store(content=content, name=f"list-row-{row.row}.xlsx", kind="generated", media_type=XLSX)


def prefilled(row: NameListRow) -> dict[str, str]:
    """What the list says, as the form's first values: only where it differs from ours."""
    person = row.employee
    if person is None:
        return {}
    said: dict[str, Any] = {"name_en": row.name_en, "name_hi": row.name_hi, "born_on": row.born_on}
    return {
        field: value.isoformat() if isinstance(value, date) else value
        for field, value in said.items()
        if value and value != getattr(person, field)
    }


def _locked(row_id: int, actor: Actor) -> NameListRow:
    rows = NameListRow.objects.select_for_update(of=("self",)).select_related("name_list__office", "change")
    row: NameListRow = rows.get(pk=row_id)
    access.require(actor, Action.NAMES_COMPARE, Person(row.name_list.office, None))
    return row


def _refuse_settled(row: NameListRow) -> None:
    if not is_unsettled(row):
        if row.finding == Finding.SAME:
            message: Any = _("There is no difference in this row.")
        else:
            message = _("This row is settled or under way already.")
        raise WrongState("settled", message, _("Open the list again to see how it stands."))


def _record(name_list: NameList, actor: Actor, data: dict[str, Any]) -> None:
    record_event(action=Action.NAMES_COMPARE, subject=name_list, actor=actor, data=data)
