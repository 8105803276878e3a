"""The CMS container of a B-B signature, put together from encoded parts (RFC 5652; ETSI EN 319 122-1, 5.2 and 6.3).

Signed attributes and container are the same for every paper of one certificate but for a digest and a signature, so
they are written as DER at once. Handed to a general ASN.1 library the same few hundred bytes take 7 ms a paper, half of
what signing costs. What is written here is read again by pyHanko after embedding (`soundness`).
"""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import sha256
from typing import Final

from asn1crypto import x509

from signatures.engine.errors import CannotPrepare

_SEQUENCE, _SET, _OCTETS, _OID = b"\x30", b"\x31", b"\x04", b"\x06"
_EXPLICIT_0, _DIRECTORY_NAME = b"\xa0", b"\xa4"
_VERSION_1: Final = bytes.fromhex("020101")
_NULL: Final = bytes.fromhex("0500")


def _der(tag: bytes, *parts: bytes) -> bytes:
    content = b"".join(parts)
    size = len(content)
    if size < 0x80:  # noqa: PLR2004 - X.690, 8.1.3: above, the length itself has a length
        return tag + bytes((size,)) + content
    length = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return tag + bytes((0x80 | len(length),)) + length + content


def _set_of(parts: Iterable[bytes], tag: bytes = _SET) -> bytes:
    return _der(tag, *sorted(parts))  # X.690, 11.6


def _oid(hexadecimal: str) -> bytes:
    return _der(_OID, bytes.fromhex(hexadecimal))


_DATA: Final = _oid("2a864886f70d010701")
_SIGNED_DATA: Final = _oid("2a864886f70d010702")
_CONTENT_TYPE: Final = _oid("2a864886f70d010903")
_MESSAGE_DIGEST: Final = _oid("2a864886f70d010904")
_SIGNING_CERTIFICATE_V2: Final = _oid("2a864886f70d010910022f")
_SHA256: Final = _der(_SEQUENCE, _oid("608648016503040201"), _NULL)
_MECHANISMS: Final = {
    "rsa": _der(_SEQUENCE, _oid("2a864886f70d01010b"), _NULL),
    "ec": _der(_SEQUENCE, _oid("2a8648ce3d040302")),
}


def signed_attributes(certificate: x509.Certificate, digest: bytes) -> bytes:
    """What the officer's key signs: the kind of content, its SHA-256 `digest`, and the certificate by its hash.

    No time: PAdES keeps that in the signature dictionary (ETSI EN 319 142-1, 6.3).
    """
    issuer = _der(_SEQUENCE, _der(_DIRECTORY_NAME, certificate.issuer.dump()))
    named = _der(
        _SEQUENCE, _der(_OCTETS, sha256(certificate.dump()).digest()), _der(_SEQUENCE, issuer, _serial(certificate))
    )
    return _set_of(
        (
            _attribute(_CONTENT_TYPE, _DATA),
            _attribute(_MESSAGE_DIGEST, _der(_OCTETS, digest)),
            _attribute(_SIGNING_CERTIFICATE_V2, _der(_SEQUENCE, _der(_SEQUENCE, named))),
        )
    )


def container(
    certificate: x509.Certificate, *, chain: Iterable[x509.Certificate], attributes: bytes, signature: bytes
) -> bytes:
    """The detached CMS with one signer. Of the chain what signs itself is left out: it proves nothing there."""
    mechanism = _MECHANISMS.get(certificate.public_key.algorithm)
    if mechanism is None:
        raise CannotPrepare("The certificate's key is neither RSA nor ECDSA.", code="key-kind")
    helpers = {one.dump() for one in chain if one.self_signed == "no"}
    signer = _der(
        _SEQUENCE,
        _VERSION_1,
        _der(_SEQUENCE, certificate.issuer.dump(), _serial(certificate)),
        _SHA256,
        _EXPLICIT_0 + attributes[1:],  # IMPLICIT: the set's own tag gives way (RFC 5652, 5.3)
        mechanism,
        _der(_OCTETS, signature),
    )
    signed = _der(
        _SEQUENCE,
        _VERSION_1,
        _set_of([_SHA256]),
        _der(_SEQUENCE, _DATA),
        _set_of(helpers | {certificate.dump()}, _EXPLICIT_0),
        _set_of([signer]),
    )
    return _der(_SEQUENCE, _SIGNED_DATA, _der(_EXPLICIT_0, signed))


def _attribute(kind: bytes, value: bytes) -> bytes:
    return _der(_SEQUENCE, kind, _set_of([value]))


def _serial(certificate: x509.Certificate) -> bytes:
    return bytes(certificate["tbs_certificate"]["serial_number"].dump())
