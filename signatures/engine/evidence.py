"""Chains and times: whether a certificate was trusted and not revoked at an instant, by what the file carries."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from asn1crypto import cms, core, crl, ocsp, x509
from pyhanko.pdf_utils.decode_limits import DecodePurpose
from pyhanko.pdf_utils.rw_common import PdfHandler
from pyhanko.sign.general import find_unique_cms_attribute
from pyhanko.sign.validation import DocumentSecurityStore
from pyhanko.sign.validation.generic_cms import cms_basic_validation
from pyhanko.sign.validation.settings import KeyUsageConstraints
from pyhanko.sign.validation.status import TimestampSignatureStatus
from pyhanko_certvalidator import CertificateValidator
from pyhanko_certvalidator.errors import PathBuildingError, RevokedError

from signatures.engine import certificates
from signatures.engine.errors import CannotPrepare
from signatures.engine.reading import UNREADABLE
from signatures.engine.trust import RevocationMode, Trust, signing_usage


@dataclass(frozen=True)
class Evidence:
    """Certificates and revocation answers found inside a file."""

    certificates: tuple[x509.Certificate, ...] = ()
    ocsps: tuple[ocsp.OCSPResponse, ...] = ()
    crls: tuple[crl.CertificateList, ...] = ()

    def __add__(self, other: Evidence) -> Evidence:
        return Evidence(self.certificates + other.certificates, self.ocsps + other.ocsps, self.crls + other.crls)


@dataclass(frozen=True)
class ChainFacts:
    """Outcome of one path validation."""

    trusted: bool
    anchor: str
    sub_indication: str
    revoked_at: datetime | None
    revocation_known: bool
    valid_until: datetime | None


def evidence_in(handler: PdfHandler) -> Evidence:
    """The DSS of a file, or of one of its earlier revisions. A damaged one proves nothing and counts as none."""
    try:
        store = DocumentSecurityStore.read_dss(handler)

        def content(reference: Any, purpose: DecodePurpose) -> bytes:
            return bytes(reference.get_object().read_data(purpose))

        return Evidence(
            tuple(one for one in store.load_certs() if _is_readable(one)),
            tuple(ocsp.OCSPResponse.load(content(r, DecodePurpose.OCSP_RESPONSE)) for r in store.ocsps),
            tuple(crl.CertificateList.load(content(r, DecodePurpose.CRL)) for r in store.crls),
        )
    except UNREADABLE:
        return Evidence()


def _is_readable(certificate: x509.Certificate) -> bool:
    try:
        certificates.load(certificate.dump())
    except CannotPrepare:
        return False
    return True


def evidence_in_signature(signer: cms.SignerInfo) -> Evidence:
    """Revocation answers that Adobe's signers put into the signed attributes."""
    attributes = signer["signed_attrs"]
    if attributes is core.VOID:
        return Evidence()
    try:
        archive = find_unique_cms_attribute(attributes, "adobe_revocation_info_archival")
    except (KeyError, ValueError):
        return Evidence()
    return Evidence((), tuple(archive["ocsp"] or ()), tuple(archive["crl"] or ()))


async def judge_chain(
    signed: cms.SignedData, *, digest: bytes | None, trust: Trust, moment: datetime, evidence: Evidence,
    time_stamp: bool = False, mode: RevocationMode = "require", fetch: bool = False,
) -> ChainFacts:  # fmt: skip
    """Whether the signer's chain reached `trust` at `moment`. Nothing is fetched unless `fetch` is set."""
    usage: KeyUsageConstraints = TimestampSignatureStatus.default_usage_constraints() if time_stamp else signing_usage()
    fitting = trust.serving("time-stamp" if time_stamp else "signature")
    helpers = Trust(fitting.roots, fitting.helpers + tuple(c.dump() for c in evidence.certificates))
    context = helpers.context(
        moment=None if fetch else moment, fetch=fetch, mode=mode, ocsps=evidence.ocsps, crls=evidence.crls,
        retroactive=not fetch,
    )  # fmt: skip
    try:
        state = await cms_basic_validation(
            signed, raw_digest=digest, validation_context=context, key_usage_settings=usage
        )
    except UNREADABLE:
        return ChainFacts(
            trusted=False, anchor="", sub_indication="GENERIC", revoked_at=None, revocation_known=False,
            valid_until=None,
        )  # fmt: skip
    finally:
        await helpers.close(context)
    problem, path, revoked = state["trust_problem_indic"], state["validation_path"], state["revocation_details"]
    chain = [c for c in path if isinstance(c, x509.Certificate)] if path is not None else []
    sound = bool(state["intact"] and state["valid"])
    return ChainFacts(
        trusted=sound and problem is None and path is not None,
        anchor=certificates.facts(chain[0]).common_name if chain and problem is None else "",
        sub_indication="" if problem is None else str(problem.standard_name),
        revoked_at=None if revoked is None else revoked.revocation_date,
        revocation_known=sound and mode == "require" and problem is None,
        valid_until=min((c.not_valid_after for c in chain[1:]), default=None),
    )


async def judge_certificate(
    signer: x509.Certificate, chain: Sequence[x509.Certificate], *, trust: Trust, moment: datetime,
    evidence: Evidence, mode: RevocationMode = "require", fetch: bool = False,
) -> ChainFacts:  # fmt: skip
    """The same for a signature without a CMS, of which only the certificates are known."""
    fitting = trust.serving("signature")
    helpers = Trust(fitting.roots, fitting.helpers + tuple(c.dump() for c in (*evidence.certificates, *chain)))
    context = helpers.context(
        moment=None if fetch else moment, fetch=fetch, mode=mode, ocsps=evidence.ocsps, crls=evidence.crls,
        retroactive=not fetch,
    )  # fmt: skip
    sub, revoked_at, path = "", None, None
    try:
        validator = CertificateValidator(signer, intermediate_certs=list(chain), validation_context=context)
        path = await validator.async_validate_usage(set())  # type: ignore[no-untyped-call]
    except RevokedError as error:
        sub, revoked_at = "REVOKED_NO_POE", error.revocation_dt
    except PathBuildingError:
        sub = "NO_CERTIFICATE_CHAIN_FOUND"
    except UNREADABLE:
        sub = "CERTIFICATE_CHAIN_GENERAL_FAILURE"
    finally:
        await helpers.close(context)
    known = [one for one in path if isinstance(one, x509.Certificate)] if path is not None else []
    return ChainFacts(
        trusted=path is not None,
        anchor=certificates.facts(known[0]).common_name if known else "",
        sub_indication=sub,
        revoked_at=revoked_at,
        revocation_known=path is not None and mode == "require",
        valid_until=min((one.not_valid_after for one in known[1:]), default=None),
    )
