"""The second factor of an account: an authenticator (RFC 6238) and codes for the day on which it is lost."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from employee_master.models.account import Account


class Factor(models.Model):
    """The authenticator of one account. Both secrets are sealed under a key outside the database.

    `pending` is the secret of an authenticator that is being set up; until it is verified the former one counts.
    `last_step` is the newest time step whose code was used, so that no code is used twice.
    """

    account = models.OneToOneField(Account, on_delete=models.PROTECT, related_name="factor")
    sealed = models.BinaryField(null=True)
    enrolled_at = models.DateTimeField(null=True, blank=True)
    pending = models.BinaryField(null=True)
    last_step = models.BigIntegerField(default=0)
    failures = models.PositiveSmallIntegerField(default=0)
    closed_until = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(sealed__isnull=True, enrolled_at__isnull=True)
                | Q(sealed__isnull=False, enrolled_at__isnull=False),
                name="enrolled_factor_has_secret",
            )
        ]

    def __str__(self) -> str:
        return f"factor of {self.account_id}"


class RecoveryCode(models.Model):
    """One code in the place of the authenticator, to be used once; only its keyed digest is kept."""

    factor = models.ForeignKey(Factor, on_delete=models.PROTECT, related_name="codes")
    digest = models.CharField(max_length=64)
    used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["factor", "digest"], name="recovery_codes_of_a_factor_differ")
        ]

    def __str__(self) -> str:
        return f"recovery code {self.pk} of {self.factor_id}"
