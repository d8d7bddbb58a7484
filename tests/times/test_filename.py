"""The dates of file names, and the figures in them that are none."""

from datetime import date

import pytest

from qa.times.filename import named_days
from qa.times.intervals import Interval

MARCH_5 = Interval(date(2024, 3, 5), date(2024, 3, 5))


@pytest.mark.parametrize(
    "name",
    [
        "2024-03-05-minutes.txt",
        "minutes/2024_03_05.md",
        "report_20240305.pdf",
        "IMG_20240305_120000.txt",
        "2024-03-05T10-30-00 log.txt",
        "notes 5 March 2024.txt",
        "march-5th-2024.html",
        "5 Mar 2024 (2).docx",
        "05.03.2024 Protokoll.md",
        "press-release-2024-03-05.md",
    ],
)
def test_a_day(name: str) -> None:
    """The day in a file's name is found in all the ways in which it is written."""
    assert named_days([name]) == MARCH_5


@pytest.mark.parametrize(
    "name",
    [
        "app-v2024.03.05.md",
        "build 20240305.txt",
        "id-20240305.txt",
        "invoice_20240305.pdf",
        "tel 20240305.txt",
        "+20240305.txt",
        "0049-20240305.txt",
        "20240305-001.pdf",
        "99920240305.txt",
        "a20240305.txt",
        "550e8400-e29b-41d4-2024-030544665544.txt",
        "05-03-2024.md",
        "2024-02-30.md",
        "due 2024-03-05.txt",
        "2024-03-05 to 2024-03-09.md",
        "2024-03-05/minutes.md",
        "report 2999-01-01.md",
        "2003-04 season.md",
        "annual report 2023.pdf",
        "results.md",
    ],
)
def test_no_day(name: str) -> None:
    """Versions, numbers, deadlines, ranges and what may be two days give no date."""
    assert named_days([name]) is None


def test_months_and_quarters() -> None:
    """What is of a month or a quarter may have been written in it or in the next one."""
    quarter = Interval(date(2023, 7, 1), date(2023, 12, 31))
    assert named_days(["Q3 2023 results.md"]) == quarter
    assert named_days(["results-2023Q3.md"]) == quarter
    spring = Interval(date(2024, 3, 1), date(2024, 4, 30))
    assert named_days(["newsletter March 2024.md"]) == spring
    assert named_days(["2024-03 newsletter.md"]) == spring


def test_copies() -> None:
    """Copies under names of one day have it; of different days they have none."""
    assert named_days(["2024-03-05.md", "minutes 20240305.md", "copy.md"]) == MARCH_5
    assert named_days(["2024-03-05.md", "2024-03-06.md"]) is None
