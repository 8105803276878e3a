"""Signed PDFs as programs of other makers write them, built at run time: nobody's file, nobody's key."""

from __future__ import annotations

import hashlib
import re
import zlib
from collections.abc import Callable
from datetime import UTC, datetime
from io import BytesIO
from typing import Any

from asn1crypto import algos, cms, core
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa, utils
from cryptography.x509.oid import NameOID
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.generic import pdf_name, pdf_string
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter

from signatures.engine import softkey
from tests.signatures.authority import letter, private_key

Writer = IncrementalPdfFileWriter
Change = Callable[[Writer], Any]
HOLE = 6000
_SIGNED_AT = cms.Time({"utc_time": datetime(2026, 1, 1, tzinfo=UTC)})


def key() -> rsa.RSAPrivateKey:
    found: softkey.PrivateKey = private_key("rsa-2048", "foreign")
    assert isinstance(found, rsa.RSAPrivateKey)
    return found


def certificate() -> asn1_x509.Certificate:
    """Self-made; SHA-256, because the library makes no weaker ones."""
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Somebody Elsewhere")])
    built = (
        x509.CertificateBuilder()
        .subject_name(name).issuer_name(name).public_key(key().public_key()).serial_number(4711)
        .not_valid_before(datetime(2020, 1, 1, tzinfo=UTC)).not_valid_after(datetime(2036, 1, 1, tzinfo=UTC))
        .sign(key(), hashes.SHA256())
    )  # fmt: skip
    return asn1_x509.Certificate.load(built.public_bytes(serialization.Encoding.DER))


def pkcs1(digest: bytes, algorithm: str) -> bytes:
    """RSA over a DigestInfo, made by hand so that MD5 works too."""
    kind: Any = {"md5": hashes.MD5, "sha1": hashes.SHA1, "sha256": hashes.SHA256}[algorithm]()
    return key().sign(digest, padding.PKCS1v15(), utils.Prehashed(kind))


def increment(pdf: bytes, change: Change) -> bytes:
    writer = Writer(BytesIO(pdf))
    change(writer)
    output = BytesIO()
    writer.write(output)
    return output.getvalue()


def signed(pdf: bytes, sub_filter: str, make: Callable[[bytes], bytes], *, name: str = "Theirs", **extra: Any) -> bytes:
    """`pdf` with a field signed by what `make` gives for the signed bytes."""

    def add(writer: Writer) -> None:
        value = writer.add_object(generic.DictionaryObject({
            pdf_name("/Type"): pdf_name("/Sig"), pdf_name("/Filter"): pdf_name("/Adobe.PPKLite"),
            pdf_name("/SubFilter"): pdf_name(sub_filter),
            pdf_name("/ByteRange"): generic.ArrayObject(map(generic.NumberObject, (0, 11111111, 22222222, 33333333))),
            pdf_name("/Contents"): generic.ByteStringObject(bytes(HOLE)),
            **{pdf_name(key): value for key, value in extra.items()},
        }))  # fmt: skip
        field = writer.add_object(generic.DictionaryObject({
            pdf_name("/FT"): pdf_name("/Sig"), pdf_name("/T"): pdf_string(name), pdf_name("/V"): value,
            pdf_name("/Type"): pdf_name("/Annot"), pdf_name("/Subtype"): pdf_name("/Widget"),
            pdf_name("/Rect"): generic.ArrayObject(map(generic.NumberObject, (0, 0, 0, 0))),
            pdf_name("/F"): generic.NumberObject(132),
        }))  # fmt: skip
        if "/AcroForm" in writer.root:
            writer.root["/AcroForm"]["/Fields"].append(field)
            writer.update_container(writer.root["/AcroForm"]["/Fields"])
        else:
            writer.root["/AcroForm"] = generic.DictionaryObject({
                pdf_name("/Fields"): generic.ArrayObject([field]), pdf_name("/SigFlags"): generic.NumberObject(3),
            })  # fmt: skip
            writer.update_root()

    return filled(increment(pdf, add), make)


def filled(pdf: bytes, make: Callable[[bytes], bytes]) -> bytes:
    """The placeholders of `signed` replaced."""
    at = re.search(rb"/Contents\s*<(0{%d})>" % (2 * HOLE), pdf)
    ranges = re.search(rb"\[\s*0\s+11111111\s+22222222\s+33333333\s*\]", pdf)
    assert at
    assert ranges
    first, second = at.start(1) - 1, at.end(1) + 1
    text = b"[0 %d %d %d" % (first, second, len(pdf) - second)
    text = text.ljust(len(ranges.group(0)) - 1) + b"]"
    pdf = pdf[: ranges.start()] + text + pdf[ranges.end() :]
    contents = make(pdf[:first] + pdf[second:]).hex().upper().encode().ljust(2 * HOLE, b"0")
    return pdf[: first + 1] + contents + pdf[second - 1 :]


