"""What a heading means, in Hindi or English, however it is spelt ("मो. नं.", "Moblie No", "D.O.B.").

A heading is folded (`fold`) into words without nukta, long vowels, points and capitals; then the first rule whose
words it has decides. Words are listed as offices write them; a star stands for any ending.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache, lru_cache
from unicodedata import normalize

from employee_master.sheets.tidy import digits, one_line
from eoffice.core.krutidev import reads_as_hindi, unicode_of

CERTAIN = 1.0
RULE = 0.9
WEAK = 0.7


@dataclass(frozen=True, slots=True)
class Found:
    field: str
    confidence: float
    how: str


@dataclass(frozen=True, slots=True)
class Rule:
    """The heading has one of the phrases of each group of `has`, and none of `lacks`."""

    field: str
    has: tuple[str, ...]
    lacks: str = ""
    confidence: float = RULE


_DATE = "date|dt|from|since|तिथि|दिनांक|दि|से|कब से|dated|when"
_NUMBER = "no|number|num|nos|संख्या|सं|नं|नम्बर|नंबर|क्रमांक|नम्बर*"
_CODE = "code|id|no|number|कोड|आईडी|संख्या|सं|नं|क्रमांक|identification|number*|पहचान"
_EMPLOYEE = (
    "employee*|emp|empl|कर्मचारी|कर्मी|कार्मिक|अधिकारी|personnel|staff|personal|manav sampada|मानव सम्पदा|"
    "ehrms|hrms|pmis|कर्म|कार्मि|sso|service|सेवा|payee|unique|user|worker"
)
_NAME = "name|names|नाम|naam|nam"
_HINDI, _ENGLISH = (
    "hindi|हिन्दी|हिंदी|देवनागरी|devanagari",
    "english|eng|अंग्रेजी|इंग्लिश|roman|रोमन|capital|block letters",
)

RULES: tuple[Rule, ...] = (
    Rule(
        "ignored",
        (
            (
                "father*|husband*|mother*|wife|spouse|guardian|nominee|पिता|पति|माता|"
                "पत्नी|अभिभावक|नामिनी|f name|s o|w o|d o|पुत्र|पुत्री"
            ),
        ),
    ),
    Rule(
        "email",
        ("personal|private|alternate|secondary|gmail|व्यक्तिगत|निजी|वैकल्पिक", "email*|mail|mails|ईमेल|मेल"),
        confidence=WEAK,
    ),
    Rule(
        "email",
        ("govt|government|gov|official|nic|शासकीय|सरकारी|राजकीय|कार्यालयीय", "email*|mail|mails|ईमेल|मेल"),
        confidence=0.95,
    ),
    Rule("email", ("email*|mail|mails|ईमेल|मेल|इमेल|ई मेल|gmail",)),
    Rule(
        "mobile",
        ("mobile*|mob|mobil|मोबाइल*|मोबा|मो नं|मो न|मो सं|मो संख्या|cell|cellphone|सेल",),
        "alternate|secondary|second|other|वैकल्पिक|अन्य",
    ),
    Rule("mobile", ("मो",), _NAME, confidence=WEAK),
    Rule(
        "mobile",
        ("mobile*|मोबाइल*|phone|phones|telephone|tel|contact|whatsapp|व्हाट्सएप|व्हाट्सऐप|दूरभाष|फोन*|सम्पर्क|दूरभाष*",),
        "person|office|emergency|कार्यालय",
        WEAK,
    ),
    Rule(
        "born_on",
        ("birth|dob|db|d birth|born*|जन्म*|ज ति|ज तिथि|ज दि|जन्मतिथि|birthdate|bdate",),
        "place|स्थान|proof|प्रमाण|state|district|जनपद|जिला|words|शब्दों",
    ),
    Rule("born_on", ("birth|dob|जन्म*", "words|शब्दों"), confidence=WEAK),
    Rule(
        "superannuates_on",
        ("superannuat*|retire*|retd|dor|सेवानिवृ*|से नि|सेवा नि|से नि ति|सेनि|सेवानि*|अधि ति|अधिव*|रिटायर*|सेवा निवृ*",),
        "type|प्रकार|reason",
    ),
    Rule("aadhaar", ("aadha*|aadhar*|adhar*|adhaar*|uid|uidai|आधार*|aadhaar",), f"{_NAME}|link|linked|लिंक"),
    Rule("order_number", ("order*|आदेश*|शासनादेश|go", _NUMBER), "date|दिनांक|तिथि"),
    Rule("order_number", ("order no*|orderno|आदेश संख्या|आदेश सं",)),
    Rule(
        "joined_on",
        (
            "joining|join|joined|appoint*|नियुक्ति|योगदान|ज्वाइन*|entry|प्रवेश",
            "service|govt|government|initial|first|सेवा|प्रथम|राजकीय",
        ),
        "type|mode|प्रकार|present|current|वर्तमान",
    ),
    Rule(
        "charge_from",
        ("charge|प्रभार|कार्यभार|present|current|वर्तमान|posting|posted|तैनाती|पदस्थापन*|पदभार|in this post|इस पद", _DATE),
    ),
    Rule("charge_from", ("joining|join|joined|योगदान|ज्वाइन*", "office|post|place|कार्यालय|पद|पटल|section|अनुभाग")),
    Rule(
        "joined_on",
        ("joining|join|joined|doj|appointment|appointed|नियु|नि ति|नियुक्ति|नियुक्त|योगदान|ज्वाइन*|कार्यग्रहण|भर्ती",),
        "type|mode|प्रकार|order|आदेश|through|source",
    ),
    Rule("charge_kind", ("charge|प्रभार|चार्ज", ""), f"allowance|भत्ता|{_DATE}"),
    Rule("charge_kind", ("type|kind|nature|प्रकार|स्वरूप", "posting|तैनाती|पदस्थापन*|धारण")),
    Rule("gender", ("gender|sex|लिंग|जेंडर|स्त्री पुरुष|महिला पुरुष|पुरुष महिला|male female|m f|gendar",)),
    Rule("code", (_EMPLOYEE, "code|कोड"), f"ddo|office|post|section|कार्यालय|अनुभाग|पद|{_NAME}"),
    Rule("code", (_EMPLOYEE, _CODE), f"ddo|gpf|pran|nps|pan|bank|office|post|section|कार्यालय|अनुभाग|आदेश|{_NAME}"),
    Rule(
        "code",
        ("ehrms|hrms|manav sampada|मानव सम्पदा|empcode|ecode|empid|ssoid|sso|pmis|ehrmscode|ehrmsid|पी नं|p no|pno",),
        _NAME,
    ),
    Rule(
        "ignored",
        (
            (
                "address|पता|caste|जाति|category|श्रेणी|वर्ग|blood|रक्त|salary|pay|"
                "payscale|वेतन*|basic|bank|बैंक|account|खाता|ifsc|pan|पैन|gpf|जीपीएफ|"
                "pran|प्रान|nps|qualification|योग्यता|remark*|अभ्युक्ति|टिप्पणी|district|"
                "जनपद|जिला|state|राज्य|signature|हस्ताक्षर|photo|फोटो|age|आयु|उम्र|"
                "religion|धर्म|marital|वैवाहिक|voter|epic|ddo|डीडीओ|treasury|कोषागार|pin|"
                "pincode|height|block|ब्लॉक|विकासखण्ड|level|लेवल|seniority|वरिष्ठता|"
                "group|समूह|class|grade|ग्रेड|wrong|गलत|error*|त्रुटि*|result|परिणाम|"
                "status|स्थिति|home|गृह|password|training|प्रशिक्षण|dsc|डीएससी|approved|"
                "remarks|निर्देश|warning*"
            ),
        ),
    ),
    Rule("surname", ("surname|last name|family name|lastname|middle name|middlename|उपनाम|कुलनाम",)),
    Rule("post", ("marking|अंकन*|post code|postcode|पद कोड|post id|मार्किंग",), confidence=CERTAIN),
    Rule(
        "name",
        (_NAME, "employee*|officer*|official*|person|कर्मचारी|कार्मिक|अधिकारी", "designation|पदनाम|पद"),
        confidence=WEAK,
    ),
    Rule("post", ("post|पद", f"{_NAME}|held|धारित"), "office|कार्यालय"),
    Rule("designation", ("designation*|desig|desgn|पदनाम|पद नाम|पदाभिधान|डेजिग्नेशन|rank",)),
    Rule("designation", ("post|पद|cadre|संवर्ग",), "posting|office|place", confidence=0.85),
    Rule("name_hi", (_NAME, _HINDI), f"office|section|कार्यालय|अनुभाग|{_ENGLISH}"),
    Rule("name_en", (_NAME, _ENGLISH), f"office|section|कार्यालय|अनुभाग|{_HINDI}"),
    Rule(
        "name",
        (_NAME, "employee*|officer*|official*|person|कर्मचारी|कर्मी|कार्मिक|अधिकारी|staff|full|पूरा"),
        "office|section|कार्यालय|अनुभाग|विभाग",
    ),
    Rule("section", ("section*|sec|sect|अनुभाग*|अनु|सेक्शन|branch|शाखा|पटल|प्रकोष्ठ|desk|unit|इकाई|wing|सीट|seat",)),
    Rule(
        "office",
        (
            (
                "office*|कार्यालय*|department|dept|deptt|विभाग*|directorate|निदेशालय|"
                "संस्था|institution|school|विद्यालय|स्कूल|organisation|organization|"
                "कार्यस्थल"
            ),
        ),
    ),
    Rule("office", ("posting|posted|तैनाती|पदस्थापन*|work", "place|at|station|स्थल|स्थान"), confidence=WEAK),
    Rule("name", (_NAME,)),
    Rule("name_hi", ("in hindi|हिन्दी में",), confidence=WEAK),
    Rule("name_en", ("in english|अंग्रेजी में",), confidence=WEAK),
    Rule("code", ("code|कोड|employee id|emp id|id",), "office|post|section|पद|अनुभाग|कार्यालय|pin|bank", confidence=WEAK),
)

# Headings that stand for a column only when nothing else is written.
_WHOLE = {
    "serial": "s no|sno|sr no|srno|sl no|slno|si no|serial|serial no|serial number|sr|sl|sn|no|क्र सं|क्रसं|क्र|क्र स|क्रम सं|"
    "क्रम संख्या|क्रमांक|क्रम|सं|नं|क्रम सख्या|s no क्र सं|अनुक्रमांक|श्रेणी क्रमांक",
    "charge_kind": "charge type|type of charge|kind of charge|charge|प्रभार",
    "designation": "post|पद|designation|पदनाम|पद नाम",
}

_CAMEL = re.compile("(?<=[a-z]{2})(?=[A-Z])")  # EmployeeCode
_NASAL = re.compile("[ङञणनम]\u094d(?=[क-ह])")
_LENGTHS = str.maketrans({"ी": "ि", "ू": "ु", "ँ": "ं", "ई": "इ", "ऊ": "उ", "ृ": "ृ"})
_NOT_WORD = re.compile(r"[^a-z0-9\u0900-\u097f]+")
_INITIALS = re.compile(r"\b[a-z](?: [a-z])+\b")


@lru_cache(maxsize=4096)
def fold(heading: str) -> str:
    """The words of a heading: lower case, no points, nukta, joiners; long and short i and u alike, half nasals as ं."""
    text = normalize("NFD", digits(one_line(heading)).casefold())
    text = re.sub("[\u093c\u200c\u200d\u0300-\u036f]", "", text)
    text = normalize("NFC", text)
    text = re.sub("(?<=[\u0900-\u0963])[0o॰](?![0-9a-z])", " ", text)  # मो0, मोo for मो.
    text = re.sub(r"(?<=\b[a-zए-ह])\.(?=[a-z])", " ", text)
    text = _NASAL.sub("ं", text).translate(_LENGTHS)
    text = _NOT_WORD.sub(" ", text).strip()
    text = re.sub(r"\b(?:e|ई|इ) (?=mail|मेल)", "e", text).replace("eमेल", "इमेल")
    return _INITIALS.sub(lambda found: found.group().replace(" ", ""), text)


@cache
def _phrases(listed: str) -> tuple[tuple[str, ...], ...]:
    return tuple(_folded_phrase(phrase) for phrase in listed.split("|") if fold(phrase))


def _folded_phrase(phrase: str) -> tuple[str, ...]:
    words = fold(phrase).split()
    return (*words[:-1], words[-1] + "*" * phrase.endswith("*"))


def _has(words: list[str], listed: str) -> bool:
    return not listed or any(_stands(words, phrase) for phrase in _phrases(listed))


def _stands(words: list[str], phrase: tuple[str, ...]) -> bool:
    length = len(phrase)
    return any(
        all(_same(word, wanted) for word, wanted in zip(words[at : at + length], phrase, strict=True))
        for at in range(len(words) - length + 1)
    )


def _same(word: str, wanted: str) -> bool:
    return word.startswith(wanted[:-1]) if wanted.endswith("*") else word == wanted


@cache
def _vocabulary() -> tuple[str, ...]:
    listed = [group for rule in RULES for group in rule.has]
    words = {word.removesuffix("*") for group in listed for phrase in _phrases(group) for word in phrase}
    return tuple(sorted(word for word in words if len(word) >= LIKE_FROM))


_COMBINED = re.compile(
    f"(?:{'|'.join(map(fold, _NAME.split('|')))})s?(?: (?:and|एवं|व|तथा|और|with))? "
    f"(?:{'|'.join(map(fold, ('designation', 'desig', 'post', 'पदनाम', 'पद', 'पद नाम')))})(?![^ ])"
)
# Words that are spelt right although they are nearly one of the lists.
_NOT_SLIPS = frozenset({"contract", "contractual", "whether", "other", "rate", "data", "gate", "rent", "case", "game"})
LIKE_FROM = 4  # letters of a word from which a slip is forgiven
LIKE = 0.8


@lru_cache(maxsize=4096)
def _spelt(word: str) -> str:
    """A word of the lists that is spelt nearly so, or the word."""
    if len(word) < LIKE_FROM or word in _vocabulary() or word in _NOT_SLIPS:
        return word
    near = get_close_matches(word, _vocabulary(), n=1, cutoff=LIKE)
    return near[0] if near else word


def field_of_heading(heading: str, parts: tuple[str, ...] = ()) -> Found | None:
    """The field that a heading names, or nothing. `parts` are group and sub-heading, where it has two lines."""
    for text in dict.fromkeys((heading, *reversed(parts), _CAMEL.sub(" ", heading))):
        found = _read(text)
        if found:
            return found
    if reads_as_hindi(one_line(heading)):
        found = _read(unicode_of(one_line(heading)))
        if found:
            return Found(found.field, min(found.confidence, 0.85), "old_font")
    return None


@lru_cache(maxsize=4096)
def _read(text: str) -> Found | None:
    folded = fold(text)
    if not folded:
        return None
    if folded in _certain():
        return Found(_certain()[folded], CERTAIN, "heading")
    if _COMBINED.search(folded):
        return Found("name", WEAK, "combined")
    words = folded.split()
    found = _by_rules(words)
    if found is None:
        alike = [_spelt(word) for word in words]
        found = _by_rules(alike) if alike != words else None
        return Found(found.field, found.confidence - 0.1, "likeness") if found else None
    return found


def _by_rules(words: list[str]) -> Found | None:
    for rule in RULES:
        if all(_has(words, group) for group in rule.has) and not (rule.lacks and _has(words, rule.lacks)):
            return Found(rule.field, rule.confidence, "heading")
    return None


@cache
def _certain() -> dict[str, str]:
    whole = {fold(text): field for field, texts in _WHOLE.items() for text in texts.split("|")}
    for field, texts in _PRESCRIBED.items():
        whole |= {fold(text): field for text in (*texts, f"{texts[0]} / {texts[1]}", f"{texts[1]} / {texts[0]}")}
    return whole


# As in `columns.PRESCRIBED`, which a test compares; here so that this module stands alone.
_PRESCRIBED = {
    "serial": ("S. No.", "क्र. सं."),
    "code": ("Employee code", "कर्मचारी कोड"),
    "name_en": ("Name (English)", "नाम (अंग्रेज़ी में)"),
    "name_hi": ("Name (Hindi)", "नाम (हिन्दी में)"),
    "gender": ("Gender", "लिंग"),
    "born_on": ("Date of birth", "जन्म तिथि"),
    "mobile": ("Mobile number", "मोबाइल नम्बर"),
    "email": ("Government e-mail", "शासकीय ई-मेल"),
    "designation": ("Designation", "पदनाम"),
    "section": ("Section", "अनुभाग"),
    "post": ("Post (marking)", "पद (अंकन संक्षेप)"),
    "office": ("Office", "कार्यालय"),
    "charge_kind": ("Kind of charge", "प्रभार का प्रकार"),
    "charge_from": ("In this post since", "इस पद पर कब से"),
    "order_number": ("Order number", "आदेश संख्या"),
    "joined_on": ("Date of joining service", "सेवा में आने की तिथि"),
    "superannuates_on": ("Date of superannuation", "सेवानिवृत्ति तिथि"),
}
