"""Two sources that answer one question differently: told apart from two that only look so."""

import re
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.answering.conflicts import disagreement, note
from qa.data import Reading, Weighed, Window
from qa.fronts.lines import plain
from qa.fronts.render import answer_lines
from qa.models.reader.fake import FakeReader
from qa.wording import told
from tests.answering.made import assistant, opened, reading

CONFLICTS = [
    ("Ambler has [1,420] employees.", "The three sites of Ambler employ [1,180] people."),
    ("Ambler has [ninety] employees.", "Ambler has [95] employees."),
    ("Ambler has [about 1,400] employees.", "Ambler has [1,900] employees."),
    ("The bridge at Kell cost [38 million euros].", "The bridge cost [41 million euros]."),
    ("The bridge at Kell cost [$3 million].", "The cost of the bridge was [$3.4 million]."),
    ("The museum opened in [1998].", "The museum opened in [1999]."),
    ("The museum opened on [14 May 1998].", "The museum opened on [15 May 1998]."),
    ("The museum opens in [October 2026].", "The museum opens in [April 2026]."),
    ("Ambler has [34 percent] of the market.", "We count the share of Ambler at [27 percent]."),
    ("In 2023 the revenue was [96 million] euros.", "Revenue was [91 million] euros in 2023."),
    ("The tunnel is [12 km] long.", "The tunnel has a length of [14 km]."),
    ("From January to May 2024 it sold [214].", "It sold [190] from January to May 2024."),
    ("Kerr said that Ambler has [1,420] employees.", "Ambler has [1,180] employees, said Berg."),
]

NONE = [
    # the same in other words
    ("Ambler has [1,420] employees.", "Ambler employs [1420] people."),
    ("Ambler has [12] employees.", "Ambler has [twelve] employees."),
    ("The bridge cost [38 million euros].", "The bridge cost [38,000,000 euros]."),
    ("The bridge cost [€38 million].", "The bridge cost [38 million euros]."),
    ("The museum opened on [14 May 1998].", "The museum opened in [1998]."),
    ("The museum opened in [May 1998].", "The museum opened on [14 May 1998]."),
    # rounded
    ("The bridge cost [3.48 million euros].", "The bridge cost [3.5 million euros]."),
    ("Ambler has [1,420] employees.", "Ambler has about [1,400] employees."),
    # in other units
    ("The bridge cost [38 million euros].", "The bridge cost [42 million dollars]."),
    ("The bridge is [420 metres] long.", "The bridge is [3 km] from Kell."),
    # of another name
    ("At Ambler there are [1,420] employees.", "At Belk there are [1,180] employees."),
    # of another time
    ("In 2022 the revenue was [91 million] euros.", "In 2023 it was [96 million] euros."),
    # of two things
    ("Caskie asked [3,850 pounds].", "The price of each probe is [390 pounds]."),
    (
        "Voltane Motors cut the price of the Evora to [25,900 euros].",
        "The Evora will compete with the Tessaro Mini and the Orrin E2, at [29,200 euros].",
    ),
    ("Billing agreed to a credit of [150 euros].", "Credits of [18,400 euros] were paid."),
    ("Batch B-77121 failed with exit=[7].", "The old command ends with exit code [2]."),
    # of a part of that time
    ("In 2024 it sold [214] kilns.", "It sold [138] kilns from January to August 2024."),
    ("In 2024 it sold [214] kilns.", "It sold [41] kilns in the first two months."),
    ("In 2023 it sold [178] kilns.", "It sold [36] kilns in the same months of 2023."),
    # of no figure, or of several
    ("Open is [ticket C-1004] of Fjell.", "Open is [ticket C-1005] of Fjell."),
    (
        "[The depot at Ambler, where the door of dock 5] was open.",
        "[Item 1 as discussed by Ingrid with the others] was whether it opens.",
    ),
    ("The director is [Nadia Kerr].", "The director is [Tom Berg]."),
    ("It has [90 employees in Oslo and 30 in Rome].", "It has [120] employees."),
    ("The museum opened in [1998].", "The museum has [1,420] rooms."),
    ("Ambler has 1,420 employees.", "Ambler has [1,180] employees."),  # no phrase is told
]


def side(marked: str, name: str, published: date | None = None) -> tuple[Window, str, str]:
    """A document of one sentence, and its words and phrase, which stands in brackets."""
    text = re.sub(r"[\[\]]", "", marked)
    phrase = re.search(r"\[(.+)\]", marked)
    return opened(text, name=name, published=published), text, phrase[1] if phrase else ""


def both(
    one: str, other: str, *, days: tuple[date | None, date | None] = (None, None), less: float = 0.8
) -> Reading:
    """A reading of two documents; ``other`` is as likely as ``less``."""
    (a, text, phrase), (b, its, theirs) = side(one, "a", days[0]), side(other, "b", days[1])
    return reading((a, b), {text: (0.9, phrase), its: (less, theirs)})


