"""The verifier in its child: hostile and odd files get an answer, in time, within memory."""

from __future__ import annotations

import json
import os
import threading
import time
import zlib
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

import pikepdf
import pytest

from signatures.engine.examine import examine
from signatures.engine.facts import Level, Report, Verdict, WholeState
from signatures.engine.trust import Trust
from signatures.engine.verify import Limits, verify
from tests.signatures.authority import World, letter

NOBODY = Trust()


def check(pdf: bytes, trust: Trust = NOBODY, **limits: float) -> Report:
    return verify(pdf, trust=trust, at=datetime.now(UTC), limits=Limits(**limits))  # type: ignore[arg-type]


def test_a_good_letter_passes_with_every_fact_apart(world: World) -> None:
    pdf = world.archived(world.signed(world.officer("Rekha Nautiyal", designation="Under Secretary")))
    report = check(pdf, world.trust)
    assert (report.verdict, report.integrity, report.level) == (Verdict.TOTAL_PASSED, WholeState.INTACT, Level.LTA)
    facts = report.signatures[0]
    assert facts.intact
    assert facts.coverage == "whole-revision"
    assert facts.changes_after == "archive-data"
    assert facts.signer is not None
    assert facts.signer.name == "Rekha Nautiyal (DEMO)"
    assert (facts.chain_trusted, facts.revoked_then, facts.trust_anchor) == ("yes", "no", "DEMO Root Authority")
    assert facts.time_source == "document-time-stamp"
    assert facts.proven_at is not None
    assert Report.from_json(json.loads(json.dumps(report.as_json()))) == report


def encrypted() -> bytes:
    output = BytesIO()
    with pikepdf.open(BytesIO(letter())) as pdf:
        pdf.save(output, encryption=pikepdf.Encryption(owner="owner", user="user"))
    return output.getvalue()


@pytest.mark.parametrize(
    ("pdf", "verdict"),
    [
        (b"", Verdict.UNREADABLE),
        (b"hello", Verdict.UNREADABLE),
        (b"%PDF-1.7\n", Verdict.UNREADABLE),
        (os.urandom(20_000), Verdict.UNREADABLE),
        (b"%PDF-1.7\n" + os.urandom(20_000), Verdict.UNREADABLE),
        (letter()[:400], Verdict.UNREADABLE),
        (letter(), Verdict.NO_SIGNATURE),
        (encrypted(), Verdict.ENCRYPTED),
    ],
    ids=["empty", "text", "header", "noise", "noise-with-header", "cut", "unsigned", "encrypted"],
)
def test_everything_gets_an_answer(pdf: bytes, verdict: Verdict) -> None:
    report = check(pdf)
    assert report.verdict is verdict
    assert report.integrity in {WholeState.NONE, WholeState.UNKNOWN}
    assert report.signatures == ()


def test_the_page_tree_may_be_a_bottomless_loop() -> None:
    pdf = (
        b"%PDF-1.7\n1 0 obj<</Type/Catalog/Pages 2 0 R/AcroForm<</Fields[3 0 R]>>>>endobj\n"
        b"2 0 obj<</Type/Pages/Kids[2 0 R]/Count 1>>endobj\n3 0 obj<</T(x)/Kids[3 0 R]>>endobj\n"
        b"xref\n0 4\n0000000000 65535 f \n0000000009 00000 n \n0000000085 00000 n \n0000000139 00000 n \n"
        b"trailer<</Size 4/Root 1 0 R>>\nstartxref\n179\n%%EOF\n"
    )
    assert check(pdf).verdict in {Verdict.UNREADABLE, Verdict.NO_SIGNATURE}


def test_deep_nesting_is_an_answer() -> None:
    deep = b"[" * 50_000 + b"]" * 50_000
    pdf = (
        b"%PDF-1.7\n1 0 obj<</Type/Catalog/AcroForm "
        + deep
        + b">>endobj\nxref\n0 2\n0000000000 65535 f \n0000000009 00000 n \n"
    )
    pdf += b"trailer<</Size 2/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % (pdf.rindex(b"xref"))
    assert check(pdf).verdict is Verdict.UNREADABLE


def test_a_decompression_bomb_costs_neither_the_memory_nor_the_time() -> None:
    inner = zlib.compress(zlib.compress(b"\x00" * 300_000_000, 9), 9)
    head = b"%PDF-1.7\n1 0 obj<</Type/Catalog/AcroForm 2 0 R>>endobj\n"
    bomb = (
        b"3 0 obj<</Type/ObjStm/N 1/First 5/Filter[/FlateDecode/FlateDecode]/Length %d>>stream\n" % len(inner)
        + inner
        + b"\nendstream endobj\n"
    )
    rows = b"\x00\x00\x00\xff" + b"\x01" + (9).to_bytes(2, "big") + b"\x00" + b"\x02\x00\x03\x00"
    rows += b"\x01" + len(head).to_bytes(2, "big") + b"\x00"
    table = (
        b"4 0 obj<</Type/XRef/Size 4/W[1 2 1]/Root 1 0 R/Length %d>>stream\n" % len(rows)
        + rows
        + b"\nendstream endobj\n"
    )
    pdf = head + bomb + table + b"startxref\n%d\n%%%%EOF\n" % (len(head) + len(bomb))
    began = time.monotonic()
    assert check(pdf).verdict is Verdict.UNREADABLE
    assert time.monotonic() - began < 10


def test_a_child_that_takes_too_long_is_ended(world: World) -> None:
    began = time.monotonic()
    report = check(world.signed(world.officer()), wall_seconds=0.05)
    assert (report.verdict, report.reasons) == (Verdict.UNREADABLE, ("limit-time",))
    assert time.monotonic() - began < 3


def test_a_file_above_the_cap_is_not_even_read() -> None:
    assert check(letter(), size_bytes=100).reasons == ("too-large",)


def test_trust_comes_from_folders_of_certificates(world: World, tmp_path: Path) -> None:
    world.authority.install_trust(tmp_path)
    (tmp_path / "issuing.crt").write_bytes(world.authority.der("issuing"))
    (tmp_path / "notes.txt").write_text("not a certificate")
    trust = Trust.from_folders(tmp_path, tmp_path / "absent")
    assert trust.roots == (world.authority.der("root"),)
    assert trust.helpers == (world.authority.der("issuing"),)


def test_eight_threads_verify_at_once_and_none_hangs(world: World) -> None:
    """A validation context shared between threads deadlocks (signing.md section 0); each operation makes its own."""
    pdf = world.archived(world.signed(world.officer()))
    verdicts: list[Verdict] = []
    threads = [
        threading.Thread(
            target=lambda: verdicts.append(examine(pdf, trust=world.trust, at=datetime.now(UTC)).verdict), daemon=True
        )
        for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert verdicts == [Verdict.TOTAL_PASSED] * 8
