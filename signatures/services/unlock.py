"""Opening an officer's key with the PIN: a try is counted before it is made, and five wrong ones suspend the key."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import transaction
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from eoffice.core.actions import Action
from eoffice.core.actor import Actor
from eoffice.core.errors import DomainError, WrongState
from eoffice.ledger.writer import record_event
from signatures.backends import OpenKey, backend
from signatures.engine.errors import WrongPin as EngineWrongPin
from signatures.models import Credential
from signatures.workflow import CredentialState

# Before the first signing a PIN may be tried too: when the key is made on a token or proven once more.
_MAY_TRY = (CredentialState.APPROVED, CredentialState.ACTIVE)


class WrongPin(DomainError):
    """The PIN does not open the key; it was counted. Nothing else has changed."""

    status = 403


@contextmanager
def unlocked(credential: Credential, pin: str, actor: Actor) -> Iterator[OpenKey]:
    """The officer's key for the length of the block: one act or one itemised batch.

    Call it outside a transaction: the count must stand. Tries at once are counted each, so they can't pass the lock;
    a key that was suspended while its PIN was being tried does not open.
    """
    with tried(credential, actor):
        opened = backend(credential.backend).open(credential, secret=pin)
        key = opened.__enter__()
    try:
        _require_active(credential)
        yield key
    finally:
        opened.__exit__(None, None, None)


@contextmanager
def tried(credential: Credential, actor: Actor) -> Iterator[None]:
    """Around the one step that shows whether the PIN is right: counts it, and turns a wrong one into the refusal.

    What fails for another reason (a token out of reach, a silent authority) is no try. Call it outside a transaction.
    """
    _count(credential)
    try:
        yield
    except EngineWrongPin:
        raise _refusal(credential, actor) from None
    except BaseException:
        _uncount(credential)
        raise
    _right(credential)


@transaction.atomic
def _count(credential: Credential) -> None:
    row = _locked_row(credential)
    if row.state not in _MAY_TRY or row.tries_left == 0:
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
    # A key that wrong tries suspended meanwhile keeps its count: only a second person resumes it.
    if row.state in _MAY_TRY:
        row.pin_failures = 0
        row.save()


def _require_active(credential: Credential) -> None:
    state = Credential.objects.filter(pk=credential.pk).values_list("state", flat=True).get()
    if state != CredentialState.ACTIVE:
        raise WrongState(
            "credential_not_active",
            format_lazy(_("Your signing credential can't be used now: {state}."), state=CredentialState(state).label),
            _("Your EMD manager can say why, and resume it or register a new one."),
        )


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
        format_lazy(_("This PIN is wrong. Nothing was signed. Tries left: {left}."), left=row.tries_left),
        _("Nobody can tell you the PIN or reset it; after five wrong tries the key is suspended."),
    )


def _locked() -> WrongPin:
    return WrongPin(
        "pin_locked",
        _("Your key is suspended after five wrong PINs. Nothing was signed."),
        _("Your EMD manager can resume it; if the PIN is forgotten, a new credential must be registered."),
    )
