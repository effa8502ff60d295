"""The mesh, called directly: for handlers that are plain functions, and for helpers deep within.

The calls can be made only while an envelope is being handled. A refused call raises :class:`troupe.RefusedError`.

>>> from troupe import mesh
>>> from troupe.testing import run
>>> def handle(words):
...     for word in words:
...         mesh.emit(word)
>>> run(handle, ["a", "b"]).payloads
['a', 'b']
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from ._hop import current_calls
from .jsontext import json_text

if TYPE_CHECKING:
    from .calls import Level


def get(path: str, default: Any = None) -> Any:
    """What is at a path of the envelope, with the edits so far; the default where there is nothing."""
    text = current_calls("mesh.get").get(path)
    return default if text is None else json.loads(text)


def set(path: str, value: Any) -> None:  # noqa: A001
    """Puts a value at a path: ``.route.next`` and below, or a header that is not reserved."""
    current_calls("mesh.set").set(path, json_text(value, f"the value for {path}"))


def delete(path: str) -> None:
    """Removes what is at a path."""
    current_calls("mesh.delete").delete(path)


def emit(payload: Any) -> None:
    """One downstream envelope with this payload, and route and headers as edited so far. None is the payload null."""
    current_calls("mesh.emit").emit(json_text(payload, "the emitted payload"))


def fly(event: Any) -> None:
    """An event for whoever follows this envelope: at once, at most once."""
    current_calls("mesh.fly").fly(json_text(event, "the event"))


def log(level: Level, message: str) -> None:
    """A line in the log, tagged with actor and envelope. ``logging`` and ``print`` come there, too."""
    if level not in ("debug", "info", "warn", "error"):
        raise ValueError(f"{level!r} is not a level: there are debug, info, warn and error")
    current_calls("mesh.log").log(level, well_formed(str(message)))


def well_formed(text: str) -> str:
    """The text with what UTF-8 cannot say, half of a surrogate pair, replaced by U+FFFD."""
    if text.isascii():
        return text
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
