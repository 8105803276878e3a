"""Names by their sound: one key for a word in Devanagari or in roman letters, however it was spelt.

A word is read into phonemes (`phonemes`), one letter each, and these are folded into a key of lower-case letters:
consonants by class (v, w, b and bh are one; so are s, sh and ष; j, z and jh; an aspirate and its plain letter, but not
p and f), `i` for every front vowel, `u` for every back one, `a` only at the beginning and at the end, because nobody
can tell राम from रम in roman letters. So Sharma, Sarma and शर्मा are all "srma".

What holds for searching while one types: `sound_prefix(start)` is a prefix of `sound_key(word)` when `start` is how
`word` begins and does not break a letter that is written with several (p of ph, c of ch, i of ia, a of ai) nor ends in
an e that the following letters make silent (me of Mehta, see `_FOLDS`). One more letter typed sets it right.
"""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import pairwise
from unicodedata import category, normalize

KEY_LIMIT = 40

_VOWELS = "aAiIuUeEoO"

# Devanagari: the phonemes of letters. Short and long are kept apart until the fold.
_CONSONANTS = dict(zip("कखगघङचछजझञटठडढणतथदधनपफबभमयरलळवशषसह", "kKgGncCjJntTdDntTdDnpPbBmyrllvSSsh", strict=True))
_LETTERS = dict(zip("अआइईउऊएऐओऔऑऍऎऒ", "aAiIuUeEoOoeeo", strict=True)) | {"ऋ": "ri", "ॠ": "ri", "ॐ": "om"}
_SIGNS = dict(zip("ािीुूेैोौॉॅॆॊ", "AiIuUeEoOoeeo", strict=True)) | {"ृ": "ri", "ॄ": "ri"}
_VIRAMA = "\u094d"
# Two letters, or one with the nukta (decomposed), that have a sound of their own.
_JOINED = {"ज्ञ": "gy", "क्ष": "kS"} | {letter + "\u093c": said for letter, said in zip("डढकजफ", "rrqzf", strict=True)}
_NASALS = {"\u0902", "\u0901"}
_FLAPS = {"ड": "r", "ढ": "r"}  # between vowels they are spoken and romanised as r, with the nukta or without
_LABIALS = frozenset("pPbBm")

# A final conjunct that ends so is written with an -a in roman letters: Mishra, Satya, Krishna, Shukla, Gupta.
_SAID_A = re.compile(r"(?:[kKgGcCjJtTdDpPbBSshn][rylnmv]|[rlm]y|pt)$")

# Roman letters to phonemes, the longest first.
_ROMAN = {
    "ksh": "kS", "chh": "C", "cch": "c", "tch": "c", "dny": "gy", "gny": "gy", "kkh": "K", "ggh": "G", "tth": "T",
    "ddh": "D", "ssh": "S", "aai": "E", "aay": "Ay", "eei": "I", "iya": "iya", "qui": "qi", "que": "qe", "qua": "qa",
    "quo": "qo", "oui": "ui", "eau": "o",
    "sh": "S", "kh": "K", "gh": "G", "ch": "c", "jh": "J", "th": "T", "dh": "D", "ph": "P", "bh": "B", "zh": "z",
    "rh": "r", "wh": "v", "jn": "gy", "ck": "k", "qu": "qu", "aa": "A", "ee": "I", "ii": "I", "oo": "U", "uu": "U",
    "ai": "E", "ei": "E", "au": "O", "ou": "O", "ao": "av", "eo": "ev",
    "a": "a", "b": "b", "c": "k", "d": "d", "e": "e", "f": "f", "g": "g", "h": "h", "i": "i", "j": "j", "k": "k",
    "l": "l", "m": "m", "n": "n", "o": "o", "p": "p", "q": "q", "r": "r", "s": "s", "t": "t", "u": "u", "v": "v",
    "w": "v", "x": "kS", "y": "y", "z": "z",
}  # fmt: skip
_ROMAN_PIECE = re.compile("ow(?![aeiouy])|aw(?=[^aeiouyh])|" + "|".join(_ROMAN))
_ROMAN_ODD = {"ow": "O", "aw": "O"}


