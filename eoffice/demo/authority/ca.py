"""A root, an issuing authority below it, and what they issue and revoke; kept as files in one folder."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import AuthorityInformationAccessOID, ExtendedKeyUsageOID, NameOID

PublicKey = rsa.RSAPublicKey | ec.EllipticCurvePublicKey
PrivateKey = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey

LABEL: Final = "DEMO"
ORGANISATION: Final = "DEMO e-Office (training, no legal effect)"
_NAME_MAX: Final = 64  # X.520 ub-common-name
# 2.999 is the arc that ITU-T X.660 keeps for examples.
POLICY: Final = x509.ObjectIdentifier("2.999.356.1")
ANY_POLICY: Final = x509.ObjectIdentifier("2.5.29.32.0")
_AUTHORITIES: Final = ("root", "issuing", "ocsp", "tsa")
_YEARS_BACK, _YEARS_AHEAD = 3, 10


@dataclass(frozen=True)
class Issued:
    """A certificate with the chain that a signer embeds (issuing authority; not the root)."""

    certificate: bytes
    chain: tuple[bytes, ...]


class Authority:
    """The authority of one data folder, which processes may share.

    Files are written whole and never changed, but for the list of revoked certificates, which is replaced atomically
    and read anew on each answer.
    """

    def __init__(self, folder: Path, base_url: str) -> None:
        self.folder = folder
        self.base_url = base_url
        self.certificates: dict[str, x509.Certificate] = {}
        self.keys: dict[str, PrivateKey] = {}
        for name in _AUTHORITIES:
            self.certificates[name] = x509.load_pem_x509_certificate((folder / f"{name}.pem").read_bytes())
            key = serialization.load_pem_private_key(
                (folder / f"{name}.key").read_bytes(), password=None, unsafe_skip_rsa_key_validation=True
            )
            assert isinstance(key, rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey)
            self.keys[name] = key

    @classmethod
    def open(cls, folder: Path, *, base_url: str = "", now: datetime | None = None) -> Authority:
        """The authority of `folder`, made now if there is none. `base_url` is burnt into the certificates it issues."""
        marker = folder / "authority.json"
        if not marker.exists():
            if not base_url:
                raise ValueError(f"There is no demo authority in {folder} and no address was given to make one.")
            _make(folder, base_url.rstrip("/"), now or datetime.now(UTC))
        return cls(folder, json.loads(marker.read_text())["base_url"])

    def issue_officer(
        self, public_key: PublicKey, *, name: str, designation: str = "", unit: str = "", email: str = "",
        not_before: datetime | None = None, not_after: datetime | None = None,
    ) -> Issued:  # fmt: skip
        """A signing certificate for a person; names may be in either script, and DEMO is added to them."""
        subject = [
            x509.NameAttribute(NameOID.COUNTRY_NAME, "IN"),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, ORGANISATION),
            *([_part(NameOID.ORGANIZATIONAL_UNIT_NAME, unit)] if unit else []),
            *([_part(NameOID.TITLE, designation)] if designation else []),
            _part(NameOID.COMMON_NAME, name, f" ({LABEL})"),
        ]
        extra: list[tuple[x509.ExtensionType, bool]] = []
        if email:
            extra.append((x509.SubjectAlternativeName([x509.RFC822Name(email)]), False))
        return self._leaf(
            public_key, x509.Name(subject), [ExtendedKeyUsageOID.EMAIL_PROTECTION], extra,
            not_before=not_before, not_after=not_after,
        )  # fmt: skip

    def issue_seal(self, public_key: PublicKey, *, instance: str, not_before: datetime | None = None) -> Issued:
        """The certificate of an instance's seal (design 4): signs the daily root of the ledger, never a paper."""
        subject = _name(f"{instance[:20]} instance seal ({LABEL})")
        return self._leaf(public_key, subject, [ExtendedKeyUsageOID.EMAIL_PROTECTION], [], not_before=not_before)

    def issue_for_request(
        self, request: bytes, *, name: str, designation: str = "", unit: str = "", not_before: datetime | None = None
    ) -> Issued:
        """The same for a PKCS#10 request (DER or PEM); the request proves possession of the key."""
        load = x509.load_pem_x509_csr if request.lstrip().startswith(b"-----") else x509.load_der_x509_csr
        csr = load(request)
        key = csr.public_key()
        if not csr.is_signature_valid or not isinstance(key, rsa.RSAPublicKey | ec.EllipticCurvePublicKey):
            raise ValueError("The certificate request is not signed by its own RSA or ECDSA key.")
        return self.issue_officer(key, name=name, designation=designation, unit=unit, not_before=not_before)

    def revoke(self, serial: int, *, at: datetime | None = None, reason: str = "key_compromise") -> None:
        """From `at` on, OCSP and the list of revoked certificates say so."""
        moment = (at or datetime.now(UTC)).replace(microsecond=0)
        revoked = {**self.revoked(), serial: (moment, x509.ReasonFlags[reason])}
        rows = {format(number, "x"): [when.isoformat(), flag.name] for number, (when, flag) in revoked.items()}
        _write(self.folder / "revoked.json", json.dumps(rows, indent=1).encode())

    def revoke_certificate(self, der: bytes, *, at: datetime | None = None, reason: str = "key_compromise") -> None:
        self.revoke(x509.load_der_x509_certificate(der).serial_number, at=at, reason=reason)

    def revoked(self) -> dict[int, tuple[datetime, x509.ReasonFlags]]:
        path = self.folder / "revoked.json"
        rows = json.loads(path.read_text()) if path.exists() else {}
        return {
            int(number, 16): (datetime.fromisoformat(when), x509.ReasonFlags[flag])
            for number, (when, flag) in rows.items()
        }

    def knows(self, serial: int) -> bool:
        """Whether this serial was ever issued; OCSP answers 'unknown' for any other."""
        return (self.folder / "issued" / format(serial, "x")).exists()

    def root_pem(self) -> bytes:
        return self.certificates["root"].public_bytes(serialization.Encoding.PEM)

    def der(self, name: str) -> bytes:
        return self.certificates[name].public_bytes(serialization.Encoding.DER)

    def install_trust(self, trust_folder: Path) -> Path:
        """Put the demo root where the instance looks for the roots it trusts (EOFFICE_TRUST_DIR)."""
        target = trust_folder / "demo-root.pem"
        _write(target, self.root_pem())
        return target

    def _leaf(
        self, public_key: PublicKey, subject: x509.Name, usages: list[x509.ObjectIdentifier],
        extra: Iterable[tuple[x509.ExtensionType, bool]], *,
        not_before: datetime | None = None, not_after: datetime | None = None,
    ) -> Issued:  # fmt: skip
        start = not_before or datetime.now(UTC) - timedelta(days=1)
        usage = _usage(digital_signature=True, content_commitment=True)
        certificate = _sign(
            subject, public_key, issuer=self.certificates["issuing"], issuer_key=self.keys["issuing"],
            not_before=start, not_after=not_after or start + timedelta(days=2 * 365),
            extensions=[
                (x509.BasicConstraints(ca=False, path_length=None), True),
                (usage, True),
                (x509.ExtendedKeyUsage(usages), False),
                *_where_to_ask(self.base_url, "issuing", ocsp=True),
                # pdfsig calls a certificate without EKU and policies "unknown issue" (signing.md section 2).
                (x509.CertificatePolicies([x509.PolicyInformation(POLICY, None)]), False),
                *extra,
            ],
        )  # fmt: skip
        _remember(self.folder, certificate)
        return Issued(certificate.public_bytes(serialization.Encoding.DER), (self.der("issuing"),))


