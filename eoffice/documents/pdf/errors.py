"""What the drawing refuses."""

import unicodedata


class DrawingError(ValueError):
    """Root of everything the drawing refuses; nothing was drawn."""


class BadText(DrawingError):
    """A text holds a character that can't be printed faithfully.

    A letter is signed as it is seen, so nothing is left out or replaced behind the author's back.
    ``place`` says in words where it stands, ``position`` counts characters from 1.
    """

    def __init__(self, *, character: str, place: str, position: int, text: str = "") -> None:
        self.character = character
        self.place = place
        self.position = position
        self.codepoint = f"U+{ord(character):04X}"
        self.name = unicodedata.name(character, "unnamed character")
        start = max(0, position - 1 - 12)
        self.context = "".join(c if c.isprintable() else "·" for c in text[start : position + 12])
        super().__init__(
            f"{place}: the character {self.codepoint} ({self.name}) at position {position} "
            f"can't be printed; remove or replace it"
        )


class BadMarkup(DrawingError):
    """The HTML holds an element that the note and letter subset does not know."""

    def __init__(self, *, tag: str, place: str) -> None:
        self.tag = tag
        self.place = place
        super().__init__(f"{place}: the element <{tag}> can't be printed")


class BadPicture(DrawingError):
    """A picture can't be read, or is larger than the caps allow. ``code`` is countable."""

    def __init__(self, code: str, message: str) -> None:
        self.code = code
        super().__init__(message)
