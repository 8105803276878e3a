"""Rules on a list of decisions that one officer signs under one unlock (design 6, "Batch")."""

from __future__ import annotations

from django.utils.translation import gettext as _

from eoffice.access.protocols import OfOfficer
from eoffice.access.verdicts import ALLOWED, Verdict, moved_on, not_yours
from eoffice.core.actor import Actor


def _own(actor: Actor, batch: OfOfficer) -> Verdict:
    """The officer alone, acting on the post for which the list was made."""
    if actor.employee_id != batch.employee_id:
        return not_yours("not_your_list", _("Only the officer who made this list signs or stops it."))
    if actor.post_id != batch.post_id:
        return not_yours(
            "list_of_other_post",
            _("This list was made for another post of yours."),
            _("Act as that post, then open the list again."),
        )
    return ALLOWED


def may_start(actor: Actor, batch: OfOfficer) -> Verdict:
    """Open the key for what is not signed yet: at first, after a stop, and after whoever signed has died."""
    verdict = _own(actor, batch)
    if not verdict.allowed:
        return verdict
    if str(batch.state) == "running" and not batch.is_silent:
        return moved_on(
            "list_running",
            _("This list is being signed now."),
            _("Its page shows how far it is; stop it there if need be."),
        )
    if str(batch.state) not in {"listed", "stopped", "running"}:
        return moved_on(
            "list_over",
            _("This list is “%(state)s” now.") % {"state": batch.get_state_display()},
            _("Tick the files that still wait, for a new list."),
        )
    return ALLOWED


def may_stop(actor: Actor, batch: OfOfficer) -> Verdict:
    """What is in work is finished, nothing new is begun."""
    verdict = _own(actor, batch)
    if verdict.allowed and str(batch.state) != "running":
        return moved_on(
            "list_not_running",
            _("This list is “%(state)s” now.") % {"state": batch.get_state_display()},
            _("There is nothing to stop."),
        )
    return verdict
