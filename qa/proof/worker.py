"""The process in which cited documents are read again: as ``qa.ingest.worker``, unsplit.

It loads no model and no tokenizer; what a hostile file does, it does in here.
"""

from pathlib import Path

from qa.ingest.frames import SplitDocument
from qa.ingest.worker import listen


def main() -> None:
    """Answer requests until there are no more."""
    from qa.ingest import read  # noqa: F401 - before the first file's time counts

    listen(_whole)


def _whole(path: Path, max_bytes: int, sha256: str) -> SplitDocument:
    from qa.ingest.read import read

    return SplitDocument(read(path, max_bytes=max_bytes, sha256=sha256), (), {})
