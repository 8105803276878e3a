"""What the backends have in common whose key is released on a provider's page."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from eoffice.core.errors import WrongState
from signatures.models import SigningAttempt


def visit_address(attempts: Sequence[SigningAttempt]) -> str:
    """The page from which the officer goes to the provider with these; the caller may add `&next=` and its own path."""
    return f"{reverse('signatures:visit')}?{urlencode([('attempt', one.uuid) for one in attempts])}"


def opened_elsewhere() -> WrongState:
    return WrongState(
        "opened_elsewhere",
        _("This key is not opened here but at your provider."),
        _("Go to your provider from the signing sheet."),
    )
