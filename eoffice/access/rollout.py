"""Rules on the roll-out (R8): who sees an office's readiness, ticks it, and who asks for and decides exemptions.

The thing is an office's roll-out: `office`, `above_post_ids` (heads of the offices above it), `nodal_ids` (people
nominated as nodal officer); for an exemption also `state`, `requested_by_id` and `deciding_post_ids`.
"""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from eoffice.access.master import Rule, either, head_of_office, in_state, master_of_office, of_the_desk, role
from eoffice.access.verdicts import ALLOWED, Verdict, not_yours
from eoffice.core.actions import Action
from eoffice.core.actor import Actor, Role


def nodal_officer(actor: Actor, thing: Any) -> Verdict:
    if actor.employee_id is not None and actor.employee_id in thing.nodal_ids:
        return ALLOWED
    return not_yours(
        "not_nodal_officer",
        _("This is for the office's EMD manager, its head and its nodal officer."),
        _("Tell them what you know; they enter it."),
    )


def head_above(actor: Actor, thing: Any) -> Verdict:
    if actor.post_id is not None and actor.post_id in thing.above_post_ids:
        return ALLOWED
    return not_yours(
        "not_head_above",
        _("This is for the heads of the offices above."),
        _("Ask the EMD manager of that office."),
    )


def decides_exemption(actor: Actor, thing: Any) -> Verdict:
    """The head of the office above; where there is none, the head of the super admin's office, or the super admin."""
    if thing.requested_by_id is not None and thing.requested_by_id == actor.employee_id:
        return not_yours(
            "own_work",
            _("You asked for this exemption yourself, and nobody decides on their own request."),
            _("Somebody else with the right to it must do this."),
        )
    if thing.deciding_post_ids:
        if actor.post_id is not None and actor.post_id in thing.deciding_post_ids:
            return ALLOWED
    elif actor.has_role(Role.SUPER_ADMIN) and actor.post_id is not None:
        return ALLOWED
    return not_yours(
        "not_deciding_authority",
        _("This is decided by the head of the office above, or of the super admin's office where none stands above."),
        _("It lies ready for them; tell them that it waits."),
    )


of_the_rollout = either(nodal_officer, of_the_desk)
sees_rollout = either(of_the_rollout, head_above, role(Role.AUDITOR))
sees_exemption = either(sees_rollout, decides_exemption)

RULES: dict[Action, Rule] = {
    Action.READINESS_VIEW: sees_rollout,
    Action.READINESS_TICK: of_the_rollout,
    Action.READINESS_NOMINATE: of_the_desk,
    Action.READINESS_PUBLISH: role(Role.SUPER_ADMIN),
    Action.READINESS_COUNT: role(Role.SUPER_ADMIN, Role.EMD_MANAGER),
    Action.EXEMPTION_VIEW: sees_exemption,
    Action.EXEMPTION_DRAFT: in_state(either(master_of_office, head_of_office), "drafted"),
    Action.EXEMPTION_REQUEST: in_state(head_of_office, "drafted"),
    Action.EXEMPTION_DECIDE: in_state(decides_exemption, "requested"),
    Action.EXEMPTION_WITHDRAW: in_state(of_the_desk, "drafted", "requested"),
}
