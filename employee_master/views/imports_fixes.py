"""The fixes of the dry run, as its form sends them (R3)."""

from __future__ import annotations

import re
from collections import defaultdict

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from employee_master.models import ImportBatch, ImportRow
from employee_master.queries import imports as queries
from employee_master.services.imports.correct import (
    Fix,
    import_correct,
    import_leave_out_refused,
    import_take_suggestions,
)
from employee_master.views.imports_shown import Shown
from eoffice import access
from eoffice.core.actions import Action
from eoffice.core.pages import ActedRequest, signed_in

_FIELD_NAME = re.compile(r"(fix|alike|settle)-(\d{1,17})(?:-([a-z_]+))?")
_PLACE = re.compile(r"[\w=&%+.-]{0,300}")


@require_POST
@signed_in
def correct(request: ActedRequest, pk: int) -> HttpResponse:
    """What was put right on the page: the row whose button was pressed, and every other field that was touched."""
    batch = queries.batch_or_404(request.actor, pk)
    access.require(request.actor, Action.IMPORT_CORRECT, batch)
    fixes = _fixes(request, batch)
    if not fixes:
        messages.info(request, _("Nothing was changed."))
    else:
        import_correct(batch_id=pk, fixes=fixes, actor=request.actor)
        messages.success(request, _("Saved, and run dry again."))
    return _back(request, pk)


def _fixes(request: ActedRequest, batch: ImportBatch) -> list[Fix]:
    """`save` names the row whose button was pressed, or all of the page; `turn` a row to leave out or take in."""
    posted = _posted(request)
    saved, turned = request.POST.get("save", ""), request.POST.get("turn", "")
    wanted = [*posted, *([int(turned)] if turned.isdigit() and len(turned) < 18 else [])]  # noqa: PLR2004 - a bigint
    shown = Shown(batch, editable=True)
    fixes = []
    for row in batch.rows.filter(pk__in=wanted):
        fix = _fix(row, posted[row.pk], shown, whole=saved in {"all", str(row.pk)}, turn=turned == str(row.pk))
        if fix is not None:
            fixes.append(fix)
    return fixes


def _posted(request: ActedRequest) -> dict[int, dict[str, dict[str, str]]]:
    """What the form says, by row, kind of field and column."""
    posted: dict[int, dict[str, dict[str, str]]] = defaultdict(lambda: defaultdict(dict))
    for name, value in request.POST.items():
        found = _FIELD_NAME.fullmatch(name)
        if found:
            kind, row_id, column = found.groups()
            posted[int(row_id)][kind][column or ""] = str(value)
    return posted


def _fix(row: ImportRow, parts: dict[str, dict[str, str]], shown: Shown, *, whole: bool, turn: bool) -> Fix | None:
    """A row that is saved as a whole takes its suggestions too; in the others only what was touched counts."""
    controls = (entry.control for entry in shown.row(row).entries)
    initial = {control.name: control.initial for control in controls if control is not None}
    values = {
        column: text
        for column, text in parts["fix"].items()
        if text.strip() and (whole or text != initial.get(f"fix-{row.pk}-{column}", ""))
    }
    answers = {code: value for code, value in parts["settle"].items() if value and row.settled.get(code) != value}
    if not (values or answers or turn):
        return None
    return Fix(row.pk, values, frozenset(parts["alike"]), answers, not row.left_out if turn else None)


def _back(request: ActedRequest, pk: int) -> HttpResponse:
    """To the place on the page from which the act came."""
    here = request.POST.get("here", "")
    address = reverse("employee_master:import_detail", args=[pk])
    return redirect(f"{address}?{here}" if here and _PLACE.fullmatch(here) else address)


@require_POST
@signed_in
def suggestions(request: ActedRequest, pk: int) -> HttpResponse:
    """Take all suggestions that only write a value properly."""
    queries.batch_or_404(request.actor, pk)
    import_take_suggestions(batch_id=pk, actor=request.actor)
    messages.success(request, _("The suggestions were taken, and the sheet was run dry again."))
    return _back(request, pk)


@require_POST
@signed_in
def leave_out(request: ActedRequest, pk: int) -> HttpResponse:
    """Leave out whatever is refused now."""
    queries.batch_or_404(request.actor, pk)
    batch = import_leave_out_refused(batch_id=pk, actor=request.actor)
    messages.success(
        request, _("Left out: %(count)s rows. Each can be taken in again.") % {"count": batch.left_out_count}
    )
    return _back(request, pk)
