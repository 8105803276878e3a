"""The import studio (R3): bringing a sheet, matching its columns, the dry run with its fixes."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from employee_master.forms_imports import UploadForm
from employee_master.models import Designation, ImportBatch, ImportStage, Office, Section
from employee_master.queries import imports as queries
from employee_master.services.imports.send import certifying
from employee_master.services.imports.sheet import cell_text, columns_of, title_of
from employee_master.services.imports.upload import import_match, import_upload
from employee_master.sheets.columns import BY_FIELD, Field
from employee_master.sheets.template import prescribed_csv, prescribed_xlsx
from employee_master.views.imports_shown import Shown
from employee_master.workflow.imports import ImportState
from eoffice import access
from eoffice.access.master import UNDO_FOR
from eoffice.core import clock
from eoffice.core.actions import Action
from eoffice.core.actor import Actor, Role
from eoffice.core.errors import BadInput, NotVisible
from eoffice.core.pages import ActedRequest, signed_in

ACTS = (
    Action.IMPORT_CORRECT,
    Action.IMPORT_VALIDATE,
    Action.IMPORT_TAKE_BACK,
    Action.IMPORT_RETURN,
    Action.IMPORT_CERTIFY,
    Action.IMPORT_APPLY,
    Action.IMPORT_UNDO,
    Action.IMPORT_GIVE_UP,
)


def offices_of(actor: Actor) -> list[Office]:
    """For which offices the actor may bring sheets."""
    offices = Office.objects.order_by("code")
    if not actor.has_role(Role.SUPER_ADMIN):
        offices = offices.filter(pk=actor.office_id or 0)
    return [one for one in offices if access.check(actor, Action.IMPORT_UPLOAD, ImportBatch(office=one)).allowed]


@require_safe
@signed_in
def imports(request: ActedRequest) -> HttpResponse:
    """All sheets with their states: those to go on with, those that wait for the head, those that are done."""
    offices = offices_of(request.actor)
    page, older = queries.batches(request.actor, before=_number(request.GET.get("before", "")))
    if not offices and not page and not queries.is_head(request.actor):
        raise NotVisible
    facts = {
        "batches": [(one, _step(one)) for one in page],
        "older_url": f"?{urlencode({'before': older})}" if older else "",
        "offices": offices,
        "waiting": queries.certifications_waiting(request.actor),
    }
    return render(request, "employee_master/import_list.html", facts)


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 18 else None  # noqa: PLR2004 - fits a bigint


def _step(batch: ImportBatch) -> str:
    """The tone of the state's chip."""
    return {
        ImportState.UPLOADED: "warm" if batch.refused_count or batch.returned_at else "navy",
        ImportState.VALIDATED: "warm",
        ImportState.CERTIFIED: "brick" if batch.apply_refused else "navy",
        ImportState.APPLIED: "leaf",
    }.get(ImportState(batch.state), "line")


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def new(request: ActedRequest) -> HttpResponse:
    """Choose the sheet; templates to fill in. `again` is the batch in whose place it comes."""
    offices = offices_of(request.actor)
    if not offices:
        access.require(request.actor, Action.IMPORT_UPLOAD, ImportBatch(office=Office()))
    again = _again(request)
    if request.method == "POST":
        form = UploadForm(request.POST, request.FILES, offices=offices)
        if form.is_valid():
            upload = form.cleaned_data["sheet"]
            try:
                batch = import_upload(
                    content=upload.read(),
                    name=upload.name or "",
                    office_id=form.cleaned_data["office"].pk,
                    replaces=again.pk if again is not None else None,
                    actor=request.actor,
                )
            except BadInput as refusal:
                form.add_error("sheet", f"{refusal.message} {refusal.remedy}")
            else:
                return redirect(_next_page(batch))
        status = 400
    else:
        asked = request.GET.get("office", "")
        chosen = next((one.pk for one in offices if one.code == asked), again.office_id if again else None)
        form, status = UploadForm(offices=offices, initial={"office": chosen} if chosen else {}), 200
    facts = {"form": form, "offices": offices, "again": again, "max_bytes": settings.UPLOAD_MAX_BYTES}
    return render(request, "employee_master/import_new.html", facts, status=status)


