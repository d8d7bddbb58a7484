"""Dates of a statement that its sources tell in words counted from their own date."""

import re
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.checking.verify import Check, Cited, verify
from qa.data import Document, Sentence
from qa.ingest.read import read
from qa.text.sentences import sentences
from qa.times.quoted import counted, days_text

FEBRUARY = (date(2023, 2, 16), date(2023, 2, 28))
SALE = "On November 7 last year, Kestrel began selling the M5 in its stores."
GOAL = "The plant is to build one million cars within three years."
TIMES = Path(__file__).parents[2] / "eval" / "documents" / "times"


def check(statement: str, *said: str, around: str = "", on: date | None = None) -> Check:
    """The verdict on a statement of a text whose sentences are ``said``.

    The text was published ``on`` a day, or else written in the second half of February 2023.
    """
    document = Document(
        "d", " ".join(said), published=on, written=None if on is not None else FEBRUARY
    )
    cited = []
    for one in said:
        start = document.text.index(one)
        times = counted(document, Sentence(start, start + len(one)))
        cited.append(Cited(one, around, times))
    return verify(statement, cited)


@pytest.mark.parametrize(
    ("source", "statement"),
    [
        (SALE, "On November 7, 2022, Kestrel began selling the M5 in its stores."),
        (SALE, "Kestrel began selling the M5 on 2022-11-07."),
        (SALE, "Kestrel began selling the M5 on 7 Nov. 2022."),
        (SALE, "Kestrel began selling the M5 in November 2022."),
        (SALE, "Kestrel began selling the M5 in the fourth quarter of 2022."),
        (SALE, "Kestrel began selling the M5 in Q4 2022."),
        (SALE, "Kestrel began selling the M5 in 2022."),
        (SALE, "Kestrel began selling the M5 on November 7 last year (2022-11-07)."),
        (SALE, "Kestrel began selling the M5 on November 7."),
        (GOAL, "The plant is to build one million cars by 2026."),
        (GOAL, "The plant is to build one million cars by February 2026."),
        (GOAL, "The plant is to build one million cars between 2023 and 2026."),
        ("The line has been shut since last May.", "The line has been shut since May 2022."),
        ("The line has been shut since last May.", "The line has been shut since 2022."),
        ("Ann said earlier this month that it sold.", "Ann said in February 2023 that it sold."),
        ("Two years ago it was sold to Ann.", "In 2021 it was sold to Ann."),
        ("It will be sold next month to Ann.", "It will be sold to Ann in March 2023."),
    ],
)
def test_a_date_counted_from_the_documents_own_is_supported(source: str, statement: str) -> None:
    """A model may say the day, month or year that "last year" and its like mean."""
    assert check(statement, source).reasons == ()


@pytest.mark.parametrize(
    ("source", "statement", "date_"),
    [
        (SALE, "On November 7, 2023, Kestrel began selling the M5 in its stores.", "2023-11-7"),
        (SALE, "On November 7, 2021, Kestrel began selling the M5 in its stores.", "2021-11-7"),
        (SALE, "Kestrel began selling the M5 on November 8, 2022.", "2022-11-8"),
        (SALE, "Kestrel began selling the M5 on 2022-11-06.", "2022-11-6"),
        (SALE, "Kestrel began selling the M5 in October 2022.", "2022-10"),
        (SALE, "Kestrel began selling the M5 in December 2022.", "2022-12"),
        (SALE, "Kestrel began selling the M5 in 2023.", "2023"),
        (SALE, "Kestrel began selling the M5 in 2021.", "2021"),
        (SALE, "Kestrel began selling the M5 from November 7 to November 30, 2022.", "2022-11-30"),
        (SALE, "Kestrel began selling the M5 in the third quarter of 2022.", "2022"),
        (GOAL, "The plant is to build one million cars by 2025.", "2025"),
        (GOAL, "The plant is to build one million cars by January 2026.", "2026-1"),
        (GOAL, "The plant is to build one million cars in 2026.", "2026"),
        (GOAL, "The plant is to build one million cars between 2023 and 2027.", "2027"),
        (
            "The line has been shut since last May.",
            "The line has been shut since May 2021.",
            "2021-5",
        ),
        (
            "The line has been shut since last May.",
            "The line has been shut since May 1, 2022.",
            "2022-5-1",
        ),
        ("Two years ago it was sold to Ann.", "In 2020 it was sold to Ann.", "2020"),
    ],
)
def test_a_wrong_date_is_refused(source: str, statement: str, date_: str) -> None:
    """A date a day, a month or a year off is refused, though it stands around the sentence."""
    around = "2020 2021 2022 2023 2025 2026 2027 2022-10 2022-11-06 2022-11-08 2023-11-07"
    reasons = check(statement, source, around=around).reasons
    assert any(repr(date_) in reason for reason in reasons), reasons


