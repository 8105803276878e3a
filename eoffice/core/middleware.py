"""Who asks, behind a proxy; and refusals, which become pages in one place."""

from __future__ import annotations

import logging
from collections.abc import Callable
from ipaddress import ip_address

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render

from eoffice.core import richtext
from eoffice.core.errors import DomainError

log = logging.getLogger(__name__)


def refusal(request: HttpRequest, error: DomainError) -> HttpResponse:
    """The page (or JSON, for a script that asks for it) of a refusal, with its status."""
    log.info("refused", extra={"code": error.code, "status": error.status, "path": request.path})
    facts = {
        "code": error.code,
        "message": str(error.message),
        "remedy": str(error.remedy),
        "remedy_url": error.remedy_url,
    }
    if request.headers.get("Accept", "").startswith("application/json"):
        return JsonResponse({"error": facts}, status=error.status)
    context = {"status": error.status, "kept": words_sent(request), **facts}
    return render(request, "error.html", context, status=error.status)


# Fields of forms in which people write sentences; an editor sends the second of a pair instead of the first.
WORDS = ("note", "note_html", "body", "body_html", "line", "remarks", "why")


def words_sent(request: HttpRequest) -> str:
    """What the reader wrote in the form that was refused, as plain text: it stands nowhere else."""
    if request.method != "POST":
        return ""
    sent = {name: request.POST.get(name, "") for name in WORDS}
    plain = [
        richtext.to_text(richtext.clean(text)) if name.endswith("_html") else text.strip()
        for name, text in sent.items()
        if not sent.get(f"{name}_html")
    ]
    return "\n\n".join(text for text in plain if text)


class ClientAddressMiddleware:
    """`REMOTE_ADDR` is the reader's own address, so that limits count readers and not the proxy before us.

    Only a proxy of EOFFICE_TRUSTED_PROXIES is believed, and of what it forwards only the entry that it wrote itself,
    the last one: everything to the left of it is the sender's word.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.META.get("REMOTE_ADDR") in settings.TRUSTED_PROXIES:
            told = request.headers.get("X-Forwarded-For", "").rpartition(",")[2].strip()
            if _is_address(told):
                request.META["REMOTE_ADDR"] = told
        return self.get_response(request)


def _is_address(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return False
    return True


class DomainErrorMiddleware:
    """Catches what services and rules refuse; anything else is a programmer's mistake and stays a 500."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        return refusal(request, exception) if isinstance(exception, DomainError) else None
