"""The signer's check-up: what is in order, the exact fault, and a test signature. No plug-in (R23)."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from eoffice.core.errors import Text
from eoffice.core.pages import ActedRequest, signed_in
from eoffice.documents.queries import document_bytes
from signatures import check_up, policy, queries, words
from signatures.backends import Check
from signatures.models import Backend, SigningAttempt
from signatures.services.trial import own_trial, trial_begin, trial_finish
from signatures.services.unlock import WrongPin
from signatures.workflow import AttemptState

_SHAPES = {"good": "yes", "warning": "wait", "fault": "no"}
_WORDS: dict[str, Text] = {"good": _("In order"), "warning": _("Look at this"), "fault": _("Fault")}


def _fact(line: Check) -> words.Fact:
    more = " ".join(str(part) for part in (line.fault, line.remedy, line.found) if part)
    return words.Fact(_SHAPES[line.state], line.title, _WORDS[line.state], more)


@never_cache
@require_GET
@signed_in
def show(request: ActedRequest) -> HttpResponse:
    """Every line about one's own digital signature; nothing is signed and nothing changes."""
    credential = queries.working_credential(request.actor)
    lines = check_up.checks(credential, request.actor) if credential is not None else []
    uses = policy.uses(credential.backend, request.actor) if credential is not None else []
    context: dict[str, Any] = {
        "credential": credential,
        "coming": queries.coming_credential(request.actor),
        "facts": [_fact(line) for line in lines],
        "faults": [line for line in lines if line.state == "fault"],
        "fit": credential is not None and check_up.is_fit(lines),
        "uses": [(policy.PURPOSES[purpose], may) for purpose, may in uses],
        "fallbacks": [(code, Backend(code).label) for code in check_up.fallbacks(credential)],
    }
    return render(request, "signatures/check_up.html", context)


@require_POST
@signed_in
def trial(request: ActedRequest) -> HttpResponse:
    """Prepare the test sheet; the signing sheet asks for the PIN, or waits for the token or provider."""
    attempt = trial_begin(actor=request.actor)
    return redirect("signatures:trial_sheet", attempt=attempt.uuid)


@never_cache
@require_http_methods(["GET", "POST"])
@sensitive_post_parameters("pin")
@signed_in
def trial_sheet(request: ActedRequest, attempt: UUID) -> HttpResponse:
    """Sign the prepared test sheet and show what our own verifier says of it."""
    row = own_trial(attempt=attempt, actor=request.actor)
    if request.method == "POST":
        try:
            trial_finish(attempt=attempt, pin=request.POST.get("pin", ""), actor=request.actor)
        except WrongPin as error:
            return _sheet(request, row, errors=[f"{error.message} {error.remedy}".strip()])
        return redirect("signatures:trial_sheet", attempt=attempt)
    if row.state == AttemptState.COMPLETED:
        return _outcome(request, row)
    if row.state != AttemptState.PREPARED:
        return redirect("signatures:check_up")
    return _sheet(request, row, errors=[])


def _sheet(request: ActedRequest, row: SigningAttempt, *, errors: list[str]) -> HttpResponse:
    row.credential.refresh_from_db(fields=["pin_failures"])
    pin = {
        "title": _("Test signature"),
        "unchanged": _("One page that says it has no effect is signed with your key, and checked."),
        "action": reverse("signatures:trial_sheet", args=[row.uuid]),
        "cancel_url": reverse("signatures:check_up"),
        "items": [
            {"icon": "file-earmark-text", "label": _("Paper"), "text": _("Test sheet without any effect")},
            {"icon": "key", "label": _("Key"), "text": row.credential.subject_name},
        ],
        "tries_left": row.credential.tries_left,
        "errors": errors,
        "button": _("Sign the test sheet"),
        "attempts": [row.uuid],
    }
    return render(request, "signatures/trial.html", {"pin": pin}, status=403 if errors else 200)


def _outcome(request: ActedRequest, row: SigningAttempt) -> HttpResponse:
    revision = queries.last_revision(row)
    assert revision is not None
    report = queries.check_upload(document_bytes(revision.document))
    context = {
        # What does not apply to a sheet that nobody looks up is left out.
        "facts": [fact for fact in words.facts_of(report, None) if fact.state != "na"],
        "outcome": words.outcome_of(report, None),
        "sound": report.integrity == "intact",
    }
    return render(request, "signatures/trial_outcome.html", context)
