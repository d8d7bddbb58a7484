"""Two sources that answer one question differently: told apart from two that only look so."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.answering.conflicts import conflict, quoted
from qa.answering.question import analyse
from qa.assistant import Assistant
from qa.fronts.lines import plain
from qa.fronts.render import answer_lines

STAFF = "How many employees does Ambler have?"
COST = "How much did the bridge at Kell cost?"
OPENED = "When did the Ambler museum open?"
HEAD = "Who is the director of the Ambler museum?"

CONFLICTS = [
    (STAFF, "Ambler has 1,420 employees.", "The three sites of Ambler employ 1,180 people."),
    (STAFF, "At the end of May Ambler had 90 employees.", "Ambler has 120 employees, it says."),
    (STAFF, "Ambler has 1,420 employees.", "Ambler has more than 1,500 employees."),
    (STAFF, "Ambler has about 1,400 employees.", "Ambler has 1,900 employees."),
    (STAFF, "Ambler has ninety employees.", "Ambler has 95 employees."),
    (COST, "The bridge at Kell cost 38 million euros.", "The bridge cost 41 million euros."),
    (COST, "The bridge at Kell cost $3 million.", "The cost of the bridge was $3.4 million."),
    (COST, "The bridge will cost 226 million euros.", "The bridge will cost 190 million euros."),
    (OPENED, "The Ambler museum opened in 1998.", "The Ambler museum opened in 1999."),
    (OPENED, "The museum opened on 14 May 1998.", "The museum opened on 15 May 1998."),
    (OPENED, "The museum opens in October 2026.", "The museum opens in April 2026."),
    (
        "What share of the market does Ambler have?",
        "Ambler has a market share of 34 percent.",
        "We count the share of Ambler in the market at 27 percent.",
    ),
    (
        "How many patients take part in the trial?",
        "There will be 1,850 patients in the trial instead of 1,600.",
        "The trial has 1,600 patients.",
    ),
    (
        "What was the revenue of Ambler in 2023?",
        "In 2023 the revenue of Ambler was 96 million euros.",
        "Ambler had a revenue of 91 million euros in 2023.",
    ),
    (HEAD, "The director of the museum is Nadia Kerr.", "Tom Berg is director of the museum."),
    (
        "Who is the chief executive of Ambler?",
        "Ambler's chief executive is Nadia Kerr.",
        "Tom Berg, chief executive of Ambler, spoke first.",
    ),
    (
        "How long is the tunnel?",
        "The tunnel is 12 km long.",
        "The tunnel has a length of 14 km.",
    ),
    (
        "How many rooms does the hotel have?",
        "The hotel has 80 rooms.",
        "There are 95 rooms in the hotel.",
    ),
]

NONE = [
    # the same in other words
    (STAFF, "Ambler has 1,420 employees.", "Ambler employs 1420 people."),
    (STAFF, "Ambler has 12 employees.", "Ambler has twelve employees."),
    (COST, "The bridge cost 38 million euros.", "The bridge cost 38,000,000 euros."),
    (COST, "The bridge cost €38 million.", "The bridge cost 38 million euros."),
    (OPENED, "The museum opened on 14 May 1998.", "The museum opened in 1998."),
    (OPENED, "The museum opened in May 1998.", "The museum opened on 14 May 1998."),
    (HEAD, "The director of the museum is Nadia Kerr.", "Kerr is director of the museum."),
    (HEAD, "Nadia Kerr is director of the museum.", "Museum director Nadia Kerr spoke."),
    # roughly, or as a bound
    (STAFF, "Ambler has 1,420 employees.", "Ambler has about 1,400 employees."),
    (STAFF, "Ambler has 1,420 employees.", "Ambler has more than 1,400 employees."),
    (STAFF, "Ambler has 1,420 employees.", "Ambler has fewer than 1,500 employees."),
    (COST, "The bridge cost 38.2 million euros.", "The bridge cost nearly 40 million euros."),
    (COST, "The bridge cost 3.48 million euros.", "The bridge cost 3.5 million euros."),
    # another thing
    (STAFF, "Ambler has 1,420 employees.", "Ambler has 12 directors."),
    (STAFF, "Ambler has 1,420 employees.", "Belk has 1,180 employees."),
    (STAFF, "Ambler has 1,420 employees.", "Of the employees, 730 of them work in Oslo."),
    (COST, "The bridge cost 38 million euros.", "The bridge is 420 metres long."),
    (COST, "The bridge cost 38 million euros.", "The tunnel at Hame cost 91 million euros."),
    (COST, "The bridge cost 38 million euros.", "The bridge cost 42 million dollars."),
    (OPENED, "The museum opened in 1998.", "The museum was closed for repairs in 2011."),
    (HEAD, "The director of the museum is Nadia Kerr.", "The former director was Tom Berg."),
    (HEAD, "The director of the museum is Nadia Kerr.", "The deputy director is Tom Berg."),
    # another time
    (
        "What was the revenue of Ambler?",
        "In 2022 the revenue of Ambler was 91 million euros.",
        "In 2023 the revenue of Ambler was 96 million euros.",
    ),
    (
        "What was the revenue of Ambler in 2023?",
        "In 2023 the revenue of Ambler was 96 million euros.",
        "In 2022 the revenue of Ambler was 91 million euros.",
    ),
    (
        "What was the revenue of Ambler?",
        "The revenue of Ambler was 22 million euros in Q1.",
        "The revenue of Ambler was 25 million euros in Q2.",
    ),
    (
        "How many patients take part in the third phase?",
        "The third phase has 1,850 patients.",
        "The second phase had 418 patients.",
    ),
    # not an answer, or denied
    (STAFF, "Ambler has 1,420 employees.", "Ambler does not have 2,000 employees."),
    (STAFF, "Ambler has 1,420 employees.", "Ambler was founded in 1974."),
    # not one value
    (
        STAFF,
        "Ambler has 90 employees in Oslo and 30 employees in Rome.",
        "Ambler has 120 employees.",
    ),
    ("Who are the founders of Ambler?", "Nadia Kerr founded Ambler.", "Tom Berg founded Ambler."),
    ("Who founded Ambler?", "Nadia Kerr founded Ambler.", "Ambler was founded by Tom Berg."),
]


@pytest.mark.parametrize(("question", "one", "other"), CONFLICTS)
def test_conflicts(question: str, one: str, other: str) -> None:
    """Sources that give different answers to one question are seen to disagree."""
    asked = analyse(question)
    assert conflict(asked, one, other) is not None
    assert conflict(asked, other, one) is not None


@pytest.mark.parametrize(("question", "one", "other"), NONE)
def test_no_conflicts(question: str, one: str, other: str) -> None:
    """Other wordings, times, things and rough figures raise no alarm."""
    asked = analyse(question)
    assert conflict(asked, one, other) is None
    assert conflict(asked, other, one) is None


def test_values_are_quoted() -> None:
    """The values shown side by side are the sources' own words."""
    one, other = "The bridge at Kell cost 38 million euros.", "The bridge cost 41 million euros."
    found = conflict(analyse(COST), one, other)
    assert found is not None
    assert [quoted(one, found[0]), quoted(other, found[1])] == [
        "38 million euros",
        "41 million euros",
    ]