def _make(folder: Path, base_url: str, now: datetime) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "issued").mkdir(exist_ok=True)
    start, end = now - timedelta(days=365 * _YEARS_BACK), now + timedelta(days=365 * _YEARS_AHEAD)
    ca = (x509.BasicConstraints(ca=True, path_length=None), True)
    signs_certificates = (_usage(key_cert_sign=True, crl_sign=True), True)
    any_policy = (x509.CertificatePolicies([x509.PolicyInformation(ANY_POLICY, None)]), False)
    policy = (x509.CertificatePolicies([x509.PolicyInformation(POLICY, None)]), False)
    signs = (_usage(digital_signature=True), True)
    plans: dict[str, tuple[str, str, list[tuple[x509.ExtensionType, bool]]]] = {
        "root": (f"{LABEL} Root Authority", "root", [ca, signs_certificates]),
        "issuing": (
            f"{LABEL} Issuing Authority", "root",
            [(x509.BasicConstraints(ca=True, path_length=0), True), signs_certificates, any_policy,
             *_where_to_ask(base_url, "root", ocsp=False)],
        ),
        "ocsp": (
            f"{LABEL} Revocation Responder", "issuing",
            [signs, policy, (x509.ExtendedKeyUsage([ExtendedKeyUsageOID.OCSP_SIGNING]), False),
             (x509.OCSPNoCheck(), False)],
        ),
        "tsa": (
            f"{LABEL} Time Authority", "issuing",
            [signs, policy, (x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING]), True),
             *_where_to_ask(base_url, "issuing", ocsp=True)],
        ),
    }  # fmt: skip
    made: dict[str, tuple[x509.Certificate | None, PrivateKey]] = {}
    for name, (common_name, issuer, extensions) in plans.items():
        key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        issuer_certificate, issuer_key = made.get(issuer, (None, key))
        certificate = _sign(
            _name(common_name), key.public_key(), issuer=issuer_certificate, issuer_key=issuer_key,
            not_before=start, not_after=end, extensions=extensions,
        )  # fmt: skip
        made[name] = (certificate, key)
        _write(folder / f"{name}.pem", certificate.public_bytes(serialization.Encoding.PEM))
        pem = key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        _write(folder / f"{name}.key", pem)
        _remember(folder, certificate)
    _write(folder / "authority.json", json.dumps({"base_url": base_url}).encode())


