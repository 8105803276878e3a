"""Is a raw signature right for these bytes and this public key? For every algorithm met in PDFs, the weak ones too.

Whether MD5 or SHA-1 may still be relied upon is a question of trust (EN 319 102-1 calls it a cryptographic constraint);
here only the mathematics count, because they alone tell whether somebody tampered with the file.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import Any, Final

from asn1crypto import algos, keys, x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import dsa, ec, ed448, ed25519, padding, rsa, utils

# Names of asn1crypto to those of hashlib. Some programs write the signature's OID where the digest's belongs.
_NAMES: Final = {
    "md5": "md5", "md5_rsa": "md5", "1.2.840.113549.1.1.4": "md5",
    "sha1": "sha1", "sha1_rsa": "sha1", "1.2.840.113549.1.1.5": "sha1", "sha1_ecdsa": "sha1", "sha1_dsa": "sha1",
    "sha224": "sha224", "sha224_rsa": "sha224", "1.2.840.113549.1.1.14": "sha224",
    "sha256": "sha256", "sha256_rsa": "sha256", "1.2.840.113549.1.1.11": "sha256", "sha256_ecdsa": "sha256",
    "sha384": "sha384", "sha384_rsa": "sha384", "1.2.840.113549.1.1.12": "sha384", "sha384_ecdsa": "sha384",
    "sha512": "sha512", "sha512_rsa": "sha512", "1.2.840.113549.1.1.13": "sha512", "sha512_ecdsa": "sha512",
    "sha3_224": "sha3_224", "sha3_256": "sha3_256", "sha3_384": "sha3_384", "sha3_512": "sha3_512",
    "2.16.840.1.101.3.4.2.7": "sha3_224", "2.16.840.1.101.3.4.2.8": "sha3_256",
    "2.16.840.1.101.3.4.2.9": "sha3_384", "2.16.840.1.101.3.4.2.10": "sha3_512",
    "ripemd160": "ripemd160", "1.3.36.3.2.1": "ripemd160",
}  # fmt: skip
_IN_SIGNATURE: Final = {
    # RSASSA-PKCS1-v1_5, ECDSA and DSA with SHA-3 (NIST), plain ECDSA (BSI TR-03111)
    "2.16.840.1.101.3.4.3.13": "sha3_224", "2.16.840.1.101.3.4.3.14": "sha3_256", "2.16.840.1.101.3.4.3.15": "sha3_384",
    "2.16.840.1.101.3.4.3.16": "sha3_512", "2.16.840.1.101.3.4.3.9": "sha3_224", "2.16.840.1.101.3.4.3.10": "sha3_256",
    "2.16.840.1.101.3.4.3.11": "sha3_384", "2.16.840.1.101.3.4.3.12": "sha3_512",
    "0.4.0.127.0.7.1.1.4.1.1": "sha1", "0.4.0.127.0.7.1.1.4.1.2": "sha224", "0.4.0.127.0.7.1.1.4.1.3": "sha256",
    "0.4.0.127.0.7.1.1.4.1.4": "sha384", "0.4.0.127.0.7.1.1.4.1.5": "sha512",
}  # fmt: skip
_RSA: Final = ("1.2.840.113549.1.1.", "1.3.14.3.2.29", "2.16.840.1.101.3.4.3.")
_ARCS: Final[dict[str, tuple[str, ...]]] = {
    "rsa": _RSA, "rsassa_pss": _RSA, "ec": ("1.2.840.10045.", "0.4.0.127.0.7.", "2.16.840.1.101.3.4.3."),
    "dsa": ("1.2.840.10040.", "1.3.14.3.2.", "2.16.840.1.101.3.4.3."), "ed25519": ("1.3.101.",), "ed448": ("1.3.101.",),
}  # fmt: skip
# Programs write the kind of key where the kind of signature belongs.
_KEY_NAMES: Final = {"1.2.840.10045.2.1", "1.2.840.10045.3.1.7"}
_HASHES: Final[dict[str, hashes.HashAlgorithm]] = {
    "md5": hashes.MD5(), "sha1": hashes.SHA1(), "sha224": hashes.SHA224(), "sha256": hashes.SHA256(),  # noqa: S303
    "sha384": hashes.SHA384(), "sha512": hashes.SHA512(), "sha3_224": hashes.SHA3_224(),
    "sha3_256": hashes.SHA3_256(), "sha3_384": hashes.SHA3_384(), "sha3_512": hashes.SHA3_512(),
}  # fmt: skip
_WRONG: Final = (InvalidSignature, UnsupportedAlgorithm, ValueError, TypeError, KeyError, OverflowError)


def digest_name(algorithm: algos.DigestAlgorithm) -> str:
    """The name under which `digest_of` knows it; that of asn1crypto when it knows none."""
    native = str(algorithm["algorithm"].native)
    return _NAMES.get(native, native)


def digest_of(name: str, data: bytes) -> bytes:
    """`ValueError` for an algorithm nobody here knows."""
    if name in {"shake256", "shake256_len"}:
        return hashlib.shake_256(data).digest(64)
    return hashlib.new(_NAMES.get(name, name), data, usedforsecurity=False).digest()


def is_right(  # noqa: PLR0911 - one answer for each kind of key
    key: keys.PublicKeyInfo, algorithm: algos.SignedDigestAlgorithm, signature: bytes, data: bytes, hint: str = ""
) -> bool:
    """Whether `signature` is that of `data` by `key`. `hint` is the digest that the CMS declares beside it."""
    try:
        public = serialization.load_der_public_key(_plain(key).dump())
    except _WRONG:
        return False
    if isinstance(public, rsa.RSAPublicKey):
        if algorithm["algorithm"].native == "rsassa_pss":
            return _pss_right(public, algorithm, signature, data)
        recovered = recovered_digest(public, signature)
        return recovered is not None and recovered[1] == _or_none(recovered[0], data)
    if isinstance(public, ed25519.Ed25519PublicKey | ed448.Ed448PublicKey):
        return _passes(public.verify, signature, data)
    for name in _candidates(algorithm, hint):
        prehashed = utils.Prehashed(_HASHES[name])
        digest = digest_of(name, data)
        if isinstance(public, ec.EllipticCurvePublicKey):
            for form in (signature, _as_der(signature)):
                if _passes(public.verify, form, digest, ec.ECDSA(prehashed)):
                    return True
        if isinstance(public, dsa.DSAPublicKey) and _passes(public.verify, signature, digest, prehashed):
            return True
    return False


def fits(key: keys.PublicKeyInfo, algorithm: algos.SignedDigestAlgorithm) -> bool:
    """Whether the declared algorithm is one that keys of this kind are used with."""
    native, dotted = str(algorithm["algorithm"].native), algorithm["algorithm"].dotted
    if not dotted.startswith(_ARCS.get(key.algorithm, ())):
        return False
    return native != dotted or dotted in _IN_SIGNATURE or dotted in _KEY_NAMES


def certificate_is_by(certificate: x509.Certificate, issuer: x509.Certificate) -> bool:
    """Whether the issuer's key signed exactly this certificate."""
    return is_right(
        issuer.public_key,
        certificate["signature_algorithm"],
        certificate["signature_value"].native,
        certificate["tbs_certificate"].dump(),
    )


