"""Tests of the times beside a quotation."""

from datetime import date
from pathlib import Path

from qa.data import Citation, Dated, Document, Sentence
from qa.fronts.render import dates_text
from qa.ingest.read import read
from qa.times.quoted import dates_of, days_text, is_newer, written_text

TEXT = "It was founded in 2015. Two years later it was sold. It moved last year."


def said(document: Document, quote: str) -> list[tuple[str, date, date]]:
    """What stands beside a quotation: text, first day, last day."""
    start = document.text.index(quote)
    found = dates_of(document, Sentence(start, start + len(quote)))
    return [(one.text, one.start, one.end) for one in found]


def test_a_relative_date_is_counted_from_the_document() -> None:
    """The reader sees which year "last year" was."""
    document = Document("d", TEXT, published=date(2020, 5, 1))
    expected = [("last year", date(2019, 1, 1), date(2019, 12, 31))]
    assert expected == said(document, "It moved last year.")


def test_a_document_of_some_day_of_a_month_dates_what_the_month_decides() -> None:
    """Where only the month of a document is known, the year before is known all the same."""
    document = Document("d", TEXT, written=(date(2020, 5, 2), date(2020, 5, 31)))
    expected = [("last year", date(2019, 1, 1), date(2019, 12, 31))]
    assert expected == said(document, "It moved last year.")


def test_without_a_date_of_its_own_a_document_gives_no_relative_dates() -> None:
    """Nothing is guessed: a text of no known date shows no year for "last year"."""
    assert said(Document("d", TEXT), "It moved last year.") == []


def test_the_sentence_before_is_counted_from() -> None:
    """Read "two years later": two years after what the sentence before tells."""
    expected = [("Two years later", date(2017, 1, 1), date(2017, 12, 31))]
    assert expected == said(Document("d", TEXT), "Two years later it was sold.")


def test_days_are_told_as_a_reader_takes_them() -> None:
    """A whole month is a month, a whole year a year, anything else its two ends."""
    assert days_text(date(2020, 1, 1), date(2020, 12, 31)) == "2020"
    assert days_text(date(2020, 2, 1), date(2020, 2, 29)) == "February 2020"
    assert days_text(date(2020, 12, 1), date(2020, 12, 31)) == "December 2020"
    assert days_text(date(2020, 2, 29), date(2020, 2, 29)) == "2020-02-29"
    assert days_text(date(2020, 1, 2), date(2020, 12, 31)) == "2020-01-02 to 2020-12-31"
    assert written_text(None, (date(2020, 5, 2), date(2020, 5, 31))) == "May 2020"


def test_only_relative_dates_stand_beside_the_quotation() -> None:
    """What names its own time needs no telling."""
    year = (date(2019, 1, 1), date(2019, 12, 31))
    dates = (Dated("2019", *year, "as written", False), Dated("last year", *year, "x", True))
    citation = Citation(1, "d", "a.txt", None, date(2020, 5, 1), None, 1, 0, 1, "x", None, dates)
    assert dates_text(citation) == "last year = 2019; written 2020-05-01"


def test_reading_keeps_the_days_that_the_words_allow(tmp_path: Path) -> None:
    """A file without a date has the days on which it can have been written, and why."""
    path = tmp_path / "a.txt"
    path.write_text("The mill burnt on 3 May 2020. It will reopen in May 2020.", encoding="utf-8")
    found = read(path, max_bytes=1000)
    assert (date(2020, 5, 3), date(2020, 5, 31)) == found.written
    assert found.published is None
    assert (
        found.date_basis
    ) == "the text: “The mill burnt on 3 May 2020”; “It will reopen in May 2020”"
    path.write_text("The mill\nPublished: 4 May 2020\n\nIt burnt.", encoding="utf-8")
    found = read(path, max_bytes=1000)
    assert (date(2020, 5, 4), "published “4 May 2020”") == (found.published, found.date_basis)


def test_newer_is_only_what_is_certainly_newer() -> None:
    """Of two documents one is newer where no day of it can be one of the other's."""
    old, new = Document("a", "", published=date(2023, 3, 1)), Document("b", "")
    assert not is_newer(new, old)
    assert not is_newer(old, new)
    new = Document("b", "", published=date(2023, 3, 2))
    assert is_newer(new, old)
    assert not is_newer(old, new)
    some = Document("c", "", written=(date(2023, 3, 1), date(2023, 3, 31)))
    assert not is_newer(some, old)
    assert not is_newer(new, some)
    later = Document("d", "", published=date(2023, 4, 1))
    assert is_newer(later, some)
    assert not is_newer(some, later)
