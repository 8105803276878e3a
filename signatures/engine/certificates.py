"""Reading certificates: who, from when, for what. No trust is decided here."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from typing import Final

from asn1crypto import pem
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa

from signatures.engine.errors import CannotPrepare, Swapped


@dataclass(frozen=True)
class CertificateFacts:
    """What a certificate says of itself."""

    subject: str
    common_name: str
    issuer: str
    serial: str
    sha256: str
    not_before: datetime
    not_after: datetime


_REMEMBERED: Final = 64


class _Remembered(threading.local):
    """Certificates that this thread has read: asn1crypto parses lazily, so an object is not shared between threads."""

    def __init__(self) -> None:
        self.by_der: dict[bytes, asn1_x509.Certificate] = {}


_remembered = _Remembered()


def load(der: bytes) -> asn1_x509.Certificate:
    """The certificate, or `CannotPrepare` when the bytes are none. Do not change it: it may be given out again."""
    known = _remembered.by_der
    if der not in known:
        certificate = _read(der)
        while len(known) >= _REMEMBERED:
            del known[next(iter(known))]
        known[bytes(der)] = certificate
    return known[der]


def _read(der: bytes) -> asn1_x509.Certificate:
    try:
        certificate = asn1_x509.Certificate.load(der, strict=True)
        certificate.native  # noqa: B018 - asn1crypto parses lazily; damage must show here
    except (ValueError, TypeError, KeyError) as error:
        raise CannotPrepare("These bytes are no certificate.", code="certificate-unreadable") from error
    return certificate


def load_many(data: bytes) -> list[asn1_x509.Certificate]:
    """All certificates of a PEM file, or the one of a DER file."""
    if pem.detect(data):
        return [load(der) for kind, _headers, der in pem.unarmor(data, multiple=True) if kind == "CERTIFICATE"]
    return [load(data)]


def facts(certificate: asn1_x509.Certificate) -> CertificateFacts:
    subject = certificate.subject.native
    name = subject.get("common_name") or certificate.subject.human_friendly
    return CertificateFacts(
        subject=certificate.subject.human_friendly,
        common_name=" ".join(name) if isinstance(name, list) else str(name),
        issuer=certificate.issuer.human_friendly,
        serial=format(certificate.serial_number, "x"),
        sha256=sha256(certificate.dump()).hexdigest(),
        not_before=certificate.not_valid_before.astimezone(UTC),
        not_after=certificate.not_valid_after.astimezone(UTC),
    )


def facts_of_der(der: bytes) -> CertificateFacts:
    return facts(load(der))


def may_sign_documents(der: bytes) -> bool:
    """Whether the key usage allows signing with intent (digitalSignature or nonRepudiation)."""
    usage = load(der).key_usage_value
    return usage is None or bool({"digital_signature", "non_repudiation"} & usage.native)


def belongs_to_key(der: bytes, public_key: rsa.RSAPublicKey | ec.EllipticCurvePublicKey) -> bool:
    return x509.load_der_x509_certificate(der).public_key() == public_key


def check_raw_signature(der: bytes, *, signature: bytes, data: bytes) -> None:
    """`Swapped` unless `signature` is by the certificate's key over SHA-256 of `data`."""
    key = x509.load_der_x509_certificate(der).public_key()
    try:
        if isinstance(key, rsa.RSAPublicKey):
            key.verify(signature, data, padding.PKCS1v15(), hashes.SHA256())
        elif isinstance(key, ec.EllipticCurvePublicKey):
            key.verify(signature, data, ec.ECDSA(hashes.SHA256()))
        else:
            raise Swapped("The certificate's key is neither RSA nor ECDSA.", code="key-kind")
    except InvalidSignature as error:
        raise Swapped(
            "The signature is not by this certificate's key over what was prepared.", code="signature-wrong"
        ) from error
