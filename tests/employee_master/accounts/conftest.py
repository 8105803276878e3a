"""What the tests of accounts share: people signed in by the page, authenticators, mailed links."""

from __future__ import annotations

import re
from base64 import b32decode
from collections.abc import Callable

import pytest
from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.hotp import HOTP
from django.core import mail
from django.test import Client
from pytest_django import Settings

from employee_master.middleware import FRESH_KEY
from employee_master.models import Employee, Factor
from employee_master.queries import actor_for
from employee_master.services.factor import factor_begin, factor_enrol, factor_setup
from eoffice.core import clock, outbox
from eoffice.core.models import OutboxRow
from tests.cast import PASSWORD, Cast


@pytest.fixture(autouse=True)
def _in_english(settings: Settings) -> None:
    settings.LANGUAGE_CODE = "en"


class Phone:
    """An authenticator that has read the QR code."""

    def __init__(self, key: str) -> None:
        self._hotp = HOTP(b32decode(key.replace(" ", "")), 6, SHA1())

    def code(self, steps: int = 0) -> str:
        """The code of now, or of so many steps later."""
        return self._hotp.generate(int(clock.now().timestamp()) // 30 + steps).decode()


def phone_of(employee: Employee) -> Phone:
    """Read the QR code that is being shown to the person."""
    setup = factor_setup(Factor.objects.select_related("account").get(account=employee.account))
    assert setup is not None
    return Phone(setup.key)


def enrol(employee: Employee) -> tuple[Phone, list[str]]:
    """The authenticator and the recovery codes. The code shown now is used up by it."""
    factor_begin(actor=actor_for(employee))
    phone = phone_of(employee)
    return phone, factor_enrol(code=phone.code(), actor=actor_for(employee))


def sign_in(client: Client, cast: Cast, name: str, password: str = PASSWORD) -> Client:
    client.post("/sign-in/", {"email": cast.account(name).email, "password": password})
    return client


@pytest.fixture
def signed_in(cast: Cast) -> Callable[[str], Client]:
    """A client of the person, with the password given just now."""

    def enter(name: str) -> Client:
        client = Client()
        client.force_login(cast.account(name), backend="django.contrib.auth.backends.ModelBackend")
        session = client.session
        session[FRESH_KEY] = int(clock.now().timestamp())
        session.save()
        return client

    return enter


def drain() -> None:
    """Run what waits in the outbox, as the worker does."""
    for row in OutboxRow.objects.filter(state="waiting").order_by("pk"):
        outbox.run_row(row.pk)


def mailed_link(to: str) -> str:
    """The path of the newest link mailed to the address, with its secret."""
    bodies = [message.body for message in mail.outbox if message.to == [to]]
    found = re.search(r"https?://[^/\s]+(/password/\?key=\S+)", bodies[-1])
    assert found is not None
    return found[1]
