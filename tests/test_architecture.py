"""The picture of the structure."""

from bench.architecture import PAGE, page


def test_the_picture_is_of_today() -> None:
    """docs/architecture.md shows the floors and imports as they are; lines in hundreds."""
    held = PAGE.read_text(encoding="utf-8")
    assert held == page(held), "python -m bench.architecture draws it anew"
