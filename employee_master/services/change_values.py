"""The values of a change request: checked against the record, compared with it, written into it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from employee_master.models import Account, ChangeField, ChangeRequest, Employee
from employee_master.queries.change import value_of, value_text
from employee_master.services.account import INVITE, government_address, sessions_end
from employee_master.services.employee import employee_save, facts_with, facts_write
from eoffice.core import outbox
from eoffice.core.errors import BadInput, WrongState


def checked_values(employee: Employee, values: Mapping[str, str]) -> dict[str, str]:
    """The proposed values that differ, cleaned as the record wants them."""
    unknown = set(values) - set(ChangeField.values)
    if unknown:
        raise ValueError(f"no field of a record: {sorted(unknown)}")
    cleaned = {str(field): text.strip() for field, text in values.items()}
    email = cleaned.pop(ChangeField.EMAIL, None)
    present = {str(field): value_text(employee, field) for field in ChangeField.values}
    facts = facts_with(employee, {field: _read(field, text) for field, text in cleaned.items()})
    changed: dict[str, str] = {}
    for field in cleaned:
        value = getattr(facts, field)
        text = value.isoformat() if isinstance(value, date) else str(value or "")
        if text != present[field]:
            changed[field] = text
    if email is not None and email.lower() != present[ChangeField.EMAIL]:
        changed[str(ChangeField.EMAIL)] = _checked_email(employee, email)
    if not changed:
        raise BadInput(
            "nothing_changes",
            _("Nothing would change: all values are those of the record."),
            _("Write the right value beside the wrong one."),
        )
    return changed


def _read(field: str, text: str) -> Any:
    try:
        return value_of(field, text)
    except ValueError as error:
        raise BadInput("bad_date", _("This is not a date."), _("Choose the day."), field=field) from error


def _checked_email(employee: Employee, email: str) -> str:
    if employee.account is None:
        raise WrongState(
            "no_account",
            _("The person has no account yet, so there is no address to change."),
            _("The EMD manager opens the account with the right address."),
        )
    address = government_address(email)
    if Account.objects.filter(email__iexact=address).exclude(employee=employee).exists():
        raise BadInput(
            "address_taken",
            _("This address belongs to another account."),
            _("Check the address with the employee."),
            field="email",
        )
    return address


def moved_on(request: ChangeRequest, employee: Employee) -> list[str]:
    """The fields that hold something else than when the change was proposed."""
    return [line.field for line in request.lines.all() if value_text(employee, line.field) not in {line.old, line.new}]


def refuse_moved_on(request: ChangeRequest, employee: Employee) -> None:
    fields = moved_on(request, employee)
    if fields:
        raise WrongState(
            "changed_meanwhile",
            _("The record was changed since this was proposed: %(fields)s.")
            % {"fields": ", ".join(str(ChangeField(field).label) for field in fields)},
            _("Object to it, so that the proposer says what is right now; or reject it."),
        )


def values_enter(request: ChangeRequest, employee: Employee) -> list[str]:
    """Write the values into the record, which the caller holds locked; the fields they are about."""
    values = {line.field: line.new for line in request.lines.all()}
    fields = sorted(values)
    email = values.pop(ChangeField.EMAIL, None)
    facts_write(employee, {field: value_of(field, text) for field, text in values.items()})
    employee_save(employee)
    if email is not None:
        _rename_account(request, employee, email)
    return fields


def _rename_account(request: ChangeRequest, employee: Employee, email: str) -> None:
    """The user id is the address (R4): from now on the new one, which is to be confirmed; all sessions end."""
    account = Account.objects.select_for_update(no_key=True).get(employee=employee)
    if account.email == email:
        return
    account.email = government_address(email)
    account.email_confirmed_at = None
    try:
        with transaction.atomic():
            account.save(update_fields=["email", "email_confirmed_at"])
    except IntegrityError as error:
        raise WrongState(
            "address_taken",
            _("This address belongs to another account."),
            _("Check the address with the employee."),
        ) from error
    sessions_end(account_id=account.pk)
    outbox.add(INVITE, key=f"change-{request.pk}-confirm", payload={"account": account.pk})
