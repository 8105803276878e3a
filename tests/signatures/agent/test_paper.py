"""What the signer finds by itself in a prepared paper, and what it does not let pass."""

from __future__ import annotations

import ast
import tokenize
from datetime import UTC, datetime
from hashlib import sha256
from io import StringIO
from pathlib import Path

import pytest
from asn1crypto import cms

from signatures import agent_words
from signatures.engine import pades, slots
from tests.signatures.agent.office import AGENT
from tests.signatures.authority import Officer, World, letter

from eoffice_signer.paper import WrongPaper, check, count_pages, hash_words  # isort: skip

MOST_LINES = 900
SILENT = {
    tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT, tokenize.ENDMARKER,
}  # fmt: skip


@pytest.fixture(scope="module")
def officer(running_world: World) -> Officer:
    return running_world.officer("Meera Krishnan", "p-256")


def prepare(officer: Officer, pdf: bytes | None = None, reason: str = "", **extra: object) -> pades.Prepared:
    prepared_pdf = slots.prepare_slots(letter(3), ["Signature1"]) if pdf is None else pdf
    return pades.begin(
        prepared_pdf, slot="Signature1", certificate=officer.certificate, at=datetime.now(UTC),
        reason=reason, **extra,
    )  # type: ignore[arg-type]  # fmt: skip


def wrong(pdf: bytes, attributes: bytes) -> str:
    with pytest.raises(WrongPaper) as refused:
        check(pdf, attributes)
    return refused.value.code


@pytest.mark.parametrize(
    "reason", ["", "Approved (with change) \\ once", "स्वीकृत", "stream of obj", "Grant: 7 0 obj endstream"]
)
def test_digest_certificate_pages_and_meaning_are_read_from_the_paper(officer: Officer, reason: str) -> None:
    prepared = prepare(officer, reason=reason)
    found = check(prepared.pdf, prepared.signed_attrs)
    assert found.digest == prepared.document_digest
    assert found.certificate == sha256(officer.certificate).digest()
    assert (found.pages, found.reason) == (3, reason)


def test_a_paper_that_others_signed_before_is_checked_as_well(running_world: World, officer: Officer) -> None:
    pdf = slots.prepare_slots(letter(), ["Signature1", "Signature2"])
    pdf = running_world.sign(pdf, "Signature1", running_world.officer("First"))
    prepared = pades.begin(pdf, slot="Signature2", certificate=officer.certificate, at=datetime.now(UTC))
    assert check(prepared.pdf, prepared.signed_attrs).digest == prepared.document_digest


def test_another_pdf_for_the_same_attributes_is_refused(officer: Officer) -> None:
    one = prepare(officer)
    other = prepare(officer, slots.prepare_slots(letter(text="The grant is refused."), ["Signature1"]))
    assert wrong(other.pdf, one.signed_attrs) == "digest"


def test_every_changed_byte_outside_the_hole_is_noticed(officer: Officer) -> None:
    prepared = prepare(officer)
    for at in (200, prepared.reserved_start - 200, prepared.reserved_end + 40, len(prepared.pdf) - 8):
        changed = prepared.pdf[:at] + bytes([prepared.pdf[at] ^ 1]) + prepared.pdf[at + 1 :]
        assert wrong(changed, prepared.signed_attrs) in {"digest", "hole", "range"}
    assert wrong(prepared.pdf + b"\n", prepared.signed_attrs) == "range"


def test_the_byte_range_must_leave_out_the_hole_and_nothing_else(officer: Officer) -> None:
    prepared = prepare(officer)
    start, end = prepared.reserved_start, prepared.reserved_end
    honest = f"{start} {end}".encode()
    smaller = f"{start} {end + 9}".encode().ljust(len(honest))
    assert prepared.pdf.count(honest) == 1
    assert wrong(prepared.pdf.replace(honest, smaller), prepared.signed_attrs) == "range"


def test_there_is_one_hole_and_it_lies_in_a_signature_not_in_a_stream(officer: Officer) -> None:
    prepared = prepare(officer)
    hole = prepared.pdf[prepared.reserved_start : prepared.reserved_end]
    second = b"9 0 obj\n<</Type/Sig/Contents " + hole + b">>\nendobj\n"
    assert wrong(prepared.pdf + second, prepared.signed_attrs) == "hole"
    in_stream = prepared.pdf.replace(b"/Contents " + hole, b"/Length 9>>\nstream\n/Contents " + hole)
    assert in_stream != prepared.pdf
    assert wrong(in_stream, prepared.signed_attrs) == "hole"
    assert wrong(letter(), prepared.signed_attrs) == "hole"
    filled = prepared.pdf.replace(hole, b"<30" + hole[3:])
    assert wrong(filled, prepared.signed_attrs) == "hole"


