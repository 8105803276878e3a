"""One cleaner for every line that a person types: refusals name the field, nothing is cut silently."""

from __future__ import annotations

from unicodedata import category, normalize

from django.utils.translation import gettext_lazy as _

from eoffice.core.errors import BadInput

# Direction overrides make a number or a name read as another one; there is no honest use in a subject.
_OVERRIDES = {"\u202a", "\u202b", "\u202c", "\u202d", "\u202e", "\u2066", "\u2067", "\u2068", "\u2069"}
_INVISIBLE = {"\u200b", "\ufeff", "\u2060", "\u00ad"}


def clean_line(value: str, *, field: str, limit: int, required: bool = True, lines: bool = False) -> str:
    """The text in NFC, spaces collapsed; with `lines` its line breaks are kept.

    Raises `BadInput` naming `field` for text that is missing, longer than `limit`, or holds control characters or
    direction overrides. Zero-width spaces, which come with pasted text, are dropped.
    """
    text = normalize("NFC", value.replace("\r\n", "\n").replace("\r", "\n"))
    text = "".join(c for c in text if c not in _INVISIBLE)
    kept = text.replace("\n", " ").replace("\t", " ")
    if any(c in _OVERRIDES for c in kept):
        raise BadInput(
            "direction_override",
            _("The text holds signs that turn the reading direction, so it would read otherwise than it is."),
            _("Type the text anew instead of pasting it."),
            field=field,
        )
    if any(category(c) in {"Cc", "Cs", "Cn", "Co"} for c in kept):
        raise BadInput(
            "control_characters",
            _("The text holds characters that can't be shown (control characters)."),
            _("Type the text anew, or paste it through a plain text editor."),
            field=field,
        )
    text = "\n".join(" ".join(line.split()) for line in (text.split("\n") if lines else [kept])).strip()
    if len(text) > limit:
        raise BadInput(
            "too_long",
            _("The text has %(length)s characters; %(limit)s fit here.") % {"length": len(text), "limit": limit},
            _("Shorten it. Long matter belongs in a note or in a paper."),
            field=field,
        )
    if required and not text:
        raise BadInput("missing", _("This is needed and was left empty."), _("Fill it in."), field=field)
    return text
