"""Questions from standard input and in batches, as they are piped."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.fronts.terminal import ROOT


def qa(*arguments: str, cwd: Path, typed: str = "") -> "subprocess.CompletedProcess[str]":
    """Run ``qa`` with ``typed`` on its standard input."""
    clean = {k: v for k, v in os.environ.items() if not k.startswith(("QA_", "OPENAI_"))}
    return subprocess.run(
        [sys.executable, "-m", "qa", *arguments],
        cwd=cwd,
        env=clean | {"PYTHONPATH": str(ROOT)},
        input=typed,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A folder with one document in seeds/."""
    (tmp_path / "seeds").mkdir()
    (tmp_path / "seeds" / "bakery.txt").write_text("The Ostrava bakery opened in 1987.")
    return tmp_path


def test_question_from_standard_input(project: Path) -> None:
    """``qa ask -`` reads the question from standard input; an empty one is refused."""
    result = qa("ask", "-", cwd=project, typed="when did the Ostrava\nbakery open?\n")
    assert result.returncode == 0
    assert "The Ostrava bakery opened in 1987. [1]" in result.stdout.splitlines()
    result = qa("ask", "-", cwd=project)
    assert (result.returncode, result.stderr) == (2, "qa: the question is empty\n")


def test_batch(project: Path) -> None:
    """--batch answers a question a line with an object a line, failures among them."""
    typed = f"when did the Ostrava bakery open?\n\nwho wrote Hamlet?\n{'x' * 5000}\n"
    result = qa("ask", "--batch", "-", cwd=project, typed=typed)
    answers = [json.loads(line) for line in result.stdout.splitlines()]
    assert [one.get("answered") for one in answers] == [True, False, None]
    assert answers[0]["text"] == "The Ostrava bakery opened in 1987. [1]"
    assert answers[2]["error"] == "the question has 5000 characters; at most 4000 are read"
    assert result.returncode == 3
    (project / "questions.txt").write_text("when did the Ostrava bakery open?\n")
    assert qa("ask", "--batch", "questions.txt", cwd=project).returncode == 0


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (("ask", "--batch", "missing.txt"), "'missing.txt': No such file or directory"),
        (
            ("ask", "--batch", "-", "who?"),
            "--batch takes no QUESTION, --json, --plain, --verbose or",
        ),
    ],
)
def test_batch_errors(project: Path, arguments: tuple[str, ...], line: str) -> None:
    """A batch that cannot be meant is refused in one line."""
    result = qa(*arguments, cwd=project)
    assert (result.returncode, result.stdout) == (2, "")
    assert line in result.stderr


def test_without_a_command_and_a_terminal(project: Path) -> None:
    """In a pipe, ``qa`` alone prints its help."""
    result = qa(cwd=project)
    assert result.returncode == 0
    assert "Without a command, and in a terminal, a conversation opens." in result.stdout
