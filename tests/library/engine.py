"""Engines for the tests: server processes of their own, ended as a power cut would."""

import importlib.util
import signal
import socket
import subprocess
import sys
import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

needs_milvus = pytest.mark.skipif(
    not all(map(importlib.util.find_spec, ("pymilvus", "milvus_lite"))),
    reason="needs an engine (320 MB with what it pulls in): pip install 'qa[milvus-lite]'",
)


class Server:
    """An engine at a port of this machine; ``engine`` is "chroma" or "milvus"."""

    def __init__(self, engine: str, folder: Path, port: int = 0) -> None:
        self.port = port or _free_port()
        self.engine = engine
        self.folder = folder
        command = {
            "milvus": [sys.executable, "-m", "milvus_lite", "server", "--data-dir", str(folder)],
            "chroma": [str(Path(sys.executable).parent / "chroma"), "run", "--path", str(folder)],
        }[engine]
        self.process = subprocess.Popen(
            [*command, "--host", "127.0.0.1", "--port", str(self.port)],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        assert self.process.stdout is not None
        assert any("listening" in line for line in self.process.stdout)
        while not self._is_reached():  # one says so a little before it is
            with suppress(subprocess.TimeoutExpired):
                raise AssertionError(self.process.wait(timeout=0.02))
        # It tells of every request, and stands still where nobody listens.
        self._listener = threading.Thread(target=deque, args=(self.process.stdout, 0))
        self._listener.start()

    def _is_reached(self) -> bool:
        with socket.socket() as one:
            return one.connect_ex(("127.0.0.1", self.port)) == 0

    def address(self, name: str) -> str:
        """The address of a library of this name."""
        return f"{self.engine}://127.0.0.1:{self.port}/{name}"

    def kill(self) -> None:
        """End it as a power cut would."""
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()
        self._listener.join()
        if self.process.stdout is not None:
            self.process.stdout.close()

    def again(self) -> "Server":
        """The same engine, started anew on what it left."""
        return Server(self.engine, self.folder, self.port)


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
        return port


@contextmanager
def running(engine: str, folder: Path) -> Iterator[Server]:
    """A server that ends with the block."""
    server = Server(engine, folder)
    try:
        yield server
    finally:
        server.kill()
