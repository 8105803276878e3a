"""Chains proven not revoked, with the answers that prove it; the same answers serve all papers of one signer.

Proving a chain costs three or four questions over the network and 40 ms of arithmetic, and for a hundred letters of one
officer the answer is the same. What is shared between papers and threads is bytes only, never a validation context: a
shared one deadlocks (signing.md sections 0 and 4).
"""

from __future__ import annotations

import threading
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any, Final, Literal

from asn1crypto import crl, ocsp, x509
from pyhanko.sign.validation.settings import KeyUsageConstraints
from pyhanko.sign.validation.status import TimestampSignatureStatus
from pyhanko_certvalidator import CertificateValidator
from pyhanko_certvalidator.errors import RevokedError

from signatures.engine import certificates, loop
from signatures.engine.errors import CannotPrepare, EvidenceMissing
from signatures.engine.reading import UNREADABLE
from signatures.engine.trust import FETCH_SECONDS, Trust, signing_usage

Use = Literal["signing", "time-stamping"]
Status = Literal["good", "revoked", "unknown"]

# An answer is asked for anew after this time although it would be valid for longer: a key that was reported lost must
# not sign on for hours. Where the source is silent, the kept answer stands until its own end (RFC 6960, 4.2.2.1).
FRESH: Final = timedelta(seconds=60)
_KEPT_MAX: Final = 2000


@dataclass(frozen=True)
class ChainProof:
    """A chain from a certificate up to, without, its root, and the answers that say that none of it is revoked."""

    certificates: tuple[bytes, ...]
    ocsps: tuple[bytes, ...]
    crls: tuple[bytes, ...]
    checked_at: datetime
    until: datetime


class Proofs:
    """What was proven lately, for one process. Threads may share it."""

    def __init__(self, *, fresh: timedelta = FRESH) -> None:
        self.fresh = fresh
        self._lock = threading.Lock()
        self._known: dict[tuple[bytes, bytes, str], ChainProof] = {}

    def recent(self, certificate: bytes, trust: Trust, use: Use, at: datetime) -> ChainProof | None:
        """A proof made less than `fresh` ago."""
        found = self.valid(certificate, trust, use, at)
        return found if found is not None and found.checked_at <= at < found.checked_at + self.fresh else None

    def valid(self, certificate: bytes, trust: Trust, use: Use, at: datetime) -> ChainProof | None:
        """A proof whose answers have not run out, however old it is."""
        with self._lock:
            found = self._known.get(_key(certificate, trust, use))
        return found if found is not None and found.checked_at <= at < found.until else None

    def keep(self, certificate: bytes, trust: Trust, use: Use, proof: ChainProof) -> None:
        with self._lock:
            while len(self._known) >= _KEPT_MAX:
                del self._known[next(iter(self._known))]
            self._known[_key(certificate, trust, use)] = proof

    def forget(self, certificate: bytes, trust: Trust) -> None:
        with self._lock:
            for use in ("signing", "time-stamping"):
                self._known.pop(_key(certificate, trust, use), None)


def _key(certificate: bytes, trust: Trust, use: str) -> tuple[bytes, bytes, str]:
    roots = sha256(b"".join(sorted(sha256(root).digest() for root in trust.roots))).digest()
    return sha256(certificate).digest(), roots, use


async def prove(
    certificate: x509.Certificate, *, others: Iterable[x509.Certificate], trust: Trust, use: Use,
    proofs: Proofs | None = None, fetch: bool = True, at: datetime | None = None,
) -> ChainProof:  # fmt: skip
    """The proof that `certificate` was good at `at` (now), asked for or remembered.

    `EvidenceMissing` with `certificate-revoked` when it or an issuer is revoked; `chain-unproven` when it does not
    reach `trust`, may not be used so, or nobody answered whether it is revoked.
    """
    moment = at or datetime.now(UTC)
    der = certificate.dump()
    if proofs is not None and (known := proofs.recent(der, trust, use, moment)) is not None:
        return known
    try:
        proof = await _ask(certificate, others, trust, use, fetch=fetch, at=at)
    except EvidenceMissing as missing:
        if proofs is not None and missing.reason == "certificate-revoked":
            proofs.forget(der, trust)
        elif proofs is not None and (kept := proofs.valid(der, trust, use, moment)) is not None:
            return kept
        raise
    if proofs is not None:
        proofs.keep(der, trust, use, proof)
    return proof


