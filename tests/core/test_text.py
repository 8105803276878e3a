"""The one cleaner of typed lines, with whatever people and machines may send."""

from __future__ import annotations

from unicodedata import category, is_normalized

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eoffice.core.errors import BadInput
from eoffice.core.text import clean_line

OVERRIDES = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
LIMIT = 40

# Anything at all, with what makes trouble more often than chance would have it.
ANYTHING = st.text(
    st.one_of(
        st.characters(),
        st.sampled_from(f"{OVERRIDES}\u200b\ufeff\u200c\u200d\x00\x1b\r\n\t \u093cक़कanN\u0301"),
        st.characters(min_codepoint=0x900, max_codepoint=0x97F),
    ),
    max_size=60,
)


def outcome(value: str, *, lines: bool) -> tuple[str, BadInput | None]:
    try:
        return clean_line(value, field="subject", limit=LIMIT, required=False, lines=lines), None
    except BadInput as refused:
        return "", refused


@given(value=ANYTHING, lines=st.booleans())
def test_what_passes_is_clean_and_what_does_not_names_its_field(value, lines):
    text, refused = outcome(value, lines=lines)
    if refused is not None:
        assert refused.field == "subject"
        assert refused.remedy
        return
    assert len(text) <= LIMIT
    assert text == text.strip()
    assert is_normalized("NFC", text)
    assert not set(text) & set(f"{OVERRIDES}\u200b\ufeff")
    assert {c for c in text if category(c) == "Cc"} <= ({"\n"} if lines else set())
    assert clean_line(text, field="subject", limit=LIMIT, required=False, lines=lines) == text


@given(value=st.text(st.sampled_from("अआकखगरसहि ्ाी़\u200d\u200cABC abc0-9/()"), max_size=LIMIT))
def test_office_text_always_passes_when_it_is_short(value):
    clean_line(value, field="subject", limit=10 * LIMIT, required=False)


@given(before=st.text("abc", max_size=5), bad=st.sampled_from(OVERRIDES), after=st.text("abc", max_size=5))
def test_an_override_is_refused_wherever_it_hides(before, bad, after):
    with pytest.raises(BadInput):
        clean_line(before + bad + after, field="subject", limit=LIMIT, required=False)


@pytest.mark.parametrize(
    ("value", "code"),
    [
        ("x" * 20_000, "too_long"),
        ("a\x00b", "control_characters"),
        ("a\x1b[2Jb", "control_characters"),
        ("a\u202eb", "direction_override"),
        ("a\ud800b", "control_characters"),
        ("", "missing"),
        (" \t\r\n \u200b", "missing"),
    ],
)
def test_each_refusal_has_its_code(value, code):
    with pytest.raises(BadInput) as refused:
        clean_line(value, field="subject", limit=1000)
    assert refused.value.code == code


def test_two_spellings_of_a_word_become_one():
    assert clean_line("\u0958", field="f", limit=9) == clean_line("\u0915\u093c", field="f", limit=9)


def test_joiners_stay_because_hindi_needs_them():
    assert clean_line("क्\u200dष", field="f", limit=9) == "क्\u200dष"
