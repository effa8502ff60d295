"""How an actor's own values become JSON texts."""

from __future__ import annotations

import dataclasses
import datetime
import enum
import inspect
import json
import uuid
from typing import Any

from .errors import NotJsonError


def json_text(value: Any, what: str) -> str:
    """The JSON text of a value.

    Beside what ``json`` knows: dataclasses (a field that is None by default and is None is left out), members of an
    ``Enum`` (their value), dates and times (ISO 8601) and UUIDs.

    :param what: What it is, for the error's message, such as "the returned payload".
    :raises NotJsonError: for what JSON cannot say: an infinite number, a cycle, a set, an object of another class; and
        for a coroutine or a generator.

    >>> json_text({"a": 1, "é": [None, 2**64]}, "the payload")
    '{"a":1,"é":[null,18446744073709551616]}'
    """
    try:
        text = json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"), default=_plain)
    except RecursionError as error:
        raise NotJsonError(f"{what} cannot be written as JSON: it is nested too deeply") from error
    except (TypeError, ValueError) as error:
        raise NotJsonError(f"{what} cannot be written as JSON: {error}") from error
    if text.isascii():
        return text
    try:
        text.encode()
        return text
    except UnicodeEncodeError:
        # Half of a surrogate pair has no UTF-8, but an escape. Those cannot raise any more.
        return json.dumps(value, allow_nan=False, separators=(",", ":"), default=_plain)


def _plain(value: Any) -> Any:
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {
            field.name: member
            for field in dataclasses.fields(value)
            if not ((member := getattr(value, field.name)) is None and field.default is None)
        }
    if isinstance(value, enum.Enum):
        return value.value
    if isinstance(value, (datetime.date, datetime.time)):
        return value.isoformat()
    if isinstance(value, uuid.UUID):
        return str(value)
    if inspect.isawaitable(value):
        raise TypeError(f"it has a {type(value).__name__}, which nobody awaits: write await")
    if inspect.isgenerator(value) or inspect.isasyncgen(value):
        raise TypeError('it has a generator: write "yield from" to run it, or list(…) for what it yields')
    raise TypeError(f"it has a {type(value).__name__}, which JSON does not know")
