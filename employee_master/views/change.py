"""Change requests: the lists, the form, the page of one, and every act on it."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpResponse, HttpResponseNotModified
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from employee_master.forms_people import AnswerForm, ChangeForm, ObjectForm, WhyForm, put_refusal
from employee_master.middleware import ActingRequest
from employee_master.models import ChangeEvidence, ChangeRequest, EvidenceKind
from employee_master.queries import change as queries
from employee_master.queries.people import person_or_404
from employee_master.services.change import (
    Paper,
    change_answer,
    change_approve,
    change_check,
    change_object,
    change_propose,
    change_reject,
    change_send_again,
    change_withdraw,
)
from employee_master.views.export import export_response
from employee_master.workflow.change import OPEN_STATES, ChangeState
from eoffice import access
from eoffice.core import calendar, clock
from eoffice.core.actions import Action
from eoffice.core.errors import BadInput, NotVisible
from eoffice.core.pages import signed_in
from eoffice.documents import queries as documents
from eoffice.documents.services import upload_store
from eoffice.ledger.queries import history

LISTED = 40
EXPORTED_MOST = 10_000
WIDTH = 960
ACTS = (
    Action.CHANGE_CHECK,
    Action.CHANGE_OBJECT,
    Action.CHANGE_ANSWER,
    Action.CHANGE_APPROVE,
    Action.CHANGE_REJECT,
    Action.CHANGE_WITHDRAW,
)


@require_safe
@signed_in
def changes(request: ActingRequest) -> HttpResponse:
    """The lists: mine, to check, to approve, all that one sees."""
    assert request.actor is not None
    counts = queries.counts(request.actor)
    which = request.GET.get("list", "")
    if which not in queries.LISTS:
        which = next((name for name in ("approve", "check") if counts[name]), "mine")
    rows = queries.listed(request.actor, which)
    before = request.GET.get("before", "")
    if before.isascii() and before.isdigit() and which in {"mine", "all"}:
        rows = rows.filter(pk__lt=int(before))
    page = list(rows[: LISTED + 1])
    shown = page[:LISTED]
    older = ""
    if len(page) > LISTED and which in {"mine", "all"}:
        older = f"?{urlencode({'list': which, 'before': shown[-1].pk})}"
    distances = calendar.distances(clock.today(), {row.turn_due_on for row in shown if row.state in OPEN_STATES})
    context = {
        "rows": [(row, queries.turn_words(row), distances.get(row.turn_due_on)) for row in shown],
        "which": which,
        "counts": counts,
        "older_url": older,
        "open_states": OPEN_STATES,
    }
    return render(request, "employee_master/change_list.html", context)


@require_safe
@signed_in
def export(request: ActingRequest, kind: str) -> HttpResponse:
    """One of the lists as a sheet: which fields, and how far it is; no values, which are personal."""
    which = request.GET.get("list", "")
    rows = queries.listed(_actor(request), which if which in queries.LISTS else "all")
    headings = [
        _("Number"), _("Proposed"), _("Employee code"), _("Name in English"), _("Name in Hindi"), _("Office"),
        _("What shall change"), _("State"), _("Waits for"), _("Due"),
    ]  # fmt: skip
    content = [
        [
            row.number,
            row.made_at,
            row.employee.code,
            row.employee.name_en,
            row.employee.name_hi,
            row.office.code,
            ", ".join(str(line.get_field_display()) for line in row.lines.all()),
            str(row.get_state_display()),
            str(queries.turn_words(row)),
            row.turn_due_on if row.state in OPEN_STATES else None,
        ]
        for row in rows[:EXPORTED_MOST]
    ]
    title = _("Change requests")
    return export_response(kind=kind, name="changes", title=title, headings=headings, rows=content)


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def new(request: ActingRequest, employee_id: int) -> HttpResponse:
    """Propose new values for somebody's record; `field` marks the one that brought the reader here."""
    assert request.actor is not None
    person = person_or_404(employee_id)
    access.require(request.actor, Action.CHANGE_PROPOSE, queries.case_to_propose(person, request.actor))
    form = ChangeForm(person, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            made = change_propose(
                employee_id=employee_id,
                values=form.values(),
                papers=papers_of(request, form),
                why=form.cleaned_data["why"],
                effective_on=form.cleaned_data["effective_on"],
                actor=request.actor,
            )
        except BadInput as refusal:
            put_refusal(form, refusal)
        else:
            messages.success(request, _("Request %(number)s is proposed.") % {"number": made.number})
            return redirect("employee_master:change", made.pk)
    context = {
        "form": form,
        "rows": value_rows(form),
        "person": person,
        "asked": request.GET.get("field", ""),
        "own": person.pk == request.actor.employee_id,
    }
    return render(request, "employee_master/change_new.html", context, status=400 if form.errors else 200)


def value_rows(form: ChangeForm) -> list[tuple[Any, str, str]]:
    """Each field of the form with its name and what the record holds now, in words."""
    return [(bound, bound.name, queries.shown_value(bound.name, text)) for bound, text in form.rows()]


def papers_of(request: ActingRequest, form: ChangeForm) -> list[Paper]:
    """What was uploaded, stored: one PDF, or the PDF that its pictures were put together into."""
    uploads: list[tuple[Any, str]] = [(file, file.name or "") for file in request.FILES.getlist("papers")]
    if not uploads:
        return []
    try:
        stored = upload_store(uploads=uploads)
    except BadInput as refusal:
        refusal.field = "papers"
        raise
    return [(stored.reading, EvidenceKind(form.cleaned_data["kind"] or EvidenceKind.OTHER))]


@require_safe
@signed_in
def detail(request: ActingRequest, pk: int) -> HttpResponse:
    """Before and after side by side, the evidence, what was said, and what the reader may do."""
    return _page(request, queries.change_or_404(_actor(request), pk))


def _page(request: ActingRequest, change: ChangeRequest, status: int = 200, **forms: Any) -> HttpResponse:
    actor = _actor(request)
    case = queries.case_of(change)
    evidence = list(change.evidence.select_related("document", "added_by"))
    objections = list(change.objections.select_related("raised_by", "answered_by"))
    verdicts = access.verdicts(actor, case, ACTS)
    context = {
        "change": change,
        "lines": queries.lines_of(change),
        "evidence": [(paper, _pages(change, paper)) for paper in evidence],
        "objections": objections,
        "to_answer": [one for one in objections if one.sent_at is None],
        "unanswered": sum(one.answered_at is None for one in objections),
        "turn": queries.turn_words(change),
        "is_open": change.state in OPEN_STATES,
        "shown": queries.content_now(change),
        "verdicts": verdicts,
        "events": history(change),
        "answer_form": AnswerForm(auto_id=False),
        "distance": calendar.working_days_between(clock.today(), change.turn_due_on),
        **forms,
    }
    return render(request, "employee_master/change_detail.html", context, status=status)


def _pages(change: ChangeRequest, paper: ChangeEvidence) -> list[str]:
    """Addresses of the page pictures; none for a sheet, which is downloaded."""
    if not (paper.document.is_pdf or paper.document.is_picture):
        return []
    last = (paper.document.page_count or 1) + 1
    return [reverse("employee_master:change_page", args=[change.pk, paper.pk, page]) for page in range(1, last)]


def _actor(request: ActingRequest) -> Any:
    assert request.actor is not None
    return request.actor


@require_safe
@signed_in
def page(request: ActingRequest, pk: int, paper: int, number: int) -> HttpResponse:
    """One page of the evidence as a picture; a foreign PDF is never opened in the reader's browser."""
    document = _paper(request, pk, paper).document
    tag = f'"{document.sha256}-{number}-{WIDTH}"'
    if request.headers.get("If-None-Match") == tag:
        answer: HttpResponse = HttpResponseNotModified()
    else:
        answer = HttpResponse(documents.page_image(document, number, WIDTH), content_type=documents.PAGE_IMAGE_TYPE)
    answer["Cache-Control"] = "private, max-age=3600"
    answer["ETag"] = tag
    return answer


@require_safe
@signed_in
def paper(request: ActingRequest, pk: int, paper: int) -> HttpResponse:
    """The evidence for download."""
    document = _paper(request, pk, paper).document
    answer = HttpResponse(documents.document_bytes(document), content_type="application/octet-stream")
    answer["Content-Disposition"] = (
        content_disposition_header(as_attachment=True, filename=document.name) or "attachment"
    )
    answer["Cache-Control"] = "no-store"
    return answer


def _paper(request: ActingRequest, pk: int, paper: int) -> ChangeEvidence:
    change = queries.change_or_404(_actor(request), pk)
    found = change.evidence.select_related("document").filter(pk=paper).first()
    if found is None:
        raise NotVisible
    return found


# Acts


@require_POST
@signed_in
def check(request: ActingRequest, pk: int) -> HttpResponse:
    change = queries.change_or_404(_actor(request), pk)
    change_check(request_id=change.pk, actor=_actor(request))
    messages.success(request, _("Checked. It waits for the head of the office now."))
    return redirect("employee_master:changes")


@require_POST
@signed_in
def approve(request: ActingRequest, pk: int) -> HttpResponse:
    change = queries.change_or_404(_actor(request), pk)
    done = change_approve(request_id=change.pk, shown=request.POST.get("shown", ""), actor=_actor(request))
    if done.state == ChangeState.APPLIED:
        messages.success(request, _("Approved and entered in the record."))
    else:
        messages.success(request, _("Approved. It is entered on its day."))
    return redirect("employee_master:change", pk)


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def object_to(request: ActingRequest, pk: int) -> HttpResponse:
    """Objections, one a field; each will have to be answered."""
    change = queries.change_or_404(_actor(request), pk)
    access.require(_actor(request), Action.CHANGE_OBJECT, queries.case_of(change))
    form = ObjectForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        change_object(request_id=pk, objections=form.texts(), actor=_actor(request))
        messages.success(request, _("The objections are with the proposer."))
        return redirect("employee_master:change", pk)
    context = {"form": form, "change": change}
    return render(request, "employee_master/change_object.html", context, status=400 if form.errors else 200)


@require_POST
@signed_in
def answer(request: ActingRequest, pk: int, number: int) -> HttpResponse:
    """The answer to one objection."""
    change = queries.change_or_404(_actor(request), pk)
    access.require(_actor(request), Action.CHANGE_ANSWER, queries.case_of(change))
    form = AnswerForm(request.POST, auto_id=False)
    if not form.is_valid():
        return _page(request, change, status=400, answer_form=form, failed=number)
    change_answer(request_id=pk, number=number, answer=form.cleaned_data["answer"], actor=_actor(request))
    return redirect(f"{reverse('employee_master:change', args=[pk])}#objections")


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def again(request: ActingRequest, pk: int) -> HttpResponse:
    """Send the answered request on: as it is, or with corrected values and further papers."""
    change = queries.change_or_404(_actor(request), pk)
    access.require(_actor(request), Action.CHANGE_ANSWER, queries.case_of(change))
    present = {line.field: line.new for line in change.lines.all()}
    form = ChangeForm(change.employee, request.POST if request.method == "POST" else None, initial=present)
    if request.method == "POST" and form.is_valid():
        try:
            change_send_again(
                request_id=pk, values=form.values(), papers=papers_of(request, form), actor=_actor(request)
            )
        except BadInput as refusal:
            put_refusal(form, refusal)
        else:
            messages.success(request, _("Sent again."))
            return redirect("employee_master:change", pk)
    context = {
        "form": form,
        "rows": value_rows(form),
        "change": change,
        "person": change.employee,
        "unanswered": queries.unanswered(change).count(),
    }
    return render(request, "employee_master/change_again.html", context, status=400 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def reject(request: ActingRequest, pk: int) -> HttpResponse:
    change = queries.change_or_404(_actor(request), pk)
    access.require(_actor(request), Action.CHANGE_REJECT, queries.case_of(change))
    form = WhyForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        change_reject(request_id=pk, why=form.cleaned_data["why"], actor=_actor(request))
        messages.success(request, _("Rejected; the proposer is told why."))
        return redirect("employee_master:change", pk)
    context = {"form": form, "change": change}
    return render(request, "employee_master/change_reject.html", context, status=400 if form.errors else 200)


@require_POST
@signed_in
def withdraw(request: ActingRequest, pk: int) -> HttpResponse:
    change = queries.change_or_404(_actor(request), pk)
    change_withdraw(request_id=change.pk, why=request.POST.get("why", ""), actor=_actor(request))
    messages.success(request, _("The request is withdrawn."))
    return redirect("employee_master:change", pk)
