"""What the worker does about readiness: counting, the daily and weekly report, exemptions that end (R8, R24)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, time, timedelta
from smtplib import SMTPException

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.urls import reverse

from employee_master import mails, readiness_mails
from employee_master.models import (
    FULL_KINDS,
    Account,
    Charge,
    Exemption,
    Nomination,
    NominationKind,
    RoleGrant,
)
from employee_master.queries.accounts import head_of, managers_of, super_admins
from employee_master.queries.acting import active_on
from employee_master.queries.board import Row, every_row, row_of, totals
from employee_master.queries.board_sheet import board_cells, headings_in_both
from employee_master.queries.exemption import deciding_posts
from employee_master.queries.readiness import items, nominations_on
from employee_master.readiness_mails import Every, Told
from employee_master.services.exemption import TELL, exemption_expire
from employee_master.services.standing import count_offices
from employee_master.workflow.exemption import ExemptionState
from eoffice.core import clock, outbox
from eoffice.core.actor import Role
from eoffice.core.calendar import is_working_day
from eoffice.core.export import XLSX_TYPE, xlsx
from eoffice.core.models import OutboxRow
from eoffice.core.periodic import periodic
from eoffice.documents.models import Document
from eoffice.documents.queries import document_bytes
from eoffice.documents.services import document_store

COUNT = "readiness.count"
REPORT = "readiness.report"
MAIL = "readiness.mail"
EXEMPTIONS = "exemption.watch"
MAIL_EXEMPTION = "exemption.mail"
# The weekly report takes the place of the daily one on Mondays.
MONDAY = 0
# Head and EMD manager are told so long before an exemption ends.
WARNED_BEFORE = timedelta(days=7)


def register() -> None:
    """Called once from `EmployeeMasterConfig.ready`."""
    outbox.handler(COUNT, mode="outside", attempts=3, lease=timedelta(minutes=10))(count)
    outbox.handler(REPORT, mode="outside", attempts=5, lease=timedelta(minutes=10))(make_report)
    outbox.handler(MAIL, mode="outside")(mail_report)
    outbox.handler(EXEMPTIONS)(watch_exemptions)
    outbox.handler(TELL)(tell_of_exemption)
    outbox.handler(MAIL_EXEMPTION, mode="outside")(mail_exemption)
    periodic(COUNT, every=timedelta(minutes=15))
    periodic(EXEMPTIONS, at=time(0, 20))
    periodic(REPORT, at=time(8, 0))


def count(_row: OutboxRow) -> None:
    """All offices anew; a batch at a time, so that nobody waits for it."""
    count_offices()


def make_report(row: OutboxRow) -> None:
    """Count, draw the sheet once, and ask for one mail to each who gets it. Nothing on a day off, or if not wanted."""
    today = clock.today()
    every = Every.WEEK if today.weekday() == MONDAY else Every.DAY
    if not settings.READINESS_REPORTS or (every is Every.DAY and not is_working_day(today)):
        return
    count_offices()
    listed = items()
    sheet = document_store(
        content=xlsx(board_cells(every_row(listed), listed), headings_in_both(listed), "तैयारी · Readiness"),
        name=f"readiness-{today.isoformat()}.xlsx",
        kind="generated",
        media_type=XLSX_TYPE,
    )
    facts = {"every": str(every), "on": today.isoformat(), "sheet": sheet.pk}
    with transaction.atomic():
        for account_id, offices in sorted(_accounts().items()):
            key = f"{row.key}-{account_id}"
            outbox.add(MAIL, key=key, payload={**facts, "account": account_id, "offices": sorted(offices)})
        for nomination in _outsiders():
            key = f"{row.key}-n{nomination.pk}"
            payload = {**facts, "nomination": nomination.pk, "offices": [nomination.office_id]}
            outbox.add(MAIL, key=key, payload=payload)


def mail_report(row: OutboxRow) -> None:
    """One reader's report; nothing for somebody whose account was closed or whose nomination ended meanwhile."""
    address = _address(row)
    if not address:
        return
    listed = items()
    own = [one for office_id in row.payload["offices"] if (one := row_of(office_id, listed)) is not None]
    told = Told(
        every=Every(row.payload["every"]),
        on=date.fromisoformat(row.payload["on"]),
        totals=totals(listed),
        own=own,
        stuck=_stuck(row, own),
        link=settings.PUBLIC_URL + reverse("employee_master:readiness_board"),
    )
    message = _message(address, readiness_mails.report(told), row)
    sheet = Document.objects.get(pk=row.payload["sheet"])
    message.attach(sheet.name, document_bytes(sheet), XLSX_TYPE)
    _send(message)


