"""A question about one row of a table is not answered with another."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from qa.assistant import Assistant

TABLE = """item,warehouse,quantity
M6 bolt,Bergen,1200
M8 bolt,Bergen,340
Hinge,Oslo,85
"""


@pytest.fixture(scope="module")
def stock(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Assistant]:
    """A table of three rows."""
    folder: Path = tmp_path_factory.mktemp("documents")
    (folder / "stock.csv").write_text(TABLE)
    with Assistant(folder, tmp_path_factory.mktemp("l"), engine="extractive") as assistant:
        assistant.sync()
        yield assistant


@pytest.mark.parametrize(
    ("question", "row"),
    [
        ("What quantity of M8 bolts is there?", "item: M8 bolt; warehouse: Bergen; quantity: 340"),
        ("Which warehouse holds the hinge?", "item: Hinge; warehouse: Oslo; quantity: 85"),
        ("Which warehouse holds M6 bolts?", "item: M6 bolt; warehouse: Bergen; quantity: 1200"),
    ],
)
def test_the_row_asked_about(stock: Assistant, question: str, row: str) -> None:
    """The row that holds the thing asked about answers, and no other beside it."""
    assert [one.text for one in stock.ask(question).statements] == [row]


def test_no_row_holds_both(stock: Assistant) -> None:
    """Hinges are in Oslo: how many are in Bergen is refused."""
    assert not stock.ask("How many hinges are in Bergen?").statements


def test_several_rows(stock: Assistant) -> None:
    """Who names two things is shown the rows of both."""
    said = stock.ask("What quantity of M6 bolts and M8 bolts is there?").text
    assert ("M6 bolt" in said, "M8 bolt" in said) == (True, True)
