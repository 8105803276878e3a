"""`make test`: Debian packages, private services, checks, both databases, the journey; the summaries come last.

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
from contextlib import ExitStack, contextmanager
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

import services

ROOT = services.ROOT
PYTEST = [str(Path(sys.executable).parent / "pytest")]
QUICK = "not soak and not journey"
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


def run(title: str, command: list[str], environment: dict[str, str]) -> tuple[bool, str]:
    """Run it, showing its output; whether it went well, and its summary line."""
    print(f"\n===== {title}", flush=True)
    began, summary = time.monotonic(), ""
    with subprocess.Popen(
        command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, bufsize=1
    ) as process:
        assert process.stdout is not None
        for line in process.stdout:
            sys.stdout.write(line)
            sys.stdout.flush()
            if SUMMARY.match(line):
                summary = line.strip(" =\n")
    ok = process.returncode == 0
    return ok, f"{title}: {summary or ('ok' if ok else 'FAILED')} ({time.monotonic() - began:.0f} s altogether)"


def main() -> int:
    (ROOT / "build").mkdir(exist_ok=True)
    gaps = prepare()
    print(*gaps, sep="\n", flush=True)
    absent = missing()
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("EOFFICE_", "DATABASE_URL"))}
    results = [run("checks", [sys.executable, "deploy/dev/check.py"], clean)]
    more = sys.argv[1:]
    sqlite = [*PYTEST, "-m", QUICK, *more]
    with ExitStack() as stack:
        if "initdb" in absent:
            results.append(run("tests on SQLite", sqlite, clean))
        else:
            # PostgreSQL is the reference and runs everything; on SQLite, what touches the database runs once more.
            results.append(run("tests on SQLite", [*sqlite, "--only-database"], clean))
            environment = {**clean, "DATABASE_URL": stack.enter_context(services.postgres())}
            if "redis-server" not in absent:
                environment["EOFFICE_TEST_REDIS_URL"] = stack.enter_context(services.redis())
            results.append(run("tests on PostgreSQL", [*PYTEST, "-m", QUICK, *more], environment))
    if "chromium" not in absent:
        results.append(run("journey", [sys.executable, "deploy/dev/journey.py"], clean))
    print("\n===== summary")
    print(*gaps, *(line for _ok, line in results), sep="\n", flush=True)
    return 0 if all(ok for ok, _line in results) else 1


if __name__ == "__main__":
    raise SystemExit(main())
