"""Files that are no sheets, or mean harm, get an answer in words, and soon."""

import io
import time
import zipfile

import pytest
import xlsxwriter
from django.utils.translation import override

from employee_master.sheets import opening
from employee_master.sheets.messages import UNREADABLE, SheetUnreadable
from employee_master.sheets.reading import MAX_BYTES, read_sheet
from tests.employee_master.sheets.made import changed, compound, text, xlsx, zipped

GOOD = xlsx([["Name", "Mobile", "E-mail"], ["Ram Lal", "9800000001", "ram@gov.in"]])
TYPES = '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>'


def bomb() -> bytes:
    """Half a megabyte that unpacks to hundreds."""
    row = b'<row r="1"><c r="A1" t="inlineStr"><is><t>x</t></is></c></row>'
    return changed(
        GOOD, xl__worksheets__sheet1_xml=b"<worksheet><sheetData>" + row * 5_000_000 + b"</sheetData></worksheet>"
    )


def lying_bomb() -> bytes:
    """The directory says it is small; the stream goes on."""
    content = zipped({"[Content_Types].xml": TYPES, "xl/workbook.xml": b"<workbook/>" + b" " * 30_000_000})
    out = bytearray(content)
    place = out.rfind(b"PK\x01\x02")
    out[place + 24 : place + 28] = (100).to_bytes(4, "little")
    return bytes(out)


def deep() -> bytes:
    content = b"<worksheet><sheetData>" + b"<row>" * 400_000 + b"</row>" * 400_000 + b"</sheetData></worksheet>"
    return changed(GOOD, xl__worksheets__sheet1_xml=content)


def laughs() -> bytes:
    lol = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 12))
    book = f'<?xml version="1.0"?><!DOCTYPE w [<!ENTITY l0 "ha">{lol}]><workbook>&l11;</workbook>'
    return changed(GOOD, xl__workbook_xml=book)


def far() -> bytes:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out) as book:
        page = book.add_worksheet()
        page.write_row(0, 0, ["Name", "Mobile", "E-mail"])
        page.write_row(1, 0, ["Ram Lal", "9800000001", "ram@gov.in"])
        page.write(1_048_575, 16_383, " ")
    return out.getvalue()


def answer(content: bytes) -> str:
    """The code of the refusal, or nothing where the file was read."""
    try:
        read_sheet(content, "x")
    except SheetUnreadable as refusal:
        return refusal.code
    return ""


FILES = {
    "nothing": (b"", "empty_file"),
    "only_spaces": (b" \r\n\x00\x00", "empty_file"),
    "pdf": (b"%PDF-1.7\n1 0 obj", "is_pdf"),
    "photo": (b"\xff\xd8\xff\xe0" + b"\x00" * 200, "is_picture"),
    "word": (zipped({"[Content_Types].xml": TYPES, "word/document.xml": "<w/>"}), "is_word"),
    "old_word": (compound("WordDocument", b"x"), "is_word"),
    "zip": (zipped({"list.csv": "Name,Mobile"}), "is_archive"),
    "rar": (b"Rar!\x1a\x07\x00" + b"x" * 99, "is_archive"),
    "encrypted": (compound("EncryptedPackage", b"x" * 5000), "encrypted"),
    "bytes": (bytes(range(256)) * 40, "unknown_kind"),
    "foreign_xml": (b"<?xml version='1.0'?><rss><item/></rss>", "unknown_kind"),
    "cut": (GOOD[: len(GOOD) // 2], "damaged"),
    "garbage_in_zip": (zipped({"[Content_Types].xml": TYPES, "xl/workbook.xml": "garbage"}), "damaged"),
    "broken_xls": (compound("Workbook", b"\x09\x08\x10\x00garbage" * 400), "damaged"),
    "bomb": (bomb(), "unpacks_too_big"),
    "laughs": (laughs(), "damaged"),
    "far_cell": (far(), "far_cell"),
    "binary_csv": (b"Name,Mobile\n" + b"\x01\x02\x03\x04" * 500, "unknown_kind"),
}


@pytest.mark.parametrize(("content", "code"), FILES.values(), ids=FILES)
def test_what_can_t_be_read_is_refused_in_words(content, code):
    began = time.monotonic()
    with pytest.raises(SheetUnreadable) as caught:
        read_sheet(content, "staff.xlsx")
    assert caught.value.code == code
    assert time.monotonic() - began < 30
    with override("en"):
        assert "%" not in str(caught.value.message)
        assert str(caught.value.remedy).endswith(".")


@pytest.mark.parametrize("content", [lying_bomb(), deep()], ids=["lying_bomb", "deep"])
def test_tricks_end_in_an_answer(content):
    assert answer(content) in {"", *UNREADABLE}


def test_a_macro_is_not_run_and_its_cells_are_read():
    sheet = read_sheet(changed(GOOD, **{"xl/vbaProject.bin": b"\x00" * 100}), "staff.xlsm")
    assert len(sheet.rows) == 1
    assert [note.code for note in sheet.notes] == ["macros"]


def test_too_big_a_file_is_not_even_opened():
    with pytest.raises(SheetUnreadable, match="too_big"):
        read_sheet(b"x" * (MAX_BYTES + 1), "x")


def test_a_reader_that_hangs_or_starves_is_ended(monkeypatch):
    monkeypatch.setattr(opening, "WALL_SECONDS", 0.01)
    with pytest.raises(SheetUnreadable, match="too_complex"):
        read_sheet(GOOD, "x")
    monkeypatch.setattr(opening, "WALL_SECONDS", 40)
    monkeypatch.setattr(opening, "MEMORY", 32 * 1024 * 1024)
    rows = [[f"Ram Lal {n} " * 20, "9800000001", f"x{n}@gov.in"] for n in range(40_000)]
    with pytest.raises(SheetUnreadable, match="too_complex"):
        read_sheet(text([["Name", "Mobile", "E-mail"], *rows]), "x")


def test_the_child_knows_nothing_of_django():
    source = opening.CHILD.read_text(encoding="utf-8")
    assert "django" not in source.lower().replace("knows nothing of django", "")


def test_any_bytes_get_an_answer():
    """Slices and mixtures of real files, as copying leaves them."""
    other = text([["Name", "Mobile"], ["राम", "9800000001"]], encoding="utf-16")
    for content in (GOOD[100:], GOOD + GOOD[:50], other[1:], b"PK\x03\x04" + other, GOOD[:-30] + b"\x00" * 30):
        assert answer(content) in {"", *UNREADABLE}


def test_parts_of_a_workbook_may_be_missing():
    with zipfile.ZipFile(io.BytesIO(GOOD)) as archive:
        for left_out in archive.namelist():
            entries = {name: archive.read(name) for name in archive.namelist() if name != left_out}
            if left_out not in {"xl/workbook.xml", "xl/worksheets/sheet1.xml", "xl/_rels/workbook.xml.rels"}:
                continue
            with pytest.raises(SheetUnreadable):
                read_sheet(zipped(entries), "x")
