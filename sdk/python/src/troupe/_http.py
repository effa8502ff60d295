"""Requests through ``wasi:http``, in components whose modules use ``urllib.request`` or ``http.client``."""

from __future__ import annotations

import re
import socket

from componentize_py_types import Err, Ok  # type: ignore[import-not-found]
from wit_world.imports import outgoing_handler, types  # type: ignore[import-not-found]

from ._http_text import Request, Response

_READ_BYTES = 64 * 1024
_WRITE_BYTES = 4096


def send(request: Request) -> Response:
    """Sends a request, and reads the whole response. Nothing is left open."""
    options = types.RequestOptions()
    if request.timeout is not None:
        nanoseconds = max(1, round(request.timeout * 1e9))
        options.set_connect_timeout(nanoseconds)
        options.set_first_byte_timeout(nanoseconds)
        options.set_between_bytes_timeout(nanoseconds)
    try:
        outgoing = types.OutgoingRequest(types.Fields.from_list(request.headers))
        outgoing.set_method(_method(request.method))
        outgoing.set_scheme(types.Scheme_Https() if request.scheme == "https" else types.Scheme_Http())
        outgoing.set_authority(request.authority)
        outgoing.set_path_with_query(request.target)
        body = outgoing.body()
        with outgoing_handler.handle(outgoing, options) as future:
            _write(body, request.body)
            with future.subscribe() as ready:
                ready.block()
            with _got(future.get()) as response:
                return _read(response)
    except Err as error:
        raise _exception(error.value) from None


def _method(name: str) -> object:
    known = getattr(types, f"Method_{name.capitalize()}", None)
    return types.Method_Other(name) if known is None or name == "OTHER" else known()


def _write(body: types.OutgoingBody, content: bytes) -> None:
    with body.write() as stream:
        for at in range(0, len(content), _WRITE_BYTES):
            stream.blocking_write_and_flush(content[at : at + _WRITE_BYTES])
    types.OutgoingBody.finish(body, None)


def _got(found: object) -> types.IncomingResponse:
    """The response, out of the layers that tell that it is there, was not taken before, and is no error."""
    while isinstance(found, Ok):
        found = found.value
    if isinstance(found, Err):
        raise found
    return found


def _read(response: types.IncomingResponse) -> Response:
    with response.headers() as fields:
        headers = [(name, bytes(value)) for name, value in fields.entries()]
    parts: list[bytes] = []
    with response.consume() as body, body.stream() as stream:
        while True:
            try:
                parts.append(bytes(stream.blocking_read(_READ_BYTES)))
            except Err as error:
                if type(error.value).__name__ == "StreamError_Closed":
                    break
                raise ConnectionResetError("the response ended before it was complete") from None
    return Response(response.status(), headers, b"".join(parts))


def _exception(code: object) -> OSError:
    """The exception that a socket would have raised."""
    name = type(code).__name__.removeprefix("ErrorCode_")
    words = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name).lower() if code is not None else "it cannot be sent so"
    detail = getattr(code, "value", None)
    text = words if detail is None else f"{words}: {detail}"
    if name in ("DestinationNotFound", "DnsError", "DnsTimeout"):
        return socket.gaierror(socket.EAI_NONAME, text)
    if name in ("HttpRequestDenied", "DestinationIpProhibited"):
        return PermissionError(f"{text}: see spec.grants.http of actor.yaml")
    if name == "ConnectionRefused":
        return ConnectionRefusedError(text)
    if name == "ConnectionTerminated":
        return ConnectionResetError(text)
    return TimeoutError(text) if name.endswith("Timeout") else OSError(text)
