"""The signer's check-up (R23): one page that tells the exact fault and what to do, without any plug-in.

Each line looks at one thing and changes nothing. What asks the network does so at once beside the others and has few
seconds; what does not answer in that time is a fault of its own, not a page that hangs.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Final, Literal

from asn1crypto import cms
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from django.conf import settings
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from eoffice.core.actor import Actor
from eoffice.core.errors import DomainError
from eoffice.core.templatetags.eoffice_ui import office_long_date
from signatures import custody, policy
from signatures.backends import Check, all_backends, backend
from signatures.backends.software import chain_of
from signatures.engine import seal
from signatures.engine.errors import EngineError
from signatures.engine.proofs import Status
from signatures.engine.trust import Trust
from signatures.models import Credential
from signatures.queries import WARN_DAYS, require_at_office, require_usable
from signatures.services import profile
from signatures.services.standing import standing_now

CLOCK_SECONDS: Final = 4.0
CLOCK_GOOD: Final = timedelta(seconds=5)
CLOCK_FAULT: Final = timedelta(seconds=60)
_CHAIN_MAX: Final = 8
_OPERATOR = _("Tell the operator of the server.")


def checks(credential: Credential, actor: Actor) -> list[Check]:
    """Every line about this credential in the actor's hands, in the order in which a signature needs them."""
    trust = custody.trust()
    with ThreadPoolExecutor(max_workers=2) as lanes:
        standing = lanes.submit(standing_now, credential, anew=True)
        stamped = lanes.submit(_clock)
        lines = [_registration(credential, actor), *_certificate(credential), *_key(credential)]
        if credential.certificate:
            reaches = chain_reaches(bytes(credential.certificate), chain_of(credential), trust)
            lines += [_chain(reaches, trust), _standing(standing.result(), reaches=reaches)]
        lines.append(stamped.result())
    return lines


def fallbacks(credential: Credential | None) -> tuple[str, ...]:
    """The other ways of signing that this instance allows, to be asked for when one's own fails."""
    own = credential.backend if credential is not None else ""
    return tuple(code for code in policy.instance_backends() if code != own)


def is_fit(lines: Sequence[Check]) -> bool:
    """Whether nothing that was looked at keeps the officer from signing."""
    return all(one.state != "fault" for one in lines)


def _registration(credential: Credential, actor: Actor) -> Check:
    title = _("Registration")
    try:
        require_usable(credential, actor)
        require_at_office(credential, actor)
    except DomainError as error:
        return Check("registration", title, "fault", error.message, error.remedy)
    return Check("registration", title, "good")


def _certificate(credential: Credential) -> list[Check]:
    title = _("Certificate")
    if credential.not_after is None:
        return []
    days = credential.days_left or 0
    lines = []
    if not credential.is_in_time:
        fault = _("It is not valid yet.") if days >= 0 else _("It has ended.")
        lines.append(Check("certificate", title, "fault", fault, _("Ask for a renewal on the page 'My signature'.")))
    elif days <= WARN_DAYS:
        left = ngettext_lazy("It ends in %(days)s day.", "It ends in %(days)s days.", days) % {"days": days}
        lines.append(Check("certificate", title, "warning", left, _("Ask for a renewal on the page 'My signature'.")))
    else:
        left = ngettext_lazy("%(days)s day left", "%(days)s days left", days) % {"days": days}
        until = format_lazy(_("Valid until {day}; {left}."), day=office_long_date(credential.not_after), left=left)
        lines.append(Check("certificate", title, "good", found=until))
    broken = profile.findings(bytes(credential.certificate), name=settings.CERTIFICATE_PROFILE)
    lines += [
        Check(f"profile-{one.rule}", _("Kind of certificate"), "warning", one.fault, _("Have it replaced in time."))
        for one in broken
    ]
    return lines


