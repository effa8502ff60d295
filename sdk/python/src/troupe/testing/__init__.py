"""Runs a handler in a unit test, without building it.

It is driven as in the component, under the host's own rules about what an actor may edit and emit.

>>> from troupe.testing import run
>>> hop = run(lambda text: len(text), "four", next=["store"])
>>> hop.payloads, hop.failure
([4], None)
"""

from __future__ import annotations

import contextlib
import json
import logging
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from ..calls import Level
from ..failure import Failure, failure_of
from ..handler import Handler
from ..jsontext import json_text
from ..logs import LineStream, MeshLogHandler, text_stream
from ._state import TestState
from ._draft import Draft, Drafted, Route

__all__ = ["Edit", "Emit", "Hop", "Route", "TestState", "run"]


@dataclass(frozen=True)
class Emit:
    """One downstream envelope."""

    payload: Any
    text: str
    """The payload as it travels, a JSON text."""
    route: Route
    """As edited, before it goes on: ``curr`` is still this actor."""
    headers: dict[str, Any]


@dataclass(frozen=True)
class Edit:
    """An edit of route or headers that was not refused."""

    verb: Literal["SET", "DEL"]
    path: str
    value: Any = None


@dataclass
class Hop:
    """What came of a run."""

    emits: list[Emit] = field(default_factory=list)
    """What it emitted; nothing when it failed, since a hop is all or nothing."""
    edits: list[Edit] = field(default_factory=list)
    """In order."""
    flies: list[Any] = field(default_factory=list)
    """Events that it sent upstream."""
    logs: list[tuple[Level, str]] = field(default_factory=list)
    """What it logged, with ``logging`` and ``print`` too."""
    failure: Failure | None = None
    """Why it failed, if it did."""
    error: BaseException | None = None
    """The exception itself."""

    @property
    def payloads(self) -> list[Any]:
        """Payloads of the emits."""
        return [emit.payload for emit in self.emits]


class _Calls:
    def __init__(self, draft: Draft, hop: Hop) -> None:
        self._draft = draft
        self._hop = hop

    def get(self, path: str) -> str | None:
        return self._draft.get(path)

    def set(self, path: str, value: str) -> None:
        self._draft.set(path, value)
        self._hop.edits.append(Edit("SET", path, json.loads(value)))

    def delete(self, path: str) -> None:
        self._draft.delete(path)
        self._hop.edits.append(Edit("DEL", path))

    def emit(self, payload: str) -> None:
        self._draft.emit(payload)

    def fly(self, event: str) -> None:
        self._draft.fly(event)
        self._hop.flies.append(json.loads(event))

    def log(self, level: Level, message: str) -> None:
        self._hop.logs.append((level, message))


def run(
    handle: Callable[..., Any],
    payload: Any = None,
    *,
    grants: Sequence[str] = (),
    prev: Sequence[str] = (),
    next: Sequence[str] = (),
    headers: Mapping[str, Any] | None = None,
    actor: str = "actor",
    id: str = "test",
    emits: int = 1000,
    payload_text: str | None = None,
    state: TestState | None = None,
) -> Hop:
    """Runs a handler on a payload. A failure of the handler is part of the result.

    :param grants: Actors that it may add to a route, as in ``spec.grants.route``.
    :param prev: Actors done.
    :param next: Actors that remain.
    :param emits: Most emits.
    :param payload_text: The payload as a JSON text, where the spelling counts.
    :param state: What it keeps; given to several runs, the later ones find what the earlier ones left.
    :raises BadHandlerError: when it can be no handler.
    :raises NotJsonError: when the payload or a header is no JSON.
    """
    ready = Handler(handle)
    text = json_text(payload, "the payload") if payload_text is None else payload_text
    route = Route(list(prev), actor, list(next))
    draft = Draft(
        id=id,
        route=route,
        headers=json.loads(json_text(dict(headers or {}), "headers")),
        grants=grants,
        emits=emits,
    )
    hop = Hop()
    calls = _Calls(draft, hop)
    try:
        with _logged(calls):
            last = ready.run(text, calls, TestState() if state is None else state)
        if last is not None:
            calls.emit(last)
    except BaseException as error:
        hop.error = error
        hop.failure = failure_of(error, home=ready.home)
    else:
        hop.emits = [_emit(drafted, route) for drafted in draft.emits]
    return hop


def _emit(drafted: Drafted, route: Route) -> Emit:
    return Emit(
        payload=json.loads(drafted.text),
        text=drafted.text,
        route=Route(route.prev, route.curr, list(drafted.next)),
        headers=dict(drafted.headers),
    )


@contextlib.contextmanager
def _logged(calls: _Calls) -> Iterator[None]:
    """Has what is logged and printed meanwhile told to the hop, as well as to where it goes otherwise."""
    root = logging.getLogger()
    handler = MeshLogHandler()
    level = root.level
    out = LineStream(lambda line: calls.log("info", line), also=sys.stdout)
    err = LineStream(lambda line: calls.log("warn", line), also=sys.stderr)
    root.addHandler(handler)
    root.setLevel(min(level, logging.INFO) if level else logging.INFO)
    try:
        with contextlib.redirect_stdout(text_stream(out)), contextlib.redirect_stderr(text_stream(err)):
            yield
    finally:
        root.setLevel(level)
        root.removeHandler(handler)
        out.end()
        err.end()
