"""Time on the command line: what was known by a day, and dates that a user sets."""

import json
import os
from pathlib import Path

import pytest

from tests.fronts.test_cli import qa

OLD = "Published: 2022-03-10\n\nBrandt Works had 120 employees in 2021. It makes pumps.\n"
NEW = "Published: 2024-05-02\n\nBrandt Works has 340 employees. It makes pumps and valves.\n"
UNDATED = "Brandt Works is led by Ida Holm.\n"


@pytest.fixture
def works(tmp_path: Path) -> Path:
    """A project with two dated documents and one without a date, ingested."""
    (tmp_path / "seeds").mkdir()
    for name, text in (("new.txt", NEW), ("old.txt", OLD), ("undated.txt", UNDATED)):
        (tmp_path / "seeds" / name).write_text(text, encoding="utf-8")
    assert qa("ingest", cwd=tmp_path).returncode == 0
    return tmp_path


QUESTION = "how many employees does Brandt Works have?"
LEADS = "who leads Brandt Works?"
TOLD = {QUESTION: ["120", "340"], LEADS: ["Ida Holm"]}


def test_as_of(works: Path) -> None:
    """As of a day between the two reports only the earlier answers, and what is out is said."""
    result = qa("ask", "--as-of", "2023-01-01", QUESTION, cwd=works, told=TOLD)
    expected = """\
Brandt Works had 120 employees in 2021. [1]

[1] Published: 2022-03-10, 2022-03-10, old.txt, line 3
    “Brandt Works had 120 employees in 2021.”

As of 2023-01-01: 1 of 3 documents were looked at; 1 left out because its date is not known\
 (qa sources --set-date gives one).
Answered by: extractive
"""
    assert (result.returncode, result.stderr, result.stdout) == (0, "", expected)


def test_as_of_before_everything(works: Path) -> None:
    """As of a day before all documents the question is refused, and the refusal says why."""
    result = qa("ask", "--as-of", "2020-01-01", QUESTION, cwd=works)
    expected = """\
No document is known to have been published by 2020-01-01.

As of 2020-01-01: 0 of 3 documents were looked at; 1 left out because its date is not known\
 (qa sources --set-date gives one).
Answered by: extractive
"""
    assert (result.returncode, result.stderr, result.stdout) == (1, "", expected)


def test_as_of_everywhere(works: Path) -> None:
    """JSON, batch, search and conversation hold to the same day."""
    asked = ("ask", "--as-of", "2023-01-01")
    answer = json.loads(qa(*asked, "--json", QUESTION, cwd=works).stdout)
    (works / "questions.txt").write_text(f"{QUESTION}\n", encoding="utf-8")
    batch = json.loads(qa(*asked, "--batch", "questions.txt", cwd=works).stdout)
    for one in (answer, batch):
        assert one["as_of"] == "2023-01-01"
        assert [c["path"] for s in one["statements"] for c in s["citations"]] == ["old.txt"]
    found = json.loads(qa("search", "--as-of", "2023-01-01", "--json", "pumps", cwd=works).stdout)
    assert [hit["path"] for hit in found] == ["old.txt"]
    assert "old.txt" in qa("chat", "--as-of", "2023-01-01", cwd=works, typed=QUESTION).stdout


def test_as_of_in_a_conversation(works: Path) -> None:
    """/as-of takes a day, shows it and takes it back; a bad day is refused."""
    lines = ["/as-of", "/as-of soon", "/as-of 2023-01-01", QUESTION, "/as-of off", QUESTION]
    result = qa("chat", cwd=works, typed="\n".join(lines))
    assert "Everything answers; /as-of DATE leaves only" in result.stdout
    assert "'soon' is no date; expected a day as YYYY-MM-DD" in result.stderr
    assert "Answers are as of 2023-01-01; /as-of off takes it back" in result.stdout
    assert "Brandt Works had 120 employees in 2021. [1]" in result.stdout
    assert result.stdout.count("Brandt Works has 340 employees. [1]") == 1


@pytest.mark.parametrize("flag", ["--as-of", "--today"])
@pytest.mark.parametrize("day", ["2023-02-30", "31.3.2023", "20230331", ""])
def test_bad_days(works: Path, flag: str, day: str) -> None:
    """What is no day is refused with what was expected, as wrong usage."""
    result = qa("ask", flag, day, QUESTION, cwd=works)
    said = f"{day!r} is no date; expected a day as YYYY-MM-DD, such as 2023-03-31"
    assert (result.returncode, result.stdout) == (2, "")
    assert result.stderr == f"qa: Invalid value for '{flag}': {said}\n"


