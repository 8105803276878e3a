"""Rules on drafts for approval. A draft is acted on by the holder of its file."""

from __future__ import annotations

from django.utils.translation import gettext as _

from eoffice.access.custody import holds
from eoffice.access.protocols import DraftOnFile
from eoffice.access.verdicts import ALLOWED, Verdict, moved_on
from eoffice.core.actor import Actor

EDITABLE = ("editing", "put_up", "returned", "approved")


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