def recovered_digest(public: rsa.RSAPublicKey, signature: bytes) -> tuple[str, bytes] | None:
    """Algorithm and digest inside a PKCS#1 v1.5 signature; None when the key does not open it."""
    try:
        info = public.recover_data_from_signature(signature, padding.PKCS1v15(), None)
        parsed = algos.DigestInfo.load(info, strict=True)
        return digest_name(parsed["digest_algorithm"]), parsed["digest"].native
    except _WRONG:
        return None


def public_key(certificate: x509.Certificate) -> Any:
    """The key as the library has it; `ValueError` when it can't be read."""
    return serialization.load_der_public_key(_plain(certificate.public_key).dump())


def _plain(key: keys.PublicKeyInfo) -> keys.PublicKeyInfo:
    """A key that is bound to PSS is read as the RSA key it is."""
    if key["algorithm"]["algorithm"].native != "rsassa_pss":
        return key
    return keys.PublicKeyInfo({"algorithm": {"algorithm": "rsa"}, "public_key": key["public_key"].parsed})


def named_digest(algorithm: algos.SignedDigestAlgorithm) -> str:
    """The digest that the signature algorithm implies; empty when it implies none."""
    native = str(algorithm["algorithm"].native)
    return _NAMES.get(native) or _IN_SIGNATURE.get(native) or _IN_SIGNATURE.get(algorithm["algorithm"].dotted) or ""


def _candidates(algorithm: algos.SignedDigestAlgorithm, hint: str) -> Iterator[str]:
    for name in dict.fromkeys([named_digest(algorithm), hint, "sha256", "sha1"]):
        if name in _HASHES:
            yield name


def _pss_right(public: rsa.RSAPublicKey, algorithm: algos.SignedDigestAlgorithm, signature: bytes, data: bytes) -> bool:
    try:
        given = algorithm["parameters"]
        name = digest_name(given["hash_algorithm"])
        mask = _HASHES[digest_name(given["mask_gen_algorithm"]["parameters"])]
        scheme = padding.PSS(padding.MGF1(mask), int(given["salt_length"].native))
        return _passes(public.verify, signature, digest_of(name, data), scheme, utils.Prehashed(_HASHES[name]))
    except _WRONG:
        return False


def _as_der(plain: bytes) -> bytes:
    half = len(plain) // 2
    return utils.encode_dss_signature(int.from_bytes(plain[:half], "big"), int.from_bytes(plain[half:], "big"))


def _or_none(name: str, data: bytes) -> bytes | None:
    try:
        return digest_of(name, data)
    except ValueError:
        return None


def _passes(verify: Any, *arguments: Any) -> bool:
    try:
        verify(*arguments)
    except _WRONG:
        return False
    return True
