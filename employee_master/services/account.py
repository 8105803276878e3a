"""Accounts: the government e-mail address with which a person signs in (R4)."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.contrib.sessions.backends.db import SessionStore
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from employee_master.models import Account, Employee, RoleGrant, SignedIn
from employee_master.queries.acting import active_charges
from eoffice import access
from eoffice.core.actions import Action
from eoffice.core.actor import Actor
from eoffice.core.errors import BadInput, WrongState
from eoffice.ledger.writer import record_event

# The outbox kind that mails the link with which a person sets their password; payload {"account": id}.
INVITE = "accounts.invite"


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
    """The first account of a new instance, opened by the operator who installs it; refused ever after."""
    if Account.objects.exists():
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
        _refuse_weak(password, account)
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


@transaction.atomic
def account_signed_in(*, employee: Employee, actor: Actor) -> None:
    """Put the signing in on record, with ids only."""
    record_event(action=Action.ACCOUNT_SIGN_IN, subject=employee, actor=actor, data={"account": employee.account_id})


@transaction.atomic
def sessions_end(*, account_id: int) -> int:
    """End every session of the account in the caller's transaction; how many were open.

    The caller has asked `access` and writes the ledger: this is part of relieving, of a new password, of a reset.
    Requests that are under way finish; none of them can bring its session back.
    """
    Account.objects.filter(pk=account_id).update(sessions_epoch=F("sessions_epoch") + 1)
    open_now = SignedIn.objects.filter(account_id=account_id)
    keys = list(open_now.values_list("session_key", flat=True))
    SessionStore.get_model_class().objects.filter(session_key__in=keys).delete()
    open_now.filter(session_key__in=keys).delete()
    return len(keys)


def _refuse_weak(password: str, account: Account) -> None:
    try:
        validate_password(password, user=account)
    except ValidationError as error:
        raise BadInput("weak_password", " ".join(error.messages), field="password") from error
