"""Join and relieve in one place: who is being relieved, the desk line by line, its list, its signatures (R18, R19)."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from employee_master.forms_charges import (
    AssignForm,
    FindForm,
    ReasonForm,
    RelievingForm,
    SuccessorForm,
    WhyForm,
)
from employee_master.models import ChargeKind, Relieving
from employee_master.queries.relieving import (
    awaiting_my_signature,
    awaiting_posting,
    case_of,
    charge_to_relieve,
    charges_to_relieve,
    done_relievings,
    open_relievings,
    reasons,
    relieving_or_404,
)
from employee_master.services.charge_signing import signing_room
from employee_master.services.relieved import relieving_complete, relieving_correct
from employee_master.services.relieving import (
    relieving_assign,
    relieving_change,
    relieving_list,
    relieving_open_again,
    relieving_prepare,
    relieving_reason_add,
    relieving_successor,
    relieving_withdraw,
)
from employee_master.views import relief_shown
from eoffice import access
from eoffice.core import clock
from eoffice.core.actions import Action
from eoffice.core.errors import BadInput, NotVisible
from eoffice.core.names import named
from eoffice.core.pages import ActedRequest, signed_in
from eoffice.documents.queries import document_bytes


def page_language(request: ActedRequest) -> str:
    return "hi" if getattr(request, "LANGUAGE_CODE", "hi").startswith("hi") else "en"


def may_relieve(request: ActedRequest) -> bool:
    """Whether the actor relieves anybody: master or head of an office. Others see only what concerns themselves."""
    return relief_shown.is_master(request.actor)


@require_safe
@signed_in
def overview(request: ActedRequest) -> HttpResponse:
    """What waits for one's signature, who is being relieved, and whom one may relieve."""
    actor = request.actor
    form = FindForm(request.GET)
    q = form.cleaned_data["q"] if form.is_valid() else ""
    master = may_relieve(request)
    context = {
        "q": q,
        "master": master,
        "waiting": awaiting_my_signature(actor),
        "open": open_relievings(actor),
        "done": done_relievings(actor),
        "charges": charges_to_relieve(actor, q) if master else [],
        "may_export": relief_shown.may_export(actor),
        "here": "relieving",
    }
    return render(request, "employee_master/relieving_list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def new(request: ActedRequest, charge_id: int) -> HttpResponse:
    """What the order says; from here on the relieving has its page."""
    charge = charge_to_relieve(request.actor, charge_id)
    verdict = access.check(request.actor, Action.RELIEVING_PREPARE, charge)
    begin = {"on": clock.today(), "order_on": clock.today()}
    form = RelievingForm(request.POST) if request.method == "POST" else RelievingForm(initial=begin)
    if request.method == "POST" and form.is_valid():
        try:
            relieving = relieving_prepare(charge_id=charge.pk, facts=form.facts(), actor=request.actor)
        except BadInput as refusal:
            form.add_error(relief_shown.field_of(form, refusal), f"{refusal.message} {refusal.remedy}")
        else:
            return redirect("employee_master:relieving_detail", relieving.pk)
    context = {"charge": charge, "form": form, "verdict": verdict, "here": "relieving"}
    return render(request, "employee_master/relieving_form.html", context, status=400 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def change(request: ActedRequest, pk: int) -> HttpResponse:
    """Put the facts of the order right while the relieving is prepared."""
    relieving = relieving_or_404(request.actor, pk)
    access.require(request.actor, Action.RELIEVING_PREPARE, case_of(relieving))
    if request.method == "POST":
        form = RelievingForm(request.POST)
        if form.is_valid():
            try:
                relieving_change(relieving_id=pk, facts=form.facts(), actor=request.actor)
            except BadInput as refusal:
                form.add_error(relief_shown.field_of(form, refusal), f"{refusal.message} {refusal.remedy}")
            else:
                return redirect("employee_master:relieving_detail", pk)
    else:
        form = RelievingForm(initial=RelievingForm.facts_of(relieving))
    context = {"charge": relieving.charge, "relieving": relieving, "form": form, "here": "relieving"}
    return render(request, "employee_master/relieving_form.html", context, status=400 if form.errors else 200)


@require_safe
@signed_in
def detail(request: ActedRequest, pk: int) -> HttpResponse:
    return _page(request, relieving_or_404(request.actor, pk))


def _page(request: ActedRequest, relieving: Relieving, *, status: int = 200, **forms: Any) -> HttpResponse:
    context = relief_shown.context_of(relieving, request.actor, page_language(request))
    post = relieving.charge.post
    if context["can_assign"]:
        context |= {"assign_form": AssignForm(post=post), "successor_form": SuccessorForm(post=post)}
    context |= {"why_form": WhyForm(), "here": "relieving", **forms}
    return render(request, "employee_master/relieving_detail.html", context, status=status)


@require_POST
@signed_in
def assign(request: ActedRequest, pk: int) -> HttpResponse:
    """All that is left to one post, or what is ticked to another."""
    relieving = relieving_or_404(request.actor, pk)
    access.require(request.actor, Action.RELIEVING_PREPARE, case_of(relieving))
    form = AssignForm(request.POST, post=relieving.charge.post)
    if not form.is_valid():
        return _page(request, relieving, status=400, assign_form=form)
    keys = request.POST.getlist("key") if request.POST.get("which") == "some" else None
    try:
        relieving_assign(relieving_id=pk, to_post_id=form.cleaned_data["to"].pk, keys=keys, actor=request.actor)
    except BadInput as refusal:
        form.add_error(relief_shown.field_of(form, refusal), f"{refusal.message} {refusal.remedy}")
        return _page(request, relieving, status=400, assign_form=form)
    return redirect("employee_master:relieving_detail", pk)


@require_POST
@signed_in
def successor(request: ActedRequest, pk: int) -> HttpResponse:
    """The desk stays on the post, and somebody takes charge of it."""
    relieving = relieving_or_404(request.actor, pk)
    access.require(request.actor, Action.RELIEVING_PREPARE, case_of(relieving))
    form = SuccessorForm(request.POST, post=relieving.charge.post)
    if not form.is_valid():
        return _page(request, relieving, status=400, successor_form=form)
    given = form.cleaned_data
    try:
        relieving_successor(
            relieving_id=pk, employee_id=given["successor"].pk, kind=ChargeKind(given["kind"]), actor=request.actor
        )
    except BadInput as refusal:
        form.add_error(relief_shown.field_of(form, refusal), f"{refusal.message} {refusal.remedy}")
        return _page(request, relieving, status=400, successor_form=form)
    return redirect("employee_master:relieving_detail", pk)


@require_POST
@signed_in
def draw(request: ActedRequest, pk: int) -> HttpResponse:
    """Freeze the charge list, in Hindi or English."""
    relieving_or_404(request.actor, pk)
    relieving_list(relieving_id=pk, language=request.POST.get("language", ""), actor=request.actor)
    messages.success(request, _("The charge list is drawn. It is what both officers sign."))
    return redirect("employee_master:relieving_detail", pk)


@require_POST
@signed_in
def again(request: ActedRequest, pk: int) -> HttpResponse:
    """Back to assigning; signatures lapse."""
    relieving_or_404(request.actor, pk)
    relieving_open_again(relieving_id=pk, actor=request.actor)
    return redirect("employee_master:relieving_detail", pk)


@require_POST
@signed_in
def withdraw(request: ActedRequest, pk: int) -> HttpResponse:
    relieving = relieving_or_404(request.actor, pk)
    access.require(request.actor, Action.RELIEVING_WITHDRAW, case_of(relieving))
    form = WhyForm(request.POST)
    if not form.is_valid():
        return _page(request, relieving, status=400, why_form=form)
    relieving_withdraw(relieving_id=pk, why=form.cleaned_data["why"], actor=request.actor)
    messages.info(request, _("Withdrawn. %(person)s goes on as before.") % {"person": named(relieving.charge.employee)})
    return redirect("employee_master:relieving")


@require_POST
@signed_in
def complete(request: ActedRequest, pk: int) -> HttpResponse:
    relieving_or_404(request.actor, pk)
    done = relieving_complete(relieving_id=pk, actor=request.actor)
    messages.success(request, _("%(person)s is relieved.") % {"person": named(done.charge.employee)})
    return redirect("employee_master:relieving_detail", pk)


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def correct(request: ActedRequest, pk: int) -> HttpResponse:
    """What a correction brings back and what stays, then the act."""
    relieving = relieving_or_404(request.actor, pk)
    access.require(request.actor, Action.RELIEVING_CORRECT, case_of(relieving))
    form = WhyForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        done = relieving_correct(relieving_id=pk, why=form.cleaned_data["why"], actor=request.actor)
        messages.success(request, _("%(person)s holds the charge again.") % {"person": named(done.charge.employee)})
        return redirect("employee_master:relieving_detail", pk)
    context = {"form": form, "here": "relieving", **relief_shown.correction_of(relieving)}
    return render(request, "employee_master/relieving_correct.html", context, status=400 if form.errors else 200)


@require_safe
@signed_in
def charge_list(request: ActedRequest, pk: int) -> HttpResponse:
    """The newest revision of the charge list, as a PDF."""
    relieving = relieving_or_404(request.actor, pk)
    if relieving.document is None or not relief_shown.reads_subjects(relieving, request.actor):
        raise NotVisible
    newest = signing_room().newest(relieving.document)
    answer = HttpResponse(document_bytes(newest), content_type="application/pdf")
    answer["Content-Disposition"] = f'inline; filename="charge-list-{relieving.pk}.pdf"'
    answer["Cache-Control"] = "private, no-store"
    return answer


@require_safe
@signed_in
def awaiting(request: ActedRequest) -> HttpResponse:
    """Who awaits a posting order (R19)."""
    relief_shown.require_master(request.actor)
    context = {
        "people": awaiting_posting(request.actor),
        "may_export": relief_shown.may_export(request.actor),
        "here": "awaiting",
    }
    return render(request, "employee_master/relieving_awaiting.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def reason_list(request: ActedRequest) -> HttpResponse:
    """The reasons, which are data; the super admin adds one."""
    relief_shown.require_master(request.actor)
    form = ReasonForm(request.POST if request.method == "POST" else None)
    verdict = access.check(request.actor, Action.RELIEVING_REASON, None)
    if request.method == "POST":
        access.require(request.actor, Action.RELIEVING_REASON, None)
        if form.is_valid():
            try:
                relieving_reason_add(**form.cleaned_data, actor=request.actor)
            except BadInput as refusal:
                form.add_error(relief_shown.field_of(form, refusal), f"{refusal.message} {refusal.remedy}")
            else:
                return redirect("employee_master:relieving_reasons")
    context = {"reasons": reasons(), "form": form, "verdict": verdict, "here": "reasons"}
    return render(request, "employee_master/relieving_reasons.html", context, status=400 if form.errors else 200)
