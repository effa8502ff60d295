"""Runs an author's function on one envelope."""

from __future__ import annotations

import inspect
import json
import typing
from collections.abc import AsyncGenerator, Callable, Generator
from typing import Any

from . import loop
from ._hop import Hop, during
from .calls import Calls, StateCalls
from .decode import Decoder, decoder_of
from .errors import NotYieldedError
from .jsontext import json_text
from .verbs import Verb, verb_of


class BadHandlerError(TypeError):
    """What is called ``handle`` cannot be one."""


class Handler:
    """An actor's function, made ready: it takes one payload, and is a plain function, a generator, or either of them
    with ``async``.
    """

    def __init__(self, function: Callable[..., Any]) -> None:
        """
        :raises BadHandlerError: when it is no function of one argument, or of a type that cannot be decoded into.
        """
        self.function = function
        self.home: str = getattr(function, "__module__", None) or type(function).__module__
        """Name of the module that it is from."""
        self._decoder = _decoder(function)

    def run(self, payload: str, calls: Calls, state: StateCalls | None = None) -> str | None:
        """Runs it. What it emits goes to the calls; what it returns last is returned here.

        :param payload: A JSON text.
        :param state: Where the calls of ``state`` go, in a component that has it.
        :returns: The JSON text of the last payload, or None when there is none.
        :raises BaseException: whatever the handler raises.
        """
        hop = Hop(calls, state)
        with during(hop):
            result = self.function(self._decoder(json.loads(payload), ""))
            if inspect.isgenerator(result):
                last = _drive(result, hop)
            elif inspect.isasyncgen(result):
                last = loop.run(_drive_async(result, hop))
            elif inspect.isawaitable(result):
                last = loop.run(_awaited(result))
            else:
                last = result
            if hop.pending:
                raise NotYieldedError(_forgotten(next(iter(hop.pending.values()))))
            return None if last is None else json_text(last, "the returned payload")


def _decoder(function: Any) -> Decoder:
    if not callable(function):
        raise BadHandlerError(f"handle has to be a function of one argument, and is a {type(function).__name__}")
    if isinstance(function, type):
        raise BadHandlerError(
            f"handle is the class {function.__name__}: make an object of it, and a method the handler, "
            f"such as handle = {function.__name__}().process"
        )
    try:
        signature = inspect.signature(function)
    except ValueError:  # something that is built in, such as len
        return decoder_of(Any)
    try:
        signature.bind(None)
    except TypeError as error:
        raise BadHandlerError(f"handle{signature} has to take one argument, the payload: {error}") from error
    first = next(iter(signature.parameters.values()))
    if first.annotation is inspect.Parameter.empty or first.kind is inspect.Parameter.VAR_POSITIONAL:
        return decoder_of(Any)
    # An object with __call__ has its annotations there.
    annotated = function if inspect.isroutine(function) else type(function).__call__
    try:
        hints = typing.get_type_hints(annotated, include_extras=True)
        return decoder_of(hints.get(first.name, Any))
    except (TypeError, NameError) as error:
        raise BadHandlerError(f"the payload of handle is declared as {first.annotation!r}: {error}") from error


def _drive(steps: Generator[Any, Any, Any], hop: Hop) -> Any:
    """Does what a generator yields, and gives its last value. A refused call is raised where it was yielded."""
    try:
        yielded = next(steps)
        while True:
            try:
                answer = _perform(yielded, hop)
            except Exception as error:
                yielded = steps.throw(error)
            else:
                yielded = steps.send(answer)
    except StopIteration as end:
        return end.value


async def _drive_async(steps: AsyncGenerator[Any, Any], hop: Hop) -> Any:
    try:
        yielded = await anext(steps)
        while True:
            try:
                answer = _perform(yielded, hop)
            except Exception as error:
                yielded = await steps.athrow(error)
            else:
                yielded = await steps.asend(answer)
    except StopAsyncIteration:
        return None


async def _awaited(result: Any) -> Any:
    return await result


def _perform(yielded: Any, hop: Hop) -> Any:
    if yielded is None:
        return None
    if not isinstance(yielded, tuple):
        return hop.calls.emit(json_text(yielded, "the yielded payload"))
    hop.pending.pop(id(yielded), None)
    verb, first, second = verb_of(yielded)
    if verb == "GET":
        text = hop.calls.get(first)
        return getattr(yielded, "default", None) if text is None else json.loads(text)
    if verb == "SET":
        return hop.calls.set(first, json_text(second, f"the value for {first}"))
    if verb == "DEL":
        return hop.calls.delete(first)
    if verb == "EMIT":
        return hop.calls.emit(json_text(first, "the emitted payload"))
    return hop.calls.fly(json_text(first, "the event"))


def _forgotten(verb: Verb) -> str:
    name = verb[0]
    call = f"{name}({verb[1]!r})" if name in ("GET", "SET", "DEL") else f"{name}(…)"
    direct = "mesh.delete" if name == "DEL" else f"mesh.{name.lower()}"
    return (
        f'{call} was made but never yielded, so that nothing came of it: write "yield {name}(…)" in the handler, '
        f'or "{direct}(…)" anywhere'
    )
