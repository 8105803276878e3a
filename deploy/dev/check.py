"""`make check`: all checks, each named, and in the end what failed; the first failure hides no other."""

from __future__ import annotations

import shutil
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
BIN = Path(sys.executable).parent

CHECKS = [
    ("rules", [BIN / "ruff", "check", "."]),
    ("format", [BIN / "ruff", "format", "--check", "--quiet", "."]),
    ("types", [BIN / "mypy"]),
    ("import contracts", [BIN / "lint-imports"]),
    ("migrations", [sys.executable, "manage.py", "makemigrations", "--check", "--dry-run"]),
    ("settings", [sys.executable, "manage.py", "check", "--fail-level", "WARNING"]),
    ("Hindi catalogue", [sys.executable, "deploy/dev/messages.py", "check"]),
]


def main() -> int:
    failed = []
    for name, command in CHECKS:
        if name == "Hindi catalogue" and shutil.which("xgettext") is None:
            print("NOT CHECKED: Hindi catalogue: xgettext is missing (Debian package: gettext)", flush=True)
            continue
        began = time.monotonic()
        done = subprocess.run(command, cwd=ROOT, check=False, capture_output=True, text=True)
        ok = done.returncode == 0
        print(f"{'ok    ' if ok else 'FAILED'} {name} ({time.monotonic() - began:.1f} s)", flush=True)
        if not ok:
            failed.append(name)
            print(done.stdout + done.stderr, flush=True)
    if failed:
        print(f"checks failed: {', '.join(failed)}")
    return 1 if failed else 0


if __name__ == "__main__":
    raise SystemExit(main())
