"""Our own rules about the file as a whole, beyond what a difference analysis says (signing.md section 6)."""

from __future__ import annotations

import re
from typing import Any, Final

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.fields import enumerate_sig_fields
from pyhanko.sign.validation import EmbeddedPdfSignature

from signatures.engine.reading import UNREADABLE, entry

_END: Final = re.compile(rb"%%EOF[ \t]*(?:\r\n|\r|\n)?\Z")


def odd_structure(reader: PdfFileReader, pdf: bytes, covered_to: list[int]) -> list[str]:
    """Codes of what should not be in a signed file. Empty for a sound one."""
    codes: list[str] = []
    if max(covered_to, default=0) < len(pdf) and not _END.search(pdf[-64:]):
        codes.append("bytes-after-the-end")
    if not pdf.startswith(b"%PDF-"):
        codes.append("bytes-before-the-start")
    codes += _late_fields(reader)
    return codes


def _late_fields(reader: PdfFileReader) -> list[str]:
    """Signature fields that were added after the first signature: empty ones, and visible ones by nobody's authority.

    An approval signature alone does not forbid them, and pyHanko passes them (attack SSA: a self-made signature whose
    picture covers the text).
    """
    filled = list(enumerate_sig_fields(reader, filled_status=True))
    firsts = [_revision(reader, value) for _name, value, _field in filled]
    first = min((number for number in firsts if number is not None), default=None)
    if first is None:
        return []
    codes: list[str] = []
    for _name, _value, reference in enumerate_sig_fields(reader, filled_status=False):
        if reader.xrefs.get_introducing_revision(reference.reference) > first:
            codes.append("late-empty-field")
    for name, _value, reference in filled:
        if reader.xrefs.get_introducing_revision(reference.reference) > first and _is_visible(reference):
            try:
                signer = EmbeddedPdfSignature(reader, reference.get_object(), name).signer_cert
            except UNREADABLE:
                continue
            if signer.issuer == signer.subject:
                codes.append("late-visible-field")
    return codes


def _revision(reader: PdfFileReader, value: Any) -> int | None:
    reference = getattr(value, "container_ref", None)
    try:
        return None if reference is None else int(reader.xrefs.get_last_change(reference))
    except UNREADABLE:
        return None


def _is_visible(reference: generic.IndirectObject) -> bool:
    field = reference.get_object()  # type: ignore[no-untyped-call]
    widgets = [kid.get_object() for kid in entry(field, "/Kids", ())] or [field]
    for widget in widgets:
        box = [float(number) for number in entry(widget, "/Rect", (0, 0, 0, 0))]
        if len(box) == 4 and abs(box[2] - box[0]) > 1 and abs(box[3] - box[1]) > 1:  # noqa: PLR2004 - a rectangle
            return True
    return False
