"""The PIN-protected software key: for trying out and training, or by the order that the instance names (design 6)."""

from __future__ import annotations

import logging
from base64 import b64decode
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from eoffice.core.errors import NotAvailable
from signatures import custody
from signatures.backends.base import Capabilities, Check, NewKey, OpenKey
from signatures.backends.request import certificate_request
from signatures.engine import certificates, softkey
from signatures.engine.errors import KeyUnavailable, Swapped, UnfitPin
from signatures.models import Backend as Kind
from signatures.models import Credential, SigningAttempt

log = logging.getLogger(__name__)


def binding_of(credential: Credential, certificate_sha256: str | None = None) -> softkey.Binding:
    """What the wrapped key is bound to; it does not open in any other row, nor beside another certificate."""
    bound_to = credential.certificate_sha256 if certificate_sha256 is None else certificate_sha256
    return softkey.Binding(str(credential.employee_id), str(credential.uuid), bound_to)


def chain_of(credential: Credential) -> tuple[bytes, ...]:
    """The issuing authorities' certificates in DER, nearest first, without the root."""
    return tuple(b64decode(one) for one in credential.chain)


def wanted_cost() -> softkey.KdfParams:
    """What guessing one PIN costs by the instance's settings; rows of less are wrapped anew when they are opened."""
    return softkey.KdfParams(memory_kib=settings.KEY_KDF_MEMORY_MB * 1024, passes=settings.KEY_KDF_PASSES)


@dataclass(frozen=True)
class _New:
    credential: Credential
    key: softkey.PrivateKey
    pin: str
    request: bytes

    def kept(self, certificate_sha256: str) -> tuple[dict[str, Any], dict[str, Any]]:
        binding = binding_of(self.credential, certificate_sha256)
        row = softkey.wrap(self.key, pin=self.pin, pepper=custody.pepper(), binding=binding, params=wanted_cost())
        return row, {}


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

    @contextmanager
    def open(self, credential: Credential, *, secret: str) -> Iterator[OpenKey]:
        """The unwrapped key. A row with weaker parameters than the instance wants is wrapped anew on this occasion."""
        with self._unlocked(credential, secret) as key:
            self._raise_cost(credential, secret, key)
            yield key

    @contextmanager
    def make(self, credential: Credential, *, pin: str, kind: softkey.type_of_key) -> Iterator[NewKey]:
        custody.pepper()
        key = softkey.new_private_key(kind)
        request = certificate_request(credential, public_key=key.public_key(), sign=softkey.UnlockedKey(key).sign)
        yield _New(credential, key, pin, request)

    def wrapped(
        self, credential: Credential, *, key: softkey.PrivateKey, pin: str, certificate: bytes
    ) -> dict[str, Any]:
        """A key that the officer brought (a .p12), as the row of this credential."""
        if not certificates.belongs_to_key(certificate, key.public_key()):
            raise Swapped("The key is not that of the certificate.", code="key-other")
        binding = binding_of(credential, softkey.certificate_fingerprint(certificate))
        return softkey.wrap(key, pin=pin, pepper=custody.pepper(), binding=binding, params=wanted_cost())

    def bind(self, credential: Credential, *, pin: str, certificate: bytes) -> dict[str, Any]:
        with self._unlocked(credential, pin) as opened:
            return self.wrapped(credential, key=opened.key, pin=pin, certificate=certificate)

    def change_pin(self, credential: Credential, *, pin: str, new_pin: str) -> dict[str, Any]:
        with self._unlocked(credential, pin) as opened:
            return softkey.wrap(
                opened.key, pin=new_pin, pepper=custody.pepper(), binding=binding_of(credential), params=wanted_cost()
            )

    def start_url(self, attempts: Sequence[SigningAttempt]) -> str:  # noqa: ARG002 - the protocol's
        return ""

    @staticmethod
    def _unlocked(credential: Credential, pin: str) -> softkey.UnlockedKey:
        try:
            return softkey.unlock(
                credential.wrapped_key, pin=pin, pepper=custody.pepper(), binding=binding_of(credential)
            )
        except KeyUnavailable as error:
            raise NotAvailable(
                "key_damaged",
                _("Your key can't be opened here, whatever the PIN: its row is missing or damaged."),
                _("Register a new credential; your EMD manager approves it. Papers signed before stay valid."),
            ) from error

    @staticmethod
    def _raise_cost(credential: Credential, pin: str, key: softkey.UnlockedKey) -> None:
        before = credential.wrapped_key
        wanted = wanted_cost()
        if not softkey.KdfParams.from_json(before["kdf"]).is_weaker_than(wanted):
            return
        try:
            row = softkey.wrap(key.key, pin=pin, pepper=custody.pepper(), binding=binding_of(credential), params=wanted)
        except UnfitPin:
            # A PIN from before a stricter rule still opens; the officer is not kept from signing.
            return
        with transaction.atomic():
            now = Credential.objects.select_for_update(of=("self",)).get(pk=credential.pk)
            # Whoever changed the PIN meanwhile has the say.
            if now.wrapped_key == before:
                now.wrapped_key = row
                now.save()
                log.info("credential.key_wrapped_anew", extra={"credential": credential.pk})
