"""The letter as a document: block on every page, metadata, stable bytes, pages."""

import io
from dataclasses import replace

import pikepdf
import pytest
import segno
from PIL import Image

from eoffice.documents.pdf.block import SignatureBlock
from eoffice.documents.pdf.letter import draw_letter
from eoffice.documents.pdf.notesheet import draw_notesheet
from eoffice.documents.pdf.sheet import qr_matrix
from tests.documents.pdf.reading import flat, pdfium, picture, poppler
from tests.documents.pdf.samples import BLOCK, DRAFT, LETTER, NOTE, RECORD, letter_with

PARAGRAPHS = "".join(
    f"<p>{n}. यह आदेश वित्त विभाग की सहमति से निर्गत किए जा रहे हैं। {'कार्य पूर्ण हो। ' * 12}</p>" for n in range(2, 30)
)


def pages_of(data: bytes) -> list[str]:
    with pikepdf.open(io.BytesIO(data)) as pdf:
        out = []
        for number in range(len(pdf.pages)):
            with pikepdf.new() as one:
                one.pages.append(pdf.pages[number])
                part = io.BytesIO()
                one.save(part)
            out.append(pdfium(part.getvalue()))
        return out


def test_the_block_stands_on_every_page_and_again_under_the_endorsement(tmp_path):
    pages = pages_of(draw_letter(replace(LETTER, body_html=PARAGRAPHS)))

    assert len(pages) >= 4
    for number, text in enumerate(pages, start=1):
        assert f"पृष्ठ {number} / {len(pages)}" in text
        for fact in (
            "Digitally signed",
            BLOCK.reference_number,
            BLOCK.name,
            BLOCK.designation,
            BLOCK.signed_at,
            BLOCK.reason,
        ):
            assert flat(fact) in text
        assert "verify.gad.state.example/v/5213846" in text
    assert [text.count("Digitally signed") for text in pages] == [1] * (len(pages) - 1) + [2]
    assert all("412/सा.प्र.-3/2026-12(45)/2026" in text for text in pages)


def test_it_never_says_valid(tmp_path):
    for data in (draw_letter(LETTER), draw_letter(replace(LETTER, language="en")), draw_notesheet(RECORD)):
        found = poppler(data, tmp_path).lower()
        assert "valid" not in found
        assert "वैध" not in found


def test_everything_on_the_letter_can_be_read_back(tmp_path):
    for found in (poppler(draw_letter(LETTER), tmp_path, "-layout"), pdfium(draw_letter(LETTER))):
        for text in (
            "संख्या: 412/सा.प्र.-3/2026-12(45)/2026",
            "दिनांक: 24 नवम्बर, 2026",
            "डॉ. मीनाक्षी वर्धन,",
            "सचिव, राज्य शासन।",
            "जिलाधिकारी, सरयूपुर।",
            "संलग्नक: परीक्षित आगणन (5 पृष्ठ)।",
            "भवदीया, (डॉ. मीनाक्षी वर्धन) सचिव।",
            "पृष्ठांकन संख्या: 412(1)/सा.प्र.-3/2026",
            "1. महालेखाकार (लेखा एवं हकदारी)। 2. मण्डलायुक्त, सरयू मण्डल। 3. गार्ड फाइल।",
            "आज्ञा से, (रेखा नौटियाल) अनु सचिव।",
        ):
            assert flat(text) in found


def test_the_qr_code_is_that_of_the_verifier_address():
    """No decoder is packaged, so the picture on the page is compared with the code module by module."""
    data = draw_letter(letter_with("<p>लघु।</p>"))
    matrix = qr_matrix(BLOCK.verify_url)
    own = [[bool(c) for c in row] for row in segno.make_qr(BLOCK.verify_url, error="m").matrix_iter(border=4)]
    image = picture(data, scale=8).convert("L")
    millimetre = image.width / 210
    left = (210 - 19 - 102 + 2) * millimetre
    height = len(matrix)
    side = 23 * millimetre
    bottom = image.height - (12 + 7 + 3) * millimetre - ((6 * 12 + 1) / 72 * 25.4 + 4) / 2 * millimetre + side / 2
    step = side / height
    seen = [
        [
            image.getpixel((round(left + (c + 0.5) * step), round(bottom - side + (r + 0.5) * step))) < 128
            for c in range(height)
        ]
        for r in range(height)
    ]

    assert [list(row) for row in matrix] == own
    assert seen == own


