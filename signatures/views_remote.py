"""The officer's way to a provider and back: remote signing service (CSC) and Indian eSign."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_POST, require_safe

from eoffice.core.errors import BadInput, DomainError, NotVisible
from eoffice.core.pages import ActedRequest, signed_in
from signatures.models import Backend, Credential
from signatures.models_remote import ProviderVisit, VisitState, VisitStep
from signatures.queries_remote import REMOTE
from signatures.services import csc, esign, remote
from signatures.workflow import CredentialState

_LOOK_AGAIN_SECONDS = "5"


@never_cache
@require_POST
@signed_in
def visit(request: ActedRequest) -> HttpResponse:
    """Leave for the provider with the papers of a signing sheet; those that fit into one visit."""
    try:
        uuids = [UUID(text) for text in request.POST.getlist("attempt")]
    except ValueError as error:
        raise NotVisible from error
    papers = remote.papers_to_sign(uuids, request.actor)
    back = _back(request)
    if not papers:
        raise remote.nothing_to_sign()
    if papers[0].credential.backend == Backend.ESIGN:
        return _carry(request, esign.esign_send(papers=papers, actor=request.actor, back=back))
    return _go(request, csc.csc_send(papers=papers, actor=request.actor, back=back))


@never_cache
@require_POST
@signed_in
def register(request: ActedRequest) -> HttpResponse:
    """Leave for the provider to register the key of one's own approved credential."""
    credential = Credential.objects.filter(
        employee_id=request.actor.employee_id, state=CredentialState.APPROVED, backend__in=REMOTE
    ).first()
    if credential is None:
        raise NotVisible
    back = reverse("signatures:mine")
    if credential.backend == Backend.ESIGN:
        return _carry(request, esign.esign_register(credential=credential, actor=request.actor, back=back))
    return _go(request, csc.csc_register(credential=credential, actor=request.actor, back=back))


def _back(request: ActedRequest) -> str:
    back = request.POST.get("next", "")
    if not url_has_allowed_host_and_scheme(back, allowed_hosts=None) or not back.startswith("/"):
        raise BadInput("no_way_back", _("The page does not say where to go on."))
    return back[:500]


def _carry(request: ActedRequest, errand: esign.Errand) -> HttpResponse:
    """The browser carries the signed request: a form to the provider, on this page alone allowed to leave."""
    context = {"visit": errand.visit, "url": errand.url, "fields": errand.fields, "items": _items(errand.visit)}
    response = render(request, "signatures/visit_go.html", context)
    # The provider's page may pass the form on to another host of its own.
    response._csp_update = {"form-action": [errand.url, "https:"]}  # type: ignore[attr-defined]  # noqa: SLF001
    return response


def _go(request: ActedRequest, onward: csc.Onward) -> HttpResponse:
    if onward.url:
        context = {"visit": onward.visit, "url": onward.url, "fields": {}, "items": _items(onward.visit)}
        return render(request, "signatures/visit_go.html", context)
    return _after(onward.visit)


def _after(visit: ProviderVisit) -> HttpResponse:
    """To the page that the officer left when all is there, else to the page that says what is next or went wrong."""
    if visit.state == VisitState.ANSWERED and visit.back:
        return redirect(visit.back)
    return redirect("signatures:visit_detail", visit.uuid)


def _items(visit: ProviderVisit) -> list[Any]:
    return list(visit.items.select_related("attempt").order_by("place"))


@never_cache
@require_safe
@signed_in
def visit_detail(request: ActedRequest, visit: UUID) -> HttpResponse:
    """How the visit stands: what is asked here, that it goes on, or what became of it."""
    row = remote.own_visit(visit, request.actor)
    if row.state == VisitState.ANSWERED and row.registers:
        messages.success(request, _("Your key at the provider is registered. From now on you can sign with it."))
        return redirect("signatures:mine")
    if row.state == VisitState.ANSWERED:
        return _after(row)
    return _detail(request, row)


def _detail(request: ActedRequest, row: ProviderVisit, errors: list[str] | None = None) -> HttpResponse:
    is_open = row.state == VisitState.OPEN
    context: dict[str, Any] = {"visit": row, "items": _items(row), "errors": errors or []}
    if is_open and row.step == VisitStep.FACTORS:
        context["factors"] = csc.factors_of(row)
    elif is_open and row.step == VisitStep.KEYS:
        context["offers"] = csc.csc_keys(uuid=row.uuid, actor=request.actor)
    else:
        context["again"] = not is_open
    response = render(request, "signatures/visit_detail.html", context, status=400 if errors else 200)
    if is_open and row.step not in {VisitStep.FACTORS, VisitStep.KEYS}:
        response["Refresh"] = _LOOK_AGAIN_SECONDS
    return response


@never_cache
@require_POST
@sensitive_post_parameters()
@sensitive_variables("typed")
@signed_in
def visit_release(request: ActedRequest, visit: UUID) -> HttpResponse:
    """PIN and one-time password for the provider; they go on to it and nowhere else."""
    row = remote.own_visit(visit, request.actor)
    typed = {one["id"]: request.POST.get(f"factor-{one['id']}", "") for one in csc.factors_of(row)}
    try:
        onward = csc.csc_release(uuid=row.uuid, typed=typed, actor=request.actor)
    except csc.WrongFactor as error:
        return _detail(request, remote.own_visit(visit, request.actor), [f"{error.message} {error.remedy}".strip()])
    return _go(request, onward)


@require_POST
@signed_in
def visit_otp(request: ActedRequest, visit: UUID) -> HttpResponse:
    """Have the provider send the one-time password."""
    csc.csc_send_otp(uuid=visit, actor=request.actor)
    messages.success(request, _("Your provider sends you a one-time password now."))
    return redirect("signatures:visit_detail", visit)


@never_cache
@require_POST
@signed_in
def visit_key(request: ActedRequest, visit: UUID) -> HttpResponse:
    """The key that one registers."""
    return _go(request, csc.csc_choose(uuid=visit, key_id=request.POST.get("key", ""), actor=request.actor))


@require_POST
@signed_in
def visit_cancel(request: ActedRequest, visit: UUID) -> HttpResponse:
    """Back without signing."""
    row = remote.visit_cancel(uuid=visit, actor=request.actor)
    return redirect(row.back or "desk:inbox")


@never_cache
@require_safe
@signed_in
def visit_return(request: ActedRequest) -> HttpResponse:
    """OAuth's return (RFC 6749, section 4.1.2): only to the officer who left, with the state of then."""
    given = {name: request.GET.get(name, "")[:2000] for name in ("state", "code", "error")}
    return _go(request, csc.csc_returned(**given, actor=request.actor))


@never_cache
@csrf_exempt
@require_POST
def esign_response(request: HttpRequest) -> HttpResponse:
    """Where the provider's answer arrives (eSign API 2.1, `responseUrl`), carried by the officer's browser.

    It comes from the provider's page, so no token of ours can be in it; the provider's XML signature speaks for it, and
    it is taken once. The page leads back to the officer's own, where the session is known again.
    """
    try:
        row = esign.esign_answer(sent=request.POST.get("eSignResponse", ""))
    except DomainError as error:
        return render(request, "signatures/visit_back.html", {"error": error}, status=error.status)
    return render(request, "signatures/visit_back.html", {"visit": row})
