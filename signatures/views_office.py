"""For those who look after the digital signatures of an office, and for the super admin's signing policy."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_POST

from employee_master.models import ChargeKind
from eoffice import access
from eoffice.core.actions import Action
from eoffice.core.errors import BadInput, NotAllowed, NotVisible
from eoffice.core.pages import ActedRequest, signed_in
from signatures import policy, queries
from signatures.forms_credential import MapForm, RetireForm, RuleForm, SuspendForm
from signatures.models import Backend, Credential, SigningRule
from signatures.services.credential import (
    credential_approve,
    credential_resume,
    credential_retire,
    credential_suspend,
)
from signatures.services.mapping import credential_map, credential_unmap
from signatures.services.rule import rule_enter, rule_lift
from signatures.workflow import CredentialState

_MANAGED = (Action.CREDENTIAL_APPROVE, Action.CREDENTIAL_SUSPEND, Action.CREDENTIAL_RETIRE)
_LIST = 200


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
        "guests": queries.guests_of(request.actor.office_id) if request.actor.office_id is not None else [],
        "retire_form": RetireForm(auto_id=False),
        "suspend_form": SuspendForm(auto_id=False),
        "map_form": MapForm(auto_id=False),
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
    messages.success(request, _("Approved. The officer now makes the key on the page 'My signature'."))
    return redirect("signatures:requests")


@require_POST
@signed_in
def suspend(request: ActedRequest, pk: int) -> HttpResponse:
    why = request.POST.get("why", "")
    credential_suspend(credential_id=_managed(request, pk).pk, why=why, actor=request.actor)
    messages.success(request, _("Suspended. The officer can't sign until it is resumed."))
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


@require_POST
@signed_in
def map_here(request: ActedRequest, pk: int) -> HttpResponse:
    """An officer of another office with a charge here: the signature counts here by the order (R20)."""
    if request.actor.office_id is None:
        raise NotAllowed("no_charge", _("You hold no charge now."), _("Ask your EMD manager to enter your charge."))
    if all(guest.credential.pk != pk for guest in queries.guests_of(request.actor.office_id)):
        raise NotVisible
    credential_map(
        credential_id=pk,
        office_id=request.actor.office_id,
        order_number=request.POST.get("order_number", ""),
        actor=request.actor,
    )
    messages.success(request, _("Mapped. The officer's signature counts in this office now."))
    return redirect("signatures:requests")


@require_POST
@signed_in
def unmap(request: ActedRequest, pk: int) -> HttpResponse:
    credential_unmap(mapping_id=pk, actor=request.actor)
    messages.success(request, _("The mapping has ended."))
    return redirect("signatures:requests")


@require_GET
@signed_in
def rules(request: ActedRequest) -> HttpResponse:
    """The signing policy: what the instance allows, and the rows that narrow it."""
    return _rules(request, RuleForm())


def _rules(request: ActedRequest, form: RuleForm) -> HttpResponse:
    access.require(request.actor, Action.SIGNING_RULE, SigningRule())
    kinds = dict(ChargeKind.choices)
    context = {
        "rows": [
            (
                row,
                policy.PURPOSES.get(row.purpose, row.purpose),
                kinds.get(row.charge_kind, row.charge_kind),
                [Backend(code).label for code in row.backends],
            )
            for row in SigningRule.objects.select_related("made_by")
        ],
        "allowed": [Backend(code).label for code in policy.instance_backends()],
        "form": form,
    }
    return render(request, "signatures/rules.html", context, status=400 if form.errors else 200)


@require_POST
@signed_in
def rule_new(request: ActedRequest) -> HttpResponse:
    form = RuleForm(request.POST)
    if form.is_valid():
        try:
            rule_enter(**form.cleaned_data, actor=request.actor)
        except BadInput as error:
            form.add_error(error.field or None, f"{error.message} {error.remedy}".strip())
        else:
            messages.success(request, _("The rule holds from now on."))
            return redirect("signatures:rules")
    return _rules(request, form)


@require_POST
@signed_in
def rule_end(request: ActedRequest, pk: int) -> HttpResponse:
    rule_lift(rule_id=pk, actor=request.actor)
    messages.success(request, _("The rule holds no longer."))
    return redirect("signatures:rules")
