"""OAuth 2.0 towards a remote signing service: authorisation code with PKCE (RFC 6749, RFC 7636).

Scope *service* lets this program ask; scope *credential* releases the officer's key for exactly the hashes in the
request, which the provider shows to the officer's eyes and binds into what it gives out (the SAD).
"""

from __future__ import annotations

import secrets
from base64 import urlsafe_b64encode
from collections.abc import Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from urllib.parse import urlencode, urlsplit

from signatures.backends.csc import api


@dataclass(frozen=True)
class Departure:
    """Where the officer goes, and what must be remembered until the return. `handle` is the SHA-256 of the state."""

    url: str
    handle: str
    verifier: str = field(repr=False)


def departure(
    service: api.Service,
    setup: api.Setup,
    *,
    redirect_uri: str,
    scope: str,
    key_id: str = "",
    digests: Sequence[bytes] = (),
) -> Departure:
    """The address of the provider's page, with a fresh state and a fresh verifier."""
    parts = urlsplit(service.authorize_url)
    if not parts.netloc:
        raise api.Refused("no-authorisation-server")
    state, verifier = secrets.token_urlsafe(32), secrets.token_urlsafe(48)
    fields = {
        "response_type": "code",
        "client_id": setup.client_id,
        "redirect_uri": redirect_uri,
        "scope": scope,
        "state": state,
        "code_challenge": base64url(sha256(verifier.encode()).digest()),
        "code_challenge_method": "S256",
    }
    if scope == "credential":
        named = {"credentialID": key_id, "numSignatures": str(len(digests))}
        joined = ",".join(base64url(one) for one in digests)
        if setup.version == 1:
            fields |= named | {"hash": joined}
        else:
            fields |= named | {"hashes": joined, "hashAlgorithmOID": api.SHA256_OID}
    glue = "&" if parts.query else "?"
    return Departure(f"{service.authorize_url}{glue}{urlencode(fields)}", handle_of(state), verifier)


def handle_of(state: str) -> str:
    return sha256(state.encode()).hexdigest()


def exchange(service: api.Service, setup: api.Setup, *, code: str, verifier: str, redirect_uri: str) -> str:
    """The token for an authorisation code. `Refused` when the provider gives none."""
    return _token(
        service,
        setup,
        {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": redirect_uri,
            "code_verifier": verifier,
        },
    )


def client_token(service: api.Service, setup: api.Setup) -> str:
    """A token of scope *service* for this program itself, where the provider agreed to that."""
    return _token(service, setup, {"grant_type": "client_credentials", "scope": "service"})


def _token(service: api.Service, setup: api.Setup, fields: dict[str, str]) -> str:
    fields = fields | {"client_id": setup.client_id}
    if setup.client_secret:
        fields["client_secret"] = setup.client_secret
    answer = api.post_form(service.token_url, fields)
    token = answer.get("access_token")
    if not isinstance(token, str) or not token or str(answer.get("token_type", "")).lower() not in {"bearer", "sad"}:
        raise api.Refused("answer-odd")
    return token


def base64url(data: bytes) -> str:
    return urlsafe_b64encode(data).decode().rstrip("=")
