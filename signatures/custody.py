"""What lies outside the database: pepper, trusted roots, time authorities, the seal's key."""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import partial
from pathlib import Path

from asn1crypto import pem
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID
from django.conf import settings
from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy as _

from employee_master.models import Employee
from eoffice.core.errors import NotAvailable
from signatures.engine.certificates import CertificateFacts, facts_of_der
from signatures.engine.seal import SealKey, load_key
from signatures.engine.softkey import PEPPER_MIN_BYTES
from signatures.engine.time_authority import TimeAuthority, over_http
from signatures.engine.trust import Trust
from signatures.models import Credential

Issue = Callable[[bytes], tuple[bytes, tuple[bytes, ...]]]
"""Gives certificate and chain (DER) for a PKCS#10 request (DER): a certifying authority, or its counter."""


def issuer(employee: Employee) -> Issue | None:
    """How the employee's certificate is had: EOFFICE_CREDENTIAL_ISSUER names a callable of (employee, request).

    None where the instance is connected with no certifying authority.
    """
    if not settings.CREDENTIAL_ISSUER:
        return None
    issue: Issue = partial(import_string(settings.CREDENTIAL_ISSUER), employee)
    return issue


def pepper() -> bytes:
    """The secret of this machine without which no PIN opens a key. Made once, before the first key; never replaced.

    `NotAvailable` when it is missing although keys exist: a new one would make every PIN wrong.
    """
    path = Path(settings.PEPPER_FILE)
    if not path.exists():
        if Credential.objects.exclude(wrapped_key={}).exists():
            raise _pepper_gone()
        _write_new(path, os.urandom(PEPPER_MIN_BYTES))
    secret = path.read_bytes()
    if len(secret) < PEPPER_MIN_BYTES:
        raise _pepper_gone()
    return secret


def _pepper_gone() -> NotAvailable:
    return NotAvailable(
        "pepper_missing",
        _("The signing keys of this instance can't be opened now: a file outside the database is missing."),
        _("The operator must restore the file named by EOFFICE_PEPPER_FILE from its own backup."),
    )


def _write_new(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return
    with os.fdopen(handle, "wb") as file:
        file.write(content)


def trust() -> Trust:
    """The roots of EOFFICE_TRUST_DIR, read anew each time: an operator may add one while the program runs."""
    return Trust.from_folders(Path(settings.TRUST_DIR))


def time_authority() -> TimeAuthority | None:
    """The configured time authorities in their order; None where the instance has none (design 6, levels)."""
    return over_http(settings.TSA_URLS) if settings.TSA_URLS else None


def seal_key() -> SealKey:
    """The instance's seal from EOFFICE_SEAL_DIR: `seal.key` (PEM) and `seal.pem` (certificate, then its chain)."""
    folder = Path(settings.SEAL_DIR)
    try:
        key, certificates = (folder / "seal.key").read_bytes(), (folder / "seal.pem").read_bytes()
        chain = [der for _kind, _headers, der in pem.unarmor(certificates, multiple=True)]
        return load_key(key, chain[0], chain[1:])
    except (OSError, ValueError, IndexError) as error:
        raise NotAvailable(
            "seal_key_missing",
            _("The seal of this instance can't be used, so the day's records are not sealed yet."),
            _("The operator must put seal.key and seal.pem into the folder named by EOFFICE_SEAL_DIR."),
        ) from error


def seal_key_store(*, key_pem: bytes, certificate: bytes, chain: tuple[bytes, ...]) -> None:
    """Put the seal where `seal_key` looks for it; an existing one is left alone. For setting up an instance."""
    folder = Path(settings.SEAL_DIR)
    _write_new(folder / "seal.key", key_pem)
    _write_new(folder / "seal.pem", b"".join(pem.armor("CERTIFICATE", der) for der in (certificate, *chain)))


SEAL_KEY_BITS = 3072


def seal_key_new() -> Path:
    """Make the seal's key (never over an existing one) and the request for its certificate; where the request lies.

    `FileExistsError` when there is a key: what it has sealed is proven by its certificate, so it is kept.
    """
    folder = Path(settings.SEAL_DIR)
    if (folder / "seal.key").exists():
        raise FileExistsError(str(folder / "seal.key"))
    key = rsa.generate_private_key(public_exponent=65537, key_size=SEAL_KEY_BITS)
    pem_key = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    _write_new(folder / "seal.key", pem_key)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, f"{settings.INSTANCE_CODE[:20]} instance seal")])
    request = x509.CertificateSigningRequestBuilder().subject_name(name).sign(key, hashes.SHA256())
    (folder / "seal.csr").write_bytes(request.public_bytes(serialization.Encoding.PEM))
    return folder / "seal.csr"


def seal_certificate_put(certificates: list[bytes]) -> CertificateFacts:
    """Put certificate and chain (DER, the seal's own first) beside the key, in place of an older certificate.

    `ValueError` or `EngineError` when it is unreadable or not that of the key; then nothing has changed.
    """
    folder = Path(settings.SEAL_DIR)
    load_key((folder / "seal.key").read_bytes(), certificates[0], certificates[1:])
    facts = facts_of_der(certificates[0])
    new = folder / "seal.pem.new"
    new.write_bytes(b"".join(pem.armor("CERTIFICATE", der) for der in certificates))
    new.replace(folder / "seal.pem")
    return facts
