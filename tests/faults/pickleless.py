"""A process that reads files as ever, and breaks where anything asks for a pickle."""

import _pickle
import pickle
from typing import Any, NoReturn

from qa.ingest import worker


def main() -> None:
    """Read without the means to unpickle."""
    for module in (pickle, _pickle):
        for name in ("load", "loads", "Unpickler"):
            setattr(module, name, _refuse)
    worker.main()


def _refuse(*_given: Any, **_named: Any) -> NoReturn:
    raise AssertionError("a pickle was loaded")
