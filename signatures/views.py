"""The public verifier."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from eoffice.core import clock
from eoffice.core.errors import NotAllowed
from signatures import queries, words
from signatures.forms import FactorsForm, LookUpForm, UploadForm
from signatures.models import SignedPaper

# Per address and ten minutes: enough for a person with a pile of letters, too few for walking numbers.
_WINDOW_SECONDS = 600
_UPLOADS, _LOOK_UPS = 30, 20


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
