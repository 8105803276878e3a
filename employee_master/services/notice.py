"""Telling people by mail what was done about their charges: outbox rows of the act's own transaction (design 7)."""

from __future__ import annotations

from collections.abc import Iterable

from employee_master.models import Account, Employee, Office, Post
from employee_master.queries.accounts import managers_of
from employee_master.queries.relieving import holders_among
from eoffice.core import outbox

TELL_CHARGE = "charges.tell"


def tell(about: int | str, what: str, accounts: Iterable[Account | None], /, **facts: object) -> None:
    """Mail these people (`employee_master.mails_charges`); for one occasion and thing everybody is told once.

    Facts are ids, codes and days. Whoever has no account is passed over: the pages show it to them later.
    """
    for account in accounts:
        if account is not None and account.is_active:
            outbox.add(
                TELL_CHARGE,
                key=f"charge-{about}-{what}-{account.pk}",
                payload={"account": account.pk, "what": what, **facts},
            )


def tell_person(about: int | str, what: str, employee: Employee | None, /, **facts: object) -> None:
    if employee is not None:
        tell(about, what, [employee.account], **facts)


def tell_holder(about: int | str, what: str, post: Post, /, **facts: object) -> None:
    """Whoever fills the post today."""
    charge = holders_among([post.pk]).get(post.pk)
    tell_person(about, what, charge.employee if charge else None, **facts)


def tell_managers(about: int | str, what: str, office: Office, /, **facts: object) -> None:
    """The EMD managers of the office."""
    tell(about, what, managers_of(office), **facts)
