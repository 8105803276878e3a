"""Runs one coroutine of pyHanko to its end from plain synchronous code."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

T = TypeVar("T")


def run(make: Callable[[], Coroutine[Any, Any, T]], *, seconds: float) -> T:
    """The coroutine's result; `TimeoutError` after `seconds`.

    A loop of its own each time: pyHanko's synchronous wrappers refuse to run below a running loop (signing.md
    section 7), and a browser test or an ASGI server may have one running in this very thread. Then a thread is used.
    """

    async def limited() -> T:
        return await asyncio.wait_for(make(), timeout=seconds)

    if not _loop_runs_here():
        return asyncio.run(limited())
    outcome: list[T] = []
    failure: list[BaseException] = []

    def work() -> None:
        try:
            outcome.append(asyncio.run(limited()))
        except BaseException as error:  # noqa: BLE001 - handed over to the caller's thread unchanged
            failure.append(error)

    thread = threading.Thread(target=work, name="signatures-engine", daemon=True)
    thread.start()
    thread.join()
    if failure:
        raise failure[0]
    return outcome[0]


def _loop_runs_here() -> bool:
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return False
    return True
