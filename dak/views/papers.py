"""Papers on the registry's pages: page images under the room's own visibility, originals for download only."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseNotModified
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _

from eoffice.core.errors import NotVisible
from eoffice.documents import queries as documents
from eoffice.documents.models import Derivation, Document

THUMB, PAGE, LARGE = 160, 960, 1600
WIDTHS = (THUMB, PAGE, LARGE)
# An A4 page, until the picture is there.
A4_HEIGHT = 1.414
TEXT_PAGES = 50


def page_response(
    request: HttpRequest, document: Document, page: int, width: int, *, keep: bool = True
) -> HttpResponse:
    """One page as a picture. A browser may keep it for itself (documents never change) unless `keep` is false."""
    if width not in WIDTHS:
        raise NotVisible
    tag = f'"{document.sha256}-{page}-{width}"'
    if keep and request.headers.get("If-None-Match") == tag:
        answer: HttpResponse = HttpResponseNotModified()
    else:
        picture = documents.page_image(document, page, width)
        answer = HttpResponse(picture, content_type=documents.PAGE_IMAGE_TYPE)
    answer["Cache-Control"] = "private, max-age=3600" if keep else "no-store"
    if keep:
        answer["ETag"] = tag
    return answer


def original_response(document: Document) -> HttpResponse:
    """The original for download. Never opened in the browser: a foreign file may hold anything."""
    answer = HttpResponse(documents.document_bytes(document), content_type="application/octet-stream")
    answer["Content-Disposition"] = (
        content_disposition_header(as_attachment=True, filename=document.name) or "attachment"
    )
    answer["Cache-Control"] = "no-store"
    return answer


def originals_of(reading: Document) -> list[Document]:
    """The files as they came, in order: the paper itself, or the pictures it was put together from."""
    made_from = Derivation.objects.filter(derived=reading).select_related("source").order_by("position")
    return [row.source for row in made_from] or [reading]


def pages_of(document: Document) -> int:
    return max(1, document.page_count or 1)


def viewer(
    document: Document,
    *,
    title: str,
    detail: str,
    image_url: Callable[[int, int], str],
    here: str,
    show_text: bool = False,
    original_url: str = "",
    check_url: str = "",
) -> dict[str, Any]:
    """What `components/viewer.html` draws for one paper; `image_url(page, width)` names a picture."""
    total = pages_of(document)
    shown = range(1, min(total, TEXT_PAGES if show_text else total) + 1)
    return {
        "papers": [
            {
                "url": here,
                "title": title,
                "detail": detail,
                "pages": _("p. %(first)s–%(last)s") % {"first": 1, "last": total} if total > 1 else _("p. 1"),
                "thumb_url": image_url(1, THUMB),
                "current": True,
                "chips": [],
            }
        ],
        "pages": [
            {
                "ref": f"paper:1:{number}",
                "number": number,
                "image_url": image_url(number, PAGE),
                "width": PAGE,
                "height": round(PAGE * A4_HEIGHT),
                "alt": _("Page %(page)s of the letter. Its words are under “Text”.") % {"page": number},
                "text": documents.page_text(document, number) if show_text else "",
                "flags": [],
            }
            for number in shown
        ],
        "total": total,
        "show_text": show_text,
        "pages_url": here,
        "text_url": f"{here}?text=1",
        "tabs": [{"url": "#papers", "label": _("Letter"), "count": None, "current": True}],
        "pdf_url": original_url,
        "check_url": check_url,
    }