def test_long_names_wrap_and_nothing_is_cut(tmp_path):
    block = replace(
        BLOCK,
        name="डॉ. श्रीमती मीनाक्षी देवी राजराजेश्वरी वर्धन चतुर्वेदी उपाध्याय " * 2,
        designation="विशेष कार्याधिकारी एवं पदेन संयुक्त सचिव, सामान्य प्रशासन एवं राष्ट्रीय एकीकरण विभाग, राज्य शासन",
    )
    data = draw_letter(replace(LETTER, block=block))
    found = pdfium(data)

    assert flat(block.name) in found
    assert flat(block.designation) in found
    image = picture(data).convert("L")
    assert image.crop((round(image.width * 192 / 210), 0, image.width, image.height)).getextrema()[0] > 200


def test_the_signature_never_stands_alone_on_a_page():
    for lines in range(1, 26):
        body = "".join(f"<p>{n}. पंक्ति</p>" for n in range(lines))
        pages = pages_of(draw_letter(letter_with(body, enclosures=())))
        closing = next(text for text in pages if "भवदीया," in text)
        before = closing.split("भवदीया,")[0]
        assert f"{lines - 1}. पंक्ति" in before
        assert "(डॉ. मीनाक्षी वर्धन) सचिव।" in closing


def test_a_draft_says_so_on_every_page_and_where_number_and_date_will_stand(tmp_path):
    pages = pages_of(draw_letter(replace(DRAFT, body_html=PARAGRAPHS)))

    for text in pages:
        assert "DRAFT" in text
        assert "Digitally signed" not in text
        assert "हस्ताक्षर के समय अंकित होगा" in text
    assert "संख्या: [हस्ताक्षर के समय अंकित होगा]" in pages[0]


def test_signing_moves_no_line_to_another_page():
    def without_frame(text: str) -> str:
        return text.rsplit("सेवा में,", maxsplit=1)[-1].rsplit("उपर्युक्त", maxsplit=1)[-1]

    draft = pages_of(draw_letter(replace(DRAFT, body_html=PARAGRAPHS)))
    signed = pages_of(draw_letter(replace(LETTER, body_html=PARAGRAPHS)))

    assert len(draft) == len(signed)
    for before, after in zip(draft, signed, strict=True):
        numbers = [f"{n}. यह आदेश" for n in range(2, 30)]
        assert [n for n in numbers if n in before] == [n for n in numbers if n in after]


def test_equal_input_gives_equal_bytes_and_another_time_does_not():
    later = LETTER.made_at.replace(minute=13)

    assert draw_letter(LETTER) == draw_letter(LETTER)
    assert draw_letter(LETTER) != draw_letter(replace(LETTER, made_at=later))
    assert draw_notesheet(RECORD) == draw_notesheet(RECORD)


