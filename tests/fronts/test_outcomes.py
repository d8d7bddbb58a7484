"""Three outcomes as a reader meets them: exit status, JSON, and the line above the statements."""

import json
import os
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from qa.answering.bar import Calibration, dumps
from qa.fronts.cli.main import cli
from qa.models.reader.base import Reader
from qa.settings import config
from tests.answering.made import Graded

QUESTION = "when did the Ostrava bakery open?"
OTHER = "who painted the bridge?"
SENTENCE = "The Ostrava bakery opened in 1987."
SURE = {"opened in 1987": 6.0}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with one document."""
    documents = tmp_path / "docs"
    documents.mkdir()
    (documents / "bakery.txt").write_text(SENTENCE)
    return documents


@pytest.fixture
def doubting(folder: Path) -> None:
    """Bars by which nothing is an answer, and everything may be one."""
    calibration = Calibration(
        threshold=1.0,
        perhaps=0.0,
        false_answers=0.01,
        false_perhaps=1.0,
        confidence=0.95,
        answerable=1,
        answered=0,
        shown=1,
        unanswerable=1,
        false=0,
        false_shown=1,
        reader="fake",
        gold=(("gold.jsonl", "0"),),
        made=date(2026, 1, 1).isoformat(),
    )
    assert qa(folder, Graded({}), "ingest").exit_code == 0
    config.load({"documents": folder}).calibration_path.write_text(dumps(calibration))


def qa(folder: Path, reader: Reader, *arguments: str, typed: str | None = None) -> Result:
    """What a command does where ``reader`` reads."""
    clean = {name: None for name in os.environ if name.startswith(("QA_", "OPENAI_"))}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("qa.assistant.OnnxReader", lambda *_kind: reader)
        patch.setattr("qa.assistant.Ensemble", lambda *_readers: reader)
        where = ["--documents", str(folder), *arguments]
        result = CliRunner().invoke(cli, where, env=clean, input=typed)
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


def test_answered(folder: Path) -> None:
    """A sure answer has status 0, begins with its statement, and JSON calls it answered."""
    result = qa(folder, Graded(SURE), "ask", QUESTION)
    assert (result.exit_code, result.stdout.splitlines()[0]) == (0, f"{SENTENCE} [1]")
    result = qa(folder, Graded(SURE), "ask", QUESTION, "--json")
    answer = json.loads(result.stdout)
    assert (result.exit_code, answer["outcome"], answer["answered"]) == (0, "answered", True)
    assert answer["notes"] == []
    assert answer["confidence"] >= answer["threshold"]


@pytest.mark.usefixtures("doubting")
def test_perhaps(folder: Path) -> None:
    """What may be an answer has status 0 too, and says above its statement that it only may be."""
    result = qa(folder, Graded(SURE), "ask", QUESTION)
    assert result.exit_code == 0
    expected = (
        f"This probably answers it:\n{SENTENCE} [1]\n\n[1] bakery.txt, line 1\n    “{SENTENCE}”\n"
    )
    assert result.stdout == f"{expected}\nAnswered by: extractive\n"
    answer = json.loads(qa(folder, Graded(SURE), "ask", QUESTION, "--json").stdout)
    assert (answer["outcome"], answer["answered"], answer["reason"]) == ("perhaps", True, None)
    assert answer["notes"] == [{"kind": "likely", "values": {}}]
    assert answer["confidence"] < answer["threshold"]


def test_code_is_shown_as_it_is_typed(tmp_path: Path) -> None:
    """Its lines stand below what introduces them, indented as they are, their marks behind them."""
    text = "To count [waves](https://a.example/)::\n\n  for wave in tide:\n      print(wave)\n"
    (tmp_path / "tide.rst").write_text(text, encoding="utf-8")
    lines = {"for wave in tide:": 9.0}
    result = qa(tmp_path, Graded(lines), "ask", "How are waves counted?")
    assert result.stdout.split("\n\n")[0].splitlines() == [
        "To count waves:",
        "    for wave in tide:",
        "        print(wave) [1][2][3]",
    ]


def test_not_found(folder: Path) -> None:
    """What no unit answers has status 1; what comes nearest is shown, and is no statement."""
    result = qa(folder, Graded({}), "ask", OTHER)
    assert (result.exit_code, result.stdout.splitlines()) == (
        1,
        [
            "I found no answer in the 1 document.",
            "",
            "The nearest that was found:",
            "[1] bakery.txt, line 1",
            f"    “{SENTENCE}”",
            "",
            "Answered by: extractive",
        ],
    )
    result = qa(folder, Graded({}), "ask", OTHER, "--json")
    answer = json.loads(result.stdout)
    assert (result.exit_code, answer["outcome"], answer["answered"]) == (1, "not_found", False)
    assert (answer["statements"], answer["nearest"][0]["quote"]) == ([], SENTENCE)


@pytest.mark.usefixtures("doubting")
def test_strict(folder: Path) -> None:
    """With --strict what only may answer is not shown, and the status is that of nothing found."""
    result = qa(folder, Graded(SURE), "ask", QUESTION, "--strict")
    assert result.exit_code == 1
    assert result.stdout.startswith("I found no answer in the 1 document.\n")
    answer = json.loads(qa(folder, Graded(SURE), "ask", QUESTION, "--strict", "--json").stdout)
    assert answer["outcome"] == "not_found"


def test_strict_shows_answers(folder: Path) -> None:
    """With --strict a sure answer is shown as ever."""
    result = qa(folder, Graded(SURE), "ask", QUESTION, "--strict")
    assert (result.exit_code, result.stdout.splitlines()[0]) == (0, f"{SENTENCE} [1]")


DENIES = (0.03, 0.03, 0.92, 0.02)


def test_the_documents_say_otherwise(folder: Path) -> None:
    """Where the sentence contradicts the question, that is said above it."""
    question = "who closed the Ostrava bakery in 1987?"
    result = qa(folder, Graded(SURE, DENIES), "ask", question)
    first, second, *_ = result.stdout.splitlines()
    assert (result.exit_code, first) == (0, "The documents say otherwise:")
    assert second == f"{SENTENCE} [1]"
    assert "answer it:" not in result.stdout
    assert "answers it:" not in result.stdout


@pytest.mark.usefixtures("doubting")
@pytest.mark.parametrize(
    ("outcome", "opening"),
    [
        ((0.97, 0.01, 0.01, 0.01), "This probably answers it:"),
        (DENIES, "The documents say otherwise:"),
    ],
)
def test_conversation(
    folder: Path, outcome: tuple[float, float, float, float], opening: str
) -> None:
    """A conversation says the same above the statements, once."""
    result = qa(folder, Graded(SURE, outcome), "chat", typed=f"{QUESTION}\n/why\n")
    lines = result.stdout.splitlines()
    assert lines[:2] == [opening, f"{SENTENCE} [1]"]
    assert result.stdout.count(opening) == 1
    assert "outcome    perhaps" in lines


@pytest.mark.usefixtures("doubting")
def test_batch(folder: Path) -> None:
    """--batch tells the outcome of each question, and a refusal is no failure."""
    result = qa(folder, Graded(SURE), "ask", "--batch", "-", typed=f"{QUESTION}\n")
    assert [json.loads(line)["outcome"] for line in result.stdout.splitlines()] == ["perhaps"]
    result = qa(folder, Graded(SURE), "ask", "--strict", "--batch", "-", typed=f"{QUESTION}\n")
    assert [json.loads(line)["outcome"] for line in result.stdout.splitlines()] == ["not_found"]
    assert result.exit_code == 0
