"""What lies in the hole of a signature: a CMS (or a bare RSA signature), its signer, and whether all of it is sound.

Read for itself and not through pyHanko's validator, which refuses forms that genuine programs write: a bare PKCS#1
signature (adbe.x509.rsa_sha1), MD5, a signature's OID where the digest's belongs, attributes in the order in which they
were signed. What is refused here is what no honest program writes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any, Final

from asn1crypto import cms, core, crl, parser, tsp, x509
from cryptography import x509 as pyca
from cryptography.hazmat.primitives.asymmetric import rsa
from pyhanko.sign.general import find_unique_cms_attribute

from signatures.engine import certificates, mathematics
from signatures.engine.errors import CannotPrepare
from signatures.engine.reading import UNREADABLE

Digest = Callable[[str], bytes]
"""The digest of the signed bytes of the file by the algorithm of that name."""

_CHAIN_MAX: Final = 30
_NESTED_MAX: Final = 60
_VERSIONS: Final = {"v1", "v2", "v3", "v4", "v5"}
_SET: Final = b"\x31"
_STAMP_OID: Final = "signature_time_stamp_token"
# Where unsigned attributes come from: PKCS#9 and CAdES, Adobe, makers of software, ETSI.
_ATTRIBUTES: Final = ("1.2.840.113549.1.9.", "1.2.840.113583.", "1.3.6.1.4.1.", "0.4.0.")


class SignerUnknown(ValueError):
    """There is no certificate with which the signature could be checked: nothing is wrong, and nothing is proven."""


@dataclass(frozen=True)
class Envelope:
    """The parsed content of one hole. `signed` and `signer_info` are None for a bare RSA signature."""

    signer: x509.Certificate
    certificates: tuple[x509.Certificate, ...]
    padding: bytes
    signed: cms.SignedData | None = None
    signer_info: cms.SignerInfo | None = None
    bare: bytes = b""
    oddities: tuple[str, ...] = field(default=())


def open_envelope(
    contents: bytes, sub_filter: str, given: Iterable[bytes] = (), known: Iterable[x509.Certificate] = ()
) -> Envelope:
    """Parsed; one of `UNREADABLE` when it can't be. `given`: the certificates of /Cert; `known`: those of the DSS."""
    if sub_filter == "/adbe.x509.rsa_sha1":
        chain = tuple(certificates.load(der) for der in given)
        value = core.OctetString.load(contents)
        bare = value.native
        return Envelope(chain[0], chain, contents[len(value.dump()) :], bare=bare)
    length = parser.peek(contents)
    info = cms.ContentInfo.load(contents[:length])
    signed = info["content"]
    if not isinstance(signed, cms.SignedData):
        raise TypeError("no SignedData")
    (signer_info,) = signed["signer_infos"]
    embedded, oddities = [], []
    for choice in signed["certificates"] if signed["certificates"] is not core.VOID else ():
        if choice.name != "certificate":
            continue
        certificate = _certificate(choice.chosen.dump())
        if certificate is None:
            oddities.append("certificate-damaged")
        else:
            embedded.append(certificate)
    signer = _signer(signer_info, [*embedded, *known])
    if not _is_filled(contents[:length]):
        oddities.append("contents-labels")
    return Envelope(signer, tuple(embedded), contents[length:], signed, signer_info, oddities=tuple(oddities))


def _certificate(der: bytes) -> x509.Certificate | None:
    """None for a damaged one. Authorities put names into certificates that only one of two libraries can spell out."""
    try:
        return certificates.load(der)
    except CannotPrepare:
        try:
            pyca.load_der_x509_certificate(der).public_key()
            return x509.Certificate.load(der, strict=True)
        except UNREADABLE:
            return None


def _same_name(one: x509.Name, other: x509.Name) -> bool:
    try:
        return bool(one.dump() == other.dump() or one.native == other.native)
    except UNREADABLE:
        return False


def _signer(info: cms.SignerInfo, candidates: list[x509.Certificate]) -> x509.Certificate:
    """The certificate that the signer information names, by its number or its key.

    The issuer's name is not compared: programs write it in other kinds of strings. Of two with one number the first
    whose name fits is taken; a wrong one would fail by its key and by the attribute that holds its hash.
    """
    sid = info["sid"]
    if sid.name == "issuer_and_serial_number":
        number, issuer = sid.chosen["serial_number"].native, sid.chosen["issuer"].dump()
        fitting = [one for one in candidates if one.serial_number == number]
        fitting.sort(key=lambda one: one.issuer.dump() != issuer)
    else:
        fitting = [one for one in candidates if one.key_identifier == sid.chosen.native]
    if not fitting:
        raise SignerUnknown("the signer's certificate is not there")
    return fitting[0]


