"""Kruti Dev 010: Hindi typed as Latin letters for a font that draws them as Devanagari. Here it becomes Unicode.

Offices typed in it for decades, and sheets still come with it: "Qjhn vgen" is फरीद अहमद. The font has glyphs, not
letters: half consonants, a stroke `k` that completes them or stands for ा, the short i in front of its consonant, the
reph behind it. So text is read into signs (`_SIGNS`), and short i and reph are then moved to where Unicode has them.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from functools import cache, lru_cache
from itertools import pairwise
from unicodedata import normalize

from eoffice.core import name_words
from eoffice.core.sound import POSSIBLE, same_name
from eoffice.core.translit import roman

_VIRAMA, _NUKTA = "\u094d", "\u093c"
# Places for the two signs that stand elsewhere in the font than in Unicode.
_SHORT_I, _REPH = "\ue000", "\ue001"

# Half consonants: with the stroke `k` behind it the consonant is whole.
_HALVES = {
    "D": "क", "[": "ख", "X": "ग", "?": "घ", "P": "च", "T": "ज", "÷": "झ", "Ö": "झ", ".": "ण", "R": "त", "F": "थ",
    "/": "ध", "è": "ध", "Ë": "ध", "U": "न", "I": "प", "¶": "फ", "C": "ब", "H": "भ", "E": "म", "¸": "य", "Y": "ल",
    "O": "व", "'": "श", "’": "श", "‘": "श", "Ü": "श", '"': "ष", "”": "ष", "“": "ष", "L": "स", "º": "ह", "{": "क्ष",
    "Ù": "त्त", "«": "त्र", "™": "न्न",
}  # fmt: skip
_WHOLE = {
    "d": "क", "x": "ग", "Ä": "घ", "³": "ङ", "p": "च", "N": "छ", "t": "ज", ">": "झ", "¥": "ञ", "V": "ट", "B": "ठ",
    "M": "ड", "<": "ढ", "r": "त", "n": "द", "u": "न", "i": "प", "Q": "फ", "c": "ब", "Ò": "भ", "e": "म", ";": "य",
    "j": "र", "y": "ल", "G": "ळ", "o": "व", "l": "स", "g": "ह",
    # joined letters
    "K": "ज्ञ", "=": "त्र", "J": "श्र", "Ø": "क्र", "Ý": "फ्र", "æ": "द्र", "ç": "प्र", "Á": "प्र", "|": "द्य", "}": "द्व",
    ")": "द्ध", "í": "द्द", "Ì": "द्द", "é": "न्न", "ä": "क्त", "ô": "क्क", "à": "ह्न", "á": "ह्य", "ã": "ह्म", "â": "हृ",
    "–": "दृ", "—": "कृ", "Ñ": "कृ", "ê": "ट्ट", "Í": "ट्ट", "ë": "ट्ठ", "Î": "ट्ठ", "ì": "ड्ड", "Ï": "ड्ड", "ï": "ड्ढ",
    "Ô": "ड्ढ", "#": "रु", ":": "रू",
}  # fmt: skip
_SIGNS = {
    # vowels
    "v": "अ", "vk": "आ", "b": "इ", "bZ": "ई", "Ã": "ई", "b±": "ईं", "m": "उ", "Å": "ऊ", "_": "ऋ", ",": "ए", ",s": "ऐ",
    "vks": "ओ", "vkS": "औ", "v‚": "ऑ", "vk‚": "ऑ",
    # signs of vowels
    "k": "ा", "f": _SHORT_I, "h": "ी", "È": "ीं", "q": "ु", "w": "ू", "`": "ृ", "s": "े", "S": "ै", "ks": "ो", "kS": "ौ",
    "‚": "ॉ", "W": "ॅ", "a": "ं", "¡": "ँ", "%": "ः", "•": "ऽ", "·": "ऽ",
    # r above and below, y behind
    "Z": _REPH, "z": "्र", "ª": "्र", "Ó": "्य", "î": "्य", "~": _VIRAMA, "+": _NUKTA,
    "±": _REPH + "ं", "Ê": "ी" + _REPH, "Æ": _REPH + _SHORT_I, "Ç": _SHORT_I + "ं", "É": _REPH + _SHORT_I + "ं",
    # digits and points
    "å": "०", "ƒ": "१", "„": "२", "…": "३", "†": "४", "‡": "५", "ˆ": "६", "‰": "७", "Š": "८", "‹": "९",
    "ñ": "॰", "Œ": "॰", "A": "।", "-": ".", "&": "-", "@": "/", "]": ",", "(": ";", "¼": "(", "½": ")", "\\": "?",
    "^": "‘", "*": "’", "Þ": "“", "ß": "”",
}  # fmt: skip
_LONGEST = 3

_CONSONANT = f"[क-हळ]{_NUKTA}?"
_CLUSTER = f"{_CONSONANT}(?:{_VIRAMA}{_CONSONANT})*"
_MATRAS = "[ा-ौॅॉ]"
_MOVES: tuple[tuple[re.Pattern[str], str], ...] = (
    # The short i, with reph and anusvara drawn in one glyph or apart, before its cluster.
    (re.compile(f"{_REPH}{_SHORT_I}(ं?)({_CLUSTER})"), rf"र{_VIRAMA}\2ि\1"),
    (re.compile(f"{_SHORT_I}(ं?)({_CLUSTER})"), r"\2ि\1"),
    (re.compile(f"({_CLUSTER})({_MATRAS}*)({_VIRAMA}र)?([ंँः]?){_REPH}"), rf"र{_VIRAMA}\1\3\2\4"),
    (re.compile("([ंँः])([ा-ौॅॉ])"), r"\2\1"),
    (re.compile("ाे"), "ो"),
    (re.compile("ाै"), "ौ"),
    (re.compile("अा"), "आ"),
    (re.compile("([ंा-ौ])\\1+"), r"\1"),
)


def unicode_of(text: str) -> str:
    """Text typed for Kruti Dev 010 in Unicode. Whatever the text, there is an answer; see `looks_like_krutidev`."""
    out = "".join(_signs(text))
    for pattern, put in _MOVES:
        out = pattern.sub(put, out)
    return normalize("NFC", out.replace(_SHORT_I, "ि").replace(_REPH, "र्"))


def _signs(text: str) -> list[str]:
    out: list[str] = []
    place = 0
    while place < len(text):
        c = text[place]
        if c in _HALVES:
            letter = _HALVES[c]
            place += 1
            if text[place : place + 1] == "+":
                letter, place = letter + _NUKTA, place + 1
            if text[place : place + 1] == "k":
                place += 1
            else:
                letter += _VIRAMA
            out.append(letter)
            continue
        if c in _WHOLE:
            out.append(_WHOLE[c])
            place += 1
            # In many sheets the stroke is typed although the letter is whole: Dk for d is known, dk is का.
            continue
        for length in range(_LONGEST, 0, -1):
            sign = _SIGNS.get(text[place : place + length])
            if sign is not None and len(text[place : place + length]) == length:
                out.append(sign)
                place += length
                break
        else:
            out.append(c)
            place += 1
    return out


# Is it?

_SYLLABLE = f"(?:[अ-औऋऑ][ंँः]?|{_CLUSTER}(?:{_MATRAS}|ृ)?[ंँः]?)"
_WORD = re.compile(f"{_SYLLABLE}+")
# The joined letters with which Hindi words begin. A roman capital makes others: Tej would be ज्मर, Head भ्मंक.
_BEGINNINGS = {
    "क": "रयषलव", "ख": "य", "ग": "रयलव", "घ": "र", "च": "य", "ज": "ञयव", "ट": "र", "ड": "र", "त": "रयव", "द": "रयव",
    "ध": "रयव", "न": "य", "प": "रयल", "फ": "रल", "ब": "रयल", "भ": "र", "म": "रल", "व": "यर", "श": "रयवल",
    "स": "कखतथनपफमयरवट", "ह": "रय",
}  # fmt: skip
_BEGINNING = re.compile(f"(.){_NUKTA}?{_VIRAMA}(.)")
_BETWEEN = re.compile(r"[\s.,॰0-9०-९()/:;’‘“”-]+|।$")
_RARE = math.log(1e-4)


# In favour of roman: with a sign of the old font, without one, and for a word alone, which could be either.
_MARGINS = 0.35, 0.6, 0.9
_SIGN_OF_IT = re.compile(r"[a-z][A-Z]|[A-Za-z][;'\"/\[\]{}<>?|=~`+^&#%)(]|[;'\"/\[{<>?|=~`^#][A-Za-z]|[\u00a1-\u00ff]")


def looks_like_krutidev(text: str, beside: str = "") -> bool:
    """Whether Latin characters are Hindi in Kruti Dev; `beside` is the same name in roman letters, where there is one.

    Every word must read as whole syllables of Devanagari, and the letters must follow each other as in Hindi rather
    than as in roman names; when the roman name is there, what sounds like it wins.
    """
    if not reads_as_hindi(text):
        return False
    read = unicode_of(text)
    if beside:
        plain, converted = same_name(text, beside), same_name(roman(read), beside)
        if max(plain, converted) >= POSSIBLE:
            return converted > plain
    hindi, english = _models()
    signed, plain, alone = _MARGINS
    margin = signed if _SIGN_OF_IT.search(text) else plain if len(text.split()) > 1 else alone
    return hindi.likeness(_BETWEEN.split(read)) > english.likeness(text.split()) + margin


def reads_as_hindi(text: str) -> bool:
    """Whether Latin characters, taken for Kruti Dev, make whole syllables; enough where the cells around are known."""
    if not any(c.isalpha() for c in text) or text.isupper() or any("\u0900" <= c <= "\u097f" for c in text):
        return False
    return all(map(_reads, text.split()))


@lru_cache(maxsize=20_000)
def _reads(typed: str) -> bool:
    return all(_is_word(word) for word in _BETWEEN.split(unicode_of(typed)) if word)


def _is_word(word: str) -> bool:
    joined = _BEGINNING.match(word)
    begins = joined is None or joined[2] in _BEGINNINGS.get(joined[1], "")
    return begins and _WORD.fullmatch(word) is not None


class _Model:
    """Which letter follows which in the words of names."""

    def __init__(self, words: list[str]) -> None:
        self.pairs = Counter(pair for word in words for pair in pairwise(f"^{word}$"))
        self.firsts = Counter(c for word in words for c in f"^{word}")

    def likeness(self, words: list[str]) -> float:
        """The logarithm of how likely one letter follows another, on the average of the words."""
        steps = [self._pair(a, b) for word in words if word for a, b in pairwise(f"^{word}$")]
        return sum(steps) / max(len(steps), 1)

    def _pair(self, a: str, b: str) -> float:
        seen = self.pairs[a, b]
        return math.log((seen + 0.1) / (self.firsts[a] + 10)) if self.firsts[a] else _RARE


_OFFICE_HINDI = (
    "अनुभाग अधिकारी समीक्षा सहायक उप सचिव संयुक्त विशेष प्रमुख निदेशक कार्यालय लिपिक आशुलिपिक पटल लेखाकार वाहन चालक चपरासी अनुसेवक "
    "वरिष्ठ कनिष्ठ मुख्य प्रशासनिक निजी चतुर्थ श्रेणी कर्मचारी तहसीलदार अभियंता अवर अध्यापक प्रवक्ता प्रधान पुरुष महिला स्त्री नाम पदनाम "
    "जन्म तिथि मोबाइल नम्बर संख्या क्रमांक पिता विभाग स्थापना सामान्य वित्त लेखा नियुक्ति सेवानिवृत्ति दिनांक लिंग ई-मेल आईडी कोड"
)
_OFFICE_ENGLISH = (
    "section officer review assistant under secretary joint special principal director office clerk steno "
    "accountant driver peon senior junior chief private grade employee engineer teacher lecturer male "
    "female name designation date birth mobile number email code department establishment general finance "
    "accounts typist stenographer daftari jamadar sweeper guard orderly fourth class head upper lower "
    "division superintendent reader registrar executive overseer draftsman tracer surveyor inspector "
    "headmaster professor doctor nurse pharmacist ward boy technician computer operator programmer data "
    "entry system analyst auditor cashier treasury deputy additional commissioner collector magistrate "
    "manager supervisor constable forest ranger late regular contract permanent temporary nil none "
    "general other home"
)


@cache
def _models() -> tuple[_Model, _Model]:
    hindi = [normalize("NFC", word) for word, _roman in name_words.pairs()]
    english = [(english or roman(word)).lower() for word, english in name_words.pairs()]
    capital = [word.capitalize() for word in english]
    return (
        _Model(hindi + _OFFICE_HINDI.split(" ")),
        _Model(english + capital + [word.upper() for word in english] + _OFFICE_ENGLISH.split(" ")),
    )


# And back, for tests and for showing how a word looks in an old sheet.

_TO_HALF: dict[str, str] = {}
for _key, _letter in _HALVES.items():
    _TO_HALF.setdefault(_letter, _key)
_TO_WHOLE: dict[str, str] = {}
for _key, _letter in _WHOLE.items():
    _TO_WHOLE.setdefault(_letter, _key)
_TO_SIGN = {sign: key for key, sign in reversed(list(_SIGNS.items())) if sign not in {_SHORT_I, _REPH}}
_AKSHARA = re.compile(f"(र{_VIRAMA}(?=[क-ह]))?({_CLUSTER}{_VIRAMA}?)({_MATRAS}|ृ)?([ंँः])?")


def krutidev_of(text: str) -> str:
    """Hindi in Unicode as it would have been typed for Kruti Dev 010."""
    text = normalize("NFD", normalize("NFC", text))
    out, place = [], 0
    while place < len(text):
        found = _AKSHARA.match(text, place)
        if found:
            out.append(_typed(found))
            place = found.end()
        else:
            out.append(_TO_SIGN.get(text[place], text[place]))
            place += 1
    return "".join(out)


def _typed(akshara: re.Match[str]) -> str:
    reph, cluster, matra, end = akshara.group(1), akshara.group(2), akshara.group(3) or "", akshara.group(4) or ""
    if cluster + matra in {"रु", "रू"}:
        body = _TO_WHOLE[cluster + matra]
    else:
        body = _typed_cluster(cluster)
        body = "f" + body if matra == "ि" else body + (_TO_SIGN[matra] if matra else "")
    return body + ("Z" if reph else "") + (_TO_SIGN[end] if end else "")


def _typed_cluster(cluster: str) -> str:
    out = ""
    while cluster:
        for length in range(len(cluster), 0, -1):
            piece, rest = cluster[:length], cluster[length:]
            typed = _typed_piece(piece, rest, after=out)
            if typed:
                out, cluster = out + typed, rest
                break
        else:
            out, cluster = out + _TO_SIGN.get(cluster[0], cluster[0]), cluster[1:]
    return out


def _typed_piece(piece: str, rest: str, *, after: str) -> str:
    """The keys for a part of a cluster, the longest that the font has; empty where it has none."""
    if piece == _VIRAMA + "र":
        return "ª" if after[-1:] in {"V", "B", "M", "<", "N"} else "z"
    letter = piece.rstrip(_VIRAMA + _NUKTA)
    dot = "+" if _NUKTA in piece else ""
    if piece not in {letter, letter + _VIRAMA, letter + _NUKTA, letter + _NUKTA + _VIRAMA} or rest.startswith(_NUKTA):
        return ""
    if piece.endswith(_VIRAMA):
        return _TO_HALF[letter] + dot if letter in _TO_HALF else _TO_WHOLE[letter] + "~" if letter in _TO_WHOLE else ""
    if rest.startswith(_VIRAMA):
        return _TO_WHOLE[letter] + dot if rest == _VIRAMA + "र" and letter in _TO_WHOLE else ""
    if letter in _TO_WHOLE:
        return _TO_WHOLE[letter] + dot
    return _TO_HALF[letter] + dot + "k" if letter in _TO_HALF else ""
