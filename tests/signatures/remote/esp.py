"""A local gateway that plays the licensed eSign provider, for tests alone: it gives whatever name it is told.

`Provider` answers signed requests as the eSign API 2.1 shapes them; `python -m tests.signatures.remote.esp` serves
it as a process of its own, with the page on which a real provider asks for the one-time password.
"""

from __future__ import annotations

import html
import json
import sys
from base64 import b64encode
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from socketserver import ThreadingMixIn
from typing import Any
from urllib.parse import parse_qs
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server
from zoneinfo import ZoneInfo

from asn1crypto import algos, cms, tsp
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from lxml import etree
from signxml.signer import XMLSigner
from signxml.verifier import SignatureConfiguration, XMLVerifier

from eoffice.demo.authority import Authority

IST = ZoneInfo("Asia/Kolkata")
Name = x509.Name


@dataclass
class Provider:
    """The provider's keys, the ASP that it knows, and the person who signs there. Tests bend single points of it."""

    authority: Authority
    asp: x509.Certificate
    name: str = "Meera Krishnan"
    identifier: str = "a-stable-number"
    ess: bool = False
    key: rsa.RSAPrivateKey = field(default_factory=lambda: rsa.generate_private_key(65537, 2048))
    certificate: x509.Certificate = field(init=False)
    seen: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.certificate = self_signed(self.key, "TEST eSign provider")

    # -- what a provider does

    def accept(self, sent: bytes) -> etree._Element:
        """The request, if it is the ASP's, unseen so far and of now."""
        root = (
            XMLVerifier()
            .verify(sent, x509_cert=self.asp, expect_config=SignatureConfiguration(location="./"))
            .signed_xml
        )
        assert root is not None
        assert (root.tag, root.get("ver"), root.get("sc")) == ("Esign", "2.1", "Y")
        assert root.get("ekycId") == ""
        txn = root.get("txn") or ""
        assert txn not in self.seen
        self.seen.add(txn)
        return root

    def issue(self, public_key: Any, **extra: Any) -> tuple[bytes, tuple[bytes, ...]]:
        """A certificate for half an hour, as eSign certificates are."""
        name = Name(
            [
                x509.NameAttribute(NameOID.COUNTRY_NAME, "IN"),
                x509.NameAttribute(NameOID.PSEUDONYM, sha256(str(datetime.now(UTC)).encode()).hexdigest()),
                x509.NameAttribute(NameOID.SERIAL_NUMBER, self.identifier),
                x509.NameAttribute(NameOID.COMMON_NAME, self.name),
            ]
        )
        start = datetime.now(UTC).replace(microsecond=0)
        times = {"not_before": start, "not_after": start + timedelta(minutes=30)} | extra
        issued = self.authority._leaf(public_key, name, [ExtendedKeyUsageOID.EMAIL_PROTECTION], [], **times)
        return issued.certificate, issued.chain

    def sign(self, digests: dict[str, str], **extra: Any) -> tuple[bytes, dict[str, bytes]]:
        """One fresh key and certificate for the whole request, and a CMS for each hash (hexadecimal)."""
        key = ec.generate_private_key(ec.SECP256R1())
        certificate, chain = self.issue(key.public_key(), **extra)
        return certificate, {
            place: detached(bytes.fromhex(digest), key, certificate, chain, ess=self.ess)
            for place, digest in digests.items()
        }

    def answer(self, root: etree._Element, **bent: Any) -> bytes:
        """The signed answer to an accepted request; `bent` overrides attributes of the answer."""
        digests = {str(one.get("id")): str(one.text) for one in root.iter("InputHash")}
        certificate, signatures = self.sign(digests)
        return self.signed(response(str(root.get("txn")), certificate, signatures, **bent))

    def refusal(self, root: etree._Element, code: str = "ESP-991") -> bytes:
        """The officer gave up there, or typed the wrong password too often."""
        return self.signed(
            etree.Element(
                "EsignResp", status="0", ts=now(), txn=str(root.get("txn")), resCode="r", errCode=code,
                errMsg="Transaction cancelled by MEERA KRISHNAN XXXXXXXX1234",
            )
        )  # fmt: skip

    def signed(self, root: etree._Element) -> bytes:
        signer = XMLSigner(c14n_algorithm="http://www.w3.org/TR/2001/REC-xml-c14n-20010315")
        return etree.tostring(signer.sign(root, key=self.key, cert=[self.certificate]))


def now(shift: timedelta = timedelta()) -> str:
    return (datetime.now(UTC) + shift).astimezone(IST).strftime("%Y-%m-%dT%H:%M:%S")


def response(txn: str, certificate: bytes, signatures: dict[str, bytes], **bent: Any) -> etree._Element:
    attributes = {"status": "1", "ts": now(), "txn": txn, "resCode": "code", "errCode": "", "errMsg": ""} | bent
    root = etree.Element("EsignResp", attributes)
    etree.SubElement(root, "UserX509Certificate").text = b64encode(certificate).decode()
    inside = etree.SubElement(root, "Signatures")
    for place, der in signatures.items():
        one = etree.SubElement(inside, "DocSignature", id=place, sigHashAlgorithm="SHA256", error="")
        one.text = b64encode(der).decode()
    return root


