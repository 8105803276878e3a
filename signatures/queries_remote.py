"""What may be asked about visits to providers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from eoffice.core import clock
from signatures.models import Backend, SigningAttempt
from signatures.models_remote import ProviderVisit, VisitState
from signatures.workflow import AttemptState

# Where the officer goes to a provider's page.
REMOTE = (Backend.CSC, Backend.ESIGN)


@dataclass(frozen=True)
class Going:
    """How the signing of some papers at a provider stands.

    `stage`: ask (some wait for a visit), done (every signature is here), late (their time is over). `visit` is the last
    one; it tells how it ended.
    """

    stage: str
    backend: str
    attempts: list[SigningAttempt]
    answered: int
    visit: ProviderVisit | None

    @property
    def waiting(self) -> int:
        return len(self.attempts) - self.answered


def going_for(uuids: Sequence[UUID], employee_id: int) -> Going | None:
    """The state of these papers of the officer's own; None where they are not signed at a provider."""
    found = SigningAttempt.objects.select_related("credential", "answer").filter(
        uuid__in=list(uuids), credential__employee_id=employee_id, credential__backend__in=REMOTE
    )
    attempts = sorted(found, key=lambda one: list(uuids).index(one.uuid))
    if not attempts or any(one.state != AttemptState.PREPARED for one in attempts):
        return None
    answered = sum(hasattr(one, "answer") for one in attempts)
    visit = (
        ProviderVisit.objects.filter(items__attempt__in=attempts).exclude(state=VisitState.OPEN).order_by("pk").last()
    )
    stage = "done" if answered == len(attempts) else "ask"
    if any(one.expires_at <= clock.now() for one in attempts):
        stage = "late"
    return Going(stage, attempts[0].credential.backend, attempts, answered, visit)