def watch_exemptions(_row: OutboxRow) -> None:
    """End what has gone by, and warn of what ends within a week: once each."""
    today = clock.today()
    granted = Exemption.objects.filter(state=ExemptionState.GRANTED).order_by("pk")
    for exemption in granted.filter(until__lt=today):
        exemption_expire(exemption_id=exemption.pk)
    for exemption in granted.filter(until__gte=today, until__lte=today + WARNED_BEFORE):
        key = f"exemption-{exemption.pk}-ends"
        outbox.add(TELL, key=key, payload={"exemption": exemption.pk, "what": "ends"})


def tell_of_exemption(row: OutboxRow) -> None:
    """Who has to know: the deciding authority of a request; of everything else, the office's head and EMD manager."""
    exemption = Exemption.objects.select_related("office").get(pk=row.payload["exemption"])
    if row.payload["what"] == "requested":
        people = _holders(deciding_posts(exemption.office)) or set(super_admins())
    else:
        people = set(head_of(exemption.office)) | set(managers_of(exemption.office))
    for account in people:
        outbox.add(MAIL_EXEMPTION, key=f"{row.key}-{account.pk}", payload={**row.payload, "account": account.pk})


def mail_exemption(row: OutboxRow) -> None:
    account = Account.objects.filter(pk=row.payload["account"], is_active=True).first()
    if account is None:
        return
    exemption = Exemption.objects.select_related("office").get(pk=row.payload["exemption"])
    link = settings.PUBLIC_URL + reverse("employee_master:exemption", args=[exemption.pk])
    _send(_message(account.email, readiness_mails.exemption(exemption, row.payload["what"], link), row))


def _accounts() -> dict[int, set[int]]:
    """Who gets the report, by account, with the offices that it speaks of in particular."""
    today = clock.today()
    offices: dict[int, set[int]] = {account.pk: set() for account in super_admins()}
    managers = RoleGrant.objects.filter(active_on(today), role=Role.EMD_MANAGER, employee__account__is_active=True)
    seats: dict[int, set[int]] = defaultdict(set)
    for employee, office in Charge.objects.filter(
        active_on(today), employee__in=managers.values("employee"), kind__in=FULL_KINDS
    ).values_list("employee_id", "post__office_id"):
        seats[employee].add(office)
    for employee, account, of in managers.values_list("employee_id", "employee__account_id", "office_id"):
        offices.setdefault(account, set()).update(seats[employee] if of is None else {of})
    nodal = nominations_on(today).filter(kind=NominationKind.NODAL_OFFICER, employee__account__is_active=True)
    for account, of in nodal.values_list("employee__account_id", "office_id"):
        offices.setdefault(account, set()).add(of)
    return offices


def _outsiders() -> Iterable[Nomination]:
    """Nodal officers who are nobody of this instance, but have an address."""
    named = nominations_on(clock.today()).filter(kind=NominationKind.NODAL_OFFICER, employee__isnull=True)
    return named.exclude(email="").order_by("pk")


def _address(row: OutboxRow) -> str:
    if "account" in row.payload:
        account = Account.objects.filter(pk=row.payload["account"], is_active=True).first()
        return account.email if account is not None else ""
    nomination = nominations_on(clock.today()).filter(pk=row.payload["nomination"]).first()
    return nomination.email if nomination is not None else ""


def _stuck(row: OutboxRow, own: list[Row]) -> list[Row]:
    """All offices for super admins; for others their own."""
    account = row.payload.get("account")
    if account is not None and super_admins().filter(pk=account).exists():
        return every_row(items(), view="stuck")
    return [one for one in own if one.stuck]


def _holders(post_ids: Iterable[int]) -> set[Account]:
    charges = Charge.objects.filter(active_on(clock.today()), post__in=post_ids)
    return set(Account.objects.filter(employee__charges__in=charges, is_active=True))


def _message(address: str, text: mails.Text, row: OutboxRow) -> EmailMessage:
    """Under an id fixed by the outbox row, as all mail of this room."""
    return mails.mail_to(Account(email=address), text, key=row.key.replace(":", "-"))


def _send(message: EmailMessage) -> None:
    try:
        message.send()
    except (SMTPException, OSError) as error:
        raise outbox.Retry(f"the mail server does not take it ({type(error).__name__})") from error
