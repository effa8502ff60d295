"""Errors that mean something to the mesh. An actor may raise anything; these say more."""

from __future__ import annotations

from typing import Any


class Fatal(Exception):
    """Trying again is of no use: the envelope goes to ``x-sump`` at once."""

    kind = "troupe.Fatal"


class RetryAfter(Exception):
    """Try again, but not before some time has passed.

    >>> RetryAfter(30, "the model is loading").details
    {'seconds': 30}
    """

    kind = "troupe.RetryAfter"

    def __init__(self, seconds: float, message: str) -> None:
        """
        :param seconds: How long to wait at least; finite, and not negative.
        :raises ValueError: when it is no such number.
        """
        super().__init__(message)
        if isinstance(seconds, bool) or not (0 <= seconds < float("inf")):
            raise ValueError(f"{seconds!r} is not a time to wait, in seconds")
        self.details: dict[str, Any] = {"seconds": seconds}


class RefusedError(Exception):
    """The mesh refused a call: a path that may not be written, an actor that may not be added, too much output.

    It can be caught around the call; uncaught, it fails the hop with its code as the failure's type.
    """

    def __init__(self, code: str, message: str) -> None:
        """:param code: Stable, such as ``troupe.RouteDenied``."""
        super().__init__(message)
        self.code = code
        """Stable, such as ``troupe.AccessError``."""
        self.kind = code


class DecodeError(ValueError):
    """A payload does not fit what the handler is declared to take. The message says where, and what was expected."""


class NotJsonError(TypeError):
    """A value that has to travel cannot be written as JSON."""


class UnknownVerbError(TypeError):
    """A tuple was yielded that is no verb."""


class NotYieldedError(RuntimeError):
    """A verb was made but never yielded, so that nothing came of it."""
