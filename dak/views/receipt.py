"""The receipt's page, its papers, and the acts on it that don't move it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST, require_safe

from dak.forms import DisposeForm, put_error
from dak.models import Kind, Receipt, ReceiptCopy
from dak.queries import copies_of, diary_register, own_copy, receipt_or_404
from dak.queries.history import deeds, route
from dak.services import receipt_acknowledge, receipt_dispose, receipt_read, receipt_reopen, receipt_see
from dak.views import papers
from dak.workflow import ReceiptState
from eoffice import access
from eoffice.core import clock
from eoffice.core.actions import Action
from eoffice.core.actor import Role
from eoffice.core.calendar import working_days_between
from eoffice.core.errors import BadInput, NotVisible
from eoffice.core.names import named
from eoffice.core.pages import ActedRequest, is_prefetch, signed_in
from eoffice.core.templatetags.eoffice_ui import office_date
from signatures.views_verify_inside import stored_answer

_ACTS = (
    Action.RECEIPT_MARK,
    Action.RECEIPT_FORWARD,
    Action.RECEIPT_RETURN,
    Action.RECEIPT_PULL_BACK,
    Action.RECEIPT_PUT_IN_FILE,
    Action.RECEIPT_DISPOSE,
    Action.RECEIPT_REOPEN,
    Action.RECEIPT_ACKNOWLEDGE,
)


@require_safe
@signed_in
def receipt(request: ActedRequest, pk: int) -> HttpResponse:
    """The letter beside its facts. The holder's first opening is recorded, and so is reading from elsewhere."""
    row = receipt_or_404(request.actor, pk)
    copies = copies_of(row)
    copy = own_copy(copies, request.actor)
    if not is_prefetch(request):
        _record_opening(request, row, copy)
        copies = copies_of(row)
        copy = own_copy(copies, request.actor)
    here = reverse("dak:receipt", args=[pk])
    originals = papers.originals_of(row.reading_document)
    context: dict[str, Any] = {
        "receipt": row,
        "copies": copies,
        "copy": copy,
        "verdicts": access.verdicts(request.actor, copy, _ACTS) if copy else {},
        "holds": copy is not None and copy.held_by_id == request.actor.post_id,
        "sent_by_me": copy is not None
        and copy.came_from_id == request.actor.post_id
        and copy.held_by_id not in {None, request.actor.post_id},
        "over": row.state in {ReceiptState.DISPOSED, ReceiptState.CALL_BOOK},
        "registry": request.actor.has_role(Role.REGISTRY_CLERK),
        "head": _head(row, copy),
        "steps": _steps(copies),
        "file_pk": row.file_ref.removeprefix("file:") if row.file_ref.startswith("file:") else "",
        "deeds": deeds(row),
        "originals": originals,
        "viewer": papers.viewer(
            row.reading_document,
            title=row.sender_name,
            detail=" · ".join(part for part in (row.their_number, office_date(row.their_date)) if part),
            image_url=lambda page, width: reverse("dak:page_image", args=[pk, page, width]),
            here=here,
            show_text="text" in request.GET,
            original_url=reverse("dak:original", args=[pk, 1]),
            check_url=reverse("dak:check", args=[pk, 1]) if originals[0].is_pdf else "",
        ),
    }
    return render(request, "dak/receipt_detail.html", context)


def _record_opening(request: ActedRequest, row: Receipt, copy: ReceiptCopy | None) -> None:
    actor = request.actor
    if actor.post_id is None:
        return
    if copy is not None and copy.held_by_id == actor.post_id and copy.seen_at is None:
        receipt_see(copy_id=copy.pk, actor=actor)
    elif row.is_confidential or copy is None or copy.held_by_id != actor.post_id:
        receipt_read(receipt_id=row.pk, actor=actor)


def _head(row: Receipt, copy: ReceiptCopy | None) -> dict[str, Any]:
    chips = [{"text": row.get_state_display(), "tone": "leaf" if row.state == ReceiptState.DISPOSED else "line"}]
    if row.kind != Kind.LETTER:
        chips.append({"text": row.get_kind_display(), "tone": "navy"})
    if row.classification != "ordinary":
        chips.append({"text": row.get_classification_display(), "tone": "brick", "icon": "lock-fill"})
    due_on = (copy.due_on if copy and copy.due_on else row.due_on) if row.state == ReceiptState.DIARISED else None
    return {
        "number": row.diary_number,
        "subject": row.subject,
        "priority": "" if row.priority == "ordinary" else row.priority,
        "chips": chips,
        "due_on": due_on,
        "due_days": working_days_between(clock.today(), due_on) if due_on else None,
        "back_url": reverse("desk:inbox"),
    }


