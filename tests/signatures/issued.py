"""A letter of this office at B-LTA, and attacked copies of it, for the tests of the verifier's pages."""

from __future__ import annotations

from pyhanko.pdf_utils import generic

from eoffice.documents.queries import document_bytes
from signatures.models import SignedPaper
from signatures.services import signing, upgrade
from tests.cast import Cast
from tests.signatures.authority import World, letter
from tests.signatures.conftest import PIN, register
from tests.signatures.engine.foreign import Writer, increment

TITLE = "17/GAD-3/2026"


def issue(instance: World, cast: Cast, pages: int = 2) -> tuple[SignedPaper, bytes]:
    actor = cast.actor("secretary")
    attempt = signing.signing_begin(
        pdf=letter(pages), manifest=None, purpose="letter", subject=cast.employee("secretary"), shown_sha256="a" * 64,
        credential=register(instance, cast), actor=actor, reference=signing.reference_number(), title=TITLE,
    )  # fmt: skip
    signing.signing_finish(attempt_id=attempt.uuid, pin=PIN, actor=actor)
    revision = upgrade.attempt_upgrade(attempt_id=attempt.pk)
    return SignedPaper.objects.get(reference=attempt.reference), document_bytes(revision.document)


def with_other_amount(pdf: bytes) -> bytes:
    """More is written on page 2 by an increment after the signature."""

    def change(writer: Writer) -> None:
        stream = b"BT /F1 12 Tf 72 650 Td (Rs 50,00,000 only) Tj ET"
        writer.add_stream_to_page(1, writer.add_object(generic.StreamObject(stream_data=stream)))

    return increment(pdf, change)


def with_signature_hidden(pdf: bytes) -> bytes:
    """The form is taken out of the catalog: programs show an unsigned file."""

    def change(writer: Writer) -> None:
        for key in ("/AcroForm", "/Perms", "/DSS"):
            writer.root.pop(generic.pdf_name(key), None)
        writer.update_root()

    return increment(pdf, change)


def with_damage(pdf: bytes) -> bytes:
    """One sign of what was signed is another one now."""
    at = pdf.index(b"stream") + 20
    return pdf[:at] + bytes([pdf[at] ^ 1]) + pdf[at + 1 :]
