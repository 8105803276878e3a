"""Rules on the employee master: who enters, certifies, checks and approves what, in which office (R2, R3, R21).

A thing belongs to an office: it has `office`, or a `post` that has one. `employee_id` is whom it is about,
`made_by_id` who made it, `state` its life; each rule says which of them it reads.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from eoffice.access.verdicts import ALLOWED, Verdict, moved_on, not_yours
from eoffice.access.visibility import managed_q
from eoffice.core import clock
from eoffice.core.actions import Action
from eoffice.core.actor import Actor, Role

Rule = Callable[[Actor, Any], Verdict]


def office_of(thing: Any) -> Any:
    """The office that a thing of the master belongs to, or is; None where it is the instance's."""
    if getattr(thing, "ledger_type", "") == "office":
        return thing
    if getattr(thing, "office", None) is not None:
        return thing.office
    post = getattr(thing, "post", None)
    return post.office if post is not None else None


def manages(actor: Actor, office_id: int | None) -> bool:
    """The super admin, and the EMD manager for the office that they act in (R2); for lists it is `managed_q`."""
    if actor.has_role(Role.SUPER_ADMIN):
        return True
    return actor.has_role(Role.EMD_MANAGER) and office_id is not None and office_id == actor.office_id


def master_of_office(actor: Actor, thing: Any) -> Verdict:
    office = office_of(thing)
    if manages(actor, office.pk if office is not None else None):
        return ALLOWED
    return not_yours(
        "not_master_of_office",
        _("Only the EMD manager of the office or the super admin enters this."),
        _("Ask the EMD manager of that office."),
    )


def head_of_office(actor: Actor, thing: Any) -> Verdict:
    """Who sits on the head's post; a link officer there acts for the head."""
    office = office_of(thing)
    if office is not None and office.head_post_id is None:
        return moved_on(
            "no_head",
            _("The office has no head post entered, and this is for its head."),
            _("Enter the head post on the office's page first."),
        )
    if office is not None and actor.post_id is not None and office.head_post_id == actor.post_id:
        return ALLOWED
    return not_yours(
        "not_head",
        _("This is for the head of the office."),
        _("It lies ready for them; tell them that it waits."),
    )


def ddo_of_office(actor: Actor, thing: Any) -> Verdict:
    """The drawing and disbursing officer; where none is entered, the EMD manager checks (R21)."""
    office = office_of(thing)
    if office is not None and office.ddo_post_id is None:
        return master_of_office(actor, thing)
    if office is not None and actor.post_id is not None and office.ddo_post_id == actor.post_id:
        return ALLOWED
    return not_yours(
        "not_ddo",
        _("This is for the drawing and disbursing officer of the office."),
        _("It lies on their list; tell them that it waits."),
    )


def either(*rules: Rule) -> Rule:
    """Allowed when one of the rules allows it; the refusal is the first one's."""

    def rule(actor: Actor, thing: Any) -> Verdict:
        found = [one(actor, thing) for one in rules]
        return next((verdict for verdict in found if verdict.allowed), found[0])

    return rule


def oneself(actor: Actor, thing: Any) -> Verdict:
    """The person that the thing is about."""
    if actor.employee_id is not None and thing.employee_id == actor.employee_id:
        return ALLOWED
    return not_yours("not_yourself", _("Only the person concerned does this."), _("Ask them to do it."))


def not_maker(rule: Rule) -> Rule:
    """Whoever made it does not also approve it (R3: maker is never checker)."""

    def other(actor: Actor, thing: Any) -> Verdict:
        if thing.made_by_id is not None and thing.made_by_id == actor.employee_id:
            return not_yours(
                "own_work",
                _("You made this yourself, and nobody approves their own work."),
                _("Somebody else with the right to it must do this."),
            )
        return rule(actor, thing)

    return other