def _listed(*lines: str) -> list[str]:
    return [word for line in lines for word in line.split()]


# Short forms and words whose spelling says nothing of their sound; the value is the word they stand for.
_STANDS_FOR = {
    **dict.fromkeys(
        _listed("md mohd mhd mohmd mohmad mohamad mahomed mahommad mahammad mohammad muhammad"), "mohammad"
    ),
    **dict.fromkeys(("मो", "मु", "मोह", "मोहद"), "mohammad"),
    **dict.fromkeys(("kr", "kum", "kmr"), "kumar"),
    **dict.fromkeys(("pd", "prsd"), "prasad"),
    **dict.fromkeys(("singh", "sinh", "sing", "sng"), "singh"),
    **dict.fromkeys(("ch", "chy"), "chaudhary"),
    **dict.fromkeys(("km", "ku"), "kumari"),
    **dict.fromkeys(("jayaswal", "jayswal", "जायसवाल", "जयसवाल"), "jaiswal"),
}
# Short forms with which other names begin; while one types they are taken as written.
_BEGIN_OTHERS = frozenset(_listed("kr kum kmr pd ch chy km ku sinh sing मो मु मोह"))
# How the letters of the roman alphabet are written as initials in Devanagari: ए. के. शर्मा.
_LETTER_NAMES = dict(
    zip(
        _listed("ए बी सी डी ई एफ जी एच आई जे के एल एम एन ओ पी क्यू आर एस टी यू वी डब्लू डब्ल्यू एक्स वाई जेड"),
        "abcdefghijklmnopqrstuvwwxyz",
        strict=True,
    )
)
# An initial and the keys that its word may begin with, other than its own class.
_INITIAL_OF = {
    "a": "aiu", "e": "iay", "i": "ia", "o": "ua", "u": "uy", "c": "cks", "g": "gj", "z": "j", "q": "k", "x": "jks",
    "w": "v", "b": "v", "p": "pf", "f": "f", "y": "yi", "s": "s",
}  # fmt: skip

_HONORIFICS = frozenset(
    _listed(
        "dr doctor shri shree sri sree sh smt shrimati shreemati srimati km ku kum kumari mr mrs ms miss mx prof",
        "professor er engr adv advocate ca cs ips ias pcs ifs irs hon honble late lt col capt major brig gen retd",
        "sushri jr sr swargiya sardar sardarni श्री श्रीमती श्रीमति सुश्री कु कुमारी डॉ डा डाक्टर डॉक्टर स्व स्वर्गीय प्रो",
        "प्रोफेसर इं इंजी अधि एड janab मा माननीय जनाब सर्वश्री श्रीयुत",
    )
)
# These are names as well: they are honorifics only in front of another word.
_ALSO_NAMES = frozenset(
    _listed(
        "kumari km ku kum ca cs er sh gen major lt ch sardar hon late sr jr adv sri shri",
        "कुमारी कु मा",
    )
)

_MARKS = "\u0900-\u0903\u093a-\u094f\u0951-\u0957\u0962\u0963\u0300-\u036f\u200c\u200d"
_WORD = re.compile(rf"[^\W\d_](?:[{_MARKS}'’`]|[^\W\d_])*")
_SIGN = re.compile("[\u0901-\u0903\u093e-\u094d]")
# Typed for the mark of abbreviation in many offices: "मो0", "डा०".
_ZERO_FOR_DOT = re.compile(r"(?<=[\u0900-\u0963])[0०॰](?=\W|$|[\u0900-\u0963])")

