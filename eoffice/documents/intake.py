"""What may come into the store as an upload. Every rule of it is here; each refusal says what to do instead."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import Any, cast

import puremagic
from django.conf import settings
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from eoffice.core.errors import BadInput, Text
from eoffice.documents import sandbox
from eoffice.documents.pdf.images import MAX_PIXELS

PDF = "application/pdf"
NAME_LENGTH = 200
PICTURES = sandbox.Limits(seconds=40, wall=60)  # every page of a TIFF is decoded, else a cut-off one gets in
MAGIC = (
    (b"%PDF-", PDF),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"II*\x00", "image/tiff"),
    (b"MM\x00*", "image/tiff"),
)
EXTENSIONS = {
    PDF: {".pdf"},
    "image/jpeg": {".jpg", ".jpeg", ".jpe", ".jfif"},
    "image/png": {".png"},
    "image/tiff": {".tif", ".tiff"},
}
TYPE_NAMES = {PDF: "PDF", "image/jpeg": "JPEG", "image/png": "PNG", "image/tiff": "TIFF"}


@dataclass(frozen=True, slots=True)
class Admitted:
    """What the check found out about a paper that may come in."""

    media_type: str
    name: str
    pages: int
    has_text: bool
    flags: tuple[str, ...]


def admit(path: Path, *, name: str, size: int) -> Admitted:
    """Look at a received file. Raises `BadInput`; the file itself is only read."""
    shown = clean_name(name)
    if size == 0:
        raise refusal("empty", name=shown)
    if size > settings.UPLOAD_MAX_BYTES:
        raise too_large(shown)
    with path.open("rb") as handle:
        head = handle.read(4096)
    media_type = type_of(head)
    if media_type is None:
        raise wrong_type(shown, head)
    _check_extension(shown, media_type)
    try:
        facts = _look(path, media_type)
    except sandbox.Unreadable as unreadable:
        raise refusal(unreadable.code, name=shown, **unreadable.facts) from unreadable
    return Admitted(media_type, shown, int(facts["pages"]), bool(facts["has_text"]), tuple(facts["flags"]))


def _look(path: Path, media_type: str) -> dict[str, Any]:
    pages = settings.UPLOAD_MAX_PAGES
    if media_type == PDF:
        with sandbox.ask("check_pdf", path, max_pages=pages) as answer:
            return answer.facts
    with sandbox.ask("check_picture", path, limits=PICTURES, max_pages=pages, max_pixels=MAX_PIXELS) as answer:
        return answer.facts


def type_of(head: bytes) -> str | None:
    """The media type by content, None for what we do not take. The name has no say."""
    return next((media_type for magic, media_type in MAGIC if head.startswith(magic)), None)


def clean_name(name: str) -> str:
    """The last part of the name, shown as it will be stored: no path, no control or direction signs, bounded."""
    last = PureWindowsPath(PurePosixPath(name).name).name
    kept = "".join(c for c in unicodedata.normalize("NFC", last) if not unicodedata.category(c).startswith("C"))
    kept = " ".join(kept.split()).strip(". ") or "paper"
    if len(kept) <= NAME_LENGTH:
        return kept
    suffix = PurePosixPath(kept).suffix[:10]
    return kept[: NAME_LENGTH - len(suffix)] + suffix


def _check_extension(name: str, media_type: str) -> None:
    suffix = PurePosixPath(name).suffix.lower()
    if suffix and suffix not in EXTENSIONS[media_type]:
        known = next((TYPE_NAMES[kind] for kind, endings in EXTENSIONS.items() if suffix in endings), suffix)
        raise refusal("wrong_extension", name=name, says=known, found=TYPE_NAMES[media_type])


def wrong_type(name: str, head: bytes) -> BadInput:
    """Refusal of something that is neither PDF nor picture; says what it seems to be when that is known."""
    try:
        guess = puremagic.from_string(head).lstrip(".").upper()
    except (puremagic.PureError, ValueError):
        guess = ""
    suffix = PurePosixPath(name).suffix.lower()
    if any(suffix in endings for endings in EXTENSIONS.values()):
        return refusal("wrong_type_under_name", name=name, found=guess or "?")
    return refusal("wrong_type", name=name)


def too_large(name: str) -> BadInput:
    return refusal("too_large", name=name, limit=settings.UPLOAD_MAX_BYTES // (1024 * 1024))


_SCAN_AGAIN = _("Scan or export it again, or ask the sender for another copy.")
REFUSALS: dict[str, tuple[Text, Text]] = {
    "empty": (
        _("The file “{name}” is empty (0 bytes)."),
        _("Choose the file again; if it stays empty, scan the paper again."),
    ),
    "too_large": (
        _("The file “{name}” is larger than {limit} MB."),
        _("Scan it in black and white at 200 dpi, or divide it into parts."),
    ),
    "wrong_type": (
        _("“{name}” is neither a PDF nor a picture (JPEG, PNG, TIFF)."),
        _("Save or print it as PDF and choose that file."),
    ),
    "wrong_type_under_name": (
        _("“{name}” has the name of a PDF or picture, but its content is something else ({found})."),
        _("Don't rename files. Open it in the program it was made with, and save it as PDF."),
    ),
    "wrong_extension": (
        _("“{name}” is named as {says}, but its content is {found}."),
        _("Give the file the right ending, or choose the right file."),
    ),
    "truncated": (_("The file “{name}” is cut off: its end is missing."), _SCAN_AGAIN),
    "damaged": (_("The file “{name}” is damaged and can't be read."), _SCAN_AGAIN),
    "unreadable": (_("The picture “{name}” can't be read."), _SCAN_AGAIN),
    "encrypted": (
        _("The PDF “{name}” is locked with a password."),
        _("Open it with the password, print it to a new PDF, and choose that; or ask the sender for an open copy."),
    ),
    "no_pages": (_("The PDF “{name}” has no pages."), _SCAN_AGAIN),
    "too_many_pages": (
        _("“{name}” has more than {limit} pages."),
        _("Divide it into parts and add each as a paper."),
    ),
    "too_many_pixels": (
        _("The picture “{name}” has more points than any scan needs."),
        _("Scan it at 300 dpi or less."),
    ),
    "too_complex": (
        _("Reading “{name}” took more time or memory than a paper may take."),
        _("Print the paper and scan it, or ask the sender for a plain PDF."),
    ),
    "mixed": (
        _("PDF files and pictures were chosen together."),
        _("Choose one PDF, or pictures only: they are put together into one PDF in the order chosen."),
    ),
    "several_pdfs": (_("Several PDF files were chosen at once."), _("Add them one after the other.")),
    "nothing": (_("No file was chosen."), _("Choose the scan or the PDF of the letter.")),
}


def refusal(code: str, **facts: int | str) -> BadInput:
    """The refusal of that code, in the reader's language."""
    message, remedy = REFUSALS.get(code, REFUSALS["damaged"])
    known = {"name": "", "limit": settings.UPLOAD_MAX_PAGES, "found": "", "says": "", **facts}
    return BadInput(code, format_lazy(cast(str, message), **known), remedy)  # it takes lazy text, its type says str