def faults(envelope: Envelope, digest: Digest, *, is_stamp: bool, sub_filter: str) -> list[str]:
    """Codes of what is wrong with the digest or the signature; none when both are right."""
    if envelope.signer_info is None or envelope.signed is None:
        return _bare_faults(envelope, digest)
    info = envelope.signer_info
    hint = mathematics.digest_name(info["digest_algorithm"])
    content = envelope.signed["encap_content_info"]["content"]
    held: bytes | None = None if content is core.VOID or content is None else _content_bytes(content)
    if is_stamp:
        wrong = _stamp_faults(content, digest)
    elif sub_filter == "/adbe.pkcs7.sha1":
        wrong = [] if held == digest("sha1") else ["digest-differs"]
    else:
        # A detached signature has no content of its own; where one is there it must say the same (seen: empty ones).
        wrong = []
        held = None
    codes = list(wrong)
    attributes = info["signed_attrs"]
    if attributes is core.VOID or not len(attributes):
        return codes + _direct_faults(envelope, digest, held, hint)
    return codes + _attribute_faults(envelope, digest, held, hint)


def _content_bytes(content: Any) -> bytes:
    value = content.native if isinstance(content, core.OctetString) else None
    if isinstance(content, core.ParsableOctetString):
        value = bytes(content)
    return value if isinstance(value, bytes) else content.parsed.dump()


def _stamp_faults(content: Any, digest: Digest) -> list[str]:
    info = content.parsed
    if not isinstance(info, tsp.TSTInfo):
        return ["signature-malformed"]
    imprint = info["message_imprint"]
    right = imprint["hashed_message"].native == digest(mathematics.digest_name(imprint["hash_algorithm"]))
    return [] if right else ["digest-differs"]


def _direct_faults(envelope: Envelope, digest: Digest, held: bytes | None, hint: str) -> list[str]:
    """Without signed attributes the signature is over the content, or over the file itself."""
    info = envelope.signer_info
    assert info is not None
    signature = info["signature"].native
    key = envelope.signer.public_key
    if held is not None:
        right = mathematics.is_right(key, info["signature_algorithm"], signature, held, hint)
        return [] if right else ["signature-wrong"]
    public = mathematics.public_key(envelope.signer)
    if isinstance(public, rsa.RSAPublicKey) and info["signature_algorithm"]["algorithm"].native != "rsassa_pss":
        found = mathematics.recovered_digest(public, signature)
        if found is None:
            return ["signature-wrong"]
        return [] if found[1] == digest(found[0]) else ["digest-differs"]
    data = digest("")
    right = mathematics.is_right(key, info["signature_algorithm"], signature, data, hint)
    return [] if right else ["signature-wrong"]


def _attribute_faults(envelope: Envelope, digest: Digest, held: bytes | None, hint: str) -> list[str]:
    info = envelope.signer_info
    assert info is not None
    attributes = info["signed_attrs"]
    codes: list[str] = []
    stated = _only(attributes, "message_digest")
    if stated is None:
        codes.append("signature-malformed")
    else:
        expected = mathematics.digest_of(hint, held) if held is not None else digest(hint)
        if stated.native != expected:
            codes.append("digest-differs")
    if not any(
        mathematics.is_right(
            envelope.signer.public_key, info["signature_algorithm"], info["signature"].native, form, hint
        )
        for form in _forms(attributes)
    ):
        codes.append("signature-wrong")
    return codes


def _forms(attributes: cms.CMSAttributes) -> list[bytes]:
    """As written, and in the order that DER demands: the standard signs the latter, some programs the former."""
    written = attributes.dump()
    members = sorted(one.dump() for one in attributes)
    sorted_set = parser.emit(0, 1, 17, b"".join(members))
    return list(dict.fromkeys([_SET + written[1:], sorted_set]))


def _only(attributes: cms.CMSAttributes, name: str) -> Any:
    try:
        return find_unique_cms_attribute(attributes, name)
    except (KeyError, ValueError):
        return None


def _bare_faults(envelope: Envelope, digest: Digest) -> list[str]:
    public = mathematics.public_key(envelope.signer)
    if not isinstance(public, rsa.RSAPublicKey):
        return ["signature-malformed"]
    found = mathematics.recovered_digest(public, envelope.bare)
    if found is None:
        return ["signature-wrong"]
    return [] if found[1] == digest(found[0]) else ["digest-differs"]


def oddities(envelope: Envelope, hole: bytes, roots: Iterable[x509.Certificate] = ()) -> list[str]:
    """Codes of what is damaged where no signature covers it: the padding, the chain, the unsigned attributes."""
    codes = [] if hole.upper() == hole or hole.lower() == hole else ["contents-mixed-case"]
    if any(envelope.padding):
        codes.append("contents-padding")
    info, signed = envelope.signer_info, envelope.signed
    if info is not None and signed is not None and _labels_differ(envelope, info, signed):
        codes.append("contents-labels")
    return codes + _unsigned_oddities(envelope, list(roots))