def _steps(copies: list[ReceiptCopy]) -> list[dict[str, Any]]:
    """The movement strip of the copy for action."""
    first = next((copy for copy in copies if copy.is_for_action), None)
    if first is None:
        return []
    return [
        {
            "post": named(step.post),
            "when": office_date(step.since)
            if step.until is None or office_date(step.until) == office_date(step.since)
            else f"{office_date(step.since)} – {office_date(step.until)}",
            "state": "here" if step.until is None else "done",
        }
        for step in route(first)
    ]


@require_safe
@signed_in
def page_image(request: ActedRequest, pk: int, page: int, width: int) -> HttpResponse:
    """A page of the letter as a picture, for those who may open the receipt."""
    row = receipt_or_404(request.actor, pk)
    return papers.page_response(request, row.reading_document, page, width, keep=not row.is_confidential)


@require_GET
@signed_in
def original(request: ActedRequest, pk: int, part: int) -> HttpResponse:
    """A file as it came, for download; `part` counts from 1 where a letter came as several pictures."""
    row = receipt_or_404(request.actor, pk)
    parts = papers.originals_of(row.reading_document)
    if not 1 <= part <= len(parts):
        raise NotVisible
    return papers.original_response(parts[part - 1])


@never_cache
@require_safe
@signed_in
def check(request: ActedRequest, pk: int, part: int) -> HttpResponse:
    """The signatures of a file as it came, judged as the verifier judges any PDF."""
    row = receipt_or_404(request.actor, pk)
    parts = papers.originals_of(row.reading_document)
    if not 1 <= part <= len(parts):
        raise NotVisible
    return stored_answer(request, parts[part - 1], title=row.subject, back_url=reverse("dak:receipt", args=[pk]))


@require_POST
@signed_in
def acknowledge(request: ActedRequest, pk: int) -> HttpResponse:
    row = receipt_or_404(request.actor, pk)
    receipt_acknowledge(receipt_id=row.pk, actor=request.actor)
    return redirect("dak:acknowledgement", pk=pk)


@require_safe
@signed_in
def acknowledgement(request: ActedRequest, pk: int) -> HttpResponse:
    """The slip for the sender, in both languages, to be printed."""
    return render(request, "dak/acknowledgement.html", {"receipt": receipt_or_404(request.actor, pk)})


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def dispose(request: ActedRequest, pk: int) -> HttpResponse:
    """Final disposal without a file; in a file it is done there."""
    row = receipt_or_404(request.actor, pk)
    copy = next(copy for copy in copies_of(row) if copy.is_for_action)
    access.require(request.actor, Action.RECEIPT_DISPOSE, copy)
    form = DisposeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            receipt_dispose(receipt_id=pk, kind=form.cleaned_data["kind"], actor=request.actor)
        except BadInput as error:
            put_error(form, error)
        else:
            messages.success(request, _("Receipt %(number)s is disposed of.") % {"number": row.diary_number})
            return redirect("dak:receipt", pk=pk)
    status = 400 if form.errors else 200
    return render(request, "dak/receipt_dispose.html", {"receipt": row, "form": form}, status=status)


@require_POST
@signed_in
def reopen(request: ActedRequest, pk: int) -> HttpResponse:
    row = receipt_or_404(request.actor, pk)
    receipt_reopen(receipt_id=row.pk, actor=request.actor)
    messages.success(request, _("Receipt %(number)s is under consideration again.") % {"number": row.diary_number})
    return redirect("dak:receipt", pk=pk)


@require_safe
@signed_in
def diary(request: ActedRequest) -> HttpResponse:
    """The diary register: what the actor may open, newest first."""
    access.require(request.actor, Action.REGISTER_VIEW, None)
    asked = {name: request.GET.get(name, "") for name in ("q", "kind", "state")}
    page = diary_register(
        request.actor,
        q=asked["q"][:200],
        kind=asked["kind"] if asked["kind"] in Kind.values else "",
        state=asked["state"] if asked["state"] in ReceiptState.values else "",
        after=request.GET.get("after", ""),
    )
    query = request.GET.copy()
    query["after"] = page.after
    context = {
        "rows": page.rows,
        "asked": asked,
        "kinds": Kind.choices,
        "states": [choice for choice in ReceiptState.choices if choice[0] not in {"draft", "recycled"}],
        "older_url": f"?{query.urlencode()}" if page.after else "",
        "newer_url": reverse("dak:diary") if request.GET.get("after") else "",
        "may_diarise": access.check(request.actor, Action.RECEIPT_DIARISE, None).allowed,
    }
    return render(request, "dak/diary_register.html", context)
