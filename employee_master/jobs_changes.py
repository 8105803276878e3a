"""What the worker does about change requests and the words by which people are found."""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date, time, timedelta
from smtplib import SMTPException

from django.conf import settings
from django.db import transaction
from django.urls import reverse

from employee_master import mails
from employee_master.models import Account, ChangeField, ChangeRequest, Employee, Post
from employee_master.queries.change import people_on_turn
from employee_master.services.change import TOLD, change_apply_due
from employee_master.services.employee import name_words_write, post_words_write
from employee_master.workflow.change import OPEN_STATES, ChangeState
from eoffice.core import calendar, clock, outbox
from eoffice.core.errors import DomainError
from eoffice.core.models import OutboxRow
from eoffice.core.periodic import periodic

log = logging.getLogger(__name__)

DAILY = "changes.daily"
REMIND = "changes.remind"
WORDS = "people.words"
_BATCH = 500

# What became of a request, by the code in the outbox row: Hindi, English.
_TOLD = {
    "proposed": (
        "आपके अभिलेख में एक परिवर्तन प्रस्तावित किया गया है। यदि वह सही नहीं है, तो उसे वापस ले लें।",
        "A change of your record was proposed for you. If it is not right, withdraw it.",
    ),
    "objected": (
        "आपके परिवर्तन अनुरोध पर आपत्ति है। प्रत्येक आपत्ति का उत्तर देकर उसे फिर से भेजें।",
        "There are objections to your change request. Answer each of them and send it again.",
    ),
    "rejected": (
        "आपका परिवर्तन अनुरोध अस्वीकृत हुआ। कारण पृष्ठ पर है।",
        "Your change request was rejected. The page says why.",
    ),
    "applied": (
        "आपका परिवर्तन अनुरोध स्वीकृत हुआ और अभिलेख में दर्ज कर दिया गया है।",
        "Your change request was approved and entered in the record.",
    ),
}


def register() -> None:
    """Called once from `EmployeeMasterConfig.ready`."""
    outbox.handler(DAILY, mode="outside", attempts=4, lease=timedelta(minutes=30))(daily)
    outbox.handler(TOLD, mode="outside")(mail_told)
    outbox.handler(REMIND, mode="outside")(mail_reminder)
    outbox.handler(WORDS, mode="outside", attempts=3, lease=timedelta(hours=1))(write_missing_words)
    periodic(DAILY, at=time(6, 15))
    periodic(WORDS, at=time(1, 15))


def daily(_row: OutboxRow) -> None:
    """Enter what has come to its day; remind those on whom overdue requests wait, one mail a person."""
    due = ChangeRequest.objects.filter(state=ChangeState.APPROVED, effective_on__lte=clock.today())
    for pk in list(due.order_by("pk").values_list("pk", flat=True)):
        try:
            change_apply_due(request_id=pk)
        except DomainError as refusal:
            # The one request waits for its people; the others go on. The page shows why it can't be entered.
            log.warning("changes.not_entered", extra={"change": pk, "code": refusal.code})
    if calendar.is_working_day(clock.today()):
        remind(clock.today())


@transaction.atomic
def remind(today: date) -> int:
    """One outbox row for each person who lets a request wait beyond its day; how many."""
    waiting: dict[int, list[int]] = defaultdict(list)
    states = [state for state in OPEN_STATES if state != ChangeState.APPROVED]
    late = ChangeRequest.objects.filter(state__in=states, turn_due_on__lt=today)
    for request in late.select_related("office__parent", "employee", "made_by").order_by("pk"):
        for account in people_on_turn(request):
            waiting[account.pk].append(request.pk)
    for account_id, requests in waiting.items():
        payload = {"account": account_id, "changes": requests}
        outbox.add(REMIND, key=f"change-remind-{account_id}-{today.isoformat()}", payload=payload)
    return len(waiting)


def mail_reminder(row: OutboxRow) -> None:
    """How many requests wait for the person, and since when the eldest; numbers only, no names or values."""
    account = Account.objects.filter(pk=row.payload["account"], is_active=True).first()
    still = ChangeRequest.objects.filter(pk__in=row.payload["changes"], state__in=OPEN_STATES)
    late = still.filter(turn_due_on__lt=clock.today())
    numbers = list(late.order_by("turn_due_on").values_list("number", flat=True))
    if account is None or not numbers:
        return
    link = settings.PUBLIC_URL + reverse("employee_master:changes")
    listed = ", ".join(numbers)
    text = mails.Text(
        ("ई-ऑफ़िस: परिवर्तन अनुरोध विलम्बित", "e-Office: change requests overdue"),
        (f"ये परिवर्तन अनुरोध आपकी प्रतीक्षा में हैं और विलम्बित हैं: {listed}", link),
        (f"These change requests wait for you and are overdue: {listed}", link),
    )
    _send(account, text, row)


def mail_told(row: OutboxRow) -> None:
    """Tell the proposer and the person concerned; on a new address, the old one learns of it too."""
    requests = ChangeRequest.objects.select_related("made_by__account", "employee__account")
    request = requests.get(pk=row.payload["change"])
    what = row.payload["what"]
    hindi, english = _TOLD[what]
    link = settings.PUBLIC_URL + reverse("employee_master:change", args=[request.pk])
    subject = ("ई-ऑफ़िस: परिवर्तन अनुरोध", "e-Office: change request")
    text = mails.Text(
        (f"{subject[0]} {request.number}", subject[1]),
        (f"{request.number}: {hindi}", link),
        (f"{request.number}: {english}", link),
    )
    for account in _told(request):
        _send(account, text, row)
    email = request.lines.filter(field=ChangeField.EMAIL).first()
    if what == "applied" and email is not None and email.old:
        _send(Account(pk=0, email=email.old), text, row)


def _told(request: ChangeRequest) -> Iterable[Account]:
    people: dict[int, Employee] = {one.pk: one for one in (request.made_by, request.employee)}
    for person in people.values():
        if person.account is not None and person.account.is_active:
            yield person.account


def _send(account: Account, text: mails.Text, row: OutboxRow) -> None:
    try:
        mails.mail_to(account, text, key=f"{row.key}-{account.pk}").send()
    except (SMTPException, OSError) as error:
        raise outbox.Retry(f"the mail server does not take it ({type(error).__name__})") from error


def write_missing_words(_row: OutboxRow | None = None) -> None:
    """Words for people and posts that have none: after an upgrade, or entered past the services."""
    people = Employee.objects.filter(words__isnull=True)
    posts = Post.objects.filter(words__isnull=True)
    for pks in _parts(people.order_by("pk").values_list("pk", flat=True)):
        with transaction.atomic():
            name_words_write(Employee.objects.filter(pk__in=pks))
    for pks in _parts(posts.order_by("pk").values_list("pk", flat=True)):
        with transaction.atomic():
            post_words_write(Post.objects.filter(pk__in=pks))


def _parts(pks: Iterable[int]) -> Iterator[list[int]]:
    every = list(pks)
    for start in range(0, len(every), _BATCH):
        yield every[start : start + _BATCH]
