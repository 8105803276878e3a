"""Exemptions: the list, drafting, asking under signature, deciding under signature."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from employee_master import ports
from employee_master.forms_readiness import DecideForm, ExemptionForm
from employee_master.models import Exemption, ExemptionAct, ExemptionSigning, Post
from employee_master.queries.exemption import (
    Case,
    case_of,
    exemption_or_404,
    exemptions_for,
    open_signing,
    waiting_for,
)
from employee_master.queries.readiness import items, rollout_of
from employee_master.services.exemption import (
    exemption_begin,
    exemption_correct,
    exemption_draft,
    exemption_sign,
    exemption_withdraw,
)
from employee_master.workflow.exemption import ExemptionState
from eoffice import access
from eoffice.core.actions import Action
from eoffice.core.actor import Role
from eoffice.core.errors import BadInput, DomainError, NotVisible
from eoffice.core.names import named
from eoffice.core.pages import ActedRequest, signed_in
from eoffice.core.templatetags.eoffice_ui import office_long_date
from eoffice.documents.queries import document_bytes

WRONG_PIN = "wrong_pin"
TONES = {
    ExemptionState.DRAFTED: "line",
    ExemptionState.REQUESTED: "warm",
    ExemptionState.GRANTED: "leaf",
    ExemptionState.REFUSED: "brick",
    ExemptionState.WITHDRAWN: "line",
    ExemptionState.EXPIRED: "line",
}


@require_safe
@signed_in
def exemptions(request: ActedRequest) -> HttpResponse:
    """Those that concern the reader; what waits for them stands first."""
    actor = request.actor
    everywhere = actor.has_role(Role.SUPER_ADMIN) or actor.has_role(Role.AUDITOR)
    access.require(actor, Action.READINESS_VIEW, rollout_of(None if everywhere else actor.office_id))
    state = request.GET.get("state", "")
    rows = exemptions_for(actor, state=state)
    waiting = waiting_for(actor, rows)
    context = {
        "rows": [
            (one, TONES[ExemptionState(one.state)], one.pk in waiting)
            for one in sorted(rows, key=lambda one: (one.pk not in waiting, -one.pk))
        ],
        "states": ExemptionState.choices,
        "state": state if state in ExemptionState.values else "",
        "waiting": len(waiting),
    }
    return render(request, "employee_master/exemption_list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def new(request: ActedRequest, office_id: int) -> HttpResponse:
    """Draft a request for an office."""
    rollout = rollout_of(office_id)
    access.require(request.actor, Action.READINESS_VIEW, rollout)
    assert rollout.office is not None
    case = case_of(Exemption(office=rollout.office))
    return _form(request, case, None)


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def correct(request: ActedRequest, exemption_id: int) -> HttpResponse:
    """Correct a request that nobody has signed."""
    case = exemption_or_404(request.actor, exemption_id)
    return _form(request, case, case.exemption)


def _form(request: ActedRequest, case: Case, exemption: Exemption | None) -> HttpResponse:
    verdict = access.check(request.actor, Action.EXEMPTION_DRAFT, case)
    initial = {}
    if exemption is not None:
        fields = ("codes", "asked_until", "reason", "order_number", "order_on")
        initial = {name: getattr(exemption, name) for name in fields}
        initial["scope"] = "whole" if exemption.is_whole else "items"
    form = ExemptionForm(request.POST or None, listed=items(), initial=initial)
    if request.method == "POST":
        access.require(request.actor, Action.EXEMPTION_DRAFT, case)
        if form.is_valid():
            try:
                saved = _saved(request, case, exemption, form)
            except BadInput as refusal:
                _show(form, refusal)
            else:
                messages.success(request, _("The request is drafted. The head of the office signs it."))
                return redirect("employee_master:exemption", saved.pk)
    context = {"office": case.office, "form": form, "verdict": verdict, "exemption": exemption}
    return render(request, "employee_master/exemption_form.html", context, status=400 if form.errors else 200)


def _saved(request: ActedRequest, case: Case, exemption: Exemption | None, form: ExemptionForm) -> Exemption:
    if exemption is not None:
        return exemption_correct(exemption_id=exemption.pk, wanted=form.wanted(), actor=request.actor)
    assert case.office is not None
    return exemption_draft(office_id=case.office.pk, wanted=form.wanted(), actor=request.actor)


@require_safe
@signed_in
def exemption(request: ActedRequest, exemption_id: int) -> HttpResponse:
    """One request: what is asked, how it stands, what the reader may do."""
    return _page(request, exemption_or_404(request.actor, exemption_id), DecideForm())


def _page(request: ActedRequest, case: Case, form: DecideForm, *, status: int = 200) -> HttpResponse:
    one = case.exemption
    names = {item.code: item for item in items(every=True)}
    acts = (Action.EXEMPTION_DRAFT, Action.EXEMPTION_REQUEST, Action.EXEMPTION_DECIDE, Action.EXEMPTION_WITHDRAW)
    context = {
        "exemption": one,
        "office": one.office,
        "tone": TONES[ExemptionState(one.state)],
        "codes": [names[code] for code in one.codes if code in names],
        "verdicts": access.verdicts(request.actor, case, acts),
        "deciding": list(Post.objects.filter(pk__in=case.deciding_post_ids).select_related("office")),
        "form": form,
    }
    return render(request, "employee_master/exemption_detail.html", context, status=status)


@require_POST
@signed_in
def request_(request: ActedRequest, exemption_id: int) -> HttpResponse:
    """The head asks: the paper is prepared, and the PIN sheet follows."""
    case = exemption_or_404(request.actor, exemption_id)
    try:
        exemption_begin(exemption_id=case.exemption.pk, act=ExemptionAct.REQUEST, actor=request.actor)
    except BadInput as refusal:
        messages.error(request, f"{refusal.message} {refusal.remedy}")
        return redirect("employee_master:exemption", exemption_id)
    return redirect("employee_master:exemption_sign", exemption_id)


@require_POST
@signed_in
def decide(request: ActedRequest, exemption_id: int) -> HttpResponse:
    """Grant or refuse: the paper is prepared, and the PIN sheet follows."""
    case = exemption_or_404(request.actor, exemption_id)
    form = DecideForm(request.POST)
    if form.is_valid():
        try:
            exemption_begin(
                exemption_id=case.exemption.pk,
                act=ExemptionAct.REFUSE if request.POST.get("act") == ExemptionAct.REFUSE else ExemptionAct.GRANT,
                until=form.cleaned_data["until"],
                why=form.cleaned_data["why"],
                actor=request.actor,
            )
        except BadInput as refusal:
            _show(form, refusal)
        else:
            return redirect("employee_master:exemption_sign", exemption_id)
    return _page(request, case, form, status=400)


@sensitive_post_parameters("pin")
@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def sign(request: ActedRequest, exemption_id: int) -> HttpResponse:
    """The PIN sheet: what is signed, and nothing else to decide."""
    case = exemption_or_404(request.actor, exemption_id)
    signing = open_signing(case.exemption, request.actor)
    if signing is None:
        raise NotVisible
    errors: list[str] = []
    if request.method == "POST":
        try:
            signed = exemption_sign(signing_id=signing.pk, pin=request.POST.get("pin", ""), actor=request.actor)
        except DomainError as refusal:
            if refusal.code != WRONG_PIN:
                raise
            errors = [f"{refusal.message} {refusal.remedy}"]
        else:
            messages.success(request, _done(signed))
            return redirect("employee_master:exemption", exemption_id)
    context = {"exemption": case.exemption, "office": case.office, "pin": _pin_sheet(case.exemption, signing, errors)}
    return render(request, "employee_master/exemption_sign.html", context, status=400 if errors else 200)


def _done(exemption: Exemption) -> str:
    match exemption.state:
        case ExemptionState.REQUESTED:
            return _("Signed. The request lies with the deciding authority.")
        case ExemptionState.GRANTED:
            return _("Signed. The exemption is granted; the office has been told.")
        case _:
            return _("Signed. The request is refused; the office has been told.")


def _pin_sheet(exemption: Exemption, signing: ExemptionSigning, errors: list[str]) -> dict[str, Any]:
    titles = {
        ExemptionAct.REQUEST: _("Ask for the exemption"),
        ExemptionAct.GRANT: _("Grant the exemption"),
        ExemptionAct.REFUSE: _("Refuse the exemption"),
    }
    title = titles[ExemptionAct(signing.act)]
    items_shown = [
        {"icon": "file-earmark-text", "label": _("Request"), "text": f"{exemption.number}, {named(exemption.office)}"},
        {
            "icon": "calendar3",
            "label": _("Until"),
            "text": office_long_date(signing.until or exemption.asked_until),
        },
    ]
    if signing.why:
        items_shown.append({"icon": "chat-left-text", "label": _("Remark or reason"), "text": signing.why})
    items_shown.append({"icon": "key", "label": _("Own key"), "text": _("of the officer who signs")})
    return {
        "title": title,
        "unchanged": _("What you saw is what you sign; if it changes, nothing is signed."),
        "action": reverse("employee_master:exemption_sign", args=[exemption.pk]),
        "cancel_url": reverse("employee_master:exemption", args=[exemption.pk]),
        "items": items_shown,
        "tries_left": None,
        "errors": errors,
        "button": _("Sign"),
        "hidden": {},
        "attempts": [signing.attempt],
    }


@require_POST
@signed_in
def withdraw(request: ActedRequest, exemption_id: int) -> HttpResponse:
    """The office takes its request back."""
    case = exemption_or_404(request.actor, exemption_id)
    exemption_withdraw(exemption_id=case.exemption.pk, actor=request.actor)
    messages.success(request, _("The request is withdrawn."))
    return redirect("employee_master:exemption", exemption_id)


@require_safe
@signed_in
def paper(request: ActedRequest, exemption_id: int, which: str) -> HttpResponse:
    """The signed request or the signed decision, with its time stamps where they came already."""
    exemption = exemption_or_404(request.actor, exemption_id).exemption
    document = {"request": exemption.request_document, "decision": exemption.decision_document}.get(which)
    if document is None:
        raise NotVisible
    for port in ports.signs_record:
        document = port.newest(document)
    answer = HttpResponse(document_bytes(document), content_type="application/pdf")
    answer["Content-Disposition"] = f'attachment; filename="exemption-{exemption.pk}-{which}.pdf"'
    answer["Cache-Control"] = "private, no-store"
    return answer


def _show(form: Any, refusal: BadInput) -> None:
    form.add_error(refusal.field if refusal.field in form.fields else None, f"{refusal.message} {refusal.remedy}")
