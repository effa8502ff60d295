"""Does what a payload names, to show what an actor in Python has and what it has not."""

import asyncio
import logging
import os
import random
import socket
import sys
import time
import urllib.error
import urllib.request
import uuid
from typing import Any

from helper import HelperError
from troupe import mesh, state

log = logging.getLogger("part")


def environment() -> Any:
    return dict(os.environ)


def files() -> Any:
    with open("/words/a.txt", encoding="utf-8") as file:
        text = file.read()
    with open("/words/b.txt", "w") as file:
        file.write(text)


def lines() -> Any:
    print("a", 1)
    print("b\nc", file=sys.stderr, end="")
    log.warning("careful: %s", "d")
    mesh.log("debug", "e")
    print("f", end="")


def fails() -> Any:
    raise HelperError("oh")


def late_import() -> Any:
    import sqlite3

    return sqlite3.version


def chance() -> Any:
    return [random.random(), uuid.uuid4().hex]


def sockets() -> Any:
    return socket.create_connection(("127.0.0.1", 1))


def nap() -> Any:
    started = time.monotonic()
    time.sleep(0.3)
    return time.monotonic() - started


async def naps() -> Any:
    started = time.monotonic()
    await asyncio.gather(*(asyncio.sleep(0.3) for _ in range(20)))
    return time.monotonic() - started


async def tuples() -> Any:
    # As in Asya: without a word of the SDK, and async.
    await asyncio.sleep(0)
    curr = yield "GET", ".route.curr"
    yield "SET", ".headers.seen", [curr]
    yield "FLY", {"partial": True}
    yield {"curr": curr, "seen": (yield "GET", ".headers.seen[0]")}


def keeps() -> Any:
    state.set("key", {"ü": 1}, ttl=60)
    return [state.get("key"), state.add("count"), state.keys()]


def requests() -> Any:
    base = os.environ["SERVER"]
    request = urllib.request.Request(f"{base}/there?x=1", data="Grüße".encode(), headers={"X-A": "b"})
    with urllib.request.urlopen(request, timeout=5) as response:
        there = [response.status, response.headers["x-told"], response.read().decode()]
    try:
        urllib.request.urlopen(f"{base}/none")
    except urllib.error.HTTPError as error:
        none = error.code
    try:
        urllib.request.urlopen("http://example.com/")
    except urllib.error.URLError as error:
        denied = type(error.reason).__name__
    return [there, none, denied]


def endless() -> Any:
    return endless()


def leaves() -> Any:
    sys.exit("bye")


def handle(name: str) -> Any:
    """Does it."""
    return globals()[name]()
