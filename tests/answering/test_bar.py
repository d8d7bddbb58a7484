"""A user's own bars: in force while they fit, told where they do not."""

from dataclasses import replace
from pathlib import Path

import pytest

from qa.answering.bar import Bar, Calibration, bar, dumps, held, shipped
from qa.errors import ConfigError
from qa.models.reader.fake import FakeReader
from tests.answering.made import assistant, notes

READER = FakeReader({})
SHIPPED = shipped(READER.card)
OWN = Calibration(
    threshold=0.9999,
    perhaps=0.25,
    false_answers=0.05,
    false_perhaps=0.5,
    confidence=0.95,
    answerable=80,
    answered=60,
    shown=75,
    unanswerable=70,
    false=0,
    false_shown=20,
    reader="fake",
    gold=(("mill.jsonl", "ab" * 32),),
    made="2026-11-22",
)
MEANING = (
    "at most 5.0% of unanswerable questions answered and at most 50.0% shown anything at all, each"
    " at 95% confidence; calibrated 2026-11-22 on mill.jsonl: 0 of 70 unanswerable and 60 of 80"
    " answerable pairs are answered, 20 and 75 shown anything"
)
STALE = (
    "the calibration of 2026-11-22 was made for another version of the reader and is not in force;"
    " make it anew: qa eval calibrate mill.jsonl"
)


def test_without_a_calibration_the_shipped_bar_is_in_force(tmp_path: Path) -> None:
    """The shipped bar says what it promises."""
    assert bar(tmp_path / "none.json", READER) == SHIPPED
    assert SHIPPED.meaning
    assert SHIPPED.stale is None


def test_a_calibration_is_in_force_and_says_what_it_promises(tmp_path: Path) -> None:
    """What is written is read back, and its meaning names its pairs."""
    path = tmp_path / "own.json"
    path.write_text(dumps(OWN))
    assert held(path) == OWN
    assert bar(path, READER) == Bar(0.9999, 0.25, MEANING, is_own=True)


@pytest.mark.parametrize(
    ("confidence", "outcome"),
    [(1.0, "answered"), (0.8, "answered"), (0.79, "perhaps"), (0.3, "perhaps"), (0.2, "not_found")],
)
def test_three_outcomes(confidence: float, outcome: str) -> None:
    """An answer is shown as one, as what may be one, or not at all."""
    assert Bar(0.8, 0.3, "").outcome(confidence) == outcome


def test_a_calibration_of_another_reader_is_void(tmp_path: Path) -> None:
    """The shipped bar stands in, and the command that mends it is named."""
    path = tmp_path / "own.json"
    path.write_text(dumps(OWN))
    reader = FakeReader({})
    reader.digest = "another"
    assert bar(path, reader) == SHIPPED._replace(stale=STALE)


def test_a_calibration_of_the_reader_by_rules_is_void(tmp_path: Path) -> None:
    """A file of an earlier version is no error: it is told, and made anew."""
    path = tmp_path / "own.json"
    before = dumps(replace(OWN, reader="0" * 16)).replace("calibration/2", "calibration/1")
    lines = before.splitlines(True)
    path.write_text("".join(one for one in lines if "perhaps" not in one and "shown" not in one))
    assert bar(path, READER).stale == STALE


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("", "holds no calibration"),
        ("[]", "holds no calibration"),
        ("{}", "holds no calibration"),
        (dumps(OWN).replace("calibration/2", "calibration/9"), "'qa.calibration/9'"),
        (dumps(OWN).replace('"false"', '"falsch"'), "other keys"),
        (dumps(OWN).replace("0.9999", '"high"'), "holds no calibration"),
        (dumps(OWN).replace("0.9999", "2"), "2.0 are not within 0 and 1"),
        (dumps(OWN).replace("0.9999", "0.1"), "the first at most the second"),
        (dumps(OWN).replace("0.9999", "NaN"), "nan are not within 0 and 1"),
    ],
)
def test_a_damaged_calibration_is_an_error(tmp_path: Path, text: str, fault: str) -> None:
    """It is never passed over: answers would be let through that the user ruled out."""
    path = tmp_path / "own.json"
    path.write_text(text)
    with pytest.raises(ConfigError, match=r"own\.json") as error:
        bar(path, READER)
    assert fault in str(error.value)


def test_answers_are_held_to_it(tmp_path: Path) -> None:
    """What the shipped bar shows as an answer only may be one under a stricter bar."""
    asked = "who opened the Corvin mill?"
    documents = {"mill.txt": "The Corvin mill was opened by Ilva Strand in May 1987."}
    with assistant(tmp_path, documents, FakeReader({asked: ["Ilva Strand"]})) as made:
        assert made.ask(asked).outcome == "answered"
        path = made.settings.calibration_path
        path.write_text(dumps(replace(OWN, threshold=1.0)))
        answer = made.ask(asked)
        assert (answer.outcome, answer.threshold) == ("perhaps", 1.0)
        path.write_text(dumps(replace(OWN, reader="0" * 16)))
        answer = made.ask(asked)
        assert answer.outcome == "answered"
        assert notes(answer) == (f"Refusals: {STALE}.",)
        path.write_text("{}")
        with pytest.raises(ConfigError, match=r"qa eval calibrate --reset"):
            made.ask(asked)
