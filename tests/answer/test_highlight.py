"""Which value of a table row is emphasised."""

import pytest

from qa.answer.highlight import cells

ROW = "Item: Oak planks; Stock: 120; Price (EUR): 14.50"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (
            ROW,
            [("Item", "Oak planks"), ("Stock", "120"), ("Price (EUR)", "14.50")],
        ),
        ("Left at 9:30; came back at 10:15.", []),
        ("Present: Ann Lee, Bo Dahl", []),
        ("A plain sentence; nothing more.", []),
    ],
)
def test_the_cells_of_a_row(text: str, found: list[tuple[str, str]]) -> None:
    """A table row is read as its keys and values, and a sentence is not taken for one."""
    assert found == [(key, text[span.start : span.end]) for key, span in cells(text)]
