"""Killed at any line or any moment, the library loses nothing and goes on by itself."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.faults import kill

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize(
    "series", [("points", "--step", "300"), ("random", "6")], ids=["points", "random"]
)
def test_kills(series: tuple[str, ...]) -> None:
    """After a kill nothing acknowledged is missing and nothing deleted is there.

    At most the documents in flight are embedded again.
    """
    result = subprocess.run(
        [sys.executable, "-m", "tests.faults.series", *series],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (result.returncode, result.stderr) == (0, "")
    figures = json.loads(result.stdout)
    assert set(figures) == {scenario.name for scenario in kill.SCENARIOS}
    for name, one in figures.items():
        assert one["trials"] == one["planned"] > 0, name
        assert one["lost"] == 0, name
        assert one["most_redone"] <= kill.BATCH + kill.MOST_PASSAGES, name
    if series[0] == "points":
        assert all(one["killed"] == one["trials"] for one in figures.values())
