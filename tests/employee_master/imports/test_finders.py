"""What a clerk means, however it is cut short."""

from __future__ import annotations

import pytest

from employee_master.services.imports.finders import LITTLE, Finder

RANKS = Finder(
    [
        ("SO", ("SO",), ("Section Officer", "अनुभाग अधिकारी")),
        ("RO", ("RO",), ("Review Officer", "समीक्षा अधिकारी")),
        ("DD", ("DD",), ("Deputy Director", "उप निदेशक")),
        ("US", ("US",), ("Under Secretary", "अनु सचिव")),
    ],
    kind=LITTLE,
)
SECTIONS = Finder(
    [
        ("DSE-1", ("DSE-1",), ("Establishment Section 1", "अधिष्ठान अनुभाग-1")),
        ("DSE-2", ("DSE-2",), ("Accounts Section 2", "लेखा अनुभाग-2")),
        ("DSE-3", ("DSE-3",), ("Education Section 3", "शिक्षा अनुभाग-3")),
        ("DSE-4", ("DSE-4",), ("Education Section 4", "शिक्षा अनुभाग-4")),
    ]
)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("समीक्षा अधि०", "RO"), ("अनु० अधिकारी", "SO"), ("अनु० सचिव", "US"), ("Rev. Officer", "RO"),
        ("उपनिदेशक", "DD"), ("समीक्षाधिकारी", "RO"), ("उप निदे0", "DD"),
    ],
)  # fmt: skip
def test_designations_cut_short_or_written_as_one_word(text: str, code: str) -> None:
    assert RANKS.find(text).thing == code


def test_a_word_that_many_share_is_not_guessed() -> None:
    assert RANKS.find("Officer").thing is None
    assert RANKS.find("अधिकारी").thing is None


@pytest.mark.parametrize(("text", "code"), [("Accounts", "DSE-2"), ("लेखा अनुभाग", "DSE-2"), ("Estt.", "DSE-1")])
def test_the_number_of_a_section_may_be_left_out_where_its_name_is_the_only_one(text: str, code: str) -> None:
    found = SECTIONS.find(text)
    assert (found.thing, found.certain) == (code, False)


def test_a_number_that_is_given_must_agree() -> None:
    assert SECTIONS.find("Accounts 3").thing is None
    assert SECTIONS.find("Education").thing is None
    assert set(SECTIONS.find("Education").several) == {"DSE-3", "DSE-4"}
