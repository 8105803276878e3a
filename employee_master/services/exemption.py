"""Exemptions (R8): drafted, signed by the head who asks, signed by the authority that decides, over by themselves.

Signing takes two steps as everywhere (design 6): `exemption_begin` prepares the paper for the officer's key,
`exemption_sign` takes the PIN. Drawing and cryptography happen outside transactions.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from employee_master import ports
from employee_master.models import Employee, Exemption, ExemptionAct, ExemptionSigning, Office, Post
from employee_master.queries.exemption import case_of
from employee_master.queries.readiness import items
from employee_master.services.exemption_paper import draw, drawable
from employee_master.services.standing import count_offices
from employee_master.workflow.exemption import ExemptionState
from eoffice import access
from eoffice.core import clock, outbox
from eoffice.core.actions import Action
from eoffice.core.actor import Actor
from eoffice.core.errors import BadInput, NotAvailable, NotVisible, WrongState
from eoffice.core.numbers import next_number, written
from eoffice.core.text import clean_line
from eoffice.documents.models import Document
from eoffice.ledger import chain
from eoffice.ledger.writer import record_event

PURPOSE = "exemption"
# Outbox: who has to know is told by mail (employee_master.jobs_readiness).
TELL = "exemption.tell"
_REASONS = {
    ExemptionAct.REQUEST: "Exemption asked for",
    ExemptionAct.GRANT: "Exemption granted",
    ExemptionAct.REFUSE: "Exemption refused",
}


@dataclass(frozen=True, slots=True)
class Wanted:
    """What an office asks for: everything (`is_whole`) or the items in `codes`, until a day, leaning on an order."""

    is_whole: bool
    codes: Sequence[str]
    asked_until: date
    reason: str
    order_number: str
    order_on: date


@transaction.atomic
def exemption_draft(*, office_id: int, wanted: Wanted, actor: Actor) -> Exemption:
    """Draft a request for an exemption of the office.

    Refuses: no item and not the whole, a day that has gone by, a second open request of the office.
    """
    office = Office.objects.select_for_update(no_key=True).filter(pk=office_id).first()
    if office is None:
        raise NotVisible
    exemption: Exemption = Exemption(office=office, made_by_id=actor.employee_id, made_at=clock.now())
    access.require(actor, Action.EXEMPTION_DRAFT, case_of(exemption))
    _fill(exemption, wanted)
    try:
        with transaction.atomic():
            exemption.save()
    except IntegrityError as error:
        raise WrongState(
            "exemption_open",
            _("The office has an open request for exemption already."),
            _("Correct or withdraw that one."),
        ) from error
    _record(Action.EXEMPTION_DRAFT, exemption, actor)
    return exemption


@transaction.atomic
def exemption_correct(*, exemption_id: int, wanted: Wanted, actor: Actor) -> Exemption:
    """Correct a request that is not signed yet; refusals as for `exemption_draft`."""
    exemption = _locked(exemption_id)
    access.require(actor, Action.EXEMPTION_DRAFT, case_of(exemption))
    _fill(exemption, wanted)
    exemption.save()
    _record(Action.EXEMPTION_DRAFT, exemption, actor)
    return exemption


@transaction.atomic
def exemption_withdraw(*, exemption_id: int, actor: Actor) -> Exemption:
    """The office takes its request back, as long as nobody has decided on it."""
    exemption = _locked(exemption_id)
    access.require(actor, Action.EXEMPTION_WITHDRAW, case_of(exemption))
    exemption.withdraw(at=clock.now())
    exemption.save()
    _record(Action.EXEMPTION_WITHDRAW, exemption, actor)
    return exemption


def exemption_begin(
    *, exemption_id: int, act: str, until: date | None = None, why: str = "", actor: Actor
) -> ExemptionSigning:
    """Prepare the paper of the request, or of the decision, for the actor's signature.

    Refuses what the rules refuse, an officer without a key, a grant without a last day or beyond what was asked for, a
    refusal without a reason.
    """
    signer = _signer()
    signing = _prepared(exemption_id=exemption_id, act=act, until=until, why=why, actor=actor, signer=signer)
    exemption = signing.exemption
    pdf = draw(
        exemption,
        signing,
        listed=items(every=True),
        signer=Employee.objects.get(pk=actor.person),
        post=Post.objects.get(pk=actor.desk),
    )
    signing.attempt = signer.begin(
        pdf=pdf,
        slots=(),
        manifest=_manifest(exemption, signing),
        purpose=PURPOSE,
        subject=exemption,
        title=exemption.number,
        reason=_REASONS[ExemptionAct(signing.act)],
        shown_sha256=signing.shown_sha256,
        actor=actor,
    )
    signing.save(update_fields=["attempt"])
    return signing


def exemption_sign(*, signing_id: int, pin: str, actor: Actor) -> Exemption:
    """Sign the prepared paper with the officer's PIN, and move the request on in the same transaction.

    A wrong PIN counts and changes nothing. If the request changed after it was prepared, nothing is kept.
    """
    signing = ExemptionSigning.objects.filter(pk=signing_id, employee_id=actor.person).first()
    if signing is None or signing.attempt is None:
        raise NotVisible

    def complete(document: Document) -> None:
        _complete(signing=signing, document=document, actor=actor)

    _signer().finish(attempt=signing.attempt, pin=pin, actor=actor, on_complete=complete)
    signed: Exemption = Exemption.objects.select_related("office").get(pk=signing.exemption_id)
    return signed


@transaction.atomic
def exemption_expire(*, exemption_id: int) -> Exemption | None:
    """The worker ends an exemption whose last day has gone by; None where nothing is left to end."""
    exemption = _locked(exemption_id)
    if exemption.state != ExemptionState.GRANTED or exemption.last_day >= clock.today():
        return None
    exemption.expire(at=clock.now())
    exemption.save()
    _record(Action.EXEMPTION_EXPIRE, exemption, Actor.system())
    _tell(exemption, "expired")
    count_offices([exemption.office_id])
    return exemption


def shown_now(exemption: Exemption) -> str:
    """The present content of the request, by its hash: what the officer saw must be what is signed."""
    return chain.digest(_content(exemption))


def _content(exemption: Exemption) -> dict[str, object]:
    document = exemption.request_document
    return {
        "office": exemption.office_id,
        "whole": exemption.is_whole,
        "items": list(exemption.codes),
        "until": exemption.asked_until.isoformat(),
        "reason": exemption.reason,
        "order": exemption.order_number,
        "order_on": exemption.order_on.isoformat(),
        "request_sha256": document.sha256 if document is not None else "",
    }


def _manifest(exemption: Exemption, signing: ExemptionSigning) -> dict[str, object]:
    """What the signature means, for machines: embedded in the paper."""
    return {
        "schema": "eoffice-exemption-1",
        "act": str(signing.act),
        "number": exemption.number,
        "office": exemption.office.code,
        "content_sha256": signing.shown_sha256,
        "until": signing.until.isoformat() if signing.until else "",
        "request_sha256": exemption.request_document.sha256 if exemption.request_document else "",
        "at": chain.instant(signing.prepared_at),
    }


@transaction.atomic
def _prepared(
    *, exemption_id: int, act: str, until: date | None, why: str, actor: Actor, signer: ports.SignsRecord
) -> ExemptionSigning:
    """Check under lock, draw the number at the first time, and note what is about to be signed."""
    exemption = _locked(exemption_id)
    if act not in ExemptionAct.values:
        raise BadInput("unknown_act", _("There is no such act."), _("Use the buttons of the page."))
    is_request = act == ExemptionAct.REQUEST
    access.require(actor, Action.EXEMPTION_REQUEST if is_request else Action.EXEMPTION_DECIDE, case_of(exemption))
    signer.require_key(actor)
    why = drawable(clean_line(why, field="why", limit=1000, required=act == ExemptionAct.REFUSE), field="why")
    if act == ExemptionAct.GRANT:
        until = until or exemption.asked_until
        _refuse_until(until, exemption)
    if is_request:
        _refuse_gone_by(exemption.asked_until)
    if not exemption.number:
        year = clock.today().year
        serial = next_number("exemption", office=exemption.office.code, year=year)
        exemption.number = written("exemption", office=exemption.office.code, serial=serial, year=year)
        exemption.save()
    return ExemptionSigning.objects.create(
        exemption=exemption,
        act=act,
        until=until if act == ExemptionAct.GRANT else None,
        why=why,
        shown_sha256=shown_now(exemption),
        employee_id=actor.person,
        post_id=actor.desk,
        prepared_at=clock.now(),
    )


def _complete(*, signing: ExemptionSigning, document: Document, actor: Actor) -> None:
    """Inside the signing room's transaction: re-check what may have changed, then move the request on."""
    exemption = _locked(signing.exemption_id)
    is_request = signing.act == ExemptionAct.REQUEST
    action = Action.EXEMPTION_REQUEST if is_request else Action.EXEMPTION_DECIDE
    access.require(actor, action, case_of(exemption))
    if shown_now(exemption) != signing.shown_sha256:
        raise WrongState(
            "changed_since_view",
            _("The request changed after you opened it, so nothing was signed."),
            _("Open it again and read what it says now."),
        )
    who = {"by_id": actor.person, "post_id": actor.desk, "document_id": document.pk, "at": clock.now()}
    if is_request:
        exemption.ask(**who)
    elif signing.act == ExemptionAct.GRANT:
        assert signing.until is not None
        exemption.grant(until=signing.until, why=signing.why, **who)
    else:
        exemption.refuse(why=signing.why, **who)
    exemption.save()
    data = {"act": str(signing.act), "sha256": document.sha256}
    record_event(action=action, subject=exemption, actor=actor, data=data)
    _tell(exemption, str(exemption.state))
    count_offices([exemption.office_id])


