"""A remote signing service after the Cloud Signature Consortium's API 2.0, for tests alone, as a process of its own.

Own code after the specification: OAuth with PKCE (scope *service*, scope *credential* with hashes), `credentials/list`,
`info`, `getChallenge`, `authorize` (PIN and OTP), `signatures/signHash`. It is strict where a real one is: codes and
SADs are taken once, signatures are given for the released hashes alone, within `multisign`. `bend` makes it misbehave.
"""

from __future__ import annotations

import json
import secrets
import sys
from base64 import b64decode, b64encode, urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from socketserver import ThreadingMixIn
from typing import Any
from urllib.parse import parse_qs, urlencode
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed, decode_dss_signature

from eoffice.demo.authority import Authority

SHA256_OID = "2.16.840.1.101.3.4.2.1"
PIN, OTP = "4711", "135790"
CLIENT, SECRET = "eoffice-test", "a-client-secret"


class Wrong(Exception):
    def __init__(self, code: str, status: str = "400 Bad Request") -> None:
        super().__init__(code)
        self.code, self.status = code, status


@dataclass
class Key:
    private: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey
    chain: list[bytes]
    mode: str
    multisign: int = 10

    @property
    def algorithms(self) -> list[str]:
        if self.multisign == 1:
            return ["1.2.840.113549.1.1.10"]  # RSASSA-PSS alone, which can't be put into our PDFs
        if isinstance(self.private, rsa.RSAPrivateKey):
            return ["1.2.840.113549.1.1.11", "1.2.840.113549.1.1.1"]
        return ["1.2.840.10045.4.3.2"]

    def sign(self, digest: bytes, *, flat: bool = False) -> bytes:
        if isinstance(self.private, rsa.RSAPrivateKey):
            return self.private.sign(digest, padding.PKCS1v15(), Prehashed(hashes.SHA256()))
        der = self.private.sign(digest, ec.ECDSA(Prehashed(hashes.SHA256())))
        r, s = decode_dss_signature(der)
        return r.to_bytes(32, "big") + s.to_bytes(32, "big") if flat else der


@dataclass
class Service:
    """The service's state. Everybody who reaches its authorisation page is the one officer that it knows."""

    authority: Authority
    name: str
    keys: dict[str, Key] = field(default_factory=dict)
    codes: dict[str, dict[str, Any]] = field(default_factory=dict)
    tokens: dict[str, dict[str, Any]] = field(default_factory=dict)
    otp_sent: bool = False
    bend: str = ""
    seen: list[dict[str, Any]] = field(default_factory=list)

    def __post_init__(self) -> None:
        plans: list[tuple[str, Any, str, int]] = [
            ("oauth-rsa", rsa.generate_private_key(65537, 2048), "oauth2code", 3),
            ("explicit-p256", ec.generate_private_key(ec.SECP256R1()), "explicit", 10),
            ("oauth-pss", rsa.generate_private_key(65537, 2048), "oauth2code", 1),
        ]
        for name, private, mode, multisign in plans:
            issued = self.authority.issue_officer(private.public_key(), name=self.name)
            chain = [issued.certificate, *issued.chain, self.authority.der("root")]
            self.keys[name] = Key(private, chain, mode, multisign)

    # -- OAuth

    def authorize(self, asked: dict[str, str]) -> str:
        """Where the browser is sent back to."""
        assert asked["client_id"] == CLIENT
        assert asked["response_type"] == "code"
        assert asked["code_challenge_method"] == "S256"
        back = {"state": asked["state"]}
        if self.bend == "deny":
            return f"{asked['redirect_uri']}?{urlencode(back | {'error': 'access_denied'})}"
        if self.bend == "fault":
            return f"{asked['redirect_uri']}?{urlencode(back | {'error': 'server_error'})}"
        kept: dict[str, Any] = {"scope": asked["scope"], "challenge": asked["code_challenge"]}
        kept["uri"] = asked["redirect_uri"]
        if asked["scope"] == "credential":
            wanted = [_from64url(one) for one in asked["hashes"].split(",")]
            key = self.keys[asked["credentialID"]]
            assert asked["hashAlgorithmOID"] == SHA256_OID
            assert int(asked["numSignatures"]) == len(wanted) <= key.multisign
            kept |= {"key": asked["credentialID"], "hashes": wanted}
        code = secrets.token_urlsafe()
        self.codes[code] = kept
        return f"{asked['redirect_uri']}?{urlencode(back | {'code': code})}"

    def token(self, asked: dict[str, str]) -> dict[str, Any]:
        if (asked.get("client_id"), asked.get("client_secret")) != (CLIENT, SECRET):
            raise Wrong("invalid_client", "401 Unauthorized")
        if asked["grant_type"] == "client_credentials":
            kept: dict[str, Any] = {"scope": asked["scope"]}
        else:
            found = self.codes.pop(asked["code"], None)
            verifier = urlsafe_b64encode(sha256(asked["code_verifier"].encode()).digest()).decode().rstrip("=")
            if found is None or found["challenge"] != verifier or found["uri"] != asked["redirect_uri"]:
                raise Wrong("invalid_grant")
            kept = found
        token = secrets.token_urlsafe()
        self.tokens[token] = kept
        return {"access_token": token, "token_type": "Bearer", "expires_in": 300}

    # -- API

    def call(self, method: str, body: dict[str, Any], bearer: str) -> dict[str, Any]:
        self.seen.append({"method": method, **body})
        if method == "info":
            return {
                "specs": "2.0.0.0", "name": "Test signing service", "lang": "en", "authType": ["oauth2code"],
                "oauth2": self.base, "methods": ["signatures/signHash"],
            }  # fmt: skip
        kept = self.tokens.get(bearer)
        if kept is None:
            raise Wrong("invalid_token", "401 Unauthorized")
        if method == "credentials/list":
            return {"credentialIDs": list(self.keys)}
        if method == "credentials/info":
            return self.describe(self.keys[body["credentialID"]])
        if method == "credentials/getChallenge":
            self.otp_sent = True
            return {}
        if method == "credentials/authorize":
            return self.release(body)
        if method == "signatures/signHash":
            return self.sign(body, kept, bearer)
        raise Wrong("invalid_request")

    def describe(self, key: Key) -> dict[str, Any]:
        found: dict[str, Any] = {
            "key": {"status": "enabled", "algo": key.algorithms, "len": 2048},
            "cert": {"status": "valid", "certificates": [b64encode(one).decode() for one in key.chain]},
            "auth": {"mode": key.mode},
            "SCAL": "2",
            "multisign": key.multisign,
        }
        if key.mode == "explicit":
            found["auth"] |= {
                "expression": "PIN AND OTP",
                "objects": [
                    {"type": "Password", "id": "PIN", "format": "N", "label": "PIN"},
                    {"type": "ChallengeResponse", "id": "OTP", "format": "N", "generator": "sms", "label": "OTP"},
                ],
            }
        return found

    def release(self, body: dict[str, Any]) -> dict[str, Any]:
        typed = {one["id"]: one["value"] for one in body["authData"]}
        if typed.get("PIN") != PIN:
            raise Wrong("invalid_pin")
        if typed.get("OTP") != OTP or not self.otp_sent:
            raise Wrong("invalid_otp")
        self.otp_sent = False
        sad = secrets.token_urlsafe()
        self.tokens[sad] = {
            "scope": "sad", "key": body["credentialID"], "hashes": [b64decode(one) for one in body["hashes"]],
        }  # fmt: skip
        return {"SAD": sad, "expiresIn": 300}

    def sign(self, body: dict[str, Any], kept: dict[str, Any], bearer: str) -> dict[str, Any]:
        if sad := body.get("SAD"):
            kept = self.tokens.pop(sad, {})
        else:
            self.tokens.pop(bearer)
        wanted = [b64decode(one) for one in body["hashes"]]
        if kept.get("key") != body["credentialID"] or kept.get("hashes") != wanted:
            raise Wrong("invalid_request")
        key = self.keys[body["credentialID"]]
        if body["signAlgo"] not in key.algorithms or body["hashAlgorithmOID"] != SHA256_OID:
            raise Wrong("invalid_request")
        if self.bend == "other-hash":
            wanted = [sha256(one).digest() for one in wanted]
        if self.bend == "other-key":
            key = self.keys["oauth-pss"]
        signatures = [b64encode(key.sign(one, flat=self.bend == "flat")).decode() for one in wanted]
        return {"signatures": signatures[1:] if self.bend == "one-missing" else signatures}

    base = ""


