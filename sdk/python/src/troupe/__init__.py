"""What an actor written in Python imports.

An actor is a module, ``actor.py``, with one function named ``handle``: from payload to payload, or a generator that
yields payloads and verbs.

>>> from troupe import GET, SET
>>> from troupe.testing import run
>>> def handle(task):
...     lang = yield GET(".headers.lang")
...     if lang != "en":
...         yield SET(".route.next[:0]", ["translate"])
...     for line in task["text"].split("\\n"):
...         yield {"line": line}
>>> hop = run(handle, {"text": "a\\nb"}, grants=["translate"])
>>> hop.payloads, hop.emits[0].route.next
([{'line': 'a'}, {'line': 'b'}], ['translate'])
"""

from . import mesh
from .decode import decode
from .errors import DecodeError, Fatal, NotJsonError, NotYieldedError, RefusedError, RetryAfter, UnknownVerbError
from .jsontext import json_text
from .mesh import log
from .verbs import DEL, EMIT, FLY, GET, SET, AsyncSteps, Steps, Verb

__version__ = "0.1.0"

__all__ = [
    "DEL",
    "EMIT",
    "FLY",
    "GET",
    "SET",
    "AsyncSteps",
    "DecodeError",
    "Fatal",
    "NotJsonError",
    "NotYieldedError",
    "RefusedError",
    "RetryAfter",
    "Steps",
    "UnknownVerbError",
    "Verb",
    "decode",
    "json_text",
    "log",
    "mesh",
]
