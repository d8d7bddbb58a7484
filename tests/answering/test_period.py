"""The time that a question asks about: how it is read, and what speaks of it."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from qa.answering.period import (
    OTHERWISE,
    THEN,
    WRITTEN_OTHERWISE,
    WRITTEN_THEN,
    Period,
    adjusted_for,
    is_of_another,
    newest,
    period_of,
    said_anew,
    texts_for,
)
from qa.assistant import Assistant, Parts
from qa.data import Answer
from qa.models.reader.fake import FakeReader
from tests.answering.made import Graded, assistant, notes, opened, reading

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
The bakery: shut Friday
""",
}


REPORT = opened(
    "Revenue rose last year to 41 million euros. In 2019 it had been 30 million. It opened a"
    " bakery. The plant closes next month.",
    published=date(2023, 2, 14),
)


def asked(question: str) -> Period:
    """The time of a question that has one."""
    period = period_of(question, TODAY)
    assert period is not None
    return period


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
        *("Which walls stand today?", "May we sell it?"),
    ],
)
def test_questions_without_time(question: str) -> None:
    """A question that names no time is read as ever."""
    assert period_of(question, TODAY) is None


def test_the_latest_is_a_time() -> None:
    """Who asks for the current chief executive asks for no day, and for the newest document."""
    period = asked("who is the current chief executive of Tallis Foods?")
    assert (period.way, period.interval) == ("latest", None)


@pytest.mark.parametrize(
    ("question", "way", "rest"),
    [
        ("What was the revenue of Tallis in 2022?", "during", "What was the revenue of Tallis?"),
        ("In May 2022, who led Tallis?", "during", "who led Tallis?"),
        ("How many were there before 2024?", "before", "How many were there?"),
        ("Who left after 3 May 2020?", "after", "Who left?"),
        ("Who has left since 2020?", "since", "Who has left?"),
    ],
)
def test_a_question_without_its_time(question: str, way: str, rest: str) -> None:
    """It is searched for without its time too, which documents write otherwise."""
    period = asked(question)
    assert (period.way, period.rest) == (way, rest)


def test_units_are_read_with_the_figures_that_they_mean() -> None:
    """Of 2022, "last year" is read as 2022; of other times nothing is added."""
    texts = texts_for(asked("What was the revenue in 2022?"))
    assert texts is not None
    assert texts(REPORT) == (
        "Revenue rose last year to 41 million euros. (2022)",
        "In 2019 it had been 30 million.",
        "It opened a bakery.",
        "The plant closes next month.",
    )
    march = texts_for(asked("What closes in March 2023?"))
    assert march is not None
    assert march(REPORT)[3] == "The plant closes next month. (March 2023)"


SPENT = opened("29/01/2025 rake. 05/02/2025 wheelbarrow. 18/03/2025 seed potatoes.")


@pytest.mark.parametrize("question", ["What was bought on 5 February?", "And on February 5, 2025?"])
def test_a_day_in_figures_is_read_with_its_month(question: str) -> None:
    """Whoever asks for 5 February, of whatever year, finds what says 05/02/2025."""
    texts, adjust = texts_for(asked(question)), adjusted_for(asked(question))
    assert texts is not None
    assert adjust is not None
    assert texts(SPENT)[1] == "05/02/2025 wheelbarrow. (5 February 2025)"
    assert texts(SPENT)[2] == "18/03/2025 seed potatoes."
    gains = [adjust(one) for one in reading(SPENT, {SPENT.units[1].text: 0.5}).weighed]
    assert gains[0] == THEN


def test_what_is_of_another_day_than_one_without_its_year_loses_nothing() -> None:
    """The question may mean another year, and a sentence about 18 March may still answer it."""
    adjust = adjusted_for(asked("Was the shed open on 5 February?"))
    assert adjust is not None
    (one,) = reading(SPENT, {SPENT.units[2].text: 0.5}).weighed
    assert adjust(one) == 0.0


def test_without_a_date_nothing_is_added() -> None:
    """An undated document's "last year" is no year."""
    undated = opened("Revenue rose last year to 41 million euros.")
    texts = texts_for(asked("What was the revenue in 2022?"))
    assert texts is not None
    assert texts(undated) == ("Revenue rose last year to 41 million euros.",)


@pytest.mark.parametrize("make", [texts_for, adjusted_for])
@pytest.mark.parametrize("question", ["Who founded it?", "Who is the current chief?"])
def test_without_a_time_asked_for_no_unit_is_moved(
    make: Callable[[Period | None], object], question: str
) -> None:
    """Nor read otherwise than it stands."""
    assert make(period_of(question, TODAY)) is None


