"""How fast a list is signed and then archived: 100 similar letters under one unlock, on a private PostgreSQL.

Run by `make bench`. Signing is counted from the PIN to the last letter: start of the processes, numbers, drawing of
letter and decision record, both signatures, both checks after signing, storing, ledger. Each item has two stamped B-B
signatures. Archiving is what the embedded worker's processes then do with them, row by row of the outbox: B-B to B-LTA
with a time authority on the loopback, which computes on the same cores.

Baselines in the same run, each on one core with the same kind of key: `openssl speed`, bare pyHanko as its
documentation shows it, and the bare engine on one letter, without drawing, database or store.
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
from typing import Final

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
sys.path.insert(0, str(Path(__file__).resolve().parent))

import bench_signing

from eoffice.demo.authority import Authority

COUNT = int(os.environ.get("EOFFICE_BENCH_LETTERS", "100"))
BARE = 30
WANTED_PER_SECOND = 25.0
KEY: Final = "rsa-2048"
PATIENCE_SECONDS = 300


def measure() -> int:
    import django  # noqa: PLC0415

    django.setup()
    from django.conf import settings  # noqa: PLC0415
    from django.core.management import call_command  # noqa: PLC0415

    call_command("migrate", verbosity=0)
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
    authority = Authority.open(Path(os.environ["EOFFICE_BENCH_AUTHORITY"]))
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
    bare = baselines(authority)
    told = Told(listed, answered, first, whole, spent, signed, signatures)
    slow = told.told(bare, settings.BATCH_WORKERS)
    return archived(bare, settings.WORKER_PROCESSES) or slow


@dataclass(frozen=True)
class Baselines:
    """Papers a second on one core, measured in this run."""

    openssl: float
    pyhanko: float
    pyhanko_archive: float
    engine: float
    engine_archive: float

    def compared(self, rate: float, *, archive: bool, cores: int) -> None:
        """The rate as a share of each of them on as many cores."""
        known = {
            f"openssl speed {bench_signing.KINDS[KEY]}": self.openssl,
            "bare pyHanko": self.pyhanko_archive if archive else self.pyhanko,
            "the bare engine": self.engine_archive if archive else self.engine,
        }
        for name, one in known.items():
            print(f"  {rate / one / cores:8.3f} of {name} on {cores} cores ({one:.1f} a second on one)")


def baselines(authority: Authority) -> Baselines:
    desk = bench_signing.new_desk(authority, os.environ["EOFFICE_BENCH_URL"], KEY)
    plain, long_term = bench_signing.bare(desk)
    arithmetic, _verified = bench_signing.arithmetic(bench_signing.KINDS[KEY])
    return Baselines(
        openssl=arithmetic,
        pyhanko=plain,
        pyhanko_archive=long_term,
        engine=BARE / bench_signing.work(desk, "sign", BARE),
        engine_archive=BARE / bench_signing.work(desk, "archive", BARE),
    )


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

    def told(self, bare: Baselines, workers: int) -> int:
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
        bare.compared(rate, archive=False, cores=min(workers, os.cpu_count() or 1))
        return slower(rate, "stamped signatures")


def slower(rate: float, what: str) -> int:
    if rate >= WANTED_PER_SECOND:
        return 0
    print(f"fewer than {WANTED_PER_SECOND:.0f} {what} a second (load {os.getloadavg()[0]:.1f})")
    return 1


def archived(bare: Baselines, processes: int) -> int:
    """The signed papers on their way to B-LTA, by so many processes of the embedded worker."""
    from eoffice.core.hands import started  # noqa: PLC0415
    from eoffice.core.models import OutboxRow, OutboxState  # noqa: PLC0415
    from signatures.models import SignedRevision  # noqa: PLC0415
    from signatures.services.signing import UPGRADE  # noqa: PLC0415

    waiting = OutboxRow.objects.filter(kind=UPGRADE).exclude(state=OutboxState.DONE)
    papers = waiting.count()
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    began = time.perf_counter()
    hands = [started() for _number in range(processes)]
    first, left = 0.0, papers
    while left and time.perf_counter() - began < PATIENCE_SECONDS:
        time.sleep(0.05)
        left = waiting.count()
        if left < papers and not first:
            first = time.perf_counter() - began
    whole = time.perf_counter() - began
    for hand in hands:
        assert hand.stdin is not None
        hand.stdin.close()
        hand.wait()
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    spent = used.ru_utime + used.ru_stime - before.ru_utime - before.ru_stime
    reached = SignedRevision.objects.filter(level="B-LTA").count()
    if left or reached != papers:
        print(f"only {reached} of {papers} papers are archived")
        return 1
    # A worker runs for months: its start is told apart and not counted.
    rate = papers / (whole - first)
    print(f"{'worker of ' + str(processes) + ' processes':<34} {'seconds':>8} {'per s':>7}")
    print(f"{'first paper archived after start':<34} {first:8.2f}")
    print(f"{'B-B to B-LTA through the database':<34} {whole - first:8.2f} {rate:7.1f}")
    print(f"{'processor time of the worker':<34} {spent:8.2f} {papers / spent:7.1f}")
    bare.compared(rate, archive=True, cores=min(processes, os.cpu_count() or 1))
    return slower(rate, "archived papers")


def main() -> int:
    """Itself again, in a process that sees the private server and a folder of its own only."""
    if os.environ.get("EOFFICE_BENCH_BATCH"):
        return measure()
    import services  # noqa: PLC0415

    with (
        services.postgres() as database, bench_signing.authority() as (known, url),
        tempfile.TemporaryDirectory(prefix="bench-batch-") as folder,
    ):  # fmt: skip
        trust = Path(folder) / "trust"
        trust.mkdir()
        (trust / "root.der").write_bytes(known.der("root"))
        environment = {
            **os.environ, "DATABASE_URL": database, "EOFFICE_BENCH_BATCH": "1", "EOFFICE_PROFILE": "test",
            "DJANGO_SETTINGS_MODULE": "tests.settings", "EOFFICE_DATA": folder, "EOFFICE_LOG_LEVEL": "WARNING",
            "EOFFICE_TSA_URLS": f"{url}/tsa", "EOFFICE_BENCH_URL": url, "EOFFICE_BENCH_AUTHORITY": str(known.folder),
        }  # fmt: skip
        return subprocess.run([sys.executable, __file__], env=environment, check=False).returncode


if __name__ == "__main__":
    raise SystemExit(main())
