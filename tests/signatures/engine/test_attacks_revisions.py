"""What is appended to a signed paper, rebuilt attack by attack: only a signature, a stamp or evidence may follow."""

from __future__ import annotations

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


def look(pdf: bytes) -> Report:
    return examine(pdf, trust=Trust(), at=datetime.now(UTC))


def page(writer: Writer) -> generic.DictionaryObject:
    found: generic.DictionaryObject = writer.root["/Pages"]["/Kids"][0]
    return found


def white_box(writer: Writer) -> generic.IndirectObject:
    box = {"/Type": pdf_name("/XObject"), "/Subtype": pdf_name("/Form"),
           "/BBox": generic.ArrayObject(map(generic.NumberObject, (0, 0, 300, 50)))}  # fmt: skip
    stream = generic.StreamObject(
        {pdf_name(key): value for key, value in box.items()}, stream_data=b"1 g 0 0 300 50 re f"
    )
    found: generic.IndirectObject = writer.add_object(stream)
    return found


def text_field(name: str, value: str) -> Change:
    def add(writer: Writer) -> None:
        field = writer.add_object(generic.DictionaryObject({
            pdf_name("/FT"): pdf_name("/Tx"), pdf_name("/T"): pdf_string(name), pdf_name("/V"): pdf_string(value),
            pdf_name("/Type"): pdf_name("/Annot"), pdf_name("/Subtype"): pdf_name("/Widget"),
            pdf_name("/Rect"): generic.ArrayObject(map(generic.NumberObject, (60, 600, 160, 620))),
        }))  # fmt: skip
        writer.root["/AcroForm"] = writer.add_object(
            generic.DictionaryObject({pdf_name("/Fields"): generic.ArrayObject([field])})
        )
        writer.update_root()

    return add


def write(name: str, value: str) -> Change:
    def change(writer: Writer) -> None:
        field = next(one.get_object() for one in raw(writer.root["/AcroForm"]["/Fields"]) if one["/T"] == name)
        field["/V"] = pdf_string(value)
        writer.update_container(field)

    return change


def raw(array: generic.ArrayObject) -> list[generic.DictionaryObject]:
    return [array[index] for index in range(len(array))]


@cache
def signed() -> bytes:
    return foreign.detached(foreign.paper())


def other_text(writer: Writer) -> None:
    page(writer)["/Contents"] = writer.add_object(generic.StreamObject(stream_data=b"BT (Refused.) Tj ET"))
    writer.update_container(page(writer))


def other_box(writer: Writer) -> None:
    page(writer)["/MediaBox"] = generic.ArrayObject(map(generic.NumberObject, (0, 0, 200, 200)))
    writer.update_container(page(writer))


def other_font(writer: Writer) -> None:
    fonts = page(writer)["/Resources"]["/Font"]
    font = fonts[next(iter(fonts))]
    font["/BaseFont"] = pdf_name("/Symbol")
    writer.update_container(font)


def other_title(writer: Writer) -> None:
    writer.set_info(generic.DictionaryObject({pdf_name("/Title"): pdf_string("Refusal")}))


def other_reason(writer: Writer) -> None:
    value = writer.root["/AcroForm"]["/Fields"][0]["/V"]
    value["/Reason"] = pdf_string("Seen only")
    writer.update_container(value)


def other_picture_of_the_signature(writer: Writer) -> None:
    field = writer.root["/AcroForm"]["/Fields"][0]
    field["/AP"] = generic.DictionaryObject({pdf_name("/N"): white_box(writer)})
    field["/Rect"] = generic.ArrayObject(map(generic.NumberObject, (60, 690, 360, 740)))
    writer.update_container(field)


def a_twin_of_the_field(writer: Writer) -> None:
    field = writer.root["/AcroForm"]["/Fields"][0]
    twin = generic.DictionaryObject({key: field.raw_get(key) for key in field})
    twin["/AP"] = generic.DictionaryObject({pdf_name("/N"): white_box(writer)})
    twin["/Rect"] = generic.ArrayObject(map(generic.NumberObject, (60, 690, 360, 740)))
    page(writer)["/Annots"] = generic.ArrayObject([writer.add_object(twin)])
    writer.update_container(page(writer))


def a_layer(writer: Writer) -> None:
    writer.root["/OCProperties"] = generic.DictionaryObject({pdf_name("/OCGs"): generic.ArrayObject()})
    writer.update_root()


def nothing(writer: Writer) -> None:
    writer.add_object(pdf_string("nothing refers to this"))


TAILS: list[Change] = [
    other_text, other_box, other_font, other_title, other_reason, other_picture_of_the_signature, a_twin_of_the_field,
    a_layer, nothing,
]  # fmt: skip


@pytest.mark.parametrize("change", TAILS, ids=lambda change: str(change.__name__))
def test_an_increment_that_is_neither_signature_nor_evidence_never_passes(change: Change) -> None:
    report = look(increment(signed(), change))
    assert report.integrity in {WholeState.SUSPICIOUS, WholeState.BROKEN}, report