def files(sides: tuple[Weighed, Weighed] | None) -> list[str]:
    """Which documents disagree, in order."""
    return [one.hit.document.id for one in sides or ()]


@pytest.mark.parametrize(("one", "other"), CONFLICTS)
def test_conflicts(one: str, other: str) -> None:
    """Figures and days that cannot both be true are seen to disagree, whichever leads."""
    assert files(disagreement(both(one, other))) == ["a", "b"]
    assert files(disagreement(both(other, one))) == ["a", "b"]


@pytest.mark.parametrize(("one", "other"), NONE)
def test_no_conflicts(one: str, other: str) -> None:
    """Other wordings, times, names and units, and rough figures, raise no alarm."""
    assert disagreement(both(one, other)) is None
    assert disagreement(both(other, one)) is None


def test_what_hardly_answers_contradicts_nothing() -> None:
    """A sentence about something else disagrees with nobody."""
    assert disagreement(both(*CONFLICTS[0], less=0.3)) is None


def test_members_of_a_list_do_not_disagree() -> None:
    """Rows of one table are of different things."""
    table = opened("| Quay | Length |\n| --- | --- |\n| North | 240 m |\n| South | 90 m |\n")
    found = reading(table, {"North": (0.9, "240 m"), "South": (0.8, "90 m")})
    assert disagreement(found) is None


def test_last_year_is_another_in_another_year() -> None:
    """Two reports that each tell of their own last year agree."""
    one = "Revenue rose last year to [41 million] euros."
    other = "Revenue fell last year to [38 million] euros."
    days = (date(2023, 2, 14), date(2025, 2, 20))
    assert disagreement(both(one, other, days=days)) is None
    assert disagreement(both(one, other, days=(days[0], days[0]))) is not None


OLD, NEW = date(2023, 5, 4), date(2024, 2, 3)


@pytest.mark.parametrize(
    ("days", "order", "said"),
    [
        ((OLD, NEW), ["b", "a"], "The newer document is shown first."),
        ((NEW, OLD), ["a", "b"], "The newer document is shown first."),
        ((OLD, None), ["a", "b"], "Which of the documents is newer is not known."),
        ((OLD, OLD), ["a", "b"], "Which of the documents is newer is not known."),
    ],
)
def test_the_newer_is_first(
    days: tuple[date | None, date | None], order: list[str], said: str
) -> None:
    """And where no date tells, the likelier is, which is said."""
    sides = disagreement(both(*CONFLICTS[0], days=days))
    assert sides is not None
    assert files(sides) == order
    values = dict(zip("ab", ("1,420", "1,180"), strict=True))
    one, other = (values[name] for name in order)
    assert told(note(sides, (1, 2))) == (
        f"The sources disagree: “{one}” [1] against “{other}” [2]. {said}"
    )


@pytest.mark.parametrize(
    ("older", "newer"),
    [
        ("Of the 4,300 jars recalled [3,870] came back.",
         "Correction: 4,300 jars were recalled, of which [3,780] came back."),
        ("4.1 The liability of the Provider is capped at [EUR 750,000] per calendar year.",
         "Clause 4.1 is amended: the cap on liability is raised to [EUR 1,200,000] a year."),
        ("Either party may terminate with [six (6) months]' written notice.",
         "Clause 1.2 is replaced: either party may terminate with [three (3) months]' notice."),
        ("The new depot opens on [17 February 2025].",
         "The new depot opens on [3 March 2025], as the cold store is late."),
    ],
)  # fmt: skip
def test_what_says_it_anew_is_shown_before_what_is_out_of_date(older: str, newer: str) -> None:
    """A correction or an amendment, however little the reader makes of it; not an older text."""
    assert files(disagreement(both(older, newer, days=(OLD, NEW), less=0.001))) == ["b", "a"]
    assert disagreement(both(newer, older, days=(NEW, OLD), less=0.001)) is None
    assert disagreement(both(older, newer, less=0.001)) is None


def test_an_amendment_names_the_clause_and_what_it_replaces() -> None:
    """Two figures of the sentence that answers stand in the newer one, with another beside them."""
    older = "4.1 The liability of the Contractor is limited to [£250,000] per incident."
    newer = 'In clause 4.1, "£250,000" is replaced by [£400,000].'
    assert files(disagreement(both(older, newer, days=(OLD, NEW), less=0.001))) == ["b", "a"]


