"""Both officers sign the charge list (R19); where one of them can't, the head of the office signs with a reason."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from employee_master import ports
from employee_master.models import Employee, Relieving
from employee_master.queries.accounts import head_of
from employee_master.queries.relieving import case_of, taker_of
from employee_master.services.charge_list import SLOTS, lines_of, manifest_of
from employee_master.services.notice import tell, tell_person
from employee_master.services.relieved import relieving_complete_signed
from employee_master.services.relieving import WHY_LENGTH, locked_relieving
from employee_master.workflow.relieving import RelievingState
from eoffice import access
from eoffice.core import clock
from eoffice.core.actions import Action
from eoffice.core.actor import Actor
from eoffice.core.errors import BadInput, NotAllowed, NotAvailable, WrongState
from eoffice.core.names import named
from eoffice.core.text import clean_line
from eoffice.documents.models import Document
from eoffice.documents.queries import document_bytes
from eoffice.ledger.writer import record_event

PURPOSE = "charge_list"
REASONS = {
    "giver": {"hi": "कार्यभार सौंपा", "en": "Charge handed over"},
    "taker": {"hi": "कार्यभार ग्रहण किया", "en": "Charge taken over"},
}


def relieving_sign(*, relieving_id: int, shown_sha256: str, pin: str, why: str = "", actor: Actor) -> Relieving:
    """Sign the charge list with the actor's own key: first the officer who gives, then the one who takes.

    `shown_sha256` is of the list that was on the screen. Whoever signs in another's stead says why. The last signature
    completes the relieving when its day has come. Call it outside a transaction. Refuses: not this one's turn
    (`not_your_turn`), a stand-in though the officer has a key (`signs_with_own_key`) or without a reason, a list that
    was drawn anew (`list_changed`); a wrong PIN is counted. With a key elsewhere (token, provider) the list is prepared
    and refused as `signature_awaited` until its signature has come.
    """
    relieving = _open(relieving_id)
    side, why = _checked(relieving, why, actor)
    if relieving.document is None or shown_sha256 != relieving.list_sha256:
        raise WrongState(
            "list_changed",
            _("The charge list was drawn anew after you opened the page, so nothing was signed."),
            _("Read the new list and sign that one."),
        )
    room = signing_room()
    newest = room.newest(relieving.document)
    # With a key elsewhere this is asked twice: to prepare the list, and again when its signature has come.
    attempt = room.open_attempt(subject=relieving, shown_sha256=shown_sha256, actor=actor) or room.begin(
        pdf=document_bytes(newest),
        slots=SLOTS,
        manifest=manifest_of(relieving, lines_of(relieving)) if side == "giver" else None,
        purpose=PURPOSE,
        subject=relieving,
        title=relieving.charge.post.marking,
        reason=REASONS[side][relieving.language],
        shown_sha256=shown_sha256,
        actor=actor,
    )

    def complete(document: Document) -> None:
        _signed(relieving_id=relieving_id, side=side, document=document, why=why, actor=actor)

    room.finish(attempt=attempt, pin=pin, actor=actor, on_complete=complete)
    return relieving_complete_signed(relieving_id=relieving_id, actor=actor) or _open(relieving_id)


def signing_room() -> ports.SignsRecord:
    """The room that signs; without one (never in a whole instance) nothing can be signed."""
    for room in ports.signs_record:
        return room
    raise NotAvailable("no_signing_room", _("This instance has no room for signatures."), _("Tell the operator."))


def signer_of(relieving: Relieving) -> Employee | None:
    """Whose own signature the list waits for now."""
    return relieving.charge.employee if relieving.state == RelievingState.LISTED else taker_of(relieving)


def can_sign(relieving: Relieving, employee: Employee | None) -> bool:
    """Whether the officer has an active key that counts at the office of this charge, or anywhere they sit (R20)."""
    if employee is None:
        return False
    offices = {relieving.charge.post.office_id}
    if relieving.takes_post is not None:
        offices.add(relieving.takes_post.office_id)
    offices |= set(employee.charges.filter(ended_at__isnull=True).values_list("post__office_id", flat=True))
    return any(
        employee.pk in room.active_among(employee_ids=[employee.pk], office_id=office_id)
        for room in ports.retires_credentials
        for office_id in offices
    )


def must_stand_in(relieving: Relieving) -> bool:
    """Whether the officer whose turn it is can't sign in person: absent, or without a key."""
    if relieving.state == RelievingState.LISTED and relieving.reason.giver_absent:
        return True
    return not can_sign(relieving, signer_of(relieving))


