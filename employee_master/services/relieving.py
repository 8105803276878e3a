"""Relieving (R18, R19): prepared, the desk assigned, the charge list drawn and signed; `relieved` completes it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from employee_master.models import (
    FULL_KINDS,
    Charge,
    ChargeKind,
    Employee,
    Half,
    Post,
    Relieving,
    RelievingLine,
    RelievingReason,
)
from employee_master.queries.relieving import case_of, relieving_url, taker_of
from employee_master.services.charge import locked_charge
from employee_master.services.charge_list import Line, content_hash, draw_list, lines_of
from employee_master.services.hand_over import keys_on, nothing_chosen, receiving
from employee_master.services.notice import tell_person
from employee_master.workflow.relieving import RelievingState
from eoffice import access
from eoffice.core import clock
from eoffice.core.actions import Action
from eoffice.core.actor import Actor
from eoffice.core.errors import BadInput, NotVisible, WrongState
from eoffice.core.text import clean_line
from eoffice.documents.services import document_store
from eoffice.ledger.writer import record_event

ORDER_LENGTH = 80
WORDS_LENGTH = 200
WHY_LENGTH = 300


@dataclass(frozen=True, slots=True)
class RelievingFacts:
    """What the order says. `to_post_id` is a post of this instance, `to_words` any other place, neither is needed."""

    reason_id: int
    order_number: str
    order_on: date
    on: date
    half: str = Half.AFTERNOON
    to_post_id: int | None = None
    to_words: str = ""


@transaction.atomic
def relieving_prepare(*, charge_id: int, facts: RelievingFacts, actor: Actor) -> Relieving:
    """Begin to relieve somebody of a charge.

    Refuses: a charge that does not run or fills no post, one that is being relieved already (`relieving_open`), one's
    own charge (`own_case`), days that don't fit.
    """
    charge = locked_charge(charge_id)
    access.require(actor, Action.RELIEVING_PREPARE, charge)
    _refuse_unfit(charge)
    relieving: Relieving = Relieving(charge=charge, made_by_id=actor.person, made_at=clock.now())
    _write_facts(relieving, facts)
    try:
        with transaction.atomic():
            relieving.save()
    except IntegrityError as error:
        raise _open_already(charge) from error
    record_event(
        action=Action.RELIEVING_PREPARE,
        subject=relieving,
        actor=actor,
        data={"charge": charge.pk, "employee": charge.employee_id, "post": charge.post_id, "reason": facts.reason_id},
    )
    return relieving


@transaction.atomic
def relieving_change(*, relieving_id: int, facts: RelievingFacts, actor: Actor) -> Relieving:
    """Put the facts of a prepared relieving right."""
    relieving = _prepared(relieving_id, actor)
    _write_facts(relieving, facts)
    relieving.save()
    record_event(
        action=Action.RELIEVING_PREPARE, subject=relieving, actor=actor,
        data={"step": "changed", "reason": facts.reason_id},
    )  # fmt: skip
    return relieving


@transaction.atomic
def relieving_assign(
    *, relieving_id: int, to_post_id: int, keys: Collection[str] | None = None, actor: Actor
) -> Relieving:
    """Say to which post the desk goes: all that is not given elsewhere (no keys), or these things alone.

    Refuses: an empty selection, the desk itself, a post that nobody holds.
    """
    relieving = _prepared(relieving_id, actor)
    post = relieving.charge.post
    to = receiving(post, to_post_id)
    if keys is None:
        relieving.takes_post, relieving.successor, relieving.successor_kind = to, None, ""
        relieving.lines.filter(to_post=to).delete()
        relieving.save()
    else:
        chosen = keys_on(post, keys)
        if not chosen:
            raise nothing_chosen()
        relieving.lines.filter(key__in=chosen).delete()
        if to.pk != relieving.takes_post_id:
            RelievingLine.objects.bulk_create(
                RelievingLine(relieving=relieving, place=place, key=key, to_post=to)
                for place, key in enumerate(sorted(chosen), start=1)
            )
    record_event(
        action=Action.RELIEVING_PREPARE, subject=relieving, actor=actor,
        data={"step": "assigned", "to": to.pk, "count": None if keys is None else len(chosen)},
    )  # fmt: skip
    return relieving


@transaction.atomic
def relieving_successor(*, relieving_id: int, employee_id: int, kind: ChargeKind, actor: Actor) -> Relieving:
    """Leave the desk on the post: somebody else takes charge of it in the moment of relieving.

    Refuses: the officer who is relieved, somebody who has left, a link officer as successor.
    """
    relieving = _prepared(relieving_id, actor)
    successor = Employee.objects.filter(pk=employee_id, left_on__isnull=True).first()
    if successor is None:
        raise BadInput(
            "nobody_chosen", _("No officer was chosen."), _("Choose who takes charge of the post."), field="successor"
        )
    if successor.pk == relieving.charge.employee_id:
        raise BadInput(
            "own_successor",
            _("Nobody takes over from themselves."),
            _("Choose another officer."),
            field="successor",
        )
    if kind not in FULL_KINDS:
        raise BadInput(
            "kind_fills_nothing",
            _("A link officer fills no post."),
            _("Choose another kind of charge."),
            field="kind",
        )
    relieving.takes_post, relieving.successor, relieving.successor_kind = relieving.charge.post, successor, str(kind)
    relieving.save()
    record_event(
        action=Action.RELIEVING_PREPARE, subject=relieving, actor=actor,
        data={"step": "successor", "employee": successor.pk, "kind": str(kind)},
    )  # fmt: skip
    return relieving


def relieving_list(*, relieving_id: int, language: str, actor: Actor) -> Relieving:
    """Freeze the charge list as a PDF; from now on it is what both officers sign. Call it outside a transaction.

    Refuses a desk that nobody was named for (`nobody_takes`), and a desk that changed while the list was drawn
    (`desk_changed`): draw it again.
    """
    with transaction.atomic():
        relieving = _prepared(relieving_id, actor, Action.RELIEVING_LIST)
        relieving.language = "hi" if language == "hi" else "en"
        lines = lines_of(relieving)
        _refuse_unassigned(relieving, lines)
        relieving.save()
    at = clock.now()
    pdf = draw_list(relieving, lines, at=at)
    document = document_store(content=pdf, name=f"charge-list-{relieving.pk}.pdf", kind="generated", extract=False)
    with transaction.atomic():
        fresh = _prepared(relieving_id, actor, Action.RELIEVING_LIST)
        now = lines_of(fresh)
        sha256 = content_hash(fresh, now)
        if sha256 != content_hash(relieving, lines):
            raise WrongState(
                "desk_changed",
                _("Something came to the desk or left it while the list was drawn."),
                _("Draw the list again."),
            )
        fresh.document, fresh.list_sha256 = document, sha256
        fresh.draw_list(at=at)
        fresh.save()
        _freeze(fresh, now)
        event = record_event(
            action=Action.RELIEVING_LIST, subject=fresh, actor=actor,
            data={"lines": len(now), "list_sha256": sha256, "document_sha256": document.sha256},
        )  # fmt: skip
        if not fresh.reason.giver_absent:
            tell_person(event.pk, "list_to_sign", fresh.charge.employee, relieving=fresh.pk, gives=True)
    return fresh


@transaction.atomic
def relieving_open_again(*, relieving_id: int, actor: Actor) -> Relieving:
    """Back to assigning: the list is to be drawn anew, and what was signed counts no more."""
    relieving = locked_relieving(relieving_id)
    access.require(actor, Action.RELIEVING_WITHDRAW, case_of(relieving))
    if relieving.state == RelievingState.PREPARED:
        return relieving
    relieving.open_again()
    relieving.given_by = relieving.taken_by = None
    relieving.given_why = relieving.taken_why = ""
    relieving.save()
    # Assignments stay, frozen words go.
    relieving.lines.filter(key="").delete()
    relieving.lines.filter(to_post=relieving.takes_post).delete()
    record_event(action=Action.RELIEVING_PREPARE, subject=relieving, actor=actor, data={"step": "opened_again"})
    return relieving


@transaction.atomic
def relieving_withdraw(*, relieving_id: int, why: str, actor: Actor) -> Relieving:
    """Give the relieving up before it is completed; the officer goes on as before."""
    relieving = locked_relieving(relieving_id)
    access.require(actor, Action.RELIEVING_WITHDRAW, case_of(relieving))
    relieving.withdraw(at=clock.now(), why=clean_line(why, field="why", limit=WHY_LENGTH))
    relieving.save()
    record_event(action=Action.RELIEVING_WITHDRAW, subject=relieving, actor=actor)
    return relieving


@transaction.atomic
def relieving_reason_add(*, code: str, name_en: str, name_hi: str, actor: Actor) -> RelievingReason:
    """A reason of the instance's own. Refuses a code that exists (`reason_exists`)."""
    access.require(actor, Action.RELIEVING_REASON, None)
    reason = RelievingReason(
        code=clean_line(code, field="code", limit=20).lower().replace(" ", "_"),
        name_en=clean_line(name_en, field="name_en", limit=80),
        name_hi=clean_line(name_hi, field="name_hi", limit=80),
    )
    try:
        with transaction.atomic():
            reason.save()
    except IntegrityError as error:
        raise BadInput(
            "reason_exists", _("There is a reason with this code."), _("Choose another code."), field="code"
        ) from error
    record_event(action=Action.RELIEVING_REASON, subject=reason, actor=actor, data={"code": reason.code})
    return reason


