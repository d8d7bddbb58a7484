"""``qa serve``: the application on an address of this machine, from its start to its clean end."""

import os
import secrets
import signal
import socket
import sys
import threading
import webbrowser

import uvicorn

from qa.assistant import Assistant
from qa.errors import ConfigError, UsageError
from qa.fronts.http.app import app, has_mcp
from qa.fronts.http.guard import is_loopback
from qa.fronts.screen import say
from qa.fronts.service import GRACE, Service

_CONNECTIONS = 1000
_LEAST_TOKEN = 16  # characters


def serve(assistant: Assistant, host: str, port: int, *, is_open: bool, read_only: bool) -> None:
    """Serve until SIGINT or SIGTERM; port 0 is any that is free.

    Raises UsageError where ``host`` is reached from other machines and there is no token, or
    the address cannot be had, and ConfigError for ``offline``, which allows no server.
    """
    settings = assistant.settings
    _ = assistant.engine  # raises where the LLM is asked for and no model is named
    if settings.offline:
        raise ConfigError(
            "'offline' is set, and a server is reached over the network; leave it out,"
            " or let a client start: qa --offline mcp"
        )
    _check_token(host, settings.token)
    listening = listen(host, port)
    service = Service(assistant)
    address = _address(listening, host)
    config = uvicorn.Config(
        app(service, token=settings.token, read_only=read_only),
        log_config=None,
        access_log=False,
        proxy_headers=False,
        server_header=False,
        ws="none",
        limit_concurrency=_CONNECTIONS,
        timeout_graceful_shutdown=int(GRACE) + 2,
    )
    say(f"qa answers at {address} (Ctrl-C ends it)")
    say(f"For chat clients: {address}v1" + (f", for MCP: {address}mcp" if has_mcp() else ""))
    if is_open and _has_screen():
        threading.Thread(target=webbrowser.open, args=(address,), daemon=True).start()
    server = Server(config, service)
    # uvicorn raises the signal that ended it once more when all is done: it has had its effect.
    before = {one: signal.signal(one, _ended) for one in (signal.SIGINT, signal.SIGTERM)}
    try:
        server.run([listening])
    finally:
        service.close()
        for one, handler in before.items():
            signal.signal(one, handler)


class Server(uvicorn.Server):
    """Tells the service when it ends, so that open answers are finished or cut."""

    def __init__(self, config: uvicorn.Config, service: Service, *, grace: float = GRACE) -> None:
        super().__init__(config)
        self._service = service
        self._grace = grace

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Take no more, let what is open end, and leave."""
        self._service.end(self._grace)
        await super().shutdown(sockets)


def _ended(_signal: int, _frame: object) -> None:
    """What the signal asked for is done."""


def _check_token(host: str, token: str | None) -> None:
    if token is not None and not (
        len(token) >= _LEAST_TOKEN and token.isascii() and token.isprintable() and " " not in token
    ):
        raise UsageError(
            f"the token is too weak; {_LEAST_TOKEN} or more ASCII characters without blanks are"
            f" expected; one is: {secrets.token_urlsafe(24)}"
        )
    if token is None and not is_loopback(host):
        raise UsageError(
            f"--host {host!r} is reached from other machines, and who reaches it could read the"
            f" documents; give a token: QA_TOKEN={secrets.token_urlsafe(24)}"
        )


def listen(host: str, port: int) -> socket.socket:
    """A listening socket; UsageError where the address cannot be had."""
    try:
        family, *_ = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        return socket.create_server((host, port), family=family, backlog=512)
    except OSError as error:
        raise UsageError(
            f"{host!r} cannot be listened on at port {port} ({error.strerror});"
            " choose another: --port N (0: any that is free)"
        ) from error


def _address(listening: socket.socket, host: str) -> str:
    """Where a reader finds the page."""
    if host in ("0.0.0.0", "::"):
        host = socket.gethostname()
    shown = f"[{host}]" if ":" in host else host
    return f"http://{shown}:{listening.getsockname()[1]}/"


def _has_screen() -> bool:
    """Whether a browser would open in a window, and not in this terminal."""
    if sys.platform in ("darwin", "win32"):
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))
