"""Models and embeddings of LlamaIndex's classes, by name."""

import json
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any, ClassVar

import numpy as np
import pytest

from qa.errors import ConfigError, ModelRejected, ModelUnreachable
from qa.models.chat.base import Message
from qa.models.chat.opening import open_llm
from qa.models.embed.llama import LlamaEmbedding

MOCK = "llama:llama_index.core.llms:MockLLM"
ASKED = [Message("system", "Be short."), Message("user", "Who?")]


def test_a_mock_of_llamaindex_answers() -> None:
    """LlamaIndex's own mock repeats what it was asked, piece by piece."""
    with open_llm(MOCK).reply(ASKED, max_tokens=50) as reply:
        said = "".join(reply)
    assert "Be short." in said
    assert "Who?" in said
    assert reply.finish == "stop"


def test_the_window_is_the_classes_own_or_as_told() -> None:
    """What the class says of its context holds, unless the user says otherwise."""
    assert open_llm(MOCK).window == 3900
    assert open_llm(MOCK, window=500).window == 500


@pytest.mark.parametrize(
    ("named", "said"),
    [
        ("llama:", "PACKAGE:CLASS is expected"),
        ("llama:llama_index.llms.nosuch:Thing", "pip install llama-index-llms-nosuch"),
        ("llama:llama_index.core.llms:ChatMessage", "has no LLM of the name 'ChatMessage'"),
    ],
)
def test_no_such_class(named: str, said: str) -> None:
    """What is not there is named, with the command that installs it."""
    with pytest.raises(ConfigError, match=said):
        open_llm(named)


def test_a_mock_embedding() -> None:
    """LlamaIndex's mock embedding, of a width, gives unit vectors of it."""
    embedding = LlamaEmbedding("llama_index.core.embeddings:MockEmbedding:4")
    done: list[int] = []
    rows = embedding.embed(["one", "", "three"], done.append)
    assert rows.tolist() == [[0.5] * 4] * 3
    assert done == [3]
    assert np.array_equal(embedding.embed_question("who?"), rows[0])
    assert embedding.name == "llama:llama_index.core.embeddings:MockEmbedding:4"


class Vendor(BaseHTTPRequestHandler):
    """Anthropic's messages, streamed, by what its documentation says of them."""

    asked: ClassVar[list[Any]] = []

    def do_POST(self) -> None:
        """One reply of two pieces, cut off at its length; or a refused key."""
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        Vendor.asked.append((self.path, self.headers["X-Api-Key"], body))
        if self.headers["X-Api-Key"] != "right":
            said = {"type": "error", "error": {"type": "authentication_error", "message": "no"}}
            self._send(401, "application/json", json.dumps(said))
            return
        start = {"id": "m", "type": "message", "role": "assistant", "model": "m", "content": []}
        start |= {"stop_reason": None, "usage": {"input_tokens": 7, "output_tokens": 0}}
        events: list[dict[str, Any]] = [{"type": "message_start", "message": start}]
        block = {"type": "text", "text": ""}
        events.append({"type": "content_block_start", "index": 0, "content_block": block})
        for text in ("It was ", "founded."):
            delta = {"type": "text_delta", "text": text}
            events.append({"type": "content_block_delta", "index": 0, "delta": delta})
        events.append({"type": "content_block_stop", "index": 0})
        end: dict[str, Any] = {"type": "message_delta", "usage": {"output_tokens": 5}}
        events += [end | {"delta": {"stop_reason": "max_tokens"}}, {"type": "message_stop"}]
        lines = "".join(f"event: {e['type']}\ndata: {json.dumps(e)}\n\n" for e in events)
        self._send(200, "text/event-stream", lines)

    def _send(self, status: int, kind: str, body: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body.encode())

    def log_message(self, *_: object) -> None:
        """Nothing."""


@pytest.fixture
def vendor(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The model's name, with its vendor answering on this machine."""
    package = "llama_index.llms.anthropic"
    pytest.importorskip(package, reason="needs llama-index-llms-anthropic")
    server = ThreadingHTTPServer(("127.0.0.1", 0), Vendor)
    Thread(target=server.serve_forever, daemon=True).start()
    monkeypatch.setenv("ANTHROPIC_BASE_URL", f"http://127.0.0.1:{server.server_port}")
    monkeypatch.setenv("ANTHROPIC_API_KEY", "right")
    Vendor.asked.clear()
    yield f"llama:{package}:Anthropic:claude-sonnet-4-5"
    server.shutdown()
    server.server_close()


def test_a_vendor_is_reached_by_its_own_package(vendor: str) -> None:
    """Anthropic's class asks Anthropic's protocol with its own key; how it ended is told."""
    with open_llm(vendor).reply(ASKED, max_tokens=50) as reply:
        assert "".join(reply) == "It was founded."
    assert reply.finish == "length"
    ((path, key, body),) = Vendor.asked
    assert (path, key) == ("/v1/messages", "right")
    assert (body["model"], body["max_tokens"]) == ("claude-sonnet-4-5", 50)


def test_a_vendor_that_refuses(vendor: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A vendor's own exception comes as one line of this project's."""
    monkeypatch.setenv("ANTHROPIC_API_KEY", "wrong")
    with pytest.raises(ModelRejected, match="its key is in its own variable") as caught:
        list(open_llm(vendor).reply(ASKED, max_tokens=50))
    assert "wrong" not in str(caught.value)
    monkeypatch.setenv("ANTHROPIC_BASE_URL", "http://127.0.0.1:1")
    with pytest.raises(ModelUnreachable):
        list(open_llm(vendor).reply(ASKED, max_tokens=50))
