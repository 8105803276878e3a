"""A signature that comes back as a whole CMS, by a certificate that did not exist when the paper was prepared.

Indian eSign makes key and certificate for one act and forgets the key. So the certificate is found in the answer, and
before it is believed its chain must reach an authority that the instance names; who it is for is decided by the caller
(`Subject`). That the CMS is over the prepared bytes is checked by `pades.check_cms`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Final

from asn1crypto import cms, x509
from pyhanko_certvalidator import CertificateValidator
from pyhanko_certvalidator.errors import PathBuildingError, PathValidationError

from signatures.engine import certificates, loop
from signatures.engine.errors import Swapped
from signatures.engine.trust import Trust

MAX_CMS_BYTES: Final = 16384
_SECONDS: Final = 20.0
# eSign certificates live for half an hour; the provider's clock may run a little ahead of ours.
_CLOCKS: Final = timedelta(minutes=2)


@dataclass(frozen=True)
class Subject:
    """Whom a certificate is for: common name, and each identifier that its subject carries, by dotted OID."""

    common_name: str
    identifiers: dict[str, str]


def signer_of(der: bytes) -> tuple[bytes, tuple[bytes, ...]]:
    """The certificate that signed a CMS with one signer, and the others inside (DER). `Swapped` for anything else."""
    if len(der) > MAX_CMS_BYTES:
        raise Swapped("The signature is larger than the room kept for it.", code="signature-too-large")
    try:
        info = cms.ContentInfo.load(der, strict=True)
        if info["content_type"].native != "signed_data":
            raise Swapped("The answer is no signature.", code="cms-kind")
        signed = info["content"]
        infos, inside = list(signed["signer_infos"]), [choice.chosen for choice in signed["certificates"]]
        if len(infos) != 1 or not all(isinstance(one, x509.Certificate) for one in inside):
            raise Swapped("The answer holds not exactly one signer.", code="cms-signers")
        found = [one for one in inside if _is_named(infos[0]["sid"], one)]
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise Swapped("The answer is no readable CMS.", code="cms-unreadable") from error
    if len({one.dump() for one in found}) != 1:
        raise Swapped("The signer's certificate is not in the answer.", code="cms-certificate-missing")
    signer = found[0].dump()
    return signer, tuple(one.dump() for one in inside if one.dump() != signer)


def _is_named(sid: cms.SignerIdentifier, certificate: x509.Certificate) -> bool:
    if sid.name == "issuer_and_serial_number":
        named = sid.chosen
        return bool(
            named["issuer"].dump() == certificate.issuer.dump()
            and named["serial_number"].native == certificate.serial_number
        )
    return bool(sid.chosen.native == certificate.key_identifier)


def require_issued_by(
    certificate: bytes, others: Sequence[bytes], *, authorities: Sequence[bytes], at: datetime
) -> None:
    """`Swapped` unless the certificate is in time at `at`, may sign documents and chains up to one of `authorities`.

    `authorities` (DER) are trusted as they are, be they roots or the licensed authorities themselves. Nothing is
    fetched; revocation is proven when validation data is added (B-LT).
    """
    leaf = certificates.load(certificate)
    if not certificates.may_sign_documents(certificate):
        raise Swapped("The certificate may not be used for signing documents.", code="signer-usage")
    if not leaf.not_valid_before - _CLOCKS <= at <= leaf.not_valid_after:
        raise Swapped("The certificate is not valid now.", code="signer-out-of-time")
    trust = Trust(roots=tuple(authorities), helpers=tuple(others))

    async def chain() -> None:
        context = trust.context(mode="soft-fail", moment=max(at, leaf.not_valid_before))
        try:
            await CertificateValidator(leaf, validation_context=context).async_validate_usage(set())  # type: ignore[no-untyped-call]
        finally:
            await trust.close(context)

    try:
        loop.run(chain, seconds=_SECONDS)
    except (PathBuildingError, PathValidationError) as error:
        raise Swapped("The certificate is not by the configured authority.", code="signer-authority") from error


def check_challenge(der: bytes, *, challenge: bytes, certificate: bytes) -> None:
    """`Swapped` unless the detached CMS is by `certificate` over exactly `challenge` (registering a provider's key)."""
    try:
        signer = cms.ContentInfo.load(der, strict=True)["content"]["signer_infos"][0]
        attributes = {one["type"].native: one["values"][0].native for one in signer["signed_attrs"]}
        if signer["digest_algorithm"]["algorithm"].native != "sha256":
            raise Swapped("The answer uses another digest than SHA-256.", code="cms-digest")
        if attributes.get("message_digest") != sha256(challenge).digest():
            raise Swapped("The answer signs something else.", code="cms-other-document")
        data, signature = signer["signed_attrs"].untag().dump(), signer["signature"].native
    except (ValueError, TypeError, KeyError, IndexError, AttributeError) as error:
        raise Swapped("The answer is no readable CMS.", code="cms-unreadable") from error
    certificates.check_raw_signature(certificate, signature=signature, data=data)


def subject_of(certificate: bytes) -> Subject:
    """Whom the certificate is for. Of a multi-valued name the last counts, as it is the most specific (RFC 4514)."""
    common_name, identifiers = "", {}
    for rdn in certificates.load(certificate).subject.chosen:
        for part in rdn:
            kind, value = part["type"].dotted, part["value"].native
            if not isinstance(value, str):
                value = bytes(part["value"].contents).hex()
            if kind == "2.5.4.3":
                common_name = value
            else:
                identifiers[kind] = value
    return Subject(common_name, identifiers)
