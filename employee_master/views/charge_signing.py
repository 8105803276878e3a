"""The PIN sheet of the charge list: what is signed, in whose name, and why where somebody stands in (R19)."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from employee_master.models import Relieving
from employee_master.queries.relieving import case_of, relieving_or_404
from employee_master.services.charge_signing import must_stand_in, relieving_sign, signer_of, signing_room
from employee_master.workflow.relieving import RelievingState
from eoffice import access
from eoffice.core.actions import Action
from eoffice.core.actor import Actor
from eoffice.core.errors import DomainError
from eoffice.core.names import named
from eoffice.core.pages import ActedRequest, signed_in
from eoffice.core.templatetags.eoffice_ui import office_long_date

# What the signing room says of a PIN; the sheet comes back with it.
_OF_THE_PIN = {"wrong_pin", "pin_locked"}
_AWAITED = "signature_awaited"


@never_cache
@sensitive_post_parameters("pin")
@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def sign(request: ActedRequest, pk: int) -> HttpResponse:
    """Sign as the officer who gives or takes, or in their stead with a reason."""
    actor = request.actor
    relieving = relieving_or_404(actor, pk)
    access.require(actor, Action.RELIEVING_SIGN, case_of(relieving))
    room = signing_room()
    room.require_key(actor)
    # Kept in the address while the officer signs elsewhere.
    why, error, of_pin = request.POST.get("why", request.GET.get("why", "")), "", True
    if request.method == "POST":
        try:
            done = relieving_sign(
                relieving_id=pk,
                shown_sha256=request.POST.get("shown", ""),
                pin=request.POST.get("pin", ""),
                why=why,
                actor=actor,
            )
        except DomainError as refusal:
            if refusal.code == _AWAITED:
                return redirect(f"{request.path}?{urlencode({'why': why})}" if why else request.path)
            if refusal.code not in {*_OF_THE_PIN, "stand_in_without_reason"}:
                raise
            error, of_pin = f"{refusal.message} {refusal.remedy}", refusal.code in _OF_THE_PIN
        else:
            messages.success(request, _after(done))
            return redirect("employee_master:relieving_detail", pk)
    context = {
        "relieving": relieving,
        "stands_in": _stands_in(relieving, actor),
        "signer": signer_of(relieving),
        "why": why,
        "error": error,
        "of_pin": of_pin,
        "needs_pin": room.needs_pin(actor),
        "pin": _elsewhere(request, relieving, why),
        "items": _items(relieving),
        "here": "relieving",
    }
    return render(request, "employee_master/relieving_sign.html", context, status=400 if error else 200)


def _elsewhere(request: ActedRequest, relieving: Relieving, why: str) -> dict[str, Any]:
    """For the sheet that waits while the list is signed with a token or at a provider."""
    attempt = signing_room().open_attempt(subject=relieving, shown_sha256=relieving.list_sha256, actor=request.actor)
    return {
        "attempts": [attempt] if attempt is not None else [],
        "action": request.get_full_path(),
        "cancel_url": reverse("employee_master:relieving_detail", args=[relieving.pk]),
        "button": _("Sign the charge list"),
        "hidden": {"shown": relieving.list_sha256, "why": why},
    }


def _stands_in(relieving: Relieving, actor: Actor) -> bool:
    signer = signer_of(relieving)
    return (signer is None or signer.pk != actor.employee_id) and must_stand_in(relieving)


def _after(done: Relieving) -> str:
    if done.state == RelievingState.COMPLETED:
        return _("Signed. %(person)s is relieved.") % {"person": named(done.charge.employee)}
    if done.state == RelievingState.TAKEN:
        return _("Signed by both. The relieving takes effect on %(day)s.") % {"day": office_long_date(done.on)}
    return _("Signed. The list waits for the officer who takes over.")


def _items(relieving: Relieving) -> list[dict[str, Any]]:
    count = relieving.lines.exclude(key="").count()
    charge = relieving.charge
    return [
        {
            "icon": "file-earmark-text",
            "label": _("Charge list"),
            "text": _("%(marking)s, %(count)s things") % {"marking": charge.post.marking, "count": count},
            "url": reverse("employee_master:relieving_pdf", args=[relieving.pk]),
            "url_label": _("Read it again"),
        },
        {"icon": "person-check", "label": _("Officer relieved"), "text": named(charge.employee)},
        {
            "icon": "people",
            "label": _("Desk taken over by"),
            "text": named(relieving.takes_post, "—"),
        },
        {"icon": "calendar3", "label": _("Relieved on"), "text": office_long_date(relieving.on)},
    ]
