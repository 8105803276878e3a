"""Finding what a clerk means: a section, a designation, an office, by code or name, in either script and spelling.

Plain values in and out; nothing here asks the database.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import lru_cache
from typing import Generic, TypeVar

from eoffice.core.search import search_key
from eoffice.core.sound import sound_key, word_likeness

Thing = TypeVar("Thing")

# From here on a spelling is taken for the name; the runner-up must be this much further away.
LIKE_ENOUGH = 0.86
CLEARLY = 0.06
# Shorter texts are too little to know a name by.
FEW_LETTERS = 3
# Below this nothing is even suggested.
WORTH_SAYING = 0.52

_SHORT = {
    "asst": "assistant", "astt": "assistant", "assit": "assistant", "asstt": "assistant", "jr": "junior",
    "sr": "senior", "dy": "deputy", "addl": "additional", "supdt": "superintendent", "suptd": "superintendent",
    "supt": "superintendent", "offr": "officer", "ofcr": "officer", "secy": "secretary", "secretery": "secretary",
    "dept": "department", "deptt": "department", "admn": "administration", "admin": "administration", "genl": "general",
    "gen": "general", "fin": "finance", "acctt": "accountant", "acctts": "accounts", "accts": "accounts",
    "registery": "registry", "sec": "section", "sect": "section", "govt": "government", "ofc": "office",
    "jt": "joint", "spl": "special", "asstts": "assistants", "prin": "principal", "chf": "chief", "exec": "executive",
    "estt": "establishment", "estb": "establishment", "estab": "establishment", "engr": "engineer",
    "engg": "engineering", "supervisior": "supervisor", "steno": "stenographer",
}  # fmt: skip
# Words that say only what kind of unit it is; they are written and left out as one likes.
KIND = frozenset(
    "section unit cell branch office the of no anubhag अनुभाग कक्ष प्रकोष्ठ शाखा कार्यालय संख्या सं".split()  # noqa: SIM905 - a list to read
)
# Designations are all told by their words, but for these.
LITTLE = frozenset({"of", "the"})
_MARK = re.compile(r"(?<=[\u0900-\u0963])[0oO०॰](?![\w\u0900-\u097f])")  # अधि०, अधिo: cut short
_BOTH = re.compile(r"\s*[·/|]\s*")
_PIECE = re.compile(r"[0-9]+|[^\W\d_](?:[^\W\d_]|[\u0900-\u0903\u093a-\u094f\u0951-\u0957\u0962\u0963'’])*")


@dataclass(frozen=True, slots=True)
class Found(Generic[Thing]):
    """What the text means. Not `certain`: by its spelling only. Without a thing, `closest` is what it may have been.

    `several` are those that the text means equally well.
    """

    thing: Thing | None
    certain: bool = True
    closest: Thing | None = None
    several: tuple[Thing, ...] = ()


def fold_code(text: str) -> str:
    """Codes are compared without regard to case, script of digits, hyphens and spaces: GAD 3, gad-३."""
    return "".join(c for c in search_key(text) if c.isalnum() or "\u0900" <= c <= "\u097f")


def pieces(text: str) -> tuple[str, ...]:
    """Words and numbers of a name, abbreviations written out."""
    return tuple(_SHORT.get(word, word.lstrip("0") or "0") for word in _PIECE.findall(search_key(_MARK.sub(" ", text))))


@lru_cache(maxsize=20_000)
def _sounds(text: str) -> tuple[str, ...]:
    return tuple(word if word.isdecimal() else sound_key(word) or word for word in pieces(text))


@lru_cache(maxsize=20_000)
def _bare(text: str, kind: frozenset[str] = KIND) -> tuple[str, ...]:
    """The sounds in any order, without the words that say only what kind of thing it is."""
    return tuple(sorted(_sounds(" ".join(word for word in pieces(text) if word not in kind))))


@lru_cache(maxsize=50_000)
def likeness(one: str, other: str) -> float:
    """How alike two names read, 0 to 1. Numbers must agree: section 3 is never section 7."""
    mine, theirs = list(pieces(one)), list(pieces(other))
    if not mine or not theirs or sorted(filter(str.isdecimal, mine)) != sorted(filter(str.isdecimal, theirs)):
        return 0.0
    total = len(mine) + len(theirs)
    agreed = 0.0
    for word in mine:
        scores = [(1.0 if word == by else _alike(word, by), place) for place, by in enumerate(theirs)]
        if scores and max(scores)[0] >= 0.6:  # noqa: PLR2004 - below this two words are two words
            score, place = max(scores)
            agreed += 2 * score
            theirs.pop(place)
    return agreed / total


def _telling(text: str, kind: frozenset[str]) -> tuple[str, ...]:
    """The words in their order, without those that say only what kind of unit it is (unless it has no others)."""
    words = pieces(text)
    return tuple(word for word in words if word not in kind) or words


def _as_one(words: tuple[str, ...]) -> str:
    """Written as one word, vowels joined: समीक्षाधिकारी for समीक्षा अधिकारी."""
    return re.sub("ा?अधिकारी", "ाधिकारी", "".join(words))


def _begin(asked: tuple[str, ...], words: tuple[str, ...]) -> bool:
    """Whether each word asked for is the word, or begins it; the first letter alone says too little."""
    return len(asked) == len(words) and all(
        mine == own or (len(mine) > 1 and not mine.isdecimal() and own.startswith(mine))
        for mine, own in zip(asked, words, strict=True)
    )


def _alike(word: str, other: str) -> float:
    if word.isdecimal() or other.isdecimal():
        return 0.0
    return max(word_likeness(word, other), SequenceMatcher(None, word, other).ratio())


class Finder(Generic[Thing]):
    """Things by their codes and names. What was asked once is remembered: a sheet says the same a hundred times."""

    def __init__(
        self, things: Iterable[tuple[Thing, Sequence[str], Sequence[str]]], *, kind: frozenset[str] = KIND
    ) -> None:
        self._kind = kind
        self._codes: dict[str, list[Thing]] = defaultdict(list)
        self._names: dict[str, list[Thing]] = defaultdict(list)
        self._sounding: dict[tuple[str, ...], list[Thing]] = defaultdict(list)
        self._bare: dict[tuple[str, ...], list[Thing]] = defaultdict(list)
        self._every: list[tuple[Thing, tuple[str, ...], tuple[str, ...]]] = []
        self._words: list[tuple[Thing, list[tuple[str, ...]]]] | None = None
        self._asked: dict[str, Found[Thing]] = {}
        for thing, codes, names in things:
            own_codes, own_names = tuple(filter(None, codes)), tuple(filter(None, names))
            self._every.append((thing, own_codes, own_names))
            for code in own_codes:
                _put(self._codes[fold_code(code)], thing)
            for name in own_names:
                _put(self._names[search_key(name)], thing)
                _put(self._sounding[_sounds(name)], thing)
                _put(self._bare[_bare(name, kind)], thing)

    def __iter__(self) -> Iterator[Thing]:
        return iter(thing for thing, _codes, _names in self._every)

    def find(self, text: str) -> Found[Thing]:
        """The thing that the text means, or what comes closest to it."""
        if text not in self._asked:
            self._asked[text] = self._in_parts(text, self._find(text))
        return self._asked[text]

    def _in_parts(self, text: str, whole: Found[Thing]) -> Found[Thing]:
        """Code and name, or both scripts, in one cell: "GAD-3 · General Section", "Secretary / सचिव"."""
        if whole.thing is not None and whole.certain:
            return whole
        parts = [found for part in _BOTH.split(text) if part != text and (found := self._find(part)).certain]
        things = {id(found.thing): found for found in parts if found.thing is not None}
        return things.popitem()[1] if len(things) == 1 else whole

    def _find(self, text: str) -> Found[Thing]:
        bare = _bare(text, self._kind)
        words = bool(bare) and not all(map(str.isdecimal, bare))
        ways = (
            self._codes.get(fold_code(text)),
            self._names.get(search_key(text)),
            self._sounding.get(_sounds(text)),
            self._codes.get("".join(word for word in pieces(text) if word not in self._kind)),
            self._bare.get(bare) if words else None,
        )
        for things in ways:
            if things and len(things) == 1:
                return Found(things[0])
            if things:
                return Found(None, closest=things[0], several=tuple(things))
        if bare and not words:
            return self._by_number(bare)
        return self._by_beginnings(text) or self._by_spelling(text)

    def _by_beginnings(self, text: str) -> Found[Thing] | None:
        """Words cut short, in their order: "अनु० अधिकारी", "Rev. Officer"; the number of a unit may be left out.

        Also words written as one: उपनिदेशक for उप निदेशक.
        """
        asked = _telling(text, self._kind)
        if not asked or len("".join(asked)) < FEW_LETTERS:
            return None
        numbered = any(map(str.isdecimal, asked))
        alike: list[Thing] = []
        for thing, every in self._told():
            for words in every:
                bare = words if numbered else tuple(word for word in words if not word.isdecimal())
                if _begin(asked, bare) or _as_one(asked) == _as_one(bare):
                    _put(alike, thing)
        if len(alike) == 1:
            return Found(alike[0], certain=False)
        return Found(None, closest=alike[0], several=tuple(alike)) if alike else None

    def _told(self) -> list[tuple[Thing, list[tuple[str, ...]]]]:
        """The words of all names; made when they are first asked for."""
        if self._words is None:
            self._words = [
                (thing, [_telling(name, self._kind) for name in names]) for thing, _codes, names in self._every
            ]
        return self._words

    def _by_number(self, numbers: tuple[str, ...]) -> Found[Thing]:
        """The one thing whose name has this number: "Section 3", or only 3."""
        alike = [
            thing
            for thing, _codes, names in self._every
            if any(tuple(filter(str.isdecimal, _bare(name))) == numbers for name in names)
        ]
        if len(alike) == 1:
            return Found(alike[0], certain=False)
        return Found(None, closest=alike[0] if alike else None, several=tuple(alike))

    def _by_spelling(self, text: str) -> Found[Thing]:
        scored = sorted(
            (
                (max((likeness(text, name) for name in names), default=0.0), place)
                for place, (_thing, _codes, names) in enumerate(self._every)
            ),
            key=lambda one: (-one[0], one[1]),
        )
        best = scored[0] if scored else (0.0, 0)
        second = scored[1][0] if len(scored) > 1 else 0.0
        if best[0] >= LIKE_ENOUGH and best[0] - second >= CLEARLY:
            return Found(self._every[best[1]][0], certain=False)
        return Found(None, closest=self._closest(text, best))

    def _closest(self, text: str, best: tuple[float, int]) -> Thing | None:
        """By name, or by code where the text looks more like one of those."""
        asked = fold_code(text)
        ratios = [
            (SequenceMatcher(None, asked, fold_code(code)).ratio(), -place)
            for place, (_thing, codes, names) in enumerate(self._every)
            for code in (*codes, *names)
        ]
        ratio, place = max(ratios, default=(0.0, 0))
        if max(ratio, best[0]) < WORTH_SAYING:
            return None
        return self._every[-place if ratio > best[0] else best[1]][0]


def _put(things: list[Thing], thing: Thing) -> None:
    if thing not in things:
        things.append(thing)
