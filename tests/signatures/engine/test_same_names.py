from __future__ import annotations

import pytest
from asn1crypto import x509
from hypothesis import given
from hypothesis import strategies as st

from signatures.engine import same_names


@given(st.text(max_size=80))
def test_what_is_remembered_is_what_asn1crypto_says(text: str) -> None:
    try:
        expected = same_names._thorough(x509.NameTypeAndValue(), text)
    except ValueError:
        with pytest.raises(ValueError, match=r"X\.509 Name"):
            same_names.folded(text)
    else:
        assert same_names.folded(text) == same_names.folded(text) == expected


def test_names_differ_by_more_than_case_and_spaces() -> None:
    names = ("Rekha  Nautiyal", "REKHA nautiyal", "Rekha")
    one, like, other = (x509.Name.build({"common_name": name}) for name in names)
    assert one == like
    assert one != other
