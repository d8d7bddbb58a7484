"""A person's decision on a draft, written back to its file."""

from dataclasses import replace
from pathlib import Path
from typing import Literal

from qa.errors import GoldError
from qa.evaluate.gold import load, save


def decide(
    path: Path, pair_id: str, verdict: Literal["accept", "reject"], question: str | None = None
) -> None:
    """Accept a draft, with another ``question`` where one is given, or take it out.

    The file is replaced as a whole, so that an interruption leaves the old one.  Raises
    GoldError where the file has no such draft.
    """
    pairs = load(path)
    if not any(pair.id == pair_id and pair.draft for pair in pairs):
        raise GoldError(f"{str(path)!r} has no draft {pair_id!r}")
    if verdict == "reject":
        kept = tuple(pair for pair in pairs if pair.id != pair_id)
    else:
        kept = tuple(
            replace(pair, draft=False, question=question or pair.question)
            if pair.id == pair_id
            else pair
            for pair in pairs
        )
    save(path, kept)
