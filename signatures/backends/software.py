"""The PIN-protected software key: for trying out and training, or by the order that the instance names (design 6)."""

from __future__ import annotations

from base64 import b64decode
from collections.abc import Sequence
from contextlib import AbstractContextManager

from django.utils.translation import gettext_lazy as _

from eoffice.core.errors import NotAvailable
from signatures import custody
from signatures.backends.base import Capabilities, Check, OpenKey
from signatures.engine import softkey
from signatures.models import Backend as Kind
from signatures.models import Credential, SigningAttempt


def binding_of(credential: Credential) -> softkey.Binding:
    """What the wrapped key is bound to; it does not open in any other row."""
    return softkey.Binding(str(credential.employee_id), str(credential.uuid), credential.certificate_sha256)


def chain_of(credential: Credential) -> tuple[bytes, ...]:
    """The issuing authorities' certificates in DER, nearest first, without the root."""
    return tuple(b64decode(one) for one in credential.chain)


class Software:
    """The key lies in the database, wrapped under the officer's PIN and this machine's pepper (`engine.softkey`)."""

    code = str(Kind.SOFTWARE)
    capabilities = Capabilities(unlock="pin", batch=True, generates=True)

    def check(self, credential: Credential) -> Sequence[Check]:
        title = _("The key of this server")
        try:
            custody.pepper()
        except NotAvailable as error:
            return [Check("pepper", title, "fault", error.message, error.remedy)]
        if not credential.wrapped_key:
            return [
                Check(
                    "key-missing", title, "fault", _("The key of this credential is no longer here."),
                    _("Register a new credential; your EMD manager approves it."),
                )
            ]  # fmt: skip
        return [Check("key", title, "good")]

    def open(self, credential: Credential, *, secret: str) -> AbstractContextManager[OpenKey]:
        return softkey.unlock(
            credential.wrapped_key, pin=secret, pepper=custody.pepper(), binding=binding_of(credential)
        )

    def start_url(self, attempts: Sequence[SigningAttempt]) -> str:  # noqa: ARG002 - the protocol's
        return ""
