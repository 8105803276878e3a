"""The officer's token or card by PKCS#11. The PIN goes to the token and nowhere else; the key never leaves it."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

import pkcs11
from asn1crypto import algos
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.x509.oid import NameOID
from pkcs11 import Attribute, Mechanism, ObjectClass, TokenFlag
from pkcs11 import exceptions as failures

# Where the makers of common tokens put their libraries; `--module` names another.
_KNOWN = {
    "win32": (
        r"C:\Windows\System32\eps2003csp11v2.dll", r"C:\Windows\System32\eps2003csp11.dll",
        r"C:\Windows\System32\SignatureP11.dll", r"C:\Windows\System32\CryptoIDA_pkcs11.dll",
        r"C:\Windows\System32\eTPKCS11.dll", r"C:\Program Files\OpenSC Project\OpenSC\pkcs11\opensc-pkcs11.dll",
    ),
    "darwin": ("/usr/local/lib/libeTPkcs11.dylib", "/Library/OpenSC/lib/opensc-pkcs11.so"),
    "linux": (
        "/usr/lib/libcastle_v2.so.1.0.0", "/usr/lib/WatchData/ProxKey/lib/libwdpkcs_SignatureP11.so",
        "/usr/lib/libeTPkcs11.so", "/usr/lib/x86_64-linux-gnu/opensc-pkcs11.so", "/usr/lib/opensc-pkcs11.so",
    ),
}  # fmt: skip


class TokenTrouble(Exception):
    """The token can't be used as it stands; `code` is one of the words module, and nothing was signed."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True)
class Found:
    """A certificate on a token, with its name and last day for the officer to recognise."""

    der: bytes
    label: str
    slot: int

    @property
    def sha256(self) -> bytes:
        return sha256(self.der).digest()

    @property
    def certificate(self) -> x509.Certificate:
        return x509.load_der_x509_certificate(self.der)

    @property
    def name(self) -> str:
        return _common_name(self.certificate.subject)

    @property
    def issuer(self) -> str:
        return _common_name(self.certificate.issuer)

    @property
    def is_in_time(self) -> bool:
        certificate, now = self.certificate, datetime.now(UTC)
        return certificate.not_valid_before_utc <= now <= certificate.not_valid_after_utc

    @property
    def may_sign(self) -> bool:
        """A person's signing certificate: no authority's, and the key usage allows signing (RFC 5280)."""
        with contextlib.suppress(x509.ExtensionNotFound):
            if self.certificate.extensions.get_extension_for_class(x509.BasicConstraints).value.ca:
                return False
        with contextlib.suppress(x509.ExtensionNotFound):
            usage = self.certificate.extensions.get_extension_for_class(x509.KeyUsage).value
            return usage.digital_signature or usage.content_commitment
        return True


def _common_name(name: x509.Name) -> str:
    found = name.get_attributes_for_oid(NameOID.COMMON_NAME)
    return str(found[0].value) if found else name.rfc4514_string()


def _module(named: str) -> str:
    places = (named,) if named else (os.environ.get("EOFFICE_SIGNER_MODULE", ""), *_KNOWN.get(sys.platform, ()))
    found = next((place for place in places if place and Path(place).exists()), None)
    if found is None:
        raise TokenTrouble("no_module")
    return found


@contextlib.contextmanager
def _trouble() -> Iterator[None]:
    """The library's many failures as the few that an officer can do something about."""
    try:
        yield
    except (failures.PinIncorrect, failures.PinInvalid, failures.PinLenRange, failures.ArgumentsBad) as error:
        raise TokenTrouble("wrong_pin") from error
    except (failures.PinLocked, failures.PinExpired, failures.UserPinNotInitialized) as error:
        raise TokenTrouble("pin_locked") from error
    except (
        failures.TokenNotPresent, failures.DeviceRemoved, failures.SlotIDInvalid, failures.TokenNotRecognised,
        failures.NoSuchToken, failures.SessionHandleInvalid,
    ) as error:  # fmt: skip
        raise TokenTrouble("token_missing") from error
    except (pkcs11.PKCS11Error, RuntimeError) as error:
        raise TokenTrouble("token_fault") from error