def needs_signatures() -> bool:
    """Whether this instance relieves nobody before both officers have signed the list."""
    return bool(settings.CHARGE_LIST_SIGNED)


def locked_relieving(relieving_id: int) -> Relieving:
    """The relieving, locked, then loaded with what it speaks of. Before its people, posts and charge are.

    An order to join that points at it does not wait for this lock: it locks the person first.
    """
    if Relieving.objects.select_for_update(no_key=True).filter(pk=relieving_id).first() is None:
        raise NotVisible
    rows = Relieving.objects.select_related(
        "charge__employee__account", "charge__post__office__head_post", "reason", "takes_post", "to_post",
        "successor__account", "document",
    )  # fmt: skip
    relieving: Relieving = rows.get(pk=relieving_id)
    return relieving


def _prepared(relieving_id: int, actor: Actor, action: Action = Action.RELIEVING_PREPARE) -> Relieving:
    relieving = locked_relieving(relieving_id)
    access.require(actor, action, case_of(relieving))
    if relieving.state != RelievingState.PREPARED:
        raise WrongState(
            "list_drawn",
            _("The charge list is drawn already (%(state)s).") % {"state": relieving.get_state_display()},
            _("Open it again to change it; signatures lapse with that."),
            relieving_url(relieving.pk),
        )
    return relieving