def detached(digest: bytes, key: Any, certificate: bytes, chain: Iterable[bytes], *, ess: bool = False) -> bytes:
    """A detached CMS over a digest, as providers make it: with the time of signing, mostly without ESS attribute."""
    loaded = asn1_x509.Certificate.load(certificate)
    attributes = [
        cms.CMSAttribute({"type": "content_type", "values": ["data"]}),
        cms.CMSAttribute({"type": "message_digest", "values": [digest]}),
        cms.CMSAttribute({"type": "signing_time", "values": [cms.Time({"utc_time": datetime.now(UTC)})]}),
    ]
    if ess:
        named = tsp.ESSCertIDv2({"cert_hash": sha256(certificate).digest()})
        attributes[2] = cms.CMSAttribute(
            {"type": "signing_certificate_v2", "values": [tsp.SigningCertificateV2({"certs": [named]})]}
        )
    signed = cms.CMSAttributes(attributes)
    raw = key.sign(signed.dump(), ec.ECDSA(hashes.SHA256()))
    signer = cms.SignerInfo(
        {
            "version": "v1",
            "sid": cms.SignerIdentifier(
                "issuer_and_serial_number",
                cms.IssuerAndSerialNumber({"issuer": loaded.issuer, "serial_number": loaded.serial_number}),
            ),
            "digest_algorithm": algos.DigestAlgorithm({"algorithm": "sha256"}),
            "signed_attrs": signed,
            "signature_algorithm": algos.SignedDigestAlgorithm({"algorithm": "sha256_ecdsa"}),
            "signature": raw,
        }
    )
    return cms.ContentInfo(
        {
            "content_type": "signed_data",
            "content": cms.SignedData(
                {
                    "version": "v1",
                    "digest_algorithms": [algos.DigestAlgorithm({"algorithm": "sha256"})],
                    "encap_content_info": {"content_type": "data"},
                    "certificates": [loaded, *(asn1_x509.Certificate.load(one) for one in chain)],
                    "signer_infos": [signer],
                }
            ),
        }
    ).dump()


def self_signed(key: rsa.RSAPrivateKey, name: str, *, days: int = 365) -> x509.Certificate:
    at = datetime.now(UTC)
    subject = Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(at - timedelta(days=1))
        .not_valid_after(at + timedelta(days=days))
        .sign(key, hashes.SHA256())
    )


# -- the same as a process of its own


class Site:
    """The provider's pages: the ASP's form arrives, the person types the one-time password, the browser goes back."""

    OTP = "246810"

    def __init__(self, provider: Provider) -> None:
        self.provider = provider
        self.waiting: dict[str, etree._Element] = {}

    def __call__(self, environ: dict[str, Any], start: Callable[..., Any]) -> list[bytes]:
        length = int(environ.get("CONTENT_LENGTH") or 0)
        form = {name: values[0] for name, values in parse_qs(environ["wsgi.input"].read(length).decode()).items()}
        if environ["PATH_INFO"] == "/signdoc":
            root = self.provider.accept(form["eSignRequest"].encode())
            txn = str(root.get("txn"))
            assert form["aspTxnID"] == txn
            self.waiting[txn] = root
            hashes_shown = "".join(f"<li>{html.escape(str(one.get('docInfo')))}</li>" for one in root.iter("InputHash"))
            page = (
                f"<h1>TEST gateway, no eSign</h1><ul>{hashes_shown}</ul><form action=/otp method=post>"
                f"<input type=hidden name=txn value={txn}><input name=otp><button>Sign</button></form>"
            )
        else:
            root = self.waiting.pop(form["txn"])
            good = form["otp"] == self.OTP
            answer = self.provider.answer(root) if good else self.provider.refusal(root)
            page = (
                f"<form id=back action='{html.escape(str(root.get('responseUrl')))}' method=post>"
                f"<input name=eSignResponse value='{html.escape(answer.decode())}'>"
                f"<input name=espTxnID value=esp-1><button>Back</button></form>"
            )
        start("200 OK", [("Content-Type", "text/html; charset=utf-8")])
        return [page.encode()]


class _Server(ThreadingMixIn, WSGIServer):
    """A browser keeps spare connections open; they must not hold up the next caller."""

    daemon_threads = True


class _Quiet(WSGIRequestHandler):
    def log_message(self, *_args: Any) -> None:
        """Nothing: a test reads what the process prints."""


def main(authority: Path, asp: Path, name: str, provider: Path) -> None:
    """Serve on a free port, after saying port and certificate on the first line."""
    loaded = x509.load_pem_x509_certificate(asp.read_bytes())
    played = Provider(Authority.open(authority), loaded, name=name)
    provider.write_bytes(played.certificate.public_bytes(serialization.Encoding.PEM))
    server = make_server("127.0.0.1", 0, Site(played), server_class=_Server, handler_class=_Quiet)
    sys.stdout.write(json.dumps({"port": server.server_port}) + "\n")
    sys.stdout.flush()
    server.serve_forever()


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3], Path(sys.argv[4]))
