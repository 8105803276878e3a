"""What lies in the hole of a signature is covered by nothing but itself: no flip of a digit there may pass."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from signatures.engine.examine import examine
from signatures.engine.facts import Report, WholeState
from tests.signatures.authority import World


def look(world: World, pdf: bytes) -> Report:
    return examine(pdf, trust=world.trust, at=datetime.now(UTC))


def hole(pdf: bytes) -> tuple[int, int]:
    start = pdf.index(b"/Contents <") + len(b"/Contents <")
    end = pdf.index(b">", start)
    return start, start + len(pdf[start:end].rstrip(b"0"))


def flipped(pdf: bytes, at: int) -> bytes:
    digit = pdf[at : at + 1]
    return pdf[:at] + b"%X" % (int(digit, 16) ^ 1) + pdf[at + 1 :]


@pytest.mark.parametrize("offset", range(4))
def test_no_digit_of_the_envelope_can_be_another(offset: int, running_world: World) -> None:
    pdf = running_world.signed(running_world.officer())
    start, end = hole(pdf)
    for at in range(start + offset * 11, end, 171):
        spoilt = flipped(pdf, at)
        assert look(running_world, spoilt).integrity is not WholeState.INTACT, (at - start, pdf[at - 20 : at + 10])


@pytest.mark.parametrize("label", [b"0603551D23", b"06092A864886F70D01010B0500", b"0609608648016503040201"])
def test_no_label_in_the_envelope_can_be_another(label: bytes, running_world: World) -> None:
    pdf = running_world.signed(running_world.officer())
    start, end = hole(pdf)
    at = start - 1
    while (at := pdf.find(label, at + 1, end)) >= 0 and at < start + 5000:
        for digit in range(at + len(label) - 4, at + len(label) + 4):
            spoilt = flipped(pdf, digit)
            assert look(running_world, spoilt).integrity is not WholeState.INTACT, (digit - start, label)
