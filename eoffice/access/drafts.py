"""Rules on drafts for approval. A draft is acted on by the holder of its file."""

from __future__ import annotations

from django.utils.translation import gettext as _

from eoffice.access.custody import holds
from eoffice.access.protocols import DraftOnFile
from eoffice.access.verdicts import ALLOWED, Verdict, moved_on, not_yours
from eoffice.core.actor import Actor
from eoffice.core.names import named

EDITABLE = ("editing", "put_up", "returned", "approved")
SIGNED = ("signed", "issued", "dispatched")


def _on_held_open_file(actor: Actor, draft: DraftOnFile) -> Verdict:
    verdict = holds(actor, draft.file)
    if verdict.allowed and str(draft.file.state) != "open":
        return moved_on(
            "file_not_open",
            _("The file is not open now (%(state)s).") % {"state": draft.file.get_state_display()},
            _("Take it up again first."),
        )
    return verdict


def _in(actor: Actor, draft: DraftOnFile, *states: str) -> Verdict:
    verdict = _on_held_open_file(actor, draft)
    if verdict.allowed and str(draft.state) not in states:
        return moved_on(
            "draft_state",
            _("The draft is “%(state)s” now.") % {"state": draft.get_state_display()},
            _("Open the draft to see its versions and who changed it."),
        )
    return verdict


def may_correct(actor: Actor, draft: DraftOnFile) -> Verdict:
    """Each holder up the channel may correct; after approval a correction voids the approval."""
    return _in(actor, draft, *EDITABLE)


def may_put_up(actor: Actor, draft: DraftOnFile) -> Verdict:
    return _in(actor, draft, "editing", "returned")


def may_approve(actor: Actor, draft: DraftOnFile) -> Verdict:
    return _in(actor, draft, "put_up")


def may_sign(actor: Actor, draft: DraftOnFile) -> Verdict:
    return _in(actor, draft, "approved")


def may_cancel(actor: Actor, draft: DraftOnFile) -> Verdict:
    return _in(actor, draft, *EDITABLE)


def may_countersign(actor: Actor, draft: DraftOnFile) -> Verdict:
    """The second of two signers, whose name stands on the page already, after the first has signed."""
    verdict = _on_held_open_file(actor, draft)
    if not verdict.allowed:
        return verdict
    if not draft.waits_for_second:
        return moved_on(
            "not_for_second_signer",
            _("The draft is “%(state)s” now and does not wait for a second signature.")
            % {"state": draft.get_state_display()},
            _("Open the draft to see its versions and who changed it."),
        )
    if draft.second_by_id != actor.employee_id or draft.second_post_id != actor.post_id:
        return not_yours(
            "not_second_signer",
            _("The letter names %(person)s as its second signer.") % {"person": named(draft.second_by)},
            _("Send the file there, or return it for correction and name another second signer."),
        )
    return ALLOWED


def may_withdraw(actor: Actor, draft: DraftOnFile) -> Verdict:
    """A signed letter is never changed; the post that signed it, or the signer, ends it by another signed act."""
    verdict = _on_held_open_file(actor, draft)
    if not verdict.allowed:
        return verdict
    if str(draft.state) not in SIGNED:
        return moved_on(
            "not_signed",
            _("Version %(version)s of the letter is not signed yet.") % {"version": draft.version},
            _("What is not signed is corrected or cancelled."),
        )
    if draft.ending is not None:
        return _ended(draft)
    if actor.post_id != draft.signed_post_id and actor.employee_id != draft.signed_by_id:
        return not_yours(
            "not_signer",
            _("Only %(person)s, who signed the letter, or whoever holds that post now, ends it.")
            % {"person": named(draft.signed_by)},
            _("Send the file there with a note."),
        )
    return ALLOWED


def _ended(draft: DraftOnFile) -> Verdict:
    return moved_on(
        "letter_ended",
        _("This letter is no longer in force: %(end)s.") % {"end": draft.ending.get_kind_display()},
        _("Its page shows by which signed act."),
    )


def may_issue(actor: Actor, draft: DraftOnFile) -> Verdict:
    """A letter leaves only when its signature has reached the level that the policy asks for (design 6)."""
    verdict = _on_held_open_file(actor, draft)
    if not verdict.allowed:
        return verdict
    if str(draft.state) in EDITABLE:
        return moved_on(
            "not_signed",
            _("Version %(version)s of the letter is not signed yet.") % {"version": draft.version},
            _("Forward the file to the officer who is to approve and sign it."),
        )
    if str(draft.state) != "signed":
        return moved_on(
            "draft_state",
            _("The draft is “%(state)s” now.") % {"state": draft.get_state_display()},
            _("Open the draft to see its versions and who changed it."),
        )
    if draft.ending is not None:
        return _ended(draft)
    if not draft.signature_ready:
        return moved_on(
            "time_stamp_pending",
            _("The letter is signed; its time stamp is on its way."),
            _(
                "Wait a minute and open the page again. If it stays so, tell the operator that the time authority "
                "is silent."
            ),
        )
    return ALLOWED
