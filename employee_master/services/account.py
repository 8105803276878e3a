"""Accounts: the government e-mail address with which a person signs in (R4)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.contrib.sessions.backends.db import SessionStore
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from employee_master.models import Account, Employee, RoleGrant, SignedIn
from employee_master.queries.accounts import Case, case_of
from employee_master.queries.acting import active_charges, active_on
from eoffice import access
from eoffice.core import clock
from eoffice.core.actions import Action
from eoffice.core.actor import Actor, Role
from eoffice.core.errors import BadInput, NotVisible, WrongState
from eoffice.ledger.writer import record_event

# The outbox kind that mails the link with which a person sets their password; payload {"account": id}.
INVITE = "accounts.invite"
AGENT_LENGTH = 300


def government_address(email: str) -> str:
    """The address in lower case; refused (`bad_address`, `foreign_address`) unless it is of an allowed domain (R4)."""
    address = email.strip().lower()
    try:
        validate_email(address)
    except ValidationError as error:
        raise BadInput(
            "bad_address",
            _("This is not an e-mail address."),
            _("Write it as name@department.gov.in."),
            field="email",
        ) from error
    domain = address.rpartition("@")[2]
    if not any(domain == allowed or domain.endswith(f".{allowed}") for allowed in settings.MAIL_DOMAINS):
        raise BadInput(
            "foreign_address",
            _("Only government addresses are accepted here: those that end in %(domains)s.")
            % {"domains": ", ".join(f".{domain}" for domain in settings.MAIL_DOMAINS)},
            _("Use your government e-mail address; your EMD manager knows it."),
            field="email",
        )
    return address


@transaction.atomic
def account_open(*, employee_id: int, email: str, password: str | None, actor: Actor) -> Account:
    """Give the employee an account; without a password nobody can sign in until one is set.

    Whoever may enter the employee's charge may open it; without a charge, the super admin. Refuses: an address that
    is outside the government's domains or taken, a second account for the employee, a weak password.
    """
    employee = Employee.objects.select_for_update(no_key=True).get(pk=employee_id)
    charges = active_charges(employee)
    if charges:
        access.require(actor, Action.CHARGE_START, charges[0])
    else:
        access.require(actor, Action.ROLE_GRANT, RoleGrant(employee=employee))
    return _opened(employee, email=email, password=password, actor=actor)


@transaction.atomic
def account_found(*, employee_id: int, email: str, password: str) -> Account:
    """The account of a super admin whom the operator has just founded; refused (`instance_founded`) for others."""
    founded = RoleGrant.objects.filter(active_on(clock.today()), employee_id=employee_id, role=Role.SUPER_ADMIN)
    if not founded.exists():
        raise WrongState(
            "instance_founded",
            _("This instance has accounts already."),
            _("Ask the super admin or your EMD manager to open the account."),
        )
    employee = Employee.objects.select_for_update(no_key=True).get(pk=employee_id)
    return _opened(employee, email=email, password=password, actor=Actor.system())


def _opened(employee: Employee, *, email: str, password: str | None, actor: Actor) -> Account:
    address = government_address(email)
    if employee.account_id is not None:
        raise WrongState(
            "has_account",
            _("The employee has an account already."),
            _("Change the address through a change request."),
        )
    account = Account(email=address)
    if password is not None:
        refuse_weak(password, account)
    account.set_password(password)
    try:
        with transaction.atomic():
            account.save()
    except IntegrityError as error:
        raise WrongState(
            "address_taken",
            _("This address belongs to another account."),
            _("Check the address with the employee."),
        ) from error
    employee.account = account
    employee.save(update_fields=["account"])
    record_event(action=Action.ACCOUNT_OPEN, subject=employee, actor=actor, data={"account": account.pk})
    return account


@dataclass(frozen=True, slots=True)
class Browser:
    """What the session list keeps of a browser: its session, where it came from, how it names itself."""

    session_key: str
    address: str | None = None
    agent: str = ""


@transaction.atomic
def account_signed_in(*, employee: Employee, actor: Actor, browser: Browser | None = None, factor: str = "") -> None:
    """Put the signing in on record, with ids only, and the session on the person's own list.

    `factor` says by what the second factor was shown: "totp", "recovery", or nothing.
    """
    data: dict[str, object] = {"account": employee.account_id}
    if browser is not None and employee.account_id is not None:
        SignedIn.objects.create(
            account_id=employee.account_id,
            session_key=browser.session_key,
            address=browser.address,
            agent=browser.agent[:AGENT_LENGTH],
            at=clock.now(),
            seen_at=clock.now(),
        )
    if factor:
        data["factor"] = factor
    record_event(action=Action.ACCOUNT_SIGN_IN, subject=employee, actor=actor, data=data)


@transaction.atomic
def account_close(*, employee_id: int, actor: Actor) -> Account:
    """Nobody signs in to the account any more, and all its sessions end; it can be opened again.

    Whoever keeps the record of the person's office may; nobody closes their own. Refuses: no account, closed already.
    """
    employee, account = _account_of(employee_id)
    access.require(actor, Action.ACCOUNT_CLOSE, case_of(employee))
    if not account.is_active:
        raise WrongState("account_closed", _("This account is closed already."), _("Open it again if it is needed."))
    account.is_active = False
    account.save(update_fields=["is_active"])
    ended = sessions_end(account_id=account.pk)
    data = {"account": account.pk, "sessions": ended}
    record_event(action=Action.ACCOUNT_CLOSE, subject=employee, actor=actor, data=data)
    return account


@transaction.atomic
def account_reopen(*, employee_id: int, actor: Actor) -> Account:
    """Let the person sign in again. Refuses: an account that is open, one of somebody who has left."""
    employee, account = _account_of(employee_id)
    access.require(actor, Action.ACCOUNT_REOPEN, case_of(employee))
    if account.is_active:
        raise WrongState("account_open", _("This account is open."), _("There is nothing to do."))
    if employee.left_on is not None:
        raise WrongState(
            "has_left",
            _("The person left on %(day)s.") % {"day": employee.left_on.isoformat()},
            _("Enter their return first."),
        )
    account.is_active = True
    account.save(update_fields=["is_active"])
    record_event(action=Action.ACCOUNT_REOPEN, subject=employee, actor=actor, data={"account": account.pk})
    return account


@transaction.atomic
def session_end(*, session_id: int, actor: Actor) -> None:
    """End one of one's own sessions. Refuses (`not_found`) a session that is over or another's."""
    employee = Employee.objects.get(pk=actor.person)
    access.require(actor, Action.ACCOUNT_SIGN_OUT, Case(employee.pk))
    session = SignedIn.objects.select_for_update(of=("self",)).filter(pk=session_id, account__employee=employee).first()
    if session is None:
        raise NotVisible
    _forget([session])
    data = {"account": employee.account_id, "sessions": 1}
    record_event(action=Action.ACCOUNT_SIGN_OUT, subject=employee, actor=actor, data=data)


@transaction.atomic
def sessions_end_others(*, session_key: str, actor: Actor) -> int:
    """End all of one's own sessions but this one; how many there were."""
    employee = Employee.objects.get(pk=actor.person)
    access.require(actor, Action.ACCOUNT_SIGN_OUT, Case(employee.pk))
    rows = SignedIn.objects.select_for_update(of=("self",)).filter(account__employee=employee)
    ended = _forget(list(rows.exclude(session_key=session_key)))
    data = {"account": employee.account_id, "sessions": ended}
    record_event(action=Action.ACCOUNT_SIGN_OUT, subject=employee, actor=actor, data=data)
    return ended