def _from64url(text: str) -> bytes:
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))


class Site:
    """The service over HTTP; `/bend` is the test's own knob, `/seen` what was asked so far."""

    def __init__(self, service: Service) -> None:
        self.service = service

    def __call__(self, environ: dict[str, Any], start: Callable[..., Any]) -> list[bytes]:
        path, query = environ["PATH_INFO"], {n: v[0] for n, v in parse_qs(environ["QUERY_STRING"]).items()}
        raw = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0)).decode()
        status, headers, body = "200 OK", [("Content-Type", "application/json")], b"{}"
        try:
            if path == "/oauth2/authorize":
                status = "302 Found"
                headers.append(("Location", self.service.authorize(query)))
            else:
                body = json.dumps(self.answer(path, query, raw, str(environ.get("HTTP_AUTHORIZATION", "")))).encode()
        except Wrong as wrong:
            status = wrong.status
            body = json.dumps({"error": wrong.code, "error_description": "said in words"}).encode()
        start(status, headers)
        return [body]

    def answer(self, path: str, query: dict[str, str], raw: str, authorization: str) -> Any:
        if path == "/bend":
            self.service.bend = query.get("as", "")
            return {}
        if path == "/seen":
            return self.service.seen
        if self.service.bend == "down":
            raise Wrong("server_error", "503 Service Unavailable")
        if path == "/oauth2/token":
            return self.service.token({name: values[0] for name, values in parse_qs(raw).items()})
        return self.service.call(path.removeprefix("/csc/v2/"), json.loads(raw), authorization.removeprefix("Bearer "))


class _Server(ThreadingMixIn, WSGIServer):
    """A browser keeps spare connections open; they must not hold up the next caller."""

    daemon_threads = True


class _Quiet(WSGIRequestHandler):
    def log_message(self, *_args: Any) -> None:
        """Nothing: a test reads what the process prints."""


def main(authority: Path, name: str) -> None:
    """Serve on a free port, after saying it on the first line."""
    service = Service(Authority.open(authority), name)
    server = make_server("127.0.0.1", 0, Site(service), server_class=_Server, handler_class=_Quiet)
    service.base = f"http://127.0.0.1:{server.server_port}"
    sys.stdout.write(json.dumps({"port": server.server_port}) + "\n")
    sys.stdout.flush()
    server.serve_forever()


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