def _refuse_unfit(charge: Charge) -> None:
    if charge.kind not in FULL_KINDS:
        raise WrongState(
            "link_not_relieved",
            _("A link officer holds no desk to hand over."),
            _("End the arrangement on the page of link officers."),
        )
    if charge.ended_at is not None or (charge.to_on is not None and charge.to_on < clock.today()):
        raise WrongState(
            "charge_ended",
            _("This charge ended on %(day)s.") % {"day": charge.to_on.isoformat() if charge.to_on else ""},
            _("Open the charge to see who ended it."),
        )


def _open_already(charge: Charge) -> WrongState:
    other = Relieving.objects.filter(charge=charge).exclude(
        state__in=[RelievingState.CORRECTED, RelievingState.WITHDRAWN]
    )
    found = other.values_list("pk", flat=True).first()
    return WrongState(
        "relieving_open",
        _("This officer is being relieved of this charge already."),
        _("Go on with the relieving that was begun, or withdraw it."),
        relieving_url(found) if found else "",
    )


def _write_facts(relieving: Relieving, facts: RelievingFacts) -> None:
    charge = relieving.charge
    reason = RelievingReason.objects.filter(pk=facts.reason_id, is_active=True).first()
    if reason is None:
        raise BadInput("reason_missing", _("No reason was chosen."), _("Choose one of the list."), field="reason")
    if facts.half not in Half.values:
        raise BadInput("unknown_choice", _("This choice does not exist."), _("Choose one of the list."), field="half")
    if facts.on < charge.from_on:
        raise BadInput(
            "day_out_of_charge",
            _("The last day lies between the charge's first day, %(first)s, and today.")
            % {"first": charge.from_on.isoformat()},
            _("Enter the day on which the charge was given over."),
            field="on",
        )
    to_post = None
    if facts.to_post_id is not None:
        to_post = Post.objects.filter(pk=facts.to_post_id, is_active=True).first()
        if to_post is None:
            raise BadInput("post_missing", _("No post was chosen."), _("Choose another post."), field="to_post")
    relieving.reason = reason
    relieving.order_number = clean_line(facts.order_number, field="order_number", limit=ORDER_LENGTH)
    relieving.order_on = facts.order_on
    relieving.on = facts.on
    relieving.half = facts.half
    relieving.to_post = to_post
    relieving.to_words = clean_line(facts.to_words, field="to_words", limit=WORDS_LENGTH, required=False)


def _refuse_unassigned(relieving: Relieving, lines: Collection[Line]) -> None:
    if relieving.takes_post is None and any(line.item.key for line in lines):
        raise WrongState(
            "nobody_takes",
            _("Nobody was named who takes the desk over."),
            _("Choose the post that gets it, or the officer who takes charge of this post."),
        )
    if taker_of(relieving) is None and relieving.takes_post is not None:
        raise WrongState(
            "taker_left",
            _("%(marking)s has no holder today.") % {"marking": relieving.takes_post.marking},
            _("Choose another post that exists and is held."),
        )


def _freeze(relieving: Relieving, lines: Collection[Line]) -> None:
    """Write the list down as it is signed; its words are those of the list's language."""
    relieving.lines.all().delete()
    RelievingLine.objects.bulk_create(
        (
            RelievingLine(
                relieving=relieving,
                place=place,
                key=line.item.key,
                kind=line.kind[:80],
                number=line.item.number[:160],
                subject=line.item.subject[:1000],
                state_words=str(line.item.state)[:120],
                since=line.item.since,
                to_post=line.to,
            )
            for place, line in enumerate(lines, start=1)
        ),
        batch_size=500,
    )
