"""The second factor: an authenticator's codes (RFC 6238), and recovery codes for the day on which it is lost.

Its secret is sealed under a key outside the database and bound to the account; recovery codes are kept as keyed
digests alone. A code counts once: the time step of the last used one is written down under the lock of the row.
"""

from __future__ import annotations

import hmac
import os
import secrets
import unicodedata
from base64 import b32encode
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.hotp import HOTP
from cryptography.hazmat.primitives.twofactor.totp import TOTP
from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from employee_master.models import Account, Employee, Factor, RecoveryCode, RoleGrant
from employee_master.queries.accounts import Case, case_of
from employee_master.queries.acting import active_on
from employee_master.services.account import sessions_end
from employee_master.services.password import tell
from eoffice import access
from eoffice.core import clock, sealed
from eoffice.core.actions import Action
from eoffice.core.actor import Actor, Role
from eoffice.core.errors import BadInput, NotAllowed, WrongState
from eoffice.core.templatetags.eoffice_ui import office_moment
from eoffice.ledger.writer import record_event

# HMAC with SHA-1 is what every authenticator speaks (RFC 6238); nothing here hangs on collisions.
_HASH = SHA1()  # noqa: S303
DIGITS, STEP_SECONDS, SECRET_BYTES = 6, 30, 20
# The clocks of telephones differ: the step before and the step after count too.
DRIFT = 1
RECOVERY_CODES, RECOVERY_LENGTH = 10, 10
# Without letters and digits that look like others.
RECOVERY_ALPHABET = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
FAILURES = 5
CLOSED_FOR = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class Setup:
    """What an authenticator needs: the address that the QR code holds, and the key to type where it can't be read."""

    uri: str
    key: str


@transaction.atomic
def factor_begin(*, actor: Actor) -> Factor:
    """Draw the secret of a new authenticator. Until it is verified, the former one counts."""
    employee = Employee.objects.get(pk=actor.person)
    access.require(actor, Action.ACCOUNT_ENROL, Case(employee.pk))
    account = Account.objects.select_for_update(no_key=True, of=("self",)).get(employee=employee)
    factor = Factor.objects.select_for_update().filter(account=account).first() or Factor(account=account)
    factor.pending = _sealed(account.pk, os.urandom(SECRET_BYTES))
    factor.save()
    return factor


def factor_setup(factor: Factor) -> Setup | None:
    """How the authenticator is set up; None when nothing is being set up."""
    if factor.pending is None:
        return None
    secret = _unsealed(factor.account_id, factor.pending)
    issuer = settings.INSTANCE_NAME_EN.replace(":", " ")
    totp = TOTP(secret, DIGITS, _HASH, STEP_SECONDS)
    key = b32encode(secret).decode()
    groups = [key[first : first + 4] for first in range(0, len(key), 4)]
    return Setup(totp.get_provisioning_uri(factor.account.email, issuer), " ".join(groups))


@transaction.atomic
def factor_enrol(*, code: str, actor: Actor) -> list[str]:
    """The authenticator shows the right code, so it counts from now on; the ten recovery codes, to be shown once.

    Refuses: nothing is being set up (`nothing_begun`), a wrong code (`wrong_code`).
    """
    employee = Employee.objects.get(pk=actor.person)
    access.require(actor, Action.ACCOUNT_ENROL, Case(employee.pk))
    factor = Factor.objects.select_for_update(of=("self",)).filter(account__employee=employee).first()
    if factor is None or factor.pending is None:
        raise WrongState(
            "nothing_begun",
            _("No authenticator is being set up."),
            _("Begin again."),
        )
    step = _matching_step(_unsealed(factor.account_id, factor.pending), _normal(code), after=0)
    if step is None:
        raise BadInput(
            "wrong_code",
            _("This is not the code that the authenticator shows now."),
            _("Wait for the next one. If it is refused too, set the telephone's clock to automatic time."),
            field="code",
        )
    factor.sealed, factor.pending = factor.pending, None
    factor.enrolled_at, factor.last_step = clock.now(), step
    factor.failures, factor.closed_until = 0, None
    factor.save()
    codes = _new_codes(factor)
    data = {"account": factor.account_id, "factor": factor.pk, "codes": len(codes)}
    event = record_event(action=Action.ACCOUNT_ENROL, subject=employee, actor=actor, data=data)
    tell(event.pk, "factor_enrolled", [factor.account])
    return codes