def _unsigned_oddities(envelope: Envelope, roots: list[x509.Certificate]) -> list[str]:
    codes = list(envelope.oddities)
    chain = [envelope.signer, *(one for one in envelope.certificates if one != envelope.signer)]
    if any(is_damaged(one, chain, roots) for one in chain):
        codes.append("certificate-damaged")
    info, signed = envelope.signer_info, envelope.signed
    if info is None or signed is None:
        return codes
    if _names_another(info, envelope.signer):
        codes.append("certificate-swapped")
    if any(_stamp_is_damaged(token, info["signature"].native) for token in _stamps(info)):
        codes.append("time-stamp-damaged")
    if any(list_is_damaged(one.chosen, chain) for one in (signed["crls"] or ()) if one.name == "crl"):
        codes.append("evidence-damaged")
    return codes


def _labels_differ(envelope: Envelope, info: cms.SignerInfo, signed: cms.SignedData) -> bool:
    """Whether what the CMS says of itself, outside the signature, does not fit what was found in it."""
    declared = {mathematics.digest_name(one) for one in signed["digest_algorithms"]}
    sid = info["sid"]
    issuer = sid.chosen["issuer"] if sid.name == "issuer_and_serial_number" else envelope.signer.issuer
    own = envelope.signer.issuer
    attributes = info["unsigned_attrs"]
    kinds = [] if attributes is core.VOID else [one["type"].dotted for one in attributes]
    return (
        signed["version"].native not in _VERSIONS
        or info["version"].native not in _VERSIONS
        or any(not _is_plain(one) for one in (*signed["digest_algorithms"], info["digest_algorithm"]))
        or (bool(declared) and mathematics.digest_name(info["digest_algorithm"]) not in declared)
        or signed["encap_content_info"]["content_type"].native not in {"data", "tst_info"}
        or not mathematics.fits(envelope.signer.public_key, info["signature_algorithm"])
        or not _is_by_declared_digest(envelope.signer, info)
        or not _same_name(issuer, own)
        or any(not kind.startswith(_ATTRIBUTES) for kind in kinds)
    )  # fmt: skip


def _is_by_declared_digest(signer: x509.Certificate, info: cms.SignerInfo) -> bool:
    """Whether the algorithm of an RSA signature names a digest that is in it, or at least the one declared beside."""
    algorithm = info["signature_algorithm"]
    named, public = mathematics.named_digest(algorithm), mathematics.public_key(signer)
    if not named or not isinstance(public, rsa.RSAPublicKey):
        return True
    found = mathematics.recovered_digest(public, info["signature"].native)
    declared = mathematics.digest_name(info["digest_algorithm"])
    return found is None or (named in {found[0], declared} and _is_plain(algorithm))


def _is_plain(algorithm: Any) -> bool:
    """Without parameters, or with none that say anything (RFC 5754)."""
    given = algorithm["parameters"]
    return given is core.VOID or given.dump() in {b"", b"\x05\x00"}


def _is_filled(data: bytes, start: int = 0, end: int | None = None, depth: int = 0) -> bool:
    """Whether every constructed value is filled by its parts to the byte; one without a stated length counts as so."""
    at, end = start, len(data) if end is None else end
    while at < end:
        header = _header(data, at, end)
        if header is None or data[at] == 0:
            return False
        tag, begin, length = header
        if length is None:
            return True
        if begin + length > end or depth > _NESTED_MAX:
            return False
        if tag & 0x20 and not _is_filled(data, begin, begin + length, depth + 1):
            return False
        at = begin + length
    return at == end


def _header(data: bytes, at: int, end: int) -> tuple[int, int, int | None] | None:
    """First tag byte, where the content begins, and its length; None for what is no header."""
    tag, at = data[at], at + 1
    if tag & 0x1F == 0x1F:  # noqa: PLR2004 - a long tag
        while at < end and data[at] & 0x80:
            at += 1
        at += 1
    if at >= end:
        return None
    first, at = data[at], at + 1
    if first == 0x80:  # noqa: PLR2004 - indefinite
        return tag, at, None
    if first < 0x80:  # noqa: PLR2004 - short
        return tag, at, first
    count = first & 0x7F
    return (tag, at + count, int.from_bytes(data[at : at + count], "big")) if at + count <= end else None


