"""A child process with limits for one PDF, so that no file can hurt or hang the caller: both of its sides.

The file goes in by pipe and the answer comes out by pipe; the child limits itself before it touches a byte of the file
and may write none to any disk.
"""

from __future__ import annotations

import json
import logging
import os
import resource
import select
import signal
import subprocess
import sys
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, Final

_ROOT: Final = Path(__file__).resolve().parent.parent.parent
# How a child says that its memory was not enough.
NO_MEMORY: Final = 3


@dataclass(frozen=True)
class Answer:
    """What came back; `text` is None where nothing usable did, for `reason`: limit-time, limit-memory or died."""

    text: bytes | None
    reason: str = ""


def ask(
    module: str,
    header: dict[str, Any],
    pdf: bytes,
    *,
    cpu_seconds: int,
    memory_bytes: int,
    wall_seconds: float,
    start_seconds: float,
    answer_max: int,
) -> Answer:
    """What `python -m module` writes about `pdf`. Loading its programs has `start_seconds` of its own."""
    facts = header | {"size": len(pdf), "cpu_seconds": cpu_seconds, "memory_bytes": memory_bytes}
    head = json.dumps(facts).encode()
    ready, started = os.pipe()
    child = subprocess.Popen(  # noqa: S603 - our own module; the argument is a number
        [sys.executable, "-E", "-s", "-m", module, str(started)],
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
            select.select([signal_of_start], [], [], start_seconds)
        text, _errors = child.communicate(len(head).to_bytes(4, "big") + head + pdf, wall_seconds)
    except subprocess.TimeoutExpired:
        _end(child)
        return Answer(None, "limit-time")
    if child.returncode == 0 and len(text) <= answer_max:
        return Answer(text)
    if child.returncode in {-signal.SIGXCPU, -signal.SIGKILL}:
        return Answer(None, "limit-time")
    return Answer(None, "limit-memory" if child.returncode < 0 or child.returncode == NO_MEMORY else "died")


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


# In the child


def begin() -> tuple[dict[str, Any], BinaryIO]:
    """Tell the caller that everything is loaded, take the limits; the header, and where the file comes from."""
    if len(sys.argv) > 1:
        os.close(int(sys.argv[1]))
    source = sys.stdin.buffer
    header = json.loads(source.read(int.from_bytes(source.read(4), "big")))
    resource.setrlimit(resource.RLIMIT_CPU, (header["cpu_seconds"], header["cpu_seconds"] + 1))
    resource.setrlimit(resource.RLIMIT_AS, (header["memory_bytes"], header["memory_bytes"]))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    logging.disable(logging.CRITICAL)
    return header, source
