"""Several transactions at once, in an order that is chosen: who runs, and after how many statements somebody else does.

On PostgreSQL every thread stops before each statement and before each commit, and goes on when it is its turn. What
waits for a lock lets the others run. So an order in which something goes wrong can be found, made smaller and run
again. SQLite has one writer; its threads are only started together.
"""

from __future__ import annotations

import threading
import time
import traceback
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from django.db import connection, connections

PATIENCE_SECONDS = 20
# A statement that is not through after this may be waiting for a lock.
SOON_SECONDS = 0.004


class Where(Enum):
    BEFORE = "before a statement"
    RUNNING = "running"
    DONE = "done"


@dataclass(frozen=True)
class Switch:
    """After so many steps of whoever runs, or before a statement that begins so, the next who can is let on.

    With `skip` it is the one after.
    """

    after: int = 10_000
    skip: int = 0
    before: str = ""

    def comes(self, steps: int, sql: str) -> bool:
        return steps >= self.after or (bool(self.before) and sql.startswith(self.before))


@dataclass
class Lane:
    """One thread with its connection."""

    work: Callable[[], Any]
    where: Where = Where.RUNNING
    may_go: bool = False
    backend: int = 0
    crash: str = ""
    sql: str = ""


@dataclass
class Turns:
    """Runs the lanes to their end; `switches` are used up one by one, and then each runs as far as it can."""

    lanes: list[Lane]
    switches: list[Switch] = field(default_factory=list)
    changed: threading.Condition = field(default_factory=threading.Condition)
    trace: list[tuple[int, str]] = field(default_factory=list)

    @property
    def chosen(self) -> bool:
        return connection.vendor == "postgresql"

    def run(self) -> None:
        threads = [threading.Thread(target=self._lane, args=(lane,), daemon=True) for lane in self.lanes]
        for thread in threads:
            thread.start()
        if self.chosen:
            self._direct()
        for thread in threads:
            thread.join(PATIENCE_SECONDS)
            assert not thread.is_alive(), f"a thread does not end: {self.trace[-20:]}"

    # the lanes' side

    def _lane(self, lane: Lane) -> None:
        try:
            if self.chosen:
                self._prepare(lane)
                with connection.execute_wrapper(lambda *call: self._execute(lane, *call)):
                    lane.work()
            else:
                lane.work()
        except Exception:  # noqa: BLE001 - whatever it was, the test is to see it
            lane.crash = traceback.format_exc()
        finally:
            connections.close_all()
            self._set(lane, Where.DONE)

    def _prepare(self, lane: Lane) -> None:
        connection.ensure_connection()
        lane.backend = connection.connection.info.backend_pid
        # Django's own hook around COMMIT; its stubs do not know it.
        wrapper: Any = connection
        commit = wrapper._commit

        def after_pause() -> None:
            self._pause(lane, "COMMIT")
            commit()

        wrapper._commit = after_pause

    def _execute(self, lane: Lane, execute: Callable[..., Any], sql: str, *rest: Any) -> Any:
        self._pause(lane, sql)
        return execute(sql, *rest)

    def _pause(self, lane: Lane, sql: str) -> None:
        with self.changed:
            lane.sql = sql
            lane.where = Where.BEFORE
            self.changed.notify_all()
            while not lane.may_go:
                if not self.changed.wait(PATIENCE_SECONDS):
                    raise TimeoutError("it is never this thread's turn")
            lane.may_go = False

    def _set(self, lane: Lane, where: Where) -> None:
        with self.changed:
            lane.where = where
            self.changed.notify_all()

    # the director's side

    def _direct(self) -> None:
        now, steps = 0, 0
        switches = list(self.switches)
        until = time.monotonic() + PATIENCE_SECONDS
        while True:
            self._settle(until)
            ready = [number for number, lane in enumerate(self.lanes) if lane.where == Where.BEFORE]
            if not ready:
                return
            if now not in ready or (switches and switches[0].comes(steps, self.lanes[now].sql)):
                others = [number for number in ready if number != now] or ready
                later = [number for number in others if number > now]
                ring = later + [number for number in others if number not in later]
                skip = 0
                if now in ready and switches:
                    skip = switches.pop(0).skip
                now, steps = ring[skip % len(ring)], 0
            steps += 1
            self.trace.append((now, self.lanes[now].sql))
            with self.changed:
                lane = self.lanes[now]
                lane.where, lane.may_go = Where.RUNNING, True
                self.changed.notify_all()

    def _settle(self, until: float) -> None:
        """Wait until everybody stands before a statement, is done, or waits for a lock of somebody who stands."""
        while True:
            with self.changed:
                running = [lane for lane in self.lanes if lane.where == Where.RUNNING]
                if not running:
                    return
                self.changed.wait(SOON_SECONDS)
                running = [lane for lane in self.lanes if lane.where == Where.RUNNING]
                standing = any(lane.where == Where.BEFORE for lane in self.lanes)
            if running and standing and all(self._waits(lane) for lane in running):
                return
            if time.monotonic() > until:
                raise AssertionError(f"nothing moves any more: {self.trace[-20:]}")

    def _waits(self, lane: Lane) -> bool:
        if not lane.backend:
            return False
        with connection.cursor() as cursor:
            cursor.execute("SELECT cardinality(pg_blocking_pids(%s)) > 0", [lane.backend])
            row = cursor.fetchone()
        # It may have come through in between.
        return bool(row and row[0]) and lane.where == Where.RUNNING


def at_once(works: Sequence[Callable[[], Any]], switches: Sequence[Switch]) -> Turns:
    """Run all of them; what crashed says so on its lane."""
    turns = Turns([Lane(work) for work in works], list(switches))
    turns.run()
    return turns
