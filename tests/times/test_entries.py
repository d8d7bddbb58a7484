"""Tests of texts whose places count from days of their own: logs, quoted mail, tables."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.data import Document, Sentence
from qa.times.entries import entries
from qa.times.quoted import GIVEN, dates_of, entry_day

LOG = """Log of the Marten

14 August 2022
Made fast. Left Hald yesterday.

## 17 August 2022

On Monday the jib tore.
"""
MAIL = """From: Ann
Date: Fri, 13 Sep 2024 11:05:00 +0200

He came yesterday.

On Mon, 9 Sep 2024 at 08:15, Pavel Reh wrote:
> The locksmith came on Saturday.
"""
ROWS = """date: 2023-02-06; entry: begun on Friday; due: 13 February
date: 2023-12-18; entry: ended yesterday; due: 8 January
"""
TABLE = """| Task | By when | Done |
|---|---|---|
| Gauge | 15 March | Thursday |
| Crane | Thursday | 2 January |
"""


def days(text: str, quote: str, published: date | None = None, basis: str = "") -> list[date]:
    """The days shown beside a line of a text."""
    start = text.index(quote)
    document = Document("d", text, published=published, date_basis=basis)
    return [one.start for one in dates_of(document, Sentence(start, start + len(quote)))]


@pytest.mark.parametrize(
    ("text", "quote", "day"),
    [
        (LOG, "Left Hald yesterday.", date(2022, 8, 13)),
        (LOG, "On Monday the jib tore.", date(2022, 8, 15)),
        (MAIL, "He came yesterday.", date(2024, 9, 12)),
        (MAIL, "The locksmith came on Saturday.", date(2024, 9, 7)),
    ],
)
def test_an_entry_counts_from_its_own_day(text: str, quote: str, day: date) -> None:
    """In a log or a quoted mail "yesterday" is the day before that entry."""
    assert days(text, quote, date(2024, 9, 13)) == [day]


def test_a_quoted_mail_without_a_day_that_is_read_counts_from_none() -> None:
    """What somebody wrote before is not told by the day of the mail that quotes it."""
    mail = "We sail tomorrow.\n\nQuoting Olo:\n> The oven went yesterday.\n> It was old.\n"
    assert days(mail, "We sail tomorrow.", date(2024, 6, 12)) == [date(2024, 6, 13)]
    assert days(mail, "The oven went yesterday.", date(2024, 6, 12)) == []
    known = mail.replace("Quoting Olo:", "Am Mo., 3. Juni 2024 um 19:40 schrieb Olo <o@x.example>:")
    assert days(known, "The oven went yesterday.", date(2024, 6, 12)) == [date(2024, 6, 2)]
    plain = "Rules\n\n> The rules changed yesterday.\n"
    assert days(plain, "The rules changed yesterday.", date(2024, 6, 12)) == [date(2024, 6, 11)]


def test_a_quotation_tells_the_day_of_its_entry() -> None:
    """Beside a sentence of a log stands its entry's day, and beside others the document's."""
    log = Document("d", LOG, published=date(2022, 8, 17))
    assert entry_day(log, LOG.index("Made fast.")) == date(2022, 8, 14)
    assert entry_day(log, LOG.index("On Monday")) is None
    assert entry_day(log, LOG.index("Log of")) is None
    given = Document("d", LOG, published=date(2022, 8, 17), date_basis=GIVEN)
    assert entry_day(given, LOG.index("Made fast.")) is None


def test_a_row_counts_from_its_own_day() -> None:
    """What a row is due follows its own date, over the end of the year."""
    first, second = ROWS.splitlines()
    assert days(ROWS, first) == [date(2023, 2, 6), date(2023, 2, 3), date(2023, 2, 13)]
    assert days(ROWS, second) == [date(2023, 12, 18), date(2023, 12, 17), date(2024, 1, 8)]


def test_the_head_of_a_column_tells_the_direction() -> None:
    """Under "By when" a day is to come, under "Done" it has been."""
    monday = date(2024, 3, 11)
    assert days(TABLE, "Gauge | 15 March | Thursday", monday) == [
        date(2024, 3, 15), date(2024, 3, 7),
    ]  # fmt: skip
    assert days(TABLE, "| Crane | Thursday | 2 January |", monday) == [
        date(2024, 3, 14), date(2024, 1, 2),
    ]  # fmt: skip


def test_a_date_that_a_user_gave_goes_before_entries() -> None:
    """Who sets a document's date has all of it counted from that."""
    assert days(LOG, "Left Hald yesterday.", date(2023, 1, 5), GIVEN) == [date(2023, 1, 4)]


