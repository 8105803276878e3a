"""The verifier: `examine` in a child process of its own with limits, so that no file can hurt or hang the caller."""

from __future__ import annotations

import json
from base64 import b64encode
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Final

from signatures.engine.facts import Report, Verdict, WholeState
from signatures.engine.limited import ask
from signatures.engine.trust import Trust

_ANSWER_MAX: Final = 4 * 1024 * 1024


@dataclass(frozen=True)
class Limits:
    """What one file may cost. The start of the child (about 0.9 s) has a limit of its own.

    A busy machine loads programs slowly, and a genuine file must not be called unreadable for that.
    """

    wall_seconds: float = 8.5
    start_seconds: float = 30.0
    cpu_seconds: int = 8
    memory_bytes: int = 1000 * 1024 * 1024
    size_bytes: int = 100 * 1024 * 1024


def verify(pdf: bytes, *, trust: Trust, at: datetime, fetch: bool = False, limits: Limits | None = None) -> Report:
    """The report about `pdf` as of `at`. Always an answer: a file that kills or stalls the child is `UNREADABLE`.

    Nothing is fetched from any address unless `fetch` is set; uploads are judged by what they carry.
    """
    limits = limits or Limits()
    if len(pdf) > limits.size_bytes:
        return unreadable(pdf, at, "too-large")
    header = {
        "roots": [b64encode(der).decode() for der in trust.roots],
        "helpers": [b64encode(der).decode() for der in trust.helpers],
        "only_for": trust.only_for,
        "at": at.isoformat(),
        "fetch": fetch,
    }
    answer = ask(
        "signatures.engine.verify_child", header, pdf, cpu_seconds=limits.cpu_seconds, answer_max=_ANSWER_MAX,
        memory_bytes=limits.memory_bytes, wall_seconds=limits.wall_seconds, start_seconds=limits.start_seconds,
    )  # fmt: skip
    if answer.text is None:
        return unreadable(pdf, at, "child-died" if answer.reason == "died" else answer.reason)
    try:
        return Report.from_json(json.loads(answer.text))
    except (ValueError, KeyError, TypeError):
        return unreadable(pdf, at, "child-died")


def unreadable(pdf: bytes, at: datetime, reason: str) -> Report:
    """The answer about bytes that were not, or could not be, examined."""
    return Report(
        Verdict.UNREADABLE, "", WholeState.UNKNOWN, "none", (), (reason,), sha256(pdf).hexdigest(), len(pdf), at
    )