def _fill(exemption: Exemption, wanted: Wanted) -> None:
    known = [item.code for item in items()]
    if not wanted.is_whole and not wanted.codes:
        raise BadInput(
            "nothing_exempted",
            _("Say from what the office is to be exempted."),
            _("Choose the go-live as a whole, or single items."),
            field="codes",
        )
    if not set(wanted.codes) <= set(known):
        raise NotVisible
    _refuse_gone_by(wanted.asked_until)
    if wanted.order_on > clock.today():
        raise BadInput(
            "order_ahead", _("The order's date lies ahead."), _("Correct the date of the order."), field="order_on"
        )
    exemption.is_whole = wanted.is_whole
    exemption.codes = [] if wanted.is_whole else [code for code in known if code in wanted.codes]
    exemption.asked_until = wanted.asked_until
    exemption.order_on = wanted.order_on
    exemption.reason = drawable(clean_line(wanted.reason, field="reason", limit=2000), field="reason")
    order_number = clean_line(wanted.order_number, field="order_number", limit=80)
    exemption.order_number = drawable(order_number, field="order_number")


def _refuse_gone_by(until: date) -> None:
    if until <= clock.today():
        raise BadInput(
            "exemption_in_the_past",
            _("The day up to which the exemption is asked for must lie ahead."),
            _("Choose a later day."),
            field="asked_until",
        )