@pytest.mark.parametrize(
    ("question", "gains"),
    [
        ("What was it in 2022?", [THEN, OTHERWISE, WRITTEN_OTHERWISE, OTHERWISE]),
        ("What was it in 2019?", [OTHERWISE, THEN, WRITTEN_OTHERWISE, OTHERWISE]),
        ("What was it in 2023?", [OTHERWISE, OTHERWISE, WRITTEN_THEN, THEN]),
        ("What was it before 2020?", [OTHERWISE, THEN, WRITTEN_OTHERWISE, OTHERWISE]),
        ("What was it after 2021?", [THEN, OTHERWISE, WRITTEN_THEN, THEN]),
    ],
)
def test_what_speaks_of_the_time_gains(question: str, gains: list[float]) -> None:
    """What speaks of another loses; what speaks of none goes by its document's date."""
    adjust = adjusted_for(asked(question))
    assert adjust is not None
    found = reading(REPORT, {unit.text: 0.5 for unit in REPORT.units})
    units = sorted(found.weighed, key=lambda one: one.place)
    assert [adjust(one) for one in units] == gains
    assert THEN > WRITTEN_THEN > 0 > WRITTEN_OTHERWISE > OTHERWISE


def test_a_column_may_name_the_time() -> None:
    """A row is of the year in its header's words, though the row itself holds figures alone."""
    table = opened("| Firm | 2022 |\n| --- | --- |\n| Tallis | 41 |\n", published=date(2025, 1, 1))
    (one,) = reading(table, {"Tallis": 0.5}).weighed
    adjust = adjusted_for(asked("What was it in 2022?"))
    assert adjust is not None
    assert adjust(one) == THEN
    assert not is_of_another(asked("What was it in 2022?"), one)


def test_what_is_of_another_month_than_one_without_its_year_loses() -> None:
    """Asked of May, what speaks of April is less likely, and what speaks of a day in May more."""
    text = "In April about 7 came. On 3 May 2 came. On 4 June 1 came. In 2024 9 came. 5 came."
    made = opened(text, published=date(2025, 6, 10))
    found = reading(made, dict.fromkeys(("7", "2 ", "1 ", "9", "5"), 0.5)).weighed
    adjust = adjusted_for(asked("How many came in May?"))
    assert adjust is not None
    gains = {one.unit.text.split()[-2]: adjust(one) for one in found}
    assert gains == {"7": OTHERWISE, "2": THEN, "1": 0.0, "9": 0.0, "5": 0.0}


def test_a_row_is_of_the_days_between_its_two() -> None:
    """Who is asked for on a day in the week of a roster's row is the one of that row."""
    roster = opened(
        "| From | To | On call |\n|---|---|---|\n| 2026-10-19 | 2026-10-25 | Adeyemi |\n"
        "| 2026-10-26 | 2026-11-01 | Wit |\n"
    )
    gain = adjusted_for(asked("Who is on call on 20 October 2026?"))
    assert gain is not None
    rows = reading(roster, {"Adeyemi": 0.5, "Wit": 0.5}).weighed
    assert [gain(one) for one in rows] == [THEN, OTHERWISE]


def test_what_is_of_another_time_is_known() -> None:
    """So that a reader can be told; what speaks of no time is not."""
    found = reading(REPORT, {"last year": 0.5, "bakery": 0.4})
    year, bakery = found.weighed
    assert is_of_another(asked("What was it in 2019?"), year)
    assert not is_of_another(asked("What was it in 2022?"), year)
    assert not is_of_another(asked("What was it in 2019?"), bakery)
    assert not is_of_another(None, year)


def test_a_report_of_a_month_speaks_of_it() -> None:
    """Of three monthly reports whose titles alone name the month the one asked for leads."""
    text = "Two school classes came."
    march, april = (
        opened(text, name=name, title=f"Report {name} 2025", published=date(2025, 5, 2))
        for name in ("March", "April")
    )
    adjust = adjusted_for(asked("How many classes came in March 2025?"))
    assert adjust is not None
    in_march, in_april = (reading(one, {"classes": 0.5}).weighed[0] for one in (march, april))
    assert adjust(in_april) == OTHERWISE < adjust(in_march)
    assert is_of_another(asked("How many classes came in March 2025?"), in_april)
    rules = opened(text, title="Rules of 2019", published=date(2019, 5, 2))
    (rule,) = reading(rules, {"classes": 0.5}).weighed
    assert not is_of_another(asked("How many classes came in March 2025?"), rule)


OLD = opened("Maija Lind leads Tallis.", name="old", published=date(2023, 2, 14))
NEW = opened("Oskar Berg leads Tallis.", name="new", published=date(2025, 2, 20))


@pytest.mark.parametrize(("chance", "leads"), [(0.5, "new"), (0.3, "old")])
def test_the_newest_that_answers_leads(chance: float, leads: str) -> None:
    """Of what is likely, the newest document; what is new and says nothing does not."""
    found, sides = newest(reading((OLD, NEW), {"Lind": 0.9, "Berg": chance}))
    assert found.weighed[0].hit.document.id == leads
    assert found.weighed[0].chance == 0.9
    assert len(found.weighed) == 2
    assert (None if sides is None else [one.hit.document.id for one in sides]) == (
        ["new", "old"] if leads == "new" else None
    )


