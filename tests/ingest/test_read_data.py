"""CSV, TSV, JSON, JSON Lines and e-mail."""

from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from qa.ingest.read import read
from tests.ingest.files import reading, refusal


@pytest.mark.parametrize(
    ("name", "data", "expected"),
    [
        ("a.csv", "City,Year\nBonn,1989\n", "City,Year\nCity: Bonn; Year: 1989\n"),
        ("a.csv", "City;Sum\r\nBonn;1,5\r\n", "City;Sum\nCity: Bonn; Sum: 1,5\n"),
        ("a.tsv", "City\tNote\nBonn\ta, b\n", "City\tNote\nCity: Bonn; Note: a, b\n"),
        ("a.csv", "a|b\n1|2\n", "a|b\na: 1; b: 2\n"),
        ("a.csv", 'a,b\n"x\ny",2\n,3\n', "a,b\na: x y; b: 2\nb: 3\n"),
        ("a.csv", "a,b\n\n1,2,3\n", "a,b\n\na: 1; b: 2; column 3: 3\n"),
        ("a.csv", "a,\n1,2\n", "a,\na: 1; column 2: 2\n"),
        ("a.csv", "sep=;\na;b\n1;2\n", "\na;b\na: 1; b: 2\n"),
        ("a.csv", "1,2\n3,4\n", "column 1: 1; column 2: 2\ncolumn 1: 3; column 2: 4\n"),
        (
            "a.csv",
            "2025-03-01,Ines,34.50\n2025-03-02,Rolf,12.00\n",
            "column 1: 2025-03-01; column 2: Ines; column 3: 34.50\n"
            "column 1: 2025-03-02; column 2: Rolf; column 3: 12.00\n",
        ),
        ("a.csv", "Who,2024,2025\nAnn,7,9\n", "Who,2024,2025\nWho: Ann; 2024: 7; 2025: 9\n"),
        ("a.csv", "Name\nAnn\nBo\n", "Name\nName: Ann\nName: Bo\n"),
        ("a.csv", '"a\nb",c\n1,2\n', "a b,c\na b: 1; c: 2\n"),
        ("a.csv", "# made, today\na,b,c\n1,2,3\n", "# made, today\na,b,c\na: 1; b: 2; c: 3\n"),
        ("a.csv", "Fees\na,b,c\n1,2,3\n", "Fees\na,b,c\na: 1; b: 2; c: 3\n"),
        ("a.csv", "Fees,,\na,b,c\n1,2,3\n", "Fees\na,b,c\na: 1; b: 2; c: 3\n"),
        ("a.csv", "#id,name\n1,Ann\n", "#id,name\n#id: 1; name: Ann\n"),
    ],
)
def test_a_row_makes_sense_alone(tmp_path: Path, name: str, data: str, expected: str) -> None:
    """Every row carries its column names, whatever the delimiter; rows keep their numbers."""
    assert expected == reading(tmp_path, name, data).text


_CELL = st.text(alphabet="ab ,;|\t\"'\n", max_size=8).map(str.strip)


@settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(st.lists(_CELL, min_size=2, max_size=2), min_size=1, max_size=5))
def test_rows_keep_their_numbers(tmp_path: Path, rows: list[list[str]]) -> None:
    """Line n of the text is row n of a quoted table, whatever the cells hold."""
    quoted = ['"Head","Body"']
    quoted += [",".join('"' + cell.replace('"', '""') + '"' for cell in row) for row in rows]
    found = reading(tmp_path, "a.csv", "\n".join(quoted) + "\n").text.split("\n")
    expected = ['"Head","Body"']
    for head, body in rows:
        pairs = [("Head", " ".join(head.split())), ("Body", " ".join(body.split()))]
        expected.append("; ".join(f"{name}: {value}" for name, value in pairs if value))
    assert [*expected, ""] == found


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        ('{"a": {"b": 1.50, "c": true, "d": null}}', "a.b: 1.50\na.c: true\n"),
        ('{"a": 1, "a": 2}', "a: 1\na: 2\n"),
        (
            '[{"city": "Bonn", "year": 1989}, {"city": "Köln"}]',
            "city: Bonn; year: 1989\ncity: Köln\n",
        ),
        ('{"list": [{"a": 1}, {"a": 2}]}', "list: a: 1\nlist: a: 2\n"),
        ('{"tags": ["p", "q"]}', "tags: p, q\n"),
        ('[{"a": {"b": 1}}, [2, [3]]]', "[0].a.b: 1\n[1][0]: 2\n[1][1]: 3\n"),
        ('{"long": "one\\n\\ntwo   three"}', "long: one two three\n"),
        ("123456789012345678901234567890", "123456789012345678901234567890\n"),
        ('{"n": 1e999, "i": ' + "9" * 5000 + "}", f"n: 1e999\ni: {'9' * 5000}\n"),
        ("[NaN]", "nan\n"),
    ],
)
def test_json_reads_line_by_line(tmp_path: Path, data: str, expected: str) -> None:
    """Every value stands on a line with its path, numbers as they were written."""
    assert expected == reading(tmp_path, "a.json", data).text


def test_a_long_list_is_a_line_each(tmp_path: Path) -> None:
    """Paragraphs kept in a JSON list do not run into one line."""
    found = reading(tmp_path, "a.json", '{"p": ["' + "a" * 150 + '", "' + "b" * 150 + '"]}')
    assert found.text == f"p[0]: {'a' * 150}\np[1]: {'b' * 150}\n"


def test_json_tells_title_author_and_date(tmp_path: Path) -> None:
    """An article kept as JSON has its title, author and date."""
    found = reading(
        tmp_path, "a.json", '{"title": "The T", "author": "Ann", "date": "2024-02-03", "text": "x"}'
    )
    assert (found.title, found.author) == ("The T", "Ann")
    assert (found.published, found.date_basis) == (date(2024, 2, 3), 'JSON member "date"')


@pytest.mark.parametrize(
    ("name", "data", "reason"),
    [
        ("a.json", '{"a": 1,\n "b": }', "is not valid JSON: Expecting value at line 2, column 7"),
        (
            "a.jsonl",
            '{"a": 1}\n\n{"b" 2}\n',
            "is not valid JSON: Expecting ':' delimiter at line 3, column 6",
        ),
        ("a.json", "[" * 100_000 + "]" * 100_000, "is JSON nested too deeply to be read"),
        ("a.json", '{"a":' * 100_000 + "1" + "}" * 100_000, "is JSON nested too deeply to be read"),
    ],
)  # fmt: skip
def test_bad_json_names_the_place(tmp_path: Path, name: str, data: str, reason: str) -> None:
    """A slip in a JSON file is shown with its line and column; any depth is survived."""
    assert reason == refusal(tmp_path, name, data)


def test_json_whose_paths_explode_is_refused(tmp_path: Path) -> None:
    """A small file of long keys around many values cannot fill the memory."""
    data = '{"' + "k" * 10_000 + '": [' + '"x", ["y"], ' * 20_000 + "1]}"
    assert refusal(tmp_path, "a.json", data) == (
        "is JSON nested so deeply that its paths grow too large"
    )


def test_json_lines_keep_their_numbers(tmp_path: Path) -> None:
    """The record of line n of the file stands on line n of the text."""
    data = '{"a": 1, "b": {"c": [2, 3]}}\r\n\r\n"s"\r\n[1, {"x": 2}]'
    assert reading(tmp_path, "a.jsonl", data).text == "a: 1; b.c: 2, 3\n\ns\n[0]: 1; [1].x: 2\n"


_MAIL = b"""\
From: Ann <ann@example.org>
To: bo@example.org
Subject: =?utf-8?q?Caf=C3=A9?= at
 noon
Date: Mon, 5 Feb 2024 23:30:00 -0800
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary=B

--B
Content-Type: multipart/alternative; boundary=C

--C
Content-Type: text/plain; charset=iso-8859-1
Content-Transfer-Encoding: quoted-printable

Gr=FC=DFe aus Bonn.
--C
Content-Type: text/html

<p>Not this.</p>
--C--
--B
Content-Type: application/pdf
Content-Disposition: attachment; filename="offer.pdf"

evil
--B
Content-Type: message/rfc822

Subject: inner

evil
--B--
"""


