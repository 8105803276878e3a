"""The Cloud Signature Consortium's API, versions 1.0.4 and 2: the calls that signing needs, each with a time limit.

Version 2 (2.0.0.2, 2023) renamed `hash` to `hashes` and `hashAlgo` to `hashAlgorithmOID`, put `authMode`, `PIN` and
`OTP` under `auth`, and lets a token of scope *credential* stand for the SAD. Nothing that comes back is believed:
signatures are checked against what was prepared, certificates when a key is registered.
"""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from base64 import b64decode, b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from http.client import HTTPException
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlencode, urlsplit

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from eoffice.core.errors import NotAvailable

SHA256_OID: Final = "2.16.840.1.101.3.4.2.1"
SECONDS: Final = 15.0
_ANSWER_MAX: Final = 1024 * 1024
_FAULTS: Final = frozenset({500, 502, 503, 504})
_LOOPBACK: Final = {"127.0.0.1", "::1", "localhost"}
# Which of a key's algorithms give the signatures that we embed, the most exact first.
SIGN_ALGORITHMS: Final = (
    "1.2.840.113549.1.1.11",  # sha256WithRSAEncryption
    "1.2.840.113549.1.1.1",  # rsaEncryption (PKCS #1 v1.5), with hashAlgorithmOID
    "1.2.840.10045.4.3.2",  # ecdsa-with-SHA256
    "1.2.840.10045.2.1",  # id-ecPublicKey, as some providers name ECDSA
)


class Refused(Exception):
    """The provider did not do it. `code` is the API's or ours; what it says beside is never kept."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True)
class Setup:
    """How this instance is connected. `service`: each officer signs in (code), the instance does (client), or none."""

    url: str
    client_id: str
    client_secret: str = field(repr=False)
    service: str

    @property
    def version(self) -> int:
        """2, unless the address says that it is version 1."""
        return 1 if urlsplit(self.url).path.rstrip("/").endswith("/v1") else 2


@dataclass(frozen=True)
class Service:
    """What the provider says of itself: its name, and where its authorisation server is."""

    name: str
    authorize_url: str
    token_url: str


@dataclass(frozen=True)
class Factor:
    """Something that the officer types on our sheet in explicit mode. `sent`: the provider sends it when asked."""

    id: str
    label: str
    digits: bool
    sent: bool


@dataclass(frozen=True)
class Key:
    """An officer's key at the provider, as `credentials/info` describes it."""

    id: str
    description: str
    enabled: bool
    certificates: tuple[bytes, ...]
    algorithm: str
    mode: str
    multisign: int
    factors: tuple[Factor, ...]


def setup() -> Setup:
    """The connection of this instance; `NotAvailable` with what is missing."""
    if not settings.CSC_URL:
        raise _not_set_up(_("This instance is connected with no remote signing service."))
    parts = urlsplit(settings.CSC_URL)
    if parts.scheme != "https" and parts.hostname not in _LOOPBACK:
        raise _not_set_up(_("The address of the remote signing service is not an https address."))
    secret = ""
    if settings.CSC_CLIENT_SECRET_FILE:
        try:
            secret = Path(settings.CSC_CLIENT_SECRET_FILE).read_text().strip()
        except OSError as error:
            raise _not_set_up(_("The secret for the remote signing service is missing.")) from error
    return Setup(settings.CSC_URL, settings.CSC_CLIENT_ID, secret, settings.CSC_SERVICE)


def _not_set_up(message: object) -> NotAvailable:
    return NotAvailable(
        "csc_not_set_up",
        str(message),
        _("The operator sets it up as docs/signing-remote.md says; sign in another way meanwhile."),
    )


