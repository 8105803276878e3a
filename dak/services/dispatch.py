"""Sending letters out: one row an addressee, from the queue to the proof of delivery."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from email.utils import parseaddr
from typing import Any
from uuid import uuid4

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.utils.translation import gettext_lazy as _
from django_fsm import can_proceed

from dak.models import Classification, Dispatch, DispatchMode
from dak.workflow import DispatchState
from employee_master.models import Office
from eoffice import access
from eoffice.core import clock, outbox
from eoffice.core.actions import Action
from eoffice.core.actor import Actor
from eoffice.core.errors import BadInput, NotVisible, WrongState
from eoffice.core.numbers import next_number, written
from eoffice.core.text import clean_line
from eoffice.documents.models import Document
from eoffice.ledger.writer import record_event

ADDRESSEE_LIMIT = 1000
EVIDENCE_LIMIT = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class Addressee:
    """To whom one copy goes, and how; `lines` is the address as on the letter."""

    lines: str
    mode: str
    email: str = ""


@transaction.atomic
def dispatch_queue(
    *,
    document: Document,
    copies: Sequence[Addressee],
    back_ref: str,
    subject: str,
    letter_number: str,
    reference: str = "",
    classification: str = Classification.ORDINARY,
    actor: Actor,
) -> list[Dispatch]:
    """Enter the signed letter in the dispatch register, a row for each addressee, and send what goes by e-mail.

    Called inside the act that issues the letter, which has asked whether the actor may (`back_ref`, as "draft:12", is
    that act's own and comes back in the outbox kind `dak.dispatched`). Refuses with `BadInput`: no addressee, an
    e-mail copy without a proper address, a confidential letter by e-mail.
    """
    if not copies:
        raise BadInput("no_addressee", _("No addressee is given."), _("Add at least one."), field="addressee")
    checked = [_checked(copy, classification) for copy in copies]
    assert actor.office_id is not None  # the act that issues asks for a holder of a charge
    office = Office.objects.get(pk=actor.office_id)
    year = clock.today().year
    rows: list[Dispatch] = []
    for copy in checked:
        serial = next_number("dispatch", office=office.code, year=year)
        row = Dispatch.objects.create(
            office=office,
            post_id=actor.post_id,
            register_number=written("dispatch", serial=serial, year=year, office=office.code),
            register_serial=serial,
            register_year=year,
            mode=copy.mode,
            document=document,
            subject=subject,
            letter_number=letter_number,
            reference=reference,
            classification=classification,
            addressee=copy.lines,
            email=copy.email,
            back_ref=back_ref,
            message_id=_new_message_id(),
            queued_at=clock.now(),
        )
        record_event(
            action=Action.DISPATCH_QUEUE,
            subject=row,
            actor=actor,
            data={"mode": copy.mode, "for": back_ref, "document": document.sha256},
        )
        if copy.mode == DispatchMode.EMAIL:
            outbox.add("dak.send_mail", key=f"dispatch-mail-{row.pk}", payload={"dispatch": row.pk})
        rows.append(row)
    return rows


@transaction.atomic
def dispatch_send(*, dispatch_id: int, evidence: str = "", actor: Actor) -> Dispatch:
    """The copy has left: by post or by hand with its proof (tracking number, messenger), or by mail server.

    When it was the last waiting copy of the letter, the room that issued it is told through the outbox.
    """
    dispatch = _locked(dispatch_id)
    _require(actor, Action.DISPATCH_SEND, dispatch)
    evidence = clean_line(evidence, field="evidence", limit=EVIDENCE_LIMIT, required=False)
    _guard(dispatch.mark_sent, dispatch)
    dispatch.mark_sent(at=clock.now(), evidence=evidence)
    dispatch.save()
    record_event(action=Action.DISPATCH_SEND, subject=dispatch, actor=actor, data={"mode": dispatch.mode})
    _tell_when_last(dispatch)
    return dispatch


@transaction.atomic
def dispatch_print(*, dispatch_id: int, actor: Actor) -> Dispatch:
    """The copy was printed. A copy that is to be printed and no more counts as sent with it."""
    dispatch = _locked(dispatch_id)
    _require(actor, Action.DISPATCH_PRINT, dispatch)
    dispatch.printed_at = clock.now()
    dispatch.version += 1
    dispatch.save()
    record_event(action=Action.DISPATCH_PRINT, subject=dispatch, actor=actor)
    if dispatch.mode == DispatchMode.PRINT and dispatch.state == DispatchState.QUEUED:
        return dispatch_send(dispatch_id=dispatch_id, actor=actor)
    return dispatch


@transaction.atomic
def dispatch_deliver(*, dispatch_id: int, evidence: str, actor: Actor) -> Dispatch:
    """The addressee has it; `evidence` says how that is known (who received it, delivery report)."""
    dispatch = _locked(dispatch_id)
    _require(actor, Action.DISPATCH_DELIVER, dispatch)
    evidence = clean_line(evidence, field="evidence", limit=EVIDENCE_LIMIT)
    _guard(dispatch.mark_delivered, dispatch)
    dispatch.mark_delivered(at=clock.now(), evidence=evidence)
    dispatch.save()
    record_event(action=Action.DISPATCH_DELIVER, subject=dispatch, actor=actor)
    return dispatch


@transaction.atomic
def dispatch_undelivered(*, dispatch_id: int, why: str, actor: Actor) -> Dispatch:
    """The copy could not be delivered; the reason stands in the register."""
    dispatch = _locked(dispatch_id)
    _require(actor, Action.DISPATCH_FAIL, dispatch)
    why = clean_line(why, field="why", limit=EVIDENCE_LIMIT)
    _guard(dispatch.mark_undelivered, dispatch)
    dispatch.mark_undelivered(at=clock.now(), why=why)
    dispatch.save()
    record_event(action=Action.DISPATCH_FAIL, subject=dispatch, actor=actor)
    _tell_when_last(dispatch)
    return dispatch


@transaction.atomic
def dispatch_stop(*, back_ref: str, why: str, actor: Actor) -> int:
    """Copies that have not left yet stay here: the letter has ended. Called inside the act that ends it; how many."""
    waiting = Dispatch.objects.select_for_update().filter(back_ref=back_ref, state=DispatchState.QUEUED)
    rows: list[Dispatch] = list(waiting.order_by("pk"))
    for row in rows:
        row.mark_undelivered(at=clock.now(), why=why)
        row.save()
        record_event(action=Action.DISPATCH_FAIL, subject=row, actor=actor, data={"for": back_ref, "step": "ended"})
    return len(rows)


def _checked(copy: Addressee, classification: str) -> Addressee:
    if copy.mode not in DispatchMode.values:
        raise BadInput("unknown_choice", _("This choice does not exist."), _("Choose one of the list."), field="mode")
    lines = clean_line(copy.lines, field="addressee", limit=ADDRESSEE_LIMIT, lines=True)
    email = clean_line(copy.email, field="email", limit=254, required=False)
    if copy.mode != DispatchMode.EMAIL:
        return Addressee(lines=lines, mode=copy.mode, email=email)
    if classification == Classification.CONFIDENTIAL:
        raise BadInput(
            "confidential_by_email",
            _("A confidential letter does not leave by open e-mail."),
            _("Send it by post or by hand."),
            field="mode",
        )
    try:
        validate_email(email)
    except ValidationError as error:
        raise BadInput(
            "bad_email",
            _("This is not an e-mail address."),
            _("Check the addressee's address letter by letter, or send a printed copy."),
            field="email",
        ) from error
    return Addressee(lines=lines, mode=copy.mode, email=email)


def _new_message_id() -> str:
    """Fixed when the copy is queued, so that a mail sent twice by a crash is one mail to the receiver."""
    domain = parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2] or "localhost"
    return f"<dispatch.{uuid4().hex}@{domain}>"


def _locked(dispatch_id: int) -> Dispatch:
    """The copy, locked together with its sisters, so that two workers can't both miss being the last."""
    back_ref = Dispatch.objects.filter(pk=dispatch_id).values_list("back_ref", flat=True).first()
    if back_ref is None:
        raise NotVisible
    sisters: list[Dispatch] = list(Dispatch.objects.select_for_update().filter(back_ref=back_ref).order_by("pk"))
    return next(row for row in sisters if row.pk == dispatch_id)


def _require(actor: Actor, action: Action, dispatch: Dispatch) -> None:
    """The worker sends; people act on what they may see, each act by its own rule."""
    if not actor.is_system:
        access.require(actor, action, dispatch)


def _guard(transition: Callable[..., Any], dispatch: Dispatch) -> None:
    if not can_proceed(transition):
        raise WrongState(
            "wrong_state",
            _("This can't be done while the state is “%(state)s”.") % {"state": dispatch.get_state_display()},
            _("Open the dispatch register to see what happened to this copy."),
        )


def _tell_when_last(dispatch: Dispatch) -> None:
    sisters = Dispatch.objects.filter(back_ref=dispatch.back_ref)
    if not sisters.filter(state=DispatchState.QUEUED).exists():
        failed = sisters.filter(state=DispatchState.UNDELIVERED).count()
        outbox.add(
            "dak.dispatched",
            key=f"dispatched-{dispatch.back_ref}-{sisters.count()}",
            payload={"back_ref": dispatch.back_ref, "undelivered": failed},
        )
