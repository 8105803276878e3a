"""Pairing an officer's PC with this instance, and telling afterwards that a request really comes from it.

The code that the page shows never goes over the wire: both sides prove by a MAC over both public keys that they know
it. Afterwards every request is signed by the PC's key and every answer by the instance's, which the PC has pinned. All
of it lies inside TLS, so it holds behind a proxy that looks into TLS and signs it anew (docs/decisions, 0016).
"""

from __future__ import annotations

import base64
import binascii
import hmac
import secrets
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from hashlib import scrypt, sha256
from uuid import UUID

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from django.db import IntegrityError, transaction
from django.db.models import Case, F, Value, When
from django.utils.translation import gettext_lazy as _

from employee_master.models import Employee
from employee_master.queries.acting import actor_for
from eoffice.core import clock, sealed
from eoffice.core.actions import Action
from eoffice.core.actor import Actor
from eoffice.core.errors import DomainError, NotAllowed, NotAvailable, NotVisible
from eoffice.ledger.writer import record_event
from signatures.agent_key import secret_key, server_key
from signatures.models_agent import PairedAgent, PairingCode

CODE_LIFETIME = timedelta(minutes=10)
CODE_TRIES = 5
# No 0, 1, I or O: the code is read from one screen and typed at another.
LETTERS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
LOCATOR, SECRET = 4, 12
# How far the time of a request may be from ours; the signer takes over our time when it is told.
SKEW = timedelta(minutes=5)
# Requests of one PC in a minute: far more than a signer makes, a batch of hundreds included.
MOST_A_MINUTE = 1200
_KEY_BYTES, _NONCE_CHARS = 32, 32


class UnknownAgent(DomainError):
    """Not a PC that is paired, or not its signature."""

    status = 401


class StaleStamp(DomainError):
    """The request's time is not ours or not later than the last one's: a wrong clock, or a request sent again."""

    status = 409

    def __init__(self, *, now: int, last: int) -> None:
        super().__init__("agent_stamp", _("The time of this request is not right, or it was made before."))
        self.now, self.last = now, last


class TooOften(NotAllowed):
    """More requests than a signer makes."""

    status = 429


@transaction.atomic
def pairing_code_make(*, actor: Actor) -> PairingCode:
    """A new code for pairing one PC of the actor's; one that was open is void now."""
    employee = Employee.objects.select_for_update(of=("self",)).get(pk=actor.person)
    at = clock.now()
    for old in PairingCode.objects.select_for_update().filter(employee=employee, used_at__isnull=True):
        _void(old)
    for _attempt in range(5):
        code = "".join(secrets.choice(LETTERS) for _place in range(LOCATOR + SECRET))
        row = PairingCode(employee=employee, locator=code[:LOCATOR], made_at=at, expires_at=at + CODE_LIFETIME)
        row.sealed = sealed.seal(code[LOCATOR:].encode(), key=secret_key("eoffice.agent-code"), context=row.locator)
        with suppress(IntegrityError), transaction.atomic():
            row.save()
            return row
    raise NotAvailable("no_code", _("No code could be made just now."), _("Try again."))


def _void(row: PairingCode) -> None:
    row.used_at, row.sealed = clock.now(), b""
    row.save()


def code_shown(row: PairingCode) -> str:
    """The code as the page shows it, in groups of four."""
    code = row.locator + _secret_part(row)
    return "-".join(code[at : at + 4] for at in range(0, len(code), 4))


def _secret_part(row: PairingCode) -> str:
    return sealed.unseal(bytes(row.sealed), key=secret_key("eoffice.agent-code"), context=row.locator).decode()


@dataclass(frozen=True)
class Paired:
    """What the PC is told; `mac` proves that whoever tells it knows the code."""

    agent: PairedAgent
    server_key: str
    mac: str


def agent_pair(*, locator: str, public_key: str, nonce: str, name: str, version: str, mac: str) -> Paired:
    """Pair the PC that proves by `mac` that the officer typed the code there. Refused as `code_wrong`, whatever it is.

    Five wrong proofs void the code. The officer is told which PC it was on the page 'My signers'.
    """
    try:
        key = base64.b64decode(public_key, validate=True)
        Ed25519PublicKey.from_public_bytes(key)
    except (binascii.Error, ValueError) as error:
        raise _code_wrong() from error
    if len(nonce) != _NONCE_CHARS or len(locator) != LOCATOR:
        raise _code_wrong()
    shared = _shared(locator)
    asked = f"eoffice-pair-1\nrequest\n{public_key}\n{nonce}\n{sha256(name.encode()).hexdigest()}"
    right = hmac.compare_digest(hmac.new(shared, asked.encode(), sha256).hexdigest(), mac)
    with transaction.atomic():
        row = _open_code(locator, lock=True)
        if not right:
            row.tries += 1
            row.save()
            if row.tries >= CODE_TRIES:
                _void(row)
        else:
            agent = _paired(row, key, name=name, version=version)
    if not right:
        raise _code_wrong()
    server = base64.b64encode(server_key().public_key().public_bytes_raw()).decode()
    told = f"eoffice-pair-1\nanswer\n{public_key}\n{nonce}\n{server}\n{agent.uuid}"
    return Paired(agent, server, hmac.new(shared, told.encode(), sha256).hexdigest())


