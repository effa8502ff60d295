"""The hop that is being handled: an actor handles one envelope at a time."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .calls import Calls, StateCalls
    from .verbs import Verb


@dataclass
class Hop:
    """One hop, as long as it lasts."""

    calls: Calls
    state: StateCalls | None = None
    """None in a component that was built without."""
    pending: dict[int, Verb] = field(default_factory=dict)
    """Verbs that were made and not yet yielded, by their identity."""


_current: Hop | None = None


def current_hop() -> Hop | None:
    """The hop that is being handled, if one is."""
    return _current


def current_calls(name: str) -> Calls:
    """Where the calls of the current hop go. ``name`` is that of the function which needs them, for the error."""
    if _current is None:
        raise RuntimeError(
            f"{name} was called while no envelope is being handled: call it from within the handler, "
            f"not while the module is loaded"
        )
    return _current.calls


def current_state(name: str) -> StateCalls:
    """Where the calls of ``state`` go. ``name`` is that of the function which needs them, for the error."""
    current_calls(name)
    if _current is None or _current.state is None:
        raise RuntimeError(
            f"{name} was called in a component that was built without state: "
            f'write "from troupe import state" in one of its modules'
        )
    return _current.state


@contextmanager
def during(hop: Hop) -> Iterator[None]:
    """Has a hop as the current one."""
    global _current
    outer, _current = _current, hop
    try:
        yield
    finally:
        _current = outer
