"""Attacks that hide behind what may follow a signature: validation data, or the signature of a stranger.

Neither makes another change good. Each attack is tried under both covers, and bare on a paper whose own validation data
no signature covers.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from functools import cache

import pytest
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.generic import pdf_name, pdf_string

from signatures.engine.examine import examine
from signatures.engine.facts import Report, WholeState
from signatures.engine.trust import Trust
from tests.signatures.authority import World
from tests.signatures.engine import foreign
from tests.signatures.engine.foreign import Change, Writer, increment
from tests.signatures.engine.test_attacks import foreign_signed
from tests.signatures.engine.test_attacks_revisions import page, root_of, white_box


def look(pdf: bytes) -> Report:
    return examine(pdf, trust=Trust(), at=datetime.now(UTC))


def numbers(*values: float) -> generic.ArrayObject:
    return generic.ArrayObject(map(generic.FloatObject, values))


def widget(**entries: object) -> generic.DictionaryObject:
    return generic.DictionaryObject({
        pdf_name("/Type"): pdf_name("/Annot"), pdf_name("/Subtype"): pdf_name("/Widget"),
        pdf_name("/FT"): pdf_name("/Sig"), **{pdf_name(f"/{key}"): value for key, value in entries.items()},
    })  # fmt: skip


def put(writer: Writer, one: generic.DictionaryObject) -> generic.IndirectObject:
    """A field of the form and of the first page."""
    reference: generic.IndirectObject = writer.add_object(one)
    form = writer.root["/AcroForm"]
    form["/Fields"] = generic.ArrayObject(
        [*(form["/Fields"].raw_get(at) for at in range(len(form["/Fields"]))), reference]
    )
    writer.update_container(form)
    place = page(writer)
    notes = place["/Annots"] if "/Annots" in place else generic.ArrayObject()
    place["/Annots"] = generic.ArrayObject([*(notes.raw_get(at) for at in range(len(notes))), reference])
    writer.update_container(place)
    return reference


def base(writer: Writer) -> None:
    """What the attacks need: structure, a picture of a field that nobody has signed yet, a data field."""
    element = writer.add_object(
        generic.DictionaryObject({pdf_name("/S"): pdf_name("/P"), pdf_name("/Alt"): pdf_string("Sanctioned.")})
    )
    writer.root["/StructTreeRoot"] = writer.add_object(
        generic.DictionaryObject({pdf_name("/Type"): pdf_name("/StructTreeRoot"), pdf_name("/K"): element})
    )
    writer.root["/AcroForm"] = generic.DictionaryObject({pdf_name("/Fields"): generic.ArrayObject()})
    writer.update_root()
    put(writer, widget(T=pdf_string("Empty"), Rect=numbers(60, 690, 360, 740), F=generic.NumberObject(4)))
    put(writer, widget(T=pdf_string("Hidden"), Rect=numbers(60, 640, 360, 690), F=generic.NumberObject(2)))
    put(writer, widget(
        FT=pdf_name("/Tx"), T=pdf_string("Remarks"), Rect=numbers(60, 100, 160, 120), TU=pdf_string("Your remarks")
    ))  # fmt: skip


@cache
def signed() -> bytes:
    return foreign.detached(increment(foreign.paper(), base))


def field(writer: Writer, name: str) -> generic.DictionaryObject:
    fields = writer.root["/AcroForm"]["/Fields"]
    found: generic.DictionaryObject = next(fields[at] for at in range(len(fields)) if str(fields[at]["/T"]) == name)
    return found


def entry(name: str, key: str, value: Callable[[Writer], generic.PdfObject]) -> Change:
    def change(writer: Writer) -> None:
        found = field(writer, name)
        found[pdf_name(key)] = value(writer)
        writer.update_container(found)

    return change


def another_node(**entries: generic.PdfObject) -> Change:
    """The page hangs below a copy of its parent that says more."""

    def change(writer: Writer) -> None:
        above = page(writer)["/Parent"]
        copy = generic.DictionaryObject({key: above.raw_get(key) for key in above})
        copy.update({pdf_name(f"/{key}"): value for key, value in entries.items()})
        page(writer)["/Parent"] = writer.add_object(copy)
        writer.update_container(page(writer))

    return change


def thumbnail(writer: Writer) -> None:
    page(writer)["/Thumb"] = writer.add_object(generic.StreamObject(stream_data=bytes(64)))
    writer.update_container(page(writer))


def other_words(writer: Writer) -> None:
    element = writer.root["/StructTreeRoot"]["/K"]
    element[pdf_name("/ActualText")] = pdf_string("Refused.")
    writer.update_container(element)


def more_words(writer: Writer) -> None:
    top = writer.root["/StructTreeRoot"]
    more = writer.add_object(
        generic.DictionaryObject({pdf_name("/S"): pdf_name("/P"), pdf_name("/ActualText"): pdf_string("Refused.")})
    )
    top[pdf_name("/K")] = generic.ArrayObject([top.raw_get("/K"), more])
    writer.update_container(top)


def no_words(writer: Writer) -> None:
    del writer.root["/StructTreeRoot"]
    writer.update_root()


def twin(writer: Writer) -> None:
    value = field(writer, "Theirs").raw_get("/V")
    put(writer, widget(T=pdf_string("Approved"), V=value, Rect=numbers(0, 0, 0, 0), F=generic.NumberObject(132)))


def other_date(writer: Writer) -> None:
    writer.set_info(generic.DictionaryObject({pdf_name("/CreationDate"): pdf_string("D:19990101000000Z")}))


def flags(number: int) -> Callable[[Writer], generic.PdfObject]:
    return lambda _writer: generic.NumberObject(number)


ATTACKS: dict[str, Change] = {
    "turned-from-above": another_node(Rotate=generic.NumberObject(180)),
    "cut-from-above": another_node(CropBox=numbers(0, 0, 50, 50)),
    "thumbnail": thumbnail,
    "other-words": other_words,
    "more-words": more_words,
    "no-words": no_words,
    "twin": twin,
    "other-date": other_date,
    "title": lambda writer: writer.set_info(generic.DictionaryObject({pdf_name("/Title"): pdf_string("Refusal")})),
    "signature-hidden": entry("Theirs", "/F", flags(2)),
    "signature-not-printed": entry("Theirs", "/F", flags(0x20)),
    "signature-tooltip": entry("Theirs", "/TU", lambda _writer: pdf_string("Seen only")),
    "signature-below-another": entry(
        "Theirs", "/Parent",
        lambda writer: writer.add_object(generic.DictionaryObject({pdf_name("/T"): pdf_string("Chief")})),
    ),
    "picture-where-nobody-signed": entry(
        "Empty", "/AP", lambda writer: generic.DictionaryObject({pdf_name("/N"): white_box(writer)})
    ),
    "hidden-field-appears": entry("Hidden", "/F", flags(4)),
    "other-tooltip": entry("Remarks", "/TU", lambda _writer: pdf_string("Your consent")),
    "value-from-above": entry(
        "Remarks", "/Parent",
        lambda writer: writer.add_object(generic.DictionaryObject({pdf_name("/V"): pdf_string("Agreed.")})),
    ),
}  # fmt: skip
COVERS: dict[str, Callable[[bytes, Change], bytes]] = {
    "evidence": lambda pdf, change: increment(pdf, lambda writer: (change(writer), evidence(writer))),
    "after-evidence": lambda pdf, change: increment(increment(pdf, evidence), change),
    "stranger": lambda pdf, change: foreign.detached(increment(pdf, change), name="Stranger"),
}


def evidence(writer: Writer) -> None:
    stream = writer.add_object(generic.StreamObject(stream_data=foreign.certificate().dump()))
    writer.root["/DSS"] = generic.DictionaryObject({pdf_name("/Certs"): generic.ArrayObject([stream])})
    writer.update_root()


def test_the_covers_alone_are_fine() -> None:
    assert look(increment(signed(), evidence)).integrity is WholeState.INTACT
    assert look(foreign.detached(signed(), name="Stranger")).integrity is WholeState.INTACT


@pytest.mark.parametrize("cover", COVERS)
@pytest.mark.parametrize("attack", ATTACKS)
def test_no_cover_hides_a_change(attack: str, cover: str) -> None:
    report = look(COVERS[cover](signed(), ATTACKS[attack]))
    assert report.integrity in {WholeState.SUSPICIOUS, WholeState.BROKEN}, report


def test_an_increment_behind_the_evidence_that_brings_none_is_seen() -> None:
    archived = increment(signed(), evidence)
    report = look(increment(archived, lambda writer: writer.add_object(pdf_string("nothing refers to this"))))
    assert report.integrity is WholeState.SUSPICIOUS


def out_of_the_form(writer: Writer) -> None:
    writer.root["/AcroForm"]["/Fields"] = generic.ArrayObject()
    writer.update_root()


def without_a_value(writer: Writer) -> None:
    found = field(writer, "Theirs")
    del found["/V"]
    writer.update_container(found)


def of_another_kind(writer: Writer) -> None:
    found = field(writer, "Theirs")
    found["/FT"] = pdf_name("/Tx")
    writer.update_container(found)


@pytest.mark.parametrize("removal", [out_of_the_form, without_a_value, of_another_kind])
def test_who_takes_a_signature_out_and_signs_himself_is_seen(removal: Change) -> None:
    def other_text(writer: Writer) -> None:
        removal(writer)
        page(writer)["/Contents"] = writer.add_object(generic.StreamObject(stream_data=b"BT (Refused.) Tj ET"))
        writer.update_container(page(writer))

    report = look(foreign.detached(increment(signed(), other_text), name="Stranger"))
    assert report.integrity is WholeState.SUSPICIOUS
    assert "signature-removed" in report.reasons


def pictured(pdf: bytes, name: str, rectangle: generic.ArrayObject, flag: int) -> bytes:
    """Signed with a black picture in the rectangle."""

    def add(writer: Writer) -> None:
        found = field(writer, name)
        found["/Rect"], found["/F"] = rectangle, generic.NumberObject(flag)
        found["/AP"] = generic.DictionaryObject({pdf_name("/N"): white_box(writer)})
        writer.update_container(found)

    def shown(writer: Writer) -> None:
        put(writer, widget(T=pdf_string(name), Rect=numbers(0, 0, 0, 0)))

    def signature(writer: Writer) -> None:
        add(writer)
        value = writer.add_object(generic.DictionaryObject({
            pdf_name("/Type"): pdf_name("/Sig"), pdf_name("/Filter"): pdf_name("/Adobe.PPKLite"),
            pdf_name("/SubFilter"): pdf_name("/adbe.pkcs7.detached"),
            pdf_name("/ByteRange"): generic.ArrayObject(map(generic.NumberObject, (0, 11111111, 22222222, 33333333))),
            pdf_name("/Contents"): generic.ByteStringObject(bytes(foreign.HOLE)),
        }))  # fmt: skip
        found = field(writer, name)
        found["/V"] = value
        writer.update_container(found)

    def both(writer: Writer) -> None:
        shown(writer)
        signature(writer)

    return foreign.filled(increment(pdf, both), lambda data: foreign.envelope(None, data, "sha256"))


def test_a_stamp_in_a_free_place_is_fine() -> None:
    assert look(pictured(signed(), "Second", numbers(300, 300, 400, 400), 4)).integrity is WholeState.INTACT


@pytest.mark.parametrize(
    ("rectangle", "flag"), [((60, 723, 500, 724), 4), ((60, 690, 360, 740), 0x24)], ids=["line", "on-paper-only"]
)
def test_a_picture_over_text_is_seen_also_as_a_line_or_by_the_printer_alone(
    rectangle: tuple[int, ...], flag: int, running_world: World
) -> None:
    once = foreign_signed(foreign.paper(), running_world.officer("First"), "First", (300, 300, 400, 400))
    report = look(pictured(once, "Second", numbers(*rectangle), flag))
    assert report.integrity is WholeState.SUSPICIOUS, report
    assert "late-visible-field" in report.reasons


def test_nobody_covers_the_picture_of_another_signer_but_his_own_he_may(running_world: World) -> None:
    box = (300, 300, 400, 400)
    first = running_world.officer("First")
    once = foreign_signed(foreign.paper(), first, "First", box)
    assert look(foreign_signed(once, first, "Again", box)).integrity is WholeState.INTACT
    for other in (box, (303, 303, 398, 398)):
        report = look(foreign_signed(once, running_world.officer("Second"), "Second", other))
        assert report.integrity is WholeState.SUSPICIOUS
        assert "late-visible-field" in report.reasons


def test_metadata_that_says_otherwise_is_seen() -> None:
    pdf = signed()
    xmp = (
        b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
        b'<rdf:Description xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title><rdf:Alt><rdf:li>%s</rdf:li></rdf:Alt>'
        b"</dc:title></rdf:Description></rdf:RDF></x:xmpmeta>"
    )
    assert look(with_metadata(pdf, xmp % b"")).integrity is WholeState.INTACT
    assert look(with_metadata(pdf, xmp % b"Refusal")).integrity is WholeState.SUSPICIOUS
    assert look(with_metadata(pdf, (xmp % b"Refusal")[:-9])).integrity is WholeState.SUSPICIOUS


def with_metadata(pdf: bytes, xmp: bytes) -> bytes:
    """By hand, because pyHanko writes metadata of its own; with validation data, which alone would be fine."""
    der = foreign.certificate().dump()
    catalog = int(root_of(pdf).split()[0])
    start = pdf.rindex(b"%d 0 obj" % catalog)
    old = pdf[start : pdf.index(b"endobj", start)]
    inner = old[old.index(b"<<") + 2 : old.rindex(b">>")]
    bodies = {
        catalog: b"<<" + inner + b"/Metadata 900 0 R/DSS<</Certs[901 0 R]>>>>",
        900: b"<</Type/Metadata/Subtype/XML/Length %d>>stream\n" % len(xmp) + xmp + b"\nendstream",
        901: b"<</Length %d>>stream\n" % len(der) + der + b"\nendstream",
    }
    tail, places = b"", {}
    for number, body in bodies.items():
        places[number] = len(pdf) + len(tail)
        tail += b"%d 0 obj\n" % number + body + b"\nendobj\n"
    table = len(pdf) + len(tail)
    rows = b"".join(b"%d 1\n%010d 00000 n \n" % (number, place) for number, place in places.items())
    previous = int(pdf[pdf.rindex(b"startxref") :].split()[1])
    table_of = b"xref\n" + rows
    return pdf + tail + table_of + b"trailer\n<</Size 902/Root %s/Info %s/Prev %d>>\nstartxref\n%d\n%%%%EOF\n" % (
        root_of(pdf), root_of(pdf, b"/Info"), previous, table,
    )  # fmt: skip