def _open_code(locator: str, *, lock: bool = False) -> PairingCode:
    rows = PairingCode.objects.select_for_update() if lock else PairingCode.objects.all()
    row = rows.filter(locator=locator, used_at__isnull=True, expires_at__gt=clock.now()).first()
    if row is None:
        raise _code_wrong()
    return row


def _shared(locator: str) -> bytes:
    secret = _secret_part(_open_code(locator))
    # Slow on purpose, on both sides: what went over the wire is no help in guessing the twelve letters.
    return scrypt(secret.encode(), salt=f"eoffice-pair-1 {locator}".encode(), n=2**14, r=8, p=1, dklen=_KEY_BYTES)


def _paired(row: PairingCode, key: bytes, *, name: str, version: str) -> PairedAgent:
    if PairedAgent.objects.filter(public_key=key).exists():
        raise _code_wrong()
    plain = " ".join("".join(c if c.isprintable() else " " for c in name).split())
    agent = PairedAgent.objects.create(
        employee=row.employee, name=plain[:80] or "PC", public_key=key, version=version[:20], paired_at=clock.now(),
        last_seen_at=clock.now(),
    )  # fmt: skip
    row.agent = agent
    _void(row)
    record_event(action=Action.AGENT_PAIR, subject=agent, actor=actor_for(row.employee))
    return agent


def _code_wrong() -> NotAllowed:
    return NotAllowed(
        "code_wrong",
        _("The code is wrong, too old, or was used already."),
        _("Make a new code on the page 'My signers'."),
    )


@transaction.atomic
def agent_unpair(*, agent_uuid: UUID, actor: Actor) -> PairedAgent:
    """End the pairing, from the page or from the PC; its requests are refused from now on."""
    agent = PairedAgent.objects.select_for_update(of=("self",)).filter(uuid=agent_uuid).first()
    if agent is None or agent.employee_id != actor.employee_id:
        raise NotVisible
    if agent.unpaired_at is None:
        agent.unpaired_at = clock.now()
        agent.save()
        record_event(action=Action.AGENT_UNPAIR, subject=agent, actor=actor)
    return agent


@dataclass(frozen=True)
class Proof:
    """The header `Agent-Proof` taken apart: which PC, its time, its nonce, its signature."""

    agent: UUID
    stamp: int
    nonce: str
    signature: bytes

    @classmethod
    def read(cls, header: str) -> Proof | None:
        """None for anything that has another form."""
        parts = header.split(" ")
        with suppress(ValueError, binascii.Error):
            agent, stamp, nonce, signature = parts
            if len(nonce) == _NONCE_CHARS and nonce.isalnum() and stamp.isdecimal() and len(stamp) <= 17:  # noqa: PLR2004
                return cls(UUID(agent), int(stamp), nonce, base64.b64decode(signature, validate=True))
        return None


def agent_of(proof: Proof | None, *, method: str, path: str, body: bytes) -> PairedAgent:
    """The paired PC that made exactly this request, now and for the first time.

    `UnknownAgent` unless it is paired and its officer's account is open, and the signature fits; `StaleStamp` when the
    time is not right or not later than the last one's. Only then is anything written.
    """
    agent = None
    if proof is not None:
        agent = PairedAgent.objects.select_related("employee__account").filter(uuid=proof.agent).first()
    if proof is None or agent is None or not _is_open(agent):
        raise UnknownAgent("agent_unknown", _("This PC is not paired."), _("Pair it on the page 'My signers'."))
    audience = sha256(server_key().public_key().public_bytes_raw()).hexdigest()
    said = "\n".join(
        ("eoffice-agent-1", method, path, audience, str(agent.uuid), str(proof.stamp), proof.nonce,
         sha256(body).hexdigest())
    )  # fmt: skip
    try:
        Ed25519PublicKey.from_public_bytes(bytes(agent.public_key)).verify(proof.signature, said.encode())
    except InvalidSignature as error:
        raise UnknownAgent("agent_proof", _("The request was not made by this PC, or changed on its way.")) from error
    _count(agent, proof.stamp)
    return agent


def _is_open(agent: PairedAgent) -> bool:
    account = agent.employee.account
    return agent.unpaired_at is None and account is not None and account.is_active


def _count(agent: PairedAgent, stamp: int) -> None:
    """One statement: a request counts once, whichever process gets it, and a PC can't ask without end."""
    at = clock.now()
    now = int(at.timestamp() * 1_000_000)
    minute = now // 60_000_000
    newer = PairedAgent.objects.filter(pk=agent.pk, last_stamp__lt=stamp, unpaired_at__isnull=True)
    in_time = abs(stamp - now) <= SKEW / timedelta(microseconds=1)
    if not in_time or not newer.update(
        last_stamp=stamp,
        last_seen_at=at,
        minute=minute,
        requests=Case(When(minute=minute, then=F("requests") + 1), default=Value(1)),
    ):
        agent.refresh_from_db()
        raise StaleStamp(now=now, last=agent.last_stamp)
    agent.refresh_from_db()
    if agent.requests > MOST_A_MINUTE:
        raise TooOften("too_often", _("Too many requests came from this PC."), _("Wait a minute."))


def answer_proof(*, nonce: str, status: int, body: bytes) -> str:
    """The instance's signature over an answer, tied to the request by its nonce."""
    said = f"eoffice-agent-answer-1\n{status}\n{nonce}\n{sha256(body).hexdigest()}"
    return base64.b64encode(server_key().sign(said.encode())).decode()