class Client:
    """One conversation with the provider. `token` is of scope *service*, where the provider wants one."""

    def __init__(self, setup: Setup, *, token: str = "", seconds: float = SECONDS) -> None:
        self.setup = setup
        self._token = token
        self._seconds = seconds

    def service(self) -> Service:
        """`info`: the name, and the authorisation server (named directly, or by its published description)."""
        facts = self._post("info", {"lang": "en"}, token="")
        name, base, issuer = _text(facts, "name"), _text(facts, "oauth2"), _text(facts, "oauth2Issuer")
        if base:
            return Service(name, f"{base.rstrip('/')}/oauth2/authorize", f"{base.rstrip('/')}/oauth2/token")
        if issuer:
            described = self._get(f"{issuer.rstrip('/')}/.well-known/oauth-authorization-server")
            return Service(name, _text(described, "authorization_endpoint"), _text(described, "token_endpoint"))
        return Service(name, "", "")

    def key_ids(self) -> list[str]:
        """`credentials/list`: the keys of the officer who signed in (or of the account, without sign-in)."""
        ids = self._post("credentials/list", {"maxResults": 20}).get("credentialIDs")
        if not isinstance(ids, list):
            raise Refused("answer-odd")
        return [one for one in ids if isinstance(one, str)][:20]

    def key(self, key_id: str) -> Key:
        """`credentials/info` with the chain of certificates, nearest first."""
        facts = self._post("credentials/info", {"credentialID": key_id, "certificates": "chain", "authInfo": True})
        about, cert = _dict(facts, "key"), _dict(facts, "cert")
        auth = _dict(facts, "auth")
        algorithms = [one for one in about.get("algo") or [] if isinstance(one, str)]
        try:
            certificates = tuple(b64decode(one, validate=True) for one in cert.get("certificates") or [])
            multisign = max(1, int(facts.get("multisign") or 1))
        except (ValueError, TypeError) as error:
            raise Refused("answer-odd") from error
        return Key(
            id=key_id,
            description=_text(facts, "description")[:100],
            enabled=about.get("status") == "enabled" and cert.get("status", "valid") == "valid",
            certificates=certificates,
            algorithm=next((one for one in SIGN_ALGORITHMS if one in algorithms), ""),
            mode=_text(auth, "mode") or _text(facts, "authMode"),
            multisign=multisign,
            factors=_factors(facts, auth),
        )

    def send_otp(self, key_id: str, factor: str) -> None:
        """Have the provider send the one-time password to the officer's phone or app."""
        if self.setup.version == 1:
            self._post("credentials/sendOTP", {"credentialID": key_id})
        else:
            self._post("credentials/getChallenge", {"credentialID": key_id, "authObjectID": factor})

    def authorize(self, key_id: str, digests: Sequence[bytes], typed: Mapping[str, str]) -> str:
        """`credentials/authorize`: the SAD for exactly these hashes, released by what the officer typed."""
        body: dict[str, Any] = {"credentialID": key_id, "numSignatures": len(digests)}
        if self.setup.version == 1:
            body |= {"hash": [_b64(one) for one in digests], **typed}
        else:
            body |= {
                "hashes": [_b64(one) for one in digests],
                "hashAlgorithmOID": SHA256_OID,
                "authData": [{"id": name, "value": value} for name, value in typed.items()],
            }
        sad = _text(self._post("credentials/authorize", body), "SAD")
        if not sad:
            raise Refused("answer-odd")
        return sad

    def sign_hash(
        self, key_id: str, digests: Sequence[bytes], *, algorithm: str, sad: str, token: str = ""
    ) -> list[bytes]:
        """`signatures/signHash`: one raw signature per hash, in order. `token` is of scope *credential* (version 2)."""
        body: dict[str, Any] = {"credentialID": key_id, "signAlgo": algorithm}
        if sad:
            body["SAD"] = sad
        if self.setup.version == 1:
            body |= {"hash": [_b64(one) for one in digests], "hashAlgo": SHA256_OID}
        else:
            body |= {"hashes": [_b64(one) for one in digests], "hashAlgorithmOID": SHA256_OID, "operationMode": "S"}
        signatures = self._post("signatures/signHash", body, token=token or self._token).get("signatures")
        if not isinstance(signatures, list) or len(signatures) != len(digests):
            raise Refused("answer-odd")
        try:
            return [b64decode(one, validate=True) for one in signatures]
        except (ValueError, TypeError) as error:
            raise Refused("answer-odd") from error

    def _post(self, method: str, body: dict[str, Any], *, token: str | None = None) -> dict[str, Any]:
        headers = {"Content-Type": "application/json"}
        bearer = self._token if token is None else token
        if bearer:
            headers["Authorization"] = f"Bearer {bearer}"
        return call(f"{self.setup.url}/{method}", json.dumps(body).encode(), headers, self._seconds)

    def _get(self, url: str) -> dict[str, Any]:
        return call(url, None, {}, self._seconds)


