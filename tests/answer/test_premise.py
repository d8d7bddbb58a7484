"""Why a question was refused, in words that claim no more than is known."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from qa.app.lines import plain
from qa.app.render import answer_lines
from qa.assistant import Assistant

Print = Callable[[str], str]

TEXT = """Hask acquired Minto in 2015. Minto makes paint in Leith.

The first factory of Orbex opened in Lund in 1999. The second factory of Orbex opened in Turku
in 2008, and it makes bearings.

Dalmore makes pumps. Its chairman is Ewan Reid.
"""


@pytest.fixture(scope="module")
def printed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Print]:
    """What is printed for a question on the text above."""
    folder: Path = tmp_path_factory.mktemp("documents")
    (folder / "notes.txt").write_text(TEXT)
    (folder / "kem.txt").write_text("The turnover of Kem in Oslo rose by 4 percent in 2021.\n")
    with Assistant(folder, tmp_path_factory.mktemp("l"), engine="extractive") as assistant:
        assistant.sync()
        yield lambda question: plain(answer_lines(assistant.ask(question)))


def test_turned_round(printed: Print) -> None:
    """Who asks when A bought B is told that B bought A, and shown the sentence."""
    assert printed("When did Minto acquire Hask?") == (
        "The documents do not answer this. What was found says the reverse.\n"
        "\n"
        "The nearest that the documents hold:\n"
        "[1] notes.txt, line 1\n"
        "    “Hask acquired Minto in 2015.”\n"
        "\n"
        "Answered by: extractive\n"
    )
    assert printed("When was Hask acquired by Minto?").startswith(
        "The documents do not answer this. What was found says the reverse.\n"
    )


@pytest.mark.parametrize(
    "question", ["When did Hask acquire Minto?", "When was Minto acquired by Hask?"]
)
def test_the_right_way_round(printed: Print, question: str) -> None:
    """The same question the right way round is answered."""
    assert printed(question).startswith("Hask acquired Minto in 2015. [1]\n")


def test_another_ordinal(printed: Print) -> None:
    """Of a third factory, where a first and a second are named, nothing is made up."""
    first, *_, last = printed("Where did the third factory of Orbex open?").splitlines()
    assert first == (
        "The documents do not answer this. What was found speaks of “first factory” and "
        "“second factory”, and of no “third factory”."
    )
    assert last == "Answered by: extractive"


@pytest.mark.parametrize(
    ("question", "reason"),
    [
        (
            "What is the turnover of Dalmore?",
            "They mention “Dalmore”, but nothing found there mentions “turnover”.",
        ),
        ("Who is the mayor of Zell?", "None of them mentions “mayor” or “Zell”."),
    ],
)
def test_absent_and_near(printed: Print, question: str, reason: str) -> None:
    """A word that stands nowhere, and a subject of which the thing asked is not said, are told."""
    assert printed(question).startswith(f"The documents do not answer this. {reason}\n")


@pytest.fixture(scope="module")
def of_ferries(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Assistant]:
    """Passengers of two months, one of them only in a comparison."""
    folder: Path = tmp_path_factory.mktemp("ferries")
    (folder / "minutes.txt").write_text(
        "The board met in Drammen. Passenger numbers in May were 48,200, a record. The café on "
        "deck two was closed. The minutes of 7 May were approved by the chair.\n"
    )
    (folder / "october.txt").write_text(
        "Freight in October\n\nThe ferries carried 3,100 vehicles, against 2,950 in August.\n"
    )
    with Assistant(folder, tmp_path_factory.mktemp("l"), engine="extractive") as assistant:
        assistant.sync()
        yield assistant


@pytest.mark.parametrize(
    "question", ["How many passengers were there in June?", "Who approved the minutes of June?"]
)
def test_another_month(of_ferries: Assistant, question: str) -> None:
    """The figure of May is no answer about June, and that is said."""
    assert of_ferries.ask(question).text == (
        "The documents do not answer this. What was found speaks of May, not of June."
    )


@pytest.mark.parametrize(
    ("question", "begins"),
    [
        ("How many passengers were there in May?", "Passenger numbers in May were 48,200"),
        ("how many passengers in may?", "Passenger numbers in May were 48,200"),
        ("How many vehicles did the ferries carry in October?", "The ferries carried 3,100"),
    ],
)
def test_the_month_asked_about(of_ferries: Assistant, question: str, begins: str) -> None:
    """The same month answers, and a month that figures are compared with does no harm."""
    assert of_ferries.ask(question).text.startswith(begins)
