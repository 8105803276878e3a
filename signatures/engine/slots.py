"""Getting a PDF ready for its signatures: refuse what must not be signed, embed the manifest, make all fields at once.

All fields are made before the first signature, the first signature certifies, the last field locks. Without that,
pyHanko passes a sneaky extra signature that covers text as harmless (signing.md sections 0 and 6).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from typing import Any, Final

from pyhanko.pdf_utils import embed, generic
from pyhanko.pdf_utils.generic import pdf_name
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign import fields

from signatures.engine.errors import CannotPrepare
from signatures.engine.increment import Increment, extending, reading
from signatures.engine.reading import UNREADABLE, entry

MAX_SLOTS: Final = 10
_PART_2: Final = re.compile(rb"""pdfaid:part(?:>|\s*=\s*["'])\s*2\b""")
_ACTIVE: Final = {"/JavaScript": "javascript", "/Launch": "launch-action", "/ImportData": "import-action"}


@dataclass(frozen=True)
class Attachment:
    """A file inside the PDF (PDF/A-3 associated file), under the first signature like everything else."""

    name: str
    content: bytes
    media_type: str = "application/json"
    description: str = ""
    relationship: str = "Data"


def prepare_slots(
    pdf: bytes, slots: Sequence[str], *, attachments: Sequence[Attachment] = (), at: datetime | None = None
) -> bytes:
    """The PDF with an invisible signature field per name, in the order of signing; the old bytes stay a prefix.

    `CannotPrepare` for anything encrypted, active, fillable or already signed: flatten or normalise it first.
    """
    if not 1 <= len(slots) <= MAX_SLOTS or len(set(slots)) != len(slots) or not all(map(_is_field_name, slots)):
        raise CannotPrepare("Give one to ten different slot names of letters, digits, _ and -.", code="slots")
    try:
        with extending(pdf) as writer:
            _refuse_unfit(writer.prev)
            if attachments:
                _refuse_part_2(writer.prev)
            for attachment in attachments:
                _embed(writer, attachment, at)
            for name in slots:
                fields.append_signature_field(writer, _slot(name, locks=name == slots[-1]))
            output = BytesIO()
            writer.write(output)  # type: ignore[no-untyped-call]
    except CannotPrepare:
        raise
    except UNREADABLE as error:
        raise CannotPrepare(f"The PDF can't be read strictly ({type(error).__name__}).", code="unreadable") from error
    return output.getvalue()


def empty_slots(pdf: bytes) -> list[str]:
    """Names of the fields that still wait for a signature, in order."""
    try:
        with reading(pdf) as reader:
            return [name for name, _value, _ref in fields.enumerate_sig_fields(reader, filled_status=False)]
    except UNREADABLE as error:
        raise CannotPrepare(f"The PDF can't be read strictly ({type(error).__name__}).", code="unreadable") from error


def _refuse_part_2(reader: PdfFileReader) -> None:
    """By the XMP packet: `pdfaid:part` 2, as an element or as an attribute."""
    metadata = entry(reader.root, "/Metadata")
    packet = bytes(metadata.data) if isinstance(metadata, generic.StreamObject) else b""
    if _PART_2.search(packet) is not None:
        raise CannotPrepare("PDF/A-2 takes no such attachment; draw it as PDF/A-3.", code="attachment-in-pdfa-2")


def _is_field_name(name: str) -> bool:
    return 1 <= len(name) <= 60 and name.isascii() and all(c.isalnum() or c in "_-" for c in name)  # noqa: PLR2004


def _slot(name: str, *, locks: bool) -> fields.SigFieldSpec:
    # Zero-sized, far outside the page, print flag on: so it needs no appearance in PDF/A and is no untagged content in
    # PDF/UA. The visible block is page content, drawn by eoffice/documents.
    invisible = fields.InvisSigSettings(set_print_flag=True, set_hidden_flag=False, box_out_of_bounds=True)
    if not locks:
        return fields.SigFieldSpec(sig_field_name=name, invis_sig_settings=invisible)
    return fields.SigFieldSpec(
        sig_field_name=name,
        invis_sig_settings=invisible,
        field_mdp_spec=fields.FieldMDPSpec(fields.FieldMDPAction.ALL),
        doc_mdp_update_value=fields.MDPPerm.NO_CHANGES,
    )


def _embed(writer: Increment, attachment: Attachment, at: datetime | None) -> None:
    content = attachment.content
    stream = embed.EmbeddedFileObject.from_file_data(
        writer,
        data=content,
        mime_type=attachment.media_type,
        params=embed.EmbeddedFileParams(embed_size=True, embed_checksum=True, creation_date=at, modification_date=at),
    )
    spec = embed.FileSpec(
        file_spec_string=attachment.name,
        file_name=attachment.name,
        embedded_data=stream,
        description=attachment.description or attachment.name,
    )
    embed.embed_file(writer, spec)
    # pyHanko would raise the file to PDF 2.0 if told the relationship; PDF/A-3 has it in 1.7 (ISO 19005-3, 6.8).
    names = writer.root["/Names"]["/EmbeddedFiles"]["/Names"]
    reference = names.raw_get(len(names) - 1)
    entry = reference.get_object()
    entry["/AFRelationship"] = pdf_name("/" + attachment.relationship)
    writer.mark_update(reference)
    if "/AF" not in writer.root:
        writer.root["/AF"] = writer.add_object(generic.ArrayObject())
        writer.update_root()  # type: ignore[no-untyped-call]
    associated = writer.root["/AF"]
    associated.append(reference)
    writer.update_container(associated)


def attachments_of(pdf: bytes) -> dict[str, bytes]:
    """Embedded files by name, for showing the manifest of a decision record and for tests."""
    reader = PdfFileReader(BytesIO(pdf), strict=True)
    found: dict[str, bytes] = {}
    try:
        names = reader.root["/Names"]["/EmbeddedFiles"]["/Names"]
    except KeyError:
        return found
    for index in range(0, len(names) - 1, 2):
        found[str(names[index])] = names[index + 1]["/EF"]["/F"].data
    return found


def _refuse_unfit(reader: PdfFileReader) -> None:
    if reader.encrypted:
        raise CannotPrepare("The PDF is encrypted.", code="encrypted")
    if reader.xrefs.hybrid_xrefs_present:
        raise CannotPrepare("The PDF has two tables of contents that may disagree (hybrid).", code="hybrid")
    root = reader.root
    if "/OCProperties" in root:
        raise CannotPrepare("The PDF has layers that can be switched; what is seen is not fixed.", code="layers")
    for key in ("/AA", "/OpenAction"):
        if key in root and _is_active(root[key]):
            raise CannotPrepare("The PDF starts an action when opened.", code="javascript")
    if "/Names" in root and "/JavaScript" in root["/Names"]:
        raise CannotPrepare("The PDF contains JavaScript.", code="javascript")
    _refuse_unfit_form(reader)


def _refuse_unfit_form(reader: PdfFileReader) -> None:
    form = entry(reader.root, "/AcroForm")
    if form is None:
        return
    if "/XFA" in form:
        raise CannotPrepare("The PDF is an XFA form; its text is not fixed.", code="xfa")
    if list(fields.enumerate_sig_fields(reader)):
        raise CannotPrepare("The PDF has signature fields already.", code="signed-already")
    if len(entry(form, "/Fields", ())) > 0:
        raise CannotPrepare("The PDF has fields that can be filled in; flatten it first.", code="form-fields")


def _is_active(action: Any) -> bool:
    action = action.get_object() if isinstance(action, generic.IndirectObject) else action  # type: ignore[no-untyped-call]
    if not isinstance(action, generic.DictionaryObject):
        return False
    if str(entry(action, "/S", "")) in _ACTIVE:
        return True
    return any(_is_active(action[key]) for key in action if key not in {"/S", "/Parent", "/P", "/D"})
