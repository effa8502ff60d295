"""Does what a conformance case says, with the SDK as an author has it."""

import random
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from shapes import fail
from troupe import RefusedError, decode, mesh

NOTHING = object()


@dataclass
class Typed:
    """What the step ``typed`` makes of a value."""

    name: str
    count: int
    tags: list[str] = field(default_factory=list)
    note: str | None = None


hops = 0
"""Rises with each hop that an instance does, and so is always 1 in what is fresh."""


def handle(program: dict[str, Any]) -> Any:
    """Does the steps, one after the other."""
    answers: list[Any] = []
    for step in program["steps"]:
        perform(step, answers)
    then = program.get("then", "answers")
    if then == "nothing":
        return None
    if then == "answers":
        return answers
    if then["payload"] is None:
        # A returned None is no payload.
        mesh.emit(None)
    return then["payload"]


def perform(step: dict[str, Any], answers: list[Any]) -> None:
    """Does one step."""
    global hops
    match step:
        case {"get": path}:
            found = mesh.get(path, NOTHING)
            answers.append([] if found is NOTHING else [found])
        case {"set": [path, value]}:
            mesh.set(path, value)
        case {"del": path}:
            mesh.delete(path)
        case {"emit": payload}:
            mesh.emit(payload)
        case {"fly": event}:
            mesh.fly(event)
        case {"log": [level, message]}:
            mesh.log(level, message)
        case {"repeat": [times, repeated]}:
            for _ in range(times):
                perform(repeated, answers)
        case {"catch": caught}:
            answers.append(refusal_of(lambda: perform(caught, answers)))
        case {"global": _}:
            hops += 1
            answers.append(hops)
        case {"random": _}:
            answers.append(random.randbytes(16).hex())
        case {"sleep": ms}:
            time.sleep(ms / 1000)
        case {"typed": value}:
            answers.append(decode(value, Typed))
        case {"raise": shape}:
            fail(shape)
        case _:
            raise Exception(f"there is no step {next(iter(step), '')}")


def refusal_of(call: Callable[[], None]) -> str:
    """The code with which a call was refused, or "ok"."""
    try:
        call()
        return "ok"
    except RefusedError as error:
        return error.code
