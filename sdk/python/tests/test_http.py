"""urllib.request over something else than sockets."""

import io
import json
import urllib.request
from typing import Any

import pytest
from troupe._http_text import Request, Response, connections


class Client:
    """urllib.request, over a function that answers."""

    def __init__(self, answer: Response) -> None:
        self.sent: list[Request] = []
        plain, _ = connections(self._send)
        self._answer = answer

        class Handler(urllib.request.HTTPHandler):
            def http_open(self, req: urllib.request.Request) -> Any:
                return self.do_open(plain, req)

        self.open = urllib.request.build_opener(Handler).open

    def _send(self, request: Request) -> Response:
        self.sent.append(request)
        return self._answer


def test_a_response_is_read() -> None:
    client = Client(Response(200, [("Content-Type", b"application/json")], b'{"a": 1}'))
    with client.open("http://example.com:8080/x?y=1", timeout=3) as response:
        assert response.headers["content-type"] == "application/json"
        assert json.load(response) == {"a": 1}
    sent = client.sent[0]
    assert (sent.method, sent.authority, sent.target, sent.timeout) == ("GET", "example.com:8080", "/x?y=1", 3)
    assert not {"host", "connection"}.intersection(name.lower() for name, _ in sent.headers)


@pytest.mark.parametrize(
    "body", [b"12345", io.BytesIO(b"12345"), iter([b"12", b"345"])], ids=["bytes", "file", "chunks"]
)
def test_a_body_is_sent(body: Any) -> None:
    client = Client(Response(201, [], b""))
    request = urllib.request.Request("http://example.com/", data=body, method="PUT", headers={"X-A": "b"})
    with client.open(request) as response:
        assert response.status == 201
    assert client.sent[0].body == b"12345"
    assert ("X-A", b"b") in client.sent[0].headers


def test_a_failure_is_one() -> None:
    with pytest.raises(urllib.request.HTTPError) as raised:
        Client(Response(404, [], b"gone")).open("http://example.com/")
    assert raised.value.read() == b"gone"


def test_head_has_no_body() -> None:
    client = Client(Response(200, [("Content-Length", b"7")], b""))
    with client.open(urllib.request.Request("http://example.com/", method="HEAD")) as response:
        assert (response.headers["content-length"], response.read()) == ("7", b"")
