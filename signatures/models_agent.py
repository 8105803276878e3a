"""The officers' signers: PCs paired with this instance, codes for pairing, and what was sent to be signed there."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django_fsm import ConcurrentTransitionMixin, FSMField, transition

from eoffice.core import clock


class PairedAgent(models.Model):
    """One PC of one officer, known by its own public key. An officer may have several."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    employee = models.ForeignKey("employee_master.Employee", on_delete=models.PROTECT, related_name="agents")
    name = models.CharField(max_length=80)
    # Ed25519, raw. A key is paired once; paired anew, a PC makes a new one.
    public_key = models.BinaryField(max_length=32, unique=True)
    version = models.CharField(max_length=20, blank=True)
    # The newest request's time in microseconds: every further one must be later, so none counts twice.
    last_stamp = models.BigIntegerField(default=0)
    # Requests in the minute that is named (since 1970), against a signer gone wild.
    minute = models.BigIntegerField(default=0)
    requests = models.PositiveIntegerField(default=0)
    paired_at = models.DateTimeField()
    last_seen_at = models.DateTimeField(null=True, blank=True)
    unpaired_at = models.DateTimeField(null=True, blank=True)

    ledger_type: ClassVar[str] = "paired_agent"

    class Meta:
        indexes: ClassVar = [models.Index(fields=["employee", "unpaired_at"], name="agents_of_employee")]

    def __str__(self) -> str:
        return f"agent {self.pk} of {self.employee_id}"


class PairingCode(models.Model):
    """A code that the page shows for ten minutes and that pairs one PC. It never goes over the wire (services.agent).

    `locator` is its first part, by which it is found; the secret part is sealed under the instance's agent key.
    """

    employee = models.ForeignKey("employee_master.Employee", on_delete=models.PROTECT, related_name="+")
    locator = models.CharField(max_length=8, unique=True)
    sealed = models.BinaryField(blank=True, default=b"")
    tries = models.PositiveSmallIntegerField(default=0)
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)
    agent = models.OneToOneField(PairedAgent, on_delete=models.PROTECT, null=True, related_name="code")

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(used_at__isnull=True) | Q(sealed=b""), name="used_code_keeps_no_secret"),
            models.UniqueConstraint(
                fields=["employee"], condition=Q(used_at__isnull=True), name="one_open_pairing_code"
            ),
        ]

    def __str__(self) -> str:
        return f"code of {self.employee_id}"


class ErrandState(models.TextChoices):
    WAITING = "waiting", _("Waits for the signer")
    ANSWERED = "answered", _("Signed")
    REFUSED = "refused", _("Refused")
    WITHDRAWN = "withdrawn", _("Taken back")
    EXPIRED = "expired", _("Expired")


class ErrandLife(ConcurrentTransitionMixin, models.Model):
    """waiting → answered · refused · withdrawn · expired."""

    state = FSMField(max_length=10, choices=ErrandState.choices, default=ErrandState.WAITING, protected=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        abstract = True

    @transition(field=state, source=ErrandState.WAITING, target=ErrandState.ANSWERED)
    def answer(self, *, at: datetime) -> None:
        """Every paper has its checked signature."""
        self.finished_at = at

    @transition(field=state, source=ErrandState.WAITING, target=ErrandState.REFUSED)
    def refuse(self, *, at: datetime) -> None:
        """By the officer at the signer, or by the signer itself because the papers did not fit together."""
        self.finished_at = at

    @transition(field=state, source=ErrandState.WAITING, target=ErrandState.WITHDRAWN)
    def withdraw(self, *, at: datetime) -> None:
        """By the officer in the browser, or because the officer sent something newer."""
        self.finished_at = at

    @transition(field=state, source=ErrandState.WAITING, target=ErrandState.EXPIRED)
    def expire(self, *, at: datetime) -> None:
        self.finished_at = at


class AgentErrand(ErrandLife):
    """Prepared papers that the officer sent to the own signers. One at a time, so that it is plain what is asked."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    employee = models.ForeignKey("employee_master.Employee", on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    # What the signer last said of it (services.agent.REPORTS), which one, and when; the browser shows it.
    report = models.CharField(max_length=30, blank=True)
    report_detail = models.CharField(max_length=30, blank=True)
    reported_at = models.DateTimeField(null=True, blank=True)
    agent = models.ForeignKey(PairedAgent, on_delete=models.PROTECT, null=True, related_name="errands")

    ledger_type: ClassVar[str] = "agent_errand"

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(state__in=ErrandState.values), name="errand_state_known"),
            models.UniqueConstraint(
                fields=["employee"], condition=Q(state=ErrandState.WAITING), name="one_waiting_errand"
            ),
        ]

    def __str__(self) -> str:
        return f"errand {self.pk} {self.state}"

    @property
    def is_late(self) -> bool:
        return self.expires_at <= clock.now()


class ErrandItem(models.Model):
    """One paper of an errand, in the order in which it is shown."""

    errand = models.ForeignKey(AgentErrand, on_delete=models.PROTECT, related_name="items")
    place = models.PositiveSmallIntegerField()
    attempt = models.ForeignKey("signatures.SigningAttempt", on_delete=models.PROTECT, related_name="errand_items")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["errand", "place"], name="one_errand_item_per_place"),
            models.UniqueConstraint(fields=["errand", "attempt"], name="one_errand_item_per_attempt"),
        ]
        ordering: ClassVar = ["place"]

    def __str__(self) -> str:
        return f"{self.attempt_id} in {self.errand_id}"
