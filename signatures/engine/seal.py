"""Signing a few bytes that are no PDF: the daily root of the ledger, with the instance's seal key and a time stamp."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from asn1crypto import cms
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from pyhanko.sign import signers
from pyhanko_certvalidator.registry import SimpleCertificateStore

from signatures.engine import certificates, loop
from signatures.engine.errors import EvidenceMissing
from signatures.engine.evidence import Evidence, judge_chain
from signatures.engine.reading import UNREADABLE
from signatures.engine.softkey import UnlockedKey
from signatures.engine.time_authority import SECONDS, Stamper, TimeAuthority
from signatures.engine.trust import Trust

_SECONDS = 30.0


@dataclass(frozen=True)
class SealKey:
    """The instance's seal: its private key and certificate with chain (DER, without the root)."""

    key: UnlockedKey
    certificate: bytes
    chain: tuple[bytes, ...]


def load_key(pem: bytes, certificate: bytes, chain: Sequence[bytes]) -> SealKey:
    """The seal from its files. `ValueError` when the key is none or not the certificate's."""
    key = serialization.load_pem_private_key(pem, password=None)
    if not isinstance(key, rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey):
        raise ValueError("The seal's key is neither RSA nor ECDSA.")  # noqa: TRY004 - a wrong file, not a wrong call
    if not certificates.belongs_to_key(certificate, key.public_key()):
        raise ValueError("The seal's key is not that of its certificate.")
    return SealKey(UnlockedKey(key), certificate, tuple(chain))


class _SealSigner(signers.Signer):
    def __init__(self, seal: SealKey) -> None:
        store = SimpleCertificateStore()  # type: ignore[no-untyped-call]
        store.register_multiple(certificates.load(der) for der in seal.chain)
        super().__init__(signing_cert=certificates.load(seal.certificate), cert_registry=store, embed_roots=False)
        self._seal = seal

    async def async_sign_raw(self, data: bytes, digest_algorithm: str, dry_run: bool = False) -> bytes:  # noqa: ARG002, FBT001, FBT002 - pyHanko's own
        return self._seal.key.sign(data)


def sign(content: bytes, *, seal: SealKey, at: datetime) -> bytes:
    """A detached CMS over `content` in DER, with `at` as its claimed time."""
    signer = _SealSigner(seal)
    attributes = signers.pdf_cms.PdfCMSSignedAttributes(signing_time=at)

    async def make() -> bytes:
        info = await signer.async_sign_general_data(
            content, "sha256", detached=True, use_cades=True, signed_attr_settings=attributes
        )
        return bytes(info.dump())

    return loop.run(make, seconds=_SECONDS)


def stamp(content: bytes, *, authority: TimeAuthority, seconds: float = SECONDS) -> bytes:
    """An RFC 3161 token over `content` in DER; `EvidenceMissing` when there is none to be had."""
    stamper = Stamper(authority, seconds=seconds)

    async def ask() -> bytes:
        token = await stamper.async_timestamp(sha256(content).digest(), "sha256")
        return bytes(token.dump())

    try:
        token = loop.run(ask, seconds=seconds + 5)
    except UNREADABLE as error:
        raise EvidenceMissing(f"The time stamp is not usable: {error}", code="time-stamp-unusable") from error
    if stamped_digest(token) != sha256(content).digest():
        raise EvidenceMissing("The time stamp is of something else.", code="time-stamp-unusable")
    return token


def stamped_digest(token: bytes) -> bytes:
    info = cms.ContentInfo.load(token)["content"]["encap_content_info"]["content"].parsed
    return bytes(info["message_imprint"]["hashed_message"].native)


def check(content: bytes, *, cms_der: bytes, token: bytes, trust: Trust, at: datetime) -> list[str]:
    """Codes of what is wrong with a seal over `content`; empty when signature, chain and time stamp hold.

    Revocation is not asked: the seal is the instance's own and its certificate is in its keeping.
    """
    codes: list[str] = []
    try:
        signed = cms.ContentInfo.load(cms_der, strict=True)["content"]
        signer = signed["signer_infos"][0]
        times = [a["values"][0].native for a in signer["signed_attrs"] if a["type"].native == "signing_time"]
        moment: datetime = times[0]

        async def judge() -> bool:
            chain = await judge_chain(
                signed, digest=sha256(content).digest(), trust=trust, moment=moment, evidence=Evidence(),
                mode="soft-fail",
            )  # fmt: skip
            return chain.trusted

        if not loop.run(judge, seconds=_SECONDS):
            codes.append("seal-signature")
        if moment > at:
            codes.append("seal-time")
    except UNREADABLE:
        codes.append("seal-unreadable")
    if token:
        codes += _check_token(content, token, trust)
    return codes


def _check_token(content: bytes, token: bytes, trust: Trust) -> list[str]:
    try:
        signed = cms.ContentInfo.load(token, strict=True)["content"]
        stamped_at: datetime = signed["encap_content_info"]["content"].parsed["gen_time"].native
        if stamped_digest(token) != sha256(content).digest():
            return ["time-stamp-of-something-else"]

        async def judge() -> bool:
            chain = await judge_chain(
                signed, digest=None, trust=trust, moment=stamped_at, evidence=Evidence(), time_stamp=True,
                mode="soft-fail",
            )  # fmt: skip
            return chain.trusted

        return [] if loop.run(judge, seconds=_SECONDS) else ["time-stamp-untrusted"]
    except UNREADABLE:
        return ["time-stamp-unreadable"]
