"""Hindi from the days before Unicode: what the keys of Kruti Dev 010 stand for."""

from unicodedata import normalize

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eoffice.core import name_words
from eoffice.core.krutidev import krutidev_of, looks_like_krutidev, reads_as_hindi, unicode_of
from eoffice.core.translit import roman

TYPED = [
    ("Qjhn vgen", "फरीद अहमद"),
    ("jkts'k dqekj 'kekZ", "राजेश कुमार शर्मा"),
    ("foeyk 'kekZ", "विमला शर्मा"),
    ("fot; flag", "विजय सिंह"),
    ("y{eh ukjk;.k", "लक्ष्मी नारायण"),
    ("jktsUnz izlkn", "राजेन्द्र प्रसाद"),
    ("deZpkjh dk uke", "कर्मचारी का नाम"),
    ("inuke", "पदनाम"),
    ("tUe frfFk", "जन्म तिथि"),
    ("eksckby ua-", "मोबाइल नं."),
    ("vuqHkkx vf/kdkjh", "अनुभाग अधिकारी"),
    ("leh{kk vf/kdkjh", "समीक्षा अधिकारी"),
    ("fl)kFkZ", "सिद्धार्थ"),
    ("f=ikBh", "त्रिपाठी"),
    ("Jherh 'kkafr nsoh", "श्रीमती शांति देवी"),
    ("feJk", "मिश्रा"),
    ("Hkkjr", "भारत"),
    ("iz/kku lgk;d", "प्रधान सहायक"),
    ("lR;sUnz", "सत्येन्द्र"),
    ("vk'kk", "आशा"),
    ("bZ'oj", "ईश्वर"),
    (",drk", "एकता"),
    (",s'o;kZ", "ऐश्वर्या"),
    ("jkBkSM+", "राठौड़"),
    ("pkSgku", "चौहान"),
    ('d`".k', "कृष्ण"),
    ('—".kk', "कृष्णा"),
    ("eks0 vkfjQ", "मो0 आरिफ"),
    ('iq#"k', "पुरुष"),
    ("efgyk", "महिला"),
    ("dz-la-", "क्र.सं."),
    ("Øekad", "क्रमांक"),
    ("fu;qfDr frfFk", "नियुक्ति तिथि"),
    ("lsokfuo`fRr", "सेवानिवृत्ति"),
    ("v'kksd vkgqtk", "अशोक आहुजा"),
    ("fo'odekZ", "विश्वकर्मा"),
    ("Kkus'oj", "ज्ञानेश्वर"),
    ("/kesZUnz", "धर्मेन्द्र"),
    ('iq"ik', "पुष्पा"),
    ("fMEiy", "डिम्पल"),
    ("lqjsUnz flag jkor", "सुरेन्द्र सिंह रावत"),
    ("Åtkyk", "ऊजाला"),
    ("vkse izdk'k", "ओम प्रकाश"),
    ("dkS'kY;k", "कौशल्या"),
    ("lkSjHk", "सौरभ"),
    ("xaxk jke", "गंगा राम"),
    ("?ku';ke", "घनश्याम"),
    ("Nk;k", "छाया"),
    ("T;ksfr", "ज्योति"),
    (">k", "झा"),
    ("VEVk", "टम्टा"),
    ("Bkdqj", "ठाकुर"),
    ("Mk0", "डा0"),
    ("<kSafM;ky", "ढौंडियाल"),
    ("ik.Ms;", "पाण्डेय"),
    ("R;kxh", "त्यागी"),
    ("f}osnh", "द्विवेदी"),
    ("mik/;k;", "उपाध्याय"),
    ("cztsUnz", "ब्रजेन्द्र"),
    ("v{k;", "अक्षय"),
    ("'kq¡Hkw", "शुँभू"),
    ("nqxkZ", "दुर्गा"),
    ("deZ", "कर्म"),
    ("lhrkjke", "सीताराम"),
    ("mfeZyk", "उर्मिला"),
    ("fo|k", "विद्या"),
    ('jk"Vªh;', "राष्ट्रीय"),
    ("çnhi", "प्रदीप"),
    ("J)k", "श्रद्धा"),
    ("fpÙk", "चित्त"),
    ('o"kkZ', "वर्षा"),
    ("fuEcky", "निम्बाल"),
    ("", ""),
]  # fmt: skip


def test_the_table_is_long_enough():
    assert len(TYPED) > 60


@pytest.mark.parametrize(("typed", "meant"), TYPED, ids=str)
def test_keys_become_letters(typed, meant):
    assert unicode_of(typed) == normalize("NFC", meant)


@pytest.mark.parametrize("typed", [typed for typed, _meant in TYPED if len(typed) > 5], ids=str)
def test_old_hindi_is_known_for_what_it_is(typed):
    assert looks_like_krutidev(typed)


@pytest.mark.parametrize(
    "text",
    [
        "Rajesh Kumar",
        "RAJESH KUMAR",
        "rajesh kumar",
        "Farid Ahmad",
        "A. K. Sharma",
        "Section Officer",
        "Under Secretary",
        "UDC",
        "Clerk Grade II",
        "Clerk",
        "clerk",
        "Peon",
        "Head Clerk",
        "Junior Engineer",
        "Late",
        "Entry",
        "Firoz",
        "Tej",
        "Chief",
        "GAD-1",
        "SO(RK)-ESTT",
        "E-1042",
        "anita.rawat@gad.state.example",
        "9876543210",
        "12-06-1980",
        "फरीद अहमद",
        "N/A",
        "-",
        "",
    ],
)
def test_english_is_left_alone(text):
    assert not looks_like_krutidev(text)


def test_roman_names_are_not_taken_for_old_hindi():
    names = [english or roman(hindi) for hindi, english in name_words.pairs()]
    taken = [name for name in names for form in (name, name.upper(), name.lower()) if looks_like_krutidev(form)]
    assert len(taken) < 0.005 * 3 * len(names), taken


def test_most_words_are_known_even_alone():
    words = [krutidev_of(hindi) for hindi, _english in name_words.pairs() if len(hindi) > 2]
    missed = [word for word in words if not looks_like_krutidev(word)]
    assert len(missed) < 0.08 * len(words), missed  # among them those that are English words as well
    assert all(reads_as_hindi(word) for word in words if not word.isupper() or not word.isascii())


@pytest.mark.parametrize(
    ("text", "beside", "old"),
    [
        ("panu", "Chandan", True),  # चंदन: too short to be sure of alone
        ("jatu", "Ranjan", True),
        ("tej", "Tej", False),
        ("Yusuf", "Mohd Yusuf", False),
        ("Qjhn vgen", "Farid Ahmed", True),
    ],
)
def test_the_roman_name_beside_it_decides(text, beside, old):
    assert looks_like_krutidev(text, beside) is old


@pytest.mark.parametrize("word", [hindi for hindi, _english in name_words.pairs()][::3])
def test_there_and_back(word):
    assert unicode_of(krutidev_of(word)) == normalize("NFC", word)


@given(st.text(max_size=60))
def test_any_text_is_taken(text):
    assert isinstance(unicode_of(text), str)
    assert isinstance(krutidev_of(text), str)
    assert looks_like_krutidev(text) in {True, False}


@given(st.lists(st.sampled_from([hindi for hindi, _english in name_words.pairs()]), min_size=1, max_size=5))
def test_whole_names_come_back(words):
    name = normalize("NFC", " ".join(words))
    assert unicode_of(krutidev_of(name)) == name
