"""The deferred two-step: `begin` fixes exact bytes and what is to be signed, `finish` embeds only what belongs to them.

pyHanko checks nothing about a returned CMS: it silently embeds a good one into a swapped document and even garbage
(signing.md section 3). Every check of that section that can be made on bytes is made here; the services make the
others (row locked, not consumed, not expired, the officer's active credential).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from io import BytesIO
from typing import Final, Literal

from asn1crypto import cms, tsp
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.pdf_utils.writer import BasePdfFileWriter
from pyhanko.sign import signers
from pyhanko.sign.fields import MDPPerm, SigSeedSubFilter, enumerate_sig_fields
from pyhanko.sign.signers.pdf_byterange import PreparedByteRangeDigest
from pyhanko.sign.signers.pdf_signer import PdfSigningSession, _ensure_esic_ext

from signatures.engine import certificates, container, loop
from signatures.engine.errors import CannotPrepare, Swapped
from signatures.engine.increment import Increment, extending
from signatures.engine.reading import UNREADABLE, entry
from signatures.engine.soundness import Unsound, all_sound

DIGEST: Final = "sha256"
# Fixed, so that no dry run is needed and the bytes do not depend on the key: 16 KiB of CMS as hex digits. Indian eSign
# answers and chains with revocation data need that much (signing.md section 3).
RESERVED_HEX_DIGITS: Final = 16384 * 2
_CMS_ATTRIBUTES: Final = {"content_type", "message_digest", "signing_certificate_v2", "cms_algorithm_protection"}
# A CMS that a provider made whole (Indian eSign `pkcs7`, `pkcs7pdf`) states its time, and carries revocation answers.
_WHOLE_CMS_ATTRIBUTES: Final = _CMS_ATTRIBUTES | {"signing_time", "adobe_revocation_info_archival"}
Form = Literal["pades", "pkcs7"]
_SUBFILTERS: Final[dict[Form, SigSeedSubFilter]] = {
    "pades": SigSeedSubFilter.PADES,
    "pkcs7": SigSeedSubFilter.ADOBE_PKCS7_DETACHED,
}


@dataclass(frozen=True)
class Prepared:
    """Everything that must be stored between the two steps. `pdf` stays on the server, never goes through a client.

    Certificate fingerprint and signed attributes are empty where the certificate is made only when the officer signs
    (Indian eSign): then a whole CMS must come back.
    """

    pdf: bytes
    sha256: str
    slot: str
    reserved_start: int
    reserved_end: int
    document_digest: bytes
    signed_attrs: bytes
    certificate_sha256: str
    pages: int | None = None
    """How many the file has, where it was just made ready."""

    @property
    def byte_range(self) -> tuple[int, int, int, int]:
        return (0, self.reserved_start, self.reserved_end, len(self.pdf) - self.reserved_end)


class _Signer(signers.PdfSigner):
    """Leaves the PDF version alone and signs at the time it is told.

    The stock signer raises the file to PDF 2.0 for a P-256 key, which would end every PDF/A-2 and PDF/A-3 claim.
    """

    at: datetime

    def register_extensions(self, pdf_out: BasePdfFileWriter, *, md_algorithm: str) -> None:  # noqa: ARG002
        _ensure_esic_ext(pdf_out)

    def init_signing_session(
        self,
        pdf_out: BasePdfFileWriter,
        existing_fields_only: bool = False,  # noqa: FBT001, FBT002 - pyHanko's own
    ) -> PdfSigningSession:
        session = super().init_signing_session(pdf_out, existing_fields_only)
        session.system_time = self.at
        return session


def begin(
    pdf: bytes,
    *,
    slot: str,
    certificate: bytes,
    at: datetime,
    reason: str = "",
    name: str = "",
    location: str = "",
    form: Form = "pades",
) -> Prepared:
    """The exact bytes that will be signed in `slot`, and the DER of the signed attributes for the officer's key.

    The first signature of a file certifies it (form filling only); the field prepared last locks it. `at` is the
    claimed time in the signature dictionary. `CannotPrepare` when the slot is missing, filled or out of order.
    Without a certificate there are no attributes to sign: a whole CMS is awaited, and `form` "pkcs7" says that it
    will not name its certificate (no ESS attribute: ISO 32000-1 `adbe.pkcs7.detached`, which is no PAdES).
    """
    if certificate and not certificates.may_sign_documents(certificate):
        raise CannotPrepare("The certificate may not be used for signing documents.", code="key-usage")
    try:
        digest, output, pages = _place(
            pdf, slot, _placeholder(certificate), at=at, reason=reason, name=name, location=location, form=form
        )
    except CannotPrepare:
        raise
    except UNREADABLE as error:
        raise CannotPrepare(f"The PDF can't be prepared ({type(error).__name__}: {error}).") from error
    prepared = output.getvalue()
    return Prepared(
        pdf=prepared,
        sha256=sha256(prepared).hexdigest(),
        slot=slot,
        reserved_start=digest.reserved_region_start,
        reserved_end=digest.reserved_region_end,
        document_digest=digest.document_digest,
        signed_attrs=container.signed_attributes(certificates.load(certificate), digest.document_digest)
        if certificate
        else b"",
        certificate_sha256=sha256(certificate).hexdigest() if certificate else "",
        pages=pages,
    )


def _place(
    pdf: bytes, slot: str, external: signers.ExternalSigner, *, at: datetime, reason: str, name: str, location: str,
    form: Form,
) -> tuple[PreparedByteRangeDigest, BytesIO, int]:  # fmt: skip
    with extending(pdf) as writer:
        return _placed(writer, slot, external, at=at, reason=reason, name=name, location=location, form=form)


def _placed(
    writer: Increment, slot: str, external: signers.ExternalSigner, *, at: datetime, reason: str, name: str,
    location: str, form: Form,
) -> tuple[PreparedByteRangeDigest, BytesIO, int]:  # fmt: skip
    filled = list(enumerate_sig_fields(writer.prev, filled_status=True))
    waiting = [field for field, _value, _ref in enumerate_sig_fields(writer.prev, filled_status=False)]
    if slot not in waiting:
        raise CannotPrepare(f"The PDF has no empty signature field {slot!r}.", code="slot-missing")
    if waiting[0] != slot:
        raise CannotPrepare(f"Field {waiting[0]!r} comes before {slot!r}.", code="slot-order")
    metadata = signers.PdfSignatureMetadata(
        field_name=slot,
        md_algorithm=DIGEST,
        subfilter=_SUBFILTERS[form],
        certify=not filled,
        # The only slot of a paper both certifies and locks; of several, the field's own lock says so at the last.
        docmdp_permissions=MDPPerm.NO_CHANGES if len(waiting) == 1 else MDPPerm.FILL_FORMS,
        reason=reason or None,
        name=name or None,
        location=location or None,
    )
    pdf_signer = _Signer(metadata, signer=external)
    pdf_signer.at = at

    digest, _document, output = loop.at_once(
        pdf_signer.async_digest_doc_for_signing(writer, existing_fields_only=True, bytes_reserved=RESERVED_HEX_DIGITS)
    )
    assert isinstance(output, BytesIO)
    return digest, output, int(writer.prev.root["/Pages"]["/Count"])


def finish(
    prepared: Prepared, *, certificate: bytes, chain: Sequence[bytes] = (), signature: bytes = b"", cms_der: bytes = b""
) -> bytes:
    """The signed PDF (B-B), checked again after embedding. Give the raw `signature` over `signed_attrs` or a full CMS.

    `Swapped` for anything that does not belong to what was prepared; nothing is returned half-way.
    """
    _check_prepared(prepared, certificate)
    if bool(signature) == bool(cms_der):
        raise Swapped("Give either a raw signature or a CMS.", code="signature-missing")
    if signature:
        if not prepared.certificate_sha256:
            raise Swapped("Only a whole CMS can be embedded here.", code="signature-missing")
        certificates.check_raw_signature(certificate, signature=signature, data=prepared.signed_attrs)
        cms_der = container.container(
            certificates.load(certificate),
            chain=[certificates.load(der) for der in chain],
            attributes=prepared.signed_attrs,
            signature=signature,
        )
    else:
        check_cms(cms_der, prepared=prepared, certificate=certificate)
    if 2 * len(cms_der) > prepared.reserved_end - prepared.reserved_start - 2:
        raise Swapped("The signature is larger than the room kept for it.", code="signature-too-large")
    output = BytesIO(prepared.pdf)
    _digest_of(prepared).fill_with_cms(output, cms_der)
    signed = output.getvalue()
    check_embedded(signed, slot=prepared.slot, certificate=certificate)
    return signed


def check_cms(der: bytes, *, prepared: Prepared, certificate: bytes) -> None:
    """`Swapped` unless the CMS is one detached signature by `certificate` over exactly the prepared digest.

    Where the certificate was not known when the paper was prepared, the caller says whose it may be
    (`engine.whole_cms`); here it must be the one that signed.
    """
    try:
        data, signature = _parts(der, prepared, certificate)
    except (ValueError, TypeError, KeyError, IndexError, AttributeError) as error:
        raise Swapped("The answer is no readable CMS.", code="cms-unreadable") from error
    certificates.check_raw_signature(certificate, signature=signature, data=data)


def _parts(der: bytes, prepared: Prepared, certificate: bytes) -> tuple[bytes, bytes]:
    """What was signed (attributes, re-tagged) and the raw signature of a CMS whose form is right."""
    info = cms.ContentInfo.load(der, strict=True)
    if info["content_type"].native != "signed_data":
        raise Swapped("The answer is no signature.", code="cms-kind")
    signed = info["content"]
    infos = list(signed["signer_infos"])
    if len(infos) != 1:
        raise Swapped("The answer holds not exactly one signer.", code="cms-signers")
    if signed["encap_content_info"]["content"].native is not None:
        raise Swapped("The answer carries content of its own.", code="cms-not-detached")
    signer = infos[0]
    if signer["digest_algorithm"]["algorithm"].native != DIGEST:
        raise Swapped("The answer uses another digest than SHA-256.", code="cms-digest")
    attributes = {attribute["type"].native: attribute["values"] for attribute in signer["signed_attrs"]}
    _check_signed_attributes(attributes, len(signer["signed_attrs"]), prepared, certificate)
    unsigned = signer["unsigned_attrs"]
    if {attribute["type"].native for attribute in unsigned} - {"signature_time_stamp_token"}:
        raise Swapped("The answer carries unexpected attributes.", code="cms-unsigned")
    return signer["signed_attrs"].untag().dump(), signer["signature"].native


def _check_signed_attributes(
    attributes: dict[str, cms.SetOf], count: int, prepared: Prepared, certificate: bytes
) -> None:
    allowed = _CMS_ATTRIBUTES if prepared.certificate_sha256 else _WHOLE_CMS_ATTRIBUTES
    if len(attributes) != count or set(attributes) - allowed:
        raise Swapped("The answer's signed attributes are not those of PAdES.", code="cms-attributes")
    if attributes["content_type"][0].native != "data":
        raise Swapped("The answer signs another kind of content.", code="cms-attributes")
    if attributes["message_digest"][0].native != prepared.document_digest:
        raise Swapped("The answer signs another document.", code="cms-other-document")
    if "signing_certificate_v2" not in attributes:
        if not prepared.certificate_sha256 and _form_of(prepared) == "pkcs7":
            return
        raise Swapped("The answer does not name its certificate.", code="cms-no-certificate")
    ess = attributes["signing_certificate_v2"][0]
    assert isinstance(ess, tsp.SigningCertificateV2)
    first = ess["certs"][0]
    if (
        first["hash_algorithm"]["algorithm"].native != DIGEST
        or first["cert_hash"].native != sha256(certificate).digest()
    ):
        raise Swapped("The answer names another certificate.", code="cms-other-certificate")


def check_embedded(pdf: bytes, *, slot: str, certificate: bytes) -> None:
    """`Swapped` unless `slot` is signed intact by `certificate` over the whole file, and no other was harmed."""
    try:
        held = all_sound(pdf)
    except Unsound as error:
        raise Swapped(f"After embedding: {error}", code="verify-after-sign") from error
    own = [one for one in held if one.field == slot]
    if len(own) != 1 or not own[0].covers_whole_file:
        raise Swapped("The signature does not cover the whole file.", code="verify-after-sign")
    if own[0].certificate_sha256 != sha256(certificate).digest():
        raise Swapped("The embedded signature is not by the expected certificate.", code="verify-after-sign")


def _check_prepared(prepared: Prepared, certificate: bytes) -> None:
    if sha256(prepared.pdf).hexdigest() != prepared.sha256:
        raise Swapped("The prepared file is not the one that was stored.", code="prepared-swapped")
    if prepared.certificate_sha256 not in {"", sha256(certificate).hexdigest()}:
        raise Swapped("The certificate is not the one it was prepared for.", code="certificate-swapped")
    start, end = prepared.reserved_start, prepared.reserved_end
    hole = prepared.pdf[start:end]
    if not (0 < start < end <= len(prepared.pdf)) or not re.fullmatch(rb"<0+>", hole):
        raise Swapped("The room for the signature is not where it was.", code="prepared-swapped")
    seen = memoryview(prepared.pdf)  # a slice would copy the paper
    hashed = sha256(seen[:start])
    hashed.update(seen[end:])
    digest = hashed.digest()
    if digest != prepared.document_digest:
        raise Swapped("The prepared file has another digest than was stored.", code="digest-swapped")
    if not prepared.certificate_sha256 and not prepared.signed_attrs:
        return
    try:
        attributes = cms.CMSAttributes.load(prepared.signed_attrs, strict=True)
        digests = [a["values"][0].native for a in attributes if a["type"].native == "message_digest"]
    except (ValueError, TypeError, KeyError, IndexError) as error:
        raise Swapped("The stored attributes can't be read.", code="attributes-swapped") from error
    if digests != [digest]:
        raise Swapped("The stored attributes speak of another document.", code="attributes-swapped")


def _form_of(prepared: Prepared) -> Form:
    """What the signature dictionary of the slot promises; it lies under the signature."""
    reader = PdfFileReader(BytesIO(prepared.pdf), strict=True)
    for field, value, _ref in enumerate_sig_fields(reader, filled_status=True):
        if field == prepared.slot:
            promised = entry(value.get_object(), "/SubFilter")
            return "pkcs7" if promised == _SUBFILTERS["pkcs7"].value else "pades"
    raise Swapped("The prepared file has lost its slot.", code="prepared-swapped")


def _digest_of(prepared: Prepared) -> PreparedByteRangeDigest:
    return PreparedByteRangeDigest(prepared.document_digest, prepared.reserved_start, prepared.reserved_end)


def _placeholder(certificate: bytes) -> signers.ExternalSigner:
    """What pyHanko wants for placing a signature that somebody else makes."""
    return signers.ExternalSigner(
        signing_cert=certificates.load(certificate) if certificate else None, cert_registry=None, signature_value=512
    )
