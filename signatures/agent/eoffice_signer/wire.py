"""Talking to the e-Office: every request is signed by this PC, every answer by the office's key, pinned at pairing.

Why not pin the TLS certificate: many offices look into TLS at their proxy and re-sign it with a certificate of their
own. The signatures here lie inside TLS and survive that, so neither the proxy nor anybody who fools TLS can ask in
this PC's name, change a paper, or invent one. Python's own HTTP client honours HTTPS_PROXY, NO_PROXY and the system's
proxy settings.
"""

from __future__ import annotations

import base64
import hmac
import json
import secrets
import ssl
import time
import urllib.error
import urllib.request
from hashlib import scrypt, sha256
from http.client import HTTPException
from typing import Any
from urllib.parse import urlsplit

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from eoffice_signer import VERSION
from eoffice_signer.state import Pairing

_SECONDS = 30
_MOST_BYTES = 128 * 1024 * 1024
CODE_LETTERS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
CODE_LENGTH = 16


class Offline(Exception):
    """No answer of the office: no network, a proxy in the way, the server is restarting. Try again later."""


class Refused(Exception):
    """The office's own, signed refusal, with its words in both languages."""

    def __init__(self, status: int, facts: dict[str, Any]) -> None:
        super().__init__(str(facts.get("code", status)))
        self.status, self.code, self.facts = status, str(facts.get("code", "")), facts


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_args: Any, **_kwargs: Any) -> None:
        """A signed request is for one address; wherever a portal would send it, it does not go."""


def _b64(data: bytes) -> str:
    return base64.b64encode(data).decode()


def _opener(ca_file: str) -> urllib.request.OpenerDirector:
    context = ssl.create_default_context(cafile=ca_file or None)
    return urllib.request.build_opener(_NoRedirect(), urllib.request.HTTPSHandler(context=context))


def checked_address(address: str) -> str:
    """The office's address without a path. Plain HTTP only on this very machine (`ValueError` otherwise)."""
    parts = urlsplit(address if "//" in address else f"https://{address}")
    here = parts.hostname in {"127.0.0.1", "localhost", "::1"}
    if not parts.hostname or parts.scheme not in ({"http", "https"} if here else {"https"}):
        raise ValueError(address)
    return f"{parts.scheme}://{parts.netloc}"


def _send(
    opener: urllib.request.OpenerDirector, method: str, url: str, body: bytes, headers: dict[str, str]
) -> tuple[int, bytes, str]:
    """Status, body, proof of the server; `Offline` for whatever is no HTTP answer."""
    request = urllib.request.Request(url, data=body or None, method=method)  # noqa: S310 - checked_address
    request.add_header("User-Agent", f"eoffice-signer/{VERSION}")
    if body:
        request.add_header("Content-Type", "application/json")
    for name, value in headers.items():
        request.add_header(name, value)
    try:
        with opener.open(request, timeout=_SECONDS) as answer:
            content, status, proof = answer.read(_MOST_BYTES + 1), answer.status, answer.headers.get("Server-Proof", "")
    except urllib.error.HTTPError as error:
        with error:
            content, status, proof = error.read(_MOST_BYTES + 1), error.code, error.headers.get("Server-Proof", "")
    except (OSError, HTTPException) as error:
        raise Offline(str(error)) from error
    if len(content) > _MOST_BYTES:
        raise Offline("too large")
    return status, content, proof


