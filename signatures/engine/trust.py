"""Whom we trust, as data; and a new validation context for every operation (a shared one deadlocks, signing.md 0)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final, Literal

from asn1crypto import crl, ocsp, x509
from pyhanko.sign.validation.settings import KeyUsageConstraints
from pyhanko_certvalidator import ValidationContext
from pyhanko_certvalidator.fetchers.aiohttp_fetchers import AIOHttpFetcherBackend
from pyhanko_certvalidator.fetchers.api import FetchLimits, OwnedFetcherBackend

from signatures.engine import certificates

FETCH_SECONDS: Final = 10
# Our own chains need a handful; a hostile certificate must not make us call the whole world.
_FETCH_LIMITS: Final = FetchLimits(max_requests=40, max_cert_requests=8, max_aia_urls_per_object=2)
RevocationMode = Literal["soft-fail", "hard-fail", "require"]


@dataclass(frozen=True)
class Trust:
    """Trusted roots (DER) and further certificates that help to build chains but are not trusted by themselves."""

    roots: tuple[bytes, ...] = ()
    helpers: tuple[bytes, ...] = ()

    @classmethod
    def from_folders(cls, *folders: Path) -> Trust:
        """Every certificate of the `.pem`, `.crt`, `.cer` and `.der` files. Roots are those that sign themselves."""
        roots: dict[bytes, None] = {}
        helpers: dict[bytes, None] = {}
        for folder in folders:
            for path in sorted(folder.iterdir()) if folder.is_dir() else ():
                if path.suffix.lower() in {".pem", ".crt", ".cer", ".der"}:
                    for certificate in certificates.load_many(path.read_bytes()):
                        own = certificate.self_signed in {"yes", "maybe"}
                        (roots if own else helpers)[certificate.dump()] = None
        return cls(tuple(roots), tuple(helpers))

    def and_roots(self, roots: Iterable[bytes]) -> Trust:
        return Trust(tuple(dict.fromkeys((*self.roots, *roots))), self.helpers)

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


def signing_usage() -> KeyUsageConstraints:
    """Either of the two usages that mean signing: licensed-CA certificates often carry only digitalSignature."""
    return KeyUsageConstraints(key_usage={"digital_signature", "non_repudiation"}, match_all_key_usages=False)
