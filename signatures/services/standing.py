"""Before every act: is the officer's certificate revoked? A revoked one signs nothing more and is retired at once."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Final

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from eoffice.core.actor import Actor
from eoffice.core.errors import NotAvailable, WrongState
from signatures import custody
from signatures.backends.software import chain_of
from signatures.engine.proofs import Proofs, Status, status_now
from signatures.models import LIVE, Credential
from signatures.services.credential import locked, retire_row
from signatures.workflow import RetiredKind

# The officer waits for this long at most; a registry's outage does not stop an office.
SECONDS: Final = 4.0
# After a silence nobody waits for the same answer again at once: a decision and its letter are two papers.
SILENCE_SECONDS: Final = 20.0
_SILENT_MOST: Final = 1000
_PROOFS = Proofs()
_SILENT: dict[str, float] = {}
KEPT_SECONDS: Final = 60.0
_KEPT: ContextVar[dict[str, tuple[float, Status]] | None] = ContextVar("standing_kept", default=None)


def standing_now(credential: Credential, *, anew: bool = False) -> Status:
    """`good`, `revoked`, or `unknown` where nobody answered in time. Where each act has its own certificate: `good`.

    `anew` asks although nobody answered a moment ago.
    """
    if not credential.certificate:
        return "good"
    if not anew and time.monotonic() - _SILENT.get(credential.certificate_sha256, -SILENCE_SECONDS) < SILENCE_SECONDS:
        return "unknown"
    kept = _KEPT.get()
    if kept is not None and credential.certificate_sha256 in kept:
        at, standing = kept[credential.certificate_sha256]
        if time.monotonic() - at < KEPT_SECONDS:
            return standing
    standing = status_now(bytes(credential.certificate), chain_of(credential), custody.trust(), SECONDS, proofs=_PROOFS)
    if standing == "unknown":
        if len(_SILENT) > _SILENT_MOST:
            _SILENT.clear()
        _SILENT[credential.certificate_sha256] = time.monotonic()
    if kept is not None:
        kept[credential.certificate_sha256] = (time.monotonic(), standing)
    return standing


@contextmanager
def asked_once_a_minute() -> Iterator[None]:
    """Within the block an answer, or silence, counts for a minute: a list of a hundred papers asks once, not each."""
    token = _KEPT.set({})
    try:
        yield
    finally:
        _KEPT.reset(token)


def require_standing(credential: Credential) -> Status:
    """Refuse (`credential_revoked`) a revoked certificate, and retire its registration. Call outside a transaction.

    An unknown standing is refused only where the instance says so (EOFFICE_REVOCATION_REQUIRED); otherwise what is
    signed stays pending until the answers are there, because no paper reaches its level without them.
    """
    standing = standing_now(credential)
    if standing == "revoked":
        with transaction.atomic():
            row = locked(credential.pk)
            if row.state in LIVE:
                retire_row(row, RetiredKind.REVOKED, Actor.system())
        raise WrongState(
            "credential_revoked",
            _("Your certificate was revoked by the certifying authority, so nothing was signed."),
            _("Its registration has ended. Ask for a new digital signature on the page 'My signature'."),
        )
    if standing == "unknown" and settings.REVOCATION_REQUIRED:
        raise NotAvailable(
            "revocation_unknown",
            _("It can't be asked now whether your certificate is revoked, and this instance signs nothing without it."),
            _("Try again in a few minutes; nothing was lost."),
        )
    return standing
