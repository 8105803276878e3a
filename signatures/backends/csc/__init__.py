"""A remote signing service that speaks the Cloud Signature Consortium's API: the key lies in the provider's HSM.

The officer releases it at the provider (OAuth), or types PIN and one-time password on our sheet, which passes them on
and forgets them; in both ways for exactly the hashes of the papers prepared.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from eoffice.core.errors import NotAvailable
from signatures.backends.base import Capabilities, Check, OpenKey
from signatures.backends.csc import api
from signatures.backends.elsewhere import opened_elsewhere, visit_address
from signatures.models import Backend as Kind
from signatures.models import Credential, SigningAttempt

_CHECK_SECONDS = 3.0


class Csc:
    """The key is at the provider; raw signatures over the prepared attributes come back."""

    code = str(Kind.CSC)
    capabilities = Capabilities(unlock="elsewhere", batch=True, generates=False)

    def is_set_up(self) -> bool:
        """Whether the settings name a provider."""
        return bool(settings.CSC_URL)

    def check(self, credential: Credential) -> Sequence[Check]:
        title = _("The remote signing service")
        try:
            api.Client(api.setup(), seconds=_CHECK_SECONDS).service()
        except NotAvailable as error:
            return [Check("csc-set-up", title, "fault", error.message, error.remedy)]
        except api.Refused:
            return [
                Check(
                    "csc-silent", title, "fault", _("The provider does not answer now."),
                    _("Try again in some minutes; the operator knows the provider's help desk."),
                )
            ]  # fmt: skip
        if not credential.key_ref.get("key"):
            return [
                Check(
                    "csc-not-registered", title, "fault", _("Your key at the provider is not registered here yet."),
                    _("Register it on the page 'My signature'."),
                )
            ]  # fmt: skip
        return [Check("csc", title, "good")]

    def open(self, credential: Credential, *, secret: str) -> AbstractContextManager[OpenKey]:  # noqa: ARG002
        raise opened_elsewhere()

    def start_url(self, attempts: Sequence[SigningAttempt]) -> str:
        return visit_address(attempts)