def changed(prepared: pades.Prepared, change: object) -> bytes:
    attributes = cms.CMSAttributes.load(prepared.signed_attrs)
    rows = [{"type": one["type"].native, "values": list(one["values"])} for one in attributes]
    return bytes(cms.CMSAttributes([cms.CMSAttribute(row) for row in change(rows)]).dump())  # type: ignore[operator]


def test_attributes_must_be_those_of_pades_and_nothing_more(officer: Officer) -> None:
    prepared = prepare(officer)
    assert check(prepared.pdf, changed(prepared, lambda rows: rows)).digest
    without = changed(prepared, lambda rows: [row for row in rows if row["type"] != "signing_certificate_v2"])
    twice = changed(prepared, lambda rows: [*rows, rows[0]])
    more = changed(prepared, lambda rows: [*rows, {"type": "signing_time", "values": [_now()]}])
    for attributes in (without, twice, more, b"", b"1\x00", prepared.signed_attrs + b"\x00", letter()):
        assert wrong(prepared.pdf, attributes) == "attributes"


def _now() -> cms.Time:
    return cms.Time({"utc_time": datetime.now(UTC)})


def test_the_certificate_named_in_the_attributes_is_the_one_that_is_looked_for(
    running_world: World, officer: Officer
) -> None:
    other = running_world.officer("Somebody Else", "p-256")
    prepared = prepare(other)
    found = check(prepared.pdf, prepared.signed_attrs)
    assert found.certificate == sha256(other.certificate).digest() != sha256(officer.certificate).digest()


def test_both_sides_make_the_same_words_and_every_paper_and_their_order_counts() -> None:
    one, two = sha256(b"1").digest(), sha256(b"2").digest()
    assert hash_words([one, two]) == agent_words.hash_words([one, two])
    assert len({hash_words(digests) for digests in ([one], [two], [one, two], [two, one])}) == 4
    latin, devanagari = hash_words([one])
    assert [len(word) for word in latin.split()] == [6, 6, 6, 6]
    assert len(devanagari.split()) == 4
    assert latin.isascii()


def test_pages_that_lie_in_packed_objects_are_counted() -> None:
    import io  # noqa: PLC0415

    import pikepdf  # noqa: PLC0415

    packed = io.BytesIO()
    with pikepdf.open(io.BytesIO(letter(7))) as pdf:
        pdf.save(packed, object_stream_mode=pikepdf.ObjectStreamMode.generate)
    assert b"/Type /Pages" not in packed.getvalue()
    assert count_pages(packed.getvalue()) == 7
    assert count_pages(b"no pdf") == 0


def code_lines(path: Path) -> int:
    """Lines that do something: no blank ones, comments or docstrings."""
    text = path.read_text(encoding="utf-8")
    said: set[int] = set()
    for node in ast.walk(ast.parse(text)):
        documented = isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef)
        if documented and ast.get_docstring(node) is not None:
            first = node.body[0]
            said |= set(range(first.lineno, (first.end_lineno or 0) + 1))
    done: set[int] = set()
    for token in tokenize.generate_tokens(StringIO(text).readline):
        if token.type not in SILENT:
            done |= set(range(token.start[0], token.end[0] + 1))
    return len(done - said)


def test_the_signer_is_small_and_knows_nothing_of_the_office_program() -> None:
    """An auditor reads it in half an hour; pipx installs it without the e-Office."""
    own = sorted((AGENT / "eoffice_signer").glob("*.py"))
    assert sum(code_lines(path) for path in own if path.name != "words.py") < MOST_LINES, "the table of words apart"
    lines = [line for path in own for line in path.read_text(encoding="utf-8").splitlines()]
    imported = {line.split()[1].split(".")[0] for line in lines if line.strip().startswith(("import ", "from "))}
    assert not imported & {"django", "eoffice", "signatures", "employee_master", "files", "dak", "pyhanko"}
    assert "eoffice_signer" in imported


def test_every_sentence_of_the_signer_is_in_both_languages_with_the_same_gaps() -> None:
    import re  # noqa: PLC0415

    from eoffice_signer.words import WORDS  # noqa: PLC0415

    for code, (english, hindi) in WORDS.items():
        assert set(re.findall(r"\{\w+\}", english)) == set(re.findall(r"\{\w+\}", hindi)), code
        assert re.search("[ऀ-ॿ]", hindi), code
