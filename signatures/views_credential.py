"""The officer's own signing page, and the office's page of requests and registered credentials."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_POST

from eoffice import access
from eoffice.core.actions import Action
from eoffice.core.errors import BadInput, NotAllowed, NotVisible
from eoffice.core.pages import ActedRequest, signed_in
from signatures import queries
from signatures.forms import PinForm, RetireForm
from signatures.models import Credential
from signatures.services.activation import credential_activate
from signatures.services.credential import (
    credential_approve,
    credential_request,
    credential_resume,
    credential_retire,
)
from signatures.workflow import CredentialState

_WARN_DAYS = 60
_LIST = 200


@require_GET
@signed_in
def mine(request: ActedRequest) -> HttpResponse:
    """The officer's own credential: its state, how long it lasts, tries left, what to do next."""
    return _mine(request, PinForm())


def _mine(request: ActedRequest, form: PinForm) -> HttpResponse:
    credential = queries.live_credential(request.actor)
    former = Credential.objects.filter(employee_id=request.actor.employee_id).order_by("-pk")
    context = {
        "credential": credential,
        "former": [one for one in former if credential is None or one.pk != credential.pk],
        "warn": credential is not None and credential.days_left is not None and credential.days_left <= _WARN_DAYS,
        "may_request": credential is None and bool(settings.SOFTWARE_KEYS_ORDER),
        # The demo's stand-in for the number of an order is the only one with words to translate.
        "order": _("demo and tests") if settings.DEMO else settings.SOFTWARE_KEYS_ORDER,
        "form": form,
        "connected": bool(settings.CREDENTIAL_ISSUER),
    }
    return render(request, "signatures/mine.html", context, status=400 if form.errors else 200)


@require_POST
@signed_in
def request_credential(request: ActedRequest) -> HttpResponse:
    """Ask for one's own credential at the office in which one acts."""
    if request.actor.office_id is None:
        raise NotAllowed("no_charge", _("You hold no charge now."), _("Ask your EMD manager to enter your charge."))
    credential_request(office_id=request.actor.office_id, actor=request.actor)
    messages.success(request, _("Your request was noted. Your EMD manager will check it."))
    return redirect("signatures:mine")


@require_POST
@sensitive_post_parameters("pin", "again")
@signed_in
def activate(request: ActedRequest) -> HttpResponse:
    """The officer chooses the PIN; key and certificate are made, and from then on the officer signs."""
    credential = queries.live_credential(request.actor)
    if credential is None:
        raise NotVisible
    form = PinForm(request.POST)
    if form.is_valid():
        try:
            credential_activate(credential_id=credential.pk, pin=form.cleaned_data["pin"], actor=request.actor)
        except BadInput as error:
            form.add_error(error.field or None, f"{error.message} {error.remedy}".strip())
        else:
            messages.success(request, _("Your digital signature is ready. Only your PIN opens it."))
            return redirect("signatures:mine")
    return _mine(request, form)


_MANAGED = (Action.CREDENTIAL_APPROVE, Action.CREDENTIAL_SUSPEND, Action.CREDENTIAL_RETIRE)


@require_GET
@signed_in
def requests(request: ActedRequest) -> HttpResponse:
    """What officers of the office ask for, and the credentials that they have; for those who look after them."""
    access.require(request.actor, Action.CREDENTIAL_APPROVE, Credential(office_id=request.actor.office_id))
    rows = queries.managed_credentials(request.actor)
    # Those that wait for the manager come first: requests, then suspended ones.
    waiting = rows.filter(state=CredentialState.REQUESTED)[:_LIST]
    others = rows.exclude(state=CredentialState.REQUESTED).order_by("-state", "requested_at", "pk")[:_LIST]
    context = {
        "waiting": [(one, access.verdicts(request.actor, one, _MANAGED)) for one in waiting],
        "others": [(one, access.verdicts(request.actor, one, _MANAGED)) for one in others],
        "retire_form": RetireForm(auto_id=False),
    }
    return render(request, "signatures/requests.html", context)


def _managed(request: ActedRequest, pk: int) -> Credential:
    credential = queries.managed_credentials(request.actor).filter(pk=pk).first()
    if credential is None:
        raise NotVisible
    return credential


@require_POST
@signed_in
def approve(request: ActedRequest, pk: int) -> HttpResponse:
    credential_approve(credential_id=_managed(request, pk).pk, actor=request.actor)
    messages.success(request, _("Approved. The officer now chooses a PIN on the page 'My signature'."))
    return redirect("signatures:requests")


@require_POST
@signed_in
def resume(request: ActedRequest, pk: int) -> HttpResponse:
    credential_resume(credential_id=_managed(request, pk).pk, actor=request.actor)
    messages.success(request, _("The officer can sign again, with the PIN as before."))
    return redirect("signatures:requests")


@require_POST
@signed_in
def retire(request: ActedRequest, pk: int) -> HttpResponse:
    credential_retire(credential_id=_managed(request, pk).pk, kind=request.POST.get("kind", ""), actor=request.actor)
    messages.success(request, _("This digital signature has ended. The officer may ask for a new one."))
    return redirect("signatures:requests")