def test_whole_output(tmp_path: Path) -> None:
    """A reader sees both figures with their dates, the newer first, and where copies stand."""
    old = "The plant at Dry Lake will cost 190 million crowns, Orlo said."
    documents = {
        "old.md": f"---\ntitle: First\ndate: 2023-05-04\n---\n\n{old}\n",
        "wire.md": f"---\ntitle: Wire\ndate: 2023-05-05\n---\n\n{old}\n",
        "new.md": "---\ntitle: Later\ndate: 2024-02-03\n---\n\n"
        "The plant at Dry Lake will cost 226 million crowns, Orlo said on Friday.\n",
    }
    (tmp_path / "d").mkdir()
    for name, text in documents.items():
        (tmp_path / "d" / name).write_text(text)
    with Assistant(tmp_path / "d", tmp_path / "library", engine="extractive") as assistant:
        assistant.sync()
        answer = assistant.ask("How much will the plant at Dry Lake cost?")
    assert plain(answer_lines(answer)) == (
        "The plant at Dry Lake will cost 226 million crowns, Orlo said on Friday. [1]\n"
        "The plant at Dry Lake will cost 190 million crowns, Orlo said. [2]\n"
        "\n"
        "[1] Later, 2024-02-03, new.md, line 6\n"
        "    “The plant at Dry Lake will cost 226 million crowns, Orlo said on Friday.”\n"
        "    [on Friday = 2024-02-02; written 2024-02-03]\n"
        "[2] First, 2023-05-04, old.md, line 6\n"
        "    “The plant at Dry Lake will cost 190 million crowns, Orlo said.”\n"
        "    also in wire.md\n"
        "\n"
        "The sources disagree: “226 million” [1] against “190 million” [2]. "
        "The newer document is shown first.\n"
        "Answered by: extractive\n"
    )


@given(st.integers(2, 999_999), st.sampled_from(["{:,}", "{}"]), st.sampled_from(["{:,}", "{}"]))
def test_one_figure_in_two_spellings(figure: int, mine: str, its: str) -> None:
    """A figure never disagrees with itself, however it is written."""
    one = f"Ambler has {mine.format(figure)} employees."
    other = f"There are {its.format(figure)} employees at Ambler."
    assert conflict(analyse(STAFF), one, other) is None


@given(st.integers(2, 999_999), st.integers(2, 999_999))
def test_either_way_round(figure: int, another: int) -> None:
    """Whether two sources disagree does not depend on which is read first."""
    one, other = f"Ambler has {figure} employees.", f"Ambler employs {another} people."
    asked = analyse(STAFF)
    assert (conflict(asked, one, other) is None) == (conflict(asked, other, one) is None)