def test_a_message_with_attachments(tmp_path: Path) -> None:
    """The message is its headers, its plain text and the names of what is attached."""
    found = reading(tmp_path, "a.eml", _MAIL)
    assert found.text == (
        "From: Ann <ann@example.org>\nTo: bo@example.org\nDate: Mon, 05 Feb 2024 23:30:00 -0800\n"
        "Subject: Café at noon\nAttachments: offer.pdf, message.eml\n\nGrüße aus Bonn."
    )
    assert (found.title, found.author) == ("Café at noon", "Ann <ann@example.org>")
    assert (found.published, found.date_basis) == (date(2024, 2, 5), "e-mail header")


def test_a_plain_text_that_only_points_at_the_html_is_not_read_in_its_place(tmp_path: Path) -> None:
    """Where the plain part says "view this as HTML", the HTML is what the message says."""
    stub = _MAIL.replace(b"Gr=FC=DFe aus Bonn.", b"See HTML.").replace(
        b"<p>Not this.</p>", b"<p>The limit for a night in Oslo is 2,100 kroner.</p>"
    )
    assert reading(tmp_path, "a.eml", stub).text.endswith(
        "\n\nThe limit for a night in Oslo is 2,100 kroner.\n"
    )


def test_a_plain_text_of_another_script_is_read_as_long_as_it_is(tmp_path: Path) -> None:
    """Chinese has no blanks between its words: a letter in one line is no stub."""
    letter = "董事会批准了新桥的预算，工程将于五月开始。".encode()
    chinese = _MAIL.replace(b"iso-8859-1", b"utf-8").replace(b"quoted-printable", b"8bit")
    chinese = chinese.replace(b"Gr=FC=DFe aus Bonn.", letter).replace(
        b"<p>Not this.</p>", b"<p>Not<p>this<p>but<p>that."
    )
    assert reading(tmp_path, "a.eml", chinese).text.endswith(letter.decode())


def test_a_message_in_html_alone(tmp_path: Path) -> None:
    """A message that has only HTML is read as a browser would show it."""
    data = b"Subject: S\nContent-Type: text/html\n\n<h1>Big</h1><p hidden>evil</p><p>Text"
    assert reading(tmp_path, "a.eml", data).text == "Subject: S\n\n# Big\n\nText\n"


@pytest.mark.parametrize(
    "header", ["From: <[", "From: @", "Date: 99 Foo", 'Content-Type: text/plain; charset="nope"']
)
def test_a_malformed_header_costs_nothing_else(tmp_path: Path, header: str) -> None:
    """A message with one bad header is read all the same."""
    text = reading(tmp_path, "a.eml", f"{header}\nSubject: S\n\nBody.\n").text
    assert "Subject: S" in text
    assert text.endswith("\n\nBody.\n")


@pytest.mark.parametrize("header", ["To: " + "a@b.c, " * 20_000, "From: " + "(" * 200_000])
def test_a_header_without_end_stands_as_it_is(tmp_path: Path, header: str) -> None:
    """A message with a header of a length that no parser is made for is read all the same."""
    found = reading(tmp_path, "a.eml", f"Subject: S\n{header}\n\nText.")
    assert found.text.endswith("\n\nText.")
    assert header.split()[0] in found.text


def test_dates_of_rows_are_no_date_of_a_table(tmp_path: Path) -> None:
    """A table with a column of dates is not dated by its first row."""
    file = tmp_path / "pier.csv"
    file.write_text("date,item\n2021-01-05,pier\n2021-03-03,mole\n", encoding="utf-8")
    document = read(file, max_bytes=10**6)
    assert (document.published, document.written) == (None, None)