def _refuse_until(until: date, exemption: Exemption) -> None:
    if not clock.today() < until <= exemption.asked_until:
        raise BadInput(
            "until_out_of_range",
            _("The last day lies between tomorrow and %(day)s, which is what was asked for.")
            % {"day": exemption.asked_until.isoformat()},
            _("Choose a day within that time."),
            field="until",
        )


def _locked(exemption_id: int) -> Exemption:
    """Locked to the end of the transaction; nothing is joined, so that the row is seen as it is after the wait."""
    exemption: Exemption | None = Exemption.objects.select_for_update().filter(pk=exemption_id).first()
    if exemption is None:
        raise NotVisible
    return exemption


def _signer() -> ports.SignsRecord:
    for port in ports.signs_record:
        return port
    raise NotAvailable(
        "no_signing_room",
        _("Signing is not set up in this instance."),
        _("Tell the operator; the request stays as it is."),
    )


def _record(action: Action, exemption: Exemption, actor: Actor) -> None:
    data = {"office": exemption.office_id, "content": shown_now(exemption)}
    record_event(action=action, subject=exemption, actor=actor, data=data)


def _tell(exemption: Exemption, what: str) -> None:
    key = f"exemption-{exemption.pk}-{what}"
    outbox.add(TELL, key=key, payload={"exemption": exemption.pk, "what": what})
