"""What is kept between envelopes."""

from typing import Any

import pytest
from troupe import RefusedError, state
from troupe.testing import TestState, run


def test_each_call() -> None:
    def handle(payload: Any) -> Any:
        first = state.set("a", {"n": 1})
        found = state.entry("a")
        assert found is not None and found.version == first
        assert state.swap("a", 2, expected=first + 100) is None
        assert state.swap("a", 2, expected=first) is not None
        assert state.swap("a", 3, expected=None) is None
        state.set_bytes("b", b"\xff", ttl=1)
        stored = state.get_bytes("b")
        assert stored is not None and stored.value == b"\xff"
        return [
            state.get("a"),
            state.get("none", "default"),
            state.add("n"),
            state.add("n", -3),
            state.keys(),
            state.keys("n"),
            state.keys(after="a", limit=1),
            state.delete("a"),
            state.delete("a"),
        ]

    hop = run(handle)
    assert hop.failure is None, hop.failure
    assert hop.payloads == [[2, "default", 1, -2, ["a", "b", "n"], ["n"], ["b"], True, False]]


def test_what_is_over_is_gone() -> None:
    bucket = TestState()
    run(lambda _: state.set("a", 1, ttl=0.5), state=bucket)
    bucket.elapse(0.4)
    assert bucket.text("a") == "1"
    bucket.elapse(0.1)
    assert bucket.text("a") is None


@pytest.mark.parametrize(
    ("call", "code"),
    [
        (lambda: state.get(""), "troupe.BadStateRequest"),
        (lambda: state.set("x" * 513, 1), "troupe.BadStateRequest"),
        (lambda: state.set_bytes("x", bytes(1024 * 1024 + 1)), "troupe.StateTooLarge"),
        (lambda: state.keys(limit=1001), "troupe.BadStateRequest"),
        (lambda: [state.set("x", "text"), state.add("x")], "troupe.NotACounter"),
        (lambda: [state.add("y", 2**63 - 1), state.add("y")], "troupe.CounterRange"),
    ],
)
def test_refusals(call: Any, code: str) -> None:
    def handle(payload: Any) -> str:
        with pytest.raises(RefusedError) as raised:
            call()
        return raised.value.code

    assert run(handle).payloads == [code]
