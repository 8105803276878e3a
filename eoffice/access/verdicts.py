"""The answer to "may I?": allowed, or why not and what to do about it (design 3, "Why not?")."""

from __future__ import annotations

from dataclasses import dataclass

from eoffice.core.errors import DomainError, NotAllowed, NotVisible, Text, WrongState


@dataclass(frozen=True, slots=True)
class Verdict:
    """Draws the button, refuses the POST, answers the script: the same one for all three.

    `status` is 404 (not visible to you), 403 (visible, not yours to do) or 409 (yours, but the state has moved on).
    """

    allowed: bool
    code: str = "ok"
    reason: Text = ""
    remedy: Text = ""
    remedy_url: str = ""
    status: int = 200

    def __bool__(self) -> bool:
        raise TypeError("ask verdict.allowed")

    def error(self) -> DomainError:
        """The refusal to raise; only for a verdict that is not allowed."""
        if self.status == NotVisible.status:
            return NotVisible()
        kind = WrongState if self.status == WrongState.status else NotAllowed
        return kind(self.code, self.reason, self.remedy, self.remedy_url)


ALLOWED = Verdict(allowed=True)


def not_yours(code: str, reason: Text, remedy: Text = "", remedy_url: str = "") -> Verdict:
    return Verdict(False, code, reason, remedy, remedy_url, NotAllowed.status)  # noqa: FBT003


def moved_on(code: str, reason: Text, remedy: Text = "", remedy_url: str = "") -> Verdict:
    return Verdict(False, code, reason, remedy, remedy_url, WrongState.status)  # noqa: FBT003
