"""What changed since a day: news, newest first."""

from datetime import date

import pytest

from qa import Assistant
from qa.answering.changes import asks_for_changes
from qa.data import Answer

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


@pytest.fixture(scope="module")
def tallis(tmp_path_factory: pytest.TempPathFactory) -> Assistant:
    """An assistant over reports of three years, one without a date, and another firm's."""
    folder = tmp_path_factory.mktemp("tallis") / "docs"
    folder.mkdir()
    for name, text in DOCUMENTS.items():
        (folder / name).write_text(text, encoding="utf-8")
    assistant = Assistant(documents=folder)
    assistant.sync()
    return assistant


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


def test_what_is_new_of_anything(tallis: Assistant) -> None:
    """Without a subject every document's news is told."""
    answer = tallis.ask("What's new since 2025-01-01?", today=TODAY)
    assert told(answer) == [PLANT, FOUNDRY, BERG]


def test_nothing_new(tallis: Assistant) -> None:
    """Where nothing is of after the day the question is refused, whatever is undated."""
    answer = tallis.ask("What has changed at Tallis Foods since 2025-03-01?", today=TODAY)
    assert (answer.statements, answer.reason) == (
        (),
        "The documents do not answer this. No document tells of anything new since 2025-03-01.",
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
