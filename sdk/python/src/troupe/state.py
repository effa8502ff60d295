"""What an actor keeps between envelopes. Whoever imports it needs ``spec.grants.state``.

Calls take effect at once, for everybody who uses the bucket, and are no part of the hop: what was written stays when the
handler raises, and is written again when the envelope is handled again. A refused call raises a
:class:`troupe.RefusedError`.

>>> from troupe import state
>>> from troupe.testing import TestState, run
>>> def handle(order):
...     return state.update(f"carts/{order['cart']}", lambda items: [*(items or []), order["item"]])
>>> carts = TestState()
>>> run(handle, {"cart": "ann", "item": "tea"}, state=carts).payloads
[['tea']]
>>> run(handle, {"cart": "ann", "item": "milk"}, state=carts).payloads
[['tea', 'milk']]
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from ._hop import current_state
from .calls import StoredBytes
from .jsontext import json_text


@dataclass(frozen=True)
class Entry:
    """A value, and which it is."""

    value: Any
    version: int
    """No other value of the key has it, before or after."""


def get(key: str, default: Any = None) -> Any:
    """What is under a key; the default where there is nothing."""
    found = entry(key)
    return default if found is None else found.value


def entry(key: str) -> Entry | None:
    """The same with its version, for :func:`swap`."""
    stored = current_state("state.entry").get(key)
    return None if stored is None else Entry(json.loads(stored.value), stored.version)


def set(key: str, value: Any, *, ttl: float | None = None) -> int:  # noqa: A001
    """Puts a value under a key, whatever is there, and gives its version. ``ttl``: seconds until it is gone."""
    return current_state("state.set").set(key, _bytes_of(key, value), _milliseconds(ttl))


def swap(key: str, value: Any, *, expected: int | None, ttl: float | None = None) -> int | None:
    """Puts a value under a key, if what is there has the version that is expected; with None, if nothing is there.

    :returns: Its version; None when it is otherwise: somebody else was first.
    """
    return current_state("state.swap").swap(key, expected, _bytes_of(key, value), _milliseconds(ttl))


def update(key: str, change: Callable[[Any], Any], *, ttl: float | None = None) -> Any:
    """Makes another value of what is there, again and again until nobody was in between.

    :param change: Gets what is there, or None, and gives what is to be there. May be called more than once.
    :returns: What it gave last.
    """
    while True:
        found = entry(key)
        value = change(None if found is None else found.value)
        if swap(key, value, expected=None if found is None else found.version, ttl=ttl) is not None:
            return value


def delete(key: str) -> bool:
    """Removes what is under a key; whether something was."""
    return current_state("state.delete").delete(key)


def keys(prefix: str = "", *, after: str | None = None, limit: int = 1000) -> list[str]:
    """Keys that begin with a text, in the order of their bytes: the first after ``after``, at most 1000."""
    return current_state("state.keys").keys(prefix, after, limit)


def add(key: str, delta: int = 1) -> int:
    """Adds to a counter of 64 bits, which begins at 0, and gives what it is now."""
    if not -(2**63) <= delta < 2**63:
        raise ValueError(f"{delta} has more than 64 bits")
    return current_state("state.add").add(key, delta)


def get_bytes(key: str) -> StoredBytes | None:
    """Bytes that are not JSON, and their version."""
    return current_state("state.get_bytes").get(key)


def set_bytes(key: str, value: bytes, *, ttl: float | None = None) -> int:
    """Puts bytes under a key, and gives their version."""
    return current_state("state.set_bytes").set(key, bytes(value), _milliseconds(ttl))


def _bytes_of(key: str, value: Any) -> bytes:
    return json_text(value, f"the value for {key}").encode()


def _milliseconds(ttl: float | None) -> int | None:
    if ttl is None:
        return None
    if not 0 < ttl < float("inf"):
        raise ValueError(f"{ttl!r} is not a time to live, in seconds")
    return max(1, round(ttl * 1000))
