"""The request of an application service provider: hashes in, an enveloped XML signature around (eSign API 2.1).

Nothing of the papers leaves but their SHA-256, and nothing about the officer at all: the provider asks for the identity
on its own page, so no Aadhaar number passes through here (design 10).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from django.conf import settings
from django.utils.translation import gettext_lazy as _
from lxml import etree
from signxml.algorithms import CanonicalizationMethod, SignatureConstructionMethod
from signxml.signer import XMLSigner

from eoffice.core import clock
from eoffice.core.errors import NotAvailable
from signatures.engine.certificates import load_many

VERSION: Final = "2.1"
DOC_INFO_MAX: Final = 50
_LOOPBACK: Final = {"127.0.0.1", "::1", "localhost"}


@dataclass(frozen=True)
class Config:
    """The contract with the provider as this instance holds it. `authorities` may issue officers' certificates."""

    url: str
    asp_id: str
    auth_mode: str
    answer: str
    pades: bool
    most: int
    key: rsa.RSAPrivateKey = field(repr=False)
    certificate: x509.Certificate
    provider: x509.Certificate
    authorities: tuple[bytes, ...] = field(repr=False)

    @property
    def origin(self) -> str:
        parts = urlsplit(self.url)
        return f"{parts.scheme}://{parts.netloc}"


@dataclass(frozen=True)
class Hash:
    """One paper: its place in the request, what it is called there, and its SHA-256."""

    place: int
    info: str
    digest: str


def config() -> Config:
    """What is needed to ask the provider; `NotAvailable` with what is missing, and never a word of the key."""
    if not (settings.ESIGN_URL and settings.ESIGN_ASP_ID):
        raise _not_set_up(_("This instance has no contract with an eSign provider."))
    parts = urlsplit(settings.ESIGN_URL)
    if parts.scheme != "https" and parts.hostname not in _LOOPBACK:
        raise _not_set_up(_("The address of the eSign provider is not an https address."))
    folder = Path(settings.ESIGN_DIR)
    try:
        key = serialization.load_pem_private_key((folder / "asp.key").read_bytes(), password=None)
        certificate = x509.load_pem_x509_certificate((folder / "asp.pem").read_bytes())
        provider = x509.load_pem_x509_certificate((folder / "provider.pem").read_bytes())
        authorities = tuple(
            one.dump()
            for path in sorted((folder / "authorities").iterdir())
            if path.suffix.lower() in {".pem", ".crt", ".cer", ".der"}
            for one in load_many(path.read_bytes())
        )
    except (OSError, ValueError) as error:
        raise _not_set_up(_("A key or certificate of the eSign connection is missing or unreadable.")) from error
    if not isinstance(key, rsa.RSAPrivateKey) or certificate.public_key() != key.public_key() or not authorities:
        raise _not_set_up(_("A key or certificate of the eSign connection is missing or unreadable."))
    if not certificate.not_valid_before_utc <= clock.now() <= certificate.not_valid_after_utc:
        raise _not_set_up(_("The certificate with which this instance signs its eSign requests has ended."))
    return Config(
        url=settings.ESIGN_URL,
        asp_id=settings.ESIGN_ASP_ID,
        auth_mode=settings.ESIGN_AUTH_MODE,
        answer=settings.ESIGN_ANSWER,
        pades=settings.ESIGN_PADES,
        most=settings.ESIGN_DOCS,
        key=key,
        certificate=certificate,
        provider=provider,
        authorities=authorities,
    )


def _not_set_up(message: object) -> NotAvailable:
    return NotAvailable(
        "esign_not_set_up",
        str(message),
        _("The operator sets it up as docs/signing-remote.md says; sign in another way meanwhile."),
    )


def request(papers: Sequence[Hash], *, txn: str, at: datetime, response_url: str, setup: Config) -> bytes:
    """The signed `Esign` request. `ts` is the office's wall clock, as the specification wants it."""
    root = etree.Element(
        "Esign",
        {
            "ver": VERSION,
            "sc": "Y",
            "ts": clock.office_time(at).strftime("%Y-%m-%dT%H:%M:%S"),
            "txn": txn,
            "ekycId": "",
            "ekycIdType": "A",
            "aspId": setup.asp_id,
            "AuthMode": setup.auth_mode,
            "responseSigType": setup.answer,
            "responseUrl": response_url,
        },
    )
    docs = etree.SubElement(root, "Docs")
    for paper in papers:
        one = etree.SubElement(
            docs,
            "InputHash",
            {"id": str(paper.place), "hashAlgorithm": "SHA256", "docInfo": _plain(paper.info)},
        )
        one.text = paper.digest
    signer = XMLSigner(
        method=SignatureConstructionMethod.enveloped,
        signature_algorithm="rsa-sha256",
        digest_algorithm="sha256",
        c14n_algorithm=CanonicalizationMethod.CANONICAL_XML_1_0,
    )
    signed = signer.sign(root, key=setup.key, cert=[setup.certificate])
    return bytes(etree.tostring(signed, xml_declaration=True, encoding="UTF-8"))


def _plain(text: str) -> str:
    """What XML can carry, on one line, as short as the specification wants it."""
    kept = "".join(c if c.isprintable() else " " for c in text)
    return " ".join(kept.split())[:DOC_INFO_MAX] or "paper"


def lifetime() -> timedelta:
    """For how long an answer is awaited: as long as the visible block of a prepared paper holds (design 6)."""
    return timedelta(minutes=10)
