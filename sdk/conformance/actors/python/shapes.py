"""Failures of every shape."""

from typing import NoReturn

from troupe import Fatal, RetryAfter, mesh


class BaseError(Exception):
    """A base of the actor's own."""


class CustomError(BaseError):
    """An error of the actor's own."""


class DetailedError(Exception):
    """An error that says more."""

    details = {"field": "email"}


def fail(shape: str) -> NoReturn:
    """Fails in the way that a case names."""
    match shape:
        case "custom":
            raise CustomError("custom")
        case "caused":
            raise Exception("outer") from Exception("inner")
        case "fatal":
            raise Fatal("fatal")
        case "retry-after":
            raise RetryAfter(30, "later")
        case "details":
            raise DetailedError("details")
        case "unicode":
            raise Exception("Grüße 🎭 \0 end")
        case "empty":
            raise Exception("")
        case "crash":
            1 // 0
        case "refused":
            mesh.set(".status", 1)
        case "not-an-error":
            raise "text"  # type: ignore[misc]  # raises a TypeError, as only exceptions can be raised
    raise Exception(shape)
