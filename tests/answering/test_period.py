"""The time that a question asks about: how it is read, and what answers."""

from datetime import date
from pathlib import Path

import pytest

from qa import Assistant
from qa.answering.period import period_of, preferred
from qa.data import Answer

TODAY = date(2025, 6, 4)  # a Wednesday
DOCUMENTS = {
    "report22.txt": """Published: 2023-02-14

Revenue of Tallis Foods rose last year to 41 million euros. It opened a bakery in Turku in June.
The chief executive of Tallis Foods is Maija Lind. Tallis Foods has 210 employees.
""",
    "report24.txt": """Published: 2025-02-20

Revenue of Tallis Foods fell last year to 38 million euros. The bakery was closed in October.
The chief executive of Tallis Foods is Oskar Berg. Tallis Foods has 195 employees.
""",
    "minutes.txt": """Minutes of the board of Tallis Foods, 12 March 2024

The board approved the sale of the mill in Lahti yesterday. It thanked the staff.
""",
}


@pytest.fixture(scope="module")
def tallis(tmp_path_factory: pytest.TempPathFactory) -> Assistant:
    """An assistant over two annual reports and the minutes between them."""
    folder = tmp_path_factory.mktemp("tallis") / "docs"
    folder.mkdir()
    for name, text in DOCUMENTS.items():
        (folder / name).write_text(text, encoding="utf-8")
    assistant = Assistant(documents=folder)
    assistant.sync()
    return assistant


def paths(answer: Answer) -> list[str]:
    """The files that an answer cites, in order."""
    return [Path(citation.path).stem for citation in answer.citations]


@pytest.mark.parametrize(
    ("question", "lookup", "start", "end"),
    [
        ("What was sold last year?", "What was sold in 2024?", "2024-01-01", "2024-12-31"),
        ("What was sold last month?", "What was sold in May 2025?", "2025-05-01", "2025-05-31"),
        ("Who won yesterday?", "Who won on 3 June 2025?", "2025-06-03", "2025-06-03"),
        ("What was last year's profit?", "What was 2024's profit?", "2024-01-01", "2024-12-31"),
        ("Who left last week?", "Who left last week?", "2025-05-26", "2025-06-01"),
        (
            "Who has left since May 2024?",
            "Who has left since May 2024?",
            "2024-05-01",
            "2025-06-04",
        ),
    ],
)
def test_relative_words_of_a_question(question: str, lookup: str, start: str, end: str) -> None:
    """A question's own "last year" is counted from today, and looked up as what it means."""
    period = period_of(question, TODAY)
    assert period is not None
    assert period.lookup == lookup
    assert [(str(one.start), str(one.end)) for one in period.said] == [(start, end)]


@pytest.mark.parametrize(
    "question",
    [
        *("Who founded the mill?", "What is an electric current?", "When was it sold?", "Why now?"),
        *("Who scored in the fourth quarter?", "How much can it eat in one day?"),
        *("Which walls stand today?", "What is sold in May?"),
    ],
)
def test_questions_without_time(question: str) -> None:
    """A question that names no time is read as ever."""
    assert period_of(question, TODAY) is None


def test_a_year_that_a_document_calls_last_year(tallis: Assistant) -> None:
    """Asked for 2022, the report of 2023 answers, whose "last year" that was; so with others."""
    for question, path, sum_ in (
        ("what was the revenue of Tallis Foods in 2022?", "report22", "41 million"),
        ("what was the revenue of Tallis Foods last year?", "report24", "38 million"),
    ):
        answer = tallis.ask(question, today=TODAY)
        assert paths(answer) == [path]
        assert sum_ in answer.text
    assert answer.notes == ("“last year” was read as 2024-01-01 to 2024-12-31.",)
    assert answer.answered_question == "what was the revenue of Tallis Foods in 2024?"
    assert [one["text"] for one in answer.to_dict()["times"]] == ["last year"]


def test_a_year_of_which_nothing_is_said(tallis: Assistant) -> None:
    """What no document says of a year is refused, though each has a "last year"."""
    assert not tallis.ask("what was the revenue of Tallis Foods in 2019?", today=TODAY).answered


def test_the_latest_leads(tallis: Assistant) -> None:
    """The newest document answers what is asked for now; the earlier is shown as earlier."""
    answer = tallis.ask("who is the current chief executive of Tallis Foods?", today=TODAY)
    assert [one.text for one in answer.statements] == [
        "The chief executive of Tallis Foods is Oskar Berg.",
        "The chief executive of Tallis Foods is Maija Lind.",
    ]
    assert answer.notes == ("[2] is earlier (2023-02-14) than [1] (2025-02-20).",)


def test_before_a_year(tallis: Assistant) -> None:
    """Asked for a time before, only what was written or happened before it answers."""
    answer = tallis.ask("how many employees did Tallis Foods have before 2024?", today=TODAY)
    assert paths(answer) == ["report22"]


def test_when(tallis: Assistant) -> None:
    """A question when is answered with the day, where the document says "yesterday"."""
    answer = tallis.ask("when was the sale of the mill approved?", today=TODAY)
    assert answer.notes == ("“yesterday” is 2024-03-11.",)


def test_a_model_is_shown_first_what_is_of_the_time(tallis: Assistant) -> None:
    """A language model reads the passages of the time asked for before the others."""
    question = "What was the revenue of Tallis Foods in 2022?"
    hits = tallis.search(question)
    period = period_of(question, TODAY)
    files = [hit.paths[0] for hit in preferred(period, hits)]
    assert files[0] == "report22.txt"
    assert sorted(files) == sorted(hit.paths[0] for hit in hits)
    question = "What was the revenue of Tallis Foods in 2024?"
    first = preferred(period_of(question, TODAY), hits)[0]
    assert first.paths[0] in ("report24.txt", "minutes.txt")
    assert preferred(None, hits) == tuple(hits)


def test_the_latest_figure_of_something_is_that_thing() -> None:
    """The latest figure for sales is looked up as sales, not as a figure."""
    period = period_of("What is the latest figure for sales in Turku?", TODAY)
    assert period is not None
    assert (period.way, period.rest) == ("latest", "What is sales in Turku?")
