"""Part of `make bench`: papers signed, archived and verified a second, next to `openssl speed` and to bare pyHanko.

All in one run on one machine: the same key, the same letter, a demo authority on the loopback in a process of its own.
`openssl speed` is what the arithmetic of a signature alone allows; bare pyHanko is `SimpleSigner` as its documentation
shows it. Two processes are what a worker has on the reference machine of two cores.
"""

from __future__ import annotations

import contextlib
import multiprocessing as mp
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from cryptography.hazmat.primitives import serialization

from eoffice.demo.authority import Authority
from eoffice.demo.authority.server import Application, serve
from eoffice.documents.pdf.block import SignatureBlock
from eoffice.documents.pdf.letter import Letter, Letterhead, Person, draw_letter
from signatures.engine import levels, pades, slots, softkey
from signatures.engine.examine import examine
from signatures.engine.facts import Level, Verdict
from signatures.engine.proofs import Proofs
from signatures.engine.time_authority import over_http
from signatures.engine.trust import Trust
from signatures.engine.verify import verify

# Their names for `openssl speed`.
KINDS: dict[softkey.type_of_key, str] = {"rsa-2048": "rsa2048", "rsa-3072": "rsa3072", "p-256": "ecdsap256"}
MEASURED: tuple[softkey.type_of_key, ...] = ("rsa-3072", "p-256")
PAPERS, BARE, CHILDREN = 60, 6, 5
TARGET = 25.0
BODY = "<p>उपर्युक्त विषयक प्रकरण में सम्यक् विचारोपरान्त धनराशि की स्वीकृति प्रदान की जाती है।</p>" * 6


@dataclass(frozen=True)
class Desk:
    """What one officer's papers are made with; goes to other processes whole."""

    url: str
    root: bytes
    key: bytes
    certificate: bytes
    chain: tuple[bytes, ...]


def letter(number: int) -> bytes:
    """A letter as it is drawn for signing, visible block and QR code included."""
    signatory = Person("डॉ. मीनाक्षी वर्धन", "सचिव")
    return draw_letter(
        Letter(
            language="hi",
            letterhead=Letterhead("राज्य शासन", "सामान्य प्रशासन अनुभाग-3", ("राज्य सचिवालय",), "Government", "GAD-3"),
            number=f"412/{number}/2026", date_text="24 नवम्बर, 2026", sender=signatory,
            addressee=("जिलाधिकारी", "सरयूपुर"), subject="मरम्मत हेतु धनराशि की स्वीकृति के सम्बन्ध में।",
            salutation="महोदय,", body_html=BODY, signatory=signatory, made_at=datetime.now(UTC), closing="भवदीया,",
            block=SignatureBlock(
                str(1_000_000 + number), signatory.name, signatory.designation, "24-11-2026, 16:42:18 IST", "अनुमोदित",
                f"https://office.example/v/{1_000_000 + number}",
            ),
        )
    )  # fmt: skip