_FOLDS: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern), put)
    for pattern, put in (
        (r"[aA][iIeE]", "E"),  # भाई, Bhai
        (r"[aA][uU]", "O"),  # राउत, Raut
        (r"[aA][oO]", "av"),  # राओ, Rao, राव
        (rf"[aA]y(?![{_VOWELS}])", "E"),  # Jay, Jai; जायसवाल, Jaiswal
        (rf"(?<=[iIeE])y(?![{_VOWELS}])", ""),  # Pandey, Pande
        (r"([iIeE])(?=[aAoOuU])", r"\1y"),  # Bhatia, Bhatiya
        (r"([oOuU])(?=[iIeE])", r"\1y"),  # Goel, Goyal
        (r"([oOuU])(?=[aA])", r"\1v"),  # Kuar, Kuwar
        (rf"([^{_VOWELS}y])y", r"\1iy"),  # Maurya, Mauriya
        (r"[iIeE]+(?=h)", "a"),  # Rehman, Rahman; Behari, Bihari
        (rf"e(?=r(?![{_VOWELS}y]))", "a"),  # Verma, Varma; Jitender
        (r"med$", "mad"),  # Ahmed, Ahmad
        (r"n(?=[pPbB])", "m"),
        (r"nh$", "nG"),  # Sinh, Singh
        (r"rh", "r"),  # गढ़वाल, Garhwal
        (r"(?<=...)([aA])h$", r"\1"),  # Abdullah, Abdulla
        (r"nd[ae]?r$", "ndrA"),  # Jitender, Jitendra, जितेन्द्र
    )
)
_CLASS = str.maketrans("kKqgGcCjJztTdDnpPfbBvmyrlsShiIeEuUoO", "kkkggccjjjttddnpffvvvmyrlsshiiiiuuuu")


def phonemes(word: str, *, doubled: bool = False) -> str:
    """The sounds of one word, a letter each; vowels a A i I u U e E o O. Empty where there is no known letter.

    Letters that are doubled in roman spelling count once, unless `doubled`.
    """
    word = normalize("NFC", word).casefold()
    if any("\u0900" <= c <= "\u097f" for c in word):
        return _of_devanagari(word)
    return _of_roman(word, doubled=doubled)


@lru_cache(maxsize=20_000)
def sound_key(word: str) -> str:
    """One key for the word in either script. Empty for a word without letters; other scripts are folded as written."""
    known = _STANDS_FOR.get(_plain(word), word)
    said = phonemes(known)
    if not said:
        return "".join(c for c in _plain(known) if c.isalpha())[:KEY_LIMIT]
    return _key(said)[:KEY_LIMIT]


def sound_prefix(start: str) -> str:
    """What the keys of words that begin so begin with; see the module for what holds."""
    start = _plain(start)
    if start in _STANDS_FOR and start not in _BEGIN_OTHERS:
        return sound_key(start)
    said = phonemes(re.sub(r"(?<=q)ue?$|(?<=n)h$|(?<=.)e$", "", start))
    key = _key(said)[:KEY_LIMIT] if said else sound_key(start)
    return key[:-1] if len(key) > 1 and key.endswith("a") else key


def name_words(text: str) -> list[str]:
    """The words of a name without honorifics, in their order. Initials are words of one letter."""
    text = _ZERO_FOR_DOT.sub(".", normalize("NFC", text))
    words = [word for found in _WORD.findall(text) if (word := _plain(found))]
    kept: list[str] = []
    for place, word in enumerate(words):
        if word in {"ji", "जी"} and kept and place == len(words) - 1:
            continue
        if word in _HONORIFICS and not (word in _ALSO_NAMES and (kept or place == len(words) - 1)):
            continue
        kept.append("कुमार" if word == "कु" else word)  # in the middle of a name it is short for कुमार
    return kept


def honorific(word: str) -> bool:
    """Whether the word is a title and no part of the name ("Shri", "डॉ.", "Late")."""
    return _plain(word) in _HONORIFICS


