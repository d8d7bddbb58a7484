"""Word of who is writing, left beside the lock for whoever finds it taken."""

import json
import os
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

_FILE = "writer.json"


def note(library: Path, purpose: str) -> None:
    """Leave word that this process is writing, and what for."""
    told = {"pid": os.getpid(), "purpose": purpose, "since": time.strftime("%H:%M:%S")}
    file = library / _FILE
    with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as out:
        json.dump(told, out)


def who(library: Path) -> str:
    """Who is writing, for a reader."""
    with suppress(OSError, ValueError, KeyError, TypeError):
        told = _read(library)
        return f"process {told['pid']} ({told['purpose']}, since {told['since']})"
    return "another process"  # it has just begun, or just ended


def is_gone(library: Path) -> bool:
    """Whether the process that left word is no more on this machine."""
    with suppress(OSError, ValueError, KeyError, TypeError, OverflowError):
        try:
            os.kill(int(_read(library)["pid"]), 0)
        except ProcessLookupError:
            return True
    return False


def _read(library: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((library / _FILE).read_text(encoding="utf-8"))
    return found
