"""HSM or server-side tokens by PKCS#11: one token per officer, opened by the officer's PIN, which the token checks.

What a data centre has: a vendor's module, and slots (partitions, cards in a rack of readers, SoftHSM folders) that its
operator sets up with the vendor's program, one per officer and labelled after the employee's code. The server holds no
PIN of any of them. The key is made on the token and can't leave it; which one it is stands in the credential.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from eoffice.core.errors import DomainError, NotAvailable, WrongState
from signatures.backends.base import Capabilities, Check, KeyOnToken, NewKey, OpenKey
from signatures.backends.request import certificate_request
from signatures.backends.token import Place, Session, TokenError
from signatures.engine import certificates, softkey
from signatures.engine.errors import EngineError, Swapped
from signatures.models import Backend as Kind
from signatures.models import Credential, SigningAttempt

_OPERATOR = _("Tell the operator of the server; papers wait and nothing is lost.")
_AGAIN = _("Wait a minute and try again. If it stays, tell the operator of the server.")

_WORDS: dict[str, tuple[str | Promise, str | Promise]] = {
    "not-set-up": (_("This server is connected with no security module."), _OPERATOR),
    "pattern": (
        _("The setting EOFFICE_PKCS11_TOKEN gives all officers the same token, so it is not used."),
        _("The operator must put {code} into the pattern: each officer has an own token with an own PIN."),
    ),
    "module-missing": (_("The program of the security module is not on this server."), _OPERATOR),
    "module-broken": (_("The security module does not start."), _OPERATOR),
    "token-absent": (
        _("Your token is not in the security module now: it was pulled, or never set up."),
        _("The operator must put it in again, or set it up under the label of your employee code."),
    ),
    "token-ambiguous": (_("Several tokens bear your label, so none is used."), _OPERATOR),
    "token-pulled": (
        _("Your token was pulled while it was at work. What had no signature yet is not signed."),
        _("Ask the operator to put it in again, then sign once more."),
    ),
    "token-busy": (_("Your token is at work for another window or another program."), _AGAIN),
    "token-silent": (_("The security module does not answer."), _AGAIN),
    "token-died": (_("The security module broke off."), _AGAIN),
    "token-shared-login": (
        _("The security module lets in everybody once one has given the PIN, so it is not used."), _OPERATOR,
    ),
    "token-read-only": (_("The token allows no change."), _OPERATOR),
    "token-error": (_("The security module refuses the work."), _AGAIN),
    "key-absent": (
        _("The key of your credential is not on your token any more."),
        _("Ask for a new credential; papers signed before stay valid."),
    ),
    "key-other": (
        _("The key on your token is not that of your certificate, so nothing was signed."),
        _("Ask for a new credential, and tell the operator."),
    ),
    "mechanism-absent": (_("The security module can't sign in the way that is needed."), _OPERATOR),
    "pin-locked": (
        _("The token itself has locked after too many wrong PINs."),
        _("The operator of the security module must set a new PIN together with you."),
    ),
    "pin-unset": (
        _("No PIN was set on your token yet."),
        _("The operator of the security module must set it up together with you."),
    ),
    "pin-weak": (_("The token does not take this PIN."), _("Choose another one, longer or with other characters.")),
}  # fmt: skip
# What the officer's own token says; all else is a matter of the server.
_OFFICERS = {"pin-locked", "pin-unset", "pin-weak", "key-absent", "key-other"}


def refusal(code: str) -> DomainError:
    """The refusal for a code of the token, in words."""
    message, remedy = _WORDS.get(code) or _WORDS["token-error"]
    kind = WrongState if code in _OFFICERS else NotAvailable
    return kind(f"hsm_{code}".replace("-", "_"), message, remedy)


@contextmanager
def _in_words() -> Iterator[None]:
    try:
        yield
    except TokenError as error:
        raise refusal(error.reason) from error


@dataclass(frozen=True)
class _Key:
    """A key on the logged-in token. Each signature is checked against the certificate before it leaves here."""

    session: Session
    key_id: str
    certificate: bytes

    def sign(self, data: bytes) -> bytes:
        with _in_words():
            signature = self.session.sign(self.key_id, data)
            try:
                certificates.check_raw_signature(self.certificate, signature=signature, data=data)
            except EngineError as error:
                raise TokenError("The token's key is not that of the certificate.", code="key-other") from error
        return signature


@dataclass(frozen=True)
class _New:
    request: bytes
    key_ref: dict[str, Any]

    def kept(self, certificate_sha256: str) -> tuple[dict[str, Any], dict[str, Any]]:  # noqa: ARG002 - the protocol's
        return {}, self.key_ref


class Pkcs11:
    """The key lies on the officer's token in this server's security module."""

    code = str(Kind.PKCS11)
    capabilities = Capabilities(unlock="pin", batch=True, generates=True)

    def is_set_up(self) -> bool:
        return bool(settings.PKCS11_MODULE)

    def check(self, credential: Credential) -> Sequence[Check]:
        title = _("Your token in the security module")
        try:
            with self._session(credential) as session, _in_words():
                found = session.look()
        except DomainError as error:
            return [Check("token", title, "fault", error.message, error.remedy)]
        code = _code_of(found)
        if code == "pin-low":
            return [
                Check(
                    "token", title, "warning", _("A wrong PIN was given to your token; few tries are left."),
                    _("Type the PIN slowly. After the last try the token locks for good."),
                )
            ]  # fmt: skip
        if code:
            message, remedy = _WORDS[code]
            return [Check("token", title, "fault", message, remedy)]
        return [Check("token", title, "good")]

    @contextmanager
    def open(self, credential: Credential, *, secret: str) -> Iterator[OpenKey]:
        """The token, logged in for the length of the block, in a process of its own; at the end it is logged out."""
        with self._session(credential) as session:
            with _in_words():
                session.login(secret)
            yield _Key(session, str(credential.key_ref.get("key", "")), bytes(credential.certificate))

    @contextmanager
    def make(self, credential: Credential, *, pin: str, kind: softkey.type_of_key) -> Iterator[NewKey]:
        with self._session(credential) as session:
            with _in_words():
                serial = session.login(pin, writing=True)
                key_id = secrets.token_hex(16)
                public = session.make(kind=kind, key_id=key_id, label=str(credential.uuid))
                request = certificate_request(credential, public_key=public, sign=partial(session.sign, key_id))
            yield _New(request, {"token": serial, "key": key_id})

    def bind(self, credential: Credential, *, pin: str, certificate: bytes) -> dict[str, Any]:
        with self._session(credential) as session, _in_words():
            session.login(pin)
            _prove(session, str(credential.key_ref.get("key", "")), certificate, credential)
        return {}

    def find(self, credential: Credential, *, pin: str) -> Sequence[KeyOnToken]:
        found = []
        with self._session(credential) as session, _in_words():
            serial = session.login(pin)
            for key in session.private_keys():
                if not key.certificate:
                    continue
                try:
                    _prove(session, key.key_id, key.certificate, credential)
                except EngineError:
                    continue
                found.append(KeyOnToken(key.certificate, (), {"token": serial, "key": key.key_id}))
        return found

    def change_pin(self, credential: Credential, *, pin: str, new_pin: str) -> dict[str, Any]:
        with self._session(credential) as session, _in_words():
            session.login(pin, writing=True)
            session.set_pin(old=pin, new=new_pin)
        return {}

    def start_url(self, attempts: Sequence[SigningAttempt]) -> str:  # noqa: ARG002 - the protocol's
        return ""

    @staticmethod
    def _session(credential: Credential) -> Session:
        if not settings.PKCS11_MODULE:
            raise refusal("not-set-up")
        if "{code}" not in settings.PKCS11_TOKEN:
            raise refusal("pattern")
        with _in_words():
            return Session(
                Place(
                    module=settings.PKCS11_MODULE,
                    label=settings.PKCS11_TOKEN.replace("{code}", credential.employee.code),
                    locks=Path(settings.PKCS11_LOCKS_DIR),
                    serial=str(credential.key_ref.get("token", "")),
                )
            )


def _code_of(found: Sequence[Any]) -> str:
    """What the flags of the tokens found say (PKCS#11 v2.40, CK_TOKEN_INFO), as a code of ours; empty: in order."""
    if not found:
        return "token-absent"
    if len(found) > 1:
        return "token-ambiguous"
    flags = found[0].flags
    if "USER_PIN_LOCKED" in flags:
        return "pin-locked"
    if "USER_PIN_INITIALIZED" not in flags:
        return "pin-unset"
    return "pin-low" if flags & {"USER_PIN_COUNT_LOW", "USER_PIN_FINAL_TRY"} else ""


def _prove(session: Session, key_id: str, certificate: bytes, credential: Credential) -> None:
    """A signature over a text that names this credential and can't be anything else."""
    text = f"eoffice proof of possession {credential.uuid} {secrets.token_hex(16)}".encode()
    try:
        certificates.check_raw_signature(certificate, signature=session.sign(key_id, text), data=text)
    except Swapped:
        raise
    except ValueError as error:
        raise Swapped(
            f"The certificate {sha256(certificate).hexdigest()[:16]} can't be read.", code="key-other"
        ) from error
