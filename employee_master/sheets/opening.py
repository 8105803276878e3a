"""Asking the child that opens sheets: limits on time and memory, and an answer in every case.

As `eoffice.documents.sandbox` does for papers; its child is another program.
"""

from __future__ import annotations

import json
import logging
import os
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

from employee_master.sheets.cell import Cell, CellError, SheetRow
from employee_master.sheets.messages import MIB, unreadable
from employee_master.sheets.tidy import tidy

log = logging.getLogger(__name__)

CHILD = Path(__file__).with_name("child.py")
MEMORY = 1024 * MIB
CPU_SECONDS = 20
WALL_SECONDS = 40
OUTPUT = 256 * MIB
ANSWER = MIB
_STOPPED = {-signal.SIGXCPU, -signal.SIGKILL, -signal.SIGXFSZ, -signal.SIGABRT}

_turn = threading.BoundedSemaphore(2)


class Opened:
    """What the child found; rows are read from its files as they are asked for."""

    def __init__(self, facts: dict[str, Any], folder: Path) -> None:
        self.kind: str = facts["kind"]
        self.macros: bool = facts["macros"]
        self.sheets: list[dict[str, Any]] = facts["sheets"]
        self.folder = folder

    def rows(self, sheet: int) -> Iterator[SheetRow]:
        with (self.folder / f"{sheet}.jsonl").open(encoding="utf-8") as lines:
            for line in lines:
                number, hidden, cells = json.loads(line)
                yield SheetRow(number, tuple(map(_cell, cells)), hidden)


@contextmanager
def opened(content: bytes, *, rows: int) -> Iterator[Opened]:
    """The sheets of the file, until the block ends. Raises `SheetUnreadable`."""
    with tempfile.TemporaryDirectory(prefix="sheet-") as name:
        folder = Path(name)
        (folder / "upload").write_bytes(content)
        request = {
            "path": str(folder / "upload"),
            "out": name,
            "rows": rows,
            "memory": MEMORY,
            "seconds": CPU_SECONDS,
            "output": OUTPUT,
        }
        with _turn:
            code, said = _run(json.dumps(request).encode(), folder)
        yield Opened(_facts(code, said), folder)


def _run(request: bytes, folder: Path) -> tuple[int | None, bytes]:
    """(exit code or None when time was up, standard output)."""
    with (
        (folder / "answer").open("w+b") as answer,
        subprocess.Popen(  # noqa: S603 - our own file with our own Python, no shell
            [sys.executable, "-I", "-B", str(CHILD)],
            stdin=subprocess.PIPE,
            stdout=answer,
            stderr=subprocess.DEVNULL,
            cwd=folder,
            env={"LANG": "C.UTF-8", "TMPDIR": str(folder), "RUST_BACKTRACE": "0"},
            start_new_session=True,
        ) as process,
    ):
        code: int | None = None
        try:
            process.communicate(request, timeout=WALL_SECONDS)
            code = process.returncode
        except subprocess.TimeoutExpired:
            log.info("sheets.child_timeout")
        finally:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
        answer.seek(0)
        return code, answer.read(ANSWER)


def _facts(code: int | None, said: bytes) -> dict[str, Any]:
    if code == 0:
        try:
            answer = json.loads(said)
        except ValueError:
            answer = {}
        if "ok" in answer:
            return dict(answer["ok"])
        if "refused" in answer:
            raise unreadable(str(answer["refused"]), **answer.get("facts", {}))
    stopped = code is None or code in _STOPPED
    log.warning("sheets.child_ended", extra={"exit": code, "stopped": stopped})
    raise unreadable("too_complex" if stopped else "damaged")


def _cell(value: Any) -> Cell:
    if isinstance(value, str):
        return tidy(value)
    if isinstance(value, list):
        kind, text = value
        return date.fromisoformat(text) if kind == "d" else CellError(str(text))
    return value  # type: ignore[no-any-return]
