"""A bucket for unit tests, with the contract's rules."""

from __future__ import annotations

import re
from dataclasses import dataclass

from ..calls import StoredBytes
from ..errors import RefusedError

_KEY_BYTES = 512
_VALUE_BYTES = 1024 * 1024
_MOST_KEYS = 1000
_LONGEST_TTL = 100 * 366 * 24 * 3600 * 1000
_COUNTER = re.compile(rb"(0|-?[1-9][0-9]{0,18})")


@dataclass(frozen=True)
class _Kept:
    stored: StoredBytes
    expires_at: float


class TestState:
    """A bucket in memory. Its time goes on only when it is told to.

    >>> bucket = TestState()
    >>> bucket.add("visits", 2)
    2
    >>> _ = bucket.set("session", b"", 1000)
    >>> bucket.elapse(1)
    >>> bucket.text("visits"), bucket.text("session")
    ('2', None)
    """

    __test__ = False  # for pytest, which takes it for tests

    def __init__(self) -> None:
        """It is empty."""
        self._kept: dict[str, _Kept] = {}
        self._version = 0
        self._now = 0.0

    def elapse(self, seconds: float) -> None:
        """Lets time pass."""
        self._now += seconds * 1000

    def text(self, key: str) -> str | None:
        """What is under a key, as a text: what ``state.set`` has put there is JSON."""
        found = self.get(key)
        return None if found is None else found.value.decode()

    def get(self, key: str) -> StoredBytes | None:
        """What is under a key."""
        found = self._live(key)
        return None if found is None else found.stored

    def set(self, key: str, value: bytes, ttl: int | None) -> int:
        """Puts bytes under a key."""
        _check_key(key)
        return self._put(key, value, self._expiry(ttl))

    def swap(self, key: str, expected: int | None, value: bytes, ttl: int | None) -> int | None:
        """Puts them if what is there is what was expected."""
        expires_at = self._expiry(ttl)
        found = self._live(key)
        there = None if found is None else found.stored.version
        return self._put(key, value, expires_at) if there == expected else None

    def delete(self, key: str) -> bool:
        """Removes what is under a key."""
        found = self._live(key) is not None
        self._kept.pop(key, None)
        return found

    def keys(self, prefix: str, after: str | None, limit: int) -> list[str]:
        """Keys that begin with a text."""
        for key in (prefix or "x", "x" if after is None else after):
            _check_key(key)
        if not 1 <= limit <= _MOST_KEYS:
            raise _refusal(f"a limit is a whole number from 1 to {_MOST_KEYS}")
        # The order of code points is that of their UTF-8.
        live = sorted(key for key in self._kept if key.startswith(prefix) and self._live(key))
        return [key for key in live if after is None or after < key][:limit]

    def add(self, key: str, delta: int) -> int:
        """Adds to a counter."""
        found = self._live(key)
        digits = b"0" if found is None else found.stored.value
        if not _COUNTER.fullmatch(digits) or not _fits(int(digits)):
            raise RefusedError("troupe.NotACounter", f"What is under {key!r} is no whole number")
        total = int(digits) + delta
        if not _fits(total):
            raise RefusedError("troupe.CounterRange", f"The counter {key!r} would leave its range")
        self._put(key, str(total).encode(), float("inf") if found is None else found.expires_at)
        return total

    def _live(self, key: str) -> _Kept | None:
        _check_key(key)
        found = self._kept.get(key)
        return found if found is not None and found.expires_at > self._now else None

    def _put(self, key: str, value: bytes, expires_at: float) -> int:
        if len(value) > _VALUE_BYTES:
            message = f"The value has {len(value)} bytes and may have {_VALUE_BYTES}"
            raise RefusedError("troupe.StateTooLarge", message)
        self._version += 1
        self._kept[key] = _Kept(StoredBytes(value, self._version), expires_at)
        return self._version

    def _expiry(self, ttl: int | None) -> float:
        if ttl is None:
            return float("inf")
        if 1 <= ttl <= _LONGEST_TTL:
            return self._now + ttl
        raise _refusal(
            "a time to live is a whole number of milliseconds, from 1 to those of a hundred years"
        )


def _fits(number: int) -> bool:
    return -(2**63) <= number < 2**63


def _check_key(key: str) -> None:
    if not 1 <= len(key.encode()) <= _KEY_BYTES:
        raise _refusal(f"a key has 1 to {_KEY_BYTES} bytes of UTF-8")


def _refusal(problem: str) -> RefusedError:
    return RefusedError("troupe.BadStateRequest", f"The state cannot be asked for this: {problem}")
