"""Reading papers. Whether someone may is decided by the room that owns the paper, never here."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from eoffice.core.errors import NotAvailable, NotVisible
from eoffice.documents import blobs, sandbox
from eoffice.documents.models import Document, DocumentText
from eoffice.documents.pdf.images import MAX_PIXELS

PAGE_IMAGE_TYPE = "image/webp"
WIDTHS = (160, 320, 640, 960, 1280, 1600, 2000)
AHEAD = 3  # pages rendered beyond the one asked for, while the child is there


def document_bytes(document: Document) -> bytes:
    """The bytes as stored, checked against their hash; `blobs.Damaged` if the store has been changed."""
    return blobs.read(document.sha256)


def page_width(width: int) -> int:
    """The width that will be drawn: the next of a few, so that the cache stays small."""
    return next((known for known in WIDTHS if known >= width), WIDTHS[-1])


def page_image(document: Document, page: int, width: int) -> bytes:
    """Picture of a page (counted from 1) as WebP (`PAGE_IMAGE_TYPE`), from the cache or drawn by the child.

    Raises `NotVisible` for a page that does not exist and `NotAvailable` when the paper can't be drawn.
    """
    _require_page(document, page)
    width = page_width(width)
    cached = _cached(document, page, width)
    if not cached.exists():
        _render(document, page, width)
    try:
        return cached.read_bytes()
    except FileNotFoundError as error:
        raise _not_drawn() from error


def _require_page(document: Document, page: int) -> None:
    if not (document.is_pdf or document.is_picture) or not 1 <= page <= (document.page_count or 0):
        raise NotVisible


def _cached(document: Document, page: int, width: int) -> Path:
    sha256 = document.sha256
    return Path(settings.RENDERED_DIR) / sha256[:2] / sha256 / f"{page}-{width}.webp"


def _render(document: Document, page: int, width: int) -> None:
    last = min(page + AHEAD, document.page_count or page)
    wanted = [n for n in range(page, last + 1) if not _cached(document, n, width).exists()]
    try:
        with (
            blobs.local_path(document.sha256) as path,
            sandbox.ask(
                "render",
                path,
                partial=True,
                pages=wanted,
                width=width,
                picture=document.is_picture,
                max_pixels=MAX_PIXELS,
            ) as answer,
        ):
            for number in wanted:
                drawn = answer.folder / f"{number}.webp"
                if drawn.exists():
                    _put(_cached(document, number, width), drawn.read_bytes())
    except sandbox.Unreadable as unreadable:
        raise _not_drawn() from unreadable


def _put(target: Path, content: bytes) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=target.parent)
    with os.fdopen(handle, "wb") as out:
        out.write(content)
    Path(name).replace(target)


def _not_drawn() -> NotAvailable:
    return NotAvailable(
        "page_not_drawn",
        _("This page can't be shown as a picture."),
        _("Its text may still be readable; otherwise ask the sender for another copy."),
    )


def page_text(document: Document, page: int) -> str:
    """The words of a page: those extracted, or read now while the extraction is still waiting. '' for a scan."""
    _require_page(document, page)
    stored = DocumentText.objects.filter(document=document, page=page).values_list("text", flat=True).first()
    if stored is not None:
        return stored
    return read_text(document, first=page, last=page).get(page, "")


def read_text(document: Document, *, first: int, last: int, limits: sandbox.Limits | None = None) -> dict[int, str]:
    """Words by page, read by the child now; pages after a limit was hit are missing."""
    if not document.is_pdf or not document.has_text:
        return {}
    try:
        with (
            blobs.local_path(document.sha256) as path,
            sandbox.ask("text", path, limits=limits, partial=True, first=first, last=last) as answer,
        ):
            return dict(_lines(answer.folder / "text.jsonl"))
    except sandbox.Unreadable:
        return {}


def _lines(path: Path) -> list[tuple[int, str]]:
    import json  # noqa: PLC0415

    found = []
    if path.exists():
        for line in path.read_text(encoding="utf-8").splitlines():
            try:
                row = json.loads(line)
            except ValueError:  # the line the limit cut off
                break
            found.append((int(row["page"]), str(row["text"])))
    return found
