"""Runs one coroutine of pyHanko to its end from plain synchronous code: with a loop, or at once without."""

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
        return _to_the_end(limited())
    outcome: list[T] = []
    failure: list[BaseException] = []

    def work() -> None:
        try:
            outcome.append(_to_the_end(limited()))
        except BaseException as error:  # noqa: BLE001 - handed over to the caller's thread unchanged
            failure.append(error)

    thread = threading.Thread(target=work, name="signatures-engine", daemon=True)
    thread.start()
    thread.join()
    if failure:
        raise failure[0]
    return outcome[0]


def at_once(coroutine: Coroutine[Any, Any, T]) -> T:
    """The result of a coroutine that waits for nothing: no loop is made for it, and it may run below another one."""
    try:
        coroutine.send(None)
    except StopIteration as done:
        result: T = done.value
        return result
    coroutine.close()
    raise RuntimeError("this coroutine waits for something; run it in a loop")


def _to_the_end(coroutine: Coroutine[Any, Any, T]) -> T:
    """`asyncio.run` without its handling of signals, which describes the whole task in words and takes 15 ms for it."""
    loop = asyncio.new_event_loop()
    try:
        return loop.run_until_complete(coroutine)
    finally:
        try:
            _cancel_what_is_left(loop)
            loop.run_until_complete(loop.shutdown_asyncgens())
            loop.run_until_complete(loop.shutdown_default_executor())
        finally:
            loop.close()


def _cancel_what_is_left(loop: asyncio.AbstractEventLoop) -> None:
    left = asyncio.all_tasks(loop)
    for task in left:
        task.cancel()
    if left:
        loop.run_until_complete(asyncio.gather(*left, return_exceptions=True))


def _loop_runs_here() -> bool:
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return False
    return True
