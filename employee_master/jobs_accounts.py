"""What the worker does about accounts, roles and reviews: their mails, and what is due each day."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date, time, timedelta
from smtplib import SMTPException

from django.conf import settings
from django.db import transaction
from django.urls import reverse

from employee_master import mails
from employee_master.models import AccessReview, Account, Office, RoleGrant
from employee_master.queries.accounts import head_of, managers_of, super_admins
from employee_master.queries.reviews import is_overdue, offices_to_review, quarter_names, this_quarter
from employee_master.queries.roles import ending_soon, role_names
from employee_master.services.account import INVITE, sessions_tidy
from employee_master.services.password import LASTS, RESET, TELL, Purpose, link_to, tell
from eoffice.core import clock, outbox
from eoffice.core.models import OutboxRow
from eoffice.core.periodic import periodic

TIDY = "accounts.tidy"
ROLES_ENDING = "accounts.roles_ending"
REVIEWS_DUE = "accounts.reviews_due"


def register() -> None:
    """Called once from `EmployeeMasterConfig.ready`."""
    outbox.handler(INVITE, mode="outside")(mail_invitation)
    outbox.handler(RESET, mode="outside", attempts=4)(mail_reset)
    outbox.handler(TELL, mode="outside")(mail_notice)
    outbox.handler(TIDY)(tidy)
    outbox.handler(ROLES_ENDING)(tell_of_ending_roles)
    outbox.handler(REVIEWS_DUE)(remind_of_reviews)
    periodic(TIDY, at=time(1, 45))
    periodic(ROLES_ENDING, at=time(7, 45))
    periodic(REVIEWS_DUE, at=time(7, 50))


def mail_invitation(row: OutboxRow) -> Callable[[], None] | None:
    """The link to set the first password; nothing for an account that is confirmed or closed meanwhile."""
    account = Account.objects.filter(pk=row.payload["account"], is_active=True).first()
    if account is None or account.email_confirmed_at is not None:
        return None
    days = LASTS[Purpose.INVITE].days
    _send(account, mails.invitation(link_to(account, Purpose.INVITE), days), row)

    def note() -> None:
        Account.objects.filter(pk=account.pk).update(invited_at=clock.now())

    return note


def mail_reset(row: OutboxRow) -> None:
    account = Account.objects.filter(pk=row.payload["account"], is_active=True).first()
    if account is not None:
        hours = int(LASTS[Purpose.RESET] / timedelta(hours=1))
        _send(account, mails.forgotten(link_to(account, Purpose.RESET), hours), row)


def mail_notice(row: OutboxRow) -> None:
    """What was done or is due, to one person. Rows for things that are gone meanwhile are done without a mail."""
    account = Account.objects.filter(pk=row.payload["account"]).first()
    text = _notice(row) if account is not None else None
    if account is not None and text is not None:
        _send(account, text, row)


def _notice(row: OutboxRow) -> mails.Text | None:
    what = row.payload["what"]
    if what == "role_ends":
        grant = RoleGrant.objects.select_related("employee").get(pk=row.payload["grant"])
        if grant.ended_at is not None or grant.to_on is None:
            return None
        person = (grant.employee.name_hi, grant.employee.name_en)
        return mails.role_ends(role_names(grant.role), person, grant.to_on)
    if what == "review":
        quarter_on = date.fromisoformat(row.payload["quarter"])
        office = Office.objects.filter(pk=row.payload["office"]).first()
        if AccessReview.objects.filter(office=office, quarter_on=quarter_on).exists():
            return None
        names = (office.name_hi, office.name_en) if office else (settings.INSTANCE_NAME_HI, settings.INSTANCE_NAME_EN)
        link = settings.PUBLIC_URL + reverse("employee_master:reviews")
        return mails.review_due(names, quarter_names(quarter_on), link, overdue=row.payload["overdue"])
    return mails.notice(what)


def _send(account: Account, text: mails.Text, row: OutboxRow) -> None:
    try:
        mails.mail_to(account, text, key=row.key).send()
    except (SMTPException, OSError) as error:
        raise outbox.Retry(f"the mail server does not take it ({type(error).__name__})") from error


def tidy(_row: OutboxRow) -> None:
    """Sessions that have run out go from the list."""
    sessions_tidy()


@transaction.atomic
def tell_of_ending_roles(_row: OutboxRow) -> None:
    """Once for each role that ends within a week: the person, and the EMD managers of its office."""
    for grant in ending_soon():
        to_tell = {one.pk: one for one in _about(grant)}
        tell(f"role-{grant.pk}-{grant.to_on}", "role_ends", to_tell.values(), grant=grant.pk)


def _about(grant: RoleGrant) -> Iterable[Account]:
    if grant.employee.account is not None and grant.employee.account.is_active:
        yield grant.employee.account
    yield from managers_of(grant.office) if grant.office is not None else super_admins()


@transaction.atomic
def remind_of_reviews(_row: OutboxRow) -> None:
    """At the beginning of the quarter and when it is overdue: EMD managers and head; super admins for the instance."""
    quarter_on = this_quarter()
    overdue = is_overdue(quarter_on)
    done = set(AccessReview.objects.filter(quarter_on=quarter_on).values_list("office_id", flat=True))
    for office in [None, *offices_to_review()]:
        office_id = office.pk if office is not None else None
        if office_id in done:
            continue
        people = super_admins() if office is None else managers_of(office) | head_of(office)
        tell(
            f"review-{office_id or 'instance'}-{quarter_on}-{'late' if overdue else 'due'}",
            "review",
            people,
            office=office_id,
            quarter=quarter_on.isoformat(),
            overdue=overdue,
        )
