"""The dispatch register and one copy on its way out."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from dak.forms import EvidenceForm, WhyForm, put_error
from dak.jobs import attachment_name
from dak.models import Dispatch, DispatchMode
from dak.queries import dispatch_or_404
from dak.queries import dispatch_register as rows_of_register
from dak.queries.history import deeds
from dak.services import dispatch_deliver, dispatch_print, dispatch_send, dispatch_undelivered
from dak.views import papers
from dak.workflow import DispatchState
from eoffice import access
from eoffice.core.actions import Action
from eoffice.core.errors import BadInput
from eoffice.core.pages import ActedRequest, signed_in
from eoffice.documents import queries as documents


@require_safe
@signed_in
def register(request: ActedRequest) -> HttpResponse:
    """Letters sent and to be sent that the actor may see, newest first."""
    access.require(request.actor, Action.REGISTER_VIEW, None)
    asked = {name: request.GET.get(name, "") for name in ("q", "mode", "state")}
    page = rows_of_register(
        request.actor,
        q=asked["q"][:200],
        mode=asked["mode"] if asked["mode"] in DispatchMode.values else "",
        state=asked["state"] if asked["state"] in DispatchState.values else "",
        after=request.GET.get("after", ""),
    )
    query = request.GET.copy()
    query["after"] = page.after
    context = {
        "rows": page.rows,
        "asked": asked,
        "modes": DispatchMode.choices,
        "states": DispatchState.choices,
        "older_url": f"?{query.urlencode()}" if page.after else "",
        "newer_url": reverse("dak:dispatch_register") if request.GET.get("after") else "",
    }
    return render(request, "dak/dispatch_register.html", context)


@require_safe
@signed_in
def dispatch(request: ActedRequest, pk: int) -> HttpResponse:
    """One copy: what it is, where it stands, and the printable letter."""
    return _page(request, dispatch_or_404(request.actor, pk))


def _page(
    request: ActedRequest, row: Dispatch, *, proof: EvidenceForm | None = None, why: WhyForm | None = None
) -> HttpResponse:
    proof = proof or EvidenceForm()
    proof.fields["evidence"].required = row.state == DispatchState.SENT
    context = {
        "dispatch": row,
        "deeds": deeds(row),
        "proof": proof,
        "why": why or WhyForm(),
        "waiting": row.state == DispatchState.QUEUED,
        "under_way": row.state in {DispatchState.QUEUED, DispatchState.SENT},
        "sent": row.state == DispatchState.SENT,
        "by_hand": row.mode != DispatchMode.EMAIL,
        "pages": [
            {"number": page, "url": reverse("dak:dispatch_page", args=[row.pk, page])}
            for page in range(1, papers.pages_of(row.document) + 1)
        ],
    }
    wrong = proof.errors or (why is not None and why.errors)
    return render(request, "dak/dispatch_detail.html", context, status=400 if wrong else 200)


@require_safe
@signed_in
def page_image(request: ActedRequest, pk: int, page: int) -> HttpResponse:
    row = dispatch_or_404(request.actor, pk)
    return papers.page_response(request, row.document, page, papers.PAGE, keep=row.classification != "confidential")


@require_safe
@signed_in
def letter(request: ActedRequest, pk: int) -> HttpResponse:
    """The signed letter itself, to be printed: drawn and signed here, so the browser may open it."""
    row = dispatch_or_404(request.actor, pk)
    answer = HttpResponse(documents.document_bytes(row.document), content_type="application/pdf")
    answer["Content-Disposition"] = (
        content_disposition_header(as_attachment=False, filename=attachment_name(row.letter_number)) or "inline"
    )
    answer["Cache-Control"] = "no-store"
    return answer


@require_POST
@signed_in
def printed(request: ActedRequest, pk: int) -> HttpResponse:
    row = dispatch_or_404(request.actor, pk)
    dispatch_print(dispatch_id=row.pk, actor=request.actor)
    messages.success(request, _("Entered as printed."))
    return redirect("dak:dispatch", pk=pk)


def _settle(request: ActedRequest, pk: int, act: Callable[..., Dispatch], said: str) -> HttpResponse:
    """Mark a copy as sent or delivered, with its proof."""
    row = dispatch_or_404(request.actor, pk)
    form = EvidenceForm(request.POST)
    if form.is_valid():
        try:
            act(dispatch_id=pk, evidence=form.cleaned_data["evidence"], actor=request.actor)
        except BadInput as error:
            put_error(form, error)
        else:
            messages.success(request, said)
            return redirect("dak:dispatch", pk=pk)
    return _page(request, row, proof=form)


@require_POST
@signed_in
def sent(request: ActedRequest, pk: int) -> HttpResponse:
    return _settle(request, pk, dispatch_send, _("Entered as sent."))


@require_POST
@signed_in
def delivered(request: ActedRequest, pk: int) -> HttpResponse:
    return _settle(request, pk, dispatch_deliver, _("Entered as delivered."))


@require_POST
@signed_in
def undelivered(request: ActedRequest, pk: int) -> HttpResponse:
    row = dispatch_or_404(request.actor, pk)
    form = WhyForm(request.POST)
    if form.is_valid():
        try:
            dispatch_undelivered(dispatch_id=pk, why=form.cleaned_data["why"], actor=request.actor)
        except BadInput as error:
            put_error(form, error)
        else:
            messages.success(request, _("Entered as not delivered."))
            return redirect("dak:dispatch", pk=pk)
    return _page(request, row, why=form)