@transaction.atomic
def sessions_end(*, account_id: int) -> int:
    """End every session of the account in the caller's transaction; how many were on its list.

    The caller has asked `access` and writes the ledger: this is part of relieving, of a new password, of a reset.
    Requests that are under way finish; none of them can bring its session back.
    """
    Account.objects.filter(pk=account_id).update(sessions_epoch=F("sessions_epoch") + 1)
    return _forget(list(SignedIn.objects.filter(account_id=account_id)))


@transaction.atomic
def session_forget(*, session_key: str | None) -> None:
    """Take a session that its own browser ends from the person's list; nothing for one that is on no list."""
    SignedIn.objects.filter(session_key=session_key or "").delete()


@transaction.atomic
def sessions_tidy() -> int:
    """Drop what is left of sessions that have run out; how many rows of the list went."""
    SessionStore.clear_expired()
    over = clock.now() - timedelta(seconds=settings.SESSION_COOKIE_AGE)
    return SignedIn.objects.filter(at__lt=over).delete()[0]


def _forget(rows: list[SignedIn]) -> int:
    SessionStore.get_model_class().objects.filter(session_key__in=[row.session_key for row in rows]).delete()
    SignedIn.objects.filter(pk__in=[row.pk for row in rows]).delete()
    return len(rows)


def _account_of(employee_id: int) -> tuple[Employee, Account]:
    """Both rows, the account locked; refused (`no_account`) where there is none."""
    employee = Employee.objects.select_related("entered_in").get(pk=employee_id)
    account = Account.objects.select_for_update(no_key=True, of=("self",)).filter(employee=employee).first()
    if account is None:
        raise WrongState(
            "no_account",
            _("This person has no account."),
            _("Enter the government e-mail address first."),
        )
    return employee, account


def refuse_weak(password: str, account: Account, field: str = "password") -> None:
    """Refuse (`weak_password`) what the instance's rules on passwords don't allow, in their own words."""
    try:
        validate_password(password, user=account)
    except ValidationError as error:
        raise BadInput("weak_password", " ".join(error.messages), field=field) from error
