"""Tables without a mark: rows by their columns, each cell under its own header or under none."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.text.blocks import blocks
from qa.text.tables import header_of, with_header

LOG = """Harbour log

time   vessel     cars  wind
07:07  Lapwing      13     7
07:27  Merganser           9
07:47  Tern          8
"""
QUOTE = """Pos.  Work                    Price
----  ----------------------  --------
1     Scaffold, up and down   2,480.00
2     Slates                  3,136.00
"""
PLAIN = """Ida Berg    stall 12
Tom Sung    stall 13
A. Hall     stall 14
"""


def told(text: str) -> list[str]:
    """The rows of ``text`` as they are read, and other blocks as they stand."""
    found = blocks(text)
    rows = [block for block in found if block.kind == "row"]
    header = header_of(text, rows[0].start, rows[0].end) if rows else None
    said = []
    for block in found:
        full = None
        if header is not None and block in rows[1:]:
            full = with_header(header, text, block.start, block.end)
        said.append(full or text[block.start : block.end])
    return said


def test_a_row_is_read_with_the_words_over_its_cells() -> None:
    """An empty cell shifts nothing: each value is under the column in which it stands."""
    assert told(LOG) == [
        "Harbour log",
        "time   vessel     cars  wind",
        "time: 07:07; vessel: Lapwing; cars: 13; wind: 7",
        "time: 07:27; vessel: Merganser; wind: 9",
        "time: 07:47; vessel: Tern; cars: 8",
    ]


def test_a_rule_of_dashes_stands_under_a_header() -> None:
    """The rule is no row, and what stands over it is the header."""
    assert told(QUOTE)[1:] == [
        "Pos.: 1; Work: Scaffold, up and down; Price: 2,480.00",
        "Pos.: 2; Work: Slates; Price: 3,136.00",
    ]


def test_a_header_may_stand_in_the_middle_over_its_column() -> None:
    """Figures flush right under a word that is flush with none of them are its all the same."""
    rows = ["Bed              Members   Guests", "Dormitory           22        34"]
    text = "\n".join([*rows, "Winter room          9        12"])
    assert told(text)[1:] == [
        "Bed: Dormitory; Members: 22; Guests: 34",
        "Bed: Winter room; Members: 9; Guests: 12",
    ]


def test_a_header_may_stand_between_two_rules() -> None:
    """So a simple table of reStructuredText has it."""
    rule = "======  =========="
    text = "\n".join([rule, "Metal   Forged at", rule, "Copper  900", "Iron    1250", rule, ""])
    assert told(text)[1:] == ["Metal: Copper; Forged at: 900", "Metal: Iron; Forged at: 1250"]


def test_columns_without_a_header_are_rows() -> None:
    """A first row with figures is no header; each line is a row for itself."""
    assert told(PLAIN) == ["Ida Berg    stall 12", "Tom Sung    stall 13", "A. Hall     stall 14"]


def test_a_cell_between_two_columns_is_given_to_none() -> None:
    """Where it is not clear under what a value stands, the row is left as it stands."""
    rows = ["Name    Paid    Due", "Ada     12      3", "Bo          14", "Cy      15      2"]
    text = "\n".join([*rows, "Di      11      9"])
    assert told(text)[2] == "Bo          14"


@pytest.mark.parametrize(
    "text",
    [
        "He said so.  She did not.\nAnd then they went.  Nobody came.\nIt was late.  The end.\n",
        "    if x:  # never\n        y = 1\n    return y   # here\n",
        "--all   show every entry, also\n        those that are hidden\n--long  show more\n",
        "left    right\nleft    right\n",
    ],
)
def test_prose_code_and_broken_cells_make_no_table(text: str) -> None:
    """Two spaces alone, a cell that goes on in the next line, and two lines make none."""
    assert all(block.kind != "row" for block in blocks(text))


CELL = st.text("abcdefgh0123456789", min_size=1, max_size=9)


@given(st.lists(st.tuples(CELL, CELL, CELL), min_size=2, max_size=6))
def test_every_cell_is_found_under_its_column(rows: list[tuple[str, str, str]]) -> None:
    """Whatever the cells, left-aligned columns under a ruled header give them back."""
    lines = [f"{a:<12}{b:<12}{c}" for a, b, c in [("one", "two", "three"), ("--", "--", "--")]]
    lines += [f"{a:<12}{b:<12}{c}" for a, b, c in rows]
    text = "\n".join(lines) + "\n"
    assert told(text)[1:] == [f"one: {a}; two: {b}; three: {c}" for a, b, c in rows]
