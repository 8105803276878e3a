"""Pictures of what was changed after a signature, drawn in a child process of its own with limits.

Nothing is written to any disk: the file goes in by pipe and the pictures come out by pipe.
"""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from signatures.engine.compared import Compared
from signatures.engine.limited import ask

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
    header = {"ends": ends, "seconds": limits.seconds}
    return ask(
        "signatures.engine.pictures_child", header, pdf, cpu_seconds=limits.cpu_seconds, answer_max=_ANSWER_MAX,
        memory_bytes=limits.memory_bytes, wall_seconds=limits.wall_seconds, start_seconds=limits.start_seconds,
    ).text  # fmt: skip


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
