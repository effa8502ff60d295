"""What a handler can be, and what comes of what it yields, returns and raises."""

import asyncio
import dataclasses
import datetime
import enum
import logging
import uuid
from collections.abc import AsyncIterator
from typing import Any, Literal, NotRequired, TypedDict

import pytest
from troupe import (
    DEL,
    EMIT,
    FLY,
    GET,
    SET,
    AsyncSteps,
    DecodeError,
    Fatal,
    RefusedError,
    RetryAfter,
    Steps,
    decode,
    json_text,
    mesh,
)
from troupe.handler import BadHandlerError
from troupe.testing import Edit, run


def test_the_example_of_the_project() -> None:
    def handle(scored: dict[str, Any]) -> Steps:
        yield SET(".route.next[:0]", ["store" if scored["confidence"] >= 0.4 else "review"])
        yield scored

    hop = run(handle, {"confidence": 0.7}, next=["report"], grants=["store", "review"])
    assert hop.payloads == [{"confidence": 0.7}]
    assert hop.emits[0].route.next == ["store", "report"]
    assert hop.edits == [Edit("SET", ".route.next[:0]", ["store"])]


def test_each_verb() -> None:
    def handle(payload: Any) -> Steps:
        lang = yield GET(".headers.lang")
        none = yield GET(".headers.none")
        default = yield GET(".headers.none", 7)
        yield DEL(".headers.lang")
        yield FLY({"at": 1})
        yield
        yield EMIT(None)
        yield EMIT((1, 2))
        return [lang, none, default]

    hop = run(handle, headers={"lang": "de"})
    assert hop.failure is None
    assert hop.payloads == [None, [1, 2], ["de", None, 7]]
    assert hop.flies == [{"at": 1}]
    assert hop.emits[0].headers == {}


def test_a_refusal_is_raised_where_it_was_yielded() -> None:
    def handle(payload: Any) -> Steps:
        try:
            yield SET(".route.next[:0]", ["other"])
        except RefusedError as error:
            yield {"refused": error.code}

    assert run(handle).payloads == [{"refused": "troupe.RouteDenied"}]


class TestAsya:
    """Handlers as its documentation has them: without a word of this SDK."""

    def test_tuples(self) -> None:
        def handle(payload):  # type: ignore[no-untyped-def]
            prev = yield "GET", ".route.prev"
            yield "SET", ".route.next[:0]", ["a"]
            yield "SET", '.headers["model.name"]', "m"
            yield "DEL", ".headers.old"
            yield "FLY", {"partial": True, "text": "…"}
            payload["prev"] = prev
            yield payload

        hop = run(handle, {}, prev=["x"], next=["b"], headers={"old": 1}, grants=["a"])
        assert hop.payloads == [{"prev": ["x"]}]
        assert hop.emits[0].route.next == ["a", "b"]
        assert hop.emits[0].headers == {"model.name": "m"}
        assert hop.flies == [{"partial": True, "text": "…"}]

    def test_delegation(self) -> None:
        def routed(*actors):  # type: ignore[no-untyped-def]
            yield "SET", ".route.next", list(actors)

        def handle(payload):  # type: ignore[no-untyped-def]
            yield from routed("a", "b")
            yield payload

        assert run(handle, 1, grants=["a", "b"]).emits[0].route.next == ["a", "b"]

    def test_async_generator(self) -> None:
        async def tokens() -> AsyncIterator[str]:
            for token in ("a", "b"):
                await asyncio.sleep(0)
                yield token

        async def handle(payload):  # type: ignore[no-untyped-def]
            said = []
            async for token in tokens():
                yield "FLY", {"text": token}
                said.append(token)
            lang = yield "GET", ".headers.lang"
            payload["response"] = "".join(said) + lang
            yield payload

        hop = run(handle, {}, headers={"lang": "de"})
        assert hop.payloads == [{"response": "abde"}]
        assert hop.flies == [{"text": "a"}, {"text": "b"}]

    def test_method_of_an_object(self) -> None:
        class Processor:
            def __init__(self, suffix: str = "!") -> None:
                self.suffix = suffix

            async def process(self, payload: dict) -> dict:  # type: ignore[type-arg]
                return {"text": payload["text"] + self.suffix}

        assert run(Processor().process, {"text": "a"}).payloads == [{"text": "a!"}]

    @pytest.mark.parametrize(
        "yielded", [("NOP", 1), ("SET", ".route.next"), ("GET",), (1, 2), ()], ids=lambda each: str(each)
    )
    def test_what_is_no_verb(self, yielded: Any) -> None:
        def handle(payload: Any) -> Steps:
            yield yielded

        failure = run(handle).failure
        assert failure is not None
        assert failure.kind == "UnknownVerbError"