def about_another(rule: Rule) -> Rule:
    """Nobody decides on their own charges, roles and credentials (design 9, separation of duties)."""

    def another(actor: Actor, thing: Any) -> Verdict:
        if thing.employee_id is not None and thing.employee_id == actor.employee_id:
            return not_yours(
                "own_case",
                _("This is about yourself, and nobody decides that for themselves."),
                _("Ask another EMD manager or super admin."),
            )
        return rule(actor, thing)

    return another


def in_state(rule: Rule, *states: str) -> Rule:
    """The rule, while the thing is in one of `states`; whoever may not at all learns only that."""

    def stated(actor: Actor, thing: Any) -> Verdict:
        verdict = rule(actor, thing)
        if not verdict.allowed or str(thing.state) in states:
            return verdict
        return moved_on(
            "wrong_state",
            _("This can't be done while the state is “%(state)s”.") % {"state": thing.get_state_display()},
            _("Open it again to see how it stands now."),
        )

    return stated


def clean_dry_run(rule: Rule) -> Rule:
    """The rule, when the dry run leaves nothing refused and no question open, and there is something to do (R3)."""

    def clean(actor: Actor, thing: Any) -> Verdict:
        verdict = rule(actor, thing)
        if not verdict.allowed:
            return verdict
        if thing.judged_version != thing.version:
            return moved_on("not_judged", _("The dry run is not ready yet."), _("Wait a moment and open it again."))
        if thing.refused_count:
            return moved_on(
                "rows_refused",
                ngettext("%(count)s row is refused.", "%(count)s rows are refused.", thing.refused_count)
                % {"count": thing.refused_count},
                _("Correct them, or leave them out."),
            )
        if thing.unsettled_count:
            return moved_on(
                "rows_unsettled",
                ngettext(
                    "In %(count)s row it is open whether it is one person or two.",
                    "In %(count)s rows it is open whether it is one person or two.",
                    thing.unsettled_count,
                )
                % {"count": thing.unsettled_count},
                _("Choose for each of them."),
            )
        if not thing.created_count and not thing.changed_count:
            return moved_on(
                "nothing_to_do",
                _("No row of the sheet creates or changes anything."),
                _("There is nothing to certify; give the sheet up."),
            )
        return verdict

    return clean


def not_sender(rule: Rule) -> Rule:
    """Whoever sent it for approval does not also approve it, even if somebody else began it."""

    def other(actor: Actor, thing: Any) -> Verdict:
        if thing.sent_by_id is not None and thing.sent_by_id == actor.employee_id:
            return not_yours(
                "own_work",
                _("You made this yourself, and nobody approves their own work."),
                _("Somebody else with the right to it must do this."),
            )
        return rule(actor, thing)

    return other


def certifier(actor: Actor, thing: Any) -> Verdict:
    """Who certified it; what follows from that is done in their name."""
    if actor.employee_id is not None and thing.certified_by_id == actor.employee_id:
        return ALLOWED
    return not_yours("not_certifier", _("Only who certified it does this."), _("Ask them to do it."))


UNDO_FOR = timedelta(days=1)


def within_a_day(rule: Rule) -> Rule:
    """The rule, for a day after the thing was applied (R3)."""

    def in_time(actor: Actor, thing: Any) -> Verdict:
        verdict = rule(actor, thing)
        if not verdict.allowed or thing.applied_at is None or clock.now() < thing.applied_at + UNDO_FOR:
            return verdict
        return moved_on(
            "undo_too_late",
            _("This was applied more than a day ago, and since then it stands."),
            _("Correct what is wrong on the pages of the persons and posts."),
        )

    return in_time


def desk_of_office_q(actor: Actor, *, office: str) -> Q:
    """Rows (`office` is the path to their office) for those who manage its master and for its head."""
    headed = Q(**{f"{office}__head_post": actor.post_id}) if actor.post_id is not None else Q(pk__in=[])
    return managed_q(actor, office=office) | headed


