"""Rules on change requests: who proposes, checks, objects, approves (R21, R22).

The thing is a case of `employee_master.queries.change`: the office that decides, whom the request is about
(`employee_id`), who made and who checked it, its state, `stage` (whose turn), and whether the officer of a stage is
concerned (`checker_concerned`, `head_concerned`): then somebody else stands in.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db.models import F, Q
from django.utils.translation import gettext as _

from eoffice.access.master import (
    about_another,
    ddo_of_office,
    either,
    head_of_office,
    in_state,
    master_of_office,
    not_maker,
    office_of,
    oneself,
    super_admin,
)
from eoffice.access.verdicts import ALLOWED, Verdict, moved_on, not_yours
from eoffice.access.visibility import managed_q
from eoffice.core.actions import Action
from eoffice.core.actor import Actor, Role

Rule = Callable[[Actor, Any], Verdict]
OPEN = ("proposed", "checked", "objected", "answered")


def proposes(actor: Actor, thing: Any) -> Verdict:
    """The person concerned, or the EMD manager for them."""
    return either(oneself, master_of_office)(actor, thing)


def proposer(actor: Actor, thing: Any) -> Verdict:
    """Who made the request, or whom it is about."""
    if actor.employee_id is not None and actor.employee_id in {thing.made_by_id, thing.employee_id}:
        return ALLOWED
    return not_yours(
        "not_proposer",
        _("Only who proposed the change, or the person concerned, does this."),
        _("Tell them what is missing; the request shows who they are."),
    )


def checks(actor: Actor, thing: Any) -> Verdict:
    """The drawing and disbursing officer; the EMD manager where that officer is the head too, or is concerned."""
    office = office_of(thing)
    if office is None:
        return super_admin(actor, thing)
    stands_in = thing.checker_concerned or office.ddo_post_id == office.head_post_id
    rule = either(ddo_of_office, master_of_office) if stands_in else ddo_of_office
    return not_maker(about_another(rule))(actor, thing)


def approves(actor: Actor, thing: Any) -> Verdict:
    """The head of the office; where the head is concerned or has checked it, the head above or the super admin."""
    if thing.checked_by_id is not None and thing.checked_by_id == actor.employee_id:
        return not_yours(
            "own_work",
            _("You checked this yourself, and a second person approves it."),
            _("Somebody else with the right to it must do this."),
        )
    office = office_of(thing)
    if office is None:
        rule: Rule = super_admin
    elif thing.head_concerned:
        rule = either(head_of_office, _head_above, super_admin)
    else:
        rule = head_of_office
    return not_maker(about_another(rule))(actor, thing)


def _head_above(actor: Actor, thing: Any) -> Verdict:
    above = office_of(thing).parent
    if above is not None and actor.post_id is not None and above.head_post_id == actor.post_id:
        return ALLOWED
    return not_yours(
        "not_head_above",
        _("This is about the head of the office, so the head of the office above decides."),
        _("It lies ready for them; tell them that it waits."),
    )


def on_turn(actor: Actor, thing: Any) -> Verdict:
    """Whoever's word is awaited at this stage."""
    return checks(actor, thing) if str(thing.stage) == "check" else approves(actor, thing)


def at_stage(stage: str, rule: Rule) -> Rule:
    """The rule, while it is that officer's turn; an answered request says by its stage whose turn it is."""

    def staged(actor: Actor, thing: Any) -> Verdict:
        verdict = rule(actor, thing)
        if not verdict.allowed or str(thing.stage) == stage:
            return verdict
        words = {
            "check": _("It was checked already and waits for the head of the office."),
            "approve": _("It waits for the check of the drawing and disbursing officer first."),
        }
        return moved_on("not_your_turn", words[stage], _("The request shows whose turn it is."))

    return staged


def change_reader_q(actor: Actor) -> Q:
    """The requests that one sees: of oneself, of the office that one keeps, checks for or heads.

    The rows carry `head_concerned` (annotated): such a case is seen by the head of the office above too.
    """
    if actor.has_role(Role.SUPER_ADMIN):
        return Q()
    if actor.has_role(Role.SUPER_ADMIN):
        return Q()
    if actor.has_role(Role.SUPER_ADMIN):
        return Q()
    seen = managed_q(actor, office="office_id")
    if actor.employee_id is not None:
        seen |= Q(employee_id=actor.employee_id) | Q(made_by_id=actor.employee_id)
    if actor.post_id is not None:
        seen |= Q(office__head_post_id=actor.post_id) | Q(office__ddo_post_id=actor.post_id)
        seen |= Q(office__parent__head_post_id=actor.post_id, head_concerned=True)
    return seen


def to_check_q(actor: Actor) -> Q:
    """The Q form of CHANGE_CHECK; the rows carry `checker_concerned`."""
    turn = Q(state__in=("proposed", "answered"), stage="check")
    stands_in = Q(checker_concerned=True) | Q(office__ddo_post_id=F("office__head_post_id"))
    rule = managed_q(actor, office="office_id") & (Q(office__ddo_post__isnull=True) | stands_in)
    if actor.post_id is not None:
        rule |= Q(office__ddo_post_id=actor.post_id)
    return turn & rule & _of_others(actor)


def to_approve_q(actor: Actor) -> Q:
    """The Q form of CHANGE_APPROVE; the rows carry `head_concerned`."""
    turn = Q(state__in=("checked", "answered"), stage="approve")
    rule = Q(pk__in=[])
    if actor.post_id is not None:
        rule |= Q(office__head_post_id=actor.post_id)
        rule |= Q(office__parent__head_post_id=actor.post_id, head_concerned=True)
    if actor.has_role(Role.SUPER_ADMIN):
        rule |= Q(head_concerned=True)
    return turn & rule & _of_others(actor) & ~Q(checked_by_id=actor.employee_id, checked_by__isnull=False)


def _of_others(actor: Actor) -> Q:
    return ~Q(made_by_id=actor.employee_id) & ~Q(employee_id=actor.employee_id)


RULES: dict[Action, Rule] = {
    Action.CHANGE_PROPOSE: proposes,
    Action.CHANGE_CHECK: in_state(at_stage("check", checks), "proposed", "answered"),
    Action.CHANGE_OBJECT: in_state(on_turn, "proposed", "checked", "answered"),
    Action.CHANGE_ANSWER: in_state(proposer, "objected"),
    Action.CHANGE_APPROVE: in_state(at_stage("approve", approves), "checked", "answered"),
    Action.CHANGE_REJECT: in_state(at_stage("approve", approves), "checked", "objected", "answered", "approved"),
    Action.CHANGE_WITHDRAW: in_state(proposer, *OPEN),
    Action.NAMES_COMPARE: master_of_office,
    # personal data of a person (design 10): mobile, dates, gender
    Action.EMPLOYEE_VIEW: either(oneself, master_of_office, head_of_office),
    Action.EMPLOYEE_EXPORT: either(oneself, master_of_office),
}
