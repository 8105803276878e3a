"""From B-B upwards: time stamp (B-T), validation data (B-LT), archive stamp (B-LTA), and the same again to renew.

Each step returns new bytes of which the old ones are a strict prefix, so every revision stays provable (design 6). The
time stamp of B-T is a document time stamp (ETSI EN 319 142-1, 6.3): one inside the CMS would change stored bytes.
"""

from __future__ import annotations

from io import BytesIO
from typing import Final

from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign import fields
from pyhanko.sign.signers import PdfTimeStamper
from pyhanko.sign.validation import (
    DocumentSecurityStore,
    EmbeddedPdfSignature,
    async_validate_pdf_signature,
    async_validate_pdf_timestamp,
)
from pyhanko_certvalidator import ValidationContext
from pyhanko_certvalidator.path import ValidationPath

from signatures.engine import loop
from signatures.engine.errors import EvidenceMissing
from signatures.engine.increment import Increment
from signatures.engine.integrity import integrity_of
from signatures.engine.reading import UNREADABLE, entry
from signatures.engine.time_authority import SECONDS, Stamper, TimeAuthority
from signatures.engine.trust import FETCH_SECONDS, Trust, signing_usage

_STAMP_HEX_DIGITS: Final = 16384
_STAMP_DIGEST: Final = "sha256"


def timestamp(pdf: bytes, *, authority: TimeAuthority, trust: Trust, seconds: float = SECONDS) -> bytes:
    """B-B to B-T: a document time stamp over everything so far, whose authority chains up to `trust`.

    `EvidenceMissing` when the authority is silent, late, answers another request or is not trusted.
    """
    stamper = PdfTimeStamper(
        Stamper(authority, seconds=seconds),
        invis_settings=fields.InvisSigSettings(box_out_of_bounds=True),
        readable_field_name="Time stamp",
    )

    async def stamp() -> bytes:
        writer = Increment(BytesIO(pdf), strict=True)
        output = await stamper.async_timestamp_pdf(writer, _STAMP_DIGEST, bytes_reserved=_STAMP_HEX_DIGITS)
        assert isinstance(output, BytesIO)
        stamped = output.getvalue()
        await _check_stamp(stamped, trust)
        return stamped

    try:
        stamped = loop.run(stamp, seconds=seconds * 2 + 5)
    except UNREADABLE as error:
        raise EvidenceMissing(f"The time stamp is not usable: {error}", code="time-stamp-unusable") from error
    return _extended(pdf, stamped)


def archive_stamp(pdf: bytes, *, authority: TimeAuthority, trust: Trust, seconds: float = SECONDS) -> bytes:
    """B-LT to B-LTA, and each later renewal: a document time stamp over the validation data too."""
    if "/DSS" not in PdfFileReader(BytesIO(pdf), strict=True).root:
        raise EvidenceMissing("There is no validation data to stamp yet.", code="no-validation-data")
    return timestamp(pdf, authority=authority, trust=trust, seconds=seconds)


def embed_validation_data(pdf: bytes, *, trust: Trust, fetch: bool = True) -> bytes:
    """B-T to B-LT: chains and revocation answers for every signature and time stamp go into the DSS.

    What has its entry there from an earlier step keeps it: a stamp covers it, and an altered entry would look like a
    change after every later signature (two officers on one record). `EvidenceMissing` when a chain does not reach
    `trust`, a certificate is revoked, or a source did not answer.
    """

    async def collect() -> bytes:
        writer = Increment(BytesIO(pdf), strict=True)
        context = trust.context(fetch=fetch, mode="require")
        kept = _entries(writer.prev)
        try:
            for embedded in writer.prev.embedded_signatures:
                raw = embedded.sig_object.raw_get("/Contents")
                contents = raw.hex().encode().upper() if isinstance(raw, bytes) else None
                if contents is not None and DocumentSecurityStore.sig_content_identifier(contents) in kept:
                    continue
                path = await _path_of(embedded, context)
                DocumentSecurityStore.supply_dss_in_writer(
                    writer,
                    contents,
                    paths=[path],
                    validation_context=context,
                    embed_roots=False,
                )
        finally:
            await trust.close(context)
        output = BytesIO()
        writer.write(output)  # type: ignore[no-untyped-call]
        return output.getvalue()

    try:
        extended = loop.run(collect, seconds=FETCH_SECONDS * 6)
    except UNREADABLE as error:
        raise EvidenceMissing(f"Validation data could not be had: {error}", code="validation-data") from error
    return _extended(pdf, extended)


def stamps_of(pdf: bytes) -> list[tuple[str, bytes]]:
    """Field name and certificate of the authority of each document time stamp, oldest first (for planning renewal)."""
    reader = PdfFileReader(BytesIO(pdf), strict=True)
    return [(str(s.field_name), bytes(s.signer_cert.dump())) for s in reader.embedded_timestamp_signatures]


def _entries(reader: PdfFileReader) -> set[str]:
    """The signatures and stamps whose evidence the file carries already, as its DSS names them."""
    return set(entry(entry(reader.root, "/DSS", {}), "/VRI", {}))


async def _path_of(embedded: EmbeddedPdfSignature, context: ValidationContext) -> ValidationPath:
    if embedded.sig_object_type == "/DocTimeStamp":
        stamp = await async_validate_pdf_timestamp(embedded, context, skip_diff=True)
        path, trusted, problem = stamp.validation_path, stamp.trusted, stamp.trust_problem_indic
    else:
        state = await async_validate_pdf_signature(
            embedded, context, skip_diff=True, key_usage_settings=signing_usage()
        )
        path, trusted, problem = state.validation_path, state.trusted, state.trust_problem_indic
        if state.revocation_details is not None:
            raise EvidenceMissing("The signer's certificate is revoked.", code="certificate-revoked")
    if path is None or not trusted:
        raise EvidenceMissing(f"The chain of {embedded.field_name!r} is not proven ({problem}).", code="chain-unproven")
    return path


async def _check_stamp(pdf: bytes, trust: Trust) -> None:
    last = list(PdfFileReader(BytesIO(pdf), strict=True).embedded_signatures)[-1]
    facts = integrity_of(last, pdf)
    if not (facts.intact and facts.covers_whole_file):
        raise EvidenceMissing("The time stamp does not fit this file.", code="time-stamp-unusable")
    # Revocation of the authority is asked in the next step; here only that it is one of ours and meant for stamping.
    state = await async_validate_pdf_timestamp(last, trust.context(mode="soft-fail"), skip_diff=True)
    if not (state.valid and state.intact and state.trusted):
        raise EvidenceMissing("The time authority is not one of the trusted ones.", code="time-authority-untrusted")


def _extended(old: bytes, new: bytes) -> bytes:
    if not new.startswith(old) or len(new) <= len(old):
        raise EvidenceMissing("The increment does not extend the signed bytes.", code="not-an-increment")
    return new
