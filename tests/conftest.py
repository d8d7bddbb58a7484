"""The one switch: no test reaches anything but this machine."""

import os
import socket

import pytest
from hypothesis import settings

settings.register_profile("no timing", deadline=None)  # a busy machine is no fault
settings.load_profile("no timing")

ALLOWED = {"127.0.0.1", "::1", "localhost"}
_connect = socket.socket.connect
_connect_ex = socket.socket.connect_ex
_getaddrinfo = socket.getaddrinfo


class NetworkBlocked(RuntimeError):
    """A test tried to reach another machine."""


def _check(address: object) -> None:
    if isinstance(address, tuple) and address[0] not in ALLOWED:
        raise NetworkBlocked(f"tests may not connect to {address!r}")


@pytest.fixture(scope="session", autouse=True)
def no_network() -> None:
    """Every connection to, and look-up of, another machine fails for the whole session."""

    def connect(self: socket.socket, address: object) -> None:
        _check(address)
        return _connect(self, address)

    def connect_ex(self: socket.socket, address: object) -> int:
        _check(address)
        return _connect_ex(self, address)

    def getaddrinfo(host: object, *rest: object, **named: object) -> object:
        if host not in (None, *ALLOWED):
            raise NetworkBlocked(f"tests may not look up {host!r}")
        return _getaddrinfo(host, *rest, **named)

    socket.socket.connect = connect
    socket.socket.connect_ex = connect_ex
    socket.getaddrinfo = getaddrinfo


@pytest.fixture(autouse=True)
def no_configuration(monkeypatch: pytest.MonkeyPatch) -> None:
    """No setting of the person who runs the tests leaks into them."""
    for name in list(os.environ):
        if name.startswith(("QA_", "OPENAI_")) and name not in ("QA_BENCHMARKS", "QA_TEST_GGUF"):
            monkeypatch.delenv(name)
