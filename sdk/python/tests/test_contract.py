"""The bindings are made of actor.wit at each build; what the SDK has by hand is compared with it here."""

import dataclasses
import re
from pathlib import Path

import pytest
from troupe.calls import Calls, StateCalls
from troupe.failure import Failure

WIT = (Path(__file__).parents[2] / "wit" / "actor.wit").read_text()


def interface(name: str) -> str:
    match = re.search(rf"^interface {name} \{{(.*?)^\}}", WIT, re.DOTALL | re.MULTILINE)
    assert match
    return match[1]


@pytest.mark.parametrize(("name", "calls"), [("mesh", Calls), ("state", StateCalls)])
def test_calls_are_those_of_the_contract(name: str, calls: type) -> None:
    functions = re.findall(r"^ {4}([a-z-]+): func\((.*?)\)", interface(name), re.MULTILINE)
    contract = {
        ("delete" if function == "del" else function): re.findall(r"([a-z]+):", arguments)
        for function, arguments in functions
    }
    ours = {
        function: [each for each in value.__code__.co_varnames if each != "self"]
        for function, value in vars(calls).items()
        if not function.startswith("_")
    }
    assert ours == contract


def test_failures_are_those_of_the_contract() -> None:
    record = re.search(r"record failure \{(.*?)\}", interface("failures"), re.DOTALL)
    assert record
    fields = re.findall(r"^ +([a-z]+):", record[1], re.MULTILINE)
    assert [field.name for field in dataclasses.fields(Failure)] == fields
