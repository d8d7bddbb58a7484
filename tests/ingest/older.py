"""A process that reads files as an older version did: a format of today is unknown to it."""

from qa.ingest.formats import registry
from tests.faults import reader

UNKNOWN = ".jsonl"


def main() -> None:
    """Read, with a row less in the table of formats."""
    del registry.FORMATS[UNKNOWN]
    reader.main()
