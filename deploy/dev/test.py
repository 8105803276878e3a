"""`make test`: Debian packages, private services, checks, both databases, the journey; the summaries come last.

The parts run two at a time; what each said is shown when it is over and kept in build/test/.

As root on Debian, missing packages are installed; nothing of the system is started or changed by it. Elsewhere it says
exactly what is missing, and what is not proven for it, and tests the rest.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

import psycopg
import services
from psycopg import sql

ROOT = services.ROOT
PYTEST = [str(Path(sys.executable).parent / "pytest")]
QUICK = "not soak and not journey"
LOGS = ROOT / "build" / "test"
AT_ONCE = 2
SECOND_HALF = ["tests/races", "tests/kills", "tests/signatures", "tests/documents", "tests/core"]
# What writes, locks and counts is run on SQLite too. Pages and protocols above that are alike on both databases; the
# journey walks them on SQLite.
ON_SQLITE_TOO = [
    *("tests/core", "tests/ledger", "tests/documents", "tests/races", "tests/kills", "tests/demo", "tests/dak"),
    *("tests/files/services", "tests/signatures/services", "tests/employee_master/services", "tests/desk"),
    *("tests/employee_master/imports", "tests/employee_master/organisation/test_reorganisation.py"),
    *("tests/employee_master/queries", "tests/employee_master/relieving", "tests/test_checks.py"),
]
SUMMARY = re.compile(r"^(=+ )?(\d+ (passed|failed|error)|no tests ran).* in [\d.]+s")
POLICY = Path("/usr/sbin/policy-rc.d")

# What a test run uses, the Debian package it comes from, and what can't be shown without it.
NEEDS = {
    "initdb": ("postgresql", "everything on PostgreSQL, which is the reference"),
    "redis-server": ("redis-server", "the outbox with a broker"),
    "chromium": ("chromium", "the journey and all pages in a browser"),
    "pdftotext": ("poppler-utils", "that poppler reads and trusts our letters"),
    "certutil": ("libnss3-tools", "that pdfsig trusts the demo root"),
    "qpdf": ("qpdf", "that qpdf finds our letters sound"),
    "xgettext": ("gettext", "that the Hindi catalogue is complete"),
    "openssl": ("openssl", "that openssl verifies our signatures"),
    "softhsm2-util": ("softhsm2", "the security module and the officer's token, for which SoftHSM stands in"),
    "pkcs11-tool": ("opensc", "that a token set up by another program is read"),
    "noto": ("fonts-noto-core", "Hindi in the pictures as a fresh machine shows it"),
}


def missing() -> dict[str, tuple[str, str]]:
    def there(tool: str) -> bool:
        if tool == "initdb":
            return services.postgres_bin() is not None
        if tool == "noto":
            return any(Path("/usr/share/fonts").glob("**/NotoSansDevanagari-*"))
        return shutil.which(tool) is not None

    return {tool: need for tool, need in NEEDS.items() if not there(tool)}


@contextmanager
def services_stay_down() -> Iterator[None]:
    """Debian's packages start their daemons; for the time of installing, the policy says no."""
    if POLICY.exists():
        yield
        return
    POLICY.write_text("#!/bin/sh\nexit 101\n")
    POLICY.chmod(0o755)
    try:
        yield
    finally:
        POLICY.unlink()


def install(packages: list[str]) -> None:
    print(f"installing Debian packages: {' '.join(packages)}", flush=True)
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    log = ROOT / "build" / "apt.log"
    with log.open("wb") as sink, services_stay_down():
        for words in (["update"], ["install", "--yes", "--no-install-recommends", *packages]):
            done = subprocess.run(["apt-get", *words], check=False, stdout=sink, stderr=sink, env=environment)
            if done.returncode:
                print(f"apt-get {words[0]} failed; see {log}", flush=True)


def prepare() -> list[str]:
    """Install what is missing, if that is possible; the sentences about what is still missing."""
    absent = missing()
    if absent and os.geteuid() == 0 and shutil.which("apt-get"):
        install(sorted({package for package, _why in absent.values()}))
        absent = missing()
    return [
        f"NOT PROVEN: {why} ({tool} is missing; Debian package: {package})" for tool, (package, why) in absent.items()
    ]


@dataclass(frozen=True)
class Stage:
    """A part of the run that needs no other part: its own process, its own database, its own folders."""

    title: str
    command: list[str]
    environment: dict[str, str]

    def run(self) -> tuple[bool, str]:
        """Run it, its output going to build/test/ and, when it is over, to the screen; its summary line."""
        began, summary = time.monotonic(), ""
        log = LOGS / f"{self.title.replace(' ', '-')}.log"
        with log.open("w") as sink:
            process = subprocess.run(
                self.command, cwd=ROOT, env=self.environment, stdout=sink, stderr=subprocess.STDOUT, check=False
            )
        said = log.read_text(errors="replace")
        for line in said.splitlines():
            if SUMMARY.match(line):
                summary = line.strip(" =\n")
        ok = process.returncode == 0
        sys.stdout.write(f"\n===== {self.title}\n{said}")
        sys.stdout.flush()
        return (
            ok,
            f"{self.title}: {summary or ('ok' if ok else 'FAILED')} ({time.monotonic() - began:.0f} s altogether)",
        )


def databases(server: str, *names: str) -> list[str]:
    """New, empty databases on the server; their addresses. Tests and killed instances add their own."""
    with psycopg.connect(server, autocommit=True) as connection:
        for name in names:
            connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    return [f"{server.rpartition('/')[0]}/{name}" for name in names]


def stages(stack: ExitStack, absent: dict[str, tuple[str, str]]) -> list[Stage]:
    """The parts, the longest first.

    PostgreSQL is the reference and runs everything, in two halves with a database each; on SQLite, what touches the
    database most runs once more.
    """
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("EOFFICE_", "DATABASE_URL"))}
    quick = [*PYTEST, "-m", QUICK, *sys.argv[1:]]
    found = []
    if "initdb" in absent:
        found.append(Stage("tests on SQLite", quick, clean))
    else:
        first, second = (
            clean | {"DATABASE_URL": url}
            for url in databases(stack.enter_context(services.postgres()), "first", "second")
        )
        if "redis-server" not in absent:
            first["EOFFICE_TEST_REDIS_URL"] = second["EOFFICE_TEST_REDIS_URL"] = stack.enter_context(services.redis())
        found += [
            Stage("tests on PostgreSQL", [*quick, *(f"--ignore={folder}" for folder in SECOND_HALF)], first),
            Stage("tests on PostgreSQL, second half", [*quick, *SECOND_HALF], second),
            Stage("tests on SQLite", [*quick, "--only-database", *ON_SQLITE_TOO], clean),
        ]
    if "chromium" not in absent:
        found.append(Stage("journey", [sys.executable, "deploy/dev/journey.py"], clean))
    return [*found, Stage("checks", [sys.executable, "deploy/dev/check.py"], clean)]


def main() -> int:
    LOGS.mkdir(parents=True, exist_ok=True)
    gaps = prepare()
    print(*gaps, sep="\n", flush=True)
    with ExitStack() as stack:
        parts = stages(stack, missing())
        print(f"two at a time, each to build/test/: {', '.join(part.title for part in parts)}", flush=True)
        with ThreadPoolExecutor(max_workers=AT_ONCE) as lanes:
            results = list(lanes.map(Stage.run, parts))
    print("\n===== summary")
    print(*gaps, *(line for _ok, line in results), sep="\n", flush=True)
    return 0 if all(ok for ok, _line in results) else 1


if __name__ == "__main__":
    raise SystemExit(main())
