"""Is a time-stamp token (RFC 3161) signed well, by an authority that we trust? Judged before it gets into a file."""

from __future__ import annotations

from datetime import UTC, datetime
from hashlib import new

from asn1crypto import cms, x509
from pyhanko.sign.general import extract_signer_info
from pyhanko.sign.validation.generic_cms import extract_certs_for_validation, validate_sig_integrity
from pyhanko.sign.validation.status import TimestampSignatureStatus
from pyhanko_certvalidator import CertificateValidator

from signatures.engine.errors import EvidenceMissing
from signatures.engine.proofs import Proofs
from signatures.engine.reading import UNREADABLE
from signatures.engine.trust import Trust


async def require_good(
    token: cms.ContentInfo, *, trust: Trust, proofs: Proofs | None = None, at: datetime | None = None
) -> None:
    """`EvidenceMissing` with `time-stamp-unusable` or `time-authority-untrusted`.

    Whether the authority's certificate is revoked is asked with the validation data; here only that it is one of ours,
    in time, and meant for stamping.
    """
    try:
        signed = token["content"]
        signer = extract_signer_info(signed)
        found = extract_certs_for_validation(signed)
        content = signed["encap_content_info"]["content"]
        digest = new(signer["digest_algorithm"]["algorithm"].native, content.parsed.dump()).digest()
        intact, valid = validate_sig_integrity(
            signer, found.signer_cert, expected_content_type="tst_info", actual_digest=digest
        )
    except UNREADABLE as error:
        raise EvidenceMissing(f"The time stamp can't be read: {error}", code="time-stamp-unusable") from error
    if not (intact and valid):
        raise EvidenceMissing("The time stamp is not signed well.", code="time-stamp-unusable")
    moment = at or datetime.now(UTC)
    if proofs is not None and proofs.recent(found.signer_cert.dump(), trust, "time-stamping", moment) is not None:
        return
    await _require_trusted(found.signer_cert, found.other_certs, trust, at)


async def _require_trusted(
    certificate: x509.Certificate, others: list[x509.Certificate], trust: Trust, at: datetime | None
) -> None:
    context = trust.context(mode="soft-fail", moment=at)
    try:
        TimestampSignatureStatus.default_usage_constraints().validate(certificate)
        validator = CertificateValidator(certificate, intermediate_certs=list(others), validation_context=context)
        await validator.async_validate_path()
    except UNREADABLE as error:
        raise EvidenceMissing(
            "The time authority is not one of the trusted ones.", code="time-authority-untrusted"
        ) from error
    finally:
        await trust.close(context)