def test_async_handlers_have_tasks_and_timers() -> None:
    async def handle(payload: Any) -> Any:
        event = asyncio.Event()

        async def other() -> int:
            await asyncio.sleep(0.001)
            event.set()
            return 1

        one, _ = await asyncio.gather(other(), event.wait())
        return one

    assert run(handle).payloads == [1]


def test_async_refusals_are_raised_where_they_were_yielded() -> None:
    async def handle(payload: Any) -> AsyncSteps:
        try:
            yield DEL(".id")
        except RefusedError as error:
            yield error.code

    assert run(handle).payloads == ["troupe.AccessError"]


def test_waiting_for_what_never_comes_fails() -> None:
    async def handle(payload: Any) -> None:
        await asyncio.Event().wait()

    failure = run(handle).failure
    assert failure is not None
    assert failure.kind == "NothingToAwaitError"


def test_a_verb_that_is_not_yielded_fails() -> None:
    def handle(payload: Any) -> Any:
        SET(".route.next", [])
        return payload

    failure = run(handle, 1).failure
    assert failure is not None
    assert failure.kind == "NotYieldedError"
    assert "SET('.route.next') was made but never yielded" in failure.message


@pytest.mark.parametrize(
    ("handle", "told"),
    [
        (3, "is a int"),
        (dict, "is the class dict"),
        (lambda: 1, "one argument"),
        (lambda a, b: 1, "one argument"),
    ],
)
def test_what_cannot_be_a_handler(handle: Any, told: str) -> None:
    with pytest.raises(BadHandlerError, match=told):
        run(handle)


def test_a_type_that_cannot_be_decoded_is_found_at_once() -> None:
    def handle(payload: logging.Logger) -> None: ...

    with pytest.raises(BadHandlerError, match=r"decoded into logging\.Logger"):
        run(handle)


class Color(enum.Enum):
    RED = "red"


@dataclasses.dataclass
class Node:
    name: str
    color: Color = Color.RED
    children: "list[Node]" = dataclasses.field(default_factory=list)
    due: datetime.datetime | None = None


class Task(TypedDict):
    id: uuid.UUID
    ratio: NotRequired[float]


class TestTypes:
    def test_there_and_back(self) -> None:
        sent = {
            "name": "a",
            "color": "red",
            "children": [{"name": "b", "color": "red", "children": []}],
            "due": "2026-01-02T03:04:05+00:00",
        }

        def handle(node: Node) -> Node:
            assert node.children[0] == Node("b")
            assert node.due == datetime.datetime(2026, 1, 2, 3, 4, 5, tzinfo=datetime.timezone.utc)
            return node

        assert run(handle, sent).payloads == [sent]

    def test_typed_dict(self) -> None:
        def handle(task: Task) -> Task:
            assert isinstance(task["id"], uuid.UUID)
            return task

        identity = str(uuid.uuid4())
        assert run(handle, {"id": identity, "ratio": 1}).payloads == [{"id": identity, "ratio": 1.0}]

    @pytest.mark.parametrize(
        ("value", "annotation", "told"),
        [
            ({"name": "a", "children": [{"name": 1}]}, Node, "payload.children[0].name: expected a string, got 1"),
            ({}, Node, "payload.name: it is missing (Node needs it)"),
            ({"name": "a", "color": "blue"}, Node, "payload.color: expected one of ['red'], got 'blue'"),
            ({"name": "a", "due": "soon"}, Node, "payload.due: expected a date and time (ISO 8601), got 'soon'"),
            (True, int, "payload: expected an integer, got True"),
            (1.0, int, "payload: expected an integer, got 1.0"),
            ([1, "x"], list[int], "payload[1]: expected an integer, got 'x'"),
            ({"a": None}, dict[str, str], "payload['a']: expected a string, got None"),
            ("c", Literal["a", "b"], "payload: expected 'a' or 'b', got 'c'"),
            ([1], tuple[int, int], "payload: expected a list of 2, got [1]"),
            ({"id": "x"}, Task, "payload.id: expected a UUID, got 'x'"),
        ],
    )
    def test_what_does_not_fit(self, value: Any, annotation: Any, told: str) -> None:
        with pytest.raises(DecodeError) as raised:
            decode(value, annotation)
        assert str(raised.value) == told

    @pytest.mark.parametrize(
        ("value", "annotation", "decoded"),
        [
            (1, float, 1.0),
            ([1, "a"], tuple[int, str], (1, "a")),
            (["a", "a"], set[str], {"a"}),
            ("x", int | str, "x"),
            (None, int | None, None),
            ({"a": 1}, dict[str, Any], {"a": 1}),
        ],
    )
    def test_what_fits(self, value: Any, annotation: Any, decoded: Any) -> None:
        assert decode(value, annotation) == decoded


