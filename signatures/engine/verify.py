"""The verifier: `examine` in a child process of its own with limits, so that no file can hurt or hang the caller."""

from __future__ import annotations

import json
import os
import select
import signal
import subprocess
import sys
from base64 import b64encode
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Final

from signatures.engine.facts import Report, Verdict, WholeState
from signatures.engine.trust import Trust

_ROOT: Final = Path(__file__).resolve().parent.parent.parent
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
    header = json.dumps({
        "roots": [b64encode(der).decode() for der in trust.roots],
        "helpers": [b64encode(der).decode() for der in trust.helpers],
        "only_for": trust.only_for,
        "at": at.isoformat(),
        "fetch": fetch,
        "cpu_seconds": limits.cpu_seconds,
        "memory_bytes": limits.memory_bytes,
        "size": len(pdf),
    }).encode()  # fmt: skip
    ready, started = os.pipe()
    child = subprocess.Popen(  # noqa: S603 - our own module; the argument is a number
        [sys.executable, "-E", "-s", "-m", "signatures.engine.verify_child", str(started)],
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
        return unreadable(pdf, at, "limit-time")
    if child.returncode != 0 or len(answer) > _ANSWER_MAX:
        reason = "limit-time" if child.returncode in {-signal.SIGXCPU, -signal.SIGKILL} else "limit-memory"
        return unreadable(pdf, at, reason if child.returncode < 0 or child.returncode == 3 else "child-died")  # noqa: PLR2004
    try:
        return Report.from_json(json.loads(answer))
    except (ValueError, KeyError, TypeError):
        return unreadable(pdf, at, "child-died")


def _end(child: subprocess.Popen[bytes]) -> None:
    try:
        os.killpg(child.pid, signal.SIGKILL)
    except ProcessLookupError:
        child.kill()
    for stream in (child.stdin, child.stdout):
        if stream is not None:
            with suppress(BrokenPipeError):
                stream.close()
    child.wait()


def unreadable(pdf: bytes, at: datetime, reason: str) -> Report:
    """The answer about bytes that were not, or could not be, examined."""
    return Report(
        Verdict.UNREADABLE, "", WholeState.UNKNOWN, "none", (), (reason,), sha256(pdf).hexdigest(), len(pdf), at
    )