def listed(folder: Path, *arguments: str) -> dict[str, tuple[str | None, str | None]]:
    """What ``qa sources`` says of each file: its date, and where that was found."""
    found = json.loads(qa("sources", *arguments, "--json", cwd=folder).stdout)
    return {one["path"]: (one["published"], one["date_basis"]) for one in found}


def test_set_date(works: Path) -> None:
    """A date that is set is shown, with who set it, and counts in answers."""
    result = qa("sources", "--set-date", "seeds/undated.txt=2019-12-31", cwd=works)
    expected = """\
undated.txt  2019-12-31 (set by the user)  1 passages  ready
1 ready, 0 skipped, 1 passages
"""
    assert (result.returncode, result.stderr, result.stdout) == (0, "", expected)
    result = qa("ask", "--as-of", "2020-01-01", LEADS, cwd=works, told=TOLD)
    expected = """\
Brandt Works is led by Ida Holm. [1]

[1] 2019-12-31, undated.txt, line 1
    “Brandt Works is led by Ida Holm.”

As of 2020-01-01: 1 of 3 documents were looked at.
Answered by: extractive
"""
    assert (result.returncode, result.stderr, result.stdout) == (0, "", expected)


def test_set_date_outlives_everything(works: Path) -> None:
    """A set date holds after the file changes, is renamed, and all is rebuilt and repaired."""
    mine = ("2001-02-03", "set by the user")
    assert listed(works, "--set-date", "old.txt=2001-02-03") == {"old.txt": mine}
    old, new = works / "seeds" / "old.txt", works / "seeds" / "renamed.txt"
    old.write_text(OLD + "It was sold.\n", encoding="utf-8")
    assert qa("ingest", cwd=works).returncode == 0
    assert listed(works)["old.txt"] == mine
    old.rename(new)
    assert qa("ingest", "--rebuild", cwd=works).returncode == 0
    assert listed(works)["renamed.txt"] == mine
    new.write_text(OLD, encoding="utf-8")
    assert qa("repair", cwd=works).returncode == 0
    assert listed(works)["renamed.txt"] == mine
    shown = listed(works, "--clear-date", "renamed.txt")
    assert shown == {"renamed.txt": ("2022-03-10", "published “2022-03-10”")}


def test_set_date_in_a_conversation(works: Path) -> None:
    """/set-date and /clear-date show the document with the date that it has now."""
    typed = "/set-date old.txt=2001-02-03\n/clear-date old.txt\n"
    result = qa("chat", cwd=works, typed=typed)
    expected = """\
old.txt  Published: 2022-03-10  2001-02-03 (set by the user)  1 passages  ready
1 ready, 0 skipped, 1 passages
old.txt  Published: 2022-03-10  2022-03-10 (published “2022-03-10”)  1 passages  ready
1 ready, 0 skipped, 1 passages
"""
    assert (result.returncode, result.stderr, result.stdout) == (0, "", expected)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--set-date", "old.txt"], "'old.txt' is no PATH=DATE, such as report.txt=2023-03-31"),
        (["--set-date", "old.txt=May"], "'May' is no date; expected a day as YYYY-MM-DD"),
        (["--set-date", "none.txt=2020-01-01"], "there is no readable source 'none.txt'"),
        (["--clear-date", "old.txt"], "no date was set for source 'old.txt'"),
        (["--set-date", "a=2020-01-01", "--clear-date", "a"], "cannot be set and taken back"),
    ],
)
def test_set_date_wrongly(works: Path, arguments: list[str], said: str) -> None:
    """What cannot be meant is wrong usage, and no date changes."""
    before = listed(works)
    result = qa("sources", *arguments, cwd=works)
    assert (result.returncode, result.stdout) == (2, "")
    assert said in result.stderr
    assert listed(works) == before


def test_damaged_dates(works: Path) -> None:
    """A damaged file of set dates is no silent loss: it is named, with what mends it."""
    assert listed(works, "--set-date", "old.txt=2001-02-03")
    (works / ".qa" / "seeds" / "dates.json").write_text('{"dates"', encoding="utf-8")
    result = qa("ask", QUESTION, cwd=works)
    assert (result.returncode, result.stdout) == (3, "")
    assert "dates.json', which holds the dates that were set, cannot be understood" in result.stderr
    assert "qa sources --set-date PATH=DATE" in result.stderr


