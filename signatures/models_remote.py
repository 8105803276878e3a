"""An officer's visit to a provider: what was sent there to be signed, and what came of it.

The provider's part of the protocol is in `signatures.backends` (csc, esign), the acts in `signatures.services`.
"""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django_fsm import ConcurrentTransitionMixin, FSMField, transition


class VisitState(models.TextChoices):
    OPEN = "open", _("At the provider")
    ANSWERED = "answered", _("Came back")
    CANCELLED = "cancelled", _("Cancelled")
    FAILED = "failed", _("Failed")
    EXPIRED = "expired", _("Expired")


class VisitStep(models.TextChoices):
    """What is awaited next: the officer's sign-in, the release of the key, or a choice on our own page."""

    SERVICE = "service", _("Signing in at the provider")
    KEYS = "keys", _("Choosing the key")
    FACTORS = "factors", _("PIN or one-time password")
    CREDENTIAL = "credential", _("Releasing the key at the provider")
    RESPONSE = "response", _("Answer of the provider")


class VisitLife(ConcurrentTransitionMixin, models.Model):
    """open → answered · cancelled · failed · expired."""

    state = FSMField(max_length=10, choices=VisitState.choices, default=VisitState.OPEN, protected=True)
    failure = models.CharField(max_length=60, blank=True)
    # The provider's own code, for the operator; never its text, which may name persons.
    provider_code = models.CharField(max_length=40, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        abstract = True

    @transition(field=state, source=VisitState.OPEN, target=VisitState.ANSWERED)
    def answer(self, *, at: datetime) -> None:
        """Every signature came back and was checked."""
        self.finished_at = at

    @transition(field=state, source=VisitState.OPEN, target=VisitState.CANCELLED)
    def cancel(self, *, at: datetime) -> None:
        """The officer gave it up, here or there."""
        self.finished_at = at

    @transition(field=state, source=VisitState.OPEN, target=VisitState.FAILED)
    def fail(self, *, code: str, at: datetime, provider_code: str = "") -> None:
        self.failure, self.provider_code, self.finished_at = code[:60], provider_code[:40], at

    @transition(field=state, source=VisitState.OPEN, target=VisitState.EXPIRED)
    def expire(self, *, at: datetime) -> None:
        self.finished_at = at


class ProviderVisit(VisitLife):
    """One visit, by one officer, for one key: to register it, or to sign the items of the visit and nothing else."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    credential = models.ForeignKey("signatures.Credential", on_delete=models.PROTECT, related_name="visits")
    charge = models.ForeignKey("employee_master.Charge", on_delete=models.PROTECT, null=True, related_name="+")
    step = models.CharField(max_length=10, choices=VisitStep.choices)
    # What the answer names: the transaction number of eSign, the SHA-256 of OAuth's state. Each is taken once.
    handle = models.CharField(max_length=64, unique=True)
    # Verifier and short-lived tokens, sealed under the instance's secret (services.remote); wiped at the end.
    sealed = models.BinaryField(blank=True, default=b"")
    # What the key signs to prove that the officer can release it; empty when papers are signed.
    challenge = models.BinaryField(blank=True, default=b"")
    # The page of ours from which the officer left.
    back = models.CharField(max_length=500, blank=True)
    opened_at = models.DateTimeField()
    expires_at = models.DateTimeField()

    ledger_type: ClassVar[str] = "provider_visit"

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(state__in=VisitState.values), name="visit_state_known"),
            models.CheckConstraint(
                condition=Q(state=VisitState.OPEN) | Q(sealed=b""), name="finished_visit_keeps_no_secret"
            ),
        ]

    def __str__(self) -> str:
        return f"visit {self.pk} {self.state}"

    @property
    def registers(self) -> bool:
        return bool(self.challenge)


class VisitItem(models.Model):
    """One paper of a visit, in the order in which it was sent, and the digest that was sent for it."""

    visit = models.ForeignKey(ProviderVisit, on_delete=models.PROTECT, related_name="items")
    place = models.PositiveSmallIntegerField()
    attempt = models.ForeignKey("signatures.SigningAttempt", on_delete=models.PROTECT, related_name="visit_items")
    digest = models.CharField(max_length=64)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["visit", "place"], name="one_item_per_place"),
            models.UniqueConstraint(fields=["visit", "attempt"], name="one_item_per_attempt"),
        ]
        ordering: ClassVar = ["place"]

    def __str__(self) -> str:
        return f"{self.attempt_id} in {self.visit_id}"