@pytest.mark.parametrize(
    "change", [other_text, other_box, other_font, other_reason, other_picture_of_the_signature, a_twin_of_the_field],
    ids=lambda change: str(change.__name__),
)  # fmt: skip
def test_a_strangers_signature_over_the_change_does_not_heal_it(change: Change) -> None:
    report = look(foreign.detached(increment(signed(), change), name="Stranger"))
    assert report.integrity in {WholeState.SUSPICIOUS, WholeState.BROKEN}, report


def test_a_second_signature_and_filling_of_an_empty_field_are_fine() -> None:
    form = foreign.detached(increment(foreign.paper(), text_field("Remarks", "")))
    filled = increment(form, write("Remarks", "Agreed."))
    assert look(filled).reasons == ("uncovered-changes",)
    assert look(foreign.detached(filled, name="Second")).integrity is WholeState.INTACT


def test_a_value_that_was_signed_is_not_replaced_even_under_another_signature() -> None:
    form = foreign.detached(increment(foreign.paper(), text_field("Amount", "10")))
    report = look(foreign.detached(increment(form, write("Amount", "1000000")), name="Stranger"))
    assert report.integrity is WholeState.SUSPICIOUS
    assert "form-fields-changed" in report.reasons


def test_a_reference_that_led_nowhere_when_signed_leads_nowhere() -> None:
    """Shadow attack "hide-and-replace": the signed page already names the object that is only appended later."""

    def dangling(writer: Writer) -> None:
        lost = generic.IndirectObject(900, 0, writer)
        contents = page(writer).raw_get("/Contents")
        page(writer)["/Contents"] = generic.ArrayObject([contents, lost])
        writer.update_container(page(writer))

    once = foreign.detached(increment(foreign.paper(), dangling))
    assert look(once).integrity is WholeState.INTACT
    body = b"900 0 obj\n<</Length 22>>stream\n1 g 0 0 600 800 re f  \nendstream\nendobj\n"
    start = once.rindex(b"startxref")
    previous = int(once[start:].split()[1])
    table = len(once) + len(body)
    tail = body + b"xref\n900 1\n%010d 00000 n \ntrailer\n<</Size 901/Root %s/Prev %d>>\nstartxref\n%d\n%%%%EOF\n" % (
        len(once), root_of(once), previous, table,
    )  # fmt: skip
    assert look(once + tail).integrity in {WholeState.SUSPICIOUS, WholeState.BROKEN}
    healed = foreign.detached(once + tail, name="Stranger")
    assert look(healed).integrity is WholeState.SUSPICIOUS


def root_of(pdf: bytes, entry: bytes = b"/Root") -> bytes:
    at = pdf.rindex(entry) + len(entry)
    return b" ".join(pdf[at:].split()[:3])


@pytest.mark.parametrize("where", ["tail", "between"])
def test_objects_that_no_table_names_are_seen(where: str) -> None:
    """Incremental saving without a table: readers that mend broken files would show them."""
    stray = b"\n4 0 obj\n<</Length 4>>stream\nq Q \nendstream\nendobj\n"
    if where == "tail":
        assert look(signed() + stray + b"%%EOF\n").integrity is not WholeState.INTACT
        return
    report = look(foreign.detached(signed() + stray, name="Stranger"))
    assert report.integrity is not WholeState.INTACT


def test_two_entries_of_one_name_in_the_signature_are_seen() -> None:
    pdf = foreign.filled(doubled(), lambda data: foreign.envelope(None, data, "sha256"))
    assert look(pdf).integrity is not WholeState.INTACT


def doubled() -> bytes:
    """A second /Contents before the true one."""
    body = (
        b"9 0 obj\n<</Type/Sig/Filter/Adobe.PPKLite/SubFilter/adbe.pkcs7.detached/Contents<00>"
        b"/ByteRange [0 11111111 22222222 33333333]  /Contents <" + b"0" * (2 * foreign.HOLE) + b">>>\nendobj\n"
    )
    objects = [
        b"1 0 obj\n<</Type/Catalog/Pages 2 0 R/AcroForm<</SigFlags 3/Fields[4 0 R]>>>>\nendobj\n",
        b"2 0 obj\n<</Type/Pages/Kids[3 0 R]/Count 1>>\nendobj\n",
        b"3 0 obj\n<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]>>\nendobj\n",
        b"4 0 obj\n<</FT/Sig/T(S)/V 9 0 R/Type/Annot/Subtype/Widget/Rect[0 0 0 0]>>\nendobj\n",
        body,
    ]
    pdf, places = b"%PDF-1.7\n", []
    for one in objects:
        places.append(len(pdf))
        pdf += one
    table = len(pdf)
    pdf += b"xref\n0 5\n0000000000 65535 f \n" + b"".join(b"%010d 00000 n \n" % place for place in places[:4])
    pdf += b"9 1\n%010d 00000 n \n" % places[4]
    return pdf + b"trailer\n<</Size 10/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % table


def test_our_own_archived_letter_keeps_its_clean_pass(world: World) -> None:
    pdf = world.archived(world.signed(world.officer()))
    report = examine(pdf, trust=world.trust, at=datetime.now(UTC))
    assert report.integrity is WholeState.INTACT