@pytest.mark.parametrize("value", [float("nan"), {1, 2}, object(), {"a": b"x"}, [each for each in [iter("a")]]])
def test_what_json_cannot_say(value: Any) -> None:
    failure = run(lambda _: value).failure
    assert failure is not None
    assert failure.kind == "NotJsonError"


def test_nested_too_deeply() -> None:
    deep: list[Any] = []
    for _ in range(512):
        deep = [deep]
    failure = run(lambda _: deep).failure
    assert failure is not None
    assert failure.kind == "troupe.BadOutput"


def test_json_texts() -> None:
    assert json_text({"ü": ["🎭", 1.5]}, "it") == '{"ü":["🎭",1.5]}'
    assert json_text(["ü", "\ud83c"], "it") == '["\\u00fc","\\ud83c"]'


class CustomError(LookupError):
    """Of this module."""


class TestFailures:
    def test_names(self) -> None:
        def handle(payload: Any) -> None:
            raise CustomError("oh")

        failure = run(handle).failure
        assert failure is not None
        assert (failure.kind, failure.lineage) == ("CustomError", ["LookupError", "Exception"])
        assert failure.message == "oh"

    def test_those_of_others_have_their_module(self) -> None:
        def handle(payload: Any) -> None:
            raise asyncio.QueueEmpty

        failure = run(handle).failure
        assert failure is not None
        assert failure.kind == "asyncio.queues.QueueEmpty"

    def test_fatal_and_its_subclasses(self) -> None:
        class NoSuchCustomer(Fatal): ...

        def handle(payload: Any) -> None:
            raise NoSuchCustomer("7")

        failure = run(handle).failure
        assert failure is not None
        assert failure.kind == "troupe.Fatal"
        assert failure.lineage == ["NoSuchCustomer", "Fatal", "Exception"]

    @pytest.mark.parametrize("seconds", [-1, float("inf"), float("nan"), True])
    def test_times_that_are_none(self, seconds: float) -> None:
        with pytest.raises(ValueError, match="is not a time to wait"):
            RetryAfter(seconds, "later")

    def test_traceback_has_the_authors_lines_and_the_cause(self) -> None:
        def handle(payload: Any) -> None:
            try:
                raise KeyError("inner")
            except KeyError as error:
                raise CustomError("outer") from error

        failure = run(handle).failure
        assert failure is not None and failure.traceback is not None
        assert 'File "test_handlers.py", line ' in failure.traceback
        assert 'raise KeyError("inner")' in failure.traceback
        assert "direct cause" in failure.traceback
        assert "handler.py" not in failure.traceback.replace("test_handlers.py", "")

    def test_what_is_no_exception_class_of_usual_kind(self) -> None:
        def handle(payload: Any) -> None:
            raise SystemExit(3)

        failure = run(handle).failure
        assert failure is not None
        assert (failure.kind, failure.lineage, failure.message) == ("SystemExit", [], "3")

    def test_a_message_that_cannot_be_read(self) -> None:
        class Broken(Exception):
            def __str__(self) -> str:
                raise ValueError

        def handle(payload: Any) -> None:
            raise Broken

        failure = run(handle).failure
        assert failure is not None
        assert failure.kind == "Broken"
        assert "cannot be read" in failure.message

    def test_nothing_of_a_failed_hop_gets_out(self) -> None:
        def handle(payload: Any) -> Steps:
            yield 1
            yield FLY("gone")
            raise CustomError

        hop = run(handle)
        assert hop.emits == []
        assert hop.flies == ["gone"]


def test_logging_and_printing_come_into_the_log(capsys: pytest.CaptureFixture[str]) -> None:
    def handle(payload: Any) -> None:
        logging.info("hello %s", "you")
        logging.getLogger("my.part").warning("careful")
        logging.debug("not this")
        print("one\ntwo", end="")
        mesh.log("debug", "this")

    hop = run(handle)
    assert hop.logs == [
        ("info", "hello you"),
        ("warn", "my.part: careful"),
        ("info", "one"),
        ("debug", "this"),
        ("info", "two"),
    ]
    assert "one\ntwo" in capsys.readouterr().out


def test_calls_outside_of_a_handler_are_told() -> None:
    with pytest.raises(RuntimeError, match=r"mesh\.emit was called while no envelope is being handled"):
        mesh.emit(1)


def test_more_emits_than_allowed() -> None:
    failure = run(lambda _: [mesh.emit(n) for n in range(3)], emits=2).failure
    assert failure is not None
    assert failure.kind == "troupe.OutputLimit"
