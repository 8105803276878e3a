"""Which custody backends may be used for which act, kind of charge and instance (design 6, "Custody of keys").

The instance's settings say what there is at all; rows (`SigningRule`, entered by the super admin by order) narrow it
for an act, for a kind of charge, or for both. Every row that fits holds, so no row can widen what another one closed.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

from django.conf import settings
from django.db.models import Q
from django.urls import reverse
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from employee_master.models import Charge
from eoffice.core.actor import Actor
from eoffice.core.errors import NotAllowed, Text
from signatures.backends import all_backends, is_set_up
from signatures.models import Backend, Credential, SigningRule

# The test signature of the check-up: a sheet of our own without any effect, which every key may sign.
CHECK_UP = "check_up"

# Acts as the rooms above name them; one that is missing here follows the rows for any act.
PURPOSES: dict[str, Text] = {
    "decision": _("Decision on a file"),
    "letter": _("Issue of a letter"),
    "note": _("Submission of a note"),
    "endorsement": _("Endorsement"),
    "charge_list": _("Charge report"),
    "import": _("Certified staff sheet"),
    "exemption": _("Exemption"),
    "withdrawal": _("Withdrawal of a letter"),
}


def instance_backends() -> tuple[str, ...]:
    """What this instance allows at all, in the order in which it is offered.

    Software keys need the order that allows them besides (EOFFICE_SOFTWARE_KEYS_ORDER).
    """
    return tuple(
        one.code
        for one in all_backends()
        if one.code in settings.SIGNING_BACKENDS
        and is_set_up(one)
        and (one.code != Backend.SOFTWARE or settings.SOFTWARE_KEYS_ORDER)
    )


def allowed(*, purpose: str, charge_kind: str) -> tuple[str, ...]:
    """The backends that may sign this act under this kind of charge; empty when rows contradict each other."""
    return allowed_for_all([purpose], charge_kind=charge_kind)


def allowed_for_all(purposes: Collection[str], *, charge_kind: str) -> tuple[str, ...]:
    """The backends that may sign every one of these acts."""
    if set(purposes) == {CHECK_UP}:
        return tuple(one.code for one in all_backends())
    found = instance_backends()
    rows = SigningRule.objects.filter(
        Q(purpose__in=purposes) | Q(purpose=""), Q(charge_kind=charge_kind) | Q(charge_kind="")
    )
    for row in rows:
        found = tuple(code for code in found if code in row.backends)
    return found


def demands(purpose: str, actor: Actor) -> bool:
    """Whether an act that may go unsigned must be signed here: a rule names the act itself (notes, R5)."""
    kind = charge_kind_of(actor)
    rows = SigningRule.objects.filter(Q(charge_kind=kind) | Q(charge_kind=""), purpose=purpose)
    return rows.exists()


def charge_kind_of(actor: Actor) -> str:
    """Under what kind of charge the actor acts; the empty string for none, which only rows for any charge fit."""
    if actor.charge_id is None:
        return ""
    return Charge.objects.filter(pk=actor.charge_id).values_list("kind", flat=True).first() or ""


def uses(code: str, actor: Actor) -> list[tuple[str, bool]]:
    """Each act with whether this backend may sign it for the actor; for the check-up page."""
    kind = charge_kind_of(actor)
    return [(purpose, code in allowed(purpose=purpose, charge_kind=kind)) for purpose in PURPOSES]


def require(credential: Credential, *, purposes: Collection[str], actor: Actor) -> None:
    """Refuse (`backend_not_allowed`) when the policy does not let these acts be signed with this kind of key."""
    may = allowed_for_all(purposes, charge_kind=charge_kind_of(actor))
    if credential.backend in may:
        return
    raise NotAllowed(
        "backend_not_allowed",
        format_lazy(
            _("The policy of this office does not let this be signed with: {backend}."),
            backend=credential.get_backend_display(),
        ),
        _allowed_words(may),
        reverse("signatures:check_up"),
    )


def require_offered(code: str) -> None:
    """Refuse to register a key that nothing in this instance may be signed with."""
    if code in instance_backends():
        return
    if code == Backend.SOFTWARE:
        raise NotAllowed(
            "software_keys_forbidden",
            _("This instance does not allow keys that are kept on the server."),
            _("Use a token. The instance may allow it by naming an order (EOFFICE_SOFTWARE_KEYS_ORDER)."),
        )
    raise NotAllowed(
        "backend_not_offered",
        _("This instance does not offer that way of signing."),
        _allowed_words(instance_backends()),
    )


def _allowed_words(codes: Sequence[str]) -> Text:
    if not codes:
        return _("No way of signing is allowed now; ask the super admin to look at the signing policy.")
    names = [str(Backend(code).label) for code in codes]
    return format_lazy(_("Allowed are: {ways}. Ask for one of them on the page 'My signature'."), ways=", ".join(names))
