"""Until when an archived paper's last stamp holds, and what ends it: the authority's certificate or an algorithm.

A stamp covers everything before it with its own digest, so the outermost one decides: as long as it can be relied upon,
all that lies inside is proven to have existed while it was good (ETSI EN 319 142-1, 5.5; RFC 4998 says the same of
chains of time stamps).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from io import BytesIO
from typing import Literal

from asn1crypto import cms
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.general import extract_signer_info
from pyhanko.sign.validation.generic_cms import extract_certs_for_validation

from signatures.engine import algorithms, certificates
from signatures.engine.algorithms import Strength
from signatures.engine.errors import CannotPrepare
from signatures.engine.reading import UNREADABLE

Why = Literal["certificate", "algorithm"]


@dataclass(frozen=True)
class Term:
    """What a time stamp rests on."""

    stamped_at: datetime
    authority: str
    authority_sha256: str
    not_after: datetime
    strength: Strength

    @property
    def algorithm_ends_at(self) -> datetime | None:
        return self.strength.ends_at

    @property
    def ends_at(self) -> datetime:
        """A new stamp must be put over it before this instant."""
        end = self.algorithm_ends_at
        return self.not_after if end is None else min(end, self.not_after)

    @property
    def why(self) -> Why:
        return "certificate" if self.ends_at == self.not_after else "algorithm"


def term_of(pdf: bytes) -> Term | None:
    """Of the file's last document time stamp; None where there is none. `CannotPrepare` for what can't be read."""
    try:
        stamps = list(PdfFileReader(BytesIO(pdf), strict=True).embedded_timestamp_signatures)
        return term_of_token(stamps[-1].signed_data) if stamps else None
    except UNREADABLE as error:
        raise CannotPrepare(f"The stamp can't be read ({type(error).__name__}).", code="unreadable") from error


def term_of_token(signed: cms.SignedData) -> Term:
    """The same of a token alone. The weaker of the two digests counts: the imprint's, or that of the signature."""
    signer = extract_signer_info(signed)
    certificate = extract_certs_for_validation(signed).signer_cert
    info = signed["encap_content_info"]["content"].parsed
    digests = [
        info["message_imprint"]["hash_algorithm"]["algorithm"].native,
        signer["digest_algorithm"]["algorithm"].native,
    ]
    never = datetime.max.replace(tzinfo=UTC)
    weaker = min(digests, key=lambda digest: algorithms.digest_ends(digest) or never)
    mechanism = signer["signature_algorithm"].signature_algo
    return Term(
        stamped_at=info["gen_time"].native,
        authority=certificates.facts(certificate).common_name,
        authority_sha256=sha256(certificate.dump()).hexdigest(),
        not_after=certificate.not_valid_after.astimezone(UTC),
        strength=algorithms.strength_of(certificate, digest=weaker, mechanism=mechanism),
    )
