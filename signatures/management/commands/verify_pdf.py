"""`manage.py verify_pdf FILE… [--json] [--trust DIR]`: what can be said about the signatures of PDFs."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from datetime import datetime
from functools import partial
from pathlib import Path
from threading import Lock
from typing import Any, Final

from django.core.management.base import BaseCommand, CommandParser

from eoffice.core import clock
from signatures import custody
from signatures.answers import line_of
from signatures.engine.facts import Report
from signatures.engine.trust import Trust
from signatures.engine.verify import Limits, unreadable, verify

# Each file has a child process of its own; two at a time, so that one slow file does not hold up the others.
_AT_ONCE: Final = 2
# A large file has the memory to itself: two children of 90 MB each would pass 1 GiB together.
_LARGE_BYTES: Final = 24 * 1024 * 1024
_large = Lock()


class Command(BaseCommand):
    help = "Check the signatures of PDF files. Exit 0 if every file got an answer."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("files", nargs="+", type=Path, metavar="FILE")
        parser.add_argument("--json", action="store_true", help="one JSON line per file")
        parser.add_argument("--trust", action="append", default=[], type=Path, metavar="DIR", help="adds trusted roots")

    def handle(self, *_args: Any, **options: Any) -> None:
        trust = custody.trust() + Trust.from_folders(*options["trust"])
        for name in trust.unread:
            self.stderr.write(f"trust: {name} can't be read")
        unanswered = 0
        with ThreadPoolExecutor(_AT_ONCE) as pool:
            for path, report in pool.map(partial(_checked, trust=trust, at=clock.now()), options["files"]):
                if isinstance(report, str):
                    unanswered += 1
                    self.stderr.write(f"{path}: {report}")
                    continue
                as_text = json.dumps(as_line(path, report)) if options["json"] else as_words(path, report)
                self.stdout.write(as_text)
        if unanswered:
            raise SystemExit(1)


def _checked(path: Path, *, trust: Trust, at: datetime) -> tuple[Path, Report | str]:
    """The report, or why there is none: the file itself could not be had."""
    if path.exists() and not path.is_file():
        return path, "is no file"  # a pipe would never end
    try:
        with path.open("rb") as file, _large if path.stat().st_size > _LARGE_BYTES else nullcontext():
            pdf = file.read(Limits().size_bytes + 1)
            if len(pdf) > Limits().size_bytes:
                return path, unreadable(b"", at, "too-large")
            return path, verify(pdf, trust=trust, at=at)
    except OSError as error:
        return path, str(error.strerror)


def as_line(path: Path, report: Report) -> dict[str, Any]:
    return {"file": str(path)} | line_of(report)


def as_words(path: Path, report: Report) -> str:
    lines = [f"{path}: {report.verdict} {report.sub_indication}".rstrip() + f" ({report.integrity}, {report.level})"]
    for one in report.signatures:
        who = one.signer.name if one.signer else "?"
        when = f", proven for {one.proven_at.isoformat()}" if one.proven_at else ""
        lines.append(f"  {one.field}: {who}, {one.verdict} {one.sub_indication}{when}")
    lines += [f"  note: {code}" for code in report.reasons]
    return "\n".join(lines)