def test_an_amendment_names_a_clause_of_the_document_that_it_is_of() -> None:
    """What replaces clause 7.1 is shown first, though it has no figure; of another contract not."""
    lease = opened("7.1 The contact is Moira Lang.", name="a", title="LEASE OF SHED", published=OLD)
    change = "Clause 7.1 is replaced by: Hamish Orr."
    heads = "Amendment to the Lease of Shed 4", "Amendment to the Licence"
    made = [opened(f"{head}\n\n{change}", name="b", published=NEW) for head in heads]
    said = {"Moira": (0.9, "Moira Lang"), "Hamish": (0.001, "Hamish Orr")}
    mine, other = (disagreement(reading((lease, one), said)) for one in made)
    assert (files(mine), other) == (["b", "a"], None)


def test_a_correction_names_what_was_wrong() -> None:
    """A newer sentence with the day, or the figure, that answers and another one corrects it."""
    for older, newer in (
        (
            "We move on [1 September 2025].",
            "The move is on [8 September 2025], not on 1 September.",
        ),
        ("The gate has the code [5519].", "It is [5591], not 5519."),
    ):
        assert files(disagreement(both(older, newer, days=(OLD, NEW), less=0.2))) == ["b", "a"]
    older = "We opened on [1 May 2021]."
    newer = "We, who opened on [1 May 2021], close on 3 June 2024."
    assert disagreement(both(older, newer, days=(OLD, NEW), less=0.2)) is None


@pytest.mark.parametrize("less", [0.8, 0.001])
def test_reports_of_two_months_do_not_disagree(less: float) -> None:
    """Neither where their titles name the months, nor where the sentences do."""
    may, june = "Shop revenue was [£31,950].", "Shop revenue was [£36,720]."
    found = tuple(
        opened(re.sub(r"[\[\]]", "", text), name=name, title=f"Report, {month} 2024", published=day)
        for text, name, month, day in ((may, "a", "May", OLD), (june, "b", "June", NEW))
    )
    said = {"31,950": (0.9, "£31,950"), "36,720": (0.9 * less, "£36,720")}
    assert disagreement(reading(found, said)) is None
    may, june = "We had [12,480] visitors in May.", "We had [14,115] visitors in June."
    days = date(2024, 6, 3), date(2024, 7, 2)
    assert disagreement(both(may, june, days=days, less=0.9 * less)) is None


def test_what_only_has_a_figure_says_nothing_anew() -> None:
    """A newer text of other words is no correction."""
    older, newer = "The depot has [14] docks.", "The cafe has [12] seats, and two docks are shut."
    assert disagreement(both(older, newer, days=(OLD, NEW), less=0.001)) is None


def test_one_document_speaks_of_two_things() -> None:
    """Two figures of one text are the whole's and a part's, or of two events: no disagreement."""
    found = reading(
        opened("Ambler has 1,420 employees. The sites of Ambler employ 1,180 people."),
        {"has": (0.9, "1,420"), "sites": (0.8, "1,180")},
    )
    assert disagreement(found) is None


def test_whole_output(tmp_path: Path) -> None:
    """A reader sees both figures with their dates, the newer first, and where copies stand."""
    old = "The plant at Dry Lake will cost 190 million crowns, Orlo said."
    documents = {
        "old.md": f"---\ntitle: First\ndate: 2023-05-04\n---\n\n{old}\n",
        "wire.md": f"---\ntitle: Wire\ndate: 2023-05-05\n---\n\n{old}\n",
        "new.md": "---\ntitle: Later\ndate: 2024-02-03\n---\n\n"
        "The plant at Dry Lake will cost 226 million crowns, Orlo said on Friday.\n",
    }
    asked = "How much will the plant at Dry Lake cost?"
    reader = FakeReader({asked: ["226 million crowns", "190 million crowns"]})
    with assistant(tmp_path, documents, reader) as made:
        answer = made.ask(asked)
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
        "The sources disagree: “226 million crowns” [1] against “190 million crowns” [2]. "
        "The newer document is shown first.\n"
        "Answered by: extractive\n"
    )


@given(st.integers(2, 999_999), st.sampled_from(["{:,}", "{}"]), st.sampled_from(["{:,}", "{}"]))
def test_one_figure_in_two_spellings(figure: int, mine: str, its: str) -> None:
    """A figure never disagrees with itself, however it is written."""
    one = f"Ambler has [{mine.format(figure)} tons] of coal."
    other = f"There are [{its.format(figure)} tons] of coal at Ambler."
    assert disagreement(both(one, other)) is None


@given(st.integers(2, 999_999), st.integers(2, 999_999))
def test_either_way_round(figure: int, another: int) -> None:
    """Whether two sources disagree does not depend on which is read first."""
    one, other = f"Ambler has [{figure} tons].", f"Ambler owns [{another} tons]."
    found = [disagreement(both(*pair)) is None for pair in ((one, other), (other, one))]
    assert found[0] == found[1]