def _key(credential: Credential) -> list[Check]:
    """What the place of the key says of itself, and how many tries of the PIN are left where we count them."""
    if all(one.code != credential.backend for one in all_backends()):
        return [
            Check("backend", credential.get_backend_display(), "fault", _("This program has no such way of signing."))
        ]
    where = backend(credential.backend)
    lines = list(where.check(credential))
    if where.capabilities.unlock == "pin" and credential.pin_failures:
        left = ngettext_lazy("%(tries)s try of the PIN is left.", "%(tries)s tries of the PIN are left.",
                             credential.tries_left) % {"tries": credential.tries_left}  # fmt: skip
        lines.append(Check("pin", _("PIN"), "warning" if credential.tries_left else "fault", left))
    return lines


def _chain(reaches: bool, trust: Trust) -> Check:  # noqa: FBT001 - one fact of two
    title = _("Certifying authority")
    if reaches:
        return Check("chain", title, "good")
    if not trust.roots:
        return Check("chain", title, "fault", _("This server trusts no certifying authority yet."), _OPERATOR)
    return Check(
        "chain", title, "fault", _("Your certificate does not lead to an authority that this server trusts."),
        _("The operator may add the authority's root (EOFFICE_TRUST_DIR); or your certificate came without its chain."),
    )  # fmt: skip


def _standing(standing: Status, *, reaches: bool) -> Check:
    title = _("Not revoked")
    if standing == "good":
        return Check("revocation", title, "good", found=_("The certifying authority was asked just now."))
    if standing == "revoked":
        return Check(
            "revocation", title, "fault", _("The certifying authority has revoked your certificate."),
            _("Ask for a new digital signature."),
        )  # fmt: skip
    why = (
        _("The authority's list of revoked certificates can't be reached now.")
        if reaches
        else _("It can't be asked without the authority's chain.")
    )
    if settings.REVOCATION_REQUIRED:
        return Check("revocation", title, "fault", why, _("Nothing is signed until it answers; try again later."))
    return Check("revocation", title, "warning", why, _("You can sign; letters leave once it has answered."))


def chain_reaches(certificate: bytes, chain: Sequence[bytes], trust: Trust) -> bool:
    """Whether the certificates lead to a trusted root by their signatures; no network, no dates, no revocation."""
    roots = [x509.load_der_x509_certificate(der) for der in trust.roots]
    others = [x509.load_der_x509_certificate(der) for der in (*chain, *trust.helpers)]
    below = x509.load_der_x509_certificate(certificate)
    for _step in range(_CHAIN_MAX):
        if any(_issued(root, below) for root in roots):
            return True
        above = next((one for one in others if one != below and _issued(one, below)), None)
        if above is None:
            return False
        below = above
    return False


def _issued(issuer: x509.Certificate, below: x509.Certificate) -> bool:
    try:
        below.verify_directly_issued_by(issuer)
    except (ValueError, TypeError, InvalidSignature):
        return False
    return True


def _clock() -> Check:
    """The server's clock beside the time authority's: the visible block and the time stamp must not differ."""
    title = _("Clock and time authority")
    authority = custody.time_authority()
    if authority is None:
        return Check(
            "clock", title, "warning", _("No time authority is configured: signatures stay at level B-B."), _OPERATOR
        )
    before = datetime.now(UTC)
    try:
        token = seal.stamp(secrets.token_bytes(16), authority=authority, seconds=CLOCK_SECONDS)
        stamped: datetime = (
            cms.ContentInfo.load(token)["content"]["encap_content_info"]["content"].parsed["gen_time"].native
        )
    except (EngineError, ValueError, TypeError, KeyError):
        return Check(
            "clock", title, "warning", _("The time authority does not answer now."),
            _("You can sign; letters leave once it has answered."),
        )  # fmt: skip
    after = datetime.now(UTC)
    # The authority may count whole seconds only.
    off = max(before - stamped - timedelta(seconds=1), stamped - after, timedelta())
    if off <= CLOCK_GOOD:
        asked = format_lazy(_("They differ by less than {seconds} s."), seconds=int(CLOCK_GOOD.total_seconds()))
        return Check("clock", title, "good", found=asked)
    fault = format_lazy(
        _("This server's clock differs from the time authority's by {seconds} s."), seconds=int(off.total_seconds())
    )
    state: Literal["fault", "warning"] = "fault" if off > CLOCK_FAULT else "warning"
    return Check("clock", title, state, fault, _("The operator must set the server's clock (NTP)."))
