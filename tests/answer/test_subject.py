"""Documents whose head alone says what they are about."""

from datetime import date
from pathlib import Path

import pytest

from qa import Assistant
from qa.answer.features import candidates
from qa.answer.subject import subject_of

RESULTS = """PRESS RELEASE - 20 February 2024

Tallis Foods reports its results

Revenue last year was 38 million euros. Profit of the subsidiary Brandt Works was 4 million euros.

As of January 31, the order book stood at 12 million euros.
"""
OTHER = """Minutes of the council, 4 March 2024

The council of Lahti met. Tallis Foods was thanked. The reserve fund stood at 900,000 euros.
"""


@pytest.fixture(scope="module")
def tallis(tmp_path_factory: pytest.TempPathFactory) -> Assistant:
    """An assistant over a release of one firm, and minutes in which it is only mentioned."""
    folder: Path = tmp_path_factory.mktemp("tallis") / "docs"
    folder.mkdir()
    (folder / "results.txt").write_text(RESULTS, encoding="utf-8")
    (folder / "minutes.txt").write_text(OTHER, encoding="utf-8")
    assistant = Assistant(documents=folder)
    assistant.sync()
    return assistant


@pytest.mark.parametrize(
    ("question", "said"),
    [
        (
            "What was the revenue of Tallis Foods in 2023?",
            "Revenue last year was 38 million euros.",
        ),
        (
            "How large was the order book of Tallis Foods as of 31 January 2024?",
            "As of January 31, the order book stood at 12 million euros.",
        ),
    ],
)
def test_the_head_of_a_document_names_its_subject(
    tallis: Assistant, question: str, said: str
) -> None:
    """A figure is found though its sentence does not name the firm again."""
    answer = tallis.ask(question, today=date(2025, 1, 1))
    assert [one.text for one in answer.statements] == [said]


@pytest.mark.parametrize(
    "question",
    [
        "What was the profit of Tallis Foods in 2023?",
        "What was the revenue of Tallis Foods in the first quarter of 2023?",
        "How large is the pension fund of Nordic Steel?",
    ],
)
def test_what_is_said_of_others_or_of_more_is_not_taken(tallis: Assistant, question: str) -> None:
    """A figure of another firm, or of the whole year, is no answer."""
    answer = tallis.ask(question, today=date(2025, 1, 1))
    assert answer.statements == ()


def test_which_sentences_are_of_the_subject(tallis: Assistant) -> None:
    """Those of the document that opens with the name, and that name nobody else."""
    question = "What was Tallis Foods's revenue?"
    hits = tallis.search(question, limit=10)
    subject = subject_of(question, hits)
    assert subject is not None
    assert (subject.rest, subject.named) == ("What was its revenue?", "Tallis Foods")
    taken = {one.text for one in candidates(hits) if subject.is_of(one)}
    assert taken >= {
        "Revenue last year was 38 million euros.",
        "As of January 31, the order book stood at 12 million euros.",
    }
    assert "Profit of the subsidiary Brandt Works was 4 million euros." not in taken
    assert subject_of("Who leads Nordic Steel?", hits) is None
