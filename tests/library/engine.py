"""An engine for the tests: Milvus Lite as a server process of its own, over gRPC."""

import importlib.util
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

needs_engine = pytest.mark.skipif(
    not all(map(importlib.util.find_spec, ("pymilvus", "milvus_lite"))),
    reason="needs an engine (320 MB with what it pulls in): pip install 'qa[milvus-lite]'",
)


class Server:
    """Milvus Lite at a port of this machine."""

    def __init__(self, folder: Path) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        command = [sys.executable, "-m", "milvus_lite", "server", "--data-dir", str(folder)]
        self.process = subprocess.Popen(
            [*command, "--host", "127.0.0.1", "--port", str(self.port)],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        assert self.process.stdout is not None
        assert "listening" in self.process.stdout.readline()

    def address(self, name: str) -> str:
        """The address of a library of this name."""
        return f"milvus://127.0.0.1:{self.port}/{name}"

    def kill(self) -> None:
        """End it as a power cut would."""
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()
        if self.process.stdout is not None:
            self.process.stdout.close()


@contextmanager
def running(folder: Path) -> Iterator[Server]:
    """A server that ends with the block."""
    server = Server(folder)
    try:
        yield server
    finally:
        server.kill()
