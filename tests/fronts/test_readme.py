"""The README's transcript is what the program prints."""

import re
import shlex
from pathlib import Path

import pytest

from tests.fronts.test_cli import ROOT, qa

TRANSCRIPT = re.search(
    r"```console\n(.*?)```", (ROOT / "README.md").read_text(encoding="utf-8"), re.DOTALL
)


def test_transcript(tmp_path: Path) -> None:
    """Each command of the transcript prints the lines below it, in a fresh project."""
    assert TRANSCRIPT is not None
    (tmp_path / "seeds").symlink_to(ROOT / "seeds")
    assert qa("ingest", cwd=tmp_path).returncode == 0
    shown = TRANSCRIPT[1]
    commands = re.findall(r"^\$ qa (.*)$", shown, re.MULTILINE)
    assert len(commands) >= 3
    printed = [
        f"$ qa {command}\n{qa(*shlex.split(command), cwd=tmp_path).stdout}" for command in commands
    ]
    assert "\n".join(printed) == shown


@pytest.mark.parametrize("name", ["Makefile", "LICENSE", "docs/json.md", "eval/README.md"])
def test_what_it_points_at_is_there(name: str) -> None:
    """Files that the README speaks of exist."""
    assert (ROOT / name).is_file()
