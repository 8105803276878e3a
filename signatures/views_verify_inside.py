"""The same check for those who are signed in: of a file of their own, or of a paper of the office without upload."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods

from eoffice.core.errors import NotVisible
from eoffice.core.pages import ActedRequest, signed_in
from eoffice.documents.models import Document
from eoffice.documents.queries import document_bytes
from signatures import queries_verify, uploads
from signatures.forms import UploadForm
from signatures.views import about, limit, uploaded_pdf

# Per person and ten minutes: a desk may have a whole post bag to check.
_CHECKS = 100


@never_cache
@csrf_exempt
@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def verify_inside(request: ActedRequest) -> HttpResponse:
    """Any PDF that came to the desk. It is checked in memory and not kept."""
    if request.method != "POST":
        return _page(request)
    _limit(request)
    uploads.in_memory(request)
    return _uploaded(request)


@csrf_protect
def _uploaded(request: ActedRequest) -> HttpResponse:
    form, pdf = uploaded_pdf(request)
    if pdf is None:
        return _page(request, upload_form=form, status=400)
    return _page(request, basis=_("Uploaded PDF"), **about(queries_verify.check(pdf)))


def stored_answer(request: ActedRequest, document: Document, *, title: str, back_url: str) -> HttpResponse:
    """The page about a paper of the office, for the room that owns it and has decided that the reader may see it."""
    if not document.is_pdf:
        raise NotVisible
    _limit(request)
    found = queries_verify.check(document_bytes(document))
    return _page(request, basis=_("The paper as it is kept here"), paper_title=title, back_url=back_url, **about(found))


def _limit(request: ActedRequest) -> None:
    limit(f"person:{request.actor.person}", "inside", _CHECKS)


def _page(request: ActedRequest, *, status: int = 200, **context: Any) -> HttpResponse:
    filled = {
        "upload_form": UploadForm(), "megabytes": settings.UPLOAD_MAX_BYTES // (1024 * 1024), "inside": True, **context,
    }  # fmt: skip
    return render(request, "signatures/verify_inside.html", filled, status=status)
