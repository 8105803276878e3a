"""Damage to what follows the last signature, and to certificates and stamps that no signature covers: never a pass."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from functools import cache

import pytest
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.generic import pdf_name, pdf_string

from signatures.engine.examine import examine
from signatures.engine.facts import Report, WholeState
from signatures.engine.trust import Trust
from tests.signatures.engine import foreign
from tests.signatures.engine.foreign import Writer, increment


def look(pdf: bytes) -> Report:
    return examine(pdf, trust=Trust(), at=datetime.now(UTC))


def evidence(writer: Writer) -> None:
    streams = [writer.add_object(generic.StreamObject(stream_data=foreign.certificate().dump())) for _ in "ab"]
    writer.root["/DSS"] = generic.DictionaryObject({
        pdf_name("/Certs"): generic.ArrayObject(streams),
        pdf_name("/VRI"): generic.DictionaryObject({
            pdf_name("/" + "0123456789ABCDEF" * 2 + "01234567"): generic.DictionaryObject({
                pdf_name("/Cert"): generic.ArrayObject(streams[:1])
            })
        }),
    })  # fmt: skip
    writer.root["/Extensions"] = generic.DictionaryObject({
        pdf_name("/ESIC"): generic.DictionaryObject({
            pdf_name("/BaseVersion"): pdf_name("/1.7"), pdf_name("/ExtensionLevel"): generic.NumberObject(5),
        }),
        pdf_name("/ISO_"): generic.DictionaryObject({
            pdf_name("/BaseVersion"): pdf_name("/2.0"), pdf_name("/ExtensionLevel"): generic.NumberObject(32001),
            pdf_name("/URL"): pdf_string("https://www.iso.org/standard/45874.html"),
        }),
    })  # fmt: skip
    writer.update_root()


@cache
def base() -> bytes:
    return foreign.detached(foreign.paper())


@cache
def paper() -> bytes:
    return increment(base(), evidence)


def damaged(before: bytes, after: bytes) -> bytes:
    tail = paper()[len(base()) :]
    assert re.search(before, tail, re.DOTALL)
    return base() + re.sub(before, after, tail, count=1, flags=re.DOTALL)


def test_whole_it_passes() -> None:
    assert look(paper()).integrity is WholeState.INTACT


DAMAGE: dict[str, tuple[bytes, bytes]] = {
    "end-of-object": (rb"endobj", rb"endobi"),
    "end-of-stream": (rb"endstream", rb"endstrean"),
    "between": (rb"endobj\n", rb"endobj\nx"),
    "stray-object": (rb"\nxref", rb"\n77  0  obj<</Type/Page>>endobj\nxref"),
    "entry-of-the-store": (rb"/Certs", rb"/Cerps"),
    "name-of-a-signature": (rb"/0123456789ABCDEF", rb"/0123456789ABCDEG"),
    "reference-to-nothing": (rb"/Certs \[ (\d+) 0 R", rb"/Certs [ 99 0 R"),
    "reference-to-the-other": (rb"/Certs \[ (\d+) 0 R (\d+) 0 R", rb"/Certs [ \g<1> 0 R \g<1> 0 R"),
    "place-in-the-table": (rb"(\d{9})\d( 00000 n)", rb"\g<1>x\g<2>"),
    "extension": (rb"/BaseVersion /1.7", rb"/BaseVersion /1.w"),
    "level": (rb"/ExtensionLevel", rb"/ExtensionLefel"),
    "identifier": (rb"/ID \[ <\w\w", rb"/ID [ <00"),
}


@pytest.mark.parametrize("kind", DAMAGE)
def test_damage_behind_the_last_signature_is_seen(kind: str) -> None:
    spoilt = damaged(*DAMAGE[kind])
    assert spoilt != paper()
    assert look(spoilt).integrity is not WholeState.INTACT


def test_no_flip_in_a_word_of_the_tail_passes() -> None:
    """Numbers, texts, hashes and identifiers apart: of them nobody can know what they were."""
    tail = paper()[len(base()) :]
    words = rb"\b(endobj|obj|endstream|stream|xref|/DSS|/VRI|/Certs?|/BaseVersion|/ExtensionLevel)\b"
    places = {at for found in re.finditer(words, tail) for at in range(*found.span())}
    assert len(places) > 60
    for at in sorted(places)[::2]:
        spoilt = base() + tail[:at] + bytes([tail[at] ^ 1]) + tail[at + 1 :]
        assert look(spoilt).integrity is not WholeState.INTACT, (at, tail[max(0, at - 20) : at + 20])


def test_a_number_that_is_none_is_an_answer() -> None:
    assert look(damaged(rb"/ExtensionLevel 5", rb"/ExtensionLevel 5.+-")).integrity is not WholeState.INTACT


def test_a_tail_that_lost_its_last_byte_is_not_whole() -> None:
    assert look(paper()).integrity is WholeState.INTACT
    assert paper().endswith(b"%%EOF\n")
    assert look(paper()[:-1]).integrity is not WholeState.INTACT
