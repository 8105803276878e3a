"""Rules on practice files (R8): they are moved and written on like any other, and nothing real happens on them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.utils.translation import gettext as _

from eoffice.access.verdicts import Verdict, moved_on
from eoffice.core.actor import Actor

Rule = Callable[[Actor, Any], Verdict]


def is_practice(thing: Any) -> bool:
    """A file that says so itself, or a thing that lies in such a file."""
    return bool(getattr(getattr(thing, "file", thing), "is_practice", False))


def signs_nothing() -> Verdict:
    return moved_on(
        "practice_not_signed",
        _("This is a practice file: nothing on it is signed, issued or sent out."),
        _("Write a note and forward or return the file; that is what is practised here."),
    )


def takes_no_receipt() -> Verdict:
    return moved_on(
        "practice_no_receipt",
        _("This is a practice file, and a receipt belongs in a real one."),
        _("Open a file for the receipt, or choose another file."),
    )


def for_real(rule: Rule, refusal: Callable[[], Verdict] = signs_nothing) -> Rule:
    """The rule, and on a practice file the refusal to everybody whom the rule allows."""

    def real(actor: Actor, thing: Any) -> Verdict:
        verdict = rule(actor, thing)
        return refusal() if verdict.allowed and is_practice(thing) else verdict

    return real
