"""A name in the other script, as a first proposal that somebody checks."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eoffice.core import name_words
from eoffice.core.sound import sound_key
from eoffice.core.translit import devanagari, roman


@pytest.mark.parametrize(
    ("hindi", "english"),
    [
        ("राजेश कुमार", "Rajesh Kumar"),
        ("विमला शर्मा", "Vimla Sharma"),
        ("फ़रीद अहमद", "Farid Ahmad"),
        ("सुरेश पोखरियाल", "Suresh Pokhriyal"),
        ("ए. के. सिंह", "A. K. Singh"),
        ("डॉ. अनीता रावत", "Dr. Anita Rawat"),
        ("हर्षवर्धन देशपांडे", "Harshavardhan Deshpande"),
        ("लक्ष्मी नारायण मिश्र", "Lakshmi Narayan Mishra"),
        ("ज्ञान प्रकाश गुप्ता", "Gyan Prakash Gupta"),
        ("दीपक चौधरी", "Deepak Chaudhary"),
        ("जितेंद्र यादव", "Jitendra Yadav"),
        ("मोहम्मद ज़ुबैर", "Mohammad Zubair"),
        ("त्रिभुवन जोशी", "Tribhuvan Joshi"),
        ("भगवती देवी", "Bhagwati Devi"),
        ("", ""),
    ],
)
def test_hindi_names_are_romanised_as_people_write_them(hindi, english):
    assert roman(hindi) == english


@pytest.mark.parametrize(
    ("english", "hindi"),
    [
        ("Rajesh Kumar", "राजेश कुमार"),
        ("VIMLA SHARMA", "विमला शर्मा"),
        ("A. K. Singh", "ए. के. सिंह"),
        ("Suresh Pokhriyal", "सुरेश पोखरियाल"),
        ("Mohd Yusuf", "मोहम्मद यूसुफ"),
        ("Laxmi Chaudhary", "लक्ष्मी चौधरी"),
        ("Tribhuvan", "त्रिभुवन"),
        ("Zubair", "ज़ुबैर"),
        ("", ""),
    ],
)
def test_english_names_are_written_in_hindi(english, hindi):
    assert devanagari(english) == hindi


def test_what_was_made_sounds_like_what_was_given():
    lost = []
    for hindi, _english in name_words.pairs():
        if len(hindi) > 3 and sound_key(roman(hindi)) != sound_key(hindi):
            lost.append((hindi, roman(hindi)))
    assert len(lost) < 0.06 * len(name_words.pairs()), lost


@given(st.text(max_size=40))
def test_any_text_is_taken(text):
    assert isinstance(roman(text), str)
    assert isinstance(devanagari(text), str)


@given(st.text(alphabet="abcdefghijklmnopqrstuvwxyz", min_size=2, max_size=12))
def test_rules_write_nothing_but_devanagari(word):
    assert all("\u0900" <= c <= "\u097f" for c in devanagari(word))
