"""Long-lived processes, each with its own connection, that start acts together and say what came of them.

A process is spawned, not forked, so that it shares nothing with the test but the database and the folders, as two
web workers do. `Pool.race` lets one act per process go off at one barrier.
"""

from __future__ import annotations

import multiprocessing
import os
import random
import time
import traceback
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from typing import Any, Self

# Between nothing and this, so that either of two acts comes first about as often.
JITTER_SECONDS = 0.004
PATIENCE_SECONDS = 60


@dataclass(frozen=True)
class Act:
    """What a process is to do: a function that can be imported, and its keyword arguments."""

    does: Callable[..., Any]
    facts: dict[str, Any] = field(default_factory=dict)
    jitter: float = JITTER_SECONDS


@dataclass(frozen=True)
class Outcome:
    """What came of an act. `refused` is the code of the domain error; anything else that is raised is a `crash`."""

    value: Any = None
    refused: str = ""
    status: int = 200
    words: str = ""
    crash: str = ""

    @property
    def won(self) -> bool:
        return not self.refused and not self.crash


@dataclass(frozen=True)
class Surroundings:
    """Where the test's database and folders are."""

    database: dict[str, Any]
    folders: dict[str, Any]
    environment: dict[str, str]


class Pool:
    """`size` processes; use as a context manager."""

    def __init__(self, size: int, surroundings: Surroundings) -> None:
        context = multiprocessing.get_context("spawn")
        self._barriers = {parties: context.Barrier(parties) for parties in range(2, size + 1)}
        self._ends: list[Connection] = []
        self._processes = []
        for number in range(size):
            ours, theirs = context.Pipe()
            process = context.Process(
                target=_work, args=(theirs, self._barriers, surroundings), name=f"racer-{number}", daemon=True
            )
            process.start()
            theirs.close()
            self._ends.append(ours)
            self._processes.append(process)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        for end in self._ends:
            end.close()
        for process in self._processes:
            process.join(PATIENCE_SECONDS)

    def race(self, *acts: Act) -> list[Outcome]:
        """Let the acts go off together, each in a process of its own."""
        assert 2 <= len(acts) <= len(self._ends), "two acts at least, and a process for each"
        self._send(acts, together=len(acts))
        return [self._receive(end) for end in self._ends[: len(acts)]]

    def share(self, acts: Sequence[Act]) -> list[Outcome]:
        """Get many acts done that need not meet, spread over the processes; outcomes in the order of the acts."""
        outcomes: list[Outcome] = []
        width = len(self._ends)
        for start in range(0, len(acts), width):
            some = acts[start : start + width]
            self._send(some, together=0)
            outcomes += [self._receive(end) for end in self._ends[: len(some)]]
        return outcomes

    def _send(self, acts: Sequence[Act], *, together: int) -> None:
        for end, act in zip(self._ends, acts, strict=False):
            end.send((act, together))

    def _receive(self, end: Connection) -> Outcome:
        if not end.poll(PATIENCE_SECONDS):
            raise AssertionError(f"a process did not answer within {PATIENCE_SECONDS} s: is it waiting for a lock?")
        outcome: Outcome = end.recv()
        return outcome


def _work(pipe: Connection, barriers: dict[int, Any], surroundings: Surroundings) -> None:
    """The process: acts as long as the test lives."""
    os.environ.update(surroundings.environment)
    import django  # noqa: PLC0415 - the environment must stand before
    from django.conf import settings  # noqa: PLC0415

    settings.DATABASES["default"] = surroundings.database
    for name, value in surroundings.folders.items():
        setattr(settings, name, value)
    settings.STORAGES["documents"]["OPTIONS"]["location"] = str(settings.DOCUMENTS_DIR)
    django.setup()
    from django.utils.translation import activate  # noqa: PLC0415

    activate("en")
    while True:
        try:
            act, together = pipe.recv()
        except (EOFError, OSError):
            return
        if together:
            barriers[together].wait(PATIENCE_SECONDS)
            time.sleep(random.uniform(0, act.jitter))
        pipe.send(_outcome(act))


def _outcome(act: Act) -> Outcome:
    from eoffice.core.errors import DomainError  # noqa: PLC0415 - Django stands only now

    try:
        return Outcome(value=act.does(**act.facts))
    except DomainError as error:
        words = f"{error.message} {error.remedy}"
        return Outcome(refused=error.code, status=error.status, words=words)
    except Exception:  # noqa: BLE001 - whatever it was, the test is to see it
        return Outcome(crash=traceback.format_exc())