def _part(kind: x509.ObjectIdentifier, value: str, ending: str = "") -> x509.NameAttribute[str]:
    """One part of a name, cut to what fits with its ending.

    X.520 counts characters, but the library counts bytes, of which a Devanagari letter takes three.
    """
    room = _NAME_MAX - len(ending.encode())
    return x509.NameAttribute(kind, value.encode()[:room].decode(errors="ignore").rstrip() + ending)


def _name(common_name: str) -> x509.Name:
    return x509.Name(
        [
            x509.NameAttribute(NameOID.COUNTRY_NAME, "IN"),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, ORGANISATION),
            _part(NameOID.COMMON_NAME, common_name),
        ]
    )


def _where_to_ask(base_url: str, issuer: str, *, ocsp: bool) -> list[tuple[x509.ExtensionType, bool]]:
    access = [(AuthorityInformationAccessOID.CA_ISSUERS, f"{base_url}/ca/{issuer}.crt")]
    if ocsp:
        access.insert(0, (AuthorityInformationAccessOID.OCSP, f"{base_url}/ocsp"))
    descriptions = [x509.AccessDescription(method, x509.UniformResourceIdentifier(url)) for method, url in access]
    point = x509.DistributionPoint([x509.UniformResourceIdentifier(f"{base_url}/crl/{issuer}.crl")], None, None, None)
    return [(x509.AuthorityInformationAccess(descriptions), False), (x509.CRLDistributionPoints([point]), False)]


def _usage(**wanted: bool) -> x509.KeyUsage:
    names = (
        "digital_signature", "content_commitment", "key_encipherment", "data_encipherment", "key_agreement",
        "key_cert_sign", "crl_sign", "encipher_only", "decipher_only",
    )  # fmt: skip
    return x509.KeyUsage(**{name: wanted.get(name, False) for name in names})


def _sign(
    subject: x509.Name, public_key: PublicKey, *, issuer: x509.Certificate | None, issuer_key: PrivateKey,
    not_before: datetime, not_after: datetime, extensions: Iterable[tuple[x509.ExtensionType, bool]],
) -> x509.Certificate:  # fmt: skip
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer.subject if issuer else subject)
        .public_key(public_key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(not_before)
        .not_valid_after(not_after)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public_key), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key.public_key()), critical=False)
    )
    for extension, critical in extensions:
        builder = builder.add_extension(extension, critical=critical)
    return builder.sign(issuer_key, hashes.SHA256())


def _remember(folder: Path, certificate: x509.Certificate) -> None:
    _write(
        folder / "issued" / format(certificate.serial_number, "x"), certificate.public_bytes(serialization.Encoding.PEM)
    )


def _write(path: Path, content: bytes) -> None:
    """Whole or not at all, readable by the owner alone."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent)
    with os.fdopen(handle, "wb") as file:
        file.write(content)
    Path(name).replace(path)
