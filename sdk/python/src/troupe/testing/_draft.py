"""An envelope as an actor edits it during one hop, under the host's rules (host/draft.ts, host/route.ts)."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from ..errors import RefusedError
from ._path import NOTHING, Key, Mismatch, Segment, parse_path, read_at, write_at

MOST_NEXT = 256
MOST_DEPTH = 512
LONGEST_EVENT = 64 * 1024
EMITTED_BYTES = 16 * 1024 * 1024

_NAME = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")
_BRACKETS = re.compile(r'"(?:[^"\\]|\\.)*"|[\[\]{}]')


@dataclass(frozen=True)
class Route:
    """Actors done, the one whose turn it is, and those that remain."""

    prev: list[str]
    curr: str
    next: list[str]


@dataclass(frozen=True)
class Drafted:
    """What was emitted: a JSON text, with the route and headers of that moment."""

    text: str
    next: list[str]
    headers: dict[str, Any]


class Draft:
    """The edits and emits of one hop."""

    def __init__(
        self, *, id: str, route: Route, headers: dict[str, Any], grants: Sequence[str], emits: int
    ) -> None:
        """:param emits: Most emits, and most events."""
        self.emits: list[Drafted] = []
        self._id = id
        self._route = route
        self._next = list(route.next)
        self._headers = headers
        self._grants = grants
        self._most = emits
        self._bytes = 0
        self._events = 0

    def get(self, path: str) -> str | None:
        """The JSON text of what is at a path, with the edits so far."""
        route = {"prev": self._route.prev, "curr": self._route.curr, "next": self._next}
        view = {"id": self._id, "route": route, "headers": self._headers}
        value = read_at(view, parse_path(path))
        return None if value is NOTHING else json.dumps(value)

    def set(self, path: str, text: str) -> None:
        """Puts a value at a path."""
        segments = _writable(path)
        _check_depth(text)
        self._write(path, segments, json.loads(text))

    def delete(self, path: str) -> None:
        """Removes what is at a path."""
        segments = _writable(path)
        is_next = len(segments) == 2 and segments[0] == Key("route")
        self._write(path, segments, [] if is_next else NOTHING)

    def emit(self, text: str) -> None:
        """Emits a payload."""
        if len(self.emits) >= self._most:
            raise RefusedError("troupe.OutputLimit", f"More than {self._most} emits in one hop (limits.emits)")
        self._bytes += len(text.encode())
        if self._bytes > EMITTED_BYTES:
            raise RefusedError(
                "troupe.OutputLimit",
                f"More than {EMITTED_BYTES} bytes emitted in one hop (limits.emittedBytes)",
            )
        _check_depth(text)
        self.emits.append(Drafted(text, self._next, self._headers))

    def fly(self, text: str) -> None:
        """Checks an event."""
        if self._events >= self._most:
            raise RefusedError("troupe.OutputLimit", f"More than {self._most} events in one hop (limits.emits)")
        if len(text.encode()) > LONGEST_EVENT:
            raise RefusedError("troupe.OutputLimit", f"An event of more than {LONGEST_EVENT} bytes")
        _check_depth(text)
        self._events += 1

    def _write(self, path: str, segments: list[Segment], value: Any) -> None:
        try:
            if segments[0] == Key("route"):
                self._next = self._checked(write_at(list(self._next), segments[2:], value))
            else:
                self._headers = write_at(self._headers, segments[1:], value)
        except Mismatch as mismatch:
            raise RefusedError(mismatch.code, f"{path[:200]}: {mismatch}") from None

    def _checked(self, names: Any) -> list[str]:
        if not isinstance(names, list):
            raise Mismatch("troupe.BadPath", "route.next has to be an array of actors' names")
        if len(names) > MOST_NEXT:
            raise RefusedError(
                "troupe.RouteTooLong", f"route.next would have {len(names)} actors; {MOST_NEXT} is the limit"
            )
        left = Counter(self._route.next)
        for name in names:
            if not isinstance(name, str) or not _NAME.fullmatch(name):
                shown = json.dumps(name)[:100]
                raise RefusedError(
                    "troupe.BadActorName", f"{shown} is not the name of an actor: a DNS label is needed"
                )
            if left[name] > 0:
                left[name] -= 1
            elif name == "x-resume" or not any(_covers(grant, name) for grant in self._grants):
                raise RefusedError(
                    "troupe.RouteDenied",
                    f"This actor may not add {name} to a route: "
                    f"list it in spec.grants.route of its actor.yaml",
                )
        return names


def _covers(grant: str, name: str) -> bool:
    if grant == name:
        return True
    return grant.endswith("-*") and not name.startswith("x-") and name.startswith(grant[:-1])


def _writable(path: str) -> list[Segment]:
    segments = parse_path(path)
    keys = [segment.key if isinstance(segment, Key) else None for segment in segments[:2]]
    if keys == ["route", "next"]:
        return segments
    if len(keys) == 2 and keys[0] == "headers" and keys[1] is not None:
        if not _is_reserved(keys[1]):
            return segments
        raise RefusedError(
            "troupe.AccessError", f"The header {json.dumps(keys[1])} is reserved: actors can read it only"
        )
    raise RefusedError(
        "troupe.AccessError",
        f"{path[:200]} cannot be written: actors can write .route.next and .headers.NAME",
    )


def _is_reserved(name: str) -> bool:
    lower = name.lower()
    return lower in ("traceparent", "tracestate") or lower.startswith(("x-troupe-", "x-asya-"))


def _check_depth(text: str) -> None:
    depth = 0
    for match in _BRACKETS.finditer(text):
        token = match[0]
        if token in "[{":
            depth += 1
            if depth > MOST_DEPTH:
                problem = f"nested more than {MOST_DEPTH} deep at offset {match.start()}"
                raise RefusedError("troupe.BadOutput", f"Not a JSON text: {problem}")
        elif token in "]}":
            depth -= 1