def sound_keys(text: str) -> list[str]:
    """The keys of the words of a name, in order, without honorifics and initials."""
    return [sound_key(word) for word in name_words(text) if not is_initial(word)]


@lru_cache(maxsize=20_000)
def is_initial(word: str) -> bool:
    """A. or ए. or एस.: one letter that stands for a word."""
    word = _plain(word)
    bare = [c for c in word if not category(c).startswith("M")]
    short = len(bare) == 1 and not _NASALS & set(word)  # but खां is Khan
    return (short or word in _LETTER_NAMES) and word not in _STANDS_FOR


@lru_cache(maxsize=20_000)
def _plain(word: str) -> str:
    """Folded for comparing as written: lower case, no accents, nukta, joiners, points or apostrophes."""
    text = normalize("NFD", word.casefold())
    return normalize(
        "NFC", "".join(c for c in text if c.isalpha() or "\u0901" <= c <= "\u0903" or "\u093e" <= c <= "\u094d")
    )


def _of_roman(word: str, *, doubled: bool) -> str:
    letters = "".join(c for c in normalize("NFKD", word) if "a" <= c <= "z")
    letters = re.sub(r"o([rs])e$", r"o\1", letters)  # Rathore, Bose
    if not doubled:
        letters = re.sub(r"([bcdfghjklmnpqrstvwxyz])\1+", r"\1", letters)
    said = "".join(_piece(match) for match in _ROMAN_PIECE.finditer(letters))
    return re.sub(rf"(?<=[^{_VOWELS}])y$|(?<=[^{_VOWELS}])y(?=[^{_VOWELS}])", "i", said)


def _piece(match: re.Match[str]) -> str:
    piece = match.group()
    if piece == "x" and match.start() == 0:
        return "j"
    if piece == "jn":  # Jnan, Prajna, but Rajni
        return "gy" if match.start() == 0 or match.string[: match.start()] in {"pra", "ya", "vi"} else "jn"
    if piece == "c":
        return "c" if match.end() == len(match.string) else "s" if match.string[match.end()] in "eiy" else "k"
    return _ROMAN_ODD.get(piece) or _ROMAN[piece]


def _of_devanagari(word: str) -> str:
    syllables = _syllables(word)
    _drop_schwas(syllables)
    return "".join(onset + vowel for onset, vowel, _written in syllables)


def _syllables(word: str) -> list[list[str]]:
    """[consonants, vowel, written]: the vowel "a" is the inherent one when `written` is empty."""
    found: list[list[str]] = []
    open_onset = False  # the last consonant waits for its vowel
    for c in _merged(word):
        if c in _CONSONANTS or c in _JOINED:
            said = _JOINED.get(c) or _CONSONANTS[c]
            if c in _FLAPS and found and not open_onset and found[-1][1] and found[-1][2] != "n":
                said = _FLAPS[c]
            if open_onset:
                found[-1][0] += said
            else:
                found.append([said, "a", ""])
            open_onset = False
            if found[-1][1] == "":
                found[-1][1] = "a"
        elif c == _VIRAMA and found:
            open_onset, found[-1][1] = True, ""
        elif c in _SIGNS and found:
            found[-1][1], found[-1][2] = _SIGNS[c], "v"
            open_onset = False
        elif c in _LETTERS:
            found.append(["", _LETTERS[c], "v"])
            open_onset = False
        elif c in _NASALS and found:
            found[-1][1] += "~"
            found[-1][2] = "n"
            open_onset = False
    return _nasals_said(found)


def _merged(word: str) -> list[str]:
    """The characters, with ज्ञ, क्ष and the letters with a nukta as one; other nuktas and joiners dropped."""
    text = normalize("NFD", word)
    text = re.sub("[\u200c\u200d\u093d\u0903]", "", text)
    return re.findall("ज\u094dञ|क\u094dष|[डढकजफ]\u093c|[^\u093c]", text)