def bare_rsa(data: bytes) -> bytes:
    """Contents of adbe.x509.rsa_sha1."""
    return core.OctetString(pkcs1(hashlib.sha1(data, usedforsecurity=False).digest(), "sha1")).dump()


def rsa_sha1(pdf: bytes) -> bytes:
    return signed(pdf, "/adbe.x509.rsa_sha1", bare_rsa, **{"/Cert": generic.ByteStringObject(certificate().dump())})


def envelope(
    content: bytes | None, data: bytes, algorithm: str, *, attributes: bool = True, reverse: bool = False,
    digest_oid: str | None = None,
) -> bytes:  # fmt: skip
    """A CMS over `content` (carried) or `data` (detached)."""
    over = data if content is None else content
    digest = hashlib.new(algorithm, over, usedforsecurity=False).digest()
    info: dict[str, Any] = {
        "version": "v1",
        "sid": cms.SignerIdentifier({"issuer_and_serial_number": {
            "issuer": certificate().issuer, "serial_number": certificate().serial_number,
        }}),
        "digest_algorithm": algos.DigestAlgorithm({"algorithm": digest_oid or algorithm}),
        "signature_algorithm": algos.SignedDigestAlgorithm({"algorithm": "rsassa_pkcs1v15"}),
    }  # fmt: skip
    if attributes:
        rows = [
            cms.CMSAttribute({"type": "content_type", "values": ["data"]}),
            cms.CMSAttribute({"type": "message_digest", "values": [digest]}),
            cms.CMSAttribute({"type": "signing_time", "values": [_SIGNED_AT]}),
        ]
        ordered = sorted((row.dump() for row in rows), reverse=reverse)
        body = b"".join(ordered)
        head = bytes([len(body)]) if len(body) < 128 else b"\x81" + bytes([len(body)])
        info["signed_attrs"] = cms.CMSAttributes.load(b"\x31" + head + body)
        digest = hashlib.new(algorithm, b"\x31" + head + body, usedforsecurity=False).digest()
    info["signature"] = pkcs1(digest, algorithm)
    inner: dict[str, Any] = {"content_type": "data"} | ({} if content is None else {"content": content})
    signed_data = cms.SignedData({
        "version": "v1", "digest_algorithms": [{"algorithm": digest_oid or algorithm}], "encap_content_info": inner,
        "certificates": [certificate()], "signer_infos": [info],
    })  # fmt: skip
    return cms.ContentInfo({"content_type": "signed_data", "content": signed_data}).dump()


def pkcs7_sha1(pdf: bytes) -> bytes:
    def make(data: bytes) -> bytes:
        return envelope(hashlib.sha1(data, usedforsecurity=False).digest(), data, "sha1")

    return signed(pdf, "/adbe.pkcs7.sha1", make)


def detached(pdf: bytes, algorithm: str = "sha256", name: str = "Theirs", **how: Any) -> bytes:
    return signed(pdf, "/adbe.pkcs7.detached", lambda data: envelope(None, data, algorithm, **how), name=name)


def hybrid() -> bytes:
    """A paper with two tables of contents, as Word writes it: the page's text is found by the newer one alone."""
    objects = {
        1: b"<</Type/Catalog/Pages 2 0 R>>",
        2: b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        3: b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Resources<<>>/Contents 4 0 R>>",
        4: b"<</Length 24>>stream\n0 0 1 rg 72 700 90 9 re f\nendstream",
    }
    pdf, places = b"%PDF-1.5\n", {}
    for number, body in objects.items():
        places[number] = len(pdf)
        pdf += b"%d 0 obj" % number + body + b"endobj\n"
    rows = zlib.compress(b"\x01" + places[4].to_bytes(3, "big") + b"\x00")
    stream_at = len(pdf)
    pdf += b"5 0 obj<</Type/XRef/Size 6/Index[4 1]/W[1 3 1]/Root 1 0 R/Filter/FlateDecode/Length %d>>stream\n" % len(
        rows
    )
    pdf += rows + b"\nendstream endobj\n"
    table = len(pdf)
    pdf += b"xref\n0 6\n0000000000 65535 f \n"
    pdf += b"".join(b"%010d 00000 n \n" % places[number] for number in (1, 2, 3))
    pdf += b"0000000000 65535 f \n%010d 00000 n \n" % stream_at
    return pdf + b"trailer<</Size 6/Root 1 0 R/XRefStm %d>>\nstartxref\n%d\n%%%%EOF\n" % (stream_at, table)


def paper() -> bytes:
    return letter()
