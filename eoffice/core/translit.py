"""A name in the other script, as people write names: राजेश कुमार is Rajesh Kumar.

Nobody can be sure of another person's spelling, so what is made here is always shown as "to check". Known words come
from `name_words`, the others by rule.
"""

from __future__ import annotations

import re
from functools import cache
from itertools import takewhile
from unicodedata import normalize

from eoffice.core import name_words
from eoffice.core.sound import phonemes, sound_key

_DEVANAGARI_WORD = re.compile("[\u0900-\u097f\u200c\u200d]+")
_ROMAN_WORD = re.compile(r"[A-Za-z\u00c0-\u024f\u1e00-\u1eff]+(?:['’][A-Za-z]+)?(?:(?<=[A-Za-z]{2})\.)?")
_LETTER_SOUNDS = dict(
    zip(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZ",
        (
            *("ए", "बी", "सी", "डी", "ई", "एफ", "जी", "एच", "आई", "जे", "के", "एल", "एम"),
            *("एन", "ओ", "पी", "क्यू", "आर", "एस", "टी", "यू", "वी", "डब्ल्यू", "एक्स", "वाई", "जेड"),
        ),
        strict=True,
    )
)
_SHORT = frozenset({"मो", "मु"})
_INITIALS = {sound: letter for letter, sound in _LETTER_SOUNDS.items()} | {"डब्लू": "W"}

_LIKE_THEIR_LETTER = "kqgjztdnpfbmyrlvshaiueo"
_WITH_MORE_LETTERS = {
    "K": "kh", "G": "gh", "c": "ch", "C": "chh", "J": "jh", "T": "th", "D": "dh", "P": "ph", "B": "bh", "S": "sh",
    "A": "a", "I": "i", "U": "u", "E": "ai", "O": "au",
}  # fmt: skip
_TO_ROMAN = dict(zip(_LIKE_THEIR_LETTER, _LIKE_THEIR_LETTER, strict=True)) | _WITH_MORE_LETTERS
_HABITS: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern), put)
    for pattern, put in (
        (r"^([^aAiIuUeEoO]*)I(?=[^aAiIuUeEoO])", r"\1ee"),  # Deepak
        (r"^([^aAiIuUeEoO]*)U([^aAiIuUeEoO]*)$", r"\1oo\2"),  # Phool
        (r"(?<=[sSdt])v", "w"),  # Swati, Dwivedi
        (r"v(?=A?[lrt]A?$)", "w"),  # Agrawal, Rawat, Panwar
        (r"va(?=[lrt]$)", "wa"),
    )
)


def roman(text_hi: str) -> str:
    """Devanagari in roman letters; what is not Devanagari stays."""
    return _DEVANAGARI_WORD.sub(lambda found: _roman_word(found.group()), normalize("NFC", text_hi))


def devanagari(text_en: str) -> str:
    """A name in roman letters in Devanagari, as well as can be; what is not roman stays."""
    return _ROMAN_WORD.sub(lambda found: _hindi_word(found.group().rstrip(".")), normalize("NFC", text_en))


@cache
def _known_in_roman() -> dict[str, str]:
    return {_bare(hindi): english for hindi, english in name_words.pairs() if english}


@cache
def _known_in_hindi() -> dict[str, list[tuple[str, str]]]:
    """By sound: (roman, Devanagari)."""
    found: dict[str, list[tuple[str, str]]] = {}
    for hindi, english in name_words.pairs():
        if hindi in _SHORT:  # Md is spelt out in Hindi
            continue
        spelt = english or _by_rule(hindi)
        for key in {sound_key(hindi), sound_key(spelt)}:
            found.setdefault(key, []).append((spelt.lower(), hindi))
    return found


def _bare(word: str) -> str:
    return re.sub("[\u093c\u200c\u200d]", "", normalize("NFD", word))


def _roman_word(word: str) -> str:
    return _INITIALS.get(word) or _known_in_roman().get(_bare(word)) or _by_rule(word)


