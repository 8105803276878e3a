"""The letter and the decision record as the office draws them: signable, and still what they were after signing."""

from __future__ import annotations

import subprocess
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

import pikepdf
import pytest

from eoffice.documents.pdf.letter import draw_letter
from eoffice.documents.pdf.notesheet import draw_notesheet
from signatures.engine import slots
from signatures.engine.examine import examine
from signatures.engine.facts import Level, Verdict
from tests.documents.pdf.samples import LETTER, RECORD
from tests.signatures.authority import World


@pytest.mark.parametrize("paper", ["letter", "record"])
def test_our_own_papers_are_signed_to_b_lta_and_keep_version_text_and_metadata(
    world: World, tmp_path: Path, paper: str
) -> None:
    pdf = draw_letter(LETTER) if paper == "letter" else draw_notesheet(RECORD)
    attached = [slots.Attachment("manifest.json", b"{}")] if paper == "record" else []
    prepared = slots.prepare_slots(pdf, ["Signature1"], attachments=attached, at=datetime.now(UTC))
    signed = world.archived(world.sign(prepared, "Signature1", world.officer("डॉ. मीनाक्षी वर्धन", "rsa-3072")))
    assert signed.startswith(pdf)
    report = examine(signed, trust=world.trust, at=datetime.now(UTC))
    assert (report.verdict, report.level, report.reading) == (Verdict.TOTAL_PASSED, Level.LTA, "strict")
    with pikepdf.open(BytesIO(pdf)) as before, pikepdf.open(BytesIO(signed)) as after:
        assert after.pdf_version == before.pdf_version
        assert after.Root.Metadata.read_bytes() == before.Root.Metadata.read_bytes()
    texts = []
    for name, content in (("before", pdf), ("after", signed)):
        path = tmp_path / f"{name}.pdf"
        path.write_bytes(content)
        texts.append(subprocess.run(["pdftotext", path, "-"], capture_output=True, check=True, timeout=60).stdout)
    assert texts[0] == texts[1]
    assert texts[0].strip()
