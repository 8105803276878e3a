"""Known attacks on signed PDFs, rebuilt (signing.md section 6), and damage at random: never a clean pass."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime
from io import BytesIO
from typing import Any

import pytest
from asn1crypto import keys
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.x509.oid import NameOID
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.generic import pdf_name, pdf_string
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import fields, signers
from pyhanko.sign.general import SigningError
from pyhanko.sign.signers.pdf_cms import SimpleSigner
from pyhanko_certvalidator.registry import SimpleCertificateStore

from signatures.engine import certificates, slots
from signatures.engine.examine import examine
from signatures.engine.facts import Report, Verdict, WholeState
from tests.signatures.authority import Officer, World, letter

Writer = IncrementalPdfFileWriter


def look(world: World, pdf: bytes) -> Report:
    return examine(pdf, trust=world.trust, at=datetime.now(UTC))


class Paper(bytes):
    """A PDF that does not print itself into the test's report."""

    __slots__ = ()

    def __repr__(self) -> str:
        return f"<paper of {len(self)} bytes>"


@pytest.fixture(scope="module", params=["prepared", "archived", "approval-only"])
def paper(request: pytest.FixtureRequest, running_world: World) -> Paper:
    """Our own letter, the same archived, and one as other programs make it: neither certified nor locked."""
    officer = running_world.officer()
    if request.param == "approval-only":
        return Paper(foreign_signed(letter(), officer))
    pdf = running_world.signed(officer)
    return Paper(running_world.archived(pdf) if request.param == "archived" else pdf)


