"""From an offset into a text to what a reader can look up: its line and its page."""

from bisect import bisect_right

from qa.data import Document


def line_of(text: str, offset: int) -> int:
    r"""The line, from 1, on which ``offset`` stands; a line ends at \n, \r\n or \r.

    >>> line_of("one\r\ntwo", 5)
    2
    """
    before = text.count("\n", 0, offset) + text.count("\r", 0, offset)
    pairs = text.count("\r\n", 0, offset)
    inside = offset > 0 and text[offset - 1 : offset + 1] == "\r\n"
    return 1 + before - pairs - inside


def page_of(document: Document, offset: int) -> int | None:
    """The page, from 1, on which ``offset`` stands; None where the format has no pages."""
    if not document.page_starts:
        return None
    return max(1, bisect_right(document.page_starts, offset))