def new_desk(known: Authority, url: str, kind: softkey.type_of_key) -> Desk:
    key = softkey.new_private_key(kind)
    issued = known.issue_officer(key.public_key(), name="डॉ. मीनाक्षी वर्धन")
    der = key.private_bytes(serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    return Desk(url, known.der("root"), der, issued.certificate, issued.chain)


def opened(desk: Desk) -> softkey.UnlockedKey:
    key = serialization.load_der_private_key(desk.key, password=None, unsafe_skip_rsa_key_validation=True)
    return softkey.UnlockedKey(key)  # type: ignore[arg-type]


def sign(desk: Desk, key: softkey.UnlockedKey, drawn: bytes) -> bytes:
    prepared = pades.begin(
        slots.prepare_slots(drawn, ["Signature1"]), slot="Signature1", certificate=desk.certificate,
        at=datetime.now(UTC), reason="अनुमोदित",
    )  # fmt: skip
    return pades.finish(
        prepared, certificate=desk.certificate, chain=desk.chain, signature=key.sign(prepared.signed_attrs)
    )


def archive(desk: Desk, signed: bytes, proofs: Proofs) -> bytes:
    raised = levels.complete(
        signed, have=Level.B, authority=over_http([f"{desk.url}/tsa"]), trust=Trust(roots=(desk.root,)), proofs=proofs
    )
    if raised.missing is not None:
        raise raised.missing
    return raised.pdf


def work(desk: Desk, what: str, papers: int) -> float:
    """Seconds for so many papers in this process; fonts, certificates and proofs are warm, as in a batch."""
    key, proofs, drawn = opened(desk), Proofs(), letter(0)
    signed = sign(desk, key, drawn)
    todo: dict[str, Callable[[int], Any]] = {
        "sign": lambda _n: sign(desk, key, drawn),
        "draw and sign": lambda n: sign(desk, key, letter(n)),
        "archive": lambda _n: archive(desk, signed, proofs),
    }
    todo[what](0)
    began = time.perf_counter()
    for number in range(papers):
        todo[what](number)
    return time.perf_counter() - began


def bare(desk: Desk) -> tuple[float, float]:
    """Papers a second by bare pyHanko: B-B, and B-LTA with a fetching context and the same authority."""
    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter  # noqa: PLC0415 - only measured here
    from pyhanko.sign import signers, timestamps  # noqa: PLC0415
    from pyhanko.sign.fields import SigSeedSubFilter  # noqa: PLC0415
    from pyhanko_certvalidator import ValidationContext  # noqa: PLC0415

    with tempfile.TemporaryDirectory() as folder:
        names = [Path(folder) / name for name in ("key.der", "own.der", "chain.der")]
        for path, der in zip(names, (desk.key, desk.certificate, desk.chain[0]), strict=True):
            path.write_bytes(der)
        load: Any = signers.SimpleSigner.load
        signer = load(str(names[0]), str(names[1]), ca_chain_files=[str(names[2])])
    assert signer is not None
    drawn = letter(0)

    def once(**extra: Any) -> None:
        metadata = signers.PdfSignatureMetadata(
            field_name="Signature1", md_algorithm="sha256", subfilter=SigSeedSubFilter.PADES, **extra
        )
        stamper = timestamps.HTTPTimeStamper(f"{desk.url}/tsa") if extra else None
        signers.sign_pdf(IncrementalPdfFileWriter(BytesIO(drawn)), metadata, signer, timestamper=stamper)

    def context() -> ValidationContext:
        from asn1crypto import x509  # noqa: PLC0415

        return ValidationContext(trust_roots=[x509.Certificate.load(desk.root)], allow_fetching=True)

    def long_term() -> None:
        once(embed_validation_info=True, use_pades_lta=True, validation_context=context())

    return rate(once, BARE), rate(long_term, BARE)


def rate(one: Callable[[], Any], times: int) -> float:
    one()
    began = time.perf_counter()
    for _ in range(times):
        one()
    return times / (time.perf_counter() - began)


def arithmetic(name: str) -> tuple[float, float]:
    """Signatures made and verified a second by `openssl speed` on one core."""
    done = subprocess.run(["openssl", "speed", "-seconds", "1", name], capture_output=True, text=True, check=True)
    found = re.findall(r"([\d.]+)\s+([\d.]+)\s*$", done.stdout.strip())
    return float(found[-1][0]), float(found[-1][1])


def _serve(folder: str, address: Any) -> None:
    server = serve(None, port=0)  # type: ignore[arg-type]
    url = f"http://127.0.0.1:{server.server_port}"
    server.set_app(Application(Authority.open(Path(folder), base_url=url)))
    address.put(url)
    server.serve_forever(poll_interval=0.5)


@contextlib.contextmanager
def authority() -> Iterator[tuple[Authority, str]]:
    """A demo authority and its address, served by a process of its own."""
    spawn = mp.get_context("spawn")
    with tempfile.TemporaryDirectory() as folder:
        address: Any = spawn.Queue()
        process = spawn.Process(target=_serve, args=(folder, address), daemon=True)
        process.start()
        try:
            url = address.get(timeout=60)
            yield Authority.open(Path(folder)), url
        finally:
            process.terminate()
            process.join()


def line(what: str, per_second: float, *, bare_rate: float = 0.0, openssl: float = 0.0) -> None:
    ratios = f"{per_second / bare_rate:8.1f}x" if bare_rate else " " * 9
    ratios += f"{per_second / openssl * 100:9.2f}%" if openssl else ""
    print(f"  {what:<46} {per_second:9.1f} {ratios}", flush=True)


def bench(kind: softkey.type_of_key, desk: Desk, pool: ProcessPoolExecutor) -> list[float]:
    """Print one key's figures; the rates that have a target."""
    signing, verifying = arithmetic(KINDS[kind])
    print(f"{kind:<48} {'per s':>9} {'bare':>8} {'openssl':>10}")
    line("openssl speed, sign, one core", signing)
    line("openssl speed, verify, one core", verifying)
    plain, long_term = bare(desk)
    line("bare pyHanko, B-B", plain, openssl=signing)
    line("bare pyHanko, B-LTA", long_term, openssl=signing)
    targets = []
    for what, words, against in (
        ("sign", "B-B", plain), ("draw and sign", "B-B, letter drawn, visible block", plain),
        ("archive", "B-B to B-LTA, local time authority", long_term),
    ):  # fmt: skip
        line(f"{words}, 1 process", PAPERS / work(desk, what, PAPERS), bare_rate=against, openssl=signing)
        spent = max(pool.map(work, [desk] * 2, [what] * 2, [PAPERS] * 2))
        line(f"{words}, 2 processes", 2 * PAPERS / spent, bare_rate=against, openssl=signing)
        if what != "sign":
            targets.append(2 * PAPERS / spent)
    archived = archive(desk, sign(desk, opened(desk), letter(0)), Proofs())
    trust = Trust(roots=(desk.root,))
    report = examine(archived, trust=trust, at=datetime.now(UTC))
    if report.verdict is not Verdict.TOTAL_PASSED:
        print(f"  the archived letter does not pass: {report.verdict} {report.reasons}")
        targets.append(0.0)
    checked = {
        "in process": rate(lambda: examine(archived, trust=trust, at=datetime.now(UTC)), PAPERS // 3),
        "in its limited child": rate(lambda: verify(archived, trust=trust, at=datetime.now(UTC)), CHILDREN),
    }
    for where, per_second in checked.items():
        line(f"verify B-LTA, {where}", per_second, openssl=verifying)
    return targets


def main() -> int:
    """1 when a rate that has a target (25 a second on two cores) is missed."""
    print("\npapers a second; 'bare': times bare pyHanko in this run; 'openssl': share of the arithmetic alone")
    rates: list[float] = []
    with authority() as (known, url), ProcessPoolExecutor(2, mp_context=mp.get_context("spawn")) as pool:
        for kind in MEASURED:
            rates += bench(kind, new_desk(known, url, kind), pool)
    missed = [found for found in rates if found < TARGET]
    if missed:
        print(f"below the target of {TARGET:.0f} a second: {', '.join(f'{found:.1f}' for found in missed)}")
    return 1 if missed else 0


if __name__ == "__main__":
    raise SystemExit(main())
