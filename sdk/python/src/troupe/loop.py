"""An event loop for ``async def`` handlers: tasks and timers, and nothing from outside, as there is nothing outside."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Coroutine
from typing import Any, TypeVar

_T = TypeVar("_T")


class NothingToAwaitError(RuntimeError):
    """Everything waits, and nothing will ever happen."""


class _Sleeper:
    """Stands where other loops ask the system what has happened."""

    def select(self, timeout: float | None) -> list[Any]:
        if timeout is None:
            raise NothingToAwaitError("the handler awaits something that nothing in it will ever set")
        if timeout > 0:
            time.sleep(timeout)
        return []


class _Loop(asyncio.BaseEventLoop):
    def __init__(self) -> None:
        super().__init__()
        self._selector = _Sleeper()

    def _process_events(self, event_list: list[Any]) -> None:
        pass

    def _write_to_self(self) -> None:
        pass


def run(coroutine: Coroutine[Any, Any, _T]) -> _T:
    """Runs a coroutine to its end; tasks that it leaves behind are cancelled.

    >>> async def later(): await asyncio.sleep(0); return 1
    >>> run(later())
    1
    """
    loop = _Loop()
    try:
        return loop.run_until_complete(coroutine)
    finally:
        left = asyncio.all_tasks(loop)
        for task in left:
            task.cancel()
        if left:
            loop.run_until_complete(asyncio.gather(*left, return_exceptions=True))
        loop.run_until_complete(loop.shutdown_asyncgens())
        loop.close()