def holder_of_post(actor: Actor, thing: Any) -> Verdict:
    """Who fills the post; a link officer may not hand on what was only lent (no re-delegation)."""
    if actor.post_id is None or thing.post_id != actor.post_id:
        return not_yours("not_holder_of_post", _("Only the holder of the post does this."), _("Ask the holder."))
    if actor.is_link:
        return not_yours(
            "link_may_not",
            _("You stand in for the holder, and a link officer does not pass the desk on."),
            _("Ask the holder of the post or the EMD manager."),
        )
    return ALLOWED


def role(*roles: Role) -> Rule:
    """Holders of one of the roles, whatever the thing."""

    def rule(actor: Actor, _thing: Any) -> Verdict:
        if any(actor.has_role(one) for one in roles):
            return ALLOWED
        return not_yours(
            "role_missing",
            _("Your post does not have the role that this needs."),
            _("The instance's super admin or your EMD manager can grant it."),
        )

    return rule


super_admin = role(Role.SUPER_ADMIN)


def reorganiser(actor: Actor, thing: Any) -> Verdict:
    """The head of the office; what concerns two offices is for the super admin."""
    if not thing.crosses_offices:
        return either(head_of_office, super_admin)(actor, thing)
    if actor.has_role(Role.SUPER_ADMIN):
        return ALLOWED
    return not_yours(
        "two_offices",
        _("This concerns two offices, so it is for the super admin."),
        _("It lies ready for them; tell them that it waits."),
    )


of_the_desk = either(master_of_office, head_of_office)
# The roles that the EMD manager gives in their own office; all others are the super admin's to give (R2).
OFFICE_ROLES = frozenset({Role.REGISTRY_CLERK})


def grants_role(actor: Actor, thing: Any) -> Verdict:
    """The super admin any role, the EMD manager those of the office's own work. The thing is a grant."""
    if thing.role in OFFICE_ROLES and office_of(thing) is not None:
        return master_of_office(actor, thing)
    return super_admin(actor, thing)


def signs_charge_list(actor: Actor, thing: Any) -> Verdict:
    """The officer relieved and whoever takes over; in the stead of either the head of the office or the super admin.

    Which of them the list waits for is for the service to say, and that a stand-in gives a reason (R19).
    """
    if actor.employee_id is not None and actor.employee_id in {thing.employee_id, thing.taker_id}:
        return ALLOWED
    verdict = either(head_of_office, super_admin)(actor, thing)
    if verdict.allowed:
        return ALLOWED
    return not_yours(
        "not_a_signer",
        _("The charge list is signed by the officer relieved and by the one who takes over."),
        _("Where one of them can't, the head of the office signs instead, with a reason."),
    )


def corrects_relieving(actor: Actor, thing: Any) -> Verdict:
    """Whoever relieved, until the joining is done; later only the super admin (R19)."""
    if not thing.is_joined:
        return of_the_desk(actor, thing)
    if actor.has_role(Role.SUPER_ADMIN):
        return ALLOWED
    return not_yours(
        "joined_already",
        _("The officer has joined elsewhere, so this relieving is corrected only by the super admin."),
        _("Ask the super admin; until the joining you could have corrected it yourself."),
    )


def one_of_two(actor: Actor, thing: Any) -> Verdict:
    """The second of the two people that a new super admin needs: neither who proposed it nor whom it is about."""
    return not_maker(about_another(super_admin))(actor, thing)


