"""Until when a digest or a key may be relied upon: data, so that a new edition of the catalogue is a change of a table.

The dates are facts from ETSI TS 119 312 V1.5.1 (2024-10), "Cryptographic Suites", as the European Commission's open
validation software (DSS, validation policy of 2024-10-13) writes them down. No date means: recommended, no end in
sight. What is not listed is not relied upon at all. RSA here means PKCS #1 v1.5, which the catalogue calls legacy.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from asn1crypto import x509

SOURCE: Final = "ETSI TS 119 312 V1.5.1"
_PAST: Final = datetime(1970, 1, 1, tzinfo=UTC)
_LEGACY: Final = datetime(2029, 1, 1, tzinfo=UTC)
DIGESTS: Final[dict[str, datetime | None]] = {
    "sha1": datetime(2012, 8, 1, tzinfo=UTC),
    "sha224": _LEGACY,
    "sha256": None,
    "sha384": None,
    "sha512": None,
    "sha3_256": None,
    "sha3_384": None,
    "sha3_512": None,
}
# From this many bits on, until when; the largest size that is not above the key's counts.
KEYS: Final[dict[str, dict[int, datetime | None]]] = {
    "rsa": {
        1024: datetime(2019, 10, 1, tzinfo=UTC),
        1900: _LEGACY,
        3000: _LEGACY,
    },
    "rsa-pss": {
        1024: datetime(2019, 10, 1, tzinfo=UTC),
        1900: _LEGACY,
        3000: None,
    },
    "ec": {
        160: datetime(2012, 8, 1, tzinfo=UTC),
        224: datetime(2021, 10, 1, tzinfo=UTC),
        256: None,
    },
}
# A stamp should last longer than its authority's certificate; a digest that ends sooner is not chosen for a new one.
_AHEAD: Final = timedelta(days=365 * 6)
_NEW_STAMPS: Final = ("sha256", "sha512", "sha3_512")


@dataclass(frozen=True)
class Strength:
    """What a signature rests on: digest, kind of key (`rsa`, `rsa-pss`, `ec`) and its bits."""

    digest: str
    key: str
    bits: int

    @property
    def ends_at(self) -> datetime | None:
        """When the first of the two may no longer be relied upon; None when neither has an end yet."""
        ends = [end for end in (digest_ends(self.digest), key_ends(self.key, self.bits)) if end is not None]
        return min(ends, default=None)


def digest_ends(digest: str) -> datetime | None:
    return DIGESTS.get(digest, _PAST)


def key_ends(kind: str, bits: int) -> datetime | None:
    fitting = [size for size in KEYS.get(kind, {}) if size <= bits]
    return KEYS[kind][max(fitting)] if fitting else _PAST


def digest_for_stamps(at: datetime) -> str:
    """The digest for a new time stamp: the most widely understood one that lasts."""
    for digest in _NEW_STAMPS:
        end = digest_ends(digest)
        if end is None or end > at + _AHEAD:
            return digest
    return _NEW_STAMPS[-1]


def strength_of(certificate: x509.Certificate, *, digest: str, mechanism: str) -> Strength:
    """Of a signature by `certificate`; `mechanism` is the signature algorithm as asn1crypto names it."""
    kind, bits = certificate.public_key.algorithm, int(certificate.public_key.bit_size)
    if kind == "rsa" and mechanism == "rsassa_pss":
        kind = "rsa-pss"
    return Strength(digest, kind, bits)
