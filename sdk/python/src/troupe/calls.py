"""What an actor may ask for, as texts: the interface ``mesh`` of the contract, seen from within."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, Protocol

Level = Literal["debug", "info", "warn", "error"]
"""Severity of a log line."""


class Calls(Protocol):
    """The calls of the contract. Values are JSON texts; a refused call raises a :class:`troupe.RefusedError`."""

    def get(self, path: str) -> str | None:
        """What is at a path of the envelope, with the edits so far; None where there is nothing."""

    def set(self, path: str, value: str) -> None:
        """Puts a value at a path."""

    def delete(self, path: str) -> None:
        """Removes what is at a path (``del`` in the contract)."""

    def emit(self, payload: str) -> None:
        """One downstream envelope, with route and headers as edited so far."""

    def fly(self, event: str) -> None:
        """An event for whoever follows the envelope."""

    def log(self, level: Level, message: str) -> None:
        """A log line."""


@dataclass(frozen=True)
class StoredBytes:
    """Bytes in a bucket, and which they are."""

    value: bytes
    version: int
    """No other value of the key has it, before or after."""


class StateCalls(Protocol):
    """The calls of the interface ``state``, in bytes. Times are milliseconds; a refused call raises likewise."""

    def get(self, key: str) -> StoredBytes | None:
        """What is under a key."""

    def set(self, key: str, value: bytes, ttl: int | None) -> int:
        """Puts bytes under a key, and gives their version."""

    def swap(self, key: str, expected: int | None, value: bytes, ttl: int | None) -> int | None:
        """Puts them if what is there is what was expected; None when it is not."""

    def delete(self, key: str) -> bool:
        """Removes what is under a key."""

    def keys(self, prefix: str, after: str | None, limit: int) -> list[str]:
        """Keys that begin with a text, in the order of their bytes."""

    def add(self, key: str, delta: int) -> int:
        """Adds to a counter."""