def _open(relieving_id: int) -> Relieving:
    with transaction.atomic():
        return locked_relieving(relieving_id)


def _checked(relieving: Relieving, why: str, actor: Actor) -> tuple[str, str]:
    """Whose side is signed, and the reason of a stand-in; or the refusal."""
    access.require(actor, Action.RELIEVING_SIGN, case_of(relieving))
    side = "giver" if relieving.state == RelievingState.LISTED else "taker"
    signer = signer_of(relieving)
    if signer is not None and signer.pk == actor.employee_id:
        return side, ""
    if actor.employee_id == relieving.charge.employee_id or _is_taker_only(relieving, actor):
        raise NotAllowed(
            "not_your_turn",
            _("The list waits for the signature of %(person)s now.") % {"person": named(signer)},
            _("The officer who gives signs first, then the one who takes."),
        )
    if not must_stand_in(relieving):
        raise NotAllowed(
            "signs_with_own_key",
            _("%(person)s signs with their own key.") % {"person": named(signer)},
            _("The head of the office signs only for somebody who is absent or has no digital signature."),
        )
    why = clean_line(why, field="why", limit=WHY_LENGTH, required=False)
    if not why:
        raise BadInput(
            "stand_in_without_reason",
            _("Say why you sign in the stead of %(person)s.") % {"person": named(signer)},
            _("One sentence is enough."),
            field="why",
        )
    return side, why


def _is_taker_only(relieving: Relieving, actor: Actor) -> bool:
    """The taker, when it is the giver's turn, unless they head the office and stand in for the giver."""
    taker = taker_of(relieving)
    if taker is None or taker.pk != actor.employee_id:
        return False
    office = relieving.charge.post.office
    return office.head_post_id is None or office.head_post_id != actor.post_id


def _signed(*, relieving_id: int, side: str, document: Document, why: str, actor: Actor) -> None:
    """Inside the signing room's transaction: what may have changed is checked again, then the list is signed."""
    relieving = locked_relieving(relieving_id)
    now, why = _checked(relieving, why, actor)
    if now != side:
        raise WrongState(
            "not_your_turn",
            _("Somebody signed this side meanwhile."),
            _("Open the page again to see who."),
        )
    at = clock.now()
    if side == "giver":
        relieving.given_by_id, relieving.given_why = actor.person, why
        relieving.give(at=at)
        if relieving.takes_post_id is None:
            # An empty desk: there is nothing to take over.
            relieving.take(at=at)
    else:
        relieving.taken_by_id, relieving.taken_why = actor.person, why
        relieving.take(at=at)
    relieving.document = document
    relieving.save()
    event = record_event(
        action=Action.RELIEVING_SIGN,
        subject=relieving,
        actor=actor,
        data={
            "side": side, "instead": bool(why), "sha256": document.sha256, "list_sha256": relieving.list_sha256,
        },
    )  # fmt: skip
    if relieving.state == RelievingState.GIVEN:
        if must_stand_in(relieving):
            tell(event.pk, "list_to_sign", head_of(relieving.charge.post.office), relieving=relieving.pk, gives=False)
        else:
            tell_person(event.pk, "list_to_sign", taker_of(relieving), relieving=relieving.pk, gives=False)