async def _ask(
    certificate: x509.Certificate, others: Iterable[x509.Certificate], trust: Trust, use: Use, *,
    fetch: bool, at: datetime | None,
) -> ChainProof:  # fmt: skip
    # An answer that is made while we wait for it bears a later time than the moment we began with (retroactive):
    # without that, a source that takes longer than a second is never believed.
    context = trust.context(fetch=fetch, moment=at, mode="require", retroactive=True)
    try:
        _usage(use).validate(certificate)
        validator = CertificateValidator(certificate, intermediate_certs=list(others), validation_context=context)
        path = await validator.async_validate_path()
        chain = tuple(one.dump() for one in list(path)[1:] if isinstance(one, x509.Certificate))
        ocsps, crls = tuple(context.ocsps), tuple(context.crls)
        ends = [*_ends(ocsps, crls), *(certificates.load(one).not_valid_after for one in chain)]
    except RevokedError as error:
        raise EvidenceMissing("A certificate of the chain is revoked.", code="certificate-revoked") from error
    except UNREADABLE as error:
        raise EvidenceMissing(f"The chain is not proven ({type(error).__name__}).", code="chain-unproven") from error
    finally:
        await trust.close(context)
    checked_at = at or datetime.now(UTC)
    return ChainProof(
        certificates=tuple(reversed(chain)),
        ocsps=tuple(one.dump() for one in ocsps),
        crls=tuple(one.dump() for one in crls),
        checked_at=checked_at,
        until=min(ends),
    )


def _usage(use: Use) -> KeyUsageConstraints:
    return signing_usage() if use == "signing" else TimestampSignatureStatus.default_usage_constraints()


def _ends(ocsps: Iterable[ocsp.OCSPResponse], crls: Iterable[crl.CertificateList]) -> Iterable[datetime]:
    """When each answer runs out; one without an end is good for the moment only."""
    for answer in ocsps:
        for single in answer.response_data["responses"]:
            yield single["next_update"].native or single["this_update"].native
    for revoked in crls:
        tbs = revoked["tbs_cert_list"]
        yield tbs["next_update"].native or tbs["this_update"].native


def status_now(
    certificate: bytes, chain: Iterable[bytes], trust: Trust, seconds: float, *,
    proofs: Proofs | None = None, at: datetime | None = None,
) -> Status:  # fmt: skip
    """Whether the certificate is revoked, asked before a signature is made and answered within `seconds`.

    `revoked`: the signature is refused. `unknown`: nobody answered, or the chain does not reach `trust`; the act goes
    on, because a registry's outage must not stop an office, but what is signed then can't leave: it stays *pending*
    until the worker has the answers (a B-LT signature can't be had without them), and then shows the refusal.
    """
    try:
        leaf = certificates.load(certificate)
        others = [certificates.load(one) for one in chain]
    except CannotPrepare:
        return "unknown"

    async def ask() -> Any:
        return await prove(leaf, others=others, trust=trust, use="signing", proofs=proofs, at=at)

    try:
        loop.run(ask, seconds=min(seconds, FETCH_SECONDS * 6))
    except TimeoutError:
        kept = proofs.valid(certificate, trust, "signing", at or datetime.now(UTC)) if proofs is not None else None
        return "unknown" if kept is None else "good"
    except EvidenceMissing as missing:
        return "revoked" if missing.reason == "certificate-revoked" else "unknown"
    return "good"
