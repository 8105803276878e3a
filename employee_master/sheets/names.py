"""The cell with a name: which script it is in, without titles, in the letters that people write."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from employee_master.sheets.cell import Cell
from employee_master.sheets.cells import TEXT_LIMIT, Cleaned, was_krutidev
from employee_master.sheets.lines import is_vacancy
from employee_master.sheets.messages import Problem, refused, said, warning
from employee_master.sheets.tidy import shown
from eoffice.core.krutidev import looks_like_krutidev, reads_as_hindi, unicode_of
from eoffice.core.sound import POSSIBLE, honorific, same_name

_LATIN, _HINDI = re.compile("[A-Za-z\u00c0-\u024f]"), re.compile("[\u0904-\u0939\u0958-\u0961]")
# "मो0", "डा०": typed for the mark of abbreviation.
_ZERO_FOR_DOT = re.compile("(?<=[\u0900-\u0963])[0oO०॰](?![0-9०-९A-Za-z])")
_FATHER = re.compile(
    r"[,\s(]+(?:[SDW]\s*[/.]\s*O\b|son of\b|daughter of\b|wife of\b|alias\b|@|(?:पुत्र|पुत्री|पत्नी|उर्फ)\s|आत्मज|सुपुत्र).*$",
    re.IGNORECASE,
)
_LATE = re.compile(r"(?:late\b|(?:स्व|स्वर्गीय)(?![\u0900-\u097f]))", re.IGNORECASE)
_BRACKETS = re.compile(r"\s*[(\[{].*?(?:[)\]}]|$)\s*")
_AFTER_COMMA = re.compile(
    r"\s*,\s*(?:I\.?A\.?S|P\.?C\.?S|I\.?P\.?S|I\.?F\.?S|आई\.?ए\.?एस|पी\.?सी\.?एस)\.?\s*$", re.IGNORECASE
)
_GOOD = re.compile("[^\\W\\d_](?:[^\\W\\d_]|[\u0900-\u0903\u093a-\u094f\u0962\u0963\u0300-\u036f\u200c\u200d .'-])*")
_RUN = re.compile(
    "[\u0900-\u0963\u200c\u200d][\u0900-\u0963\u200c\u200d .'-]*|[A-Za-z\u00c0-\u024f][A-Za-z\u00c0-\u024f .'-]*"
)
_SHORT = 2


@dataclass(frozen=True, slots=True)
class NameParts:
    """The name in the scripts that the cell had."""

    en: str = ""
    hi: str = ""


def clean_name(cell: Cell, field: str, *, beside: str = "", old_font: bool = False) -> Cleaned[NameParts]:
    """The name in one script or, when both stand in the cell, in both.

    `beside` is the name in roman letters from another column: it helps to tell Kruti Dev from roman. `old_font` says
    that most of the column is in it.
    """
    text = _ZERO_FOR_DOT.sub(".", shown(cell))
    latin, hindi = bool(_LATIN.search(text)), bool(_HINDI.search(text))
    if latin and not hindi and _is_old(text, beside, old_font=old_font):
        read = _cleaned(unicode_of(text), field)
        if isinstance(read, tuple):
            name, problems = read
            return Cleaned(NameParts(hi=name), (was_krutidev(field, shown(cell), name), *problems))
    if not (latin or hindi):
        return Cleaned(None, (_no_letters(text, field),))
    if is_vacancy(text):
        message = _("“%(text)s” is no name. A vacant post is entered with the posts, not in this sheet.")
        return Cleaned(None, (refused("post_vacant", field, said(message, text=text)),))
    if latin and hindi:
        return _both(text, field)
    read = _cleaned(text, field)
    if isinstance(read, Problem):
        return Cleaned(None, (read,))
    name, problems = read
    return Cleaned(NameParts(hi=name) if hindi else NameParts(en=name), problems)


def _is_old(text: str, beside: str, *, old_font: bool) -> bool:
    return looks_like_krutidev(text, beside) or (old_font and not beside and reads_as_hindi(text))


def _both(text: str, field: str) -> Cleaned[NameParts]:
    """राजेश कुमार (Rajesh Kumar); a roman title before a Hindi name is no second name."""
    runs = [run.strip(" -.") for run in _RUN.findall(text)]
    words = [run for run in runs if not all(honorific(word) for word in run.replace(".", " ").split())]
    hindi = [run for run in words if _HINDI.search(run)]
    latin = [run for run in words if _LATIN.search(run)]
    if len(hindi) > 1 or len(latin) > 1 or re.search("[A-Za-z][\u0900-\u097f]|[\u0900-\u097f][A-Za-z]", text):
        return Cleaned(None, (_mixed(text, field),))
    found: list[str] = []
    problems: tuple[Problem, ...] = ()
    for run in (" ".join(latin), " ".join(hindi)):
        read = _cleaned(run, field) if run else ("", ())
        if isinstance(read, Problem):
            return Cleaned(None, (read,))
        found.append(read[0])
        problems += read[1]
    if all(found) and same_name(*found) < POSSIBLE:
        return Cleaned(None, (_mixed(text, field),))
    return Cleaned(NameParts(en=found[0], hi=found[1]), problems)


def _mixed(text: str, field: str) -> Problem:
    message = _("“%(text)s” mixes Hindi and English letters within the name. Write each in its own column.")
    return refused("name_mixed", field, said(message, text=text[:60]))


def _cleaned(text: str, field: str) -> tuple[str, tuple[Problem, ...]] | Problem:
    """The name without titles, fathers and brackets, or why it is none."""
    bare = _AFTER_COMMA.sub("", text)
    cut, comma, _rest = _BRACKETS.sub(" ", _FATHER.sub("", bare)).strip(" ,;:-").partition(",")
    cut = _without_titles(cut)
    left_out = comma or _FATHER.search(bare) or [b for b in _BRACKETS.findall(bare) if not _is_title(b)]
    problem = next(_wrong_with(cut, text, field), None)
    if problem:
        return problem
    name = _spaced(cut)
    if _LATE.match(text):
        message = _("“%(text)s”: this says that the person has died. Is the row still needed?")
        return name, (warning("name_late", field, said(message, text=text[:80])),)
    if left_out:
        message = _("“%(text)s” was read as %(name)s; what does not belong to the name was left out.")
        return name, (warning("name_shortened", field, said(message, text=text[:80], name=name), name),)
    return name, ()


def _wrong_with(cut: str, text: str, field: str) -> Iterator[Problem]:
    good = _GOOD.fullmatch(cut)
    strange = [] if good else sorted({c for c in cut if not _GOOD.fullmatch("a" + c)})
    if re.search(r"\d", cut) or not (strange or good):
        yield _no_letters(text, field)
    if strange:
        message = _("“%(text)s” has signs that no name has: %(signs)s")
        yield refused("name_odd_sign", field, said(message, text=text[:60], signs=" ".join(strange)))
    if any(c.isalpha() and not (_LATIN.match(c) or "\u0900" <= c <= "\u097f") for c in cut):
        message = _("“%(text)s” is neither in Hindi nor in English letters.")
        yield refused("name_script", field, said(message, text=text[:60]))
    if sum(c.isalpha() for c in cut) < _SHORT:
        yield refused("name_too_short", field, said(_("“%(text)s” is too short for a name."), text=text))
    if len(cut) > TEXT_LIMIT:
        message = _("The name has %(length)s characters; %(limit)s fit here.")
        yield refused("too_long", field, said(message, length=len(cut), limit=TEXT_LIMIT))


def _is_title(bracket: str) -> bool:
    return all(honorific(word) for word in re.findall(r"[^\W\d_][\w\u0900-\u097f]*", bracket))


def _without_titles(text: str) -> str:
    words = re.sub(r"(?<=[^\W\d_])\.(?=[^\s.])", ". ", text).split()
    while len(words) > 1 and honorific(words[0].strip(".,()")):
        words.pop(0)
    while len(words) > 1 and words[-1].strip(".,").casefold() in {"ji", "जी", "ias", "pcs", "ips", "retd"}:
        words.pop()
    return " ".join(words)


def _spaced(text: str) -> str:
    """A. K. Sharma for A.K.SHARMA; capitals only where the cell has nothing but capitals or none."""
    words = text.replace(" .", ".").rstrip("-' ").split()
    name = " ".join(words)
    return " ".join(map(_capitalised, words)) if name.isupper() or name.islower() else name


def _capitalised(word: str) -> str:
    letters = word.rstrip(".").lower()
    if len(letters) == _SHORT and letters.isascii() and letters not in {"md", "om", "kr"} and letters[1] not in "aeiou":
        return word.upper()  # AK Sharma
    return re.sub(r"(?<![^\W\d_'])[^\W\d_]", lambda c: c.group().title(), word.lower())


def _no_letters(text: str, field: str) -> Problem:
    message = _("“%(text)s” can't be a name; a name has letters only.")
    return refused("name_not_letters", field, said(message, text=text[:60]))
