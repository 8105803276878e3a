"""What happens to a sheet as a whole: sent, certified under the head's PIN, applied, undone, given up; its papers."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from employee_master.forms_imports import ReturnForm
from employee_master.models import ImportBatch
from employee_master.queries import imports as queries
from employee_master.services.imports.again import import_apply_again
from employee_master.services.imports.certify import import_certify, import_certify_begin, signer
from employee_master.services.imports.corrected import corrected_workbook
from employee_master.services.imports.life import import_give_up, import_return, import_take_back
from employee_master.services.imports.send import import_validate
from employee_master.services.imports.sheet import XLSX
from employee_master.services.imports.undo import import_undo, in_the_way
from employee_master.workflow.imports import ImportState
from eoffice import access
from eoffice.core.actions import Action
from eoffice.core.errors import DomainError, NotVisible
from eoffice.core.names import named
from eoffice.core.pages import ActedRequest, signed_in
from eoffice.documents.queries import document_bytes

WRONG_PIN = "wrong_pin"


@require_safe
@signed_in
def sheet(request: ActedRequest, pk: int) -> HttpResponse:
    """The sheet with a column that says what is wrong with each row: to be corrected elsewhere and uploaded again."""
    batch = queries.batch_or_404(request.actor, pk)
    answer = HttpResponse(corrected_workbook(batch), content_type=XLSX)
    answer["Content-Disposition"] = f'attachment; filename="staff-{batch.office.code}-{batch.pk}.xlsx"'
    answer["Cache-Control"] = "private, no-store"
    return answer


@require_POST
@signed_in
def send(request: ActedRequest, pk: int) -> HttpResponse:
    """To the head, for certification."""
    queries.batch_or_404(request.actor, pk)
    import_validate(batch_id=pk, actor=request.actor)
    messages.success(request, _("Sent to the head of the office for certification."))
    return redirect("employee_master:import_detail", pk)


@require_POST
@signed_in
def take_back(request: ActedRequest, pk: int) -> HttpResponse:
    """To correct it once more."""
    queries.batch_or_404(request.actor, pk)
    import_take_back(batch_id=pk, actor=request.actor)
    messages.success(request, _("Taken back: it can be corrected again."))
    return redirect("employee_master:import_detail", pk)


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def return_(request: ActedRequest, pk: int) -> HttpResponse:
    """By the head, with the reason."""
    batch = queries.batch_or_404(request.actor, pk)
    access.require(request.actor, Action.IMPORT_RETURN, batch)
    form = ReturnForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        import_return(batch_id=pk, why=form.cleaned_data["why"], actor=request.actor)
        messages.success(request, _("Returned for correction."))
        return redirect("employee_master:imports")
    status = 400 if request.method == "POST" else 200
    return render(request, "employee_master/import_return.html", {"batch": batch, "form": form}, status=status)


@require_POST
@signed_in
def certify(request: ActedRequest, pk: int) -> HttpResponse:
    """Prepare the certificate, and go on to the PIN."""
    queries.batch_or_404(request.actor, pk)
    import_certify_begin(
        batch_id=pk, shown=request.POST.get("shown", ""), language=get_language() or "hi", actor=request.actor
    )
    return redirect("employee_master:import_sign", pk)


@sensitive_post_parameters("pin")
@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def sign(request: ActedRequest, pk: int) -> HttpResponse:
    """The PIN sheet: what is signed, and nothing else to decide."""
    batch = queries.batch_or_404(request.actor, pk)
    if (
        batch.attempt is None
        or batch.attempt_by_id != request.actor.employee_id
        or batch.state != ImportState.VALIDATED
    ):
        raise NotVisible
    errors: list[str] = []
    if request.method == "POST":
        try:
            import_certify(batch_id=pk, pin=request.POST.get("pin", ""), actor=request.actor)
        except DomainError as refusal:
            if refusal.code != WRONG_PIN:
                raise
            errors = [f"{refusal.message} {refusal.remedy}"]
        else:
            messages.success(request, _("Certified. The rows are being applied now."))
            return redirect("employee_master:import_detail", pk)
    context = {"batch": batch, "pin": _pin_sheet(batch, errors)}
    return render(request, "employee_master/import_sign.html", context, status=400 if errors else 200)


def _pin_sheet(batch: ImportBatch, errors: list[str]) -> dict[str, Any]:
    rows = _("%(created)s created, %(changed)s changed, %(unchanged)s as they are, %(left_out)s left out") % {
        "created": batch.created_count,
        "changed": batch.changed_count,
        "unchanged": batch.unchanged_count,
        "left_out": batch.left_out_count,
    }
    items = [
        {"icon": "file-earmark-spreadsheet", "label": _("Sheet"), "text": f"{batch.name}, {named(batch.office)}"},
        {"icon": "people", "label": _("Rows"), "text": rows},
        {"icon": "shield-check", "label": _("Hash of the rows"), "text": f"{batch.rows_sha256[:16]}…"},
        {"icon": "key", "label": _("Own key"), "text": _("of the head of office")},
    ]
    return {
        "title": _("Certify with your PIN"),
        "unchanged": _("What you saw is what you sign; if a row changes, nothing is signed."),
        "action": reverse("employee_master:import_sign", args=[batch.pk]),
        "cancel_url": reverse("employee_master:import_detail", args=[batch.pk]),
        "items": items,
        "tries_left": None,
        "errors": errors,
        "button": _("Certify and apply"),
        "hidden": {},
        "attempts": [batch.attempt],
    }


@require_safe
@signed_in
def certificate(request: ActedRequest, pk: int) -> HttpResponse:
    """The signed certificate in its newest revision."""
    batch = queries.batch_or_404(request.actor, pk)
    if batch.certificate is None:
        raise NotVisible
    answer = HttpResponse(document_bytes(signer().newest(batch.certificate)), content_type="application/pdf")
    answer["Content-Disposition"] = f'attachment; filename="certificate-{batch.office.code}-{batch.pk}.pdf"'
    answer["Cache-Control"] = "private, no-store"
    return answer


@require_POST
@signed_in
def apply(request: ActedRequest, pk: int) -> HttpResponse:
    """Once more, after something had kept it from being applied."""
    queries.batch_or_404(request.actor, pk)
    import_apply_again(batch_id=pk, actor=request.actor)
    messages.success(request, _("It is being applied once more."))
    return redirect("employee_master:import_detail", pk)


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def undo(request: ActedRequest, pk: int) -> HttpResponse:
    """What undoing would take away, and why it can't be done where something has used it."""
    batch = queries.batch_or_404(request.actor, pk)
    if request.method == "POST":
        import_undo(batch_id=pk, actor=request.actor)
        messages.success(request, _("Undone: everything is as it was before the sheet."))
        return redirect("employee_master:import_detail", pk)
    verdict = access.check(request.actor, Action.IMPORT_UNDO, batch)
    reasons = in_the_way(batch) if verdict.allowed else []
    context = {"batch": batch, "verdict": verdict, "reasons": reasons}
    return render(request, "employee_master/import_undo.html", context)


@require_POST
@signed_in
def give_up(request: ActedRequest, pk: int) -> HttpResponse:
    """Nothing comes of it."""
    queries.batch_or_404(request.actor, pk)
    import_give_up(batch_id=pk, actor=request.actor)
    messages.success(request, _("Given up. The sheet stays on the list."))
    return redirect("employee_master:imports")