def _nasals_said(found: list[list[str]]) -> list[list[str]]:
    """The anusvara as m before labials, ng in सिंह, n elsewhere."""
    for place, syllable in enumerate(found):
        if "~" not in syllable[1]:
            continue
        following = found[place + 1] if place + 1 < len(found) else ["", "", ""]
        nasal = "m" if following[0][:1] in _LABIALS and following[0][:1] else "n"
        if following[0] == "h" and not (following[1] == "A" and place + 2 == len(found)):
            following[0], nasal = "G", "n"
        syllable[1] = syllable[1].replace("~", "") + nasal
    return found


def _drop_schwas(syllables: list[list[str]]) -> None:
    """The inherent vowels that are written and not spoken: the last one, and in vowel-consonant-_-consonant-vowel."""
    if not syllables:
        return
    last = syllables[-1]
    if len(syllables) > 1 and last[1:] == ["a", ""]:
        last[1] = "A" if _SAID_A.search(last[0]) else ""
    for place in range(len(syllables) - 2, 0, -1):
        before, here, after = syllables[place - 1], syllables[place], syllables[place + 1]
        bare = here[1:] == ["a", ""] and len(here[0]) == 1 and before[1] and before[1][-1] in _VOWELS
        if bare and len(after[0]) == 1 and after[1] and here[0] != after[0] and not _keeps_schwa(here, after):
            here[1] = ""


def _keeps_schwa(here: list[str], after: list[str]) -> bool:
    return here[0] in "vpm" and after[0] == "t" and after[1] in "iI"  # भगवती, गणपति, सुमति


def _key(said: str) -> str:
    for pattern, put in _FOLDS:
        said = pattern.sub(put, said)
    # Letters doubled by the fold become one: those that touch in speech, not those that only lose an a between them.
    key = ("a" if said[0] in "aA" else "") + _undouble(said.translate(_CLASS))
    if len(said) > 1 and said[-1] in "aA" and said[-2].translate(_CLASS) != "v":  # Srivastav, Srivastava
        key += "a"
    key = re.sub(r"(?<=.)dur", "dr", key)  # Choudhury, चौधरी
    return re.sub(r"(?<=y)[iy]+", "", key)


def _undouble(text: str) -> str:
    out = [text[:1]] + [b for a, b in pairwise(text) if a != b]
    return re.sub(r"([iu])\1+", r"\1", "".join(c for c in out if c not in "aA"))


# Comparing whole names

LIKELY = 0.85  # from here on two names are taken for one person's when something else agrees too
POSSIBLE = 0.7

# Words that many people share: they say little, and are left out as often as not.
_FILLERS = frozenset(
    map(
        sound_key,
        _listed(
            "kumar kumari singh devi lal prasad ram chand chandra nath bai begum khatun bano mohammad rani dev das kaur"
        ),
    )
)
_LEFT_OUT = 0.35  # what a word weighs that only one of the two names has
_AGAINST = 1.5  # what it weighs when both have words that the other has not
_SAME_WORD = 0.7  # below this two words are two words
_INITIAL_SAYS = 0.5
_STRICT = 1.6  # a letter in five makes another word
_DOUBT = 2.5  # what a word's unlikeness weighs against its likeness


def same_name(one: str, other: str) -> float:
    """How likely the two are one name, 0 to 1: across scripts and spellings, in any order, with initials.

    See `LIKELY` and `POSSIBLE`. A surname that is missing takes little away, one that contradicts takes much.
    """
    mine, theirs = name_words(one), name_words(other)
    if not mine or not theirs:
        return 0.0
    if not any(map(is_initial, mine)) and list(map(sound_key, mine)) == list(map(sound_key, theirs)):
        return 1.0
    return max(_match(left, right) for left, right in _joined(mine, theirs))


