"""The lives of a credential and of a signing attempt (design 3). Transitions guard and set fields of their row only."""

from __future__ import annotations

from datetime import datetime

from django.db import models
from django.utils.translation import gettext_lazy as _
from django_fsm import ConcurrentTransitionMixin, FSMField, transition


class CredentialState(models.TextChoices):
    REQUESTED = "requested", _("Requested")
    APPROVED = "approved", _("Approved")
    ACTIVE = "active", _("Active")
    SUSPENDED = "suspended", _("Suspended")
    RETIRED = "retired", _("Retired")


class RetiredKind(models.TextChoices):
    REVOKED = "revoked", _("Revoked")
    EXPIRED = "expired", _("Expired")
    TRANSFERRED = "transferred", _("Transferred")
    LOST = "lost", _("Lost")
    REPLACED = "replaced", _("Replaced by a newer one")


class AttemptState(models.TextChoices):
    PREPARED = "prepared", _("Prepared")
    SIGNED = "signed", _("Signed")
    COMPLETED = "completed", _("Completed")
    REFUSED = "refused", _("Refused")
    EXPIRED = "expired", _("Expired")
    FAILED = "failed", _("Failed")


class CredentialLife(ConcurrentTransitionMixin, models.Model):
    """requested → approved → active → suspended → retired(revoked, expired, transferred, lost, replaced)."""

    state = FSMField(max_length=12, choices=CredentialState.choices, default=CredentialState.REQUESTED, protected=True)
    suspended_why = models.CharField(max_length=200, blank=True)
    retired_kind = models.CharField(max_length=12, choices=RetiredKind.choices, blank=True)
    retired_at = models.DateTimeField(null=True, blank=True)
    activated_at = models.DateTimeField(null=True, blank=True)
    pin_failures = models.PositiveSmallIntegerField(default=0)

    class Meta:
        abstract = True

    @transition(field=state, source=CredentialState.REQUESTED, target=CredentialState.APPROVED)
    def approve(self) -> None:
        """A second person has checked who asks (maker and checker, R20)."""

    @transition(field=state, source=CredentialState.APPROVED, target=CredentialState.ACTIVE)
    def activate(self, *, at: datetime) -> None:
        self.activated_at = at

    @transition(field=state, source=CredentialState.ACTIVE, target=CredentialState.SUSPENDED)
    def suspend(self, *, why: str) -> None:
        self.suspended_why = why

    @transition(field=state, source=CredentialState.SUSPENDED, target=CredentialState.ACTIVE)
    def resume(self) -> None:
        self.suspended_why = ""
        self.pin_failures = 0

    @transition(
        field=state,
        source=[
            CredentialState.REQUESTED,
            CredentialState.APPROVED,
            CredentialState.ACTIVE,
            CredentialState.SUSPENDED,
        ],
        target=CredentialState.RETIRED,
    )
    def retire(self, *, kind: str, at: datetime) -> None:
        self.retired_kind = kind
        self.retired_at = at


class AttemptLife(ConcurrentTransitionMixin, models.Model):
    """prepared → signed → completed · refused · expired · failed."""

    state = FSMField(max_length=12, choices=AttemptState.choices, default=AttemptState.PREPARED, protected=True)
    failure = models.CharField(max_length=60, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        abstract = True

    @transition(field=state, source=AttemptState.PREPARED, target=AttemptState.SIGNED)
    def sign(self) -> None:
        """The cryptography is done and was checked."""

    @transition(field=state, source=AttemptState.SIGNED, target=AttemptState.COMPLETED)
    def complete(self, *, at: datetime) -> None:
        self.finished_at = at

    @transition(field=state, source=AttemptState.PREPARED, target=AttemptState.REFUSED)
    def refuse(self, *, code: str, at: datetime) -> None:
        self.failure, self.finished_at = code, at

    @transition(field=state, source=AttemptState.PREPARED, target=AttemptState.EXPIRED)
    def expire(self, *, at: datetime) -> None:
        self.finished_at = at

    @transition(field=state, source=AttemptState.PREPARED, target=AttemptState.FAILED)
    def fail(self, *, code: str, at: datetime) -> None:
        self.failure, self.finished_at = code, at
