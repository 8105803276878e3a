"""Signs and archives a paper of so many MiB; says, as JSON, what memory each step took at most above the base (MiB).

A process of its own, because the highest mark of a process never falls.
"""

from __future__ import annotations

import json
import os
import resource
import sys
import tempfile
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

import pikepdf

from signatures.engine import levels, pades, slots
from signatures.engine.facts import Level
from tests.signatures.authority import letter, running


def peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def write(path: Path, mib: int) -> None:
    """A letter with a page that carries so much private data, uncompressed (ISO 32000-1, 14.5)."""
    with pikepdf.open(BytesIO(letter())) as pdf:
        data = pdf.make_indirect(pikepdf.Stream(pdf, os.urandom(mib << 20)))
        pdf.pages[0].obj["/PieceInfo"] = pdf.make_indirect(pikepdf.Dictionary(Ballast=data))
        pdf.save(path)


def measure(path: Path, folder: Path) -> dict[str, float]:
    with running(folder) as world:
        officer = world.officer("Memory")
        small = world.sign(slots.prepare_slots(letter(), ["Signature1"]), "Signature1", officer)
        levels.complete(small, have=Level.B, authority=world.tsa, trust=world.trust)
        base = peak()
        found = {}
        pdf = slots.prepare_slots(path.read_bytes(), ["Signature1"])
        prepared = pades.begin(pdf, slot="Signature1", certificate=officer.certificate, at=datetime.now(UTC))
        del pdf
        found["prepared"] = peak() - base
        signature = officer.sign(prepared.signed_attrs)
        signed = pades.finish(prepared, certificate=officer.certificate, chain=officer.chain, signature=signature)
        del prepared
        found["signed"] = peak() - base
        raised = levels.complete(signed, have=Level.B, authority=world.tsa, trust=world.trust)
        found["archived"] = peak() - base
        assert raised.level is Level.LTA, raised.missing
        return found


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as place:
        if sys.argv[1] == "write":
            write(Path(sys.argv[2]), int(sys.argv[3]))
        else:
            sys.stdout.write(json.dumps(measure(Path(sys.argv[2]), Path(place))))