# The thing is a charge, a role, a batch, a request, an office ...: it may be one that is yet to be entered.
RULES: dict[Action, Rule] = {
    Action.OFFICE_ENTER: super_admin,
    Action.OFFICE_CORRECT: master_of_office,
    Action.DESIGNATION_ENTER: super_admin,
    Action.SECTION_ENTER: master_of_office,
    Action.SANCTION_SET: master_of_office,
    Action.POST_CREATE: master_of_office,
    Action.POST_CORRECT: master_of_office,
    Action.POST_ABOLISH: master_of_office,
    Action.POST_PLACE: about_another(master_of_office),
    Action.REORGANISATION_PREPARE: master_of_office,
    Action.REORGANISATION_APPLY: in_state(not_maker(reorganiser), "prepared"),
    Action.REORGANISATION_WITHDRAW: in_state(of_the_desk, "prepared", "agreed"),
    Action.EMPLOYEE_ENTER: master_of_office,
    Action.EMPLOYEE_CORRECT: about_another(master_of_office),
    Action.EMPLOYEE_LEAVE: about_another(of_the_desk),
    Action.ACCOUNT_INVITE: master_of_office,
    Action.ACCOUNT_RESET: about_another(master_of_office),
    Action.CHARGE_START: about_another(master_of_office),
    Action.CHARGE_END: about_another(master_of_office),
    Action.CHARGE_RESTORE: about_another(master_of_office),
    Action.CHARGE_LINK: either(holder_of_post, about_another(master_of_office)),
    Action.RELIEVING_PREPARE: about_another(of_the_desk),
    Action.RELIEVING_LIST: in_state(about_another(of_the_desk), "prepared"),
    Action.RELIEVING_SIGN: in_state(signs_charge_list, "listed", "given"),
    Action.RELIEVING_COMPLETE: in_state(about_another(of_the_desk), "listed", "taken"),
    Action.RELIEVING_CORRECT: in_state(about_another(corrects_relieving), "completed"),
    Action.RELIEVING_WITHDRAW: in_state(about_another(of_the_desk), "prepared", "listed", "given", "taken"),
    Action.RELIEVING_REASON: super_admin,
    Action.JOINING_ENTER: about_another(of_the_desk),
    Action.DESK_HAND_OVER: of_the_desk,
    Action.DESK_GUARD: of_the_desk,
    Action.ACCOUNT_ENROL: oneself,
    Action.ACCOUNT_PASSWORD: oneself,
    Action.ACCOUNT_SIGN_OUT: oneself,
    Action.ACCOUNT_CLOSE: about_another(master_of_office),
    Action.ACCOUNT_REOPEN: about_another(master_of_office),
    Action.ROLE_GRANT: about_another(grants_role),
    Action.ROLE_REVOKE: about_another(grants_role),
    Action.ROLE_PROPOSE: about_another(super_admin),
    Action.ROLE_CONFIRM: in_state(one_of_two, "proposed"),
    Action.ROLE_WITHDRAW: in_state(super_admin, "proposed"),
    Action.ACCESS_REVIEW: of_the_desk,
    # credentials: maker and checker are different people; a credential is looked after where it is registered (R20)
    Action.CREDENTIAL_APPROVE: about_another(master_of_office),
    Action.CREDENTIAL_SUSPEND: about_another(master_of_office),
    Action.CREDENTIAL_RETIRE: about_another(master_of_office),
    Action.CREDENTIAL_MAP: about_another(master_of_office),
    Action.SIGNING_RULE: super_admin,
    # staff sheets (R3): the EMD manager brings them, the head certifies, both may take the result back for a day
    Action.IMPORT_UPLOAD: master_of_office,
    Action.IMPORT_CORRECT: in_state(master_of_office, "uploaded"),
    Action.IMPORT_VALIDATE: clean_dry_run(in_state(master_of_office, "uploaded")),
    Action.IMPORT_TAKE_BACK: in_state(master_of_office, "validated", "certified"),
    Action.IMPORT_RETURN: in_state(head_of_office, "validated"),
    Action.IMPORT_CERTIFY: in_state(not_sender(not_maker(head_of_office)), "validated"),
    Action.IMPORT_APPLY: in_state(either(of_the_desk, certifier), "certified"),
    Action.IMPORT_UNDO: within_a_day(in_state(of_the_desk, "applied")),
    Action.IMPORT_GIVE_UP: in_state(master_of_office, "uploaded", "validated", "certified"),
    Action.MASTER_VIEW: master_of_office,
    Action.MASTER_EXPORT: master_of_office,
    Action.HOLIDAY_SET: super_admin,
    Action.HEAD_SET: super_admin,
}
