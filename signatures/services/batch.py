"""Child processes that sign an itemised batch under one unlock (design 6: "Rendering and batch signing").

The opened key goes to each child through its standard input, and nowhere else: no argument, no environment, no queue,
no disk (a child writes no core file). The children outlive the request and a restart of the web process; whoever dies
takes the key along, and the rest of the batch needs a new unlock. The room that asks names the module that works.
"""

from __future__ import annotations

import base64
import json
import os
import resource
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, BinaryIO
from uuid import UUID

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from eoffice.core.errors import NotAllowed
from signatures.backends import OpenKey, backend
from signatures.engine.softkey import UnlockedKey
from signatures.models import Credential, SigningAttempt
from signatures.services.standing import asked_once_a_minute

# The desk of others goes before: a batch may take a moment longer.
_NICE = 5


def require_batch(credential: Credential) -> None:
    """Refuse (`backend_no_batch`) where one unlock of this kind of key is good for one act only."""
    if not backend(credential.backend).capabilities.batch:
        raise NotAllowed(
            "backend_no_batch",
            _("Your kind of signature asks for each paper anew, so it can't sign a list."),
            _("Sign the files one by one."),
        )


def opened_here(credential: Credential) -> bool:
    """Whether a PIN opens the key here; otherwise signatures come from elsewhere, as answers."""
    return backend(credential.backend).capabilities.unlock == "pin"


def children_start(
    *, module: str, facts: dict[str, Any], credential: Credential, key: OpenKey | None, pin: str
) -> list[int]:
    """Start the working processes, `python -m module`, and hand them facts and key; their process ids.

    A software key is opened in each of them; a token is opened anew, and lets one process in at a time. Returns as
    soon as the key is handed over.
    """
    secret: dict[str, str] = {}
    count = settings.BATCH_WORKERS
    if isinstance(key, UnlockedKey):
        secret = {"key": base64.b64encode(_exported(key)).decode()}
    elif key is not None:
        secret, count = {"pin": pin}, 1
    message = json.dumps({"facts": facts, "credential": credential.pk, **secret}).encode()
    return [_start(module, message) for _number in range(count)]


def _exported(key: UnlockedKey) -> bytes:
    return key.key.private_bytes(
        serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def _start(module: str, message: bytes) -> int:
    process = subprocess.Popen(  # noqa: S603 - our own module with our own Python, no shell
        [sys.executable, "-m", module],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        cwd=settings.BASE_DIR,
        start_new_session=True,
    )
    assert process.stdin is not None
    with process.stdin as pipe:
        pipe.write(message)
    # Nobody waits for the result, it stands in the database; but somebody must bury the dead.
    threading.Thread(target=process.wait, name=f"batch-{process.pid}", daemon=True).start()
    return process.pid


def are_answered(attempts: Sequence[UUID]) -> bool:
    """Whether every one of these prepared papers has its signature from elsewhere; False for none at all."""
    answered: int = SigningAttempt.objects.filter(uuid__in=attempts, answer__isnull=False).count()
    return 0 < len(attempts) == answered


@dataclass(frozen=True)
class Handed:
    """What a child was handed: `key` is None where signatures come from elsewhere."""

    facts: dict[str, Any]
    key: OpenKey | None


@contextmanager
def handed(stream: BinaryIO) -> Iterator[Handed]:
    """In the child: read what was handed over, and hold the key for the length of the block."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    os.nice(_NICE)
    message = json.loads(stream.read())
    if "key" in message:
        loaded = serialization.load_der_private_key(
            base64.b64decode(message["key"]), password=None, unsafe_skip_rsa_key_validation=True
        )
        assert isinstance(loaded, rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey)
        with UnlockedKey(loaded) as unlocked, asked_once_a_minute():
            yield Handed(message["facts"], unlocked)
    elif "pin" in message:
        credential = Credential.objects.select_related("employee").get(pk=message["credential"])
        with backend(credential.backend).open(credential, secret=message["pin"]) as opened, asked_once_a_minute():
            yield Handed(message["facts"], opened)
    else:
        yield Handed(message["facts"], None)
