"""The request for a certificate (PKCS#10, RFC 2986) over a key that may lie in a token."""

from __future__ import annotations

from collections.abc import Callable

from asn1crypto import csr, keys, x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from signatures.models import Credential

PublicKey = rsa.RSAPublicKey | ec.EllipticCurvePublicKey


def certificate_request(credential: Credential, *, public_key: PublicKey, sign: Callable[[bytes], bytes]) -> bytes:
    """The request in DER, signed by the key itself. Its subject is the employee's code: the authority knows the name.

    `sign` gives the raw signature over SHA-256, as `OpenKey.sign` does.
    """
    encoded = public_key.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    info = csr.CertificationRequestInfo(
        {
            "version": "v1",
            "subject": x509.Name.build({"common_name": credential.employee.code}),
            "subject_pk_info": keys.PublicKeyInfo.load(encoded),
            "attributes": csr.CRIAttributes([]),
        }
    )
    algorithm = "sha256_rsa" if isinstance(public_key, rsa.RSAPublicKey) else "sha256_ecdsa"
    request = csr.CertificationRequest(
        {
            "certification_request_info": info,
            "signature_algorithm": {"algorithm": algorithm},
            "signature": sign(info.dump()),
        }
    )
    return bytes(request.dump())
