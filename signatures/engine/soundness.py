"""Our own output, looked at again before anybody gets it: every signature and stamp computed anew from the bytes.

By pyHanko's judgement and a few rules of ours, apart from the verifier: the two find their faults in different ways, so
that an error in one does not let a bad file out unseen.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from hashlib import new, sha256
from typing import Final

from pyhanko.sign.diff_analysis import DiffResult, ModificationLevel
from pyhanko.sign.fields import enumerate_sig_fields
from pyhanko.sign.validation import EmbeddedPdfSignature
from pyhanko.sign.validation.generic_cms import validate_sig_integrity
from pyhanko.sign.validation.status import SignatureCoverageLevel

from signatures.engine.increment import reading
from signatures.engine.reading import UNREADABLE

_HOLE: Final = re.compile(rb"<[0-9A-Fa-f]+>")
_HARMLESS: Final = {ModificationLevel.NONE, ModificationLevel.LTA_UPDATES, ModificationLevel.FORM_FILLING}


class Unsound(Exception):
    """A signature of the file does not hold, or something follows the last one that may not."""


@dataclass(frozen=True)
class Held:
    """A signature or stamp that holds: its field, who made it, and whether it covers the file to its end."""

    field: str
    is_stamp: bool
    certificate_sha256: bytes
    covers_whole_file: bool


def all_sound(pdf: bytes) -> list[Held]:
    """All signatures and stamps, oldest first; `Unsound` names the first field that does not hold, or what is amiss."""
    try:
        with reading(pdf) as reader:
            known = {name for name, _value, _reference in enumerate_sig_fields(reader)}
            held: list[Held] = []
            for embedded in reader.embedded_signatures:
                # What a signature allows after it is judged up to the end of the file; a stamp allows nothing less, so
                # that after a signature it needs no judgement of its own.
                held.append(_held(embedded, pdf, known, judged=any(not one.is_stamp for one in held)))
    except UNREADABLE as error:
        raise Unsound(f"The file can't be read again ({type(error).__name__}).") from error
    return held


def _held(embedded: EmbeddedPdfSignature, pdf: bytes, known: set[str], *, judged: bool) -> Held:
    name = str(embedded.field_name)
    ranges = [int(number) for number in embedded.byte_range]
    if len(ranges) != 4 or ranges[0] != 0 or min(ranges) < 0:  # noqa: PLR2004 - two ranges, two numbers each
        raise Unsound(f"The range of {name!r} is odd.")
    _, first, second, length = ranges
    hole = pdf[first:second]
    if (
        second + length > len(pdf)
        or not _HOLE.fullmatch(hole)
        or bytes.fromhex(hole[1:-1].decode()) != embedded.pkcs7_content
    ):
        raise Unsound(f"The room of {name!r} holds something else.")
    is_stamp = embedded.sig_object_type == "/DocTimeStamp"
    embedded.compute_integrity_info(skip_diff=is_stamp and judged)  # type: ignore[no-untyped-call]
    whole = second + length == len(pdf)
    if not whole and embedded.coverage != SignatureCoverageLevel.ENTIRE_REVISION:
        raise Unsound(f"{name!r} does not cover its revision.")
    if not (_stamp_holds(embedded) if is_stamp else _signature_holds(embedded)):
        raise Unsound(f"{name!r} does not fit the file.")
    if not (is_stamp and judged):
        _require_harmless(embedded, name, known)
    return Held(name, is_stamp, sha256(embedded.signer_cert.dump()).digest(), whole)


def _require_harmless(embedded: EmbeddedPdfSignature, name: str, known: set[str]) -> None:
    changes = embedded.diff_result
    if not isinstance(changes, DiffResult) or changes.modification_level not in _HARMLESS:
        raise Unsound(f"What follows {name!r} changes the paper.")
    if not embedded.summarise_integrity_info()["docmdp_ok"] or set(changes.changed_form_fields) - known:
        raise Unsound(f"What follows {name!r} is not allowed by it.")


def _signature_holds(embedded: EmbeddedPdfSignature) -> bool:
    intact, valid = validate_sig_integrity(
        embedded.signer_info, embedded.signer_cert, expected_content_type="data",
        actual_digest=embedded.compute_digest(),
    )  # fmt: skip
    return bool(intact and valid)


def _stamp_holds(embedded: EmbeddedPdfSignature) -> bool:
    """The token signs its own content, and that content names the digest of the file."""
    content = embedded.signed_data["encap_content_info"]["content"].parsed
    algorithm = embedded.signer_info["digest_algorithm"]["algorithm"].native
    intact, valid = validate_sig_integrity(
        embedded.signer_info, embedded.signer_cert, expected_content_type="tst_info",
        actual_digest=new(algorithm, content.dump()).digest(),
    )  # fmt: skip
    imprint = content["message_imprint"]
    digest = embedded.compute_digest(imprint["hash_algorithm"]["algorithm"].native)
    return bool(intact and valid) and imprint["hashed_message"].native == digest
