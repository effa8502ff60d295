"""The cases that actors in every language pass, through the test kit."""

import copy
import json
import re
from pathlib import Path
from typing import Any

import actor
import pytest
from troupe.testing import Hop, run

CONFORMANCE = Path(__file__).parents[2] / "conformance"
CASES = json.loads((CONFORMANCE / "cases.json").read_text())


def expected_in_python(case: dict[str, Any]) -> dict[str, Any]:
    expected = copy.copy(case.get("differs", {}).get("python") or case["expect"])
    expected.pop("why", None)
    return expected


@pytest.mark.parametrize(
    "case", [case for case in CASES["cases"] if case.get("only") != "stage"], ids=lambda case: case["name"]
)
def test_case(case: dict[str, Any]) -> None:
    for _ in range(case.get("times", 1)):
        hop = run(
            actor.handle,
            case.get("payload"),
            payload_text=case.get("payloadText"),
            prev=case.get("prev", []),
            next=case.get("next", []),
            headers=case.get("headers", {}),
            grants=CASES["grants"],
            id=CASES["id"],
            actor=CASES["actor"],
        )
        check(hop, expected_in_python(case))


def check(hop: Hop, expected: dict[str, Any]) -> None:
    wanted = expected.pop("failure", None)
    if wanted is None:
        assert hop.failure is None, hop.failure
    else:
        assert hop.failure is not None
        assert hop.emits == []
        check_failure(hop, wanted)
    if "payloads" in expected:
        assert hop.payloads == expected.pop("payloads")
    if "texts" in expected:
        assert [compact(emit.text) for emit in hop.emits] == expected.pop("texts")
    if "emits" in expected:
        emits = expected.pop("emits")
        assert len(hop.emits) == len(emits)
        for emit, want in zip(hop.emits, emits, strict=True):
            got = {"payload": emit.payload, "next": emit.route.next, "headers": emit.headers}
            assert {key: got[key] for key in want} == want
    if "flies" in expected:
        assert hop.flies == expected.pop("flies")
    if "logs" in expected:
        assert [list(line) for line in hop.logs] == expected.pop("logs")
    assert expected == {}, "this is not looked at"


def check_failure(hop: Hop, wanted: dict[str, Any]) -> None:
    failure = hop.failure
    assert failure is not None
    got = {
        "type": failure.kind,
        "lineage": failure.lineage,
        "message": failure.message,
        "details": json.loads(failure.details or "null"),
    }
    assert {key: got[key] for key in wanted} == wanted


def compact(text: str) -> str:
    return re.sub(r'("(?:[^"\\]|\\.)*")|\s+', lambda match: match[1] or "", text)
