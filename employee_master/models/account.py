"""The account with which a person signs in: the government e-mail address (R4)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models.functions import Lower
from django.utils.crypto import salted_hmac

from eoffice.core import clock


class AccountManager(BaseUserManager["Account"]):
    def get_by_natural_key(self, username: str | None) -> Account:
        """Addresses are compared without regard to case."""
        return self.get(email__iexact=username)

    def create_account(self, *, email: str, password: str | None) -> Account:
        account = self.model(email=email.strip().lower())
        account.set_password(password)
        account.save()
        return account


class Account(AbstractBaseUser):
    """`sessions_epoch` is part of what every session must match: counting it up ends them all, whatever stores them.

    `factor_asked_at` is when the person was first asked for a second factor; the days of grace run from there.
    """

    email = models.EmailField(max_length=254, unique=True)
    is_active = models.BooleanField(default=True)
    email_confirmed_at = models.DateTimeField(null=True, blank=True, help_text="The person opened the mailed link")
    invited_at = models.DateTimeField(null=True, blank=True, help_text="The link was last asked for by the office")
    opened_at = models.DateTimeField(default=clock.now)
    sessions_epoch = models.PositiveIntegerField(default=0)
    factor_asked_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar[AccountManager] = AccountManager()

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(Lower("email"), name="one_account_per_address")]

    def __str__(self) -> str:
        return self.email

    def get_session_auth_hash(self) -> str:
        """What a session keeps of the account; another password or another epoch ends it."""
        return salted_hmac(
            "employee_master.session", f"{self.sessions_epoch}:{self.password}", algorithm="sha256"
        ).hexdigest()

    def get_session_auth_fallback_hash(self) -> Iterator[str]:
        """None: a new secret key ends every session, since their cookies are worth nothing then."""
        return iter(())


class SignedIn(models.Model):
    """One session of an account, for the page "where I am signed in"; the row goes with the session.

    `agent` is the browser as it names itself, `address` where it came from: nobody but the person sees them.
    """

    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="sessions")
    session_key = models.CharField(max_length=40, unique=True)
    at = models.DateTimeField(default=clock.now)
    seen_at = models.DateTimeField(default=clock.now)
    address = models.GenericIPAddressField(null=True, blank=True)
    agent = models.CharField(max_length=300, blank=True)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["seen_at"], name="sessions_by_last_seen")]

    def __str__(self) -> str:
        return f"{self.account_id} since {self.at:%Y-%m-%d %H:%M}"
