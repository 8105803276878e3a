"""Whose certificate signs a paper: the credential's own, or one made for the act alone (Indian eSign).

A certificate that was not known when the paper was prepared is believed only when a configured authority issued it, to
the person whom the credential registered.
"""

from __future__ import annotations

import hmac
import unicodedata
from datetime import datetime

from django.conf import settings

from signatures import custody
from signatures.backends.esign import asp
from signatures.engine import pades, whole_cms
from signatures.engine.errors import Swapped
from signatures.models import Backend, Credential


def form_for(credential: Credential) -> pades.Form:
    """What the signature dictionary promises; a provider whose CMS names no certificate gives no PAdES."""
    return "pkcs7" if credential.backend == Backend.ESIGN and not settings.ESIGN_PADES else "pades"


def signing_certificate(credential: Credential, *, cms: bytes, at: datetime) -> bytes:
    """The certificate (DER) by which this signature must be. `Swapped` when the one inside is not the officer's."""
    if credential.backend != Backend.ESIGN:
        return bytes(credential.certificate)
    certificate = issued_certificate(cms, at=at)
    require_same_person(credential, certificate)
    return certificate


def issued_certificate(cms: bytes, *, at: datetime) -> bytes:
    """The signer's certificate inside the CMS, which one of the configured authorities issued and which is in time."""
    certificate, others = whole_cms.signer_of(cms)
    whole_cms.require_issued_by(certificate, others, authorities=asp.config().authorities, at=at)
    return certificate


def require_same_person(credential: Credential, certificate: bytes) -> None:
    """`Swapped` unless name, and identifier where one was registered, are those that the credential registered."""
    subject = whole_cms.subject_of(certificate)
    if not credential.subject_name or plain_name(subject.common_name) != plain_name(credential.subject_name):
        raise Swapped("The certificate is for somebody else.", code="signer-other-person")
    oid, known = credential.key_ref.get("subject_id", ""), credential.key_ref.get("subject_hash", "")
    if oid and not hmac.compare_digest(identifier_hash(oid, subject.identifiers.get(oid, "")), known):
        raise Swapped("The certificate is for somebody else of that name.", code="signer-other-person")


def identifier_hash(oid: str, value: str) -> str:
    """A subject's identifier, recognisable and not readable: keyed by the secret outside the database."""
    return hmac.new(custody.pepper(), f"esign-subject\x1f{oid}\x1f{value}".encode(), "sha256").hexdigest()


def plain_name(name: str) -> str:
    """For comparing names: no case, one blank between the words, nothing but letters, marks and digits."""
    text = unicodedata.normalize("NFKC", name).casefold()
    return " ".join("".join(c if unicodedata.category(c)[0] in "LMN" else " " for c in text).split())
