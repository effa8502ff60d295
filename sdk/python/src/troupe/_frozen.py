"""What is done last when a component is built, so that what runs later finds what it needs."""

from __future__ import annotations

import _socket
import errno
import gc
import importlib
import importlib.abc
import linecache
import os
import socket
import sys
from importlib.machinery import ModuleSpec, PathFinder
from typing import Any

COMMON = (
    "_strptime",
    "base64",
    "binascii",
    "bisect",
    "contextvars",
    "copy",
    "csv",
    "encodings.ascii",
    "encodings.cp1252",
    "encodings.latin_1",
    "encodings.utf_16",
    "encodings.utf_16_le",
    "encodings.utf_32",
    "encodings.utf_8_sig",
    "fnmatch",
    "gzip",
    "hashlib",
    "heapq",
    "hmac",
    "html",
    "html.parser",
    "ipaddress",
    "locale",
    "numbers",
    "pathlib",
    "pickle",
    "secrets",
    "shlex",
    "statistics",
    "string",
    "struct",
    "textwrap",
    "unicodedata",
    "urllib.parse",
    "uuid",
    "zlib",
)
"""What authors import within functions, and what the library itself imports late."""


class _NoMoreModules(importlib.abc.MetaPathFinder):
    """Says why a module is not there, where Python would say only that it is not."""

    def find_spec(self, fullname: str, path: Any = None, target: Any = None) -> ModuleSpec | None:
        """Finds none."""
        raise ModuleNotFoundError(
            f"No module named {fullname!r} at run time: only what is imported while the component is built exists "
            f"then. Import it at the top of actor.py",
            name=fullname,
        )


_ROOM_BYTES = 6 * 1024 * 1024


def freeze() -> None:
    """Imports the common standard library, keeps the lines that tracebacks show, and closes what is not there later."""
    for name in COMMON:
        importlib.import_module(name)
    _keep_lines()
    _refuse_sockets()
    # Those of the build.
    os.environ.clear()
    sys.meta_path[:] = [finder for finder in sys.meta_path if finder is not PathFinder]
    sys.meta_path.append(_NoMoreModules())
    gc.collect()
    # Memory never shrinks: with room in it from the beginning, an ordinary envelope does not have it grow, and the
    # instance can be put back to where it began.
    bytearray(_ROOM_BYTES)


def _keep_lines() -> None:
    """The author's files are not there at run time; without a time of change, lines are kept for good."""
    for module in list(sys.modules.values()):
        file = getattr(module, "__file__", None) or ""
        if file.startswith("/") and not file.startswith(("/python/", "/bundled/", _OWN_FOLDER)):
            text = "".join(lines := linecache.getlines(file))
            linecache.cache[file] = (len(text), None, lines, file)


_OWN_FOLDER = __file__.rpartition("/")[0] + "/"


def _refuse_sockets() -> None:
    def refuse(*_args: Any, **_kwargs: Any) -> Any:
        raise PermissionError(errno.EACCES, "an actor has no sockets")

    names = ("socket", "SocketType", "socketpair", "getaddrinfo", "getnameinfo", "gethostbyname")
    for module in (socket, _socket):
        for name in (*names, "gethostbyname_ex", "gethostbyaddr", "gethostname", "dup"):
            if name != "socket" and hasattr(module, name):
                setattr(module, name, refuse)
    _socket.socket = refuse  # type: ignore[assignment,misc]
    # Others inherit from it.
    socket.socket.__init__ = refuse  # type: ignore[method-assign]
