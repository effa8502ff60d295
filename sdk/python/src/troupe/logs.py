"""``logging`` and ``print``, as lines in the log of the mesh."""

from __future__ import annotations

import io
import logging
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from ._hop import current_hop
from .mesh import well_formed

if TYPE_CHECKING:
    from .calls import Level


class MeshLogHandler(logging.Handler):
    """Sends records to the log of the mesh, with the logger's name before the message where it has one."""

    def emit(self, record: logging.LogRecord) -> None:
        """Sends a record; while no envelope is being handled, it goes nowhere."""
        hop = current_hop()
        if hop is None:
            return
        try:
            text = self.format(record)
            message = text if record.name == "root" else f"{record.name}: {text}"
            hop.calls.log(_level_of(record.levelno), well_formed(message))
        except Exception:  # as logging does it: what cannot be formatted must not fail the author's code
            self.handleError(record)


def _level_of(number: int) -> Level:
    if number >= logging.ERROR:
        return "error"
    if number >= logging.WARNING:
        return "warn"
    return "info" if number >= logging.INFO else "debug"


class LineStream(io.RawIOBase):
    """Takes what is printed, and sends a line to the log for each line."""

    def __init__(self, log: Callable[[str], None], also: Any = None) -> None:
        """
        :param log: Gets each line.
        :param also: A text stream that gets everything as well.
        """
        self._log = log
        self._also = also
        self._rest = b""

    def writable(self) -> bool:
        """It is."""
        return True

    def write(self, data: Any) -> int:
        """Takes bytes; what follows the last newline waits for the next one."""
        *lines, self._rest = (self._rest + bytes(data)).split(b"\n")
        for line in lines:
            self._send(line)
        if self._also is not None:
            self._also.write(bytes(data).decode(errors="replace"))
        return len(data)

    def end(self) -> None:
        """The envelope is done: what was written without a newline is a line too."""
        if self._rest:
            self._send(self._rest)
        self._rest = b""

    def _send(self, line: bytes) -> None:
        self._log(line.removesuffix(b"\r").decode(errors="replace"))


def text_stream(lines: LineStream) -> io.TextIOWrapper:
    """What stands for ``sys.stdout`` or ``sys.stderr``."""
    return io.TextIOWrapper(
        lines,  # type: ignore[arg-type]
        encoding="utf-8",
        errors="backslashreplace",
        newline="\n",
        write_through=True,
    )
