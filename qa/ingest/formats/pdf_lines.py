"""Paragraphs from the lines of a page.

A PDF knows where letters stand, not what a paragraph is.  A line goes on in the next one
where the next one's first word would not have fitted behind it, in the same type size and
at the usual line distance; anything else is left broken, which harms less than gluing.
"""

import re
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise
from statistics import median
from typing import NamedTuple


class Line(NamedTuple):
    """A line of a page; ``broken`` where a hyphen ended it (not in ``text``).

    ``left``, ``right``, ``base`` (counted upwards) and type ``size`` are in points.
    """

    text: str
    broken: bool
    left: float
    right: float
    base: float
    size: float


_ITEM = re.compile(r"(?:[•‣▪●○■□◦·–—*\-]|\(?(?:\d{1,3}|[a-zA-Z]|[ivxIVX]{1,4})[.)])(?:\s|$)")
_CLOSED = re.compile(r"[.!?:;。！？…][\"'”’)\]»]*$")
_COUNTER = re.compile(
    r"^\W*(?P<first>\d{1,5})\b|\b(?P<last>\d{1,5})(?:\s*(?:of|/)\s*\d+)?\W*$", re.I
)
_ONLY_COUNTER = re.compile(r"(?:page|p)?\W*", re.I)
_WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")
_PREFIXES = frozenset(["all", "cross", "ex", "half", "self", "so", "well"])  # as in "well-known"
_EDGE_LINES = 2
_LETTER_WIDTH = 0.5  # of the type size: the mean of a text face


def without_running_lines(pages: Sequence[Sequence[Line]]) -> list[list[Line]]:
    """The pages without the headers and footers that most of them repeat.

    The first occurrence stays, so that no word of the document is lost; page numbers go.
    """
    keys = [
        {at: _key(page[at], number) for at in _edges(page)} for number, page in enumerate(pages)
    ]
    counts = Counter(key for page in keys for key in {*page.values()})
    running = {key for key, times in counts.items() if times >= 3 and times * 2 > len(pages)}
    kept: list[list[Line]] = []
    shown: set[tuple[str, int]] = set()
    for page, of_page in zip(pages, keys, strict=True):
        gone = {
            at
            for at, key in of_page.items()
            if key in running and (key in shown or _ONLY_COUNTER.fullmatch(key[0]))
        }
        shown.update(of_page.values())
        kept.append([line for at, line in enumerate(page) if at not in gone])
    return kept


def paragraphs(pages: Sequence[Sequence[Line]]) -> tuple[str, tuple[int, ...]]:
    """The text of all pages and the offset at which each page begins.

    Paragraphs are parted by an empty line, unconnected lines by a line end; a sentence that
    runs over the end of a page runs on.
    """
    vocabulary = Counter(
        word.lower() for page in pages for line in page for word in _WORD.findall(line.text)
    )
    parts: list[str] = []
    starts: list[int] = []
    length = 0
    before: Line | None = None
    last_edges: dict[int, float] = {}
    for page in pages:
        pitch, edges = _pitch(page), _right_edges(page)
        for at, line in enumerate(page):
            if before is not None:
                if at == 0:
                    gap = " " if _runs_over(before, line, last_edges) else "\n\n"
                else:
                    gap = _gap(before, line, pitch, edges)
                if before.broken:
                    gap = _hyphen(before, line, vocabulary) + ("" if gap == " " else gap)
                parts.append(gap)
                length += len(gap)
            if at == 0:
                starts.append(length)
            parts.append(line.text)
            length += len(line.text)
            before = line
        last_edges = edges
        if not page:
            starts.append(length)
    if before is not None:
        parts.append("-\n" if before.broken else "\n")
    return "".join(parts), tuple(starts)


def _edges(page: Sequence[Line]) -> list[int]:
    return sorted(
        {at for n in range(_EDGE_LINES) for at in (n, len(page) - 1 - n)} & {*range(len(page))}
    )


def _key(line: Line, page: int) -> tuple[str, int]:
    """What makes two lines the same: their words, and how far a page number is from the page."""
    match = _COUNTER.search(line.text)
    if match is None:
        return line.text, 0
    words = line.text[: match.start()] + line.text[match.end() :]
    return words.strip(), int(match["first"] or match["last"]) - page


def _pitch(page: Sequence[Line]) -> float:
    """The usual distance of two lines, in units of the type size."""
    found = [
        (above.base - below.base) / below.size
        for above, below in pairwise(page)
        if above.base - below.base > 0.1 and below.size > 0.1
    ]
    # the lower half: distances between paragraphs must not pass for the usual one
    found.sort()
    return median(found[: (len(found) + 1) // 2]) if found else 1.2


def _right_edges(page: Sequence[Line]) -> dict[int, float]:
    """Where the text ends on the right, for each place (in ems) where lines begin."""
    found: dict[int, float] = {}
    for line in page:
        column = _column(line)
        found[column] = max(found.get(column, 0.0), line.right)
    return found


def _column(line: Line) -> int:
    return round(line.left / 12)


def _gap(before: Line, line: Line, pitch: float, edges: dict[int, float]) -> str:
    """What stands between two lines of a page: a space, a line end or an empty line."""
    size = max(line.size, 0.1)
    fall = (before.base - line.base) / size
    if fall < -0.5:  # the next column
        return " " if _runs_over(before, line, edges) else "\n\n"
    if fall > 1.3 * pitch or abs(before.size - line.size) > 0.12 * size:
        return "\n\n"
    if fall < 0.3:  # the same height: the next cell of a table
        return "\n"
    if before.broken:
        return " "
    indented = line.left > before.left + 0.8 * size and not _ITEM.match(before.text)
    if indented or _ITEM.match(line.text):
        return "\n"
    first = line.text.split(" ", 1)[0]
    room = _edge(before, edges) - before.right
    full = room < _LETTER_WIDTH * size * (len(first) + 0.5)
    wide = len(before.text) >= 25 or before.text[-1:] > "\u2e80"  # Chinese needs fewer letters
    goes_on = first[:1].islower() and not _CLOSED.search(before.text)
    ragged = goes_on and wide and room < 0.35 * (before.right - before.left)
    return " " if ragged or (full and (wide or goes_on)) else "\n"


def _edge(line: Line, edges: dict[int, float]) -> float:
    """How far to the right the column reaches that ``line`` stands in."""
    return max(edges.get(_column(line) + shift, line.right) for shift in range(-2, 3))


def _runs_over(before: Line, line: Line, edges: dict[int, float]) -> bool:
    """True where a sentence plainly goes on in the next column or on the next page."""
    if before.broken:
        return True
    full = before.right - before.left > 0.75 * (_edge(before, edges) - before.left)
    return full and line.text[:1].islower() and not _CLOSED.search(before.text)


def _hyphen(before: Line, line: Line, vocabulary: Counter[str]) -> str:
    """The hyphen where it belongs to the word, nothing where it only broke it."""
    ending, opening = _WORD.findall(before.text), _WORD.match(line.text)
    if not ending or opening is None or not before.text.endswith(ending[-1]):
        return "-"
    first, second = ending[-1], opening.group()
    joined, hyphened = (first + second).lower(), f"{first}-{second}".lower()
    if vocabulary[joined] != vocabulary[hyphened]:
        return "" if vocabulary[joined] > vocabulary[hyphened] else "-"
    keeps = not second[0].islower() or "-" in first or first.lower() in _PREFIXES
    return "-" if keeps else ""
