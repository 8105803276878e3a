"""Asking the child: one process per question, limits on time and memory, and an answer in every case."""

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
from dataclasses import dataclass
from pathlib import Path
from typing import Any

log = logging.getLogger(__name__)

MIB = 1024 * 1024
CHILD = Path(__file__).with_name("child.py")
MEMORY = 1536 * MIB
CPU_SECONDS = 12
WALL_SECONDS = 25
OUTPUT = 128 * MIB
ANSWER = 1 * MIB
AT_ONCE = 2  # children of one process at a time; the others wait their turn

_turn = threading.BoundedSemaphore(AT_ONCE)


class Unreadable(Exception):
    """The child refused, or was stopped by a limit (`too_complex`), or died of the paper (`damaged`)."""

    def __init__(self, code: str, **facts: int | str) -> None:
        super().__init__(code)
        self.code = code
        self.facts = facts


@dataclass(frozen=True, slots=True)
class Limits:
    memory: int = MEMORY
    seconds: int = CPU_SECONDS
    wall: float = WALL_SECONDS
    output: int = OUTPUT


@dataclass(frozen=True, slots=True)
class Answer:
    """`facts` is what the child said; `folder` holds its files; `stopped` is the code if a limit ended it early."""

    facts: dict[str, Any]
    folder: Path
    stopped: str = ""


@contextmanager
def ask(
    command: str, path: Path, *, limits: Limits | None = None, partial: bool = False, **asked: Any
) -> Iterator[Answer]:
    """Run one command of `child` on the file; the folder of results goes away with the block.

    Raises `Unreadable`. With `partial` a child stopped by a limit is no error: `stopped` says so, and what it had
    written stays readable.
    """
    limits = limits or Limits()
    with tempfile.TemporaryDirectory(prefix="reading-") as folder:
        request = {
            "command": command,
            "path": str(path),
            "out": folder,
            "memory": limits.memory,
            "seconds": limits.seconds,
            "output": limits.output,
            **asked,
        }
        with _turn:
            code, said = _run(json.dumps(request).encode(), Path(folder), limits.wall)
        facts, refused = _read(code, said)
        if refused is not None and not (partial and refused.code in {"too_complex", "damaged"}):
            raise refused
        yield Answer(facts, Path(folder), refused.code if refused else "")


def _run(request: bytes, folder: Path, wall: float) -> tuple[int | None, bytes]:
    """(exit code or None when time was up, standard output)."""
    with (
        (folder / "answer").open("w+b") as answer,
        subprocess.Popen(  # noqa: S603 - our own file with our own Python, no shell
            [sys.executable, "-I", "-B", str(CHILD)],
            stdin=subprocess.PIPE,
            stdout=answer,
            stderr=subprocess.DEVNULL,
            cwd=folder,
            env={"LANG": "C.UTF-8", "TMPDIR": str(folder), "OMP_NUM_THREADS": "1"},
            start_new_session=True,
        ) as process,
    ):
        code: int | None = None
        try:
            process.communicate(request, timeout=wall)
            code = process.returncode
        except subprocess.TimeoutExpired:
            log.info("documents.child_timeout")
        finally:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
        answer.seek(0)
        return code, answer.read(ANSWER)


def _read(code: int | None, said: bytes) -> tuple[dict[str, Any], Unreadable | None]:
    if code == 0:
        try:
            answer = json.loads(said)
        except ValueError:
            answer = {}
        if "ok" in answer:
            return answer["ok"], None
        if "refused" in answer:
            return {}, Unreadable(str(answer["refused"]), **answer.get("facts", {}))
    stopped = code is None or code in {-signal.SIGXCPU, -signal.SIGKILL, -signal.SIGXFSZ, -signal.SIGABRT}
    log.warning("documents.child_ended", extra={"exit": code, "stopped": stopped})
    return {}, Unreadable("too_complex" if stopped else "damaged")
