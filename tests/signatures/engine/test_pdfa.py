"""Letters are PDF/A-2b, papers with a manifest PDF/A-3b, and signing, stamping and renewing keep them so.

Two judges: pikepdf's checker, an allow-list over veraPDF's rules that has nothing to do with pyHanko, and `pdfa_rules`
for what that checker says it does not look at. veraPDF itself can't be had here (decision 0020).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from io import BytesIO

import pikepdf
import pytest
from pikepdf import pdfa

from eoffice.documents.pdf.letter import draw_letter
from eoffice.documents.pdf.notesheet import draw_notesheet
from eoffice.documents.pdf.report import Report, Signer, Table, draw_report
from signatures.engine import levels, slots
from signatures.engine.facts import Level
from tests.documents.pdf.samples import DRAFT, LETTER, RECORD
from tests.signatures.authority import World
from tests.signatures.engine import pdfa_rules

MANIFEST = slots.Attachment("manifest.json", b'{"act": "approve"}', description="What was decided and on what")
MADE = datetime(2026, 11, 24, 11, 12, 18, tzinfo=UTC)
REPORT = Report(
    language="hi", office="सामान्य प्रशासन", number="CR-12/2026", title="प्रभार प्रतिवेदन",
    facts=(("कार्यभार मुक्त अधिकारी", "रेखा नौटियाल"),),
    tables=(Table("लम्बित फाइलें", ("संख्या", "विषय"), (0.4, 0.6), (("412/2026", "छत की मरम्मत"),), "कोई नहीं"),),
    signers=(Signer("कार्यभार मुक्त अधिकारी", "रेखा नौटियाल", "अनु सचिव", "हस्ताक्षर"),),
    made_at=MADE, author="रेखा नौटियाल", closing=("सूची का मिलान किया गया।",), extra={"manifest_hash": "ab" * 32},
)  # fmt: skip
PAPERS: dict[str, tuple[int, Callable[[], bytes]]] = {
    "letter": (2, lambda: draw_letter(LETTER)),
    "plain letter in English": (2, lambda: draw_letter(replace(LETTER, language="en", extra={}))),
    "draft": (2, lambda: draw_letter(DRAFT)),
    "decision record": (3, lambda: draw_notesheet(RECORD)),
    "charge report": (3, lambda: draw_report(REPORT)),
}


def checked(pdf: bytes, part: int) -> pdfa.Report:
    return pdfa.validate_written(BytesIO(pdf), f"{part}b")


def judged(pdf: bytes, part: int) -> list[str]:
    """What either judge finds. The checker gives up at what it does not know, so it gets a copy without that."""
    return [*map(str, checked(reduced(pdf), part).findings), *pdfa_rules.problems(pdf, part=part)]


def reduced(pdf: bytes) -> bytes:
    """Without form, permissions, DSS, attachments and our extension schema; `pdfa_rules` judges exactly those."""
    with pikepdf.open(BytesIO(pdf)) as opened:
        for name in ("/AcroForm", "/Perms", "/DSS", "/AF", "/Names", "/Extensions"):
            if name in opened.Root:
                del opened.Root[name]
        for page in opened.pages:
            if "/Annots" in page.obj:
                del page.obj.Annots
        packet = opened.Root.Metadata.read_bytes()
        for own in (rb"<rdf:Description[^>]*pdfaExtension.*?</rdf:Description>", rb"<eoffice:(\w+)>[^<]*</eoffice:\1>",
                    rb' xmlns:eoffice="[^"]*"'):  # fmt: skip
            packet = re.sub(own, b"", packet, flags=re.DOTALL)
        opened.Root.Metadata.write(packet)
        output = BytesIO()
        opened.save(output, preserve_pdfa=True, object_stream_mode=pikepdf.ObjectStreamMode.disable)
    return output.getvalue()


@pytest.mark.parametrize("name", PAPERS)
def test_what_is_drawn_conforms(name: str) -> None:
    part, draw = PAPERS[name]
    assert judged(draw(), part) == []


def test_without_facts_for_machines_the_checker_passes_a_letter_with_no_reservation() -> None:
    report = checked(draw_letter(replace(LETTER, extra={})), 2)
    assert (report.verdict, report.findings) == ("pass", [])


@pytest.mark.parametrize("name", ["letter", "decision record", "charge report"])
def test_signing_and_archiving_and_renewing_keep_it_so(world: World, name: str) -> None:
    part, draw = PAPERS[name]
    drawn = draw()
    attached = [MANIFEST] if part == 3 else []
    pdf = slots.prepare_slots(drawn, ["First", "Second"], attachments=attached, at=MADE)
    assert judged(pdf, part) == []
    for slot, kind in (("First", "rsa-2048"), ("Second", "p-256")):
        officer = world.officer("डॉ. मीनाक्षी वर्धन", kind)  # type: ignore[arg-type]
        pdf = world.sign(pdf, slot, officer, name=officer.name, reason="अनुमोदित", location="सरयूपुर")
        assert judged(pdf, part) == []
    for want in (Level.T, Level.LT, Level.LTA):
        raised = levels.complete(pdf, have=Level.B, want=want, authority=world.tsa, trust=world.trust)
        assert raised.level is want
        assert judged(raised.pdf, part) == []
    renewed = levels.renew(raised.pdf, authority=world.tsa, trust=world.trust)
    assert judged(renewed, part) == []
    with pikepdf.open(BytesIO(drawn)) as before, pikepdf.open(BytesIO(renewed)) as after:
        assert pdfa_rules.packet(before) == pdfa_rules.packet(after)
        assert before.docinfo == after.docinfo
        assert before.Root.OutputIntents.objgen == after.Root.OutputIntents.objgen or (
            before.Root.OutputIntents[0].DestOutputProfile.read_bytes()
            == after.Root.OutputIntents[0].DestOutputProfile.read_bytes()
        )
        assert after.pdf_version == "1.7"
        if part == 3:
            assert bytes(after.attachments["manifest.json"].get_file().read_bytes()) == MANIFEST.content


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (lambda root: root.__setitem__("/Version", pikepdf.Name("/2.0")), "6.1.2"),
        (lambda root: root.AcroForm.__setitem__("/NeedAppearances", bool(1)), "6.4.1"),
        (lambda root: root.AcroForm.Fields[0].__setitem__("/F", 2), "6.3.2"),
        (lambda root: root.AcroForm.Fields[0].__setitem__("/Rect", pikepdf.Array([0, 0, 9, 9])), "6.3.3"),
        (lambda root: root.__delitem__("/AF"), "6.8"),
        (lambda root: root.__delitem__("/OutputIntents"), "6.2"),
    ],
)  # fmt: skip
def test_the_judges_do_see_faults(spoil: Callable[[pikepdf.Object], None], said: str) -> None:
    pdf = slots.prepare_slots(draw_notesheet(RECORD), ["First"], attachments=[MANIFEST], at=MADE)
    with pikepdf.open(BytesIO(pdf)) as opened:
        spoil(opened.Root)
        output = BytesIO()
        opened.save(output)
    assert any(said in one for one in judged(output.getvalue(), 3))
