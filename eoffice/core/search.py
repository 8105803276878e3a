"""One folding of text for search on both databases: what is stored and what is asked go through the same."""

from __future__ import annotations

import re
from unicodedata import normalize

# Nukta, zero-width joiner and non-joiner: the same word is typed with and without them (stack 2, Hindi search).
_DROPPED = re.compile("[\u093c\u200c\u200d]")
_HINDI_DIGITS = str.maketrans("०१२३४५६७८९", "0123456789")


def search_key(*parts: str) -> str:
    """The parts folded: decomposed nukta letters, no nukta or joiners, lower case, 0-9, single spaces."""
    text = normalize("NFD", " ".join(part for part in parts if part)).translate(_HINDI_DIGITS)
    # Decomposed, every nukta stands alone, that of ऩ ऱ ऴ too, and can be dropped; then letters are put together again.
    return " ".join(normalize("NFC", _DROPPED.sub("", text)).casefold().split())
