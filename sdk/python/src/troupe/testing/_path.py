"""Paths into an envelope, as the host reads them (host/path.ts, host/json_value.ts)."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any

from ..errors import RefusedError


class _Nothing:
    """Where there is nothing: something else than None, which is null."""

    def __bool__(self) -> bool:
        return False


NOTHING: Any = _Nothing()


@dataclass(frozen=True)
class Key:
    """``.key`` or ``["any key"]``."""

    key: str


@dataclass(frozen=True)
class Index:
    """``[3]``; negative from the end."""

    index: int


@dataclass(frozen=True)
class Slice:
    """``[start:stop]``."""

    start: int | None
    stop: int | None


Segment = Key | Index | Slice

_LONGEST = 4096
_KEY = re.compile(r"\.([A-Za-z_][A-Za-z0-9_-]*)")
_QUOTED = re.compile(r'\["((?:[^"\\]|\\.)*)"\]')
_INDEX = re.compile(r"\[(-?[0-9]{1,9})\]")
_SLICE = re.compile(r"\[(-?[0-9]{1,9})?:(-?[0-9]{1,9})?\]")


def parse_path(path: str) -> list[Segment]:
    """Reads a path. :raises RefusedError: ``troupe.BadPath`` when it is none."""
    if len(path) > _LONGEST:
        raise _bad_path(path, _LONGEST, f"more than {_LONGEST} characters")
    if path == ".":
        return []
    segments: list[Segment] = []
    at = 1 if path.startswith(".[") else 0
    while at < len(path):
        if match := _KEY.match(path, at):
            segments.append(Key(match[1]))
        elif match := _QUOTED.match(path, at):
            try:
                segments.append(Key(json.loads(f'"{match[1]}"')))
            except ValueError:
                raise _bad_path(path, at, "the key is not a JSON string") from None
        elif match := _INDEX.match(path, at):
            segments.append(Index(int(match[1])))
        elif match := _SLICE.match(path, at):
            segments.append(Slice(*(None if part is None else int(part) for part in match.groups())))
        else:
            raise _bad_path(path, at, 'expected .key, ["key"], [index] or [start:stop]')
        at = match.end()
    if not segments:
        raise _bad_path(path, 0, "it is empty")
    return segments


def _bad_path(path: str, offset: int, problem: str) -> RefusedError:
    return RefusedError("troupe.BadPath", f"Bad path {json.dumps(path[:200])}: {problem} at offset {offset}")


def read_at(value: Any, path: list[Segment]) -> Any:
    """The value at a path, or NOTHING."""
    for segment in path:
        if isinstance(segment, Key):
            value = value.get(segment.key, NOTHING) if isinstance(value, dict) else NOTHING
        elif not isinstance(value, list):
            return NOTHING
        elif isinstance(segment, Slice):
            value = value[segment.start : segment.stop]
        else:
            inside = -len(value) <= segment.index < len(value)
            value = value[segment.index] if inside else NOTHING
    return value


class Mismatch(Exception):
    """A path does not fit a value."""

    def __init__(self, code: str, message: str) -> None:
        """:param code: The refusal's."""
        super().__init__(message)
        self.code = code


def write_at(value: Any, path: list[Segment], put: Any) -> Any:
    """The value with another one put at a path; NOTHING removes what is there. Copies, and changes nothing.

    :raises Mismatch: when the path does not fit.
    """
    if not path:
        return put
    segment, *rest = path
    if isinstance(segment, Key):
        return _write_key(value, segment.key, rest, put)
    if not isinstance(value, list):
        raise Mismatch("troupe.BadPath", f"there is no index in {_kind_of(value)}")
    if isinstance(segment, Slice):
        return _write_slice(value, segment, rest, put)
    at = segment.index if segment.index >= 0 else len(value) + segment.index
    if not 0 <= at < len(value):
        raise Mismatch(
            "troupe.IndexOutOfRange", f"index {segment.index} is outside of an array of {len(value)}"
        )
    item = write_at(value[at], rest, put)
    return [*value[:at], *([] if item is NOTHING else [item]), *value[at + 1 :]]


def _write_key(value: Any, key: str, rest: list[Segment], put: Any) -> Any:
    if value is NOTHING:
        if put is NOTHING:
            return NOTHING
        value = {}
    if not isinstance(value, dict):
        raise Mismatch("troupe.BadPath", f"there is no key {json.dumps(key)} in {_kind_of(value)}")
    member = write_at(value.get(key, NOTHING), rest, put)
    if member is NOTHING:
        return {name: each for name, each in value.items() if name != key}
    return {**value, key: member}


def _write_slice(value: list[Any], segment: Slice, rest: list[Segment], put: Any) -> list[Any]:
    if rest:
        raise Mismatch("troupe.BadPath", "a slice can only be the last part of a path")
    if put is not NOTHING and not isinstance(put, list):
        raise Mismatch("troupe.BadPath", "what replaces a slice has to be an array")
    start, stop, _ = slice(segment.start, segment.stop).indices(len(value))
    return [*value[:start], *(put or []), *value[max(start, stop) :]]


def _kind_of(value: Any) -> str:
    if value is NOTHING:
        return "nothing"
    if value is None:
        return "null"
    if isinstance(value, list):
        return "an array"
    return {str: "a string", bool: "a boolean", dict: "an object"}.get(type(value), "a number")
