"""Whom we trust, as data; and a new validation context for every operation (a shared one deadlocks, signing.md 0)."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Final, Literal

from asn1crypto import cms, crl, ocsp, pem, x509
from pyhanko.sign.validation.settings import KeyUsageConstraints
from pyhanko_certvalidator import ValidationContext
from pyhanko_certvalidator.fetchers.aiohttp_fetchers import AIOHttpFetcherBackend
from pyhanko_certvalidator.fetchers.api import FetchLimits, OwnedFetcherBackend

from signatures.engine import certificates
from signatures.engine.errors import CannotPrepare
from signatures.engine.reading import UNREADABLE

FETCH_SECONDS: Final = 10
# Our own chains need a handful; a hostile certificate must not make us call the whole world.
_FETCH_LIMITS: Final = FetchLimits(max_requests=40, max_cert_requests=8, max_aia_urls_per_object=2)
RevocationMode = Literal["soft-fail", "hard-fail", "require"]


Use = Literal["signature", "time-stamp"]
_CERTIFICATES: Final = {".pem", ".crt", ".cer", ".der"}
_BUNDLES: Final = {".p7b", ".p7c"}
ANCHORS: Final = "anchors.json"
_BAD: Final[tuple[type[Exception], ...]] = (*UNREADABLE, CannotPrepare)


@dataclass(frozen=True)
class Trust:
    """Trusted roots (DER) and further certificates that help to build chains but are not trusted by themselves.

    `only_for` limits a root, by the SHA-256 of its certificate, to one use: an authority for time stamps does not sign
    letters.
    """

    roots: tuple[bytes, ...] = ()
    helpers: tuple[bytes, ...] = ()
    only_for: tuple[tuple[str, Use], ...] = ()
    unread: tuple[str, ...] = ()

    @classmethod
    def from_folders(cls, *folders: Path) -> Trust:
        """Every certificate of the `.pem`, `.crt`, `.cer`, `.der`, `.p7b` and `.p7c` files, armoured or not.

        Roots are those that sign themselves. `anchors.json` beside them may say what a root is for:
        `{"FILE or SHA-256": {"use": "time-stamp", "note": "..."}}`. Names of files that can't be read are in `unread`.
        """
        roots: dict[bytes, None] = {}
        helpers: dict[bytes, None] = {}
        limits: dict[str, Use] = {}
        unread: list[str] = []
        for folder in folders:
            uses = _uses(folder / ANCHORS, unread)
            for path in sorted(folder.iterdir()) if folder.is_dir() else ():
                if path.suffix.lower() not in _CERTIFICATES | _BUNDLES:
                    continue
                try:
                    found = _certificates(path.read_bytes())
                except _BAD:
                    unread.append(path.name)
                    continue
                for certificate in found:
                    own = certificate.self_signed in {"yes", "maybe"}
                    (roots if own else helpers)[certificate.dump()] = None
                    fingerprint = sha256(certificate.dump()).hexdigest()
                    use = uses.get(fingerprint) or uses.get(path.name)
                    if own and use is not None:
                        limits[fingerprint] = use
        return cls(tuple(roots), tuple(helpers), tuple(limits.items()), tuple(unread))

    def __add__(self, other: Trust) -> Trust:
        return Trust(
            tuple(dict.fromkeys(self.roots + other.roots)), tuple(dict.fromkeys(self.helpers + other.helpers)),
            self.only_for + other.only_for, self.unread + other.unread,
        )  # fmt: skip

    def serving(self, use: Use) -> Trust:
        """Without the roots that are for something else."""
        other = {fingerprint for fingerprint, only in self.only_for if only != use}
        roots = tuple(der for der in self.roots if not other or sha256(der).hexdigest() not in other)
        return Trust(roots, self.helpers)

    def and_roots(self, roots: Iterable[bytes]) -> Trust:
        return Trust(tuple(dict.fromkeys((*self.roots, *roots))), self.helpers, self.only_for, self.unread)

    def root_certificates(self) -> list[x509.Certificate]:
        return [certificates.load(der) for der in self.roots]

    def context(
        self, *, fetch: bool = False, moment: datetime | None = None, mode: RevocationMode = "require",
        ocsps: Sequence[ocsp.OCSPResponse] = (), crls: Sequence[crl.CertificateList] = (), retroactive: bool = False,
    ) -> ValidationContext:  # fmt: skip
        """A fresh context for one operation; `close` it afterwards.

        `retroactive` accepts revocation answers that were made after `moment`: for looking back at a proven time.
        """
        backend = None
        if fetch:
            own = AIOHttpFetcherBackend(per_request_timeout=FETCH_SECONDS, limits=_FETCH_LIMITS)
            backend = OwnedFetcherBackend(own)
        return ValidationContext(
            trust_roots=self.root_certificates(),
            other_certs=[certificates.load(der) for der in self.helpers],
            allow_fetching=fetch,
            moment=moment,
            revocation_mode=mode,
            fetcher_backend=backend,
            ocsps=list(ocsps),
            crls=list(crls),
            retroactive_revinfo=retroactive,
        )

    @staticmethod
    async def close(context: ValidationContext) -> None:
        """Ends the network session of a fetching context; harmless for the others."""
        await context.aclose()  # type: ignore[no-untyped-call]


def _certificates(data: bytes) -> list[x509.Certificate]:
    """Of a certificate, several in PEM, or a PKCS#7 bundle."""
    if pem.detect(data):
        found: list[x509.Certificate] = []
        for kind, _headers, der in pem.unarmor(data, multiple=True):
            if kind in {"CERTIFICATE", "X509 CERTIFICATE", "TRUSTED CERTIFICATE"}:
                found.append(certificates.load(der))
            elif kind in {"PKCS7", "CMS"}:
                found += _bundled(der)
        return found
    try:
        return [certificates.load(data)]
    except CannotPrepare:
        return _bundled(data)


def _bundled(der: bytes) -> list[x509.Certificate]:
    choices = cms.ContentInfo.load(der)["content"]["certificates"]
    return [certificates.load(one.chosen.dump()) for one in choices if one.name == "certificate"]


def _uses(path: Path, unread: list[str]) -> dict[str, Use]:
    if not path.is_file():
        return {}
    try:
        entries = json.loads(path.read_text(encoding="utf-8"))
        return {
            str(name): entry["use"]
            for name, entry in entries.items()
            if entry.get("use") in {"signature", "time-stamp"}
        }
    except (OSError, ValueError, AttributeError):
        unread.append(path.name)
        return {}


def signing_usage() -> KeyUsageConstraints:
    """Either of the two usages that mean signing: licensed-CA certificates often carry only digitalSignature."""
    return KeyUsageConstraints(key_usage={"digital_signature", "non_repudiation"}, match_all_key_usages=False)
