"""Small secrets at rest: sealed under a key that lies outside the database (design 9 and 10).

The key file is made once, before the first secret; it is never replaced. Each secret is bound to what it belongs to
(`context`), so that a sealed value copied into another row does not open there.
"""

from __future__ import annotations

import contextlib
import os
import tempfile
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.utils.translation import gettext_lazy as _

from eoffice.core.errors import NotAvailable

KEY_BYTES = 32
_NONCE_BYTES = 12


def key_of(path: Path, *, purpose: str, may_make: bool = False) -> bytes:
    """The key for one purpose, derived from the secret in the file; with `may_make` a missing file is made.

    `NotAvailable` (`sealing_key_missing`) when the file is missing or too short: a new one would open nothing.
    """
    if may_make and not path.exists():
        _write_new(path)
    try:
        secret = path.read_bytes()
    except OSError as error:
        raise _gone() from error
    if len(secret) < KEY_BYTES:
        raise _gone()
    return HKDF(algorithm=hashes.SHA256(), length=KEY_BYTES, salt=None, info=purpose.encode()).derive(secret)


def seal(plain: bytes, *, key: bytes, context: str) -> bytes:
    nonce = os.urandom(_NONCE_BYTES)
    return nonce + AESGCM(key).encrypt(nonce, plain, context.encode())


def unseal(sealed: bytes, *, key: bytes, context: str) -> bytes:
    """The secret. `NotAvailable` when it was sealed under another key or for something else."""
    sealed = bytes(sealed)
    try:
        return AESGCM(key).decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], context.encode())
    except (InvalidTag, ValueError) as error:
        raise _gone() from error


def _gone() -> NotAvailable:
    return NotAvailable(
        "sealing_key_missing",
        _("The second factors of this instance can't be checked now: a file outside the database is missing."),
        _("The operator must restore the file named by EOFFICE_FACTOR_KEY_FILE from its own backup."),
    )


def _write_new(path: Path) -> None:
    """All of it or nothing: another process may read the file the moment it is there."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=path.name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(os.urandom(KEY_BYTES))
        with contextlib.suppress(FileExistsError):
            os.link(name, path)
    finally:
        Path(name).unlink()
