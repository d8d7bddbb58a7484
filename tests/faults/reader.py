"""Processes that read files for the tests of crashes: words stand for word pieces.

``main`` is the product's own otherwise; ``tests.faults.nasty`` has one that breaks.
"""

from collections.abc import Sequence

from qa.ingest.worker import serve


def count(texts: Sequence[str]) -> list[int]:
    """Words stand for word pieces."""
    return [len(text.split()) for text in texts]


def main() -> None:
    """Read, as ``qa.ingest.worker`` does, without loading a tokenizer."""
    serve(count)
