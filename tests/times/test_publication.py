"""Tests of when a text was written."""

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.times.intervals import Claimed, Interval, Publication
from qa.times.publication import publication
from tests.times.publications import Text, texts

SEED = Path(__file__).parents[2] / "seeds" / "000_9b095543ef5a6a7d.txt"


@pytest.mark.parametrize("one", texts("publications.txt"), ids=lambda one: one.name)
def test_a_text_is_dated_by_its_own_evidence(one: Text) -> None:
    """A document without a date in its metadata gets the days that its words allow."""
    found = publication(one.text)
    assert one.expected == (found.interval if found else None)


def test_the_seed_article_can_only_be_of_the_second_half_of_february_2023() -> None:
    """Its relative dates resolve, though no line of it names its own day."""
    found = publication(SEED.read_text(encoding="utf-8"))
    assert found is not None
    assert Interval(date(2023, 2, 16), date(2023, 2, 28)) == found.interval
    assert found.confidence == "derived"
    for words in ("as of February 5", "On February 16", "last year", "in 2023"):
        assert words in found.basis


@pytest.mark.parametrize(
    "text", ["No word of it.", "Published: 7 May 2020", "Updated: 9 May 2021", "3 May 2020"]
)
def test_what_the_metadata_say_is_believed(text: str) -> None:
    """The date of a web page's head stands where no line that dates the text contradicts it."""
    known = Claimed(date(2020, 5, 6), "HTML meta")
    expected = Publication(Interval(known.day, known.day), "HTML meta", "stated")
    assert expected == publication(text, known=known)


def test_a_line_that_says_the_same_day_as_the_metadata_is_told_too() -> None:
    """So that a model is shown what "on Monday" means: the text itself says when it was written."""
    known = Claimed(date(2020, 5, 6), "meta date")
    found = publication(
        "The quay\n\nBy Ann Dole, 6 May 2020\n\nIt was shut on Monday.", known=known
    )
    assert found is not None
    assert (found.interval.start, found.confidence) == (known.day, "stated")
    assert found.basis == "meta date and by-line “6 May 2020”"


def test_two_good_dates_that_disagree_are_both_told() -> None:
    """Where head and text say different days nothing is counted from either."""
    known = Claimed(date(2020, 5, 6), "HTML meta")
    expected = Publication(
        Interval(date(2019, 5, 1), date(2020, 5, 6)),
        "published “1 May 2019” or HTML meta 2020-05-06",
        "unsure",
    )
    assert expected == publication("Published: 1 May 2019", known=known)


def test_two_lines_that_are_a_date_are_both_told() -> None:
    """Which of two dates alone in the head is the text's own is not known: none is counted from."""
    found = publication("3 March 2020\n9 May 2021\nThe text follows.\n")
    assert found is not None
    assert found.confidence == "unsure"


def test_a_head_and_a_foot_of_different_months_are_both_told() -> None:
    """A letter dated in August and signed in September counts from neither."""
    lines = ["6 August 2020", "Dear Ann,", *["It leaks."] * 6, "Yours,"]
    found = publication("\n\n".join([*lines, "Signed at Hull on 6 September 2020"]))
    assert found is not None
    assert found.confidence == "unsure"
    assert "“6 August 2020” or signed “6 September 2020”" in found.basis


@given(st.text(alphabet="Published:1 May2019\n,.|-–Mondyltasrhi()eof", max_size=200))
def test_any_text_is_dated_or_not_without_an_error(text: str) -> None:
    """No document, however broken, stops an ingest here."""
    found = publication(text)
    assert found is None or found.interval.start <= found.interval.end
