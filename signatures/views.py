"""The public verifier: nobody signs in, and nothing that is sent is kept."""

from __future__ import annotations

from typing import Any

from axes.helpers import get_client_ip_address
from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_GET, require_http_methods

from eoffice.core import clock
from eoffice.core.errors import NotAllowed
from signatures import queries, queries_verify, uploads, words, words_changes
from signatures.forms import FactorsForm, LookUpForm, UploadForm
from signatures.models import SignedPaper
from signatures.queries_verify import Check
from signatures.services import check_report

# Per address and ten minutes: enough for a person with a pile of letters, too few for walking numbers.
WINDOW_SECONDS = 600
_UPLOADS, _LOOK_UPS = 30, 20


class TooOften(NotAllowed):
    """Asked more often than a person does."""

    status = 429


def limit(who: str, what: str, most: int) -> None:
    """`TooOften` when `who` asked `what` more than `most` times in this window."""
    window = int(clock.now().timestamp()) // WINDOW_SECONDS
    key = f"verify:{what}:{who}:{window}"
    cache.add(key, 0, WINDOW_SECONDS)
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


def address(request: HttpRequest) -> str:
    return str(get_client_ip_address(request) or "")


def _page(request: HttpRequest, *, status: int = 200, **context: Any) -> HttpResponse:
    filled = {
        "upload_form": UploadForm(), "look_up_form": LookUpForm(), "public_title": _("Check a signed letter"),
        "megabytes": settings.UPLOAD_MAX_BYTES // (1024 * 1024), **context,
    }  # fmt: skip
    return render(request, "signatures/verify.html", filled, status=status)


def about(check: Check) -> dict[str, Any]:
    """What the pages draw for one checked file."""
    return {
        "outcome": words.outcome_of_check(check),
        "groups": words.groups_of(check),
        "changes": words_changes.changes_of(check),
        "signature_count": len(check.signers),
        "signatures_shown": words.SIGNERS_SHOWN,
        "report": check.report,
        "known": check.known,
        "paper": check.known.paper,
        "checked_at": check.at,
        "token": check_report.token_of(check),
        "can_seal": check_report.can_seal(),
    }


@never_cache
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def verify(request: HttpRequest) -> HttpResponse:
    """Without login: upload a PDF and read each fact. The file is checked in memory and not kept."""
    if request.method != "POST":
        return _page(request)
    limit(address(request), "upload", _UPLOADS)
    uploads.in_memory(request)
    return _uploaded(request)


@csrf_protect
def _uploaded(request: HttpRequest) -> HttpResponse:
    """Only here may the body be read: what reads it earlier would write a large file to the disk."""
    form, pdf = uploaded_pdf(request)
    if pdf is None:
        return _page(request, upload_form=form, status=400)
    return _page(request, basis=_("Uploaded PDF"), **about(queries_verify.check(pdf)))


def uploaded_pdf(request: HttpRequest) -> tuple[UploadForm, bytes | None]:
    """The form, and the bytes that were sent if it is right."""
    form = UploadForm(request.POST, request.FILES)
    valid = form.is_valid()
    if uploads.was_too_large(request):
        form.refuse_as_too_large()
        return form, None
    return form, form.cleaned_data["pdf"].read() if valid else None


@never_cache
@require_GET
def look_up(request: HttpRequest) -> HttpResponse:
    """Without login: reference number, day and signer, all three from the print (R10)."""
    form = LookUpForm(request.GET)
    if not form.is_valid():
        return _page(request, look_up_form=form, status=400)
    limit(address(request), "look-up", _LOOK_UPS)
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
    limit(address(request), "look-up", _LOOK_UPS)
    return _answer(request, reference, form, basis=_("QR code"), **context)


def _answer(request: HttpRequest, number: str, form: FactorsForm, **context: Any) -> HttpResponse:
    paper = queries.paper_by_three_factors(
        reference=number, on=form.cleaned_data["on"], signer=form.cleaned_data["signer"]
    )
    if paper is None:
        return _page(request, outcome=words.NOT_FOUND, checked_at=clock.now(), status=404, **context)
    return _page(
        request, outcome=words.outcome_of_paper(paper), groups=[words.Group("", _paper_facts(paper))], paper=paper,
        checked_at=clock.now(), **context,
    )  # fmt: skip


def _paper_facts(paper: SignedPaper) -> list[words.Fact]:
    return words.facts_of_paper(paper, pending=queries.is_pending(paper.attempt))