@pytest.mark.parametrize(
    ("part", "data"),
    [("2", draw_letter(LETTER)), ("2", draw_letter(DRAFT)), ("3", draw_notesheet(RECORD))],
    ids=["letter", "draft", "record"],
)
def test_the_file_is_made_for_keeping(part, data):
    """The first rules of PDF/A-2b and -3b; tests/signatures/engine/test_pdfa.py has a checker look at the rest."""
    assert data.startswith(b"%PDF-1.7\n%")
    with pikepdf.open(io.BytesIO(data)) as pdf:
        root = pdf.Root
        intent = root.OutputIntents[0]
        assert intent.S == pikepdf.Name.GTS_PDFA1
        assert intent.DestOutputProfile.N == 3
        assert intent.DestOutputProfile.read_bytes()[36:40] == b"acsp"
        assert "/Filter" not in root.Metadata
        assert str(root.Lang) == "hi-IN"
        assert len(pdf.trailer.ID) == 2
        assert "/AcroForm" not in root
        assert "/Encrypt" not in pdf.trailer
        with pdf.open_metadata() as meta:
            assert meta["pdfaid:part"] == part
            assert meta["pdfaid:conformance"] == "B"
            assert meta["dc:title"] == str(pdf.docinfo["/Title"])
            assert meta["dc:creator"] == [str(pdf.docinfo["/Author"])]
            assert meta["xmp:CreateDate"] == "2026-11-24T11:12:18+00:00"
            assert str(pdf.docinfo["/CreationDate"]) == "D:20261124111218+00'00'"
        for number, obj in enumerate(pdf.objects):
            if isinstance(obj, pikepdf.Dictionary | pikepdf.Stream):
                assert "/SMask" not in obj, number
                assert obj.get("/Type") != "/ExtGState"
                assert obj.get("/Subtype") not in ("/Type1", "/TrueType")
        for page in pdf.pages:
            assert set(page.obj.Resources.Font.keys()) == {"/NotoR", "/NotoB"}
            assert "/Group" not in page.obj
            for font in page.obj.Resources.Font.values():
                assert "/FontFile2" in font.DescendantFonts[0].FontDescriptor
                rows = font.ToUnicode.read_bytes().decode()
                assert all(int(line.split()[0]) <= 100 for line in rows.splitlines() if line.endswith(" beginbfchar"))
    assert data.count(b"endstream") == data.count(b"\nendstream")


def test_facts_for_machines_go_into_metadata():
    with pikepdf.open(io.BytesIO(draw_letter(LETTER))) as pdf:
        assert str(pdf.docinfo["/ManifestHash"]) == "ab" * 32
        packet = pdf.Root.Metadata.read_bytes().decode()
    assert f"<eoffice:ManifestHash>{'ab' * 32}</eoffice:ManifestHash>" in packet
    assert "pdfaSchema:namespaceURI" in packet


def test_a_logo_takes_the_place_of_the_mark_without_transparency():
    logo = io.BytesIO()
    Image.new("RGBA", (300, 150), (200, 0, 0, 128)).save(logo, "PNG")
    data = draw_letter(replace(LETTER, letterhead=replace(LETTER.letterhead, logo=logo.getvalue())))

    image = picture(data, scale=2)
    around = image.crop(
        (
            round(image.width * 24 / 210),
            round(image.height * 16 / 297),
            round(image.width * 39 / 210),
            round(image.height * 35 / 297),
        )
    )
    assert any(r > 200 and 90 < g < 160 for r, g, _ in around.get_flattened_data())
    with pikepdf.open(io.BytesIO(data)) as pdf:
        assert all("/SMask" not in o for o in pdf.objects if isinstance(o, pikepdf.Stream))


def test_an_endorsement_signed_by_another_has_their_block():
    other = SignatureBlock(
        "5213847", "रेखा नौटियाल", "अनु सचिव", "24-11-2026, 17:05:51 IST", "अनुमोदित", "https://v.example/5213847"
    )
    assert LETTER.endorsement is not None
    data = draw_letter(replace(LETTER, endorsement=replace(LETTER.endorsement, block=other)))
    last = pages_of(data)[-1]

    assert "5213847" in last
    assert "17:05:51" in last
    assert "5213846" in last


def test_the_decision_record_says_what_was_decided(tmp_path):
    data = draw_notesheet(RECORD)
    assert RECORD.decision is not None
    for found in (poppler(data, tmp_path, "-layout"), pdfium(data)):
        for text in (
            "निर्णय अभिलेख",
            RECORD.file_number,
            NOTE.author,
            NOTE.state_text,
            RECORD.decision.act,
            "संस्करण 4",
            "cd" * 10,
        ):
            assert flat(text) in found
    assert "अनुमोदन" in pages_of(data)[-1]


def test_a_note_sheet_prints_many_notes_in_order(tmp_path):
    notes = tuple(
        replace(NOTE, number=str(n), html=f"<p>{n} वीं टिप्पणी। {'विस्तार सहित। ' * 40}</p>") for n in range(1, 41)
    )
    data = draw_notesheet(replace(RECORD, decision=None, block=None, notes=notes))
    found = pdfium(data)
    places = [found.index(f"टिप्पणी {n} · राम कुमार") for n in range(1, 41)]

    assert places == sorted(places)
    assert "टिप्पणी पृष्ठ" in found
