"""`manage.py verify_pdf FILE… [--json] [--trust DIR]`: what can be said about the signatures of PDFs."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from eoffice.core import clock
from signatures import custody
from signatures.engine.facts import Report
from signatures.engine.trust import Trust
from signatures.engine.verify import verify


class Command(BaseCommand):
    help = "Check the signatures of PDF files. Exit 0 if every file got an answer."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("files", nargs="+", type=Path, metavar="FILE")
        parser.add_argument("--json", action="store_true", help="one JSON line per file")
        parser.add_argument("--trust", action="append", default=[], type=Path, metavar="DIR", help="adds trusted roots")

    def handle(self, *_args: Any, **options: Any) -> None:
        own, more = custody.trust(), Trust.from_folders(*options["trust"])
        trust = Trust(own.roots + more.roots, own.helpers + more.helpers)
        unanswered = 0
        for path in options["files"]:
            try:
                pdf = path.read_bytes()
            except OSError as error:
                unanswered += 1
                self.stderr.write(f"{path}: {error.strerror}")
                continue
            report = verify(pdf, trust=trust, at=clock.now())
            line = json.dumps(as_line(path, report), ensure_ascii=False) if options["json"] else as_words(path, report)
            self.stdout.write(line)
        if unanswered:
            raise SystemExit(1)


def as_line(path: Path, report: Report) -> dict[str, Any]:
    """The fixed fields, and beside them everything else that is known."""
    data = report.as_json()
    codes = list(report.reasons) + [code for one in report.signatures for code in one.reasons]
    head = {
        "file": str(path),
        "verdict": data.pop("verdict"),
        "integrity": data.pop("integrity"),
        "signatures": data.pop("signatures"),
        "reason": ", ".join([*filter(None, [report.sub_indication]), *dict.fromkeys(codes)]),
    }
    return head | data


def as_words(path: Path, report: Report) -> str:
    lines = [f"{path}: {report.verdict} {report.sub_indication}".rstrip() + f" ({report.integrity}, {report.level})"]
    for one in report.signatures:
        who = one.signer.name if one.signer else "?"
        when = f", proven for {one.proven_at.isoformat()}" if one.proven_at else ""
        lines.append(f"  {one.field}: {who}, {one.verdict} {one.sub_indication}{when}")
    lines += [f"  note: {code}" for code in report.reasons]
    return "\n".join(lines)
