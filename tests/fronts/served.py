"""A server of the project in this process, on a free port of this machine, for real clients."""

import asyncio
import contextlib
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import httpx
import uvicorn

from qa.assistant import Assistant, Parts
from qa.fronts.http.app import app
from qa.fronts.http.serving import Server, listen
from qa.fronts.service import Service
from qa.models.chat.base import LLM
from qa.models.embed.minilm import MiniLM
from qa.models.reader.fake import FakeReader

QUESTION = "Who built the harbour bridge?"
TOLD = {
    QUESTION: ["Ada Stone built the harbour bridge"],
    "And when was it finished?": ["It was finished in 1931"],
    "What does the bridge cost?": ["The toll is 4 crowns", "The toll is 6 crowns"],
}
BRIDGE = """\
# The harbour

## The bridge

Ada Stone built the harbour bridge. It was finished in 1931.

The toll is 4 crowns.
"""


_EMBEDDING = MiniLM()  # loaded once for all servers


class Served(NamedTuple):
    """A running server: where it is, its service, and the folder of its documents."""

    url: str
    service: Service
    folder: Path
    server: Server
    http: httpx.Client

    def get(self, path: str, **more: object) -> httpx.Response:
        """GET a path of it."""
        return self.http.get(path, **more)


def bridge(folder: Path) -> Path:
    """A folder of one document about a bridge."""
    folder.mkdir()
    (folder / "bridge.md").write_text(BRIDGE)
    return folder


@contextlib.contextmanager
def served(
    folder: Path,
    *,
    told: Mapping[str, Sequence[str]] = TOLD,
    chat: LLM | None = None,
    token: str | None = None,
    read_only: bool = False,
    **limits: float,
) -> Iterator[Served]:
    """Serve the documents in ``folder``; ``limits`` are those of ``Service``."""
    parts = Parts(embedding=_EMBEDDING, reader=FakeReader(told), chat=chat)
    library = folder.parent / f"{folder.name}.library"
    # Not closed: the embedding goes on to the next.
    assistant = Assistant.from_here(folder, library, parts=parts)
    assistant.sync()
    service = Service(assistant, **({"patience": 60.0} | limits))
    listening = listen("127.0.0.1", 0)
    config = uvicorn.Config(
        app(service, token=token, read_only=read_only), log_config=None, ws="none"
    )
    server = Server(config, service, grace=0.0)
    url = f"http://127.0.0.1:{listening.getsockname()[1]}"
    ready = threading.Event()

    async def main() -> None:
        asyncio.get_running_loop().call_soon(ready.set)
        await server.serve([listening])

    thread = threading.Thread(target=lambda: asyncio.run(main()))
    thread.start()
    ready.wait()
    try:
        with httpx.Client(base_url=url, timeout=30, verify=False) as http:
            yield Served(url, service, folder, server, http)
    finally:
        server.should_exit = True
        thread.join()


def until(is_so: Callable[[], object]) -> None:
    """Wait until something has come to pass in the server's threads."""
    moment = threading.Event()
    while not is_so():
        moment.wait(0.01)
