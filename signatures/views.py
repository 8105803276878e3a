"""The public verifier and the officer's own signing page."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from eoffice import access
from eoffice.core import clock
from eoffice.core.actions import Action
from eoffice.core.errors import BadInput, NotAllowed, NotVisible
from eoffice.core.pages import ActedRequest, signed_in
from signatures import queries, words
from signatures.forms import FactorsForm, LookUpForm, PinForm, RetireForm, UploadForm
from signatures.models import Credential, SignedPaper
from signatures.services.credential import (
    credential_activate,
    credential_approve,
    credential_request,
    credential_resume,
    credential_retire,
)
from signatures.workflow import CredentialState

# Per address and ten minutes: enough for a person with a pile of letters, too few for walking numbers.
_WINDOW_SECONDS = 600
_UPLOADS, _LOOK_UPS = 30, 20
_WARN_DAYS = 60
_LIST = 200


class TooOften(NotAllowed):
    """Asked more often than a person does."""

    status = 429


def _limit(request: HttpRequest, what: str, most: int) -> None:
    window = int(clock.now().timestamp()) // _WINDOW_SECONDS
    key = f"verify:{what}:{request.META.get('REMOTE_ADDR', '')}:{window}"
    cache.add(key, 0, _WINDOW_SECONDS)
    try:
        count = cache.incr(key)
    except ValueError:
        count = 1
    if count > most:
        raise TooOften(
            "too_often",
            _("Too many checks came from your address in a short time."),
            _("Wait ten minutes and try again."),
        )


def _page(request: HttpRequest, *, status: int = 200, **context: Any) -> HttpResponse:
    filled = {
        "upload_form": UploadForm(), "look_up_form": LookUpForm(), "public_title": _("Check a signed letter"),
        "megabytes": settings.UPLOAD_MAX_BYTES // (1024 * 1024), **context,
    }  # fmt: skip
    return render(request, "signatures/verify.html", filled, status=status)


@never_cache
@require_http_methods(["GET", "POST"])
def verify(request: HttpRequest) -> HttpResponse:
    """Without login: upload a PDF and read each fact. The file is checked in memory and not kept."""
    if request.method == "GET":
        return _page(request)
    _limit(request, "upload", _UPLOADS)
    form = UploadForm(request.POST, request.FILES)
    if not form.is_valid():
        return _page(request, upload_form=form, status=400)
    report = queries.check_upload(form.cleaned_data["pdf"].read())
    stored = queries.stored_revision(report.sha256)
    paper = stored.paper if stored else None
    return _page(
        request, outcome=words.outcome_of(report, paper), facts=words.facts_of(report, paper), report=report,
        stored=stored, paper=paper, basis=_("Uploaded PDF"), checked_at=clock.now(),
    )  # fmt: skip


@never_cache
@require_GET
def look_up(request: HttpRequest) -> HttpResponse:
    """Without login: reference number, day and signer, all three from the print (R10)."""
    form = LookUpForm(request.GET)
    if not form.is_valid():
        return _page(request, look_up_form=form, status=400)
    _limit(request, "look-up", _LOOK_UPS)
    return _answer(request, form.cleaned_data["reference"], form, basis=_("Details from the print"))


@never_cache
@require_GET
def reference(request: HttpRequest, reference: str) -> HttpResponse:
    """The QR code leads here: the number is known, day and signer are asked for."""
    asked = {"on", "signer"} & set(request.GET)
    form = FactorsForm(request.GET if asked else None)
    context: dict[str, Any] = {"factors_form": form, "reference": reference[:20]}
    if not asked:
        return _page(request, **context)
    if not form.is_valid():
        return _page(request, status=400, **context)
    _limit(request, "look-up", _LOOK_UPS)
    return _answer(request, reference, form, basis=_("QR code"), **context)


def _answer(request: HttpRequest, number: str, form: FactorsForm, **context: Any) -> HttpResponse:
    paper = queries.paper_by_three_factors(
        reference=number, on=form.cleaned_data["on"], signer=form.cleaned_data["signer"]
    )
    if paper is None:
        return _page(request, outcome=words.NOT_FOUND, checked_at=clock.now(), status=404, **context)
    return _page(
        request, outcome=words.outcome_of_paper(paper), facts=_paper_facts(paper), paper=paper,
        checked_at=clock.now(), **context,
    )  # fmt: skip


def _paper_facts(paper: SignedPaper) -> list[words.Fact]:
    return words.facts_of_paper(paper, pending=queries.is_pending(paper.attempt))


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
