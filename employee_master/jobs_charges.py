"""What the worker does about charges: their mails, orders whose day has come, vacant desks, retirements ahead."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, time
from typing import Any

from django.conf import settings
from django.db import transaction
from django.urls import reverse

from employee_master import mails, mails_charges
from employee_master.models import Account, Charge, Employee, Joining, Office, Post
from employee_master.queries.accounts import head_of, managers_of
from employee_master.queries.relieving import RETIREMENT_DAYS, Retiring, joinings_due, reliefs_due, retiring
from employee_master.queries.vacant import vacant_desks
from employee_master.services.guard import guard_desks
from employee_master.services.joining import joining_due
from employee_master.services.notice import TELL_CHARGE, tell
from employee_master.services.relieved import relieving_complete_signed
from eoffice.core import outbox
from eoffice.core.actor import Actor
from eoffice.core.models import OutboxRow
from eoffice.core.periodic import periodic

ORDERS_DUE = "charges.orders_due"
GUARD_DESKS = "charges.guard_desks"
RETIREMENTS = "charges.retirements"


def register() -> None:
    """Called once from `EmployeeMasterConfig.ready`."""
    outbox.handler(TELL_CHARGE, mode="outside")(mail)
    # Each order and each desk is an act of its own: what was done before a failure stays, and the rest is tried again.
    outbox.handler(ORDERS_DUE, mode="outside")(orders_due)
    outbox.handler(GUARD_DESKS, mode="outside")(guard)
    outbox.handler(RETIREMENTS)(tell_of_retirements)
    # Orders take effect when their day begins, relieving before joining.
    periodic(ORDERS_DUE, at=time(0, 5))
    periodic(GUARD_DESKS, at=time(3, 0))
    periodic(RETIREMENTS, at=time(7, 40))


def orders_due(_row: OutboxRow) -> None:
    """Relievings that both signed and whose day has come; then the joinings of the day."""
    for relieving_id in reliefs_due():
        relieving_complete_signed(relieving_id=relieving_id, actor=Actor.system())
    for joining_id in joinings_due():
        joining_due(joining_id=joining_id)


def guard(_row: OutboxRow) -> None:
    guard_desks()


@transaction.atomic
def tell_of_retirements(_row: OutboxRow) -> None:
    """90, 30 and 7 days ahead, once each: to the EMD managers and the head of each office where a charge is held."""
    for one in retiring(None):
        step = min(days for days in RETIREMENT_DAYS if days >= one.days)
        for charge in one.charges:
            office = charge.post.office
            told = {account.pk: account for account in [*managers_of(office), *head_of(office)]}
            about = f"{one.employee.pk}-{one.employee.superannuates_on}-{step}"
            tell(about, "retires", told.values(), employee=one.employee.pk)


def mail(row: OutboxRow) -> None:
    """One notice to one person. Rows for things that are gone meanwhile are done without a mail."""
    account = Account.objects.filter(pk=row.payload["account"], is_active=True).first()
    text = _TEXTS[row.payload["what"]](row.payload) if account is not None else None
    if account is not None and text is not None:
        _send(account, text, row)


def _send(account: Account, text: mails.Text, row: OutboxRow) -> None:
    try:
        mails.mail_to(account, text, key=row.key).send()
    except OSError as error:  # SMTP's errors are of this class too
        raise outbox.Retry(f"the mail server does not answer ({type(error).__name__})") from error


# What each notice says, from the ids in its row.

Facts = dict[str, Any]


def _names(thing: Post | Employee | Office) -> mails_charges.Names:
    return thing.name_hi or thing.name_en, thing.name_en or thing.name_hi


def _post(pk: int) -> mails_charges.Names:
    post = Post.objects.get(pk=pk)
    hindi, english = _names(post)
    return f"{hindi} ({post.marking})", f"{english} ({post.marking})"


def _page(name: str, *args: int) -> str:
    return f"{settings.PUBLIC_URL}{reverse(f'employee_master:{name}', args=args)}"


def _list_to_sign(facts: Facts) -> mails.Text:
    charge = Charge.objects.get(relievings=facts["relieving"])
    link = _page("relieving_detail", facts["relieving"])
    return mails_charges.list_to_sign(_post(charge.post_id), link, gives=facts["gives"])


def _relieved(facts: Facts) -> mails.Text:
    return mails_charges.relieved(_post(facts["post"]), date.fromisoformat(facts["on"]))


def _restored(facts: Facts) -> mails.Text:
    return mails_charges.restored(_post(facts["post"]))


def _desk_received(facts: Facts) -> mails.Text:
    link = settings.PUBLIC_URL + "/"
    return mails_charges.desk_received(_post(facts["from"]), _post(facts["to"]), facts["count"], link)


def _desk_guarded(facts: Facts) -> mails.Text:
    link = settings.PUBLIC_URL + "/"
    return mails_charges.desk_guarded(_post(facts["from"]), _post(facts["to"]), facts["count"], link)


def _joining_ordered(facts: Facts) -> mails.Text:
    return mails_charges.joining_ordered(_post(facts["post"]), date.fromisoformat(facts["on"]))


def _joined(facts: Facts) -> mails.Text:
    return mails_charges.joined(_post(facts["post"]), date.fromisoformat(facts["on"]))


def _joining_waits(facts: Facts) -> mails.Text:
    joining = Joining.objects.select_related("employee").get(pk=facts["joining"])
    return mails_charges.joining_waits(_names(joining.employee), _post(joining.post_id), _page("joining"))


def _link_named(facts: Facts) -> mails.Text | None:
    charge = Charge.objects.get(pk=facts["charge"])
    if charge.ended_at is not None or charge.to_on is None:
        return None
    return mails_charges.link_named(
        _post(charge.post_id), charge.from_on, charge.to_on, confidential=charge.confidential
    )


def _retires(facts: Facts) -> mails.Text | None:
    found: list[Retiring] = [one for one in retiring(None) if one.employee.pk == facts["employee"]]
    if not found or found[0].employee.superannuates_on is None:
        return None
    one = found[0]
    assert one.employee.superannuates_on is not None
    return mails_charges.retires(_names(one.employee), one.employee.superannuates_on, one.days, _page("retirement"))


def _vacant_desks(facts: Facts) -> mails.Text | None:
    office = Office.objects.get(pk=facts["office"])
    desks = vacant_desks(None, office_id=office.pk)
    if not desks:
        return None
    lines = [(desk.post.marking, desk.count) for desk in desks]
    unplaced = sum(desk.is_due and desk.to is None for desk in desks)
    return mails_charges.vacant_desks(_names(office), lines, unplaced, _page("vacant"))


_TEXTS: dict[str, Callable[[Facts], mails.Text | None]] = {
    "list_to_sign": _list_to_sign,
    "relieved": _relieved,
    "restored": _restored,
    "desk_received": _desk_received,
    "desk_guarded": _desk_guarded,
    "joining_ordered": _joining_ordered,
    "joined": _joined,
    "joining_waits": _joining_waits,
    "link_named": _link_named,
    "retires": _retires,
    "vacant_desks": _vacant_desks,
}