def _by_rule(word: str) -> str:
    said = phonemes(word)
    for pattern, put in _HABITS:
        said = pattern.sub(put, said)
    return "".join(_TO_ROMAN.get(c, c) for c in said).capitalize()


def _hindi_word(word: str) -> str:
    if len(word) == 1:
        return _LETTER_SOUNDS.get(word.upper(), word)
    known = _known_in_hindi().get(sound_key(word))
    if known:
        return max(known, key=lambda pair: _closeness(pair[0], word.lower()))[1]
    return _spell(word)


def _closeness(one: str, other: str) -> tuple[int, int]:
    """The longer the two begin alike, and the more equally long they are, the better."""
    alike = takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False))
    return len(list(alike)), -abs(len(one) - len(other))


# By rule: which vowels are long and which consonants are joined.

_LETTER = dict(zip("kKgGcCjJtTdDnpPbBmyrlvsSh", "कखगघचछजझतथदधनपफबभमयरलवसशह", strict=True)) | {
    "q": "क़", "z": "ज़", "f": "फ़"
}  # fmt: skip
_FREE = dict(zip("aAiIuUeEoO", "अआइईउऊएऐओऔ", strict=True))
_SIGN = dict(zip("AiIuUeEoO", "ािीुूेैोौ", strict=True)) | {"a": ""}
_VIRAMA = "\u094d"
# Letters that are written joined with what follows; elsewhere the silent vowel stands between them (रामलाल).
_JOINED = re.compile(
    r"r[kKgGcCjJtTdDnpPbBmyvsS]|[^rnmyaAiIuUeEoO]r|[kgtdnpbmslhSBDT]y|[sSdtTDk]v|s[tTkpmn]|S[tTnmlc]|kS|kt|t[nt]"
    r"|pt|h[mn]|l[plk]|nh|m[lmh]|(.)\1|gn|dD|tT|kK|cC|jJ"
)
_LONG_ENDS: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern), put)
    for pattern, put in (
        (r"^([^aAiIuUeEoO]+)a([^aAiIuUeEoO])$", r"\1A\2"),  # Ram, Lal
        (r"^([^aAiIuUeEoO]+)a([^aAiIuUeEoO])([aiI])$", r"\1A\2\3"),  # Rani, Tara
        (r"va([lr])$", r"vA\1"),  # Agrawal
        (r"(?<=.)pal$", "pAl"),
        (r"(?<=.)lal$", "lAl"),
        (r"(?<=.)ram$", "rAm"),
        (r"(?<=.)raj$", "rAj"),
        (r"(?<=.)naT$", "nAT"),
        (r"(?<=.)das$", "dAs"),
        (r"(?<=.)kant$", "kAnt"),
        (r"(?<=.)mar$", "mAr"),
        (r"(?<=.)ya([lrn])$", r"yA\1"),
        (r"(?<=[aAiIuUeEoO])a$", "A"),
        (r"[ei]y$", "I"),  # Tirkey
        (r"ani$", "AnI"),
        (r"ari$", "ArI"),
        (r"i$", "I"),
        (r"(?<=[^aAiIuUeEoO])a$", "A"),
    )
)


def _spell(word: str) -> str:
    said = phonemes(word, doubled=True)
    for pattern, put in _LONG_ENDS:
        said = pattern.sub(put, said)
    out = ""
    for place, sound in enumerate(said):
        before, after = said[place - 1 : place], said[place + 1 : place + 2]
        if sound in _FREE:
            out += _SIGN[sound] if before and before not in _FREE else _FREE[sound]
        elif sound in "nm" and after and after in ("kKgGcCjJtTdD" if sound == "n" else "pPbB"):
            out += "ं"
        else:
            letter = "ष" if sound == "S" and after in {"t", "T", "n"} else _LETTER.get(sound, "")
            out += "ट" if sound == "t" and before == "S" else "ण" if sound == "n" and before == "S" else letter
            if after and after not in _FREE and _JOINED.match(said, place):
                out += _VIRAMA
    return out