def test_the_newest_may_lead_already() -> None:
    """Then nothing is earlier."""
    found = reading((OLD, NEW), {"Berg": 0.9, "Lind": 0.8})
    assert newest(found) == (found, None)
    assert newest(reading((OLD,), {})) == (reading((OLD,), {}), None)


PLANT_2024 = opened(
    "The plant will cost 2.4 million euros.", name="old", published=date(2024, 2, 14)
)
PLANT_2025 = opened(
    "The cost of the plant has risen to 2.7 million euros. The plant pays no cost of its own."
    " The roof costs 2 million euros.",
    name="new",
    published=date(2025, 2, 20),
)


@pytest.mark.parametrize(
    ("question", "said", "chance", "leads"),
    [
        ("What does the plant cost?", "risen", 0.2, "new"),
        ("What does the plant cost?", "risen", 0.1, "old"),  # too unlikely
        ("What did the plant cost?", "risen", 0.2, "old"),  # asked of the past
        ("What does the plant cost?", "no cost", 0.2, "old"),  # it has no figure in euros
        ("What does the plant cost?", "The roof", 0.2, "old"),  # it has not "plant"
        ("What will it cost?", "risen", 0.2, "old"),  # one word of the question is too little
    ],
)
def test_what_a_newer_document_says_of_the_same_leads(
    question: str, said: str, chance: float, leads: str
) -> None:
    """Where no time is asked for, a newer figure leads that is given in the question's words."""
    plants = (PLANT_2024, PLANT_2025)
    found = reading(plants, {"will cost": (0.9, "2.4 million euros"), said: chance})
    new, sides = said_anew(question, found)
    assert new.weighed[0].hit.document.id == leads
    assert (sides is None) is (leads == "old")


REVENUE = "what was the revenue of Tallis Foods in"
SHUT = "when is the bakery shut?"
SOLD = "when was the sale of the mill approved?"
TOLD = {f"{REVENUE} {year}?": ["41 million", "38 million"] for year in (2019, 2022, 2024)} | {
    SOLD: ["yesterday"],
    SHUT: ["Friday"],
}


@pytest.fixture(scope="module")
def tallis(tmp_path_factory: pytest.TempPathFactory) -> Assistant:
    """An assistant over two annual reports and the minutes between them."""
    return assistant(tmp_path_factory.mktemp("tallis"), DOCUMENTS, FakeReader(TOLD))


def paths(answer: Answer) -> list[str]:
    """The files that an answer cites, in order."""
    return [Path(citation.path).stem for citation in answer.citations]


def test_a_year_that_a_document_calls_last_year(tallis: Assistant) -> None:
    """Asked for 2022, the report of 2023 leads, whose "last year" that was; so with others."""
    answer = tallis.ask(f"{REVENUE} 2022?", today=TODAY)
    assert paths(answer)[0] == "report22"
    assert notes(answer) == ()
    answer = tallis.ask("what was the revenue of Tallis Foods last year?", today=TODAY)
    assert paths(answer)[0] == "report24"
    assert notes(answer) == ("“last year” was read as 2024-01-01 to 2024-12-31.",)
    assert answer.answered_question == f"{REVENUE} 2024?"
    assert [one["text"] for one in answer.to_dict()["times"]] == ["last year"]


def test_a_year_of_which_nothing_is_said(tallis: Assistant) -> None:
    """What is shown all the same is said to be of another time."""
    answer = tallis.ask(f"{REVENUE} 2019?", today=TODAY)
    assert notes(answer)[-1] == (
        "What was found does not speak of the time asked for, 2019-01-01 to 2019-12-31."
    )


def test_the_latest_leads(tallis: Assistant) -> None:
    """The newest document answers what is asked for now; what is likelier is told as earlier."""
    reader = Graded({"Maija Lind": 6.0, "Oskar Berg": 5.0})
    made = Assistant.from_here(documents=tallis.settings.documents, parts=Parts(reader=reader))
    answer = made.ask("who is the current chief executive of Tallis Foods?", today=TODAY)
    assert answer.statements[0].text == "The chief executive of Tallis Foods is Oskar Berg."
    assert notes(answer) == (
        "The newest document that answers leads (2025-02-20); “The chief executive of Tallis"
        " Foods is Maija Lind.” is earlier (2023-02-14).",
    )


def test_when(tallis: Assistant) -> None:
    """A question when is answered with the day, where the document says "yesterday"."""
    answer = tallis.ask(SOLD, today=TODAY)
    assert notes(answer) == ("“yesterday” is 2024-03-11.",)


def test_no_day_is_told_where_two_are_meant(tallis: Assistant) -> None:
    """Of "Friday" that is the last one or the next nothing is said as if it were the last."""
    answer = tallis.ask(SHUT, today=TODAY)
    assert answer.statements[0].text == "The bakery: shut Friday"
    assert [one.other is None for one in answer.statements[0].citations[0].dates] == [False]
    assert notes(answer) == ()