def foreign_signed(pdf: bytes, officer: Officer, field: str = "Theirs", box: tuple[int, ...] | None = None) -> bytes:
    """Signed by plain pyHanko with its defaults, like the program of another office would."""
    der = officer.key.private_bytes(
        serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    store = SimpleCertificateStore()
    store.register_multiple(certificates.load(one) for one in officer.chain)
    signer = SimpleSigner(certificates.load(officer.certificate), keys.PrivateKeyInfo.load(der), store)
    metadata = signers.PdfSignatureMetadata(field_name=field, md_algorithm="sha256")
    spec = fields.SigFieldSpec(field, box=box) if box else None  # type: ignore[arg-type]
    output = signers.sign_pdf(Writer(BytesIO(pdf)), metadata, signer, new_field_spec=spec)
    return bytes(output.getvalue())


def increment(pdf: bytes, change: Callable[[Writer], Any]) -> bytes:
    writer = Writer(BytesIO(pdf))
    change(writer)
    output = BytesIO()
    writer.write(output)
    return output.getvalue()


def overlay(writer: Writer) -> None:
    page = writer.root["/Pages"]["/Kids"][0]
    picture = writer.add_object(
        generic.StreamObject(
            {pdf_name("/Type"): pdf_name("/XObject"), pdf_name("/Subtype"): pdf_name("/Form"),
             pdf_name("/BBox"): generic.ArrayObject(map(generic.NumberObject, (0, 0, 300, 50)))},
            stream_data=b"1 1 1 rg 0 0 300 50 re f",
        )
    )  # fmt: skip
    note = writer.add_object(
        generic.DictionaryObject({
            pdf_name("/Type"): pdf_name("/Annot"), pdf_name("/Subtype"): pdf_name("/FreeText"),
            pdf_name("/Rect"): generic.ArrayObject(map(generic.NumberObject, (60, 690, 360, 740))),
            pdf_name("/Contents"): pdf_string("The grant is refused."), pdf_name("/F"): generic.NumberObject(4),
            pdf_name("/AP"): generic.DictionaryObject({pdf_name("/N"): picture}),
        })
    )  # fmt: skip
    writer.register_annotation(page.container_ref if hasattr(page, "container_ref") else page, note)


def more_content(writer: Writer) -> None:
    stream = writer.add_object(generic.StreamObject(stream_data=b"1 1 1 rg 60 690 300 50 re f"))
    writer.add_stream_to_page(0, stream)


def another_page(writer: Writer) -> None:
    page = generic.DictionaryObject(
        {
            pdf_name("/Type"): pdf_name("/Page"),
            pdf_name("/MediaBox"): generic.ArrayObject(map(generic.NumberObject, (0, 0, 595, 842))),
            pdf_name("/Resources"): generic.DictionaryObject(),
        }
    )
    writer.insert_page(page)


def empty_field(writer: Writer) -> None:
    fields.append_signature_field(writer, fields.SigFieldSpec("Extra", box=(60, 690, 360, 740)))


def other_catalog(writer: Writer) -> None:
    writer.root["/OpenAction"] = generic.DictionaryObject(
        {pdf_name("/S"): pdf_name("/JavaScript"), pdf_name("/JS"): pdf_string("app.alert(1)")}
    )
    writer.update_root()


@pytest.mark.parametrize("change", [overlay, more_content, another_page, empty_field, other_catalog])
def test_what_is_added_after_signing_never_passes(
    paper: bytes, running_world: World, change: Callable[[Writer], Any]
) -> None:
    try:
        attacked = increment(paper, change)
    except Exception as error:  # noqa: BLE001 - a refusal to build the attack is no proof; the test must then fail
        pytest.fail(f"the attack could not be built: {error!r}")
    report = look(running_world, attacked)
    assert report.integrity in {WholeState.SUSPICIOUS, WholeState.BROKEN}
    assert report.verdict is Verdict.TOTAL_FAILED


def test_a_sneaky_signature_that_covers_the_text_never_passes(paper: bytes, running_world: World) -> None:
    stranger = running_world.officer("Stranger")
    try:
        attacked = foreign_signed(paper, self_signed(stranger), "Sneaky", (60, 690, 360, 740))
    except SigningError:
        # The lock of our own slots: pyHanko does not even write such a signature. Other programs would, so the field
        # alone is tried too.
        attacked = increment(paper, empty_field)
    report = look(running_world, attacked)
    assert report.integrity is not WholeState.INTACT
    assert report.verdict is not Verdict.TOTAL_PASSED


def self_signed(officer: Officer) -> Officer:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Nobody")])
    built = (
        x509.CertificateBuilder()
        .subject_name(name).issuer_name(name).public_key(officer.key.public_key()).serial_number(7)
        .not_valid_before(datetime(2026, 1, 1, tzinfo=UTC)).not_valid_after(datetime(2036, 1, 1, tzinfo=UTC))
        .sign(officer.key, hashes.SHA256())
    )  # fmt: skip
    return Officer("Nobody", officer.key, built.public_bytes(serialization.Encoding.DER), ())


def test_the_shadow_attack_that_rewrites_a_text_field_never_passes(running_world: World) -> None:
    def text_field(writer: Writer) -> None:
        field = writer.add_object(
            generic.DictionaryObject({
                pdf_name("/FT"): pdf_name("/Tx"), pdf_name("/T"): pdf_string("Amount"),
                pdf_name("/V"): pdf_string("10"),
                pdf_name("/Type"): pdf_name("/Annot"), pdf_name("/Subtype"): pdf_name("/Widget"),
                pdf_name("/Rect"): generic.ArrayObject(map(generic.NumberObject, (60, 600, 160, 620))),
            })
        )  # fmt: skip
        writer.root["/AcroForm"] = writer.add_object(
            generic.DictionaryObject({pdf_name("/Fields"): generic.ArrayObject([field])})
        )
        writer.update_root()

    def rewrite(writer: Writer) -> None:
        field = writer.root["/AcroForm"]["/Fields"][0]
        field["/V"] = pdf_string("1000000")
        writer.update_container(field)

    signed = foreign_signed(increment(letter(), text_field), running_world.officer())
    assert look(running_world, signed).integrity is WholeState.INTACT
    report = look(running_world, increment(signed, rewrite))
    assert report.integrity is WholeState.SUSPICIOUS
    assert "form-fields-changed" in report.signatures[0].reasons


@pytest.mark.parametrize("entry", [b"/ByteRange", b"/Contents"])
def test_a_nulled_signature_entry_is_a_broken_signature_not_a_missing_one(running_world: World, entry: bytes) -> None:
    signed = running_world.signed(running_world.officer())

    def null(writer: Writer) -> None:
        value = writer.root["/AcroForm"]["/Fields"][0]["/V"]
        value[entry.decode()] = generic.NullObject()
        writer.update_container(value)

    report = look(running_world, increment(signed, null))
    assert (report.verdict, report.integrity) == (Verdict.TOTAL_FAILED, WholeState.BROKEN)


def test_a_gap_beside_the_signature_is_seen(running_world: World) -> None:
    """Signature wrapping: the byte range leaves out more than the signature."""
    signed = running_world.signed(running_world.officer())
    match = re.search(rb"/ByteRange \[(\d+) (\d+) (\d+) (\d+)\s*\]", signed)
    assert match
    _, first, second, length = (int(number) for number in match.groups())
    moved = b"/ByteRange [%d %d %d %d" % (0, first, second + 40, length - 40)
    attacked = signed.replace(match.group(0), moved.ljust(len(match.group(0)) - 1) + b"]")
    assert look(running_world, attacked).integrity is WholeState.BROKEN


@pytest.mark.parametrize("tail", [b"\n", b"\x00", b" junk", b"\n%%EOF\n", b"%PDF-1.7\n%%EOF", b"x" * 5000])
def test_anything_appended_is_seen(paper: bytes, running_world: World, tail: bytes) -> None:
    report = look(running_world, paper + tail)
    assert report.integrity is not WholeState.INTACT
    assert report.verdict is not Verdict.TOTAL_PASSED


def test_no_flip_in_the_embedded_chain_passes(paper: bytes, running_world: World) -> None:
    """The certificates of a chain lie in the hole, where no signature covers them."""
    content = paper[paper.index(b"/Contents <") :]
    hexed = content[len(b"/Contents <") : content.index(b">", 11)]
    issuing = running_world.authority.der("issuing").hex().encode()
    start = paper.index(b"/Contents <") + len(b"/Contents <") + hexed.lower().index(issuing)
    for at in range(start, start + len(issuing), len(issuing) // 8):
        spoilt = paper[:at] + (b"0" if paper[at : at + 1] != b"0" else b"1") + paper[at + 1 :]
        report = look(running_world, spoilt)
        assert report.integrity is not WholeState.INTACT, at - start
        assert report.verdict is not Verdict.TOTAL_PASSED, at - start


damage = st.tuples(
    st.sampled_from(["flip", "insert", "delete", "zero", "swap", "repeat"]),
    st.floats(min_value=0, max_value=1, exclude_max=True),
    st.integers(min_value=1, max_value=255),
    st.integers(min_value=1, max_value=64),
)


def damaged(pdf: bytes, kind: str, where: float, value: int, length: int) -> bytes:
    at = int(where * len(pdf))
    if kind == "flip":
        return pdf[:at] + bytes([pdf[at] ^ value]) + pdf[at + 1 :]
    if kind == "insert":
        return pdf[:at] + bytes([value]) * length + pdf[at:]
    if kind == "delete":
        return pdf[:at] + pdf[at + length :]
    if kind == "zero":
        return pdf[:at] + bytes(min(length, len(pdf) - at)) + pdf[at + length :]
    if kind == "swap":
        return pdf[:at] + pdf[at + length : at + 2 * length] + pdf[at : at + length] + pdf[at + 2 * length :]
    return pdf[:at] + pdf[at : at + length] + pdf[at:]


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(damage)
def test_no_damage_anywhere_yields_a_clean_pass(
    paper: bytes, running_world: World, how: tuple[str, float, int, int]
) -> None:
    spoilt = damaged(paper, *how)
    if spoilt == paper:
        return
    report = look(running_world, spoilt)
    assert report.integrity is not WholeState.INTACT, how
    assert report.verdict is not Verdict.TOTAL_PASSED, how


@pytest.mark.soak
@settings(max_examples=3000, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(damage)
def test_no_damage_of_thousands_yields_a_clean_pass(
    paper: bytes, running_world: World, how: tuple[str, float, int, int]
) -> None:
    spoilt = damaged(paper, *how)
    if spoilt == paper:
        return
    report = look(running_world, spoilt)
    assert report.integrity is not WholeState.INTACT, how
    assert report.verdict is not Verdict.TOTAL_PASSED, how


def test_another_office_may_countersign_a_paper_that_was_left_open(running_world: World) -> None:
    once = foreign_signed(letter(), running_world.officer("First"))
    twice = foreign_signed(once, running_world.officer("Second"), "Second", (60, 100, 200, 140))
    report = look(running_world, twice)
    assert report.integrity is WholeState.INTACT
    assert len(report.signatures) == 2


def test_prepared_slots_do_not_make_an_unsigned_paper_look_signed(running_world: World) -> None:
    assert look(running_world, slots.prepare_slots(letter(), ["S"])).verdict is Verdict.NO_SIGNATURE
