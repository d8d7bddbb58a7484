"""Where a library that an engine keeps is: ``chroma://host:8000/name`` and its kin."""

import re
from typing import NamedTuple

from qa.errors import ConfigError

_PORTS = {"milvus": 19530, "chroma": 8000}
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,63}")
_EXPECTED = (
    "expected chroma://HOST:PORT/NAME, chroma://HOST:PORT/TENANT/DATABASE/NAME,"
    " or milvus://HOST:PORT/NAME (chroma+tls:// and milvus+tls:// over TLS)"
)


class Address(NamedTuple):
    """``uri`` is what the engine's client takes, ``name`` what its collections begin with.

    ``engine`` is "chroma" or "milvus"; ``tenant`` and ``database`` are Chroma's.
    """

    uri: str
    name: str
    shown: str
    engine: str = "milvus"
    tenant: str = "default_tenant"
    database: str = "default_database"


def is_address(library: str) -> bool:
    """Tell whether ``library`` names an engine, and no folder."""
    return re.match(r"(milvus|chroma)(\+\w+)?:", library) is not None


def parse(library: str) -> Address:
    """The parts of an address.  Raises ConfigError where it is none."""
    from urllib.parse import urlsplit

    if library.startswith("milvus+file:"):
        raise ConfigError(
            f"library {library!r}: Milvus within this process is not used any more, a library in"
            " files does the same for one machine and is faster; name a folder with --library,"
            " and run: qa ingest"
        )
    parts = urlsplit(library)
    engine, _, security = parts.scheme.partition("+")
    if "@" in parts.netloc:
        raise ConfigError(
            f"library '{engine}://...@{parts.hostname}' holds a user; what the engine asks for"
            " belongs in the environment or in .env, as QA_LIBRARY_TOKEN"
        )
    default = _PORTS.get(engine, 0) if (engine, security) != ("chroma", "tls") else 443
    try:
        host, port = parts.hostname, parts.port or default
    except ValueError as error:
        raise ConfigError(f"library {library!r}: {error}; {_EXPECTED}") from error
    *where, name = parts.path.strip("/").split("/")
    odd = parts.query or parts.fragment or engine not in _PORTS or security not in ("", "tls")
    if odd or not host or not _NAME.fullmatch(name) or (engine, len(where)) not in _LEVELS:
        raise ConfigError(f"library {library!r}: {_EXPECTED}; a name has letters, digits and _")
    scheme = "https" if security else "http"
    at = f"[{host}]" if ":" in host else host
    uri = f"{scheme}://{at}:{port}"
    if engine == "milvus":
        return Address(uri, name, library)
    # Chroma's names have three characters or more, and others may keep their own there.
    return Address(uri, f"qa-{name}", library, engine, *where)


_LEVELS = {("milvus", 0), ("chroma", 0), ("chroma", 2)}
"""What may stand before a name."""