def _joined(mine: list[str], theirs: list[str]) -> list[tuple[list[str], list[str]]]:
    """The two as written, and with neighbours written as one: Ram Prasad, Ramprasad."""
    pairs = [(mine, theirs)]
    for words, others, swap in ((mine, theirs, False), (theirs, mine, True)):
        known = {sound_key(word) for word in others}
        for place in range(len(words) - 1):
            glued = words[place] + words[place + 1]
            if sound_key(glued) in known:
                better = [*words[:place], glued, *words[place + 2 :]]
                pairs.append((others, better) if swap else (better, others))
    return pairs


def _match(mine: list[str], theirs: list[str]) -> float:
    scored = sorted(
        ((word_likeness(a, b), -abs(i - j), i, j) for i, a in enumerate(mine) for j, b in enumerate(theirs)),
        reverse=True,
    )
    left, right = set(range(len(mine))), set(range(len(theirs)))
    agreed = doubted = 0.0
    whole = False  # at least one word of some weight, not an initial, agrees
    for score, _distance, i, j in scored:
        if score < _SAME_WORD or i not in left or j not in right:
            continue
        left.remove(i)
        right.remove(j)
        weight = min(_weight(mine[i]), _weight(theirs[j]))
        agreed += weight * score
        doubted += weight * (1 - score)
        whole = whole or not (is_initial(mine[i]) or is_initial(theirs[j]))
    if not whole:
        return 0.0
    ours, yours = sum(_weight(mine[i]) for i in left), sum(_weight(theirs[j]) for j in right)
    against = 2 * min(ours, yours) * _AGAINST
    return agreed / (agreed + _DOUBT * doubted + against + abs(ours - yours) * _LEFT_OUT)


def _weight(word: str) -> float:
    if is_initial(word):
        return _INITIAL_SAYS
    return 0.5 if sound_key(word) in _FILLERS else 1.0


@lru_cache(maxsize=50_000)
def word_likeness(one: str, other: str) -> float:
    """How alike two words sound, 0 to 1; an initial is like every word that begins with it."""
    if is_initial(one) or is_initial(other):
        return _initial_likeness(one, other)
    key, other_key = sound_key(one), sound_key(other)
    if key == other_key:
        return 1.0
    if not key or not other_key:
        return 0.0
    return max(0.0, 1 - _STRICT * _distance(key, other_key) / max(len(key), len(other_key), 4))


def _initial_likeness(one: str, other: str) -> float:
    one, other = (_LETTER_NAMES.get(_plain(word), _plain(word)) for word in (one, other))
    if is_initial(other) and not is_initial(one):
        one, other = other, one
    if one[:1] == other[:1]:
        return 0.95
    starts = _INITIAL_OF.get(one, sound_key(one)[:1])
    return 0.9 if sound_key(other)[:1] in starts and sound_key(other) else 0.0


# What it costs to take one letter of a key for the other, when less than one.
_NEAR = {
    frozenset(pair): cost
    for cost, pairs in (
        (0.3, "iy uv"),
        (0.4, "dr pf"),
        (0.6, "td cs jy"),
        (0.7, "rl kg pv cj js nm iu fv"),
        (0.8, "gj"),
    )
    for pair in pairs.split()
}
_LOSE = {"a": 0.6, "i": 0.5, "u": 0.5, "y": 0.5, "h": 0.4}


@lru_cache(maxsize=50_000)
def _distance(one: str, other: str) -> float:
    """The cheapest way to turn one key into the other, letter by letter."""
    row = [0.0]
    for c in other:
        row.append(row[-1] + _LOSE.get(c, 1.0))
    for a in one:
        above, row = row, [row[0] + _LOSE.get(a, 1.0)]
        for place, b in enumerate(other):
            change = 0.0 if a == b else _NEAR.get(frozenset((a, b)), 1.0)
            row.append(min(above[place] + change, above[place + 1] + _LOSE.get(a, 1.0), row[place] + _LOSE.get(b, 1.0)))
    return row[-1]
