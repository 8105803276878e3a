"""More processes for the embedded worker: the memory broker lives in one, and Python computes in one thread at a time.

A hand takes what is due from the outbox itself, without a bell; the claim keeps two of them, and the worker's own
threads, from the same row. It ends when the pipe to its standard input is closed, as it is when the worker dies.
"""

from __future__ import annotations

import logging
import random
import subprocess
import sys
import threading

from django.conf import settings
from django.db import DatabaseError, connection

from eoffice.core import outbox

log = logging.getLogger(__name__)

REST_SECONDS = 0.25
AT_ONCE = 20
STARTED_AGAIN_AFTER = 5.0


def work(stopping: threading.Event) -> int:
    """Run what is due until told to stop; how many rows got done. A database that is away is waited for."""
    done = 0
    while not stopping.is_set():
        found = 0
        try:
            found = _round(stopping)
        except DatabaseError as error:
            log.warning("hand.failed", extra={"error": type(error).__name__})
            connection.close()
        done += found
        if not found:
            stopping.wait(REST_SECONDS)
    connection.close()
    return done


def _round(stopping: threading.Event) -> int:
    """Those that are due now, in any order, so that several hands rarely reach for the same row."""
    pks = outbox.due(AT_ONCE)
    random.shuffle(pks)
    return sum(not stopping.is_set() and outbox.run_row(pk) for pk in pks)


class Hands:
    """The further processes of one worker, each started again when it dies."""

    def __init__(self, count: int) -> None:
        self._stopping = threading.Event()
        self._lock = threading.Lock()
        self._running: list[subprocess.Popen[bytes]] = []
        self._threads = [
            threading.Thread(target=self._keep, name=f"hand-{number}", daemon=True) for number in range(count)
        ]

    def start(self) -> None:
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Take nothing more; what is in work is finished."""
        self._stopping.set()
        with self._lock:
            for process in self._running:
                if process.stdin is not None:
                    process.stdin.close()
        for thread in self._threads:
            thread.join()

    def _keep(self) -> None:
        while not self._stopping.is_set():
            with self._lock:
                if self._stopping.is_set():
                    return
                process = started()
                self._running.append(process)
            process.wait()
            with self._lock:
                self._running.remove(process)
            self._stopping.wait(STARTED_AGAIN_AFTER)


def started() -> subprocess.Popen[bytes]:
    """One hand. Close its standard input to end it."""
    return subprocess.Popen(
        [sys.executable, "manage.py", "worker", "--hand"], stdin=subprocess.PIPE, cwd=settings.BASE_DIR
    )