@transaction.atomic
def recovery_codes_renew(*, actor: Actor) -> list[str]:
    """Ten new recovery codes; the former ones count no more. Refuses: no authenticator (`no_factor`)."""
    employee = Employee.objects.get(pk=actor.person)
    access.require(actor, Action.ACCOUNT_ENROL, Case(employee.pk))
    enrolled = Factor.objects.select_for_update(of=("self",)).filter(enrolled_at__isnull=False)
    factor = enrolled.filter(account__employee=employee).first()
    if factor is None:
        raise WrongState("no_factor", _("No authenticator is set up."), _("Set it up first."))
    codes = _new_codes(factor)
    data = {"account": factor.account_id, "factor": factor.pk, "codes": len(codes)}
    record_event(action=Action.ACCOUNT_ENROL, subject=employee, actor=actor, data=data)
    return codes


@transaction.atomic
def factor_demanded(*, account_id: int) -> datetime | None:
    """Until when the account must have a second factor; None where none is needed, or one is set up.

    The days of grace run from the first time that this is asked, that is, from the first sign-in. EMD managers and
    super admins have none: whoever opens accounts for others is the first to be secured.
    """
    if settings.SECOND_FACTOR != "required":
        return None
    account = Account.objects.select_for_update(no_key=True).get(pk=account_id)
    if Factor.objects.filter(account=account, enrolled_at__isnull=False).exists():
        return None
    if account.factor_asked_at is None:
        account.factor_asked_at = clock.now()
        account.save(update_fields=["factor_asked_at"])
    administers = RoleGrant.objects.filter(
        active_on(clock.today()), employee__account=account, role__in=[Role.SUPER_ADMIN, Role.EMD_MANAGER]
    )
    days = 0 if administers.exists() else settings.SECOND_FACTOR_GRACE_DAYS
    return account.factor_asked_at + timedelta(days=days)


def factor_check(*, account_id: int, code: str) -> str:
    """By what the person has shown the second factor: "totp" or "recovery"; the code is used up.

    Refuses: a wrong code or one that was used (`wrong_code`); after five wrong ones, any code for a quarter of an
    hour (`factor_closed`). A failed try is counted even though it is refused.
    """
    with transaction.atomic():
        factor = Factor.objects.select_for_update().get(account_id=account_id, enrolled_at__isnull=False)
        found = "" if _is_closed(factor) else _shown(factor, _normal(code))
        closed = factor.closed_until if _is_closed(factor) else None
    if closed is not None:
        raise NotAllowed(
            "factor_closed",
            _("Too many wrong codes were given. It opens again at %(time)s.") % {"time": office_moment(closed)},
            _("Wait until then, or ask your EMD manager to reset the second factor."),
        )
    if not found:
        raise BadInput(
            "wrong_code",
            _("This code is wrong, or it has been used already."),
            _("Wait for the next one, or use a recovery code."),
            field="code",
        )
    return found


@transaction.atomic
def factor_reset(*, employee_id: int, actor: Actor) -> None:
    """Take the second factor away from somebody who has lost it; the person sets up another at the next sign-in.

    Whoever keeps the record of the person's office may, never for themselves. All sessions of the person end, and
    the person is told by mail. Refuses: nothing is set up (`no_factor`).
    """
    employee = Employee.objects.select_related("entered_in").get(pk=employee_id)
    access.require(actor, Action.ACCOUNT_RESET, case_of(employee))
    factor = Factor.objects.select_for_update(of=("self",)).filter(account__employee=employee).first()
    if factor is None:
        raise WrongState("no_factor", _("This person has no second factor."), _("There is nothing to reset."))
    account, factor_id = factor.account, factor.pk
    RecoveryCode.objects.filter(factor=factor).delete()
    factor.delete()
    ended = sessions_end(account_id=account.pk)
    data = {"account": account.pk, "factor": factor_id, "sessions": ended}
    event = record_event(action=Action.ACCOUNT_RESET, subject=employee, actor=actor, data=data)
    tell(event.pk, "factor_reset", [account])