class Tokens:
    """All tokens that one library sees. Looked at anew each time: a token may be pulled and put back."""

    def __init__(self, module: str = "") -> None:
        with _trouble():
            self._library = pkcs11.lib(_module(module))

    def certificates(self) -> list[Found]:
        """Those that can sign, without any PIN; `token_missing` when there is no token at all."""
        with _trouble():
            tokens = self._tokens()
            if not tokens:
                # Some libraries notice a token that was put in later only when they begin anew.
                self._library.reinitialize()
                tokens = self._tokens()
        if not tokens:
            raise TokenTrouble("token_missing")
        found = [one for token in tokens for one in _certificates_of(token)]
        return [one for one in found if one.may_sign]

    def authorities(self) -> list[bytes]:
        """The issuing authorities' certificates that lie beside the officer's."""
        with _trouble():
            found = [one for token in self._tokens() for one in _certificates_of(token)]
        return [one.der for one in found if not one.may_sign and one.certificate.subject != one.certificate.issuer]

    def find(self, certificate: bytes) -> Found:
        """The certificate with this SHA-256; `other_certificate` when only others are there, `not_in_time`."""
        found = next((one for one in self.certificates() if one.sha256 == certificate), None)
        if found is None:
            raise TokenTrouble("other_certificate")
        if not found.is_in_time:
            raise TokenTrouble("not_in_time")
        return found

    def has_pinpad(self, found: Found) -> bool:
        """Whether the PIN is typed on the reader itself."""
        with _trouble():
            return bool(self._token(found).flags & TokenFlag.PROTECTED_AUTHENTICATION_PATH)

    def last_try(self, found: Found) -> str:
        """`pin_low` or `pin_final` when the token says that few tries or one are left, `pin_locked` when none is."""
        with _trouble():
            flags = self._token(found).flags
        warnings = (
            (TokenFlag.USER_PIN_LOCKED, "pin_locked"), (TokenFlag.USER_PIN_FINAL_TRY, "pin_final"),
            (TokenFlag.USER_PIN_COUNT_LOW, "pin_low"),
        )  # fmt: skip
        return next((word for flag, word in warnings if flags & flag), "")

    def sign(self, found: Found, pin: str, many: Sequence[bytes]) -> list[bytes]:
        """One signature for each, under one PIN; each is checked against the certificate before it is given out."""
        public = found.certificate.public_key()
        with _trouble():
            token = self._token(found)
            secret: Any = pkcs11.PROTECTED_AUTH if self.has_pinpad(found) else pin
            with token.open(user_pin=secret) as session:
                key = _private_key(session, found, public)
                signed = [_signature(key, public, data) for data in many]
        for data, signature in zip(many, signed, strict=True):
            _verify(public, signature, data)
        return signed

    def _tokens(self) -> list[pkcs11.Token]:
        # A blank one holds nothing yet.
        return [one for one in self._library.get_tokens() if one.flags & TokenFlag.TOKEN_INITIALIZED]

    def _token(self, found: Found) -> pkcs11.Token:
        token = next((one for one in self._tokens() if one.slot.slot_id == found.slot), None)
        if token is None:
            raise TokenTrouble("token_missing")
        return token


def _certificates_of(token: pkcs11.Token) -> list[Found]:
    found = []
    try:
        with token.open() as session:
            for one in session.get_objects({Attribute.CLASS: ObjectClass.CERTIFICATE}):
                with contextlib.suppress(ValueError, failures.AttributeTypeInvalid):
                    der = bytes(one[Attribute.VALUE])
                    x509.load_der_x509_certificate(der)
                    found.append(Found(der, str(token.label), int(token.slot.slot_id)))
    except pkcs11.PKCS11Error:
        return []
    return found


def _private_key(session: pkcs11.Session, found: Found, public: Any) -> Any:
    """The key beside the certificate: the one under the same id whose kind fits, or the only one."""
    kind = pkcs11.KeyType.RSA if isinstance(public, rsa.RSAPublicKey) else pkcs11.KeyType.EC
    certificates = session.get_objects({Attribute.CLASS: ObjectClass.CERTIFICATE, Attribute.VALUE: found.der})
    ids = [bytes(one[Attribute.ID]) for one in certificates]
    keys = list(session.get_objects({Attribute.CLASS: ObjectClass.PRIVATE_KEY, Attribute.KEY_TYPE: kind}))
    fitting = [key for key in keys if bytes(key[Attribute.ID]) in ids] or keys
    if len(fitting) != 1:
        raise TokenTrouble("no_key")
    return fitting[0]


def _signature(key: Any, public: Any, data: bytes) -> bytes:
    if isinstance(public, rsa.RSAPublicKey):
        return bytes(key.sign(data, mechanism=Mechanism.SHA256_RSA_PKCS))
    # Many tokens know no ECDSA with the hash inside; the two numbers come back side by side and leave as DER.
    raw = bytes(key.sign(sha256(data).digest(), mechanism=Mechanism.ECDSA))
    return bytes(algos.DSASignature.from_p1363(raw).dump())


def _verify(public: Any, signature: bytes, data: bytes) -> None:
    try:
        if isinstance(public, rsa.RSAPublicKey):
            public.verify(signature, data, padding.PKCS1v15(), hashes.SHA256())
        else:
            public.verify(signature, data, ec.ECDSA(hashes.SHA256()))
    except InvalidSignature as error:
        raise TokenTrouble("no_key") from error
