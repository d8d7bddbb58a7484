"""A chat model from a GGUF file, run in this process by llama.cpp (extra ``local``)."""

import importlib.util
import json
import secrets
import socket
import tempfile
from collections.abc import Sequence
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from queue import SimpleQueue
from threading import Event, Lock, Thread
from typing import Any
from urllib.parse import urlsplit

from qa.errors import ModelRejected, ModelUnknown
from qa.models.chat import wire
from qa.models.chat.base import End, Events, Message, Reply
from qa.models.chat.failures import one_line
from qa.text.plain import inert

CONTEXT = 8192
"""Tokens of context asked for where nobody says; more costs memory, used or not."""


class LocalChat:
    """A GGUF model; the file is loaded at the first reply, or when ``window`` is asked for.

    Raises ModelUnknown where the file is missing or is no GGUF, or llama.cpp is not installed.
    """

    def __init__(self, path: Path, *, window: int | None = None) -> None:
        self.name = f"local:{path.name}"
        self._path = path
        self._asked = window or CONTEXT
        self._window = 0
        self._server: Any = None
        self._lock = Lock()
        _check(path)

    def __repr__(self) -> str:
        return f"LocalChat({str(self._path)!r})"

    @property
    def window(self) -> int:
        """Tokens of context: what was asked for, or less where the model was made for less."""
        self._load()
        return self._window

    def reply(self, messages: Sequence[Message], *, max_tokens: int) -> Reply:
        """One greedy completion under the model's own chat template."""
        return Reply(self._events(tuple(messages), max_tokens), self.name)

    def _events(self, messages: Sequence[Message], max_tokens: int) -> Events:
        server = self._load()
        inert = [Message(m.role, inert(m.content)) for m in messages]
        body = wire.chat_request(self.name, inert, max_tokens, wire.Dialect())
        body["cache_prompt"] = False  # what is cached changes the rounding, and so the answer
        chunks: SimpleQueue[Any] = SimpleQueue()
        stopped = Event()

        def heard(chunk: Any) -> bool:
            chunks.put(chunk)
            return stopped.is_set()  # True ends the generation

        def run() -> None:
            try:
                server.handle_chat_completions(body, heard)
            except Exception as error:
                chunks.put({"error": str(error)})
            chunks.put(None)

        # A thread, so that Ctrl-C is heard while llama.cpp computes.
        Thread(target=run, daemon=True).start()
        reader = wire.ChatReader(f"model {self.name!r}")
        try:
            while (chunk := chunks.get()) is not None:
                _refused(self.name, chunk)
                if text := reader.read(chunk):
                    yield text
        finally:
            stopped.set()
        yield End(reader.end(), reader.usage)

    def _load(self) -> Any:
        with self._lock:
            if self._server is None:
                self._server, self._window = _serve(self._path, self._asked)
            return self._server


def _check(path: Path) -> None:
    if importlib.util.find_spec("xllamacpp") is None:
        raise ModelUnknown(
            f"model 'local:{path}' needs llama.cpp, which is not installed; "
            "install it: pip install 'qa[local]'"
        )
    try:
        with path.open("rb") as file:
            magic = file.read(4)
    except OSError as error:
        raise ModelUnknown(
            f"model file {str(path)!r} cannot be read ({error.strerror}); "
            "give the path of a GGUF file: --model local:PATH"
        ) from error
    if magic != b"GGUF":
        raise ModelUnknown(
            f"model file {str(path)!r} is no GGUF file; give one: --model local:PATH"
        )


def _serve(path: Path, context: int) -> tuple[Any, int]:
    """(llama.cpp's server object, tokens of context)."""
    import xllamacpp

    key = secrets.token_hex(16)
    params = xllamacpp.CommonParams()
    params.model.path = str(path)
    params.n_ctx = context
    params.n_parallel = 1
    params.verbosity = -1  # its log would run through the answer on the terminal
    params.warmup = False
    # It listens, though all that is asked of it is what it serves: nobody else shall use it.
    params.api_keys = [key]
    params.endpoint_slots = False
    params.ui = False
    try:
        with tempfile.TemporaryDirectory(prefix="qa-") as folder:
            if hasattr(socket, "AF_UNIX"):  # a file of ours that is gone before we return
                params.hostnames = [str(Path(folder) / "llama.sock")]
            server = xllamacpp.Server(params)
            described = _describe(server.listening_address, key)
    except (RuntimeError, OSError, ValueError, HTTPException) as error:
        raise ModelUnknown(
            f"model file {str(path)!r} cannot be loaded ({one_line(str(error))}); "
            "see that it is whole, of a kind that llama.cpp knows, and that memory suffices"
        ) from error
    made_for = described.get("n_ctx_train")
    return server, min(context, made_for) if isinstance(made_for, int) and made_for else context


def _describe(address: str, key: str) -> dict[str, Any]:
    parts = urlsplit(address)
    connection = HTTPConnection(parts.hostname or "localhost", parts.port, timeout=30)
    try:
        if parts.scheme == "unix":
            connection.sock = socket.socket(socket.AF_UNIX)
            connection.sock.settimeout(30)
            connection.sock.connect(parts.path)
        connection.request("GET", "/v1/models", headers={"Authorization": f"Bearer {key}"})
        body = json.loads(connection.getresponse().read())
    finally:
        connection.close()
    meta = body["data"][0].get("meta") if body.get("data") else None
    return meta if isinstance(meta, dict) else {}


def _refused(name: str, chunk: Any) -> None:
    if not isinstance(chunk, dict) or not chunk.get("error"):
        return
    error = chunk["error"]
    if isinstance(error, dict) and error.get("type") == "exceed_context_size_error":
        raise ModelRejected(
            f"model {name!r} has room for {error.get('n_ctx')} tokens and was given "
            f"{error.get('n_prompt_tokens')}; choose a model with a larger window"
        )
    said = error.get("message", error) if isinstance(error, dict) else error
    raise ModelRejected(f"model {name!r} refused the request ({one_line(str(said))})")
