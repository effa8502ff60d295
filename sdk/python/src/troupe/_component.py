"""The component: what componentize-py calls, around the author's ``actor.py``.

This module is loaded once, when the component is built; what is in memory then is what every envelope begins with.
"""

from __future__ import annotations

import contextlib
import importlib
import io
import json
import logging
import math
import os
import random
import sys
import time
import traceback
from typing import Any

import wit_world  # type: ignore[import-not-found]  # made by componentize-py of actor.wit at each build
from componentize_py_types import Err  # type: ignore[import-not-found]
from wit_world.imports import environment  # type: ignore[import-not-found]
from wit_world.imports import mesh as host
from wit_world.imports.failures import Failure as WitFailure  # type: ignore[import-not-found]

try:
    from wit_world.imports import state as host_state
except ImportError:  # a component has it when its modules import it
    host_state = None
try:
    from wit_world.imports import outgoing_handler
except ImportError:  # a component has it when its modules send requests
    outgoing_handler = None
try:
    from wit_world.imports import timers
except ImportError:  # a component has them when its modules sleep
    timers = None

from . import _frozen
from .calls import StoredBytes
from .errors import RefusedError
from .failure import failure_of
from .handler import BadHandlerError, Handler
from .logs import LineStream, MeshLogHandler, text_stream

_LEVELS = {
    "debug": host.Level.DEBUG,
    "info": host.Level.INFO,
    "warn": host.Level.WARN,
    "error": host.Level.ERROR,
}


class _HostCalls:
    """The calls of the contract, to the host."""

    def get(self, path: str) -> str | None:
        text: str | None = _asked(host.get, path)
        return text

    def set(self, path: str, value: str) -> None:
        _asked(host.set, path, value)

    def delete(self, path: str) -> None:
        _asked(host.del_, path)

    def emit(self, payload: str) -> None:
        _asked(host.emit, payload)

    def fly(self, event: str) -> None:
        _asked(host.fly, event)

    def log(self, level: str, message: str) -> None:
        host.log(_LEVELS[level], message)


class _HostState:
    """The calls of ``state``, to the host."""

    def get(self, key: str) -> StoredBytes | None:
        found = _asked(host_state.get, key)
        return None if found is None else StoredBytes(found.value, found.version)

    def set(self, key: str, value: bytes, ttl: int | None) -> int:
        return int(_asked(host_state.set, key, value, ttl))

    def swap(self, key: str, expected: int | None, value: bytes, ttl: int | None) -> int | None:
        version: int | None = _asked(host_state.swap, key, expected, value, ttl)
        return version

    def delete(self, key: str) -> bool:
        return bool(_asked(host_state.delete, key))

    def keys(self, prefix: str, after: str | None, limit: int) -> list[str]:
        return list(_asked(host_state.keys, prefix, after, limit))

    def add(self, key: str, delta: int) -> int:
        return int(_asked(host_state.add, key, delta))


def _asked(function: Any, first: str, *args: Any) -> Any:
    if not isinstance(first, str):
        raise TypeError(f"a path or a key is a string, and {first!r} is a {type(first).__name__}")
    try:
        return function(first, *args)
    except Err as refusal:
        raise RefusedError(refusal.value.code, refusal.value.message) from None


def _sleep(seconds: float) -> None:
    """Stands for ``time.sleep``."""
    if seconds < 0:
        raise ValueError("sleep length must be non-negative")
    timers.sleep(min(math.ceil(seconds * 1000), _LONGEST_SLEEP))


_LONGEST_SLEEP = 2**32 - 1


def _load() -> Handler:
    """Imports the author's module. What is wrong is told in one line, which the build looks for."""
    printed = io.StringIO()
    try:
        with contextlib.redirect_stdout(printed), contextlib.redirect_stderr(printed):
            module = importlib.import_module("actor")
        if not hasattr(module, "handle"):
            raise BadHandlerError("actor.py has no handle: write def handle(payload), or handle = what_is_there")
        return Handler(module.handle)
    except BaseException as error:
        syntax = isinstance(error, SyntaxError)
        told = {
            "type": type(error).__name__,
            "message": error.msg if isinstance(error, SyntaxError) else str(error),
            "where": f"{error.filename}:{error.lineno}" if isinstance(error, SyntaxError) else None,
            "traceback": _author_traceback(error, only_error=syntax)[-_MOST_TOLD:],
            "missing": error.name if isinstance(error, ModuleNotFoundError) else None,
            "printed": printed.getvalue()[-_MOST_TOLD:],
        }
        print(f"\ntroupe-build {json.dumps(told)}", file=sys.stderr, flush=True)
        raise SystemExit(1) from None


def _author_traceback(error: BaseException, only_error: bool) -> str:
    told = traceback.TracebackException.from_exception(error)
    frames = [] if only_error else [frame for frame in told.stack if not frame.filename.startswith(_OWN_FRAMES)]
    told.stack = traceback.StackSummary.from_list(frames)
    return "".join(told.format()).rstrip()


_MOST_TOLD = 3000
"""The tool keeps 10,000 bytes of what is said."""

_OWN_FRAMES = (__file__.rpartition("/")[0], "<frozen", "/python/")

_calls = _HostCalls()
if outgoing_handler is not None:
    from . import _http, _http_text

    _http_text.install(_http.send)
_state = None if host_state is None else _HostState()
if timers is not None:
    # The library's own sleep comes back at once.
    time.sleep = _sleep
_out = LineStream(lambda line: _calls.log("info", line))
_err = LineStream(lambda line: _calls.log("warn", line))
logging.getLogger().addHandler(MeshLogHandler())
logging.getLogger().setLevel(logging.INFO)
_handler = _load()
sys.stdout, sys.stderr = text_stream(_out), text_stream(_err)
_frozen.freeze()


class WitWorld(wit_world.WitWorld):  # type: ignore[misc]
    """The world ``actor``."""

    def handle(self, payload: str) -> str | None:
        """Handles one envelope."""
        # What the generator was at when the component was built is the same in all its instances.
        random.seed()
        os.environ.update(environment.get_environment())
        try:
            return _handler.run(payload, _calls, _state)
        except BaseException as error:
            failure = failure_of(error, home=_handler.home)
            raise Err(WitFailure(**vars(failure))) from None
        finally:
            _out.end()
            _err.end()
