"""The bytes that no signature covers: the hole with the CMS. Nothing may be hidden or damaged there either.

A signature can't cover itself, so the padding, the case of the hex digits and the further certificates of a chain
could be changed unseen. None of that changes what was signed, but a copy with it is not the copy that left the office.
"""

from __future__ import annotations

from collections.abc import Sequence

from asn1crypto import cms, x509
from cryptography import x509 as pyca
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from pyhanko.sign.validation import EmbeddedPdfSignature

_LOWER, _UPPER = b"abcdef", b"ABCDEF"


def odd_container(embedded: EmbeddedPdfSignature, hole: bytes, roots: Sequence[x509.Certificate] = ()) -> list[str]:
    """Codes of what is odd in the hole of a signature; empty for a sound one. `roots` may have issued its chain."""
    codes: list[str] = []
    if any(c in hole for c in _LOWER) and any(c in hole for c in _UPPER):
        codes.append("contents-mixed-case")
    content = embedded.pkcs7_content
    used = len(cms.ContentInfo.load(content).dump())
    if any(content[used:]):
        codes.append("contents-padding")
    signed = embedded.signed_data
    declared = {algorithm["algorithm"].native for algorithm in signed["digest_algorithms"]}
    if embedded.signer_info["digest_algorithm"]["algorithm"].native not in declared:
        codes.append("contents-algorithms")
    chain = [embedded.signer_cert, *embedded.other_embedded_certs]
    if any(_is_damaged(certificate, chain, roots) for certificate in chain):
        codes.append("certificate-damaged")
    return codes


def _is_damaged(
    certificate: x509.Certificate, chain: list[x509.Certificate], roots: Sequence[x509.Certificate]
) -> bool:
    """Whether its issuer is at hand and did not sign it like this.

    The issuer is found by name or by key, so that damage to the name does not hide the pair; a root by its key alone,
    because two authorities may bear one name.
    """
    issuers = [other for other in chain if other.subject.dump() == certificate.issuer.dump()]
    issuers += [other for other in (*chain, *roots) if other not in issuers and _is_key_of(other, certificate)]
    if not issuers:
        return False
    for issuer in issuers:
        try:
            pyca.load_der_x509_certificate(certificate.dump()).verify_directly_issued_by(
                pyca.load_der_x509_certificate(issuer.dump())
            )
        except (InvalidSignature, ValueError, TypeError):
            continue
        except UnsupportedAlgorithm:
            return False
        return False
    return True


def _is_key_of(issuer: x509.Certificate, certificate: x509.Certificate) -> bool:
    """By key identifiers. They are hashes: those of two keys share next to no byte, a damaged one most of them."""
    named, own = certificate.authority_key_identifier, issuer.key_identifier
    if named is None or own is None or len(named) != len(own):
        return False
    agreeing: int = sum(one == other for one, other in zip(named, own, strict=True))
    return agreeing * 2 > len(bytes(own))
