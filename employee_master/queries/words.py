"""Words by which people and posts are found: the same cutting for what is stored and for what is asked."""

from __future__ import annotations

import re
from unicodedata import category

from django.db.models import Q

from eoffice.core.search import search_key
from eoffice.core.sound import sound_keys

WORD_LENGTH = 60
# Letters and marks make a word; a dot, a dash, a stroke or a bracket ends it.
_KEPT = ("L", "M", "N")
_NUMBER_AT_END = re.compile(r"[^\d](\d+)$")


def words_of(*texts: str) -> list[str]:
    """The folded words of the texts, each once, in their order."""
    folded = search_key(*texts)
    cut = "".join(c if category(c)[0] in _KEPT else " " for c in folded)
    return list(dict.fromkeys(word[:WORD_LENGTH] for word in cut.split()))


def code_words(code: str) -> list[str]:
    """The words of a code, and its number alone: E0042 is also looked for as 0042 and as 42."""
    words = words_of(code)
    numbers = [found[1] for word in words if (found := _NUMBER_AT_END.search(word))]
    return list(dict.fromkeys([*words, *numbers, *(n.lstrip("0") for n in numbers if n.lstrip("0"))]))


def sounds_of(*texts: str) -> list[str]:
    """The sounds of the texts' words, each once."""
    keys = (key[:WORD_LENGTH] for text in texts if text for key in sound_keys(text))
    return list(dict.fromkeys(key for key in keys if key))


def begins(column: str, word: str) -> Q:
    """Rows whose `column` begins with the word: a range in the order of code points, so from the column's index."""
    return Q(**{f"{column}__gte": word, f"{column}__lt": word + "\U0010ffff"})
