"""The words that the browser and the officer's signer both show for the same papers (`eoffice_signer.paper`)."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256

_CONSONANTS = tuple(zip("kgcjtdnpbmyrlvsh", "कगचजतदनपबमयरलवसह", strict=True))
_VOWELS = (("a", "ा"), ("i", "ी"), ("u", "ू"), ("o", "ो"))
_SYLLABLES, _IN_A_WORD, _BITS = 12, 3, 6


def hash_words(digests: Sequence[bytes]) -> tuple[str, str]:
    """Four invented words for a hash over all of them, in Latin and in Devanagari letters; 72 bits."""
    bits = int.from_bytes(sha256(b"".join(digests)).digest()[: _SYLLABLES * _BITS // 8])
    syllables = [(bits >> shift) & 63 for shift in range((_SYLLABLES - 1) * _BITS, -1, -_BITS)]
    spoken = []
    for script in (0, 1):
        parts = [_CONSONANTS[one >> 2][script] + _VOWELS[one & 3][script] for one in syllables]
        words = ["".join(parts[at : at + _IN_A_WORD]) for at in range(0, _SYLLABLES, _IN_A_WORD)]
        spoken.append(" ".join(words))
    return spoken[0], spoken[1]
