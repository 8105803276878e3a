"""Is a signature in a PDF unbroken, what does it cover, and what was done to the file after it? No trust, no time."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import new
from typing import Literal

from asn1crypto import x509
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.diff_analysis import DiffResult, ModificationLevel, SuspiciousModification
from pyhanko.sign.fields import enumerate_sig_fields
from pyhanko.sign.general import CMSStructuralError
from pyhanko.sign.validation import EmbeddedPdfSignature
from pyhanko.sign.validation.errors import SignatureValidationError
from pyhanko.sign.validation.generic_cms import validate_sig_integrity
from pyhanko.sign.validation.status import SignatureCoverageLevel

from signatures.engine.container import odd_container
from signatures.engine.reading import entry

Coverage = Literal["whole-file", "whole-revision", "partial"]
Changes = Literal["none", "archive-data", "form-filling", "annotations", "other"]

_HOLE = re.compile(rb"<[0-9A-Fa-f]+>")


@dataclass(frozen=True)
class Integrity:
    """Facts about one signature's bytes, kept apart."""

    digest_right: bool
    signature_right: bool
    coverage: Coverage
    changes: Changes
    changed_fields: tuple[str, ...]
    foreign_fields: tuple[str, ...]
    reasons: tuple[str, ...]

    @property
    def intact(self) -> bool:
        return self.digest_right and self.signature_right

    @property
    def covered(self) -> bool:
        return self.coverage in {"whole-file", "whole-revision"}

    @property
    def covers_whole_file(self) -> bool:
        return self.coverage == "whole-file"

    @property
    def changes_harmless(self) -> bool:
        """Later signatures, time stamps and validation data only; nothing anyone could read differently."""
        return self.changes in {"none", "archive-data", "form-filling"} and not self.foreign_fields


def integrity_of(embedded: EmbeddedPdfSignature, pdf: bytes, roots: Sequence[x509.Certificate] = ()) -> Integrity:
    """Recomputed from the bytes. Reasons are codes, stable and countable. `roots` help to see damage to a chain."""
    reasons: list[str] = []
    embedded.compute_integrity_info()  # type: ignore[no-untyped-call]
    digest_right, signature_right = _signature_math(embedded, reasons)
    coverage = _coverage(embedded, pdf, roots, reasons)
    changes, changed = _changes(embedded, reasons)
    known = {name for name, _value, _ref in enumerate_sig_fields(embedded.reader)}
    foreign = tuple(sorted(changed - known))
    if foreign:
        # pyHanko allows any form filling after an approval signature; the shadow attack "replace" rewrites a text
        # field (signing.md section 6).
        reasons.append("form-fields-changed")
    return Integrity(digest_right, signature_right, coverage, changes, tuple(sorted(changed)), foreign, tuple(reasons))


def _signature_math(embedded: EmbeddedPdfSignature, reasons: list[str]) -> tuple[bool, bool]:
    is_stamp = embedded.sig_object_type == "/DocTimeStamp"
    try:
        if is_stamp:
            # The token signs its own TSTInfo; the file's digest stands inside it.
            intact, valid = validate_sig_integrity(
                embedded.signer_info, embedded.signer_cert, expected_content_type="tst_info",
                actual_digest=_content_digest(embedded),
            )  # fmt: skip
            imprint = embedded.signed_data["encap_content_info"]["content"].parsed["message_imprint"]
            digest = embedded.compute_digest(imprint["hash_algorithm"]["algorithm"].native)
            intact = intact and imprint["hashed_message"].native == digest
        elif str(entry(embedded.sig_object, "/SubFilter")) == "/adbe.pkcs7.sha1":
            # The old form: the CMS carries the SHA-1 of the byte range as its content and signs that.
            content = embedded.signed_data["encap_content_info"]["content"].native
            intact, valid = validate_sig_integrity(
                embedded.signer_info, embedded.signer_cert, expected_content_type="data",
                actual_digest=new(embedded.md_algorithm, content).digest(),
            )  # fmt: skip
            intact = intact and content == embedded.compute_digest("sha1")
        else:
            intact, valid = validate_sig_integrity(
                embedded.signer_info, embedded.signer_cert, expected_content_type="data",
                actual_digest=embedded.compute_digest(),
            )  # fmt: skip
    except (SignatureValidationError, CMSStructuralError):
        reasons.append("signature-malformed")
        return False, False
    if not intact:
        reasons.append("digest-differs")
    if not valid:
        reasons.append("signature-wrong")
    return bool(intact), bool(valid)


def _content_digest(embedded: EmbeddedPdfSignature) -> bytes:
    algorithm = embedded.signer_info["digest_algorithm"]["algorithm"].native
    content = embedded.signed_data["encap_content_info"]["content"].parsed.dump()
    return new(algorithm, content, usedforsecurity=True).digest()


def _coverage(
    embedded: EmbeddedPdfSignature, pdf: bytes, roots: Sequence[x509.Certificate], reasons: list[str]
) -> Coverage:
    """Like pyHanko's, and also: the hole holds one hex string and nothing else, and the ranges meet it exactly."""
    ranges = [int(number) for number in embedded.byte_range]
    if len(ranges) != 4 or ranges[0] != 0 or min(ranges) < 0:  # noqa: PLR2004 - two ranges, two numbers each
        reasons.append("byte-range-odd")
        return "partial"
    _, first, second, length = ranges
    hole = pdf[first:second]
    if second + length > len(pdf) or not _HOLE.fullmatch(hole):
        reasons.append("byte-range-gap")
        return "partial"
    if bytes.fromhex(hole[1:-1].decode() + "0" * (len(hole) % 2)) != embedded.pkcs7_content:
        reasons.append("contents-elsewhere")
        return "partial"
    reasons += odd_container(embedded, hole, roots)
    if second + length == len(pdf):
        return "whole-file"
    if embedded.coverage == SignatureCoverageLevel.ENTIRE_REVISION:
        return "whole-revision"
    reasons.append("coverage-unclear")
    return "partial"


def _changes(embedded: EmbeddedPdfSignature, reasons: list[str]) -> tuple[Changes, set[str]]:
    result = embedded.diff_result
    if isinstance(result, SuspiciousModification) or result is None:
        reasons.append("changed-after-signing")
        return "other", set()
    assert isinstance(result, DiffResult)
    changed = set(result.changed_form_fields)
    if not embedded.summarise_integrity_info()["docmdp_ok"]:
        reasons.append("docmdp-violated")
        return "other", changed
    levels: dict[ModificationLevel, Changes] = {
        ModificationLevel.NONE: "none",
        ModificationLevel.LTA_UPDATES: "archive-data",
        ModificationLevel.FORM_FILLING: "form-filling",
        ModificationLevel.ANNOTATIONS: "annotations",
    }
    changes = levels.get(result.modification_level, "other")
    if changes in {"annotations", "other"}:
        reasons.append("changed-after-signing")
    return changes, changed


def signatures_of(reader: PdfFileReader) -> list[EmbeddedPdfSignature]:
    """Signatures and document time stamps in the order of their revisions."""
    return list(reader.embedded_signatures)
