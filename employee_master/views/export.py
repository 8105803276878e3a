"""Lists as downloads."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.http import HttpResponse

from employee_master.services import list_export
from eoffice.core import clock, export
from eoffice.core.actor import Actor
from eoffice.core.errors import NotVisible, Text
from eoffice.core.export import Cell


def export_response(
    *, kind: str, name: str, title: Text, headings: Sequence[Text], rows: Iterable[Sequence[Cell]]
) -> HttpResponse:
    """The download of a list as "xlsx" or "csv"; anything else does not exist. `name` is the file's, in ASCII."""
    if kind == "xlsx":
        answer = HttpResponse(export.xlsx(rows, headings, title), content_type=export.XLSX_TYPE)
    elif kind == "csv":
        answer = HttpResponse(export.csv(rows, headings), content_type=export.CSV_TYPE)
    else:
        raise NotVisible
    answer["Content-Disposition"] = f'attachment; filename="{name}-{clock.today().isoformat()}.{kind}"'
    answer["Cache-Control"] = "private, no-store"
    return answer


def exported(
    *,
    actor: Actor,
    kind: str,
    name: str,
    title: Text,
    headings: Sequence[Text],
    rows: Sequence[Sequence[Cell]],
    office_id: int | None = None,
) -> HttpResponse:
    """As `export_response`, for those who may take lists away, and on record with its name and number of rows."""
    if kind not in {"xlsx", "csv"}:
        raise NotVisible
    list_export(what=name, rows=len(rows), office_id=office_id, actor=actor)
    return export_response(kind=kind, name=name, title=title, headings=headings, rows=rows)
