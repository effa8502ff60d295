"""What an actor written as a generator yields.

A verb is a tuple, so that ``yield SET(".route.next", [...])`` and ``yield "SET", ".route.next", [...]`` are the same.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Generator
from typing import Any

from ._hop import current_hop
from .errors import UnknownVerbError

Steps = Generator[Any, Any, Any]
"""What a handler written as a generator returns: it yields verbs and payloads, and may return a last payload."""

AsyncSteps = AsyncGenerator[Any, Any]
"""The same for ``async def``."""

_LENGTHS = {"GET": 2, "SET": 3, "DEL": 2, "FLY": 2, "EMIT": 2}


class Verb(tuple):  # type: ignore[type-arg]
    """Something to be done, which is done when it is yielded. Equal to the plain tuple."""

    default: Any = None
    """What GET gives where there is nothing."""

    def __new__(cls, *parts: Any) -> Verb:
        """Makes a verb of its name and arguments."""
        verb = super().__new__(cls, parts)
        hop = current_hop()
        if hop is not None:
            hop.pending[id(verb)] = verb
        return verb


def SET(path: str, value: Any) -> Verb:
    """Puts a value at a path of the envelope: ``.route.next`` and below, or a header that is not reserved.

    What is emitted from then on has it. Paths are such as ``.route.next[:0]`` (prepend), ``.route.next[999:]``
    (append), ``.headers.lang``, ``.headers["any name"]``.

    >>> from troupe.testing import run
    >>> def handle(payload):
    ...     yield SET(".route.next[:0]", ["express"])
    ...     yield payload
    >>> run(handle, {"urgent": True}, next=["store"], grants=["express"]).emits[0].route.next
    ['express', 'store']
    """
    return Verb("SET", path, value)


def DEL(path: str) -> Verb:
    """Removes what is at a path of the envelope; ``.route.next`` becomes empty."""
    return Verb("DEL", path)


def GET(path: str, default: Any = None) -> Verb:
    """Reads what is at a path of the envelope, with the edits so far; the default where there is nothing.

    >>> from troupe.testing import run
    >>> def handle(payload):
    ...     lang = yield GET(".headers.lang", "en")
    ...     yield {"lang": lang}
    >>> run(handle, None, headers={"lang": "de"}).payloads
    [{'lang': 'de'}]
    """
    verb = Verb("GET", path)
    verb.default = default
    return verb


def FLY(event: Any) -> Verb:
    """Sends an event to whoever follows this envelope: at once, at most once, never part of the result."""
    return Verb("FLY", event)


def EMIT(payload: Any) -> Verb:
    """Emits a payload, as yielding it does; for None and tuples, which mean something else when they are yielded."""
    return Verb("EMIT", payload)


def verb_of(yielded: tuple[Any, ...]) -> tuple[str, Any, Any]:
    """The name and the arguments of a yielded tuple; the second argument is None where there is one only.

    :raises UnknownVerbError: when it is no verb.
    """
    name = yielded[0] if yielded else None
    expected = _LENGTHS.get(name) if isinstance(name, str) else None
    if expected is None:
        raise UnknownVerbError(
            f"{_shown(yielded)} was yielded, and a tuple has to be a verb (GET, SET, DEL, FLY or EMIT): "
            f"to emit it as a list, yield list(…) or EMIT(…)"
        )
    if len(yielded) != expected:
        raise UnknownVerbError(
            f"{_shown(yielded)} was yielded, but {name} has {expected - 1} argument{'s' * (expected > 2)}"
        )
    return str(name), yielded[1], yielded[2] if expected == 3 else None


def _shown(value: tuple[Any, ...]) -> str:
    text = repr(tuple(value))
    return text if len(text) <= 200 else f"{text[:200]}…"