class Office:
    """The paired office. `get`, `post` and `fetch` raise `Offline` or `Refused`, and return only what it signed."""

    def __init__(self, pairing: Pairing) -> None:
        self._pairing = pairing
        self._key = Ed25519PrivateKey.from_private_bytes(pairing.private_key)
        self._server_key = Ed25519PublicKey.from_public_bytes(pairing.server_key)
        self._opener = _opener(pairing.ca_file)
        self._offset = 0
        self._last = 0

    def get(self, path: str) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self._ask("GET", path, b""))
        return found

    def post(self, path: str, facts: dict[str, Any]) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self._ask("POST", path, json.dumps(facts).encode()))
        return found

    def fetch(self, path: str) -> bytes:
        """A paper, as the office signed it."""
        return self._ask("GET", path, b"")

    def _ask(self, method: str, path: str, body: bytes) -> bytes:
        try:
            return self._once(method, path, body)
        except Refused as refusal:
            if refusal.code != "agent_stamp":
                raise
            # This PC's clock differs from the office's: take over theirs, and go on after the last one they know.
            self._offset = int(refusal.facts["now"]) - time.time_ns() // 1000
            self._last = int(refusal.facts["last"])
            return self._once(method, path, body)

    def _once(self, method: str, path: str, body: bytes) -> bytes:
        # A growing stamp (microseconds) makes every request unlike all before; the nonce ties the answer to it.
        self._last = max(self._last + 1, time.time_ns() // 1000 + self._offset)
        nonce = secrets.token_hex(16)
        audience = sha256(self._pairing.server_key).hexdigest()
        said = "\n".join(
            ("eoffice-agent-1", method, path, audience, self._pairing.agent, str(self._last), nonce,
             sha256(body).hexdigest())
        )  # fmt: skip
        proof = f"{self._pairing.agent} {self._last} {nonce} {_b64(self._key.sign(said.encode()))}"
        status, content, answered = _send(
            self._opener, method, self._pairing.server + path, body, {"Agent-Proof": proof}
        )
        expected = f"eoffice-agent-answer-1\n{status}\n{nonce}\n{sha256(content).hexdigest()}"
        try:
            self._server_key.verify(base64.b64decode(answered), expected.encode())
        except (InvalidSignature, ValueError) as error:
            raise Offline(f"not signed by the office ({status})") from error
        if status != 200:  # noqa: PLR2004 - the one status that is no refusal
            raise Refused(status, json.loads(content).get("error", {}))
        return content


def pair(server: str, code: str, *, name: str, language: str, ca_file: str) -> tuple[Pairing, dict[str, Any]]:
    """Pair this PC by the code that the officer's page shows, and learn the office's key.

    The code never goes over the wire. Both sides prove that they know it by a MAC over both public keys, so whoever
    sits in between, a TLS-inspecting proxy too, can put no key of its own in place. `Refused` when it is wrong.
    """
    plain = "".join(letter for letter in code.upper() if letter in CODE_LETTERS)
    if len(plain) != CODE_LENGTH:
        raise Refused(400, {"code": "code_form"})
    locator, secret = plain[:4], plain[4:]
    shared = scrypt(secret.encode(), salt=f"eoffice-pair-1 {locator}".encode(), n=2**14, r=8, p=1, dklen=32)
    key = Ed25519PrivateKey.generate()
    public, nonce = _b64(key.public_key().public_bytes_raw()), secrets.token_hex(16)
    asked = f"eoffice-pair-1\nrequest\n{public}\n{nonce}\n{sha256(name.encode()).hexdigest()}"
    body = json.dumps(
        {"locator": locator, "public_key": public, "nonce": nonce, "name": name, "language": language,
         "version": VERSION, "mac": hmac.new(shared, asked.encode(), sha256).hexdigest()}
    )  # fmt: skip
    status, content, _proof = _send(_opener(ca_file), "POST", f"{server}/agent/v1/pair", body.encode(), {})
    try:
        facts = json.loads(content)
    except ValueError as error:
        raise Offline(f"no answer of the office ({status})") from error
    if status != 200:  # noqa: PLR2004
        raise Refused(status, facts.get("error", {}))
    told = f"eoffice-pair-1\nanswer\n{public}\n{nonce}\n{facts['server_key']}\n{facts['agent']}"
    if not hmac.compare_digest(hmac.new(shared, told.encode(), sha256).hexdigest(), str(facts["mac"])):
        raise Refused(403, {"code": "server_unproven"})
    pairing = Pairing(
        server=server,
        agent=facts["agent"],
        server_key=base64.b64decode(facts["server_key"]),
        private_key=key.private_bytes_raw(),
        ca_file=ca_file,
    )
    return pairing, facts
