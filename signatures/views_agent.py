"""The pages of the officers' signers: pairing a PC, sending papers to it, and how that stands."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from eoffice.core.errors import BadInput, NotVisible
from eoffice.core.pages import ActedRequest, signed_in
from signatures import queries_agent
from signatures.models_agent import AgentErrand
from signatures.services.agent import errand_ask, errand_withdraw
from signatures.services.agent_pairing import agent_unpair, code_shown, pairing_code_make


@never_cache
@require_safe
@signed_in
def agents(request: ActedRequest) -> HttpResponse:
    """The officer's paired PCs, and the code for pairing another one while it is open."""
    actor = request.actor
    code = queries_agent.open_code(actor)
    paired = list(queries_agent.agents_of(actor.person))
    context = {
        "agents": [(one, queries_agent.is_awake(one), queries_agent.pairing_words(one)) for one in paired],
        "code": code_shown(code) if code else "",
        "expires_at": code.expires_at if code else None,
        "address": request.build_absolute_uri("/").rstrip("/"),
        "awaited": queries_agent.awaited_for(actor.person) is not None,
    }
    return render(request, "signatures/agents.html", context)


@require_POST
@signed_in
def agent_code(request: ActedRequest) -> HttpResponse:
    """A new code; the page shows it until it is used or too old."""
    pairing_code_make(actor=request.actor)
    return redirect("signatures:agents")


@require_POST
@signed_in
def unpair(request: ActedRequest, agent: UUID) -> HttpResponse:
    """From now on that PC gets no papers."""
    agent_unpair(agent_uuid=agent, actor=request.actor)
    messages.success(request, _("Unpaired. That PC gets no papers any more."))
    return redirect("signatures:agents")


@require_POST
@signed_in
def ask(request: ActedRequest) -> HttpResponse:
    """Send the papers of a signing sheet to the own signers, and go back to the sheet, which waits."""
    try:
        uuids = [UUID(text) for text in request.POST.getlist("attempt")]
    except ValueError as error:
        raise NotVisible from error
    back = _back(request)
    errand_ask(attempts=uuids, actor=request.actor)
    return redirect(back)


def _back(request: ActedRequest) -> str:
    back = request.POST.get("next", "")
    if not url_has_allowed_host_and_scheme(back, allowed_hosts=None) or not back.startswith("/"):
        raise BadInput("no_way_back", _("The page does not say where to go on."))
    return back


@never_cache
@require_safe
@signed_in
def errand(request: ActedRequest, errand: UUID) -> HttpResponse:
    """How an errand stands, for the sheet that waits: a part of a page, or a sign to load the sheet anew."""
    row = AgentErrand.objects.filter(uuid=errand, employee_id=request.actor.person).first()
    if row is None:
        raise NotVisible
    uuids = list(row.items.values_list("attempt__uuid", flat=True))
    waiting = queries_agent.waiting_for(uuids, request.actor.person)
    if waiting is None or waiting.stage != "wait":
        return HttpResponse(headers={"HX-Refresh": "true"})
    return render(request, "signatures/_errand.html", {"waiting": waiting})


@require_POST
@signed_in
def withdraw(request: ActedRequest, errand: UUID) -> HttpResponse:
    """Take it back; nothing is signed by it."""
    back = _back(request)
    errand_withdraw(errand_uuid=errand, actor=request.actor)
    return redirect(back)
