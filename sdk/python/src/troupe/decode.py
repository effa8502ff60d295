"""Payloads as the types that a handler is declared to take.

A decoder is made of the annotation once, so that a type which cannot be decoded is found when the component is built.
"""

from __future__ import annotations

import collections.abc
import dataclasses
import datetime
import decimal
import enum
import types
import typing
import uuid
from collections.abc import Callable
from typing import Any, Union

from .errors import DecodeError

Decoder = Callable[[Any, str], Any]
"""From a value as ``json`` gives it, and its place, to a value of the type. Raises :class:`DecodeError`."""


def decode(value: Any, annotation: Any) -> Any:
    """A value as ``json`` gives it, as a value of a type.

    Types are those of JSON (``int`` takes no bool and no float, ``float`` takes an int), ``list``, ``tuple``, ``set``
    and ``dict`` with their items', unions, ``Literal``, dataclasses, ``TypedDict``, ``Enum``, dates and times, UUIDs
    and ``Decimal`` (from a text or an int). Keys that a class does not have are left out.

    :raises DecodeError: when it does not fit; the message says where and what was expected.
    :raises TypeError: for a type that is none of these.

    >>> @dataclasses.dataclass
    ... class Task:
    ...     name: str
    ...     tags: list[str] = dataclasses.field(default_factory=list)
    >>> decode({"name": "a", "more": 1}, Task)
    Task(name='a', tags=[])
    """
    return decoder_of(annotation)(value, "")


def decoder_of(annotation: Any) -> Decoder:
    """Makes the decoder of a type. :raises TypeError: when there can be none."""
    return _decoder_of(annotation, {})


_Known = dict[Any, Decoder]


def _decoder_of(annotation: Any, known: _Known) -> Decoder:
    simple = _SIMPLE.get(annotation) if isinstance(annotation, collections.abc.Hashable) else None
    if simple is not None:
        return simple
    if hasattr(annotation, "__value__"):  # type X = …
        return _decoder_of(annotation.__value__, known)
    if hasattr(annotation, "__supertype__"):  # NewType
        return _decoder_of(annotation.__supertype__, known)
    if isinstance(annotation, typing.TypeVar):
        return _any
    origin, args = typing.get_origin(annotation), typing.get_args(annotation)
    if origin is None:
        return _decoder_of_class(annotation, known)
    if origin is typing.Annotated or getattr(origin, "_name", None) in ("Required", "NotRequired", "ReadOnly"):
        return _decoder_of(args[0], known)
    if origin is Union or origin is types.UnionType:
        return _union([_decoder_of(arg, known) for arg in args])
    if origin is typing.Literal:
        return _literal(args)
    if origin is tuple:
        return _tuple(args, known)
    if origin in _COLLECTIONS:
        return _collection(_COLLECTIONS[origin], _decoder_of(args[0], known))
    if origin in _MAPPINGS:
        return _mapping(args, known)
    return _decoder_of_class(origin, known)


def _decoder_of_class(cls: Any, known: _Known) -> Decoder:
    if not isinstance(cls, type):
        raise TypeError(f"a payload cannot be decoded into {cls!r}")
    if cls in known:
        return known[cls]
    if issubclass(cls, enum.Enum):
        return _enum(cls)
    if dataclasses.is_dataclass(cls) or typing.is_typeddict(cls):
        # A class may have itself as a field: what is asked for meanwhile is looked up when it is used.
        known[cls] = lambda value, at: known[cls](value, at)
        known[cls] = _dataclass(cls, known) if dataclasses.is_dataclass(cls) else _typed_dict(cls, known)
        return known[cls]
    raise TypeError(
        f"a payload cannot be decoded into {cls.__module__}.{cls.__qualname__}: "
        f"take a dataclass, a TypedDict or a type that JSON has, or leave the annotation out"
    )


def _any(value: Any, at: str) -> Any:
    return value


def _expected(what: str, value: Any, at: str) -> DecodeError:
    shown = repr(value)
    shown = shown if len(shown) <= 80 else f"{shown[:80]}…"
    return DecodeError(f"payload{at}: expected {what}, got {shown}")


def _kind(what: str, accepts: Callable[[Any], bool], make: Callable[[Any], Any] | None = None) -> Decoder:
    def decoder(value: Any, at: str) -> Any:
        if not accepts(value):
            raise _expected(what, value, at)
        return value if make is None else make(value)

    return decoder


def _is_text(value: Any) -> bool:
    return isinstance(value, str)


