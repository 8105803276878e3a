"""What can't be printed is refused when it is saved, never when it is signed: the drawing leaves nothing out."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.utils.translation import gettext_lazy as _

from eoffice.core import richtext
from eoffice.core.errors import BadInput
from eoffice.documents.pdf.errors import BadText
from eoffice.documents.pdf.shaping import check_text


def printable(text: str, *, field: str) -> str:
    """The text itself; `BadInput` naming field and character where our fonts lack one (emoji, other scripts)."""
    try:
        return check_text(text, field)
    except BadText as error:
        shown = error.character if error.character.isprintable() else "·"
        raise BadInput(
            "unprintable",
            _("The character “%(character)s” (%(code)s, %(name)s) can't be printed, so nothing was saved.")
            % {"character": shown, "code": error.codepoint, "name": error.name.lower()},
            _("Write it in words, or leave it out. Near it stands: %(context)s") % {"context": error.context},
            field=field,
        ) from error


@contextmanager
def drawing() -> Iterator[None]:
    """Around the drawing itself: names of people, posts and offices are data that no form of this room has checked."""
    try:
        yield
    except BadText as error:
        raise BadInput(
            "unprintable_data",
            _("“%(context)s” has a character that can't be printed (%(code)s), so nothing was signed.")
            % {"context": error.context, "code": error.codepoint},
            _("It stands in: %(place)s. Ask your EMD manager to correct the name, then prepare again.")
            % {"place": error.place},
        ) from error


def printable_html(html: str, *, field: str) -> str:
    """The same for rich text in canonical form."""
    printable(richtext.plain(html), field=field)
    return html
