"""What an author raises, as the contract's ``failure``."""

from __future__ import annotations

import os
import sys
import traceback
from dataclasses import dataclass
from typing import Any

from .jsontext import json_text
from .mesh import well_formed

MAX_DETAILS = 32 * 1024
"""Longest details, in characters: they are worth nothing when cut."""

_OWN = __name__.split(".")[0]


@dataclass(frozen=True)
class Failure:
    """How an actor says that it failed (actor.wit, ``failures``)."""

    kind: str
    """The error's type, such as ``ValueError`` or ``openai.RateLimitError``."""
    lineage: list[str]
    """Its base types, nearest first."""
    message: str
    traceback: str | None = None
    """As Python prints it, with causes; frames of the SDK are left out, and the actor's files have their names."""
    details: str | None = None
    """The error's ``details``, as a JSON text."""


def failure_of(error: BaseException, home: str = "__main__") -> Failure:
    """Turns anything that was raised into a failure.

    The kind is the name of the class, with that of its module before it unless it is built in or the actor's own; the
    lineage is the rest of the method resolution order, without ``BaseException`` and ``object``.

    :param home: Name of the handler's module. What is in its folder is the actor's own.

    >>> class ParseError(ValueError): pass
    >>> failure = failure_of(ParseError("line 3"), home=__name__)
    >>> failure.kind, failure.lineage, failure.message
    ('ParseError', ['ValueError', 'Exception'], 'line 3')
    """
    names = [_name_of(cls, home) for cls in type(error).__mro__ if cls not in (BaseException, object)]
    own_kind = getattr(error, "kind", None) if _is_ours(error) else None
    if isinstance(own_kind, str):
        names.insert(0, own_kind)
    kind, *lineage = names or ["BaseException"]
    return Failure(
        kind=well_formed(kind),
        lineage=[well_formed(name) for name in lineage],
        message=well_formed(_message_of(error)),
        traceback=_traceback_of(error, _folder_of(home)),
        details=_details_of(error),
    )


def _is_ours(error: BaseException) -> bool:
    return any(cls.__module__ == f"{_OWN}.errors" for cls in type(error).__mro__)


def _name_of(cls: type, home: str) -> str:
    # What stands within a function has no name that anybody could write down.
    name = cls.__qualname__.rpartition("<locals>.")[2]
    module = cls.__module__
    if module in ("builtins", "__main__", home) or module.split(".")[0] == _OWN:
        return name
    home_folder, folder = _folder_of(home), _folder_of(module)
    if home_folder and f"{folder}/".startswith(f"{home_folder}/"):
        inner = folder[len(home_folder) :].split("/")
        if not _PACKAGES.intersection(inner):
            return name
    return f"{module}.{name}"


_PACKAGES = {"vendor", "site-packages"}
"""Folders of what others have written."""


def _folder_of(module: str) -> str:
    return os.path.dirname(getattr(sys.modules.get(module), "__file__", None) or "")


def _message_of(error: BaseException) -> str:
    try:
        return str(error)
    except Exception as problem:  # an author's __str__ may do anything
        return f"the message cannot be read: its __str__ raises {type(problem).__name__}"


def _traceback_of(error: BaseException, home: str) -> str | None:
    try:
        told = traceback.TracebackException.from_exception(error)
        _tidy(told, f"{home}/" if home else "", set())
        return well_formed("".join(told.format()).rstrip())
    except Exception:  # the failure itself has to get through without it
        return None


def _tidy(told: traceback.TracebackException, home: str, seen: set[int]) -> None:
    if id(told) in seen:
        return
    seen.add(id(told))
    frames = [frame for frame in told.stack if not frame.filename.startswith(_OWN_FOLDER)]
    for frame in frames:
        frame.filename = frame.filename.removeprefix(home)
    told.stack = traceback.StackSummary.from_list(frames)
    for other in (told.__cause__, told.__context__, *(getattr(told, "exceptions", None) or [])):
        if other is not None:
            _tidy(other, home, seen)


_OWN_FOLDER = __file__.rpartition("/")[0] + "/"


def _details_of(error: BaseException) -> str | None:
    try:
        details: Any = getattr(error, "details", None)
        if details is None or callable(details):
            return None
        text = json_text(details, "details")
    except Exception:  # details are an extra
        return None
    return text if len(text) <= MAX_DETAILS else None
