"""The component: what componentize-py calls, around the author's ``actor.py``.

This module is loaded once, when the component is built; what is in memory then is what every envelope begins with.
"""

from __future__ import annotations

import importlib
import json
import logging
import random
import sys
import traceback
from typing import Any

import wit_world  # type: ignore[import-not-found]  # made by componentize-py of actor.wit at each build
from componentize_py_types import Err  # type: ignore[import-not-found]
from wit_world.imports import mesh as host  # type: ignore[import-not-found]
from wit_world.imports.failures import Failure as WitFailure  # type: ignore[import-not-found]

from . import _frozen
from .errors import RefusedError
from .failure import failure_of
from .handler import Handler
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
        return _asked(host.get, path)

    def set(self, path: str, value: str) -> None:
        _asked(host.set, path, value)

    def delete(self, path: str) -> None:
        _asked(getattr(host, "del_", None) or getattr(host, "del"), path)

    def emit(self, payload: str) -> None:
        _asked(host.emit, payload)

    def fly(self, event: str) -> None:
        _asked(host.fly, event)

    def log(self, level: str, message: str) -> None:
        host.log(_LEVELS[level], message)


def _asked(function: Any, *args: str) -> Any:
    for arg in args:
        if not isinstance(arg, str):
            raise TypeError(f"a path is a string, and {arg!r} is a {type(arg).__name__}")
    try:
        return function(*args)
    except Err as refusal:
        raise RefusedError(refusal.value.code, refusal.value.message) from None


def _load() -> Handler:
    """Imports the author's module. What is wrong is told in one line that the build looks for."""
    try:
        module = importlib.import_module("actor")
        if not hasattr(module, "handle"):
            raise TypeError("actor.py has no function named handle: write def handle(payload)")
        return Handler(module.handle)
    except BaseException as error:
        told = "".join(traceback.format_exception(error))
        syntax = isinstance(error, SyntaxError)
        where = f"{error.filename}:{error.lineno}" if isinstance(error, SyntaxError) else ""
        line = {
            "type": type(error).__name__,
            "message": str(error),
            "syntax": syntax,
            "where": where,
            "traceback": told,
            "missing": error.name if isinstance(error, ModuleNotFoundError) else None,
        }
        print(f"\ntroupe-build {json.dumps(line)}", file=sys.stderr, flush=True)
        raise


_calls = _HostCalls()
_out, _err = LineStream("info"), LineStream("warn")
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
        try:
            return _handler.run(payload, _calls)
        except BaseException as error:
            failure = failure_of(error, home=_handler.home)
            raise Err(WitFailure(**vars(failure))) from None
        finally:
            _out.end()
            _err.end()
