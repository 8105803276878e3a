"""Before a certificate ends its officer is told 60, 30 and 7 days ahead, once each; when it has ended it is retired."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from smtplib import SMTPException
from typing import Final

from django.conf import settings
from django.urls import reverse

from employee_master import mails
from employee_master.models import Account
from eoffice.core import clock, outbox
from eoffice.core.actor import Actor
from eoffice.core.models import OutboxRow
from signatures.models import COMING, LIVE, WORKING, Credential
from signatures.services.credential import locked, retire_row
from signatures.workflow import RetiredKind

DAY: Final = "signatures.expiry"
MAIL: Final = "signatures.expiry_mail"
DAYS: Final = (60, 30, 7)


def watch(_row: OutboxRow) -> None:
    """Once a day: ask for the mails that are due, and retire what ended. Each mail has its own key, so it goes once.

    After days of silence only the nearest warning goes out, not all that were missed.
    """
    at = clock.now()
    ending = Credential.objects.filter(
        state__in=WORKING, not_after__gt=at, not_after__lte=at + timedelta(days=max(DAYS) + 1)
    ).exclude(renewals__state__in=COMING)
    for credential in ending.order_by("pk"):
        days = credential.days_left
        due = min((one for one in DAYS if days is not None and days <= one), default=None)
        if due is not None:
            outbox.add(MAIL, key=f"expiry-{credential.pk}-{due}", payload={"credential": credential.pk, "days": due})
    for pk in Credential.objects.filter(state__in=WORKING, not_after__lte=at).values_list("pk", flat=True):
        row = locked(pk)
        if row.state in LIVE:
            retire_row(row, RetiredKind.EXPIRED, Actor.system())


def send(row: OutboxRow) -> Callable[[], None] | None:
    """One warning to the officer's address; nothing where the credential has ended or been renewed meanwhile."""
    credential: Credential | None = Credential.objects.filter(pk=row.payload["credential"], state__in=WORKING).first()
    account = (
        None if credential is None else Account.objects.filter(employee=credential.employee_id, is_active=True).first()
    )
    if credential is None or account is None or credential.not_after is None:
        return None
    message = mails.mail_to(account, text_of(credential), key=row.key)
    try:
        message.send()
    except (SMTPException, OSError) as error:
        raise outbox.Retry(f"the mail server does not take it ({type(error).__name__})") from error
    return None


def text_of(credential: Credential) -> mails.Text:
    """Both languages; no name, no office: mails travel openly."""
    assert credential.not_after is not None
    last = clock.office_time(credential.not_after).date().strftime("%d-%m-%Y")
    left = max(credential.days_left or 0, 0)
    link = f"{settings.PUBLIC_URL}{reverse('signatures:mine')}"
    return mails.Text(
        ("ई-ऑफ़िस: आपका हस्ताक्षर प्रमाणपत्र समाप्त हो रहा है", "e-Office: your signing certificate is ending"),
        (
            f"आपके डिजिटल हस्ताक्षर का प्रमाणपत्र {last} को समाप्त होगा (शेष दिन: {left})। उसके बाद आप हस्ताक्षर नहीं कर सकेंगे।",
            "समय रहते नवीकरण माँगें; नया सक्रिय होने तक वर्तमान काम करता रहेगा:",
            link,
        ),
        (
            f"The certificate of your digital signature ends on {last} (days left: {left}). After that you can't sign.",
            "Ask for a renewal in time; the present one works until the new one is active:",
            link,
        ),
    )
