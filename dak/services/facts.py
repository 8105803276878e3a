"""What is written down about a letter when it is diarised, cleaned and checked field by field."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from dak.models import Classification, Delivery, Kind, Language, Priority
from eoffice.core import clock
from eoffice.core.calendar import add_working_days
from eoffice.core.errors import BadInput
from eoffice.core.text import clean_line

# Working days to answer in, by kind (procedure 19 to 21; RTI's thirty days are about twenty working days).
DUE_DAYS: dict[str, int] = {
    Kind.LETTER: 7,
    Kind.REMINDER: 3,
    Kind.VIP: 15,
    Kind.RTI: 20,
    Kind.ASSEMBLY: 2,
    Kind.COURT: 3,
    Kind.GRIEVANCE: 15,
    Kind.CIRCULAR: 7,
    Kind.OTHER: 7,
}
# What exists in offices but is kept on paper alone (procedure 31, design 9).
ON_PAPER_ONLY = ("secret", "top_secret")
MOST_ENCLOSURES = 999


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiptFacts:
    """The clerk's entries. Texts may be as typed; `cleaned` gives them back fit for the record."""

    subject: str
    sender_name: str
    sender_designation: str = ""
    sender_organisation: str = ""
    sender_address: str = ""
    sender_email: str = ""
    sender_phone: str = ""
    their_number: str = ""
    their_date: date | None = None
    received_on: date | None = None
    kind: str = Kind.LETTER
    language: str = Language.HINDI
    classification: str = Classification.ORDINARY
    priority: str = Priority.ORDINARY
    delivery: str = Delivery.POST
    enclosures_expected: int = 0
    enclosures_received: int = 0
    due_on: date | None = None


_LINES = {
    "subject": 1000,
    "sender_name": 200,
    "sender_designation": 200,
    "sender_organisation": 200,
    "sender_address": 500,
    "sender_phone": 40,
    "their_number": 120,
}
_REQUIRED = ("subject", "sender_name")
_CHOICES: dict[str, type[TextChoices]] = {
    "kind": Kind,
    "language": Language,
    "priority": Priority,
    "delivery": Delivery,
    "classification": Classification,
}


def refuse_secret(classification: str) -> None:
    """Secret and above never enters this system, not even as a scan (procedure 31)."""
    if classification in ON_PAPER_ONLY:
        raise BadInput(
            "secret_on_paper",
            _("Secret and top secret papers are not kept in e-Office. Nothing was stored."),
            _("Enter the letter in the paper register for secret papers and hand it over by name in a sealed cover."),
            field="classification",
        )


def cleaned(facts: ReceiptFacts) -> ReceiptFacts:
    """The facts fit for the record, with the day of receipt and the due day filled in; refuses with `BadInput`."""
    refuse_secret(facts.classification)
    lines: dict[str, Any] = {
        name: clean_line(getattr(facts, name), field=name, limit=limit, required=name in _REQUIRED)
        for name, limit in _LINES.items()
    }
    for name, choices in _CHOICES.items():
        if getattr(facts, name) not in choices.values:
            raise BadInput("unknown_choice", _("This choice does not exist."), _("Choose one of the list."), field=name)
    received_on = facts.received_on or clock.today()
    _check_days(facts, received_on)
    _check_enclosures(facts)
    due_on = facts.due_on or add_working_days(received_on, DUE_DAYS[facts.kind])
    return replace(facts, **lines, sender_email=_email(facts.sender_email), received_on=received_on, due_on=due_on)


def _check_days(facts: ReceiptFacts, received_on: date) -> None:
    if received_on > clock.today():
        raise BadInput(
            "received_in_future",
            _("The day of receipt lies in the future."),
            _("Enter the day on which the letter came in."),
            field="received_on",
        )
    if facts.their_date is not None and facts.their_date > received_on:
        raise BadInput(
            "dated_after_receipt",
            _("The letter's date lies after the day of receipt."),
            _("Check both dates on the letter and on the envelope."),
            field="their_date",
        )
    if facts.due_on is not None and facts.due_on < received_on:
        raise BadInput(
            "due_before_receipt",
            _("The due day lies before the day of receipt."),
            _("Enter a later day, or leave it empty for the usual one."),
            field="due_on",
        )


def _check_enclosures(facts: ReceiptFacts) -> None:
    for name in ("enclosures_expected", "enclosures_received"):
        if not 0 <= getattr(facts, name) <= MOST_ENCLOSURES:
            raise BadInput(
                "enclosures_out_of_range",
                _("The number of enclosures is between 0 and 999."),
                _("Count them again."),
                field=name,
            )


def _email(value: str) -> str:
    address = clean_line(value, field="sender_email", limit=254, required=False)
    if not address:
        return ""
    try:
        validate_email(address)
    except ValidationError as error:
        raise BadInput(
            "bad_email",
            _("This is not an e-mail address."),
            _("Check it letter by letter, or leave it empty."),
            field="sender_email",
        ) from error
    return address
