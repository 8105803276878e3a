"""Names of people, posts and offices stand in both scripts; this picks the reader's."""

from __future__ import annotations

from typing import Protocol

from django.utils.translation import get_language


class Named(Protocol):
    @property
    def name_en(self) -> str: ...

    @property
    def name_hi(self) -> str: ...


def named(thing: Named | None, missing: str = "") -> str:
    """The name in the language of the page, or the other one where it is empty."""
    if thing is None:
        return missing
    first, second = (thing.name_hi, thing.name_en) if get_language() == "hi" else (thing.name_en, thing.name_hi)
    return first or second
