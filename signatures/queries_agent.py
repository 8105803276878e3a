"""What may be asked about signers and errands."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from django.db.models import QuerySet

from eoffice.core import clock
from eoffice.core.actor import Actor
from signatures.agent_key import server_key
from signatures.agent_words import hash_words
from signatures.models import Backend, Credential, SigningAttempt
from signatures.models_agent import AgentErrand, ErrandState, PairedAgent, PairingCode
from signatures.workflow import AttemptState, CredentialState

# A signer that asked within this time is taken to run.
AWAKE = timedelta(seconds=90)


def agents_of(employee_id: int) -> QuerySet[PairedAgent]:
    """The paired PCs of an officer, the one seen last first."""
    return PairedAgent.objects.filter(employee_id=employee_id, unpaired_at__isnull=True).order_by("-last_seen_at", "pk")


def is_awake(agent: PairedAgent) -> bool:
    return agent.last_seen_at is not None and clock.now() - agent.last_seen_at <= AWAKE


def awaited_for(employee_id: int) -> Credential | None:
    """The officer's approved credential that waits for the token's certificate."""
    found: Credential | None = Credential.objects.filter(
        employee_id=employee_id, backend=Backend.AGENT, state=CredentialState.APPROVED
    ).first()
    return found


def is_signing(employee_id: int) -> bool:
    """Whether the officer has papers prepared that a signer may be asked for any moment."""
    prepared = SigningAttempt.objects.filter(
        credential__employee_id=employee_id, credential__backend=Backend.AGENT, state=AttemptState.PREPARED,
        expires_at__gt=clock.now(),
    )  # fmt: skip
    return bool(prepared.exists())


def open_code(actor: Actor) -> PairingCode | None:
    """The code that the officer may type at a PC now."""
    return PairingCode.objects.filter(
        employee_id=actor.person, used_at__isnull=True, expires_at__gt=clock.now()
    ).first()


def pairing_words(agent: PairedAgent) -> tuple[str, str]:
    """What the PC says after pairing, for comparing: a hash over the instance's key and the PC's name here."""
    return hash_words([server_key().public_key().public_bytes_raw(), str(agent.uuid).encode()])


@dataclass(frozen=True)
class Waiting:
    """How the signing of some papers by the officer's own signers stands.

    `stage`: ask (not sent), wait, done (every signature is here), over (it came to nothing; `errand` says how), late
    (the papers must be prepared again).
    """

    stage: str
    attempts: Sequence[SigningAttempt]
    errand: AgentErrand | None
    agents: Sequence[tuple[PairedAgent, bool]]
    words: tuple[str, str]
    answered: int


def waiting_for(uuids: Sequence[UUID], employee_id: int) -> Waiting | None:
    """None where these are not the officer's papers, or are not signed through a signer."""
    found = SigningAttempt.objects.select_related("credential").in_bulk(list(uuids), field_name="uuid")
    attempts = [found[uuid] for uuid in uuids if uuid in found]
    if not attempts or len(attempts) != len(uuids):
        return None
    if any(one.credential.employee_id != employee_id or one.credential.backend != Backend.AGENT for one in attempts):
        return None
    pks = [one.pk for one in attempts]
    errand = AgentErrand.objects.select_related("agent").filter(items__attempt=pks[0]).order_by("-pk").first()
    if errand is not None and list(errand.items.values_list("attempt_id", flat=True)) != pks:
        errand = None
    answered = SigningAttempt.objects.filter(pk__in=pks, answer__isnull=False).count()
    agents = [(one, is_awake(one)) for one in agents_of(employee_id)]
    words = hash_words([bytes.fromhex(one.document_digest) for one in attempts])
    is_late = any(one.state != AttemptState.PREPARED or one.expires_at <= clock.now() for one in attempts)
    stage = "done" if answered == len(pks) else "late" if is_late else _stage(errand)
    return Waiting(stage, attempts, errand, agents, words, answered)


def _stage(errand: AgentErrand | None) -> str:
    if errand is None:
        return "ask"
    return "wait" if errand.state == ErrandState.WAITING and not errand.is_late else "over"
