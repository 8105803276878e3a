"""Indian eSign: a licensed provider makes key and certificate for one act, after asking the officer there (design 6).

Written against the shape of the CCA's "eSign API Specifications", version 2.1: this instance is the application
service provider (ASP), which sends hashes only. **It works with a licensed provider alone**; docs/signing-remote.md
says what to ask of one.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from eoffice.core.errors import NotAvailable
from signatures.backends.base import Capabilities, Check, OpenKey
from signatures.backends.elsewhere import opened_elsewhere, visit_address
from signatures.backends.esign import asp
from signatures.models import Backend as Kind
from signatures.models import Credential, SigningAttempt


class Esign:
    """The officer is sent to the provider with a signed request; the answer is a whole CMS for each paper."""

    code = str(Kind.ESIGN)
    capabilities = Capabilities(unlock="elsewhere", batch=True, generates=False)

    def is_set_up(self) -> bool:
        """Whether the settings name a provider; whether its keys are there is said by `check`."""
        return bool(settings.ESIGN_URL and settings.ESIGN_ASP_ID)

    def check(self, credential: Credential) -> Sequence[Check]:
        title = _("The connection to eSign")
        try:
            asp.config()
        except NotAvailable as error:
            return [Check("esign-set-up", title, "fault", error.message, error.remedy)]
        rows = [Check("esign-set-up", title, "good")]
        if not credential.subject_name:
            rows.append(
                Check(
                    "esign-not-registered", _("Your registration at eSign"), "fault",
                    _("You have not signed at the provider yet, so nobody knows your certificate's name."),
                    _("Register on the page 'My signature'."),
                )
            )  # fmt: skip
        return rows

    def open(self, credential: Credential, *, secret: str) -> AbstractContextManager[OpenKey]:  # noqa: ARG002
        raise opened_elsewhere()

    def start_url(self, attempts: Sequence[SigningAttempt]) -> str:
        return visit_address(attempts)
