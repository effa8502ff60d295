"""What an actor may ask for, as texts: the interface ``mesh`` of the contract, seen from within."""

from __future__ import annotations

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
