"""The engine's speed against bare pyHanko in the same run: a ratio says more than a number on somebody's machine."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives import serialization
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import signers
from pyhanko.sign.fields import SigSeedSubFilter

from signatures.engine import levels, slots
from signatures.engine.facts import Level
from signatures.engine.proofs import Proofs
from tests.signatures.authority import World, letter

PAPERS = 15


def seconds(one: Callable[[], Any], times: int = PAPERS) -> float:
    """Of this process's own time, so that other work on the machine counts less."""
    one()
    began = time.process_time()
    for _ in range(times):
        one()
    return (time.process_time() - began) / times


@pytest.mark.soak
def test_signing_is_several_times_as_quick_as_the_stock_signer(world: World, tmp_path: Path) -> None:
    officer = world.officer("Quick", "rsa-3072")
    der = officer.key.private_bytes(
        serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    for name, content in (("key", der), ("own", officer.certificate), ("chain", officer.chain[0])):
        (tmp_path / name).write_bytes(content)
    load: Any = signers.SimpleSigner.load
    stock = load(str(tmp_path / "key"), str(tmp_path / "own"), ca_chain_files=[str(tmp_path / "chain")])
    drawn = letter()
    metadata = signers.PdfSignatureMetadata(field_name="S", md_algorithm="sha256", subfilter=SigSeedSubFilter.PADES)
    bare = seconds(lambda: signers.sign_pdf(IncrementalPdfFileWriter(BytesIO(drawn)), metadata, stock))
    ours = seconds(lambda: world.sign(slots.prepare_slots(drawn, ["S"]), "S", officer))
    assert bare / ours > 3, f"bare pyHanko {bare * 1000:.1f} ms, ours {ours * 1000:.1f} ms"


@pytest.mark.soak
def test_going_all_the_way_in_one_go_is_quicker_than_step_by_step(world: World) -> None:
    pdf = world.signed(world.officer("Quick", "p-256"))
    proofs = Proofs()
    steps = seconds(lambda: world.archived(pdf), 5)
    at_once = seconds(lambda: levels.complete(pdf, have=Level.B, authority=world.tsa, trust=world.trust, proofs=proofs))
    assert steps / at_once > 2, f"step by step {steps * 1000:.1f} ms, in one go {at_once * 1000:.1f} ms"


def test_a_signature_never_takes_a_second_of_work(world: World) -> None:
    """Far above the 30 ms that it takes: this fails when something is read or asked again for each digit or paper."""
    officer = world.officer("Quick", "rsa-3072")
    prepared = slots.prepare_slots(letter(), ["S"])
    assert seconds(lambda: world.sign(prepared, "S", officer), 3) < 1


@pytest.mark.soak
def test_a_large_paper_is_held_in_memory_twice_and_three_times_while_archived(tmp_path: Path) -> None:
    """What came in and what goes out, both whole, and the B-T file between: bytes in and bytes out allow no less."""
    mib = 100
    large = tmp_path / "large.pdf"
    child = [sys.executable, "-m", "tests.signatures.engine.memory_child"]
    subprocess.run([*child, "write", str(large), str(mib)], check=True)
    done = subprocess.run([*child, "measure", str(large)], check=True, capture_output=True, text=True)
    found = json.loads(done.stdout)
    assert found["prepared"] < 2 * mib + 25, found
    assert found["signed"] < 2 * mib + 25, found
    assert found["archived"] < 3 * mib + 25, found
