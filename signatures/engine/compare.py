"""Pictures of what was changed after a signature, drawn in a child process of its own with limits.

Nothing is written to any disk: the file goes in by pipe and the pictures come out by pipe.
"""

from __future__ import annotations

import json
import os
import re
import select
import signal
import subprocess
import sys
import threading
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from signatures.engine.compared import Compared

_ROOT: Final = Path(__file__).resolve().parent.parent.parent
_ANSWER_MAX: Final = 16 * 1024 * 1024
ENDS_MAX: Final = 3
_RANGE: Final = re.compile(rb"/ByteRange\s*\[\s*0\s+(\d{1,10})\s+(\d{1,10})\s+(\d{1,10})\s*\]")
# Pictures cost more than facts: one at a time in a process, and whoever can't have a turn soon does without.
_turn = threading.BoundedSemaphore(1)


@dataclass(frozen=True)
class Limits:
    """What the pictures of one file may cost; `seconds` is the time for drawing, within that of the processor."""

    wall_seconds: float = 12.0
    start_seconds: float = 30.0
    cpu_seconds: int = 9
    memory_bytes: int = 1000 * 1024 * 1024
    seconds: float = 6.0
    turn_seconds: float = 10.0


def compare_with_signed(pdf: bytes, ends: Sequence[int], limits: Limits | None = None) -> list[Compared]:
    """The file as it is beside what it was when it ended at each of `ends`, the latest first; `ENDS_MAX` at most.

    A state that shows the same differences as the one before it in the list is left out. What could not be drawn
    within the limits has `drawn` False.
    """
    limits = limits or Limits()
    wanted = sorted({end for end in ends if 0 < end < len(pdf)}, reverse=True)[:ENDS_MAX]
    if not wanted:
        return []
    failed = [Compared(drawn=False, end=end) for end in wanted[:1]]
    if not _turn.acquire(timeout=limits.turn_seconds):
        return failed
    try:
        answer = _asked(pdf, wanted, limits)
    finally:
        _turn.release()
    if answer is None:
        return failed
    found = [Compared.from_json(one) for one in json.loads(answer)]
    kept: list[Compared] = []
    for one in found:
        if not kept or _shown(kept[-1]) != _shown(one):
            kept.append(one)
    return kept


def _shown(one: Compared) -> object:
    return one.drawn, one.old_pages, [
        (page.kind, page.old_page, page.new_page, page.places, page.many) for page in one.pages
    ]  # fmt: skip


def _asked(pdf: bytes, ends: list[int], limits: Limits) -> bytes | None:
    header = json.dumps({
        "ends": ends, "size": len(pdf), "cpu_seconds": limits.cpu_seconds, "memory_bytes": limits.memory_bytes,
        "seconds": limits.seconds,
    }).encode()  # fmt: skip
    ready, started = os.pipe()
    child = subprocess.Popen(  # noqa: S603 - our own module; the argument is a number
        [sys.executable, "-E", "-s", "-m", "signatures.engine.pictures_child", str(started)],
        cwd=_ROOT,
        env={"PATH": os.environ.get("PATH", os.defpath), "LANG": "C.UTF-8", "PYTHONDONTWRITEBYTECODE": "1"},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
        pass_fds=(started,),
    )
    os.close(started)
    try:
        with os.fdopen(ready, "rb") as signal_of_start:
            select.select([signal_of_start], [], [], limits.start_seconds)
        answer, _errors = child.communicate(len(header).to_bytes(4, "big") + header + pdf, limits.wall_seconds)
    except subprocess.TimeoutExpired:
        _end(child)
        return None
    return answer if child.returncode == 0 and len(answer) <= _ANSWER_MAX else None


def _end(child: subprocess.Popen[bytes]) -> None:
    with suppress(ProcessLookupError):
        os.killpg(child.pid, signal.SIGKILL)
    for stream in (child.stdin, child.stdout):
        if stream is not None:
            with suppress(BrokenPipeError):
                stream.close()
    child.wait()


def claimed_ends(pdf: bytes) -> list[int]:
    """Where signatures in the raw bytes claim to end, the latest first, whether or not the file still shows them.

    Only a claim: an attacker may take a signature out of the tables, or write one in. Whoever uses an end must verify
    the bytes up to it. What can't be the end of a signed file is left out, so that made-up claims hide no true one.
    """
    ends: set[int] = set()
    for match in _RANGE.finditer(pdf):
        first, second, length = (int(number) for number in match.groups())
        end = second + length
        hole = pdf[first : first + 1], pdf[second - 1 : second]
        if 0 < first < second and end < len(pdf) and hole == (b"<", b">"):
            ends.add(end)
    return sorted((end for end in ends if pdf[max(0, end - 16) : end].rstrip().endswith(b"%%EOF")), reverse=True)
