"""Errands: prepared papers that an officer sends to the own signers, and what comes back from there.

The browser asks (`errand_ask`), the signer on the officer's PC fetches, checks, signs and answers (`errand_answer`).
Every answer goes through `services.answer.signing_answer`, which keeps only what belongs to exactly what was prepared.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from employee_master.models import Charge, Employee
from employee_master.queries.acting import active_charges, actor_for
from eoffice.core import clock
from eoffice.core.actions import Action
from eoffice.core.actor import Actor
from eoffice.core.errors import BadInput, NotVisible, WrongState
from eoffice.ledger.writer import record_event
from signatures.models import Backend, SigningAnswer, SigningAttempt
from signatures.models_agent import AgentErrand, ErrandItem, ErrandState, PairedAgent
from signatures.queries import require_usable
from signatures.services.answer import signing_answer
from signatures.workflow import AttemptState

# What a signer may report. Those that end the errand, those that are written into the ledger, and the others.
ENDING = frozenset({"refused", "paper_wrong"})
RECORDED = ENDING | {"wrong_pin", "pin_locked"}
REPORTS = RECORDED | {
    "opened", "later", "token_missing", "other_certificate", "not_in_time", "no_key", "no_module", "token_fault",
}  # fmt: skip
DETAILS = frozenset({"", "digest", "attributes", "hole", "range", "certificates"})
MOST_ITEMS = 500


def errand_ask(*, attempts: Sequence[UUID], actor: Actor) -> AgentErrand:
    """Send prepared papers of the actor's own to the own signers, in this order. One errand waits at a time.

    Sent again, the same errand goes on; another one takes its place. Refused as `no_agent` where no PC is paired.
    """
    rows = _own_attempts(attempts, actor)
    if not PairedAgent.objects.filter(employee_id=actor.person, unpaired_at__isnull=True).exists():
        raise WrongState(
            "no_agent",
            _("No PC is paired for signing with your token."),
            _("Pair the PC into which you plug the token."),
            reverse("signatures:agents"),
        )
    at = clock.now()
    with transaction.atomic():
        # The officer's row is the lock: two windows must not both find that nothing waits.
        Employee.objects.select_for_update(of=("self",)).get(pk=actor.person)
        for waiting in _waiting(actor.person).select_for_update():
            _expire_or_withdraw(waiting)
            if waiting.state == ErrandState.WAITING and _papers(waiting) == [row.pk for row in rows]:
                return waiting
            if waiting.state == ErrandState.WAITING:
                waiting.withdraw(at=at)
                waiting.save()
        errand: AgentErrand = AgentErrand(
            employee_id=actor.person, asked_at=at, expires_at=min(row.expires_at for row in rows)
        )
        errand.save()
        ErrandItem.objects.bulk_create(
            ErrandItem(errand=errand, place=place, attempt=row) for place, row in enumerate(rows, start=1)
        )
        record_event(
            action=Action.SIGNING_SEND, subject=errand, actor=actor, data={"attempts": [row.pk for row in rows]}
        )
    return errand


def _own_attempts(uuids: Sequence[UUID], actor: Actor) -> list[SigningAttempt]:
    found = SigningAttempt.objects.select_related("credential").in_bulk(list(uuids), field_name="uuid")
    if not uuids or len(uuids) > MOST_ITEMS or len(found) != len(uuids):
        raise NotVisible
    rows = [found[uuid] for uuid in uuids]
    if any(row.credential.employee_id != actor.employee_id for row in rows):
        raise NotVisible
    if len({row.credential_id for row in rows}) != 1 or rows[0].credential.backend != Backend.AGENT:
        raise BadInput("not_for_agent", _("These papers are not signed with your token."))
    require_usable(rows[0].credential, actor)
    if any(row.state != AttemptState.PREPARED or row.expires_at <= clock.now() for row in rows):
        raise WrongState(
            "signing_not_open",
            _("This signing was finished or given up already."),
            _("Open the paper to see what stands; prepare it again if it is not signed."),
        )
    return rows


def _waiting(employee_id: int) -> QuerySet[AgentErrand]:
    rows: QuerySet[AgentErrand] = AgentErrand.objects.filter(employee_id=employee_id, state=ErrandState.WAITING)
    return rows


def _papers(errand: AgentErrand) -> list[int]:
    return list(errand.items.values_list("attempt_id", flat=True))


def _expire_or_withdraw(errand: AgentErrand) -> None:
    """What the clock, or the end of its attempts, has made of a waiting errand. The row is locked by the caller."""
    at = clock.now()
    gone = errand.items.exclude(attempt__state=AttemptState.PREPARED).filter(attempt__answer__isnull=True)
    if errand.expires_at <= at:
        errand.expire(at=at)
    elif gone.exists():
        errand.withdraw(at=at)
    else:
        return
    errand.save()


@transaction.atomic
def errand_next(*, agent: PairedAgent) -> AgentErrand | None:
    """What waits for the PC's officer now; an errand that is over is put away first."""
    if not _waiting(agent.employee_id).exists():
        return None
    for errand in _waiting(agent.employee_id).select_for_update():
        _expire_or_withdraw(errand)
        if errand.state == ErrandState.WAITING:
            return errand
    return None


