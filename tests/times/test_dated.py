"""The frozen set of dated expressions in whole files keeps what was reached."""

from collections import Counter
from pathlib import Path

from bench.dated import judged, judgements

SET = Path(__file__).parents[2] / "eval" / "dated" / "first"


def test_the_first_set_keeps_its_figures() -> None:
    """Of 270 expressions in 60 files at most 5 show a wrong day, and nine in ten the right one."""
    found = Counter(
        judged(given, one["days"]) for one, _, _, given in judgements(SET) if "days" in one
    )
    assert found.total() == 270
    assert found["wrong"] <= 5
    assert found["right"] >= 250