class _NoDetours(urllib.request.HTTPRedirectHandler):
    """A redirect would carry tokens to another place: none is followed."""

    def redirect_request(self, *_args: Any, **_named: Any) -> None:
        return None


def call(url: str, body: bytes | None, headers: Mapping[str, str], seconds: float = SECONDS) -> dict[str, Any]:
    """One call; `Refused` with the API's code, or with `unreachable`, `answer-odd`. Nothing of it is logged."""
    parts = urlsplit(url)
    if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in _LOOPBACK):
        raise Refused("address-odd")
    request = urllib.request.Request(url, data=body, headers={**headers, "Accept": "application/json"})  # noqa: S310
    opener = urllib.request.build_opener(_NoDetours())
    try:
        with opener.open(request, timeout=seconds) as answer:
            content = answer.read(_ANSWER_MAX + 1)
    except urllib.error.HTTPError as error:
        with error:
            raise Refused(_error_code(error.read(_ANSWER_MAX), error.code)) from None
    except (OSError, HTTPException) as error:
        raise Refused("unreachable") from error
    return _object(content)


def post_form(url: str, fields: Mapping[str, str], seconds: float = SECONDS) -> dict[str, Any]:
    """A form POST, as OAuth's token endpoint takes it (RFC 6749, section 4.1.3)."""
    return call(
        url, urlencode(fields).encode(), {"Content-Type": "application/x-www-form-urlencoded"}, seconds
    )  # fmt: skip


def _object(content: bytes) -> dict[str, Any]:
    try:
        found = json.loads(content) if len(content) <= _ANSWER_MAX else None
    except ValueError:
        found = None
    if not isinstance(found, dict):
        raise Refused("answer-odd")
    return found


def _error_code(content: bytes, status: int) -> str:
    try:
        code = _text(_object(content), "error")
    except Refused:
        code = ""
    plain = code.replace("_", "").replace("-", "")
    if status in _FAULTS:
        return f"http-{status}"
    return code[:40] if plain.isascii() and plain.isalnum() else f"http-{status}"


def _factors(facts: Mapping[str, Any], auth: Mapping[str, Any]) -> tuple[Factor, ...]:
    if auth:
        return tuple(
            Factor(
                id=_text(one, "id")[:20],
                label=_text(one, "label")[:60],
                digits=_text(one, "format") == "N",
                sent=_text(one, "type") == "ChallengeResponse" and _text(one, "generator") != "totp",
            )
            for one in auth.get("objects") or []
            if isinstance(one, dict) and _text(one, "id")
        )
    found = []
    for name in ("PIN", "OTP"):
        one = _dict(facts, name)
        if str(one.get("presence", "false")).lower() in {"true", "optional"}:
            found.append(
                Factor(
                    id=name,
                    label=_text(one, "label")[:60],
                    digits=_text(one, "format") == "N",
                    sent=name == "OTP" and _text(one, "type") == "online",
                )
            )
    return tuple(found)


def _text(facts: Mapping[str, Any], name: str) -> str:
    value = facts.get(name)
    return value if isinstance(value, str) else ""


def _dict(facts: Mapping[str, Any], name: str) -> dict[str, Any]:
    value = facts.get(name)
    return value if isinstance(value, dict) else {}


def _b64(data: bytes) -> str:
    return b64encode(data).decode()
