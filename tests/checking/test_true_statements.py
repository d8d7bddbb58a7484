"""What a strong model said truly, and its check: a checker that drops it is at fault too."""

import json
from pathlib import Path

from qa.checking.verify import Cited, verify

SAID = Path(__file__).with_name("true_statements.jsonl")
"""Each statement of recorded answers, read against what it cites and found true."""


def test_true_statements_are_kept() -> None:
    """Of 166 true statements with what they cite at most one is held back."""
    rows = [json.loads(line) for line in SAID.read_text("utf-8").splitlines()]
    dropped = [
        row["statement"]
        for row in rows
        if not verify(
            row["statement"], [Cited(*one) for one in row["cited"]], row["question"]
        ).supported
    ]
    assert len(rows) == 166
    assert len(dropped) <= 1, dropped
