import pytest

from employee_master.queries import posts_to_send_to
from tests.cast import Cast


def _found(cast: Cast, q: str) -> list[str]:
    return [post.marking for post in posts_to_send_to(cast.actor("dealing_assistant"), q)]


@pytest.mark.parametrize(
    "q",
    ["US-GAD ", "us-gad", "farah", "KHAN farah", "फ़राह", "फराह", "\u095eराह खान", "अनु सचिव, gad"],
)
def test_a_post_is_found_by_marking_name_and_holder_in_both_scripts(cast: Cast, q: str) -> None:
    assert "US-GAD" in _found(cast, q)


def test_every_word_must_be_found(cast: Cast) -> None:
    assert _found(cast, "farah chaubey") == []


def test_a_percent_sign_finds_nothing(cast: Cast) -> None:
    assert _found(cast, "%") == []
