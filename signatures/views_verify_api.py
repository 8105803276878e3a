"""The verifier for programs, POST /verify.json: docs/how-to/verify-by-api.md.

No session, no cookie, nothing changed or kept: so there is nothing that another site could have a browser do here, and
no token against that is asked for.
"""

from __future__ import annotations

import json
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt

from eoffice.core import clock
from eoffice.core.errors import BadInput, DomainError
from signatures import queries_verify, uploads
from signatures.answers import answer_of, refusal_of
from signatures.views import WINDOW_SECONDS, TooOften, address, limit

# Per address and ten minutes, apart from the page's.
_CHECKS = 60
_RAW, _FORM = "application/pdf", "multipart/form-data"


class _TooLarge(BadInput):
    status = 413


class _WrongKind(BadInput):
    status = 415


class _WrongMethod(BadInput):
    status = 405


@never_cache
@csrf_exempt
def verify_json(request: HttpRequest) -> HttpResponse:
    """Check the PDF in the body or in the field `pdf`; every answer is JSON, refusals in both languages."""
    try:
        if request.method != "POST":
            raise _WrongMethod("post_only", _("Send the PDF by POST."))
        limit(address(request), "api", _CHECKS)
        check = queries_verify.check(_pdf(request), pictures=False)
    except DomainError as error:
        return _refused(error)
    return _json(answer_of(check))


def _refused(error: DomainError) -> HttpResponse:
    answer = _json(refusal_of(error), status=error.status)
    if isinstance(error, TooOften):
        answer["Retry-After"] = str(WINDOW_SECONDS - int(clock.now().timestamp()) % WINDOW_SECONDS)
    elif error.code == "verifier_busy":
        answer["Retry-After"] = "60"
    elif isinstance(error, _WrongMethod):
        answer["Allow"] = "POST"
    return answer


def _pdf(request: HttpRequest) -> bytes:
    kind = request.content_type
    length = request.META.get("CONTENT_LENGTH") or "0"
    if length == "0":
        raise _nothing()
    if kind not in {_RAW, _FORM}:
        raise _WrongKind(
            "unknown_kind", _("The body must be a PDF or a form with a file."),
            _("Send it as application/pdf, or as multipart/form-data with the field pdf."),
        )  # fmt: skip
    # A form is a little larger than the file in it.
    if not length.isdecimal() or int(length) > settings.UPLOAD_MAX_BYTES + (64 * 1024 if kind == _FORM else 0):
        raise _too_large()
    pdf = _of_form(request) if kind == _FORM else request.read(settings.UPLOAD_MAX_BYTES + 1)
    if len(pdf) > settings.UPLOAD_MAX_BYTES:
        raise _too_large()
    if not pdf:
        raise _nothing()
    return pdf


def _nothing() -> BadInput:
    return BadInput("no_file", _("No file came with the request."), _("Send the PDF itself, with its length."))


def _of_form(request: HttpRequest) -> bytes:
    uploads.in_memory(request)
    found = request.FILES.get("pdf")
    if uploads.was_too_large(request):
        raise _too_large()
    return found.read() if found is not None else b""


def _too_large() -> _TooLarge:
    megabytes = settings.UPLOAD_MAX_BYTES // (1024 * 1024)
    most = format_lazy(_("{megabytes} MB at most."), megabytes=megabytes)
    return _TooLarge("too_large", _("The file is too large."), most)


def _json(answer: dict[str, Any], *, status: int = 200) -> HttpResponse:
    return HttpResponse(json.dumps(answer, ensure_ascii=False), content_type="application/json", status=status)