def _is_int(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _parsed(what: str, parse: Callable[[Any], Any], accepts: Callable[[Any], bool] = _is_text) -> Decoder:
    def decoder(value: Any, at: str) -> Any:
        if not accepts(value):
            raise _expected(what, value, at)
        try:
            return parse(value)
        except (ValueError, ArithmeticError) as error:
            raise _expected(what, value, at) from error

    return decoder


_is_list = _kind("a list", lambda value: isinstance(value, list))
_is_dict = _kind("an object", lambda value: isinstance(value, dict))

_SIMPLE: dict[Any, Decoder] = {
    Any: _any,
    object: _any,
    None: _kind("null", lambda value: value is None),
    type(None): _kind("null", lambda value: value is None),
    bool: _kind("a boolean", lambda value: isinstance(value, bool)),
    int: _kind("an integer", _is_int),
    float: _kind("a number", lambda value: _is_int(value) or isinstance(value, float), float),
    str: _kind("a string", _is_text),
    list: _is_list,
    dict: _is_dict,
    tuple: lambda value, at: tuple(_is_list(value, at)),
    set: lambda value, at: set(_is_list(value, at)),
    collections.abc.Sequence: _is_list,
    collections.abc.Mapping: _is_dict,
    typing.List: _is_list,
    typing.Dict: _is_dict,
    datetime.datetime: _parsed("a date and time (ISO 8601)", datetime.datetime.fromisoformat),
    datetime.date: _parsed("a date (ISO 8601)", datetime.date.fromisoformat),
    datetime.time: _parsed("a time (ISO 8601)", datetime.time.fromisoformat),
    uuid.UUID: _parsed("a UUID", uuid.UUID),
    decimal.Decimal: _parsed(
        "a decimal number", decimal.Decimal, lambda value: _is_text(value) or _is_int(value)
    ),
}

_COLLECTIONS: dict[Any, Callable[[Any], Any]] = {
    list: list,
    set: set,
    frozenset: frozenset,
    collections.abc.Sequence: list,
    collections.abc.Iterable: list,
    collections.abc.Collection: list,
}

_MAPPINGS = (dict, collections.abc.Mapping, collections.abc.MutableMapping)


def _collection(make: Callable[[Any], Any], item: Decoder) -> Decoder:
    return lambda value, at: make(
        item(member, f"{at}[{index}]") for index, member in enumerate(_is_list(value, at))
    )


def _mapping(args: tuple[Any, ...], known: _Known) -> Decoder:
    if args[0] not in (str, Any):
        raise TypeError(f"a payload's keys are texts, and cannot be decoded into {args[0]!r}")
    item = _decoder_of(args[1], known)
    return lambda value, at: {
        key: item(member, f"{at}[{key!r}]") for key, member in _is_dict(value, at).items()
    }


def _tuple(args: tuple[Any, ...], known: _Known) -> Decoder:
    if len(args) == 2 and args[1] is ...:
        return _collection(tuple, _decoder_of(args[0], known))
    items = [_decoder_of(arg, known) for arg in args]

    def decoder(value: Any, at: str) -> Any:
        if len(_is_list(value, at)) != len(items):
            raise _expected(f"a list of {len(items)}", value, at)
        return tuple(
            item(member, f"{at}[{index}]") for index, (item, member) in enumerate(zip(items, value))
        )

    return decoder


def _union(options: list[Decoder]) -> Decoder:
    def decoder(value: Any, at: str) -> Any:
        problems = []
        for option in options:
            try:
                return option(value, at)
            except DecodeError as error:
                problems.append(error)
        # The one that got furthest, for it is the one that was meant.
        raise max(problems, key=lambda error: len(str(error).partition(":")[0]))

    return decoder


def _literal(values: tuple[Any, ...]) -> Decoder:
    what = " or ".join(repr(value) for value in values)
    return _kind(what, lambda value: any(type(value) is type(each) and value == each for each in values))


def _enum(cls: type[enum.Enum]) -> Decoder:
    def decoder(value: Any, at: str) -> Any:
        try:
            return cls(value)
        except ValueError as error:
            raise _expected(f"one of {[member.value for member in cls]}", value, at) from error

    return decoder


def _dataclass(cls: type, known: _Known) -> Decoder:
    hints = typing.get_type_hints(cls, include_extras=True)
    fields = [field for field in dataclasses.fields(cls) if field.init]
    decoders = {field.name: _decoder_of(hints[field.name], known) for field in fields}
    required = {
        field.name
        for field in fields
        if field.default is dataclasses.MISSING and field.default_factory is dataclasses.MISSING
    }
    return lambda value, at: cls(**_members(value, at, decoders, required, cls.__name__))


def _typed_dict(cls: Any, known: _Known) -> Decoder:
    hints = typing.get_type_hints(cls, include_extras=True)
    decoders = {name: _decoder_of(hint, known) for name, hint in hints.items()}
    required = cls.__required_keys__
    return lambda value, at: _members(value, at, decoders, required, cls.__name__)


def _members(
    value: Any, at: str, decoders: dict[str, Decoder], required: collections.abc.Set[str], name: str
) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise _expected(f"an object ({name})", value, at)
    for key in decoders:
        if key not in value and key in required:
            raise DecodeError(f"payload{at}.{key}: it is missing ({name} needs it)")
    return {key: decoder(value[key], f"{at}.{key}") for key, decoder in decoders.items() if key in value}
