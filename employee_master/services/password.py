"""Links by mail with which a person confirms the address and sets the password; and changing it when signed in.

A link is signed, lasts for a while, and opens once: it is bound to the password and the last signing in, so that
using it, or signing in otherwise, closes it. It is never stored.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from django.conf import settings
from django.core.signing import BadSignature, Signer
from django.db import transaction
from django.urls import reverse
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.translation import gettext_lazy as _

from employee_master.models import Account, Employee, Office
from employee_master.queries.accounts import Case, case_of, people_of
from employee_master.services.account import INVITE, refuse_weak, sessions_end
from eoffice import access
from eoffice.core import clock, outbox
from eoffice.core.actions import Action
from eoffice.core.actor import Actor
from eoffice.core.errors import BadInput, NotAllowed, WrongState
from eoffice.ledger.writer import record_event

# The outbox kinds: a link for somebody who forgot the password, and a notice of what was done to an account.
RESET = "accounts.reset"
TELL = "accounts.tell"
# Whoever presses twice does not send two mails; a forgotten password is asked for once in this time.
AGAIN_AFTER = timedelta(minutes=10)


class Purpose(StrEnum):
    INVITE = "i"
    RESET = "r"


LASTS = {Purpose.INVITE: timedelta(days=7), Purpose.RESET: timedelta(hours=2)}
_SIGNER = Signer(salt="employee_master.link", sep=".")


@dataclass(frozen=True, slots=True)
class Invited:
    """How many were mailed, and how many were left because their link is on its way."""

    mailed: int
    on_the_way: int


@transaction.atomic
def account_invite(*, employee_id: int, actor: Actor) -> Account:
    """Mail the person a link to set the password, in an outbox row of this transaction.

    Refuses: no account, one that is closed, one that is confirmed, one that was mailed in the last minutes.
    """
    employee = Employee.objects.select_related("entered_in").get(pk=employee_id)
    account = Account.objects.select_for_update(no_key=True, of=("self",)).filter(employee=employee).first()
    access.require(actor, Action.ACCOUNT_INVITE, case_of(employee))
    if account is None or not account.is_active:
        raise WrongState(
            "no_open_account",
            _("This person has no open account."),
            _("Enter the government e-mail address, or open the account again."),
        )
    if account.email_confirmed_at is not None:
        raise WrongState(
            "address_confirmed",
            _("The person has confirmed the address already."),
            _("Who forgot the password asks for a link on the sign-in page."),
        )
    if _just_mailed(account):
        raise WrongState(
            "link_on_its_way",
            _("A link was mailed a few minutes ago."),
            _("Let the person look into the mailbox first."),
        )
    _invite(account, employee, actor)
    return account


@transaction.atomic
def accounts_invite(*, office_id: int, actor: Actor) -> Invited:
    """Mail a link to everybody of the office who has not confirmed the address."""
    office = Office.objects.get(pk=office_id)
    access.require(actor, Action.ACCOUNT_INVITE, Case(0, office))
    waiting = people_of(office).filter(account__is_active=True, account__email_confirmed_at__isnull=True)
    employees = {employee.account_id: employee for employee in waiting if employee.account_id is not None}
    accounts = Account.objects.select_for_update(no_key=True).filter(pk__in=employees).order_by("pk")
    mailed = on_the_way = 0
    for account in accounts:
        if _just_mailed(account):
            on_the_way += 1
        else:
            _invite(account, employees[account.pk], actor)
            mailed += 1
    return Invited(mailed, on_the_way)


def _just_mailed(account: Account) -> bool:
    return account.invited_at is not None and account.invited_at > clock.now() - AGAIN_AFTER


def _invite(account: Account, employee: Employee, actor: Actor) -> None:
    account.invited_at = clock.now()
    account.save(update_fields=["invited_at"])
    data = {"account": account.pk}
    event = record_event(action=Action.ACCOUNT_INVITE, subject=employee, actor=actor, data=data)
    outbox.add(INVITE, key=f"invite-{event.pk}", payload={"account": account.pk})


@transaction.atomic
def link_ask(*, email: str) -> None:
    """Mail a link if the address is one of ours. Nobody learns whether it is; within some minutes only one is sent."""
    account = Account.objects.filter(email__iexact=email.strip(), is_active=True, employee__isnull=False).first()
    if account is None:
        return
    window = int(clock.now().timestamp()) // int(AGAIN_AFTER.total_seconds())
    outbox.add(RESET, key=f"reset-{account.pk}-{window}", payload={"account": account.pk})


def link_to(account: Account, purpose: Purpose) -> str:
    """The address to be mailed. The secret stands in the query, which no log of ours keeps."""
    issued = int(clock.now().timestamp())
    token = _SIGNER.sign(f"{account.pk}.{purpose}.{issued:x}.{_fingerprint(account, purpose, issued)}")
    return f"{settings.PUBLIC_URL}{reverse('employee_master:account_link')}?key={token}"


def link_account(token: str) -> Account | None:
    """Whose link it is; None for one that is forged, old, or used."""
    try:
        pk, purpose, issued, fingerprint = _SIGNER.unsign(token).split(".")
        account = Account.objects.filter(pk=int(pk), is_active=True, employee__isnull=False).first()
        at = int(issued, 16)
        lasts = LASTS[Purpose(purpose)]
    except (BadSignature, ValueError):
        return None
    if account is None or clock.now().timestamp() - at > lasts.total_seconds():
        return None
    if not constant_time_compare(fingerprint, _fingerprint(account, Purpose(purpose), at)):
        return None
    return account


def _fingerprint(account: Account, purpose: Purpose, issued: int) -> str:
    last = account.last_login.isoformat() if account.last_login else ""
    state = f"{account.pk}:{purpose}:{issued}:{account.email}:{account.password}:{last}"
    return salted_hmac("employee_master.link", state, algorithm="sha256").hexdigest()[:32]


@transaction.atomic
def password_set(*, token: str, password: str) -> Account:
    """Set the password by a mailed link, which also confirms the address; every session of the account ends.

    Refuses: a link that is old, used or forged (`link_spent`), a weak password.
    """
    known = link_account(token)
    if known is None:
        raise spent()
    Account.objects.select_for_update(no_key=True).get(pk=known.pk)
    # Again under the lock: two tabs with one link, and one of them has won.
    account = link_account(token)
    if account is None:
        raise spent()
    employee = Employee.objects.get(account=account)
    refuse_weak(password, account)
    actor = Actor(employee_id=employee.pk, post_id=None, charge_id=None)
    action, had_one = Action.ACCOUNT_PASSWORD, account.has_usable_password()
    if account.email_confirmed_at is None:
        account.email_confirmed_at = clock.now()
        action = Action.ACCOUNT_CONFIRM
    account.set_password(password)
    account.save(update_fields=["password", "email_confirmed_at"])
    ended = sessions_end(account_id=account.pk)
    data = {"account": account.pk, "sessions": ended}
    event = record_event(action=action, subject=employee, actor=actor, data=data)
    if had_one:
        tell(event.pk, "password", [account])
    return account


def spent() -> NotAllowed:
    return NotAllowed(
        "link_spent",
        _("This link has been used or is too old."),
        _("Ask for a new one under “Forgotten the password?” on the sign-in page."),
    )


@transaction.atomic
def password_change(*, old: str, new: str, actor: Actor) -> Account:
    """Change one's own password; every session ends, so the caller signs the person in anew.

    Refuses: a wrong old password (`wrong_password`), a weak new one, the same again. The caller counts wrong ones.
    """
    employee = Employee.objects.get(pk=actor.person)
    access.require(actor, Action.ACCOUNT_PASSWORD, Case(employee.pk))
    account = Account.objects.select_for_update(no_key=True, of=("self",)).get(employee=employee)
    if not account.check_password(old):
        raise BadInput("wrong_password", _("This is not your present password."), field="old")
    if old == new:
        raise BadInput("same_password", _("The new password is the old one."), _("Choose another."), field="new")
    refuse_weak(new, account, "new")
    account.set_password(new)
    account.save(update_fields=["password"])
    ended = sessions_end(account_id=account.pk)
    data = {"account": account.pk, "sessions": ended}
    event = record_event(action=Action.ACCOUNT_PASSWORD, subject=employee, actor=actor, data=data)
    tell(event.pk, "password", [account])
    account.refresh_from_db(fields=["sessions_epoch"])
    return account


def tell(about: int | str, what: str, accounts: Iterable[Account], **facts: object) -> None:
    """Mail these people what was done (`employee_master.mails`), in outbox rows of the caller's transaction.

    `about` is the event, or another key of the occasion: for one occasion everybody is told once.
    """
    for account in accounts:
        outbox.add(
            TELL,
            key=f"tell-{about}-{what}-{account.pk}",
            payload={"account": account.pk, "what": what, **facts},
        )
