"""Lines and pages of offsets."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.data import Document
from qa.positions import line_of, page_of


@pytest.mark.parametrize(
    ("offset", "line"), [(0, 1), (3, 1), (4, 2), (5, 2), (6, 2), (7, 3), (8, 4), (9, 4)]
)
def test_a_line_ends_at_each_kind_of_line_end(offset: int, line: int) -> None:
    """A citation names the line that an editor shows, in files of Unix, Windows and old Macs."""
    assert line == line_of("one\nx\r\n\rz", offset)


@given(st.text(alphabet="a\r\n\f", max_size=30), st.integers(0, 30))
def test_lines_agree_with_splitting_the_text(text: str, offset: int) -> None:
    """The line of a citation is right for any mixture of line ends."""
    offset = min(offset, len(text))
    ends = [match.end() for match in re.finditer(r"\r\n|\r|\n", text)]
    assert 1 + sum(end <= offset for end in ends) == line_of(text, offset)


def test_a_page_starts_where_it_is_said_to() -> None:
    """A citation from a PDF names the page on which it starts."""
    document = Document(id="d", text="x" * 30, page_starts=(0, 10, 20))
    assert [page_of(document, offset) for offset in (0, 9, 10, 29)] == [1, 1, 2, 3]
    assert page_of(Document(id="d", text="x"), 0) is None
