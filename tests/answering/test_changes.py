"""What changed since a day: news, newest first."""

from datetime import date
from pathlib import Path

import pytest

from qa import Assistant
from qa.answering.changes import MOST, asks_for_changes
from qa.data import Answer
from qa.models.reader.fake import FakeReader
from tests.answering.made import assistant, notes

TODAY = date(2025, 6, 4)
DOCUMENTS = {
    "old.txt": """Published: 2023-02-14

Tallis Foods opened a bakery in Turku last June. Maija Lind leads Tallis Foods.
""",
    "spring.txt": """Published: 2024-03-12

Tallis Foods sold its mill in Lahti yesterday. Tallis Foods was founded in 1951.
It makes bread and cakes.
""",
    "latest.txt": """Published: 2025-02-20

Oskar Berg took over as chief executive of Tallis Foods on 3 January 2025.
In 2022 Tallis Foods had opened a shop. Tallis Foods will open a plant in Oulu next year.
""",
    "undated.txt": "Tallis Foods changed its logo.\n",
    "other.txt": "Published: 2025-01-30\n\nBrandt Works closed its foundry.\n",
}


CLOSED = "What's new since 2025-01-01?"


@pytest.fixture(scope="module")
def tallis(tmp_path_factory: pytest.TempPathFactory) -> Assistant:
    """An assistant over reports of three years, one without a date, and another firm's."""
    reader = FakeReader({CLOSED: ["foundry"]})
    return assistant(tmp_path_factory.mktemp("tallis"), DOCUMENTS, reader)


def told(answer: Answer) -> list[str]:
    """The statements of an answer, each with its only file."""
    return [f"{one.citations[0].path}: {one.text}" for one in answer.statements]


MILL = "spring.txt: Tallis Foods sold its mill in Lahti yesterday."
BERG = "latest.txt: Oskar Berg took over as chief executive of Tallis Foods on 3 January 2025."
PLANT = "latest.txt: Tallis Foods will open a plant in Oulu next year."
FOUNDRY = "other.txt: Brandt Works closed its foundry."


def test_what_changed_at_a_firm(tallis: Assistant) -> None:
    """Only what is of after the day is told, the newest first; a plan is of when it was made."""
    answer = tallis.ask("What has changed at Tallis Foods since March 2024?", today=TODAY)
    assert told(answer) == [PLANT, BERG, MILL]
    answer = tallis.ask("What has changed at Tallis Foods after March 2024?", today=TODAY)
    assert told(answer) == [PLANT, BERG]


def test_news_without_a_time(tallis: Assistant) -> None:
    """What answers counts from when its document was written; what does not is no news."""
    answer = tallis.ask(CLOSED, today=TODAY)
    assert told(answer) == [PLANT, FOUNDRY, BERG]


def test_news_may_answer(tallis: Assistant) -> None:
    """They are what speaks of later times, and are shown as no more than that."""
    answer = tallis.ask("What has changed at Tallis Foods since March 2024?", today=TODAY)
    assert answer.outcome == "perhaps"
    assert notes(answer)[-1] == "This may answer it:"


def test_nothing_new(tallis: Assistant) -> None:
    """Where nothing is of after the day, nothing is found, whatever is undated."""
    answer = tallis.ask("What has changed at Tallis Foods since 2025-03-01?", today=TODAY)
    assert (answer.outcome, answer.statements) == ("not_found", ())
    assert answer.reason == "I found no answer in the 5 documents."
    assert notes(answer)[-1] == (
        "No document that was found tells of anything new since 2025-03-01."
    )


def test_more_news_than_fit(tmp_path: Path) -> None:
    """The newest are shown, and how many more there are is told."""
    text = "Published: 2025-03-01\n\n" + "\n\n".join(
        f"On {day} February 2025 Tallis Foods sold shop number {day}." for day in range(1, 15)
    )
    made = assistant(tmp_path, {"shops.txt": text}, FakeReader({}))
    answer = made.ask("What has changed at Tallis Foods since 2025-01-01?", today=TODAY)
    assert len(answer.statements) == MOST == 10
    assert answer.statements[0].text == "On 14 February 2025 Tallis Foods sold shop number 14."
    assert notes(answer)[-1] == (
        "4 more sentences tell of changes since then; name a subject to narrow it."
    )


def test_as_of_holds_for_changes(tallis: Assistant) -> None:
    """What was published later is no news yet."""
    question = "What has changed at Tallis Foods since March 2024?"
    answer = tallis.ask(question, as_of=date(2024, 12, 31))
    assert told(answer) == [MILL]


@pytest.mark.parametrize(
    ("question", "asks"),
    [
        ("What has changed since May 2024?", True),
        ("What's new at Brandt since May 2024?", True),
        ("What happened in Turku after 2020?", True),
        ("How much has revenue grown since 2020?", False),
        ("Who has left since May 2024?", False),
        ("What's changed since May 2024?", True),
        ("Are there any updates on the bridge since May 2024?", True),
        ("Which changes were made since May 2024?", True),
        ("What new models has Brandt launched since May 2024?", False),
        ("Has the price changed since May 2024?", False),
    ],
)
def test_which_questions_ask_for_changes(question: str, asks: bool) -> None:
    """A question for one fact is answered as such."""
    assert asks_for_changes(question) is asks
