"""The API of the officers' signers, /agent/v1/: JSON, no cookies, every request and every answer signed.

The protocol is told in docs/how-to/signer-protocol.md; the other side of it is `signatures/agent/eoffice_signer`.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Callable
from functools import wraps
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from employee_master.models import Employee
from employee_master.queries.acting import actor_for
from eoffice.core import clock
from eoffice.core.errors import BadInput, DomainError, Text
from eoffice.documents.queries import document_bytes
from signatures.models_agent import AgentErrand, PairedAgent
from signatures.queries_agent import is_signing
from signatures.services import agent as errands
from signatures.services import agent_credential, agent_pairing
from signatures.services.agent_pairing import Proof, StaleStamp, TooOften

MOST_BYTES = 1024 * 1024
# Wrong proofs and codes from one address in ten minutes. A whole office may sit behind one; what is right is no limit.
MOST_WRONG, _WINDOW = 60, 600

Answer = dict[str, Any] | bytes
View = Callable[..., Answer]


def _both(text: Text) -> dict[str, str]:
    said = {}
    for language in ("en", "hi"):
        with override(language):
            said[language] = str(text)
    return said


def _response(answer: Answer, *, status: int = 200, nonce: str = "") -> HttpResponse:
    if isinstance(answer, bytes):
        body, kind = answer, "application/pdf"
    else:
        body, kind = json.dumps(answer, ensure_ascii=False).encode(), "application/json"
    response = HttpResponse(body, content_type=kind, status=status)
    if nonce:
        response["Server-Proof"] = agent_pairing.answer_proof(nonce=nonce, status=status, body=body)
    return response


def _refusal(error: DomainError) -> dict[str, Any]:
    facts: dict[str, Any] = {"code": error.code, "message": _both(error.message), "remedy": _both(error.remedy)}
    if isinstance(error, StaleStamp):
        facts |= {"now": error.now, "last": error.last}
    return {"error": facts}


def _wrong_key(request: HttpRequest) -> str:
    window = int(clock.now().timestamp()) // _WINDOW
    return f"agent:wrong:{request.META.get('REMOTE_ADDR', '')}:{window}"


def _guard(request: HttpRequest) -> None:
    if int(cache.get(_wrong_key(request), 0)) >= MOST_WRONG:
        raise TooOften("too_often", _("Too many wrong requests came from this address."), _("Wait ten minutes."))


def _count_wrong(request: HttpRequest) -> None:
    key = _wrong_key(request)
    cache.add(key, 0, _WINDOW)
    cache.incr(key)


def _body(request: HttpRequest) -> bytes:
    length = request.META.get("CONTENT_LENGTH") or "0"
    if not length.isdecimal() or int(length) > MOST_BYTES:
        raise BadInput("too_large", _("The request is too large."))
    return request.body


def _json(body: bytes) -> dict[str, Any]:
    try:
        facts = json.loads(body)
    except ValueError as error:
        raise _unreadable() from error
    if not isinstance(facts, dict):
        raise _unreadable()
    return facts


def _unreadable() -> BadInput:
    return BadInput("unreadable", _("The request can't be read."))


def _text(facts: dict[str, Any], name: str, most: int) -> str:
    value = facts.get(name, "")
    if not isinstance(value, str) or len(value) > most:
        raise _unreadable()
    return value


def _bytes(facts: dict[str, Any], name: str) -> bytes:
    try:
        return base64.b64decode(_text(facts, name, 64 * 1024), validate=True)
    except binascii.Error as error:
        raise _unreadable() from error


def _for_agents(view: View) -> Callable[..., HttpResponse]:
    """The view gets the paired PC and the body; what it returns, or refuses, goes back signed by the instance."""

    @csrf_exempt
    @never_cache
    @wraps(view)
    def guarded(request: HttpRequest, **kwargs: Any) -> HttpResponse:
        proof = Proof.read(request.headers.get("Agent-Proof", ""))
        nonce = proof.nonce if proof else ""
        try:
            _guard(request)
            body = _body(request)
            agent = agent_pairing.agent_of(proof, method=request.method or "", path=request.get_full_path(), body=body)
            return _response(view(agent, body, **kwargs), nonce=nonce)
        except agent_pairing.UnknownAgent as error:
            _count_wrong(request)
            return _response(_refusal(error), status=error.status, nonce=nonce)
        except DomainError as error:
            return _response(_refusal(error), status=error.status, nonce=nonce)

    return guarded


def _named(employee: Employee) -> dict[str, str]:
    return {"en": employee.name_en or employee.name_hi, "hi": employee.name_hi or employee.name_en}


def _office() -> dict[str, str]:
    return {"en": settings.INSTANCE_NAME_EN, "hi": settings.INSTANCE_NAME_HI}


@csrf_exempt
@never_cache
@require_POST
def pair(request: HttpRequest) -> HttpResponse:
    """Pair a PC by its proof of the code. The only answer that bears a MAC instead of a signature."""
    try:
        _guard(request)
        facts = _json(_body(request))
        paired = agent_pairing.agent_pair(
            locator=_text(facts, "locator", 8),
            public_key=_text(facts, "public_key", 64),
            nonce=_text(facts, "nonce", 64),
            name=_text(facts, "name", 200),
            version=_text(facts, "version", 20),
            mac=_text(facts, "mac", 64),
        )
    except DomainError as error:
        _count_wrong(request)
        return _response(_refusal(error), status=error.status)
    agent = paired.agent
    return _response(
        {"agent": str(agent.uuid), "server_key": paired.server_key, "mac": paired.mac,
         "officer": _named(agent.employee), "office": _office()}
    )  # fmt: skip


@require_GET
@_for_agents
def waiting(agent: PairedAgent, _body: bytes) -> Answer:
    """What is to be signed now, and after how many seconds to ask again."""
    errand = errands.errand_next(agent=agent)
    soon = errand is not None or is_signing(agent.employee_id)
    return {
        "office": _office(),
        "officer": _named(agent.employee),
        "wait": 1 if soon else settings.AGENT_POLL_SECONDS,
        "errand": _errand(errand) if errand else None,
    }


def _errand(errand: AgentErrand) -> dict[str, Any]:
    items = errand.items.select_related("attempt")
    return {
        "id": str(errand.uuid),
        "items": [
            {
                "id": str(item.attempt.uuid),
                "kind": item.attempt.purpose,
                "title": item.attempt.title or item.attempt.reference,
                "signed_attrs": base64.b64encode(bytes(item.attempt.signed_attrs)).decode(),
            }
            for item in items
        ],
    }


@require_GET
@_for_agents
def paper(agent: PairedAgent, _body: bytes, *, attempt: UUID) -> Answer:
    """The prepared PDF, while it waits for this officer."""
    return document_bytes(errands.paper_for(agent=agent, attempt_uuid=attempt).prepared)


@require_POST
@_for_agents
def answers(agent: PairedAgent, body: bytes, *, errand: UUID) -> Answer:
    """The signatures of an errand; the same ones again change nothing."""
    given = _json(body).get("answers")
    if not isinstance(given, dict) or len(given) > errands.MOST_ITEMS:
        raise _unreadable()
    try:
        signatures = {UUID(name): _bytes(given, name) for name in given}
    except ValueError as error:
        raise _unreadable() from error
    row = errands.errand_answer(errand_uuid=errand, answers=signatures, agent=agent)
    return {"state": row.state}


@require_POST
@_for_agents
def report(agent: PairedAgent, body: bytes, *, errand: UUID) -> Answer:
    """What goes on at the signer: wrong PIN, no token, refused by the officer."""
    facts = _json(body)
    row = errands.errand_report(
        errand_uuid=errand, code=_text(facts, "code", 30), detail=_text(facts, "detail", 30), agent=agent
    )
    return {"state": row.state}


@csrf_exempt
@require_http_methods(["GET", "POST"])
def credential(request: HttpRequest) -> HttpResponse:
    """The challenge for registering a token's certificate, and the certificate itself."""
    return _challenge(request) if request.method == "GET" else _register(request)


@_for_agents
def _challenge(agent: PairedAgent, _body: bytes) -> Answer:
    return {"challenge": agent_credential.credential_challenge(agent=agent)}


@_for_agents
def _register(agent: PairedAgent, body: bytes) -> Answer:
    facts = _json(body)
    chain = facts.get("chain", [])
    if not isinstance(chain, list) or len(chain) > 10:  # noqa: PLR2004
        raise _unreadable()
    row = agent_credential.credential_activate_with(
        certificate=_bytes(facts, "certificate"),
        chain=[_bytes({"one": one}, "one") for one in chain],
        challenge=_text(facts, "challenge", 1000),
        signature=_bytes(facts, "signature"),
        agent=agent,
    )
    return {"state": row.state}


@require_POST
@_for_agents
def unpair(agent: PairedAgent, _body: bytes) -> Answer:
    """The PC ends its own pairing."""
    agent_pairing.agent_unpair(agent_uuid=agent.uuid, actor=actor_for(agent.employee))
    return {}
