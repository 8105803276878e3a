"""Visits to a provider: opened by the officer for exactly the papers prepared, closed once, and then without secrets.

What the providers' protocols need beyond that is in `services.csc` and `services.esign`.
"""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from datetime import timedelta
from typing import Any, Final
from uuid import UUID, uuid4

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from employee_master.models import Charge
from employee_master.queries.acting import actor_for
from eoffice.core import clock
from eoffice.core.actions import Action
from eoffice.core.actor import Actor
from eoffice.core.errors import NotVisible, WrongState
from eoffice.ledger.writer import record_event
from signatures.models import Credential, SigningAttempt
from signatures.models_remote import ProviderVisit, VisitItem, VisitState
from signatures.queries import require_usable
from signatures.workflow import AttemptState, CredentialState

# An officer who registers reads more there than one who signs.
REGISTERING: Final = timedelta(minutes=15)
_NONCE = 12
_INFO = b"eoffice provider visits"


def papers_to_sign(uuids: Sequence[UUID], actor: Actor) -> list[SigningAttempt]:
    """The actor's own prepared papers among these that have no signature yet, in the given order, for one key.

    Refused like `signing_finish_many` when one is not the actor's or when they are for several keys.
    """
    found = SigningAttempt.objects.select_related("credential__employee").in_bulk(list(uuids), field_name="uuid")
    rows = [found[uuid] for uuid in dict.fromkeys(uuids) if uuid in found]
    if not rows or len(rows) != len(set(uuids)):
        raise NotVisible
    credentials = {row.credential_id for row in rows}
    if any(row.credential.employee_id != actor.employee_id for row in rows) or len(credentials) != 1:
        raise NotVisible
    return [row for row in rows if row.state == AttemptState.PREPARED and not hasattr(row, "answer")]


def still_open(rows: Sequence[SigningAttempt]) -> list[SigningAttempt]:
    return [row for row in rows if row.expires_at > clock.now()]


def visit_open(
    *,
    credential: Credential,
    actor: Actor,
    step: str,
    papers: Sequence[tuple[SigningAttempt, str]] = (),
    challenge: bytes = b"",
    back: str = "",
    handle: str = "",
) -> ProviderVisit:
    """Note that the officer leaves for the provider, with these papers and their digests, or to register a key.

    One officer is at one place: an open visit of the same key is cancelled. Refused when the key can't sign.
    """
    at = clock.now()
    if challenge:
        if credential.employee_id != actor.employee_id:
            raise NotVisible
        if credential.state != CredentialState.APPROVED:
            raise WrongState(
                "credential_state",
                _("This credential is now: %(state)s.") % {"state": credential.get_state_display()},
                _("Open the page again to see what can be done."),
            )
        until = at + REGISTERING
    else:
        require_usable(credential, actor)
        if not papers or len(still_open([row for row, _digest in papers])) != len(papers):
            raise nothing_to_sign()
        until = min(row.expires_at for row, _digest in papers)
    with transaction.atomic():
        Credential.objects.select_for_update(of=("self",)).get(pk=credential.pk)
        for former in ProviderVisit.objects.select_for_update(of=("self",)).filter(
            credential=credential, state=VisitState.OPEN
        ):
            former.cancel(at=at)
            _wiped(former)
        visit: ProviderVisit = ProviderVisit(
            uuid=uuid4(), credential=credential, charge_id=actor.charge_id, step=step, handle=handle or uuid4().hex,
            challenge=challenge, back=back, opened_at=at, expires_at=until,
        )  # fmt: skip
        visit.save()
        for place, (attempt, digest) in enumerate(papers, start=1):
            VisitItem.objects.create(visit=visit, place=place, attempt=attempt, digest=digest)
            record_event(
                action=Action.SIGNING_SEND, subject=attempt, actor=actor,
                data={"visit": str(visit.uuid), "digest": digest, "backend": credential.backend},
            )  # fmt: skip
    return visit


def nothing_to_sign() -> WrongState:
    return WrongState(
        "nothing_to_sign",
        _("There is no paper here that still waits for your signature, or its time is over."),
        _("Open the paper again; it is prepared anew, with the present time."),
    )


def own_visit(uuid: UUID, actor: Actor) -> ProviderVisit:
    """The actor's own visit, closed first when its time is over."""
    visit = ProviderVisit.objects.select_related("credential__employee").filter(uuid=uuid).first()
    if visit is None or visit.credential.employee_id != actor.employee_id:
        raise NotVisible
    return expired_if_late(visit)


