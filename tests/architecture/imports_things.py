"""Sheets of staff for the access matrix: of GAD, whose manager is E and which has no head, and of the office that the
auditor heads (people.py), brought by the super admin.
"""

from __future__ import annotations

from typing import Any

from employee_master.models import ImportBatch, ImportRow, Office
from employee_master.services.imports.stored import compared, count, lines_of, put, write
from eoffice.core import clock
from eoffice.documents.models import Document
from tests.cast import Cast

COLUMNS = ("code", "name_en", "name_hi", "born_on", "mobile", "email", "designation", "section")


def imports_things(people: Cast, paper: Document) -> dict[str, dict[str, Any]]:
    """The arguments of addresses by thing."""
    gad, own = people.offices["GAD"], Office.objects.get(code="DIR")
    manager, master = "emd_manager", "super_admin"
    made = {
        "fresh": _batch(people, gad, paper, by=manager, matched_at=None),
        "uploaded": _batch(people, gad, paper, by=manager),
        "validated": _batch(people, own, paper, by=master, state="validated", rows_sha256="0" * 64),
        "certified": _batch(people, own, paper, by=master, **_certified(people, paper, "certified")),
        "applied": _batch(
            people, own, paper, by=master, **_certified(people, paper, "applied"), applied_at=clock.now()
        ),
    }
    return {f"import {name}": {"pk": batch.pk} for name, batch in made.items()} | {"template": {"kind": "xlsx"}}


def _certified(people: Cast, paper: Document, state: str) -> dict[str, Any]:
    return {
        "state": state,
        "certificate": paper,
        "certified_by": people.employee("auditor"),
        "certified_at": clock.now(),
        "apply_refused": "not_as_certified" if state == "certified" else "",
    }


def _batch(people: Cast, office: Office, paper: Document, *, by: str, **facts: Any) -> ImportBatch:
    """A sheet with one row in order."""
    columns = [
        {
            "place": place,
            "heading": name,
            "parts": [name],
            "field": name,
            "confidence": 1.0,
            "how": "heading",
            "rival": "",
        }
        for place, name in enumerate(COLUMNS)
    ]
    known: dict[str, Any] = {
        "office": office, "name": "staff.xlsx", "document": paper, "made_by": people.employee(by),
        "made_at": clock.now(), "matched_at": clock.now(), "columns": columns, "judged_version": 0,
    }  # fmt: skip
    batch: ImportBatch = ImportBatch.objects.create(**(known | facts))
    values = {
        "code": "N1", "name_en": "New Person", "born_on": "1980-01-01", "mobile": "9800000001",
        "email": "new.person@gad.state.example", "designation": "Dealing Assistant", "section": "GAD-3",
    }  # fmt: skip
    ImportRow.objects.create(batch=batch, number=2, raw=[values.get(name, "") for name in COLUMNS], values=values)
    lines = lines_of(batch)
    compared(batch, lines)
    rows = list(batch.rows.all())
    for row, line in zip(rows, lines, strict=True):
        put(row, line)
    write(rows)
    count(batch, lines)
    batch.save()
    return batch
