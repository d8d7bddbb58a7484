"""Model servers that run on this machine, at the ports where they usually listen.

They are sent something only where a person asks (``qa doctor``): which models they have.
"""

import json
import socket
from collections.abc import Iterator
from contextlib import suppress
from http.client import HTTPConnection, HTTPException
from typing import NamedTuple

PORTS = {11434: "Ollama", 1234: "LM Studio", 8080: "llama.cpp", 8000: "vLLM"}
_PATIENCE = 0.5  # seconds; on this machine an open port answers at once
_LARGEST = 1_000_000


def listening() -> list[str]:
    """The programs at whose usual ports something listens; nothing is sent there."""
    found = []
    for port, program in PORTS.items():
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), _PATIENCE):
            found.append(program)
    return found


class Server(NamedTuple):
    """A server, by the program that usually has its port, and the models that it lists."""

    program: str
    base_url: str
    models: tuple[str, ...]


def servers(ports: dict[int, str] | None = None) -> Iterator[Server]:
    """The servers that list at least one model; those that do not answer so are passed over."""
    for port, program in (PORTS if ports is None else ports).items():
        models = _models(port)
        if models:
            yield Server(program, f"http://127.0.0.1:{port}/v1", models)


def _models(port: int) -> tuple[str, ...]:
    connection = HTTPConnection("127.0.0.1", port, timeout=_PATIENCE)
    try:
        connection.request("GET", "/v1/models")
        body = json.loads(connection.getresponse().read(_LARGEST))
    except (OSError, HTTPException, ValueError):
        return ()
    finally:
        connection.close()
    data = body.get("data") if isinstance(body, dict) else None
    found = (
        [one.get("id") for one in data if isinstance(one, dict)] if isinstance(data, list) else []
    )
    return tuple(one for one in found if isinstance(one, str) and one)
