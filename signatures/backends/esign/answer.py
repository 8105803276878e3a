"""The provider's answer: believed only after its XML signature, and only what that signature covers.

Against hostile answers: no document type, no entities, no network, limited size; exactly one reference, over the whole
document, by the configured certificate; afterwards only the tree that was signed is read, so that nothing wrapped
around or beside it counts (W3C XML Signature Best Practices; eSign API 2.1).
"""

from __future__ import annotations

import binascii
import re
from base64 import b64decode
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from django.conf import settings
from lxml import etree
from signxml.algorithms import DigestAlgorithm, SignatureMethod
from signxml.exceptions import SignXMLException
from signxml.verifier import SignatureConfiguration, XMLVerifier

from signatures.engine.whole_cms import MAX_CMS_BYTES

MAX_BYTES: Final = 1024 * 1024
# How far the provider's clock may be from ours.
CLOCKS: Final = timedelta(minutes=5)
_CODE = re.compile(r"[A-Za-z0-9_-]{1,20}")
_DS: Final = "{http://www.w3.org/2000/09/xmldsig#}"
_SIGNATURES: Final = frozenset(
    {
        SignatureMethod.RSA_SHA256,
        SignatureMethod.RSA_SHA384,
        SignatureMethod.RSA_SHA512,
        SignatureMethod.ECDSA_SHA256,
        SignatureMethod.ECDSA_SHA384,
    }
)
_DIGESTS: Final = frozenset({DigestAlgorithm.SHA256, DigestAlgorithm.SHA384, DigestAlgorithm.SHA512})


class Unbelievable(Exception):
    """Not an answer of the provider, or not a whole one. `code` is counted; there is never anything personal in it."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True)
class Answer:
    """A believed answer. Where `good` is false, only the codes are there."""

    txn: str
    at: datetime
    good: bool
    error: str
    certificate: bytes
    signatures: dict[int, bytes]


def read(sent: bytes, *, provider: x509.Certificate, now: datetime) -> Answer:
    """The answer that the provider signed; `Unbelievable` for everything else."""
    if not provider.not_valid_before_utc <= now <= provider.not_valid_after_utc:
        raise Unbelievable("provider-certificate-ended")
    root = _signed_root(_parsed(sent), provider, now)
    if root.tag != "EsignResp":
        raise Unbelievable("not-an-answer")
    good, error = root.get("status") == "1", _code(root.get("errCode"))
    answer_at = _moment(root.get("ts"))
    txn = root.get("txn") or ""
    if not good:
        return Answer(txn, answer_at, good=False, error=error, certificate=b"", signatures={})
    certificate = _der(_only(root, "UserX509Certificate"))
    signatures: dict[int, bytes] = {}
    for one in _only(root, "Signatures"):
        place = one.get("id") or ""
        if one.tag != "DocSignature" or not place.isascii() or not place.isdigit() or int(place) in signatures:
            raise Unbelievable("signatures-odd")
        if _code(one.get("error")):
            raise Unbelievable("document-refused")
        if (one.get("sigHashAlgorithm") or "SHA256").upper().replace("-", "") != "SHA256":
            raise Unbelievable("hash-algorithm")
        signatures[int(place)] = _der(one)
    return Answer(txn, answer_at, good=True, error=error, certificate=certificate, signatures=signatures)


def _parsed(sent: bytes) -> etree._Element:
    if len(sent) > MAX_BYTES:
        raise Unbelievable("too-large")
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, dtd_validation=False, huge_tree=False,
        remove_comments=False, remove_pis=False,
    )  # fmt: skip
    try:
        root = etree.fromstring(sent, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise Unbelievable("unreadable") from error
    if root.getroottree().docinfo.doctype:
        raise Unbelievable("document-type")
    if any(not isinstance(one.tag, str) for one in root.iter()):
        # Comments and instructions split texts in two and are left out by some canonicalisations.
        raise Unbelievable("odd-nodes")
    return root


def _signed_root(root: etree._Element, provider: x509.Certificate, now: datetime) -> etree._Element:
    references = root.findall(f".//{_DS}Reference")
    if len(root.findall(f".//{_DS}Signature")) != 1 or len(references) != 1 or references[0].get("URI") != "":
        raise Unbelievable("signature-form")
    try:
        result = XMLVerifier().verify(
            root,
            x509_cert=provider,
            expect_config=SignatureConfiguration(
                location="./",
                expect_references=1,
                signature_methods=_SIGNATURES,
                digest_algorithms=_DIGESTS,
                ignore_ambiguous_key_info=True,
                verification_time=now,
            ),
        )
    except (SignXMLException, etree.LxmlError, UnsupportedAlgorithm, ValueError, TypeError, KeyError) as error:
        raise Unbelievable("signature-wrong") from error
    if isinstance(result, list) or result.signed_xml is None:
        raise Unbelievable("signature-form")
    return result.signed_xml


def _only(root: etree._Element, name: str) -> etree._Element:
    found = root.findall(name)
    if len(found) != 1:
        raise Unbelievable("parts-odd")
    return found[0]


def _der(element: etree._Element) -> bytes:
    try:
        der = b64decode("".join((element.text or "").split()), validate=True)
    except (binascii.Error, ValueError) as error:
        raise Unbelievable("base64") from error
    if len(element) or not der or len(der) > MAX_CMS_BYTES:
        raise Unbelievable("parts-odd")
    return der


def _code(text: str | None) -> str:
    """An error code of the provider; whatever else stands there could name a person and is not kept."""
    code = (text or "").strip()
    if code.upper() in {"", "NA"}:
        return ""
    return code if _CODE.fullmatch(code) else "other"


def _moment(text: str | None) -> datetime:
    try:
        at = datetime.fromisoformat(text or "")
    except ValueError as error:
        raise Unbelievable("time-odd") from error
    return at if at.tzinfo else at.replace(tzinfo=ZoneInfo(settings.OFFICE_TIME_ZONE))
