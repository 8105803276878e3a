"""Opening an officer's key with the PIN: a try is counted before it is made, and five wrong ones suspend the key."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from eoffice.core.actions import Action
from eoffice.core.actor import Actor
from eoffice.core.errors import DomainError
from eoffice.ledger.writer import record_event
from signatures.backends import OpenKey, backend
from signatures.engine.errors import WrongPin as EngineWrongPin
from signatures.models import Credential
from signatures.workflow import CredentialState


class WrongPin(DomainError):
    """The PIN does not open the key; it was counted. Nothing else has changed."""

    status = 403


@contextmanager
def unlocked(credential: Credential, pin: str, actor: Actor) -> Iterator[OpenKey]:
    """The officer's key for the length of the block. Call it outside a transaction: the count must stand."""
    _count(credential)
    try:
        opened = backend(credential.backend).open(credential, secret=pin)
        key = opened.__enter__()
    except EngineWrongPin:
        raise _refusal(credential, actor) from None
    except DomainError:
        # Nothing was tried: the place where the key lives could not be reached.
        _uncount(credential)
        raise
    try:
        _right(credential)
        yield key
    finally:
        opened.__exit__(None, None, None)


@transaction.atomic
def _count(credential: Credential) -> None:
    row = _locked_row(credential)
    if row.state != CredentialState.ACTIVE or row.tries_left == 0:
        raise _locked()
    row.pin_failures += 1
    row.save()


@transaction.atomic
def _uncount(credential: Credential) -> None:
    row = _locked_row(credential)
    row.pin_failures = max(0, row.pin_failures - 1)
    row.save()


@transaction.atomic
def _right(credential: Credential) -> None:
    row = _locked_row(credential)
    row.pin_failures = 0
    row.save()


def _locked_row(credential: Credential) -> Credential:
    row: Credential = Credential.objects.select_for_update(of=("self",)).get(pk=credential.pk)
    return row


def _refusal(credential: Credential, actor: Actor) -> DomainError:
    with transaction.atomic():
        row = _locked_row(credential)
        record_event(
            action=Action.SIGNING_FAIL, subject=row, actor=actor,
            data={"code": "wrong_pin", "failures": row.pin_failures},
        )  # fmt: skip
        if row.tries_left == 0 and row.state == CredentialState.ACTIVE:
            row.suspend(why="pin")
            row.save()
            record_event(action=Action.CREDENTIAL_SUSPEND, subject=row, actor=actor, data={"why": "pin"})
    if row.tries_left == 0:
        return _locked()
    return WrongPin(
        "wrong_pin",
        _("This PIN is wrong. Nothing was signed. Tries left: %(left)s.") % {"left": row.tries_left},
        _("Nobody can tell you the PIN or reset it; after five wrong tries the key is suspended."),
    )


def _locked() -> WrongPin:
    return WrongPin(
        "pin_locked",
        _("Your key is suspended after five wrong PINs. Nothing was signed."),
        _("Your EMD manager can resume it; if the PIN is forgotten, a new credential must be registered."),
    )
