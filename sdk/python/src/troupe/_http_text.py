"""``http.client``, and ``urllib.request`` above it, without sockets: what would be written to one becomes a request."""

from __future__ import annotations

import http.client
import io
import urllib.error
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Request:
    """A request as it was written."""

    scheme: str
    authority: str
    method: str
    target: str
    headers: list[tuple[str, bytes]]
    body: bytes
    timeout: float | None
    """In seconds."""


@dataclass(frozen=True)
class Response:
    """What came back."""

    status: int
    headers: list[tuple[str, bytes]]
    body: bytes


Send = Callable[[Request], Response]

# What is between two neighbours only, or said by the body itself.
_LEFT_OUT = frozenset(
    b"connection content-length expect host http2-settings keep-alive proxy-connection te trailer "
    b"transfer-encoding upgrade".split()
)


class _Exchange:
    """Stands for the socket of a connection."""

    def __init__(self, connection: Any, scheme: str, send: Send) -> None:
        self._connection = connection
        self._scheme = scheme
        self._send = send
        self._written = bytearray()

    def sendall(self, data: bytes) -> None:
        self._written += data

    def makefile(self, mode: str = "rb", *_args: Any, **_kwargs: Any) -> io.BytesIO:
        request = self._request(bytes(self._written))
        self._written.clear()
        return io.BytesIO(response_text(self._send(request), is_head=request.method == "HEAD"))

    def settimeout(self, timeout: float | None) -> None:
        self._connection.timeout = timeout

    def close(self) -> None:
        self._written.clear()

    def _request(self, written: bytes) -> Request:
        timeout = self._connection.timeout
        return parse_request(
            written,
            scheme=self._scheme,
            authority=f"{self._connection.host}:{self._connection.port}",
            timeout=timeout if isinstance(timeout, (int, float)) else None,
        )


def parse_request(written: bytes, *, scheme: str, authority: str, timeout: float | None) -> Request:
    """Reads what ``http.client`` writes.

    >>> text = b"POST /a?b HTTP/1.1\\r\\nHost: example.com\\r\\nContent-Length: 2\\r\\nX-Y: z\\r\\n\\r\\nhi"
    >>> request = parse_request(text, scheme="https", authority="example.com:443", timeout=None)
    >>> request.method, request.target, request.authority, request.headers, request.body
    ('POST', '/a?b', 'example.com', [('X-Y', b'z')], b'hi')
    """
    head, _, body = written.partition(b"\r\n\r\n")
    first, *lines = head.split(b"\r\n")
    method, target, _ = first.decode("ascii").split(" ", 2)
    headers: list[tuple[str, bytes]] = []
    for line in lines:
        name, _, value = line.partition(b":")
        lower, value = name.strip().lower(), value.strip()
        if lower == b"host":
            authority = value.decode("ascii")
        if lower == b"transfer-encoding" and value.lower() == b"chunked":
            body = _unchunked(body)
        if lower not in _LEFT_OUT:
            headers.append((name.strip().decode("latin-1"), value))
    return Request(scheme, authority, method, target, headers, body, timeout)


def _unchunked(body: bytes) -> bytes:
    whole = bytearray()
    while body:
        size, _, rest = body.partition(b"\r\n")
        length = int(size, 16)
        whole += rest[:length]
        body = rest[length + 2 :] if length else b""
    return bytes(whole)


def response_text(response: Response, *, is_head: bool) -> bytes:
    """The response as a server would have written it."""
    reason = http.client.responses.get(response.status, "")
    lines = [f"HTTP/1.1 {response.status} {reason}".encode()]
    for name, value in response.headers:
        lower = name.lower().encode("latin-1")
        if lower not in _LEFT_OUT or (is_head and lower == b"content-length"):
            lines.append(name.encode("latin-1") + b": " + value)
    if not is_head:
        lines.append(f"Content-Length: {len(response.body)}".encode())
    return b"\r\n".join([*lines, b"", response.body])


def connections(send: Send) -> tuple[type, type]:
    """The two classes of ``http.client``, for http and https."""

    class HTTPConnection(http.client.HTTPConnection):
        _scheme = "http"

        def connect(self) -> None:
            self.sock = _Exchange(self, self._scheme, send)

        def set_tunnel(self, *_args: Any, **_kwargs: Any) -> None:
            raise OSError("an actor's requests go through the host, and through no proxy")

    class HTTPSConnection(HTTPConnection):
        default_port = http.client.HTTPS_PORT
        _scheme = "https"

        def __init__(self, *args: Any, context: Any = None, **kwargs: Any) -> None:
            # Certificates are checked by the host.
            super().__init__(*args, **kwargs)

    return HTTPConnection, HTTPSConnection


def install(send: Send) -> None:
    """Has ``http.client`` send its requests this way. Before ``urllib.request`` is imported."""
    plain, secure = connections(send)
    http.client.HTTPConnection = plain  # type: ignore[misc,assignment]
    http.client.HTTPSConnection = secure  # type: ignore[misc,assignment]
    http.client._create_https_context = lambda _version: None  # type: ignore[attr-defined]
    import urllib.request

    do_open = urllib.request.AbstractHTTPHandler.do_open

    def wrapped(self: Any, *args: Any, **kwargs: Any) -> Any:
        try:
            return do_open(self, *args, **kwargs)
        except (urllib.error.URLError, TimeoutError):
            raise
        except OSError as error:
            # What a connection refuses comes here with the response.
            raise urllib.error.URLError(error) from error

    urllib.request.AbstractHTTPHandler.do_open = wrapped  # type: ignore[method-assign]