def _is_closed(factor: Factor) -> bool:
    return factor.closed_until is not None and factor.closed_until > clock.now()


def _shown(factor: Factor, code: str) -> str:
    """Check and use up the code; writes the row either way."""
    now = clock.now()
    assert factor.sealed is not None
    found = ""
    if len(code) == DIGITS and code.isdigit():
        step = _matching_step(_unsealed(factor.account_id, factor.sealed), code, after=factor.last_step)
        if step is not None:
            factor.last_step, found = step, "totp"
    elif _use_recovery(factor, code, now):
        found = "recovery"
    if found:
        factor.failures, factor.closed_until = 0, None
    else:
        factor.failures += 1
        if factor.failures >= FAILURES:
            factor.failures, factor.closed_until = 0, now + CLOSED_FOR
    factor.save(update_fields=["last_step", "failures", "closed_until"])
    return found


def _matching_step(secret: bytes, code: str, *, after: int) -> int | None:
    """The time step whose code this is: now, or one beside; never one at or before `after`."""
    here = int(clock.now().timestamp()) // STEP_SECONDS
    hotp = HOTP(secret, DIGITS, _HASH)
    matching = [
        step
        for step in range(here - DRIFT, here + DRIFT + 1)
        if hmac.compare_digest(hotp.generate(step), code.encode()) and step > after
    ]
    return max(matching, default=None)


def _use_recovery(factor: Factor, code: str, now: datetime) -> bool:
    row = RecoveryCode.objects.filter(factor=factor, digest=_digest(factor, code), used_at__isnull=True).first()
    if row is None:
        return False
    row.used_at = now
    row.save(update_fields=["used_at"])
    return True


def _new_codes(factor: Factor) -> list[str]:
    RecoveryCode.objects.filter(factor=factor).delete()
    codes: set[str] = set()
    while len(codes) < RECOVERY_CODES:
        codes.add("".join(secrets.choice(RECOVERY_ALPHABET) for _sign in range(RECOVERY_LENGTH)))
    RecoveryCode.objects.bulk_create([RecoveryCode(factor=factor, digest=_digest(factor, code)) for code in codes])
    half = RECOVERY_LENGTH // 2
    return [f"{code[:half]}-{code[half:]}" for code in sorted(codes)]


def _normal(code: str) -> str:
    """As typed: with blanks and hyphens, in small letters, in the digits of either script."""
    signs = [sign for sign in code.upper() if sign.isalnum()]
    return "".join(str(unicodedata.decimal(sign)) if sign.isdecimal() else sign for sign in signs)


def _digest(factor: Factor, code: str) -> str:
    key = sealed.key_of(Path(settings.FACTOR_KEY_FILE), purpose="eoffice.recovery")
    return hmac.new(key, f"{factor.pk}:{code}".encode(), "sha256").hexdigest()


def _sealed(account_id: int, secret: bytes) -> bytes:
    # A new key only while nothing hangs on the old one.
    first = not Factor.objects.exists()
    key = sealed.key_of(Path(settings.FACTOR_KEY_FILE), purpose="eoffice.factor", may_make=first)
    return sealed.seal(secret, key=key, context=f"account:{account_id}")


def _unsealed(account_id: int, kept: bytes | memoryview) -> bytes:
    key = sealed.key_of(Path(settings.FACTOR_KEY_FILE), purpose="eoffice.factor")
    return sealed.unseal(bytes(kept), key=key, context=f"account:{account_id}")
