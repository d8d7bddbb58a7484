"""The endpoint on a real socket of the loopback, well behaved or with a fault of character.

    with Endpoint(answer=lambda messages: "Hello.", personality=faults.crlf) as endpoint:
        OpenAIChat("test-chat", base_url=endpoint.url, api_key=KEY)

A personality is a function of an ``Exchange``: it sees the request and says what goes out.
"""

import json
import os
import socket
import struct
import threading
from collections.abc import Callable, Iterable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self

from tests.server import protocol
from tests.server.protocol import Messages

KEY = "sk-test-0123456789abcdef"


class Exchange:
    """One request, and the means to answer it."""

    def __init__(self, handler: BaseHTTPRequestHandler, endpoint: "Endpoint", raw: bytes) -> None:
        self._handler = handler
        self._endpoint = endpoint
        self.path = handler.path
        self.headers = handler.headers
        self.raw = raw
        try:
            self.body: Any = json.loads(raw) if raw else None
        except ValueError:
            self.body = None
        self.number = len(endpoint.exchanges) + 1
        """Which request this is, from 1."""
        self.answer = endpoint.answer
        self._chunked = False

    @property
    def chat(self) -> bool:
        """Whether this asks for a chat completion."""
        return self.path == "/v1/chat/completions"

    def behave(self) -> None:
        """Answer as the protocol says."""
        try:
            self._behave()
        except protocol.Refused as refused:
            self.json(refused.body, refused.status)

    def _behave(self) -> None:
        if self.headers.get("Authorization") != f"Bearer {KEY}":
            raise protocol.Refused(401, "Incorrect API key provided", code="invalid_api_key")
        if self._handler.command == "GET" and self.path == "/v1/models":
            self.json(protocol.models())
        elif self._handler.command == "POST" and self.chat:
            protocol.check_chat(self.body)
            said, finish = protocol.spoken(self.body, self.answer)
            if self.body.get("stream"):
                self.stream(protocol.chunks(self.body, said, finish))
            else:
                self.json(protocol.completion(self.body, said, finish))
        elif self._handler.command == "POST" and self.path == "/v1/embeddings":
            protocol.check_embeddings(self.body)
            self.json(protocol.embeddings(self.body))
        else:
            raise protocol.Refused(404, f"Invalid URL ({self._handler.command} {self.path})")

    def said(self) -> list[str]:
        """The tokens of the right answer."""
        return protocol.spoken(self.body, self.answer)[0]

    def chunks(self) -> list[dict[str, Any]]:
        """The chunks of the right answer."""
        said, finish = protocol.spoken(self.body, self.answer)
        return list(protocol.chunks(self.body, said, finish))

    def json(self, value: Any, status: int = 200, headers: dict[str, str] | None = None) -> None:
        """Send a JSON body."""
        self.send(json.dumps(value).encode(), status, "application/json", headers)

    def send(
        self,
        data: bytes,
        status: int = 200,
        kind: str = "application/json",
        headers: dict[str, str] | None = None,
    ) -> None:
        """Send a body as it is."""
        self._handler.send_response(status)
        self._handler.send_header("Content-Type", kind)
        self._handler.send_header("Content-Length", str(len(data)))
        for name, value in (headers or {}).items():
            self._handler.send_header(name, value)
        self._handler.end_headers()
        self._handler.wfile.write(data)

    def stream(
        self,
        values: Iterable[dict[str, Any]],
        end: str = "\n\n",
        done: bool = True,
    ) -> None:
        """Send server-sent events, and the one that says that it is over."""
        self.begin()
        for value in values:
            self.write(f"data: {json.dumps(value)}{end}".encode())
        if done:
            self.write(f"data: [DONE]{end}".encode())
        self.finish()

    def begin(
        self,
        headers: dict[str, str] | None = None,
        kind: str = "text/event-stream; charset=utf-8",
    ) -> None:
        """Send the head of a stream."""
        self._handler.send_response(200)
        self._handler.send_header("Content-Type", kind)
        self._handler.send_header("Transfer-Encoding", "chunked")
        for name, value in (headers or {}).items():
            self._handler.send_header(name, value)
        self._handler.end_headers()

    def write(self, data: bytes) -> None:
        """Send a piece of a stream in a chunk of its own."""
        self._handler.wfile.write(f"{len(data):x}\r\n".encode() + data + b"\r\n")
        self._handler.wfile.flush()

    def finish(self) -> None:
        """End a stream in good order."""
        self._handler.wfile.write(b"0\r\n\r\n")

    def reset(self) -> None:
        """Break the connection off with a TCP reset."""
        connection = self._handler.connection
        linger = struct.pack("ii", 1, 0)
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        self._handler.close_connection = True
        os.close(connection.detach())

    def stall(self) -> None:
        """Say nothing more until the endpoint is closed."""
        self._handler.close_connection = True
        self._endpoint.closing.wait()

    @property
    def closing(self) -> threading.Event:
        """Set when the endpoint is being closed."""
        return self._endpoint.closing


Personality = Callable[[Exchange], None]


def _echo(messages: Messages) -> str:
    return str(messages[-1]["content"])


class Endpoint:
    """A running server; ``answer`` makes the reply's text out of the messages."""

    def __init__(
        self,
        answer: Callable[[Messages], str] = _echo,
        personality: Personality = Exchange.behave,
    ) -> None:
        self.answer = answer
        self.personality = personality
        self.exchanges: list[Exchange] = []
        self.closing = threading.Event()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        self._server.block_on_close = False
        self._server.handle_error = lambda *_: None  # type: ignore[method-assign] # a client may hang up
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,))

    @property
    def host(self) -> str:
        """The host and port, as messages name it."""
        return f"127.0.0.1:{self._server.server_address[1]}"

    @property
    def url(self) -> str:
        """The base URL."""
        return f"http://{self.host}/v1"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.closing.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        endpoint = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def _serve(self) -> None:
                raw = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                exchange = Exchange(self, endpoint, raw)
                endpoint.exchanges.append(exchange)
                try:
                    endpoint.personality(exchange)
                except OSError:
                    self.close_connection = True  # the client has gone

            do_GET = do_POST = _serve  # noqa: N815 - the names that http.server calls

            def log_message(self, *_: object) -> None:
                pass

        return Handler