def test_the_file_name_dates_what_has_no_date(tmp_path: Path) -> None:
    """The name's day is shown, counts "last year" and --as-of; what the text says goes first.

    Where the two are of different times both are shown, and nothing is counted from either.
    """
    folder = tmp_path / "seeds"
    folder.mkdir()
    said = "Brandt Works hired 40 welders last year.\n"
    (folder / "2024-03-05-minutes.txt").write_text(said, encoding="utf-8")
    (folder / "2022-03-12 old.txt").write_text(OLD, encoding="utf-8")
    (folder / "2023-01-01 older.txt").write_text(f"{OLD}It is old.\n", encoding="utf-8")
    assert qa("ingest", cwd=tmp_path).returncode == 0
    named = ("2024-03-05", "the file name")
    assert listed(tmp_path) == {
        "2022-03-12 old.txt": ("2022-03-10", "published “2022-03-10”"),
        "2023-01-01 older.txt": (
            None,
            f"not sure: published “2022-03-10”, or {named[1]} 2023-01-01",
        ),
        "2024-03-05-minutes.txt": named,
    }
    question = "how many welders did Brandt Works hire?"
    told = {question: ["40 welders"]}
    result = qa("ask", "--as-of", "2024-03-05", question, cwd=tmp_path, told=told)
    assert "last year = 2023" in result.stdout
    assert qa("ask", "--as-of", "2024-03-04", question, cwd=tmp_path, told=told).returncode == 1
    mine = ("2021-06-01", "set by the user")
    assert listed(tmp_path, "--set-date", "2024-03-05-minutes.txt=2021-06-01") == {
        "2024-03-05-minutes.txt": mine
    }
    (folder / "2024-03-05-minutes.txt").rename(folder / "minutes.txt")
    shown = listed(tmp_path, "--clear-date", "2024-03-05-minutes.txt")
    assert shown == {"2024-03-05-minutes.txt": named}
    assert qa("ingest", cwd=tmp_path).returncode == 0
    assert listed(tmp_path)["minutes.txt"] == (None, None)


def test_the_time_of_a_file_is_shown_and_dates_nothing(works: Path) -> None:
    """An undated document is listed with its file's time; --as-of does not believe it."""
    file = works / "seeds" / "undated.txt"
    os.utime(file, (1_000_000_000, 1_000_000_000))  # 2001-09-09 01:46:40 UTC
    assert qa("ingest", cwd=works).returncode == 0
    lines = qa("sources", cwd=works).stdout.splitlines()
    assert "undated.txt  no date (the file is of 2001-09-09)  1 passages  ready" in lines
    one = next(
        one
        for one in json.loads(qa("sources", "--json", cwd=works).stdout)
        if one["path"] == "undated.txt"
    )
    assert (one["published"], one["written"], one["file_day"]) == (None, None, "2001-09-09")
    result = qa("ask", "--as-of", "2020-01-01", LEADS, cwd=works, told=TOLD)
    assert result.returncode == 1


def test_this_year_without_an_answer(works: Path) -> None:
    """Where nothing is of the question's "this year" the newest that answers is shown, dated."""
    asked = "how many employees does Brandt Works have this year?"
    told = {"how many employees does Brandt Works have?": ["120", "340"]}
    result = qa("ask", "--today", "2026-05-01", asked, cwd=works, told=told)
    lines = result.stdout.splitlines()
    assert result.returncode == 0
    assert lines[:2] == [
        "Nothing that was found speaks of 2026. As of 2024-05-02:",
        "Brandt Works has 340 employees. [1]",
    ]


def test_an_unsure_date_is_shown_and_not_counted_from(tmp_path: Path) -> None:
    """A report's own year is told as not sure, and its "last year" stays as it stands."""
    (tmp_path / "seeds").mkdir()
    (tmp_path / "seeds" / "a.txt").write_text(
        "Annual report 2024\n\nThe dividend was raised last year.\n", encoding="utf-8"
    )
    assert qa("ingest", cwd=tmp_path).returncode == 0
    listed = qa("sources", cwd=tmp_path)
    assert "no date (not sure: reports on “Annual report 2024”)" in listed.stdout
    asked = "when was the dividend raised?"
    result = qa("ask", asked, cwd=tmp_path, told={asked: ["dividend"]})
    assert "The dividend was raised last year. [1]" in result.stdout
    assert "2023" not in result.stdout