def _names_another(info: cms.SignerInfo, signer: x509.Certificate) -> bool:
    """Whether the signed attributes name another certificate than the one in the hole (ESS, RFC 5035)."""
    attributes = info["signed_attrs"]
    if attributes is core.VOID:
        return False
    for name, kind in (
        ("signing_certificate_v2", tsp.SigningCertificateV2),
        ("signing_certificate", tsp.SigningCertificate),
    ):
        value = _only(attributes, name)
        if value is None:
            continue
        try:
            first = kind.load(value.dump())["certs"][0]
            algorithm = mathematics.digest_name(first["hash_algorithm"]) if name.endswith("v2") else "sha1"
            return bool(first["cert_hash"].native != mathematics.digest_of(algorithm, signer.dump()))
        except UNREADABLE:
            return False
    return False


def _stamps(info: cms.SignerInfo) -> Iterable[cms.SignedData]:
    attributes = info["unsigned_attrs"]
    if attributes is core.VOID:
        return
    for attribute in attributes:
        if attribute["type"].native == _STAMP_OID:
            for token in attribute["values"]:
                yield token["content"]


def _stamp_is_damaged(token: cms.SignedData, over: bytes) -> bool:
    """A time stamp beside a signature must be over that signature and in itself unbroken; by whom, is not asked."""
    try:
        envelope = open_envelope(cms.ContentInfo({"content_type": "signed_data", "content": token}).dump(), "")
        info, signed = envelope.signer_info, envelope.signed
        return bool(
            info is None
            or signed is None
            or _labels_differ(envelope, info, signed)
            or _unsigned_oddities(envelope, [])
            or faults(envelope, lambda name: mathematics.digest_of(name, over), is_stamp=True, sub_filter="")
        )
    except SignerUnknown:
        # A token may leave its certificate out (RFC 3161, certReq false); then nothing can be said about it.
        return token["certificates"] is not core.VOID and bool(len(token["certificates"]))
    except UNREADABLE:
        return True


def list_is_damaged(revoked: Any, chain: list[x509.Certificate]) -> bool:
    if not isinstance(revoked, crl.CertificateList):
        return False
    issuers = [one for one in chain if one.subject.dump() == revoked.issuer.dump()]
    return bool(issuers) and not any(
        mathematics.is_right(
            one.public_key, revoked["signature_algorithm"], revoked["signature"].native, revoked["tbs_cert_list"].dump()
        )
        for one in issuers
    )


def is_damaged(certificate: x509.Certificate, chain: list[x509.Certificate], roots: list[x509.Certificate]) -> bool:
    """Whether its issuer is at hand and did not sign it like this.

    The issuer is found by name or by key, so that damage to the name does not hide the pair; two authorities that bear
    one name are told apart by their keys.
    """
    if certificate["signature_algorithm"].dump() != certificate["tbs_certificate"]["signature"].dump():
        return True  # RFC 5280, 4.1.1.2
    if certificate["signature_value"].contents[:1] != b"\x00":
        return True  # a signature is whole bytes
    issuer = certificate.issuer.dump()
    named = [one for one in (*chain, *roots) if one.subject.dump() == issuer and not _is_other_key(one, certificate)]
    issuers = named + [one for one in (*chain, *roots) if one not in named and _agrees(one, certificate)]
    if not issuers:
        # Signed by a key of the chain, but by no name of it; or by itself, but for a letter.
        others = [one for one in chain[:_CHAIN_MAX] if one != certificate]
        return _is_nearly_its_own(certificate) or any(mathematics.certificate_is_by(certificate, one) for one in others)
    return not any(mathematics.certificate_is_by(certificate, one) for one in issuers)


def _is_nearly_its_own(certificate: x509.Certificate) -> bool:
    named, own = certificate.authority_key_identifier, certificate.key_identifier
    if named is not None and own is not None:
        return bool(named == own)
    issuer, subject = certificate.issuer.dump(), certificate.subject.dump()
    differing = sum(one != other for one, other in zip(issuer, subject, strict=False))
    return named is None and len(issuer) == len(subject) and differing == 1


def _agreement(issuer: x509.Certificate, certificate: x509.Certificate) -> float | None:
    """Of the key identifiers. They are hashes: those of two keys share next to no byte, a damaged one most of them."""
    named, own = certificate.authority_key_identifier, issuer.key_identifier
    if named is None or own is None or len(named) != len(own) or not own:
        return None
    agreeing: int = sum(one == other for one, other in zip(named, own, strict=True))
    return agreeing / len(bytes(own))


def _agrees(issuer: x509.Certificate, certificate: x509.Certificate) -> bool:
    return (_agreement(issuer, certificate) or 0) > 0.5  # noqa: PLR2004 - half


def _is_other_key(issuer: x509.Certificate, certificate: x509.Certificate) -> bool:
    share = _agreement(issuer, certificate)
    return share is not None and share <= 0.5  # noqa: PLR2004 - half
