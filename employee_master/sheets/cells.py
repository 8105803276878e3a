"""One cell: what it says, cleaned, and what is wrong with it. Nothing here raises for what a sheet may hold."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches
from typing import Generic, TypeVar

from django.utils.translation import gettext_lazy as _

from employee_master.sheets.cell import Cell, CellError
from employee_master.sheets.days import read_day, written
from employee_master.sheets.headings import fold
from employee_master.sheets.messages import Problem, Severity, refused, said, warning
from employee_master.sheets.parts import UNCALCULATED
from employee_master.sheets.tidy import WHOLE, digits, letters_lost, shown
from eoffice.core.errors import BadInput, Text
from eoffice.core.krutidev import looks_like_krutidev, reads_as_hindi, unicode_of
from eoffice.core.text import clean_line

T = TypeVar("T")

CODE_LIMIT = 30
EMAIL_LIMIT = 254
TEXT_LIMIT = 200
MOBILE_DIGITS = 10
YOUNGEST, USUAL_LAST, OLDEST = 18, 65, 70

# What people write into a cell to say that there is nothing.
_NOTHING = re.compile(
    r"[-–—_.*/\\?]*|n\.?/?a\.?|nil|null|none|not available|not known|शून्य|निरंक|उपलब्ध नहीं|अनुपलब्ध|नहीं|x+", re.IGNORECASE
)
# What a program makes of a whole number in a column of text: 104.0.
_POINT_NOUGHT = re.compile(r"(?<=\d)\.0+(?!\d)")
_DAMAGED = re.compile(r"\d(?:[.,]\d+)?E\+\d+", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Cleaned(Generic[T]):
    """`value` is None where the cell is empty or refused."""

    value: T | None = None
    problems: tuple[Problem, ...] = ()

    @property
    def is_refused(self) -> bool:
        return any(problem.severity is Severity.REFUSED for problem in self.problems)


def is_empty(cell: Cell) -> bool:
    """Nothing, or a sign for nothing. Question marks for lost letters are something."""
    text = shown(cell)
    return not text or (not letters_lost(text) and _NOTHING.fullmatch(text) is not None)


def unusable(cell: Cell, field: str) -> Problem | None:
    """What makes a cell worthless whatever its column: a failed formula, letters lost, digits lost."""
    if isinstance(cell, CellError):
        if cell.shown == UNCALCULATED:
            message = _("The cell holds a formula without its result. Open the sheet in Excel, save it and send that.")
            return refused("formula_uncalculated", field, message)
        message = _("The cell shows %(text)s because its formula failed. Type the value itself.")
        return refused("cell_error", field, said(message, text=cell.shown))
    text = shown(cell)
    if letters_lost(text):
        message = _("Only question marks are left of the Hindi letters. Save the sheet as .xlsx or CSV UTF-8 instead.")
        return refused("letters_lost", field, message)
    if ("+" in text and _DAMAGED.search(digits(text))) or (isinstance(cell, float) and abs(cell) >= WHOLE):
        message = _(
            "The sheet has shortened the number to %(text)s, so digits are lost. "
            "Format the column as text and type it anew."
        )
        return refused("number_damaged", field, said(message, text=text))
    return None


_CODED = re.compile(r"[A-Za-z]{1,8} ?[-–/.]? ?\d+[A-Za-z]?")  # dse2, gad-3: the code of a section


def clean_text(cell: Cell, field: str, *, limit: int = TEXT_LIMIT, old_font: bool = False) -> Cleaned[str]:
    """Designation, section, post, office: clean text, Kruti Dev read as Unicode. `old_font`: most of the column is."""
    text = shown(cell)
    problems: list[Problem] = []
    if not _CODED.fullmatch(text) and (looks_like_krutidev(text) or (old_font and reads_as_hindi(text))):
        was, text = text, unicode_of(text)
        problems.append(was_krutidev(field, was, text))
    return _limited(text, field, limit, problems)


def clean_number(cell: Cell, field: str) -> Cleaned[str]:
    """Number of an order: as it stands."""
    return _limited(shown(cell), field, TEXT_LIMIT, [])


def was_krutidev(field: str, was: str, text: str) -> Problem:
    message = _("“%(was)s” is typed in an old Hindi font (Kruti Dev). It was read as “%(text)s”; check it.")
    return warning("krutidev", field, said(message, was=was, text=text), text)


def _limited(text: str, field: str, limit: int, problems: list[Problem]) -> Cleaned[str]:
    try:
        return Cleaned(clean_line(text, field=field, limit=limit), tuple(problems))
    except BadInput as refusal:
        return Cleaned(None, (*problems, refused(refusal.code, field, refusal.message)))


def clean_code(cell: Cell) -> Cleaned[str]:
    text = digits(shown(cell)).replace(" ", "")
    text = _POINT_NOUGHT.sub("", text) if text.replace(".", "", 1).isdecimal() else text
    if text and not any(c.isalnum() for c in text):
        return Cleaned(None, (refused("code_empty", "code", said(_("“%(text)s” is no code."), text=text)),))
    return _limited(text, "code", CODE_LIMIT, [])


# Mobile numbers

_LISTED = re.compile(r"\s*(?:[,;/&|\n]|\band\b|\bor\b|व|एवं|तथा)\s*")
_RUN_ON = re.compile(r"(?<!\d)(?:\+?91[- ]?|0)?([6-9]\d{9})(?!\d)")  # two of them with only a space between
_SAME_DIGIT = re.compile(r"(\d)\1{9}|0?1234567890")


def clean_mobile(cell: Cell) -> Cleaned[str]:
    """Ten digits. Of several numbers in the cell the first that can be one, with a warning."""
    text = _POINT_NOUGHT.sub("", digits(shown(cell)))
    numbers = [number for part in _LISTED.split(text) if (number := re.sub(r"\D", "", part))]
    good = [number for number in map(_bare_mobile, numbers) if number] or _run_on(text)
    good = good or [number for number in [_bare_mobile("".join(numbers))] if number]  # 98,765,00050
    if good:
        note = warning(
            "several_numbers", "mobile", said(_("Several numbers are given; %(first)s was taken."), first=good[0])
        )
        return Cleaned(good[0], (note,) if len(set(good)) > 1 else ())
    return Cleaned(None, (_bad_mobile(text, "".join(numbers)),))


def _run_on(text: str) -> list[str]:
    """Several numbers with only a space between; nothing where other digits remain (+977 98…)."""
    found = [number for number in _RUN_ON.findall(text) if _bare_mobile(number)]
    return [] if re.search(r"\d", _RUN_ON.sub("", text)) else found


def _bare_mobile(number: str) -> str:
    for prefix in ("0091", "091", "91", "0"):
        if len(number) == MOBILE_DIGITS + len(prefix) and number.startswith(prefix):
            number = number[len(prefix) :]
            break
    return number if re.fullmatch(r"[6-9]\d{9}", number) and not _SAME_DIGIT.fullmatch(number) else ""


def _bad_mobile(text: str, number: str) -> Problem:
    if not number:
        return refused("not_a_mobile", "mobile", said(_("“%(text)s” is no mobile number."), text=text[:40]))
    if _SAME_DIGIT.fullmatch(number):
        return refused("mobile_invented", "mobile", said(_("%(number)s is no real number."), number=number))
    if len(number) != MOBILE_DIGITS:
        message = _("Has %(count)s digits; a mobile number has 10.")
        return refused("mobile_length", "mobile", said(message, count=len(number)))
    message = _("A mobile number begins with 6, 7, 8 or 9; this one begins with %(digit)s. Perhaps it is a landline.")
    return refused("mobile_start", "mobile", said(message, digit=number[0]))


# E-mail

_ADDRESS = re.compile(r"[a-z0-9](?:[a-z0-9._%+'-]*[a-z0-9_])?@(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)*[a-z0-9][a-z0-9-]*")
_AT = re.compile(r"\s*(?:\[\s*at\s*\]|\(\s*at\s*\)|\{\s*at\s*\}|<\s*at\s*>|\s+at\s+|_at_|＠)\s*")
_DOT = re.compile(r"\s*(?:\[\s*dot\s*\]|\(\s*dot\s*\)|\{\s*dot\s*\}|\s+dot\s+)\s*")
_SURELY_BETWEEN = re.compile(r"[;|\n]|,\s|\s/\s|/(?=[^/]*@)")
_BETWEEN = re.compile(rf"{_SURELY_BETWEEN.pattern}|,(?=[^,@]*@)|(?<=[a-z])\s+(?=[^\s@]+@)|\s(?:and|or|व|तथा)\s")
_NAMED = re.compile(r"<\s*([^<>\s]+@[^<>\s]+)\s*>")  # Asha Rawat <asha.rawat@gov.in>
_REMARK = re.compile(r"\s*[(\[](?!\s*(?:at|dot)\s*[)\]])[^()@]*[)\]]\s*$")
_DECORATION = re.compile(r"^(?:mailto:|e-?mail\s*[:-]|id\s*[:-])+|^[<\"'(]+|[>\"'),;.:]+$")


def clean_email(cell: Cell, allowed: Sequence[str]) -> Cleaned[str]:
    """A government address in lower case; slips that leave no doubt are put right with a warning."""
    text = digits(shown(cell)).lower()
    parts = [part for part in (_BETWEEN if text.count("@") > 1 else _SURELY_BETWEEN).split(text) if part.strip()]
    parts = _NAMED.findall(text) or [_REMARK.sub("", part) for part in parts]
    addresses = [address for address in map(_repaired, parts) if _ADDRESS.fullmatch(address)] or [_repaired(text)]
    address = next((a for a in addresses if is_allowed(a, allowed)), addresses[0])
    if not _ADDRESS.fullmatch(address) or ".." in address or len(address) > EMAIL_LIMIT:
        return Cleaned(None, (_bad_address(text, address, allowed),))
    if not is_allowed(address, allowed):
        return Cleaned(None, (_foreign(address, allowed),))
    if len(set(addresses)) > 1:
        message = _("Several addresses are given; %(address)s was taken.")
        return Cleaned(address, (warning("several_addresses", "email", said(message, address=address)),))
    if address != text:
        message = _("“%(was)s” was read as %(address)s; check it.")
        return Cleaned(
            address, (warning("email_repaired", "email", said(message, was=text, address=address), address),)
        )
    return Cleaned(address)


def _repaired(text: str) -> str:
    text = _DECORATION.sub("", text.strip())
    text = _DOT.sub(".", _AT.sub("@", text))
    text = re.sub(r"\s+", "", text)
    text = re.sub(r"@+", "@", re.sub(r"[.,]*@[.,]*", "@", text))
    local, at, domain = text.partition("@")
    domain = re.sub(r"[.,]+", ".", domain).removeprefix("www.").strip(".")
    return _DECORATION.sub("", local + at + domain)


def is_allowed(address: str, allowed: Sequence[str]) -> bool:
    """As for sign-in: the address is of one of the domains or of a domain under it; any when none is named."""
    domain = address.rpartition("@")[2]
    return not allowed or any(domain == one or domain.endswith(f".{one}") for one in allowed)


def _named(allowed: Sequence[str]) -> str:
    return ", ".join(allowed)


def _bad_address(text: str, address: str, allowed: Sequence[str]) -> Problem:
    if "@" not in address:
        message = _("“%(text)s” is no e-mail address: the sign @ is missing.")
        return refused("email_no_at", "email", said(message, text=text[:60]), _with_at(text, address, allowed))
    message = _("“%(text)s” is no e-mail address. An address looks like name@%(domain)s.")
    return refused("email_syntax", "email", said(message, text=text[:60], domain=next(iter(allowed), "…")))


def _with_at(text: str, address: str, allowed: Sequence[str]) -> str | None:
    """The address with the sign where a gap is, or before the domain."""
    words = text.split()
    closest = next((one for one in allowed if len(address) > len(one) + 1 and address.endswith(one)), "")
    if len(words) == len(("name", "domain")) and is_allowed(f"@{words[1]}", allowed):
        return "@".join(words)
    return f"{address.removesuffix(closest).rstrip('.')}@{closest}" if closest else None


def _foreign(address: str, allowed: Sequence[str]) -> Problem:
    message = _("%(address)s is not a government address. Allowed: %(domains)s.")
    local, _at, domain = address.rpartition("@")
    problem = said(message, address=address, domains=_named(allowed))
    for one in allowed:  # the end of the domain nearly is one of them: gov.im
        labels = domain.split(".")
        place = len(labels) - one.count(".") - 1
        if place >= 0 and get_close_matches(".".join(labels[place:]), [one], cutoff=0.8):
            return refused("foreign_address", "email", problem, f"{local}@{'.'.join([*labels[:place], one])}")
    return refused("foreign_address", "email", problem)


# Days


def clean_day(cell: Cell, field: str, *, today: date) -> Cleaned[date]:
    """A day that can be right for the field: an age at work, no birth or joining to come."""
    read = read_day(cell, field, today=today)
    if read.value is None:
        return Cleaned(None, read.problems)
    problem = _BOUNDS[field](read.value, today) if field in _BOUNDS else None
    if problem is None:
        return Cleaned(read.value, read.problems)
    return Cleaned(None if problem.refused else read.value, (*read.problems, problem))


def age_on(born: date, day: date) -> int:
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


Bound = Callable[[date, date], Problem | None]


def _birth(value: date, today: date) -> Problem | None:
    if value > today:
        return refused("born_later", "born_on", said(_("%(day)s is in the future."), day=written(value)))
    age = age_on(value, today)
    if age < YOUNGEST:
        return refused(
            "too_young",
            "born_on",
            said(_("By this date the person is %(age)s years old; nobody under 18 is employed."), age=age),
        )
    if age > OLDEST:
        return refused(
            "too_old", "born_on", said(_("By this date the person is %(age)s years old. Check the year."), age=age)
        )
    if age > USUAL_LAST:
        return warning(
            "beyond_65",
            "born_on",
            said(_("By this date the person is %(age)s years old, which is beyond 65."), age=age),
        )
    return None


def _past(field: str) -> Bound:
    def bound(value: date, today: date) -> Problem | None:
        if value > today:
            return warning("day_to_come", field, said(_("%(day)s is still to come. Check it."), day=written(value)))
        return None

    return bound


def _retirement(value: date, today: date) -> Problem | None:
    if value < today:
        message = _("The person superannuated on %(day)s. Is the row still needed?")
        return warning("already_superannuated", "superannuates_on", said(message, day=written(value)))
    return None


_BOUNDS: dict[str, Bound] = {
    "born_on": _birth,
    "joined_on": _past("joined_on"),
    "charge_from": _past("charge_from"),
    "superannuates_on": _retirement,
}


# Words from a list

_GENDERS = {
    "male": "male m man gent mr boy पुरुष पु पुरूष नर पुल्लिंग पुलिंग पू",
    "female": "female f fem woman lady w mrs ms girl fe महिला म स्त्री स्त्रीलिंग नारी मादा महि",
    "other": "other others o t tg trans transgender third अन्य किन्नर उभयलिंगी ट्रांसजेंडर तृतीय",
}
_CHARGES = {
    "substantive": (
        "substantive|regular|permanent|main|own|substantive charge|full charge|मूल|मौलिक|नियमित|स्थायी|मुख्य|"
        "मूल प्रभार|मूल पद|नियमित प्रभार|पूर्ण प्रभार"
    ),
    "additional": (
        "additional|additional charge|addl|addl charge|dual charge|second charge|"
        "अतिरिक्त|अतिरिक्त प्रभार|अति प्रभार|अतिरिक्त कार्यभार"
    ),
    "officiating": "officiating|acting|in charge|incharge|ad hoc|adhoc|current charge|स्थानापन्न|कार्यवाहक|प्रभारी|तदर्थ",
    "look_after": "look after|looking after|lookafter|look after charge|देखभाल|देखरेख|चालू कार्यभार",
    "link": "link|link officer|लिंक|लिंक अधिकारी|लिंक आफिसर",
}
_GENDER_OF = {fold(word): gender for gender, words in _GENDERS.items() for word in words.split()}
_CHARGE_OF = {fold(phrase): kind for kind, phrases in _CHARGES.items() for phrase in phrases.split("|")}


def clean_gender(cell: Cell) -> Cleaned[str]:
    """male, female or other, by the words of either language; Kruti Dev too."""
    message = _("“%(text)s” is no gender. Write Female, Male or Other.")
    return _of_list(cell, "gender", _GENDER_OF, message, Severity.WARNING)


def clean_charge_kind(cell: Cell) -> Cleaned[str]:
    """The value of `models.charge.ChargeKind`."""
    message = _(
        "“%(text)s” is no kind of charge. "
        "Write Substantive, Additional charge, Officiating, Looking after or Link officer."
    )
    return _of_list(cell, "charge_kind", _CHARGE_OF, message, Severity.REFUSED)


def _of_list(cell: Cell, field: str, words: dict[str, str], message: Text, severity: Severity) -> Cleaned[str]:
    text = shown(cell)
    read = fold(unicode_of(text))
    for folded in (fold(text), *(fold(part) for part in re.split(r"[/|(),]", text)), read):
        if folded in words:
            return Cleaned(words[folded])
    for folded in (fold(text), read):
        near = get_close_matches(folded, [word for word in words if len(word) > len("male")], n=1, cutoff=0.8)
        if near:
            return Cleaned(words[near[0]])
    return Cleaned(None, (Problem(f"unknown_{field}", field, said(message, text=text[:40]), severity),))
