"""Where a library that an engine keeps is: ``milvus://host:19530/name`` and its kin."""

import re
from pathlib import Path
from typing import NamedTuple

from qa.errors import ConfigError

SCHEMES = ("milvus://", "milvus+tls://", "milvus+file:")
_PORT = 19530
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,63}")
_EXPECTED = "expected milvus://HOST:PORT/NAME, milvus+tls://HOST:PORT/NAME or milvus+file:PATH.db"


class Address(NamedTuple):
    """``uri`` is what the engine's client takes, ``name`` what its collections begin with."""

    uri: str
    name: str
    shown: str

    @property
    def is_file(self) -> bool:
        """Tell whether the engine runs in this process, on a folder of this machine."""
        return "://" not in self.uri


def is_address(library: str) -> bool:
    """Tell whether ``library`` names an engine, and no folder."""
    return re.match(r"milvus(\+\w+)?:", library) is not None


def parse(library: str) -> Address:
    """The parts of an address.  Raises ConfigError where it is none."""
    from urllib.parse import urlsplit

    if library.startswith("milvus+file:"):
        path = library.removeprefix("milvus+file:").removeprefix("//")
        if not path.endswith(".db") or len(path) == len(".db"):
            raise ConfigError(f"library {library!r}: {_EXPECTED}")
        return Address(str(Path(path).expanduser().absolute()), "qa", library)
    parts = urlsplit(library)
    if "@" in parts.netloc:
        raise ConfigError(
            f"library 'milvus://...@{parts.hostname}' holds a user; what the engine asks for"
            " belongs in the environment or in .env, as QA_LIBRARY_TOKEN=USER:PASSWORD"
        )
    try:
        host, port = parts.hostname, parts.port or _PORT
    except ValueError as error:
        raise ConfigError(f"library {library!r}: {error}; {_EXPECTED}") from error
    name = parts.path.strip("/")
    odd = parts.query or parts.fragment or parts.scheme not in ("milvus", "milvus+tls")
    if odd or not host or not _NAME.fullmatch(name):
        raise ConfigError(f"library {library!r}: {_EXPECTED}; a name has letters, digits and _")
    scheme = "https" if parts.scheme.endswith("+tls") else "http"
    at = f"[{host}]" if ":" in host else host
    return Address(f"{scheme}://{at}:{port}", name, library)