def paper_for(*, agent: PairedAgent, attempt_uuid: UUID) -> SigningAttempt:
    """The attempt of a waiting errand of the PC's officer, for its prepared PDF; `NotVisible` for any other."""
    waiting = SigningAttempt.objects.select_related("prepared").filter(
        uuid=attempt_uuid,
        credential__employee_id=agent.employee_id,
        errand_items__errand__employee_id=agent.employee_id,
        errand_items__errand__state=ErrandState.WAITING,
        errand_items__errand__expires_at__gt=clock.now(),
    )
    attempt: SigningAttempt | None = waiting.first()
    if attempt is None:
        raise NotVisible
    return attempt


def errand_answer(*, errand_uuid: UUID, answers: Mapping[UUID, bytes], agent: PairedAgent) -> AgentErrand:
    """Keep the signatures that the token made. The same ones again change nothing, also after the page went on.

    Each is checked against what was prepared (`answer_wrong`). Signatures for other papers than the errand's are
    refused before any is kept.
    """
    errand = _own_errand(errand_uuid, agent)
    attempts = {item.attempt.uuid: item.attempt for item in errand.items.select_related("attempt")}
    if not answers or set(answers) - set(attempts):
        raise BadInput("answers_other", _("Signatures came for other papers than were sent, so none was taken."))
    known = {
        row.attempt_id: bytes(row.signature) for row in SigningAnswer.objects.filter(attempt__in=attempts.values())
    }
    new = {uuid: given for uuid, given in answers.items() if known.get(attempts[uuid].pk) != given}
    if new and (errand.state != ErrandState.WAITING or errand.expires_at <= clock.now()):
        raise _over()
    employee, charges = agent.employee, active_charges(agent.employee)
    for uuid, signature in new.items():
        attempt = attempts[uuid]
        actor = actor_for(employee, _charge_of(attempt, charges))
        signing_answer(attempt_id=attempt.pk, signature=signature, actor=actor)
    return _answered(errand, agent)


def _charge_of(attempt: SigningAttempt, charges: Sequence[Charge]) -> Charge | None:
    """The charge under which the paper was prepared, if it still runs."""
    return next((charge for charge in charges if charge.post_id == attempt.post_id), None)


@transaction.atomic
def _answered(errand: AgentErrand, agent: PairedAgent) -> AgentErrand:
    row: AgentErrand = AgentErrand.objects.select_for_update(of=("self",)).get(pk=errand.pk)
    if row.state == ErrandState.WAITING and not row.items.filter(attempt__answer__isnull=True).exists():
        row.answer(at=clock.now())
        row.agent = agent
        row.save()
    return row


@transaction.atomic
def errand_report(*, errand_uuid: UUID, code: str, detail: str, agent: PairedAgent) -> AgentErrand:
    """What goes on at the signer, for the page in the browser; a refusal there ends the errand."""
    if code not in REPORTS or detail not in DETAILS:
        raise BadInput("report_unknown", _("This signer says something that this instance does not know."))
    errand = _own_errand(errand_uuid, agent, lock=True)
    if errand.state != ErrandState.WAITING:
        return errand
    errand.report, errand.report_detail, errand.reported_at, errand.agent = code, detail, clock.now(), agent
    if code in ENDING:
        errand.refuse(at=clock.now())
    errand.save()
    if code in RECORDED:
        record_event(
            action=Action.SIGNING_FAIL, subject=errand, actor=actor_for(agent.employee),
            data={"code": code, "detail": detail, "agent": agent.pk},
        )  # fmt: skip
    return errand


@transaction.atomic
def errand_withdraw(*, errand_uuid: UUID, actor: Actor) -> AgentErrand:
    """The officer takes it back in the browser; what was signed meanwhile is not used by itself."""
    rows = AgentErrand.objects.select_for_update(of=("self",))
    errand: AgentErrand | None = rows.filter(uuid=errand_uuid).first()
    if errand is None or errand.employee_id != actor.employee_id:
        raise NotVisible
    if errand.state == ErrandState.WAITING:
        errand.withdraw(at=clock.now())
        errand.save()
    return errand


def _own_errand(errand_uuid: UUID, agent: PairedAgent, *, lock: bool = False) -> AgentErrand:
    rows = AgentErrand.objects.select_for_update(of=("self",)) if lock else AgentErrand.objects.all()
    errand: AgentErrand | None = rows.filter(uuid=errand_uuid, employee_id=agent.employee_id).first()
    if errand is None:
        raise NotVisible
    return errand


def _over() -> WrongState:
    return WrongState(
        "errand_over",
        _("This is no longer wanted: it was signed, taken back, or too late."),
        _("Send it again from the page."),
    )
