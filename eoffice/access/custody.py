"""Rules on who holds a thing; receipts and files share them."""

from __future__ import annotations

from django.utils.translation import gettext as _

from eoffice.access.protocols import Held, HeldWithState
from eoffice.access.verdicts import ALLOWED, Verdict, moved_on, not_yours
from eoffice.access.words import when
from eoffice.core.actor import Actor
from eoffice.core.names import named


def holds(actor: Actor, thing: Held) -> Verdict:
    """Only the post that holds a thing may act on it."""
    if actor.post_id is not None and thing.held_by_id == actor.post_id:
        return ALLOWED
    if thing.held_by_id is None:
        return moved_on("not_on_a_desk", _("It lies on no desk now."), _("Open its history to see where it went."))
    return not_yours(
        "not_holder",
        present_custody(thing),
        _("Ask %(post)s to act on it or to send it to you.") % {"post": named(thing.held_by)},
    )


def present_custody(thing: Held) -> str:
    """Who holds it, since when and from whom: what whoever came second in a race needs to know."""
    facts = {"post": named(thing.held_by), "time": when(thing.held_since), "sender": named(thing.came_from)}
    if thing.came_from_id is None:
        return _("%(post)s holds it since %(time)s.") % facts
    return _("%(post)s holds it since %(time)s, received from %(sender)s.") % facts


def holds_in_state(actor: Actor, thing: HeldWithState, *states: str) -> Verdict:
    """The holder may act while the thing is in one of `states`."""
    verdict = holds(actor, thing)
    if not verdict.allowed:
        return verdict
    if str(thing.state) not in states:
        return moved_on(
            "wrong_state",
            _("This can't be done while the state is “%(state)s”.") % {"state": thing.get_state_display()},
            _("Open the history to see who changed the state and when."),
        )
    return ALLOWED


def may_pull_back(actor: Actor, thing: HeldWithState, *states: str) -> Verdict:
    """The sender may pull back until the receiver has opened it (procedure: pull back)."""
    if actor.post_id is None or thing.came_from_id != actor.post_id or thing.held_by_id == actor.post_id:
        only = _("Only the post that sent it last can pull it back.")
        if thing.held_by_id is None or thing.held_by_id == actor.post_id:
            return not_yours("not_sender", only, _("Open its history to see where it went."))
        return not_yours(
            "not_sender",
            f"{present_custody(thing)} {only}",
            _("Ask %(post)s to return it.") % {"post": named(thing.held_by)},
        )
    if thing.seen_at is not None:
        holder = named(thing.held_by)
        return moved_on(
            "already_opened",
            _("%(post)s opened it at %(time)s, so it can't be pulled back.")
            % {"post": holder, "time": when(thing.seen_at)},
            _("Ask %(post)s to return it.") % {"post": holder},
        )
    if str(thing.state) not in states:
        return moved_on(
            "wrong_state",
            _("This can't be done while the state is “%(state)s”.") % {"state": thing.get_state_display()},
            _("Open the history to see who changed the state and when."),
        )
    return ALLOWED


def may_return(actor: Actor, thing: HeldWithState, *states: str) -> Verdict:
    """The holder may send it back to the post it came from."""
    verdict = holds_in_state(actor, thing, *states)
    if verdict.allowed and thing.came_from_id is None:
        return moved_on(
            "came_from_nobody",
            _("It began on this desk; there is nobody to return it to."),
            _("Forward it to the post that should have it."),
        )
    return verdict
