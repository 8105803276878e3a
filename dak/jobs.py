"""What the worker does for the registry: letters by e-mail."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial
from smtplib import SMTPException, SMTPRecipientsRefused, SMTPResponseException, SMTPServerDisconnected

from django.core.mail import EmailMessage
from django.db import transaction

from dak.models import Dispatch
from dak.services import dispatch_send, dispatch_undelivered
from dak.workflow import DispatchState
from eoffice.core import outbox
from eoffice.core.actor import Actor
from eoffice.core.models import OutboxRow
from eoffice.documents.queries import document_bytes

PERMANENT = 500
NAME_LENGTH = 80
SUBJECT_LENGTH = 200


def register() -> None:
    """Tell the outbox who handles mail."""
    outbox.handler("dak.send_mail", mode="outside")(send_mail)


def send_mail(row: OutboxRow) -> Callable[[], None] | None:
    """Send one copy. At least once, under the Message-ID fixed when it was queued; then note what came of it.

    A refusal for good (5xx) settles the copy as undelivered; anything else is tried again. A row that is parked after
    many tries leaves the copy waiting, so that the operator can put it back when the mail server answers again.
    """
    dispatch = Dispatch.objects.select_related("document", "office", "post").get(pk=row.payload["dispatch"])
    if dispatch.state != DispatchState.QUEUED:
        return None
    try:
        letter_mail(dispatch).send()
    except SMTPRecipientsRefused as error:
        codes = [code for code, _answer in error.recipients.values()]
        return _settle_or_retry(dispatch, min(codes, default=0))
    except SMTPResponseException as error:
        return _settle_or_retry(dispatch, error.smtp_code)
    except (SMTPServerDisconnected, SMTPException, OSError) as error:
        raise outbox.Retry(f"the mail server does not answer ({type(error).__name__})") from error
    return partial(_note_sent, dispatch.pk, dispatch.message_id)


def letter_mail(dispatch: Dispatch) -> EmailMessage:
    """The mail of one copy: plain text in both languages and the signed PDF, byte for byte."""
    office = dispatch.office
    lines_hi = [
        "महोदय/महोदया,",
        "",
        f"{office.name_hi} का पत्र संख्या {dispatch.letter_number} संलग्न है।",
        f"विषय: {dispatch.subject}",
        "पत्र डिजिटल रूप से हस्ताक्षरित है; इसकी जाँच पत्र पर छपे क्यूआर कोड से की जा सकती है।",
    ]
    lines_en = [
        "Sir/Madam,",
        "",
        f"Letter no. {dispatch.letter_number} of the {office.name_en} is attached.",
        f"Subject: {dispatch.subject}",
        "The letter is digitally signed; it can be checked through the QR code printed on it.",
    ]
    if dispatch.reference:
        lines_hi.append(f"सन्दर्भ संख्या: {dispatch.reference}")
        lines_en.append(f"Reference number: {dispatch.reference}")
    message = EmailMessage(
        subject=f"{dispatch.letter_number}: {dispatch.subject}"[:SUBJECT_LENGTH],
        body="\n".join([*lines_hi, "", "---", "", *lines_en, ""]),
        to=[dispatch.email],
        reply_to=[office.email] if office.email else None,
        headers={"Message-ID": dispatch.message_id},
    )
    message.attach(attachment_name(dispatch.letter_number), document_bytes(dispatch.document), "application/pdf")
    return message


def attachment_name(letter_number: str) -> str:
    """A file name of the letter's number that every system takes, in either script: "412-सा.प्र.-3-2026.pdf"."""
    name = re.sub(r"[^\w.()\u0900-\u097f]+", "-", letter_number).strip("-.")[:NAME_LENGTH]
    return f"{name or 'letter'}.pdf"


def _settle_or_retry(dispatch: Dispatch, code: int) -> Callable[[], None]:
    if code < PERMANENT:
        raise outbox.Retry(f"the mail server put it off (SMTP {code})")
    return partial(_note_undelivered, dispatch.pk, f"SMTP {code}")


def _note_sent(dispatch_id: int, message_id: str) -> None:
    _while_queued(dispatch_id, partial(dispatch_send, evidence=f"Message-ID {message_id}"))


def _note_undelivered(dispatch_id: int, why: str) -> None:
    _while_queued(dispatch_id, partial(dispatch_undelivered, why=why))


@transaction.atomic
def _while_queued(dispatch_id: int, act: Callable[..., Dispatch]) -> None:
    """Somebody may have settled the copy meanwhile; then there is nothing to note, and nothing to send again."""
    row = Dispatch.objects.select_for_update().get(pk=dispatch_id)
    if row.state == DispatchState.QUEUED:
        act(dispatch_id=dispatch_id, actor=Actor.system())