def expired_if_late(visit: ProviderVisit) -> ProviderVisit:
    if visit.state != VisitState.OPEN or visit.expires_at > clock.now():
        return visit
    with transaction.atomic():
        row = locked(visit.pk)
        if row.state == VisitState.OPEN:
            row.expire(at=clock.now())
            _wiped(row)
    return row


def locked(pk: int) -> ProviderVisit:
    """The row under lock, with its key and officer. Inside a transaction."""
    found = ProviderVisit.objects.select_for_update(of=("self",)).select_related("credential__employee")
    row: ProviderVisit = found.get(pk=pk)
    return row


@transaction.atomic
def visit_cancel(*, uuid: UUID, actor: Actor) -> ProviderVisit:
    """The officer comes back without signing. Nothing is signed; the papers stay prepared until their time is over."""
    visit = locked(own_visit(uuid, actor).pk)
    if visit.state == VisitState.OPEN:
        visit.cancel(at=clock.now())
        _wiped(visit)
        _noted(visit, actor, "cancelled")
    return visit


@transaction.atomic
def visit_fail(*, pk: int, code: str, actor: Actor, provider_code: str = "") -> ProviderVisit:
    """Close a visit that came to nothing, and say so at each of its papers. Whoever was faster has the say."""
    visit = locked(pk)
    if visit.state == VisitState.OPEN:
        visit.fail(code=code, provider_code=provider_code, at=clock.now())
        _wiped(visit)
        _noted(visit, actor, code, provider_code)
    return visit


@transaction.atomic
def visit_answered(*, pk: int) -> ProviderVisit:
    """Everything that was asked came back; what it was is kept by `signing_answer`."""
    visit = locked(pk)
    if visit.state == VisitState.OPEN:
        visit.answer(at=clock.now())
        _wiped(visit)
    return visit


@transaction.atomic
def visit_step(*, pk: int, step: str, handle: str = "", secrets: dict[str, Any] | None = None) -> ProviderVisit:
    """The next step of an open visit. A new handle makes the former one worthless: each is taken once."""
    visit = locked(pk)
    if visit.state != VisitState.OPEN:
        raise visit_over()
    visit.step = step
    visit.handle = handle or uuid4().hex
    if secrets is not None:
        visit.sealed = sealed(visit, secrets)
    visit.save()
    return visit


def visit_over() -> WrongState:
    return WrongState(
        "visit_over",
        _("This visit to your provider is over already."),
        _("Open the paper to see what stands; go to your provider again if it is not signed."),
    )


def _wiped(visit: ProviderVisit) -> None:
    visit.sealed = b""
    visit.save()


def _noted(visit: ProviderVisit, actor: Actor, code: str, provider_code: str = "") -> None:
    data = {"code": f"visit-{code}"[:60], "visit": str(visit.uuid)}
    if provider_code:
        data["provider"] = provider_code
    if visit.registers:
        record_event(action=Action.SIGNING_FAIL, subject=visit.credential, actor=actor, data=data)
    for item in visit.items.select_related("attempt"):
        record_event(action=Action.SIGNING_FAIL, subject=item.attempt, actor=actor, data=data)


def officer_of(visit: ProviderVisit) -> Actor:
    """The officer who went there, under the charge of then: for answers that come without the officer's session."""
    charge = Charge.objects.filter(pk=visit.charge_id or 0).first()
    return actor_for(visit.credential.employee, charge)


def _cipher() -> AESGCM:
    key = HKDF(algorithm=hashes.SHA256(), length=32, salt=None, info=_INFO).derive(settings.SECRET_KEY.encode())
    return AESGCM(key)


def sealed(visit: ProviderVisit, secrets: dict[str, Any]) -> bytes:
    """Verifier and tokens of a visit, readable by this instance alone and in no other row."""
    nonce = os.urandom(_NONCE)
    return nonce + _cipher().encrypt(nonce, json.dumps(secrets).encode(), visit.uuid.bytes)


def unsealed(visit: ProviderVisit) -> dict[str, Any]:
    """What `sealed` put there; nothing when it is not there any more or belongs to another row."""
    box = bytes(visit.sealed)
    try:
        content: dict[str, Any] = json.loads(_cipher().decrypt(box[:_NONCE], box[_NONCE:], visit.uuid.bytes))
    except (InvalidTag, ValueError):
        return {}
    return content
