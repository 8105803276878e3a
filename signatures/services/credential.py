"""A signing credential's life: requested by the officer, approved by another, activated with a PIN, retired in time.

R20: one registration per officer. It is released at the old office before the new one can register it; a renewal stands
beside it until it takes its place (`services.activation`).
"""

from __future__ import annotations

from django.db import IntegrityError, transaction
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from employee_master.models import Employee, Office
from eoffice import access
from eoffice.core import clock
from eoffice.core.actions import Action
from eoffice.core.actor import Actor
from eoffice.core.errors import BadInput, NotAllowed, NotVisible, WrongState
from eoffice.core.names import named
from eoffice.core.text import clean_line
from eoffice.ledger.writer import record_event
from signatures import policy
from signatures.models import LIVE, WORKING, Backend, Credential
from signatures.workflow import CredentialState, RetiredKind

_WHY_LENGTH = 200


@transaction.atomic
def credential_request(*, office_id: int, actor: Actor, backend: str = Backend.SOFTWARE) -> Credential:
    """Ask for one's own credential at an office, with one of the backends that the instance offers.

    Refused while another one lives (`already_registered`), with where it is and how to release it.
    """
    employee = _officer(actor)
    policy.require_offered(backend)
    existing = _of_officer(employee)
    if existing:
        raise _already_registered(existing[0], office_id)
    return _ask(employee, Office.objects.get(pk=office_id), backend, None, actor)


@transaction.atomic
def credential_renew(*, actor: Actor, backend: str) -> Credential:
    """Ask for the credential that is to take the place of one's own: before its end, or of another kind.

    The present one signs on until the new one is activated. Refused where there is none, or a new one is under way.
    """
    employee = _officer(actor)
    policy.require_offered(backend)
    rows = list(_of_officer(employee))
    present = next((one for one in rows if one.state in WORKING), None)
    if present is None:
        raise WrongState(
            "nothing_to_renew", _("You have no digital signature that could be renewed."), _("Ask for a first one.")
        )
    if len(rows) > 1:
        raise WrongState(
            "renewal_under_way",
            _("Your new digital signature is under way already."),
            _("Its next step stands on the page 'My signature'."),
        )
    return _ask(employee, present.office, backend, present, actor)


def _officer(actor: Actor) -> Employee:
    """The officer, locked: two requests at once queue up."""
    if actor.employee_id is None:
        raise NotAllowed("own_credential_only", _("A signing credential is asked for by the officer."))
    employee: Employee = Employee.objects.select_for_update(no_key=True).get(pk=actor.employee_id)
    return employee


def _of_officer(employee: Employee) -> list[Credential]:
    rows = Credential.objects.select_for_update(of=("self",)).select_related("office")
    return list(rows.filter(employee=employee, state__in=LIVE).order_by("pk"))


def _ask(employee: Employee, office: Office, backend: str, replaces: Credential | None, actor: Actor) -> Credential:
    credential: Credential = Credential(
        employee=employee, office=office, backend=backend, requested_by_id=actor.employee_id,
        requested_at=clock.now(), replaces=replaces,
    )  # fmt: skip
    try:
        with transaction.atomic():
            credential.save()
    except IntegrityError as error:
        raise WrongState(
            "already_registered", _("You have just asked for a credential from another window.")
        ) from error
    data: dict[str, object] = {"office": office.pk, "backend": backend}
    if replaces is not None:
        data["replaces"] = replaces.pk
    record(credential, Action.CREDENTIAL_REQUEST, actor, data)
    return credential


def _already_registered(existing: Credential, office_id: int) -> WrongState:
    message = format_lazy(
        _("A digital signature is already registered to you at {office}."), office=named(existing.office)
    )
    if existing.office_id == office_id:
        return WrongState(
            "already_registered", message, _("To replace it, ask for a renewal on the page 'My signature'.")
        )
    return WrongState(
        "already_registered", message,
        _("It must be released there first: that office's EMD manager retires it when you are relieved."),
    )  # fmt: skip


@transaction.atomic
def credential_approve(*, credential_id: int, actor: Actor) -> Credential:
    """The check by a second person (maker and checker are never the same)."""
    credential = locked(credential_id)
    access.require(actor, Action.CREDENTIAL_APPROVE, credential)
    require_state(credential, CredentialState.REQUESTED)
    credential.approve()
    credential.approved_by_id = actor.employee_id
    credential.save()
    record(credential, Action.CREDENTIAL_APPROVE, actor)
    return credential


@transaction.atomic
def credential_suspend(*, credential_id: int, why: str, actor: Actor) -> Credential:
    """Stop signing with this credential for now; it can be resumed. The reason is shown to the officer."""
    credential = locked(credential_id)
    access.require(actor, Action.CREDENTIAL_SUSPEND, credential)
    require_state(credential, CredentialState.ACTIVE)
    credential.suspend(why=clean_line(why, field="why", limit=_WHY_LENGTH))
    credential.save()
    record(credential, Action.CREDENTIAL_SUSPEND, actor)
    return credential


@transaction.atomic
def credential_resume(*, credential_id: int, actor: Actor) -> Credential:
    """Let a suspended credential sign again, with all its tries. The PIN stays the same; nobody can reset it."""
    credential = locked(credential_id)
    access.require(actor, Action.CREDENTIAL_SUSPEND, credential)
    require_state(credential, CredentialState.SUSPENDED)
    credential.resume()
    credential.save()
    record(credential, Action.CREDENTIAL_ACTIVATE, actor, {"step": "resumed"})
    return credential


@transaction.atomic
def credential_retire(*, credential_id: int, kind: str, actor: Actor) -> Credential:
    """End it for good: revoked, expired, transferred or lost. Papers signed with it stay provable."""
    credential = locked(credential_id)
    access.require(actor, Action.CREDENTIAL_RETIRE, credential)
    require_state(credential, *LIVE)
    retire_row(credential, kind, actor)
    return credential


def retire_row(credential: Credential, kind: str, actor: Actor) -> None:
    """The same for a row that the caller has locked, on the caller's authority."""
    if kind not in RetiredKind.values:
        raise BadInput("retired_kind", _("Say why: revoked, expired, transferred or lost."))
    at = clock.now()
    credential.retire(kind=kind, at=at)
    # The wrapped key has done its work; what it signed is proven by the certificate, which stays.
    credential.wrapped_key = {}
    credential.save()
    for mapping in credential.mappings.filter(ended_at__isnull=True):
        mapping.ended_at = at
        mapping.save(update_fields=["ended_at"])
    record(credential, Action.CREDENTIAL_RETIRE, actor, {"kind": kind})


def locked(credential_id: int) -> Credential:
    """The row under lock, with its office and officer; `NotVisible` for none."""
    rows = Credential.objects.select_for_update(of=("self",)).select_related("office", "employee")
    credential: Credential | None = rows.filter(pk=credential_id).first()
    if credential is None:
        raise NotVisible
    return credential


def require_state(credential: Credential, *states: str) -> None:
    """Refuse (`credential_state`), naming the present state, unless it is one of these."""
    if credential.state not in states:
        raise WrongState(
            "credential_state",
            _("This credential is now: %(state)s.") % {"state": credential.get_state_display()},
            _("Open the page again to see what can be done."),
        )


def record(credential: Credential, action: Action, actor: Actor, data: dict[str, object] | None = None) -> None:
    """The ledger's row about a credential: ids, codes and hashes only."""
    record_event(action=action, subject=credential, actor=actor, data=data)