@pytest.mark.parametrize(
    "text",
    [
        "Minutes\n3 May 2020\nIt was closed yesterday.",
        "1. Shed\n2. Water\n3. May\n",
        "5 May 2019 was warm.\n6 May 2019 was cold.\n",
    ],
)
def test_a_text_of_one_day_has_no_entries(text: str) -> None:
    """A head line, a numbered list and prose that begins with a date are no log."""
    assert entries(text) == ()


@given(st.text(alphabet="#|*> \n:;-1234May2020.ondtewr", max_size=120))
def test_entries_lie_in_the_text_in_order(text: str) -> None:
    """Whatever a text holds, its entries follow each other inside of it."""
    found = entries(text)
    ends = [0, *(place for one in found for place in (one.start, one.end)), len(text)]
    assert ends == sorted(ends)


def test_a_row_of_many_columns_is_read_at_once() -> None:
    """A wide table without an end does not hold up an answer."""
    text = "| a | b | c | d | e | f | g | h |\n" * 40 + "text\n| Friday |"
    assert days(text, "| Friday |", date(2024, 3, 13)) == []


def test_a_heading_that_is_a_day_and_an_hour_dates_what_follows() -> None:
    """A status page's "30 October 2024, 21:47 UTC" counts for all paragraphs below it."""
    text = """# Search degraded

### 31 October 2024, 08:20 UTC

Resolved.

It was slow yesterday.

### 30 October 2024, 21:47 UTC

A shard was replaced.

It broke yesterday.
"""
    document = Document("status", text)
    days = []
    for wanted in ("It was slow yesterday.", "It broke yesterday."):
        at = text.index(wanted)
        (one,) = dates_of(document, Sentence(at, at + len(wanted)))
        days.append(one.start)
    assert days == [date(2024, 10, 30), date(2024, 10, 29)]


def test_an_entry_without_its_year_comes_after_the_one_before() -> None:
    """A diary writes the year once, and then weekdays: each counts from its own day."""
    text = (
        "*Monday 30 December 2019*\n\nCrossed last night.\n\n*Thursday*\n\nThey came yesterday.\n\n"
        "Friday 3 January\n\nRain.\n\nMonday\n\nHome."
    )
    assert [str(one.day) for one in entries(text)] == [
        "2019-12-30",
        "2020-01-02",
        "2020-01-03",
        "2020-01-06",
    ]


def test_a_weekday_alone_dates_nothing_where_no_day_stands_before() -> None:
    """A timetable's headings are no entries, below a date without a weekday either."""
    assert entries("Monday\n\nChoir.\n\nTuesday\n\nYoga.") == ()
    assert entries("5 March 2024\n\nMonday\n\nChoir.\n\nTuesday\n\nYoga.") == ()


def test_a_day_without_its_year_is_open_where_the_paragraph_tells_of_an_earlier_one() -> None:
    """Of the story or of the present: no day is shown for it, while another paragraph's stays."""
    story = "On 16 March 2022 the ceiling came down. She wrote two days later. She left in August."
    text = f"{story}\n\nThe roof was mended on 3 May."
    written = date(2023, 10, 11)
    assert days(text, "She left in August.", written) == []
    assert days(text, "The roof was mended on 3 May.", written) == [date(2023, 5, 3)]


def test_a_weekday_after_days_that_lie_ahead_may_be_one_of_them() -> None:
    """What is said of a Thursday in a mail about a fair may be of the fair: both days are told."""
    fair = "The fair in Hull runs from 7 to 9 November."
    text = f"{fair} I can drive on Thursday, and will call on Wednesday.\n"
    document = Document("m", text, published=date(2024, 10, 21))  # a Monday
    thursday, wednesday = dates_of(document, Sentence(len(fair) + 1, len(text)), both=True)
    assert thursday.start == date(2024, 10, 24)
    assert thursday.other == (date(2024, 11, 7), date(2024, 11, 7))
    assert (wednesday.start, wednesday.other) == (date(2024, 10, 23), None)
