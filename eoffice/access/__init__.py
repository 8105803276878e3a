"""Who may do what, and why not. One rule an act; no other place decides (design 3 and 9)."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from django.utils.translation import gettext as _

from eoffice.access import changes, custody, drafts, lists, practice, rollout
from eoffice.access import master as of_master
from eoffice.access.changes import change_reader_q, to_approve_q, to_check_q
from eoffice.access.verdicts import ALLOWED, Verdict, not_yours
from eoffice.access.visibility import CONFIDENTIAL, managed_q, reader_q, registry_q
from eoffice.core.actions import Action
from eoffice.core.actor import Actor, Role

__all__ = [
    "Verdict",
    "change_reader_q",
    "check",
    "managed_q",
    "reader_q",
    "registry_q",
    "require",
    "to_approve_q",
    "to_check_q",
    "verdicts",
]

Rule = Callable[[Actor, Any], Verdict]


def _role(*roles: Role) -> Rule:
    """The act is open to holders of one of `roles`, whatever the thing."""

    def rule(actor: Actor, _thing: Any) -> Verdict:
        if any(actor.has_role(role) for role in roles):
            return ALLOWED
        return not_yours(
            "role_missing",
            _("Your post does not have the role that this needs."),
            _("The instance's super admin or your EMD manager can grant it."),
        )

    return rule


def _signed_in(actor: Actor, _thing: Any) -> Verdict:
    if actor.post_id is not None:
        return ALLOWED
    return not_yours("no_charge", _("You hold no charge now."), _("Ask your EMD manager to enter your charge."))


def _holding(*states: str) -> Rule:
    return lambda actor, thing: custody.holds_in_state(actor, thing, *states)


def _sent(*states: str) -> Rule:
    return lambda actor, thing: custody.may_pull_back(actor, thing, *states)


def _returnable(*states: str) -> Rule:
    return lambda actor, thing: custody.may_return(actor, thing, *states)


def _issuing_post(actor: Actor, thing: Any) -> Verdict:
    """A copy in the dispatch register: the post that issued it, or the office's registry, which takes it to the post.

    For lists it is `reader_q` and `registry_q`. A confidential copy stays with the post that issued it.
    """
    if thing.post_id == actor.post_id:
        return ALLOWED
    of_registry = actor.has_role(Role.REGISTRY_CLERK) and thing.office_id == actor.office_id
    if of_registry and thing.classification != CONFIDENTIAL:
        return ALLOWED
    return not_yours(
        "not_issuing_post",
        _("Only the post that issued the letter, or the registry of its office, enters this."),
        _("Tell the registry what you know of this copy."),
    )


_RULES: dict[Action, Rule] = {
    # dak: the thing is a copy of a receipt; for disposal it may be the file in which the receipt lies
    Action.RECEIPT_DRAFT: _role(Role.REGISTRY_CLERK),
    Action.RECEIPT_DIARISE: _role(Role.REGISTRY_CLERK),
    Action.RECEIPT_RECYCLE: _role(Role.REGISTRY_CLERK),
    Action.RECEIPT_ACKNOWLEDGE: _signed_in,
    Action.RECEIPT_VIEW: _signed_in,
    Action.RECEIPT_MARK: _holding("diarised"),
    Action.RECEIPT_SEE: custody.holds,
    Action.RECEIPT_FORWARD: _holding("diarised"),
    Action.RECEIPT_RETURN: _returnable("diarised"),
    Action.RECEIPT_PULL_BACK: _sent("diarised"),
    Action.RECEIPT_PUT_IN_FILE: _holding("diarised"),
    Action.RECEIPT_DISPOSE: custody.holds,
    Action.RECEIPT_REOPEN: _holding("disposed", "call_book"),
    Action.DISPATCH_SEND: _issuing_post,
    Action.DISPATCH_PRINT: _issuing_post,
    Action.DISPATCH_DELIVER: _issuing_post,
    Action.DISPATCH_FAIL: _issuing_post,
    # files
    Action.FILE_OPEN: _signed_in,
    Action.FILE_VIEW: _signed_in,
    Action.FILE_SEE: custody.holds,
    Action.FILE_ADD_PAPER: _holding("open"),
    Action.FILE_ADD_RECEIPT: practice.for_real(_holding("open"), practice.takes_no_receipt),
    Action.FILE_FORWARD: _holding("open"),
    Action.FILE_RETURN: _returnable("open"),
    Action.FILE_PULL_BACK: _sent("open"),
    Action.FILE_PARK: _holding("open"),
    Action.FILE_RESUME: _holding("parked"),
    Action.FILE_BRIEF: _holding("open"),
    Action.NOTE_WRITE: _holding("open"),
    Action.NOTE_SUBMIT: _holding("open"),
    Action.DECISION_TAKE: _holding("open"),
    Action.DECISION_SIGN: practice.for_real(_holding("open")),
    # a list of decisions; each file of it is asked about by its own rule
    Action.BATCH_LIST: _signed_in,
    Action.BATCH_START: lists.may_start,
    Action.BATCH_STOP: lists.may_stop,
    Action.DRAFT_CREATE: _holding("open"),
    Action.DRAFT_CORRECT: drafts.may_correct,
    Action.DRAFT_PUT_UP: drafts.may_put_up,
    Action.DRAFT_APPROVE: practice.for_real(drafts.may_approve),
    Action.DRAFT_RETURN: drafts.may_approve,
    Action.DRAFT_SIGN: practice.for_real(drafts.may_sign),
    Action.DRAFT_COUNTERSIGN: practice.for_real(drafts.may_countersign),
    Action.LETTER_WITHDRAW: practice.for_real(drafts.may_withdraw),
    Action.DRAFT_ISSUE: practice.for_real(drafts.may_issue),
    Action.DRAFT_CANCEL: drafts.may_cancel,
    # registers and histories
    Action.REGISTER_VIEW: _signed_in,
    Action.HISTORY_VIEW: _signed_in,
    # the employee master's own rules
    **of_master.RULES,
    **changes.RULES,
    # readiness, exemptions
    **rollout.RULES,
}


def check(actor: Actor, action: Action, thing: Any) -> Verdict:
    """May the actor do this to the thing, which is already known to be visible? An unknown act is a mistake."""
    return _RULES[action](actor, thing)


def require(actor: Actor, action: Action, thing: Any) -> None:
    """Raise the refusal of the verdict unless it is allowed."""
    verdict = check(actor, action, thing)
    if not verdict.allowed:
        raise verdict.error()


def verdicts(actor: Actor, thing: Any, actions: Iterable[Action]) -> dict[str, Verdict]:
    """The verdicts for a page's buttons, by the act's last word: `verdicts.forward.allowed`."""
    return {action.value.partition(":")[2]: check(actor, action, thing) for action in actions}
