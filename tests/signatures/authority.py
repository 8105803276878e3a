"""A demo authority on the loopback, officers with keys, and papers to sign: all made at run time."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from io import BytesIO
from pathlib import Path

from reportlab.pdfgen import canvas

from eoffice.demo.authority import Authority
from eoffice.demo.authority.server import Application, Server, serve
from signatures.engine import levels, pades, slots, softkey
from signatures.engine.time_authority import TimeAuthority, over_http
from signatures.engine.trust import Trust


@dataclass
class Clock:
    """The authority's clock; tests move it."""

    offset: timedelta = timedelta()

    def __call__(self) -> datetime:
        return datetime.now(UTC) + self.offset


@dataclass
class World:
    """The running authority and what tests need from it."""

    authority: Authority
    url: str
    clock: Clock = field(default_factory=Clock)

    @property
    def trust(self) -> Trust:
        return Trust(roots=(self.authority.der("root"),))

    @property
    def tsa(self) -> TimeAuthority:
        return over_http([f"{self.url}/tsa"])

    def officer(self, name: str = "Rekha Nautiyal", kind: softkey.type_of_key = "rsa-2048", **extra: object) -> Officer:
        key = private_key(kind, name)
        issued = self.authority.issue_officer(key.public_key(), name=name, **extra)  # type: ignore[arg-type]
        return Officer(name, key, issued.certificate, issued.chain)

    def sign(self, pdf: bytes, slot: str, officer: Officer, **extra: object) -> bytes:
        prepared = pades.begin(pdf, slot=slot, certificate=officer.certificate, at=datetime.now(UTC), **extra)  # type: ignore[arg-type]
        return pades.finish(
            prepared,
            certificate=officer.certificate,
            chain=officer.chain,
            signature=officer.sign(prepared.signed_attrs),
        )

    def signed(self, *officers: Officer) -> bytes:
        """A letter with one signature per officer, B-B."""
        names = [f"Signature{number}" for number in range(1, len(officers) + 1)]
        pdf = slots.prepare_slots(letter(), names)
        for name, officer in zip(names, officers, strict=True):
            pdf = self.sign(pdf, name, officer)
        return pdf

    def stamped(self, pdf: bytes) -> bytes:
        return levels.timestamp(pdf, authority=self.tsa, trust=self.trust)

    def long_term(self, pdf: bytes) -> bytes:
        return levels.embed_validation_data(self.stamped(pdf), trust=self.trust)

    def archived(self, pdf: bytes) -> bytes:
        return levels.archive_stamp(self.long_term(pdf), authority=self.tsa, trust=self.trust)


@dataclass(frozen=True)
class Officer:
    name: str
    key: softkey.PrivateKey
    certificate: bytes
    chain: tuple[bytes, ...]

    def sign(self, data: bytes) -> bytes:
        return softkey.UnlockedKey(self.key).sign(data)


@cache
def private_key(kind: softkey.type_of_key, name: str) -> softkey.PrivateKey:
    """One key per name and kind and test process: making RSA keys is the slow part."""
    return softkey.new_private_key(kind)


@contextmanager
def running(folder: Path) -> Iterator[World]:
    server: Server = serve(None, port=0)  # type: ignore[arg-type]
    url = f"http://127.0.0.1:{server.server_port}"
    world = World(Authority.open(folder, base_url=url), url)
    server.set_app(Application(world.authority, now=world.clock))  # type: ignore[arg-type]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield world
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def letter(pages: int = 1, *, text: str = "Letter 5213846: the grant is sanctioned.") -> bytes:
    output = BytesIO()
    paper = canvas.Canvas(output, pdfVersion=(1, 7))
    for number in range(pages):
        paper.drawString(72, 720, text)
        paper.drawString(72, 700, f"Page {number + 1}")
        paper.showPage()
    paper.save()
    return output.getvalue()
