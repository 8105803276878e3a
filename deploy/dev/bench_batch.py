"""How fast a list of letters is signed: 100 similar letters under one unlock, on a private PostgreSQL.

Run by `make bench`. Counted from the PIN to the last letter: start of the processes, numbers, drawing of letter and
decision record, both signatures, both checks after signing, storing, ledger. Each item has two stamped B-B signatures.
The baseline is the bare engine in this process: the same drawn letter prepared, signed with the same key and checked
again, without drawing, database or store.
"""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(Path(__file__).resolve().parent)]

COUNT = int(os.environ.get("EOFFICE_BENCH_LETTERS", "100"))
BARE = 30
WANTED_PER_SECOND = 25.0
PATIENCE_SECONDS = 300


def measure() -> int:
    import django  # noqa: PLC0415

    django.setup()
    from django.conf import settings  # noqa: PLC0415
    from django.core.management import call_command  # noqa: PLC0415

    call_command("migrate", verbosity=0)
    from eoffice.demo.authority import Authority  # noqa: PLC0415
    from eoffice.demo.similar import similar_put_up  # noqa: PLC0415
    from files.models import Batch, Draft  # noqa: PLC0415
    from files.queries_batch import progress  # noqa: PLC0415
    from files.services.batch import batch_list, batch_start  # noqa: PLC0415
    from files.workflow import BatchState  # noqa: PLC0415
    from signatures.models import SignedRevision  # noqa: PLC0415
    from tests.cast import build_cast  # noqa: PLC0415
    from tests.races.keys import PIN, give_key  # noqa: PLC0415

    cast = build_cast()
    officer = cast.actor("secretary")
    authority = Authority.open(Path(settings.DATA_DIR) / "authority", base_url="http://127.0.0.1:9")
    give_key(officer, approver=cast.actor("emd_manager"), authority=authority)
    began = time.perf_counter()
    drafts = similar_put_up(by=cast.actor("dealing_assistant"), officer=officer, count=COUNT)
    print(f"{COUNT} letters put up in {time.perf_counter() - began:.0f} s; {settings.BATCH_WORKERS} processes")
    began = time.perf_counter()
    batch = batch_list(file_ids=[draft.file_id for draft in drafts], language="hi", actor=officer)
    listed = time.perf_counter() - began
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    began = time.perf_counter()
    batch_start(batch_id=batch.pk, pin=PIN, line="<p>यथाप्रस्तावित अनुमोदित।</p>", lines={}, actor=officer)
    answered = time.perf_counter() - began
    first = 0.0
    while time.perf_counter() - began < PATIENCE_SECONDS:
        batch = Batch.objects.get(pk=batch.pk)
        how = progress(batch)
        if how.done and not first:
            first = time.perf_counter() - began
        if batch.state == BatchState.FINISHED:
            break
        time.sleep(0.02)
    whole = time.perf_counter() - began
    # Processor time of the children, once they are gone: what a busy machine does not distort as much as the clock.
    time.sleep(2)
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    spent = used.ru_utime + used.ru_stime - before.ru_utime - before.ru_stime
    signatures = SignedRevision.objects.count()
    signed = Draft.objects.filter(state="signed").count()
    if signed != COUNT:
        print(f"only {signed} of {COUNT} letters were signed: {how}")
        return 1
    told = Told(listed, answered, first, whole, spent, signed, signatures)
    return told.told(bare_seconds(officer, PIN), settings.BATCH_WORKERS)


@dataclass(frozen=True)
class Told:
    """What was measured: seconds, and how many letters and signatures."""

    listed: float
    answered: float
    first: float
    whole: float
    spent: float
    letters: int
    signatures: int

    def told(self, bare: float, workers: int) -> int:
        rate = self.signatures / self.whole
        print(f"{'list of ' + str(COUNT):<34} {'seconds':>8} {'per s':>7}")
        print(f"{'summary made':<34} {self.listed:8.2f}")
        print(f"{'request answered (PIN, start)':<34} {self.answered:8.2f}")
        print(f"{'first letter signed after':<34} {self.first:8.2f}")
        print(f"{'all: letters':<34} {self.whole:8.2f} {self.letters / self.whole:7.1f}")
        print(f"{'all: stamped signatures':<34} {self.whole:8.2f} {rate:7.1f}")
        print(f"{'processor time of the children':<34} {self.spent:8.2f} {self.signatures / self.spent:7.1f}")
        steady = self.whole - self.first
        print(f"{'once running: stamped signatures':<34} {steady:8.2f} {self.signatures / steady:7.1f}")
        print(f"{'bare engine, one process':<34} {bare * self.signatures:8.2f} {1 / bare:7.1f}")
        cores = min(workers, os.cpu_count() or 1)
        print(f"a list signs {rate * bare / cores:.2f} of what the bare engine does on as many cores")
        if rate < WANTED_PER_SECOND:
            print(f"slower than {WANTED_PER_SECOND:.0f} stamped signatures a second (load {os.getloadavg()[0]:.1f})")
            return 1
        return 0


def bare_seconds(officer: object, pin: str) -> float:
    """Seconds of the engine for one signature on a drawn letter: begin, sign, finish with its check."""
    from eoffice.core import clock  # noqa: PLC0415
    from eoffice.documents.queries import document_bytes  # noqa: PLC0415
    from signatures.backends.software import chain_of  # noqa: PLC0415
    from signatures.engine import pades, slots  # noqa: PLC0415
    from signatures.models import SigningAttempt  # noqa: PLC0415
    from signatures.queries import credential_to_sign  # noqa: PLC0415
    from signatures.services.unlock import unlocked  # noqa: PLC0415

    credential = credential_to_sign(officer)  # type: ignore[arg-type]
    attempt = SigningAttempt.objects.filter(purpose="letter").select_related("prepared").first()
    assert attempt is not None
    prepared = document_bytes(attempt.prepared)
    # The letter as it was drawn: the increment with the field and the prepared signature is cut off.
    drawn = prepared[: prepared.index(b"%%EOF") + 6]
    certificate, chain = bytes(credential.certificate), chain_of(credential)
    with unlocked(credential, pin, officer) as key:  # type: ignore[arg-type]
        for turn in range(BARE + 1):
            if turn == 1:  # the first one warms caches
                began = time.perf_counter()
            at = clock.now()
            ready = pades.begin(
                slots.prepare_slots(drawn, ["Signature1"], at=at), slot="Signature1", certificate=certificate,
                at=at,
            )  # fmt: skip
            pades.finish(ready, certificate=certificate, chain=chain, signature=key.sign(ready.signed_attrs))
    return (time.perf_counter() - began) / BARE


def main() -> int:
    """Itself again, in a process that sees the private server and a folder of its own only."""
    if os.environ.get("EOFFICE_BENCH_BATCH"):
        return measure()
    import services  # noqa: PLC0415

    with services.postgres() as url, tempfile.TemporaryDirectory(prefix="bench-batch-") as folder:
        environment = {
            **os.environ, "DATABASE_URL": url, "EOFFICE_BENCH_BATCH": "1", "DJANGO_SETTINGS_MODULE": "tests.settings",
            "EOFFICE_DATA": folder, "EOFFICE_PROFILE": "test", "EOFFICE_LOG_LEVEL": "WARNING",
        }  # fmt: skip
        return subprocess.run([sys.executable, __file__], env=environment, check=False).returncode


if __name__ == "__main__":
    raise SystemExit(main())
