"""A key that the officer brings as a .p12 file: read once in a child with limits, and dropped."""

from __future__ import annotations

import json
import subprocess
import sys
from base64 import b64decode
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from django.utils.translation import gettext_lazy as _

from eoffice.core.errors import BadInput, Text
from signatures.engine.softkey import PrivateKey

# Real ones have 2 to 6 KB.
P12_MAX_BYTES: Final = 64 * 1024
PASSWORD_MAX: Final = 128
_SECONDS: Final = 8.0
_CHILD: Final = str(Path(__file__).with_name("p12_child.py"))
_RSA_BITS: Final = (2048, 3072, 4096)
_CHAIN_MAX: Final = 8

_WORDS: dict[str, tuple[Text, Text]] = {
    "too-large": (_("This file is too large for a key."), _("Choose the .p12 or .pfx file of your own key.")),
    "password": (
        _("The password does not open this file, or the file was changed."),
        _("Type the password that was given with the file."),
    ),
    "unreadable": (_("This file is no .p12 that can be read."), _("Choose the .p12 or .pfx file of your own key.")),
    "no-key": (_("There is no private key in this file."), _("Export key and certificate together.")),
    "no-certificate": (
        _("There is no certificate for the key in this file."), _("Export key and certificate together."),
    ),
    "key-kind": (
        _("The key in this file is of a kind or strength that is not used here."),
        _("Ask the certifying authority for RSA of 2048 bits at least, or P-256."),
    ),
}  # fmt: skip


@dataclass(frozen=True)
class Brought:
    """The key with its certificate and issuers, nearest first. Nothing of it shows in any text about it."""

    key: PrivateKey = field(repr=False)
    certificate: bytes = field(repr=False)
    chain: tuple[bytes, ...] = field(repr=False)


def p12_read(content: bytes, *, password: str) -> Brought:
    """What is in the file. `BadInput` on `file` or `password` says what is wrong; the content is kept nowhere."""
    if len(content) > P12_MAX_BYTES:
        raise _refused("too-large")
    secret = password[:PASSWORD_MAX].encode()
    child = subprocess.Popen(  # noqa: S603 - our own file beside this one
        [sys.executable, "-I", _CHILD],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={"PATH": "/usr/bin:/bin", "LANG": "C.UTF-8"},
        start_new_session=True,
    )
    try:
        answer, _errors = child.communicate(len(secret).to_bytes(4, "big") + secret + content, _SECONDS)
    except subprocess.TimeoutExpired:
        child.kill()
        child.communicate()
        raise _refused("unreadable") from None
    if child.returncode != 0:
        raise _refused("unreadable")
    found = json.loads(answer)
    if "error" in found:
        raise _refused(found["error"])
    return _brought(b64decode(found["key"]), [b64decode(one) for one in found["certificates"]])


def _brought(encoded: bytes, ders: list[bytes]) -> Brought:
    # With its consistency check: these numbers come from outside.
    try:
        key = serialization.load_der_private_key(encoded, password=None)
    except ValueError:
        raise _refused("unreadable") from None
    fit = (isinstance(key, rsa.RSAPrivateKey) and key.key_size in _RSA_BITS) or (
        isinstance(key, ec.EllipticCurvePrivateKey) and isinstance(key.curve, ec.SECP256R1 | ec.SECP384R1)
    )
    if not fit:
        raise _refused("key-kind")
    assert isinstance(key, rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey)
    return Brought(key, ders[0], tuple(issuers_of(ders[0], ders[1:])))


def issuers_of(leaf: bytes, others: Sequence[bytes]) -> list[bytes]:
    """Those of the further certificates that lead up from the leaf, nearest first, without the root."""
    chain: list[bytes] = []
    below = x509.load_der_x509_certificate(leaf)
    for _step in range(_CHAIN_MAX):
        above = next((one for one in others if one not in chain and _issued(one, below)), None)
        if above is None:
            break
        below = x509.load_der_x509_certificate(above)
        if below.subject == below.issuer:
            break
        chain.append(above)
    return chain


def _issued(candidate: bytes, below: x509.Certificate) -> bool:
    try:
        below.verify_directly_issued_by(x509.load_der_x509_certificate(candidate))
    except (ValueError, TypeError, InvalidSignature):
        return False
    return True


def _refused(code: str) -> BadInput:
    message, remedy = _WORDS[code]
    return BadInput(
        f"p12_{code}".replace("-", "_"), message, remedy, field="password" if code == "password" else "file"
    )