def _again(request: ActedRequest) -> ImportBatch | None:
    asked = request.POST.get("again") or request.GET.get("again") or ""
    number = _number(asked)
    if number is None:
        return None
    batch = queries.batch_or_404(request.actor, number)
    return batch if batch.state == ImportState.UPLOADED else None


def _next_page(batch: ImportBatch) -> str:
    name = "import_detail" if batch.matched_at is not None else "import_columns"
    return reverse(f"employee_master:{name}", args=[batch.pk])


@require_safe
@signed_in
def template(request: ActedRequest, kind: str) -> HttpResponse:
    """The prescribed sheet; the workbook offers this office's sections and the designations to choose from."""
    offices = offices_of(request.actor)
    office = next((one for one in offices if one.code == request.GET.get("office")), offices[0] if offices else None)
    if office is None:
        raise NotVisible
    if kind == "csv":
        return _download(prescribed_csv(), "text/csv; charset=utf-8", f"staff-{office.code}.csv")
    if kind != "xlsx":
        raise NotVisible
    sections = Section.objects.filter(office=office).exclude(to_on__lt=clock.today()).order_by("code")
    ranks = Designation.objects.filter(is_active=True).order_by("rank", "code")
    picks = {
        "section": [f"{one.code} · {one.name_en or one.name_hi}" for one in sections],
        "designation": [" / ".join(filter(None, (one.name_en, one.name_hi))) for one in ranks],
    }
    return _download(prescribed_xlsx(picks=picks), XLSX, f"staff-{office.code}.xlsx")


XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def _download(content: bytes, media_type: str, name: str) -> HttpResponse:
    answer = HttpResponse(content, content_type=media_type)
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    answer["Cache-Control"] = "private, no-store"
    return answer


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def columns(request: ActedRequest, pk: int) -> HttpResponse:
    """Which column is which: asked for only where it is not certain, and to be changed by hand at any time."""
    batch = queries.batch_or_404(request.actor, pk)
    verdict = access.check(request.actor, Action.IMPORT_CORRECT, batch)
    if request.method == "POST":
        chosen = {
            place: value
            for place in range(len(batch.columns))
            if (value := request.POST.get(f"column-{place}", "")) in Field.__members__.values()
        }
        try:
            import_match(batch_id=pk, chosen=chosen, actor=request.actor)
        except BadInput as refusal:
            messages.error(request, f"{refusal.message} {refusal.remedy}")
            return render(
                request, "employee_master/import_columns.html", _columns_page(batch, verdict, chosen), status=400
            )
        return redirect("employee_master:import_detail", pk)
    return render(request, "employee_master/import_columns.html", _columns_page(batch, verdict, {}))


def _columns_page(batch: ImportBatch, verdict: access.Verdict, chosen: dict[int, str]) -> dict[str, Any]:
    samples = list(batch.rows.order_by("number")[:4])
    own = columns_of(batch)
    shown = []
    for place, match in enumerate(own.matches[: len(batch.columns)]):
        values = [cell_text(row.raw[place]) for row in samples if place < len(row.raw)]
        shown.append(
            {
                "name": f"column-{place}",
                "letter": match.column.letter,
                "heading": match.column.heading,
                "field": chosen.get(place, str(match.field)),
                "samples": [value for value in values if value][:3],
                "doubtful": match.doubtful,
                "rival": title_of(match.rival) if match.rival else "",
                "by_hand": match.how == "hand",
            }
        )
    choices = [(str(field), title_of(field)) for field in (*BY_FIELD, Field.NAME, Field.AADHAAR)]
    return {
        "batch": batch,
        "columns": sorted(shown, key=lambda one: not one["doubtful"]),
        "choices": choices,
        "missing": [title_of(field) for field in own.missing] if batch.matched_at is None else _missing(batch),
        "verdict": verdict,
        "step": 2,
    }


