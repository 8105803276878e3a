"""What the demo authority answers: revocation state (OCSP, RFC 6960; CRL, RFC 5280) and time stamps (RFC 3161)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import ClassVar, Final

from asn1crypto import algos, cms, core, tsp
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.x509 import ocsp

from eoffice.demo.authority.ca import Authority

Clock = Callable[[], datetime]
_FRESH: Final = timedelta(hours=12)
_TSA_POLICY: Final = "2.999.356.2"
_DIGEST_SIZES: Final = {"sha256": 32, "sha384": 48, "sha512": 64}


def utc_now() -> datetime:
    return datetime.now(UTC)


def revocation_list(authority: Authority, issuer: str, *, now: Clock = utc_now) -> bytes:
    """The CRL of `root` or `issuing`, in DER."""
    at = now().replace(microsecond=0)
    builder = (
        x509.CertificateRevocationListBuilder()
        .issuer_name(authority.certificates[issuer].subject)
        .last_update(at)
        .next_update(at + _FRESH)
        .add_extension(x509.CRLNumber(int(at.timestamp())), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(authority.keys[issuer].public_key()), critical=False
        )
    )
    root_issues = {authority.certificates["issuing"].serial_number}
    for serial, (when, reason) in authority.revoked().items():
        if (serial in root_issues) == (issuer == "root"):
            builder = builder.add_revoked_certificate(
                x509.RevokedCertificateBuilder()
                .serial_number(serial)
                .revocation_date(when)
                .add_extension(x509.CRLReason(reason), critical=False)
                .build()
            )
    return builder.sign(authority.keys[issuer], hashes.SHA256()).public_bytes(serialization.Encoding.DER)


def revocation_answer(authority: Authority, request_der: bytes, *, now: Clock = utc_now) -> bytes:
    """The OCSP answer in DER; malformed requests and foreign issuers get the matching error answer."""
    try:
        request = ocsp.load_der_ocsp_request(request_der)
        serial, algorithm = request.serial_number, request.hash_algorithm
        asked = (request.issuer_name_hash, request.issuer_key_hash)
    except ValueError:
        return _unsuccessful(ocsp.OCSPResponseStatus.MALFORMED_REQUEST)
    issuer = authority.certificates["issuing"]
    if asked != _issuer_hashes(issuer, algorithm):
        return _unsuccessful(ocsp.OCSPResponseStatus.UNAUTHORIZED)
    at = now().replace(microsecond=0)
    revoked = authority.revoked().get(serial)
    if revoked is not None and revoked[0] <= at:
        state, when, reason = ocsp.OCSPCertStatus.REVOKED, revoked[0], revoked[1]
    else:
        known = authority.knows(serial)
        state, when, reason = (ocsp.OCSPCertStatus.GOOD if known else ocsp.OCSPCertStatus.UNKNOWN), None, None
    builder = ocsp.OCSPResponseBuilder().add_response_by_hash(
        issuer_name_hash=asked[0], issuer_key_hash=asked[1], serial_number=serial, algorithm=algorithm,
        cert_status=state, this_update=at, next_update=at + _FRESH, revocation_time=when, revocation_reason=reason,
    ).responder_id(ocsp.OCSPResponderEncoding.HASH, authority.certificates["ocsp"])  # fmt: skip
    builder = builder.certificates([authority.certificates["ocsp"]])
    for extension in request.extensions:
        if isinstance(extension.value, x509.OCSPNonce):
            builder = builder.add_extension(extension.value, critical=False)
    return builder.sign(authority.keys["ocsp"], hashes.SHA256()).public_bytes(serialization.Encoding.DER)


def _unsuccessful(state: ocsp.OCSPResponseStatus) -> bytes:
    return ocsp.OCSPResponseBuilder.build_unsuccessful(state).public_bytes(serialization.Encoding.DER)


def _issuer_hashes(issuer: x509.Certificate, algorithm: hashes.HashAlgorithm) -> tuple[bytes, bytes]:
    spki = asn1_x509.Certificate.load(issuer.public_bytes(serialization.Encoding.DER)).public_key
    results = []
    for data in (issuer.subject.public_bytes(), bytes(spki["public_key"])):
        digest = hashes.Hash(algorithm)
        digest.update(data)
        results.append(digest.finalize())
    return results[0], results[1]


def time_stamp(authority: Authority, request_der: bytes, *, now: Clock = utc_now) -> bytes:
    """The time-stamp answer in DER, with an ESS certificate id of version 2 (RFC 5816)."""
    try:
        request = tsp.TimeStampReq.load(request_der, strict=True)
        imprint = request["message_imprint"]
        algorithm = imprint["hash_algorithm"]["algorithm"].native
        if _DIGEST_SIZES.get(algorithm) != len(imprint["hashed_message"].native):
            return _refused("bad_alg")
        nonce = request["nonce"]
    except (ValueError, TypeError, KeyError):
        return _refused("bad_data_format")
    certificate = asn1_x509.Certificate.load(authority.der("tsa"))
    at = now().replace(microsecond=0)
    info = tsp.TSTInfo({
        "version": "v1", "policy": _TSA_POLICY, "message_imprint": imprint,
        "serial_number": x509.random_serial_number(), "gen_time": at, "ordering": False,
        **({"nonce": nonce} if isinstance(nonce, core.Integer) else {}),
        "tsa": asn1_x509.GeneralName(name="directory_name", value=certificate.subject),
    }).dump()  # fmt: skip
    attributes = cms.CMSAttributes([
        _attribute("content_type", "tst_info"),
        _attribute("message_digest", sha256(info).digest()),
        _attribute("signing_time", cms.Time({"utc_time": at})),
        _attribute("signing_certificate_v2", tsp.SigningCertificateV2({
            "certs": [tsp.ESSCertIDv2({
                "hash_algorithm": {"algorithm": "sha256"}, "cert_hash": sha256(certificate.dump()).digest(),
            })],
        })),
    ]).dump()  # fmt: skip
    key = authority.keys["tsa"]
    assert isinstance(key, rsa.RSAPrivateKey)
    digest = algos.DigestAlgorithm({"algorithm": "sha256"})
    signer = cms.SignerInfo({
        "version": "v1",
        "sid": cms.SignerIdentifier({"issuer_and_serial_number": {
            "issuer": certificate.issuer, "serial_number": certificate.serial_number,
        }}),
        "digest_algorithm": digest,
        # Read back: what was built piece by piece is written anew at every level above it.
        "signed_attrs": cms.CMSAttributes.load(attributes),
        "signature_algorithm": {"algorithm": "sha256_rsa"},
        "signature": key.sign(attributes, padding.PKCS1v15(), hashes.SHA256()),
    })  # fmt: skip
    chain = [certificate, asn1_x509.Certificate.load(authority.der("issuing"))]
    signer = cms.SignerInfo.load(signer.dump())
    signed = cms.SignedData({
        "version": "v3",
        "digest_algorithms": [digest],
        "encap_content_info": {"content_type": "tst_info", "content": cms.ParsableOctetString(info)},
        **({"certificates": chain} if request["cert_req"].native else {}),
        "signer_infos": [signer],
    })  # fmt: skip
    token = cms.ContentInfo({"content_type": "signed_data", "content": cms.SignedData.load(signed.dump())})
    token = cms.ContentInfo.load(token.dump())
    answer = tsp.TimeStampResp({"status": {"status": "granted"}, "time_stamp_token": token})
    return bytes(answer.dump())


def _attribute(kind: str, value: object) -> cms.CMSAttribute:
    return cms.CMSAttribute({"type": kind, "values": [value]})


class _Refusal(core.Sequence):  # type: ignore[misc]
    """A TimeStampResp without a token, which asn1crypto's own class does not allow (RFC 3161, 2.4.2 does)."""

    _fields: ClassVar = [("status", tsp.PKIStatusInfo)]


def _refused(failure: str) -> bytes:
    answer = _Refusal({"status": {"status": "rejection", "fail_info": {failure}}})
    return bytes(answer.dump())