def test_no_year_is_taken_from_around_for_last_year() -> None:
    """Without a date of its own, a document gives no year for "last year", whatever stands by."""
    source = Cited("Revenue last year was 840 million.", "A report of 2023.", ())
    assert verify("Revenue in 2023 was 840 million.", [source]).supported
    document = Document("d", source.text)
    times = counted(document, Sentence(0, len(source.text)))
    assert [one.interval for one in times] == [None]
    found = verify("Revenue in 2023 was 840 million.", [source._replace(times=times)])
    assert "the date '2023' does not stand in the cited sentences" in found.reasons


@pytest.mark.parametrize(
    ("statement", "words"),
    [
        ("Kestrel opened a plant last month.", "last month"),
        ("Kestrel opened a plant two years ago.", "two years ago"),
        ("Kestrel opened a plant yesterday.", "yesterday"),
    ],
)
def test_words_that_count_from_today_are_the_sources_own(statement: str, words: str) -> None:
    """A model that says "last month" of what was "last year" is not believed."""
    found = check(statement, "Kestrel opened a plant last year.")
    assert f"the time {words!r} does not stand in the cited sentences" in found.reasons
    assert check("Last year Kestrel opened a plant.", "Kestrel opened a plant last year.").supported


def test_a_number_in_words_or_digits_is_one_time() -> None:
    """A model that writes "within 3 years" of "within three years" is believed."""
    assert check("The plant is to build one million cars within 3 years.", GOAL).supported


REVENUE = (
    "Revenue last year was 840 million dollars.",
    "Two years ago it was 610 million dollars.",
)
CELLS = "Ann sold 5.2 million cells in the fourth quarter, up from 3.9 million a year earlier."


@pytest.mark.parametrize(
    ("said", "right", "wrong"),
    [
        (REVENUE, "Revenue was 840 million dollars in 2022.", "2021"),
        (REVENUE, "Revenue was 610 million dollars in 2021.", "2022"),
        (REVENUE, "In 2022, revenue was 840 million dollars.", "2021"),
        ((CELLS,), "Ann sold 5.2 million cells in the fourth quarter of 2022.", "2021"),
        ((CELLS,), "Ann sold 3.9 million cells in the fourth quarter of 2021.", "2022"),
        (
            ("Tolls were 4 dollars in 2019 and 5 dollars in 2020.",),
            "Tolls were 5 dollars in 2020.",
            "2019",
        ),
    ],
)
def test_a_figure_stays_with_its_own_time(said: tuple[str, ...], right: str, wrong: str) -> None:
    """Two years and two figures in the sources are not paired the other way round."""
    assert check(right, *said).reasons == ()
    reasons = check(re.sub(r"20\d\d", wrong, right), *said).reasons
    assert any("is of another time" in reason for reason in reasons), reasons


def test_two_figures_with_their_times_are_supported() -> None:
    """A comparison over both years passes as long as it pairs them as the sources do."""
    both = "Revenue was 840 million dollars in 2022 and 610 million dollars in 2021."
    assert check(both, *REVENUE).reasons == ()
    crossed = "Revenue was 610 million dollars in 2022 and 840 million dollars in 2021."
    assert not check(crossed, *REVENUE).supported


def written(days: date) -> str:
    """A day as people write it."""
    return f"{days:%B} {days.day}, {days.year}"


@given(
    st.dates(date(1990, 1, 1), date(2030, 12, 31)),
    st.sampled_from(["yesterday", "three days ago", "two weeks ago"]),
)
def test_the_day_and_no_other(published: date, words: str) -> None:
    """Of any publication date, the day meant passes, and those before and after it do not."""
    back = {"yesterday": 1, "three days ago": 3, "two weeks ago": 14}[words]
    meant = published - timedelta(days=back)
    source = f"The ferry made its last crossing {words}."
    if words != "two weeks ago":  # a week, or the day: an interval stays one
        right = f"The ferry made its last crossing on {written(meant)}."
        assert check(right, source, on=published).reasons == ()
    for off in (-31, -2, 2, 31, 366) if words != "two weeks ago" else (-31, 31, 366):
        other = f"The ferry made its last crossing on {written(meant + timedelta(days=off))}."
        assert not check(other, source, on=published).supported


def test_every_relative_date_of_the_time_documents() -> None:
    """Each expression of the documents on time passes as its date, and not as another year's."""
    passed = refused = 0
    for path in sorted(TIMES.iterdir()):
        document = read(path, max_bytes=100_000)
        for span in sentences(document.text):
            sentence = Sentence(span.start, span.end)
            quote = document.text[span.start : span.end]
            for one in counted(document, sentence):
                if one.interval is None or one.text.lower().startswith(("since", "until")):
                    continue
                days = days_text(one.interval.start, one.interval.end)
                cited = [Cited(quote, "", counted(document, sentence))]
                right = quote[: one.start] + f"in {days}" + quote[one.end :]
                assert verify(right, cited).reasons == (), right
                wrong = re.sub(r"\d{4}", lambda m: str(int(m.group()) + 7), days)
                altered = quote[: one.start] + f"in {wrong}" + quote[one.end :]
                assert not verify(altered, cited).supported, altered
                passed, refused = passed + 1, refused + 1
    assert passed == refused
    assert passed >= 40
