"""The officer's PIN: what a new one must be like, and changing it. Nobody can read or reset it (design 6)."""

from __future__ import annotations

from django.contrib.auth.hashers import check_password
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from employee_master.models import Account
from eoffice.core.actions import Action
from eoffice.core.actor import Actor
from eoffice.core.errors import BadInput, NotVisible, WrongState
from signatures.backends import keeper
from signatures.engine import softkey
from signatures.engine.errors import UnfitPin
from signatures.models import Backend, Credential
from signatures.queries import require_usable
from signatures.services import unlock
from signatures.services.credential import locked, record, require_state
from signatures.workflow import CredentialState

_PIN_WORDS = {
    "pin-short": _("The PIN needs at least 8 characters."),
    "pin-long": _("The PIN may have at most 64 characters."),
    "pin-characters": _("The PIN contains characters that can't be typed everywhere."),
    "pin-pattern": _("This PIN is guessed first: do not repeat or count up characters."),
}


def checked_new_pin(credential: Credential, pin: str) -> str:
    """The PIN, when it may open this officer's key: long enough, no pattern, and not the password for signing in.

    Otherwise `BadInput` on the field `pin`. The password is compared through its stored hash; neither is kept.
    """
    try:
        fit = softkey.check_pin_rules(pin)
    except UnfitPin as error:
        raise BadInput("pin_unfit", _PIN_WORDS[error.reason], field="pin") from error
    account = Account.objects.filter(employee=credential.employee_id).first()
    if account is not None and any(check_password(one, account.password) for one in {pin, fit}):
        raise BadInput(
            "pin_is_password",
            _("This is your password for signing in. The PIN must be another one."),
            _("Whoever sees you sign in must not be able to sign for you."),
            field="pin",
        )
    return fit


def credential_change_pin(*, credential_id: int, pin: str, new_pin: str, actor: Actor) -> Credential:
    """Another PIN for the officer's own key; the present one is needed, and a wrong one is counted.

    For a token it is the token's own PIN that changes. Call it outside a transaction.
    """
    credential = Credential.objects.select_related("employee").filter(pk=credential_id).first()
    if credential is None or credential.employee_id != actor.employee_id:
        raise NotVisible
    require_usable(credential, actor)
    keeping = keeper(credential.backend)
    if keeping is None:
        raise WrongState(
            "pin_elsewhere",
            _("The PIN of this key is not kept here."),
            _("Change it with the program of your token or at your provider."),
        )
    new_pin = checked_new_pin(credential, new_pin)
    if new_pin == pin:
        raise BadInput("pin_same", _("This is the PIN that you have now."), field="pin")
    before = credential.wrapped_key
    with unlock.tried(credential, actor):
        wrapped = keeping.change_pin(credential, pin=pin, new_pin=new_pin)
    with transaction.atomic():
        row = locked(credential_id)
        require_state(row, CredentialState.ACTIVE)
        if row.backend == Backend.SOFTWARE:
            _require_unchanged(row, before, credential)
            row.wrapped_key = wrapped
            row.save()
        record(row, Action.CREDENTIAL_PIN, actor)
    return row


def _require_unchanged(row: Credential, before: object, credential: Credential) -> None:
    """Of two changes at once the first one holds; a key that was only wrapped harder meanwhile is the same key."""
    if row.wrapped_key != before or row.certificate_sha256 != credential.certificate_sha256:
        raise WrongState(
            "pin_changed_meanwhile",
            _("Your PIN was changed from another window in this moment; that one holds."),
            _("Open the page again."),
        )
