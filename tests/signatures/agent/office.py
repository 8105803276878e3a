"""A PC of the tests: the signer's own wire, over Django's client instead of a socket, and a token's key in memory."""

from __future__ import annotations

import io
import sys
import urllib.request
from dataclasses import dataclass, field
from email.message import Message
from http.client import HTTPMessage
from pathlib import Path
from typing import Any
from urllib.response import addinfourl

from django.test import Client

AGENT = Path(__file__).resolve().parents[3] / "signatures" / "agent"
sys.path.insert(0, str(AGENT))

from eoffice_signer import wire  # noqa: E402 - a package of its own, found by its folder
from eoffice_signer.state import Pairing  # noqa: E402
from signatures import queries_agent  # noqa: E402
from signatures.models import Backend, Credential  # noqa: E402
from signatures.services import agent_pairing  # noqa: E402
from signatures.services.credential import credential_approve, credential_request  # noqa: E402
from tests.cast import Cast  # noqa: E402
from tests.signatures.authority import Officer, World  # noqa: E402

SERVER = "http://127.0.0.1:8000"


class ByClient(urllib.request.BaseHandler):
    """Hands requests to the program in this process. `tamper` is whoever sits in between."""

    def __init__(self) -> None:
        self.client = Client()
        self.sent: list[tuple[str, str, bytes, dict[str, str]]] = []
        self.tamper: Any = None
        self.down = False

    def http_open(self, request: urllib.request.Request) -> addinfourl:
        if self.down:
            raise urllib.error.URLError("the cable is pulled")
        headers = {name: value for name, value in request.header_items() if name.lower() != "content-type"}
        body = request.data or b""
        assert isinstance(body, bytes)
        self.sent.append((request.get_method(), request.selector, body, headers))
        return self._answered(self.again(-1))

    def again(self, which: int) -> Any:
        """The very same bytes once more: a replay."""
        method, path, body, headers = self.sent[which]
        return self.client.generic(method, path, body, content_type="application/json", headers=headers)

    def _answered(self, answer: Any) -> addinfourl:
        status, content, proof = answer.status_code, answer.content, answer.headers.get("Server-Proof", "")
        if self.tamper is not None:
            status, content, proof = self.tamper(status, content, proof)
        headers: Message = HTTPMessage()
        headers["Server-Proof"] = proof
        found = addinfourl(io.BytesIO(content), headers, SERVER, status)
        found.msg = "OK"  # type: ignore[attr-defined]
        return found


@dataclass
class PC:
    """A paired PC of an officer."""

    pairing: Pairing
    facts: dict[str, Any]
    line: ByClient = field(default_factory=ByClient)

    def __post_init__(self) -> None:
        self.office = wire.Office(self.pairing)
        self.office._opener = _opener(self.line)

    def errand(self) -> dict[str, Any] | None:
        found: dict[str, Any] | None = self.office.get("/agent/v1/errands")["errand"]
        return found

    def report(self, errand: dict[str, Any], code: str, detail: str = "") -> dict[str, Any]:
        return self.office.post(f"/agent/v1/errands/{errand['id']}/report", {"code": code, "detail": detail})

    def answer(self, errand: dict[str, Any], officer: Officer) -> dict[str, Any]:
        return self.office.post(f"/agent/v1/errands/{errand['id']}/answers", {"answers": signed(errand, officer)})


def signed(errand: dict[str, Any], officer: Officer) -> dict[str, str]:
    from base64 import b64decode, b64encode  # noqa: PLC0415

    return {item["id"]: b64encode(officer.sign(b64decode(item["signed_attrs"]))).decode() for item in errand["items"]}


def _opener(line: ByClient) -> urllib.request.OpenerDirector:
    opener = urllib.request.OpenerDirector()
    for handler in (
        line,
        wire._NoRedirect(),
        urllib.request.HTTPErrorProcessor(),
        urllib.request.HTTPDefaultErrorHandler(),
    ):
        opener.add_handler(handler)
    return opener


def try_to_pair(code: str, *, name: str = "Room 12", line: ByClient | None = None) -> PC:
    line = line or ByClient()
    given, wire._opener = wire._opener, lambda _ca_file: _opener(line)
    try:
        pairing, facts = wire.pair(SERVER, code, name=name, language="en", ca_file="")
    finally:
        wire._opener = given
    return PC(pairing, facts)


def new_code(cast: Cast, who: str = "secretary") -> str:
    return agent_pairing.code_shown(agent_pairing.pairing_code_make(actor=cast.actor(who)))


def paired(cast: Cast, who: str = "secretary", name: str = "Room 12") -> PC:
    return try_to_pair(new_code(cast, who), name=name)


def awaited(cast: Cast, who: str = "secretary") -> Credential:
    """An approved request for signing by token."""
    actor = cast.actor(who)
    assert actor.office_id is not None
    row = credential_request(office_id=actor.office_id, actor=actor, backend=Backend.AGENT)
    return credential_approve(credential_id=row.pk, actor=cast.actor("emd_manager"))


def register_token(pc: PC, officer: Officer) -> None:
    from base64 import b64encode  # noqa: PLC0415

    challenge = pc.office.get("/agent/v1/credential")["challenge"]
    pc.office.post(
        "/agent/v1/credential",
        {"certificate": b64encode(officer.certificate).decode(), "challenge": challenge,
         "chain": [b64encode(der).decode() for der in officer.chain],
         "signature": b64encode(officer.sign(challenge.encode())).decode()},
    )  # fmt: skip


def token_officer(
    world: World, cast: Cast, who: str = "secretary", kind: Any = "p-256"
) -> tuple[PC, Officer, Credential]:
    """A paired PC, the officer with key and certificate, and the active credential."""
    pc, officer = paired(cast, who), world.officer(cast.employee(who).name_en, kind)
    credential = awaited(cast, who)
    register_token(pc, officer)
    return pc, officer, Credential.objects.get(pk=credential.pk)


__all__ = ["PC", "ByClient", "queries_agent", "wire"]