@require_safe
@signed_in
def detail(request: ActedRequest, pk: int) -> HttpResponse:
    """The dry run, or how far the sheet has come."""
    batch = queries.batch_or_404(request.actor, pk)
    verdicts = access.verdicts(request.actor, batch, ACTS)
    if batch.matched_at is None and verdicts["correct"].allowed:
        return redirect("employee_master:import_columns", pk)
    asked = queries.Asked(
        view=_view(request.GET.get("view", ""), batch),
        words=request.GET.get("q", "")[:100],
        after=request.GET.get("after", "")[:20],
    )
    return render(request, "employee_master/import_detail.html", _detail_page(request, batch, asked, verdicts))


def _view(asked: str, batch: ImportBatch) -> str:
    if asked in queries.VIEWS:
        return asked
    troubled = batch.state == ImportState.UPLOADED and (batch.refused_count or batch.warned_count)
    return "attention" if troubled else "all"


def _detail_page(
    request: ActedRequest, batch: ImportBatch, asked: queries.Asked, verdicts: dict[str, access.Verdict]
) -> dict[str, Any]:
    editable = verdicts["correct"].allowed
    shown = Shown(batch, editable=editable, facts=asked.view != "attention")
    page = queries.rows_page(batch, asked)
    address = {"view": asked.view, **({"q": asked.words} if asked.words else {})}
    head = certifying(batch)
    return {
        "batch": batch,
        "asked": asked,
        "rows": shown.rows(page.rows),
        "older_url": f"?{urlencode({**address, 'after': page.after})}" if page.after else "",
        "here": urlencode({**address, **({"after": asked.after} if asked.after else {})}),
        "editable": editable,
        "verdicts": verdicts,
        "suggestions": shown.safe_suggestions() if editable else 0,
        "counts": _counts(batch),
        "attention": batch.refused_count + batch.warned_count,
        "missing": _missing(batch),
        "head": head.employee if head is not None else None,
        "head_is_reader": head is not None and head.employee_id == request.actor.employee_id,
        "step": _step_number(batch),
        "working": batch.stage != ImportStage.IDLE
        or (batch.state == ImportState.CERTIFIED and not batch.apply_refused),
        "undo_until": batch.applied_at + UNDO_FOR if batch.applied_at is not None else None,
        "undo_open": batch.applied_at is not None and clock.now() < batch.applied_at + UNDO_FOR,
    }


def _counts(batch: ImportBatch) -> list[dict[str, Any]]:
    done = batch.state in {ImportState.APPLIED, ImportState.UNDONE}
    words = (
        ("create", batch.created_count, _("created") if done else _("will be created"), ""),
        ("change", batch.changed_count, _("changed") if done else _("will be changed"), ""),
        ("unchanged", batch.unchanged_count, _("stay as they are"), ""),
        ("attention", batch.warned_count, _("to look at again"), "warn" if batch.warned_count else ""),
        ("refused", batch.refused_count, _("refused"), "bad" if batch.refused_count else ""),
        ("left_out", batch.left_out_count, _("left out"), ""),
    )
    return [
        {"view": view, "count": count, "words": said, "tone": tone}
        for view, count, said, tone in words
        if view != "left_out" or count
    ]


def _missing(batch: ImportBatch) -> list[str]:
    """Columns that the sheet has not, where new people would need them."""
    return [title_of(field) for field in columns_of_sheet(batch).missing] if batch.refused_count else []


def columns_of_sheet(batch: ImportBatch) -> Any:
    own = columns_of(batch)
    return type(own)(own.matches[: len(batch.columns)])


def _step_number(batch: ImportBatch) -> int:
    return {
        ImportState.UPLOADED: 3 if batch.matched_at is not None else 2,
        ImportState.VALIDATED: 4,
        ImportState.CERTIFIED: 5,
        ImportState.APPLIED: 6,
        ImportState.UNDONE: 7,
    }.get(ImportState(batch.state), 0)
