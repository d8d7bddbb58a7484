"""No connection at all: what ``--offline`` switches on."""

import errno
import sys
from typing import Any

from qa.errors import ConfigError
from qa.settings import sandbox
from qa.settings.config import MULTILINGUAL, Settings

_NETWORK = frozenset(
    {"socket.__new__", "socket.connect", "socket.sendto", "socket.sendmsg", "socket.getaddrinfo"}
    | {"socket.gethostbyname", "socket.gethostbyaddr", "socket.getnameinfo"}
)
_GIVEN = -1  # the family of a socket that is there already
_enforced = False


def enforce() -> None:
    """Make every connection and look-up of this process fail, for as long as it lives.

    An audit hook of the interpreter: no library can take it off again, but code that goes past
    the interpreter is not bound by it.
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
        if event == "socket.__new__" and arguments[1] in (_GIVEN, sandbox.AF_UNIX):
            return
        raise OSError(errno.ENETUNREACH, "the setting 'offline' forbids every connection")


def go_offline(settings: Settings) -> None:
    """Make connections impossible, by the kernel where it can.

    Raises ConfigError at once where the settings need one.
    """
    enforce()
    sandbox.forbid_network()
    if settings.is_shared:  # its client connects past the interpreter
        raise ConfigError(
            f"'offline' is set, and library {settings.library!r} is reached over the network;"
            " take a folder (--library DIR)"
        )
    named = settings.model if settings.engine != "extractive" else None
    if named is not None and named.startswith(("local:", "replay:")):
        named = None
    embedding = settings.embedding
    named = (embedding if embedding not in (None, MULTILINGUAL) else None) or named
    if named is not None:
        raise ConfigError(
            f"'offline' is set, and model {named!r} is reached over the network; take a local"
            " one (--model local:PATH) or --engine extractive, and the embedded embedding"
        )
