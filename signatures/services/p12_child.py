"""Reads one .p12 in a process of its own with limits: the file comes from outside and may be made to do harm.

Started by its path with `python -I`. In: 4 bytes length of the password, password, file. Out: one JSON line with the
key (PKCS#8) and certificates in base64, or a code. Nothing is written anywhere else.
"""

from __future__ import annotations

import json
import os
import resource
import sys
from base64 import b64encode

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.serialization import pkcs12

_CPU_SECONDS = 2
_MEMORY = 400 * 1024 * 1024


def _answer(found: dict[str, object]) -> None:
    sys.stdout.write(json.dumps(found) + "\n")


def main() -> int:
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CPU, (_CPU_SECONDS, _CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    sent = sys.stdin.buffer.read()
    size = int.from_bytes(sent[:4], "big")
    password, content = sent[4 : 4 + size], sent[4 + size :]
    try:
        key, certificate, others = pkcs12.load_key_and_certificates(content, password)
    except ValueError as error:
        # The library has one error for both; only its words tell them apart.
        wrong = "password" in str(error).lower()
        _answer({"error": "password" if wrong else "unreadable"})
        return 0
    if key is None or certificate is None:
        _answer({"error": "no-key" if key is None else "no-certificate"})
        return 0
    encoded = key.private_bytes(
        serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    everyone = [certificate, *others]
    ders = [b64encode(one.public_bytes(serialization.Encoding.DER)).decode() for one in everyone]
    _answer({"key": b64encode(encoded).decode(), "certificates": ders})
    return 0


if __name__ == "__main__":
    try:
        code = main()
    except BaseException:  # noqa: BLE001 - no word of a traceback may leave: it could quote the password
        code = 3
    sys.stdout.flush()
    os._exit(code)
