"""A user's own threshold: in force while it fits, told where it does not."""

from dataclasses import replace
from pathlib import Path

import pytest
from qa.answer.calibration import Bar, Calibration, bar, dumps, read, reader, shipped

from qa.assistant import Assistant
from qa.errors import ConfigError

OWN = Calibration(
    threshold=0.9999,
    false_answers=0.05,
    confidence=0.95,
    answerable=80,
    answered=60,
    unanswerable=70,
    false=0,
    reader=reader(),
    gold=(("mill.jsonl", "ab" * 32),),
    made="2026-11-22",
)
MEANING = (
    "at most 5.0% of unanswerable questions answered, at 95% confidence; calibrated 2026-11-22 on"
    " mill.jsonl: 0 of 70 unanswerable and 60 of 80 answerable pairs are answered"
)


def test_without_a_calibration_the_shipped_bar_is_in_force(tmp_path: Path) -> None:
    """The shipped bar says what it was chosen on."""
    assert bar(tmp_path / "none.json") == shipped()
    assert "XQuAD" in shipped().meaning


def test_a_calibration_is_in_force_and_says_what_it_promises(tmp_path: Path) -> None:
    """What is written is read back, and its meaning names its pairs."""
    path = tmp_path / "own.json"
    path.write_text(dumps(OWN))
    assert read(path) == OWN
    assert bar(path) == Bar(0.9999, MEANING)


def test_a_calibration_of_another_reader_is_not_in_force(tmp_path: Path) -> None:
    """The shipped bar stands in, and the command that mends it is named."""
    path = tmp_path / "own.json"
    path.write_text(dumps(replace(OWN, reader="0" * 16)))
    found = bar(path)
    assert found.threshold == shipped().threshold
    assert found.stale is not None
    assert found.stale.endswith("make it anew: qa eval calibrate mill.jsonl")


@pytest.mark.parametrize(
    "text",
    ["", "[]", "{}", dumps(OWN).replace("0.9999", '"high"'), dumps(OWN).replace("0.9999", "2")],
)
def test_a_damaged_calibration_is_an_error(tmp_path: Path, text: str) -> None:
    """It is never passed over: answers would be let through that the user ruled out."""
    path = tmp_path / "own.json"
    path.write_text(text)
    with pytest.raises(ConfigError, match=r"own\.json"):
        bar(path)


def test_answers_are_held_to_it(tmp_path: Path) -> None:
    """A question that the shipped bar lets through is refused under a stricter one."""
    folder = tmp_path / "docs"
    folder.mkdir()
    (folder / "mill.txt").write_text("The Corvin mill was opened by Ilva Strand in May 1987.")
    with Assistant(documents=folder) as assistant:
        assistant.sync()
        assert assistant.ask("who opened the Corvin mill?").answered
        assistant.settings.calibration_path.write_text(dumps(OWN))
        answer = assistant.ask("who opened the Corvin mill?")
        assert not answer.answered
        assert answer.threshold == 0.9999
        stale = dumps(replace(OWN, reader="0" * 16))
        assistant.settings.calibration_path.write_text(stale)
        (note,) = assistant.ask("who opened the Corvin mill?").notes
        assert note.startswith("Refusals: the calibration of 2026-11-22 was made for another")
