"""Refusals. Each carries a code that can be counted, a sentence that can be shown, and the remedy.

One subclass per kind of refusal; `core.middleware` turns them into a page or JSON in one place.
"""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Text = str | Promise


class DomainError(Exception):
    """What the office's rules refuse. `message` says what and where; `remedy` says who can do what about it."""

    status = 400

    def __init__(self, code: str, message: Text, remedy: Text = "", remedy_url: str = "") -> None:
        super().__init__(code)
        self.code = code
        self.message = message
        self.remedy = remedy
        self.remedy_url = remedy_url

    def __str__(self) -> str:
        return f"{self.code}: {self.message}"


class BadInput(DomainError):
    """What was sent can't be taken; nothing was saved. `field` names the form field, when there is one."""

    def __init__(self, code: str, message: Text, remedy: Text = "", remedy_url: str = "", *, field: str = "") -> None:
        super().__init__(code, message, remedy, remedy_url)
        self.field = field


class NotAllowed(DomainError):
    """Visible, but not yours to do."""

    status = 403


class NotVisible(DomainError):
    """Not visible to you: answered exactly like something that does not exist."""

    status = 404

    def __init__(self) -> None:
        super().__init__(
            "not_found",
            _("There is nothing here that your post may see."),
            _("Check the number, or ask the section that holds the paper."),
        )


class WrongState(DomainError):
    """Yours to do, but the state has moved on; the message says the present state."""

    status = 409


class NotAvailable(DomainError):
    """Something outside this program does not answer; nothing was lost, try again."""

    status = 503
