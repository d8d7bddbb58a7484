"""No connection at all: what ``--offline`` switches on."""

import errno
import sys
from typing import Any

from qa.config import Settings
from qa.errors import ConfigError

_NETWORK = frozenset(
    {"socket.connect", "socket.sendto", "socket.sendmsg", "socket.getaddrinfo"}
    | {"socket.gethostbyname", "socket.gethostbyaddr", "socket.getnameinfo"}
)
_enforced = False


def enforce() -> None:
    """Make every connection and look-up of this process fail, for as long as it lives.

    An audit hook of the interpreter: no library can take it off again, and none that this
    project uses connects but through the interpreter.
    """
    global _enforced
    if not _enforced:
        _enforced = True
        sys.addaudithook(_refuse)


def _refuse(event: str, arguments: tuple[Any, ...]) -> None:
    if event in _NETWORK:
        address = arguments[1] if event in ("socket.connect", "socket.sendto") else None
        if isinstance(address, str | bytes):  # a socket file: it does not leave the machine
            return
        raise OSError(errno.ENETUNREACH, "the setting 'offline' forbids every connection")


def go_offline(settings: Settings) -> None:
    """Make connections impossible; ConfigError at once where the settings need one."""
    enforce()
    if settings.is_shared:  # its client connects past the interpreter
        raise ConfigError(
            f"'offline' is set, and library {settings.library!r} is reached over the network;"
            " take a folder (--library DIR)"
        )
    named = settings.model if settings.engine != "extractive" else None
    if named is not None and named.startswith(("local:", "replay:")):
        named = None
    named = settings.endpoint_embedding or named
    if named is not None:
        raise ConfigError(
            f"'offline' is set, and model {named!r} is reached over the network; take a local"
            " one (--model local:PATH) or --engine extractive, and the embedded embedding"
        )
