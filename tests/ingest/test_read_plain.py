"""Plain text, Markdown and reStructuredText."""

from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.ingest.files import reading


@settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.text(alphabet="ab .\n\ré中🙂\u0301", min_size=1, max_size=60))
def test_a_text_file_is_read_as_it_stands(tmp_path: Path, text: str) -> None:
    """A quotation stands in the file at the very line and column that are shown."""
    text = "x" + text
    assert text == reading(tmp_path, "a.txt", text).text


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("A short title\n\nThe text.\n", "A short title"),
        ("\n\nA short title\r\n\r\nThe text.\r\n", "A short title"),
        ("A sentence, not a title.\n\nThe text.\n", None),
        ("A wrapped line that goes on\nin the next.\n", None),
        ("x" * 101 + "\n\nText.\n", None),
        ("Only a line\n", None),
        ("标题\n\n正文。\n", "标题"),
        ("这是一个句子。\n\n正文。\n", None),
    ],
)
def test_title_of_a_text_file(tmp_path: Path, text: str, title: str | None) -> None:
    """A short first line that stands alone is the title; a sentence is not."""
    assert title == reading(tmp_path, "a.txt", text).title


def test_a_log_file_is_of_its_last_entry(tmp_path: Path) -> None:
    """So that what was known as of a day has it; a program with days in it is of none."""
    log = "2025-07-01 06:00:02 INFO started\n2025-07-03 05:02:51 ERROR E05 on port 1\n"
    assert reading(tmp_path, "a.log", log).published == date(2025, 7, 3)
    code = "# 2025-07-01 written\nDAY = '2025-07-03'\n"
    assert reading(tmp_path, "a.py", code).published is None


def test_settings_are_of_the_day_that_their_opening_comment_labels(tmp_path: Path) -> None:
    """Settings changed last are newer; a day without a label that says so dates nothing."""
    opening = (
        "# Limits of the gateway, in force since 1 July 2026\n# Last change: 2026-10-02 (Ines)\n"
    )
    settings = "limits:\n  rate: 200 # changed: 2026-11-05\n"
    assert reading(tmp_path, "a.yaml", opening + settings).published == date(2026, 10, 2)
    assert reading(tmp_path, "b.yaml", settings).published is None
    assert reading(tmp_path, "c.yaml", "# Expires: 2027-01-01\n" + settings).published is None


def test_front_matter_is_told_and_not_quoted(tmp_path: Path) -> None:
    """Title, author and date come from the front matter, and line numbers are the file's."""
    found = reading(
        tmp_path,
        "a.md",
        "---\ntitle: The T\nauthor: [Ann, Bo]\ndate: 2024-02-03\n---\n# H\nText.\n".replace(
            "\n", "\r\n"
        ),
    )
    assert found.text == "\r\n" * 5 + "# H\r\nText.\r\n"
    assert (found.title, found.author) == ("The T", "Ann, Bo")
    assert (found.published, found.date_basis) == (date(2024, 2, 3), "front matter")


@pytest.mark.parametrize(
    "text",
    [
        "---\njust words\n---\nText.\n",
        "---\na: [1\n---\nText.\n",
        "---\nno end: x\nText.\n",
        "Text\n---\na: b\n---\n",
    ],
)
def test_a_rule_is_no_front_matter(tmp_path: Path, text: str) -> None:
    """Text between two rules is text, and nothing of it is lost."""
    assert text == reading(tmp_path, "a.md", text).text


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("Intro.\n\n# The *big* [one](http://x.y) #\n", "The big one"),
        ("```\n# no title\n```\n# Yes\n", "Yes"),
        ("Under\n=====\n\nText.\n", "Under"),
        ("## Only second level\n", None),
        ("#hashtag\n", None),
        ("# The snake_case name\n", "The snake_case name"),
    ],
)
def test_title_of_markdown(tmp_path: Path, text: str, title: str | None) -> None:
    """The first heading of level one is the title, without markup."""
    assert title == reading(tmp_path, "a.md", text).title


def test_hostile_front_matter_is_harmless(tmp_path: Path) -> None:
    """Front matter cannot run code, and a bomb of aliases costs nothing."""
    bomb = "a: &a [x,x]\n" + "".join(
        f"{chr(98 + n)}: &{chr(98 + n)} [*{chr(97 + n)},*{chr(97 + n)}]\n" for n in range(24)
    )
    found = reading(tmp_path, "a.md", f"---\n{bomb}title: T\n---\nText.\n")
    assert (found.title, found.text.split("\n")[-2]) == ("T", "Text.")
    for title in ("*y", "[*y, *y]", "{name: *y}"):
        found = reading(tmp_path, "c.md", f"---\n{bomb}title: {title}\n---\n# H\n\nText.\n")
        assert found.title == "H"
    merged = bomb.replace("[x,x]", "{x: 1}").replace("[*", "{<<: [*").replace("]", "]}")
    assert "Text." in reading(tmp_path, "d.md", f"---\n{merged}title: T\n---\nText.\n").text
    evil = "---\ntitle: !!python/object/apply:os.system ['true']\n---\nText.\n"
    assert evil == reading(tmp_path, "b.md", evil).text


def test_rst_title_author_and_date(tmp_path: Path) -> None:
    """An underlined or overlined first heading is the title; docinfo tells the rest."""
    text = "=========\nBig Thing\n=========\n\n:Author: Ann\n:Date: 5 February 2024\n\nText.\n"
    found = reading(tmp_path, "a.rst", text)
    assert (found.text, found.title, found.author) == (text, "Big Thing", "Ann")
    assert (found.published, found.date_basis) == (date(2024, 2, 5), "docinfo field")
    assert reading(tmp_path, "b.rst", "A text\n\n- item\n").title is None
