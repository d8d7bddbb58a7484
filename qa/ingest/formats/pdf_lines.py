"""Paragraphs from the lines of a page.

A PDF knows where letters stand, not what a paragraph is.  A line goes on in the next one
where the next one's first word would not have fitted behind it, in the same type size and
at the usual line distance; anything else is left broken, which harms less than gluing.
"""

import re
from collections import Counter
from collections.abc import Callable, Sequence
from itertools import pairwise
from statistics import median
from typing import Literal, NamedTuple

from qa.text.words import STOPWORDS


class Line(NamedTuple):
    """A line of a page; ``broken`` where a hyphen ended it (not in ``text``).

    ``left``, ``right``, ``base`` (counted upwards) and type ``size`` are in points.  ``pieces``
    are its parts where wide gaps part it; ``kind`` says of a row or a heading that it is one.
    """

    text: str
    broken: bool
    left: float
    right: float
    base: float
    size: float
    pieces: tuple["Line", ...] = ()
    kind: Literal["", "row", "heading"] = ""


_ITEM = re.compile(r"(?:[•‣▪●○■□◦·–—*\-]|\(?(?:\d{1,3}|[a-zA-Z]|[ivxIVX]{1,4})[.)])(?:\s|$)")
_CLOSED = re.compile(r"[.!?:;。！？…][\"'”’)\]»]*(?:\[\d{1,3}\])*$")
_COUNTER = re.compile(
    r"^\W*(?P<first>\d{1,5})\b|\b(?P<last>\d{1,5})(?:\s*(?:of|/)\s*\d+)?\W*$", re.I
)
_ONLY_COUNTER = re.compile(r"(?:page|p)?\W*", re.I)
_WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")
_PREFIXES = frozenset(["all", "cross", "ex", "half", "self", "so", "well"])  # as in "well-known"
_MARK = re.compile(r"\[?(\d{1,3}|[*†‡§])\]?(?:\s+|$)")
_SMALL = 0.92  # of the usual type size: a footnote's
_LARGER = 1.15  # than the usual type size: a heading's
_DEEPEST = 4
_LONGEST_HEADING = 160
_SAYS = re.compile(r"[^\W\d_]{2}|[\u2e80-\uffff]")
_EDGE_LINES = 2
_LETTER_WIDTH = 0.5  # of the type size: the mean of a text face


def without_running_lines(pages: Sequence[Sequence[Line]]) -> list[list[Line]]:
    """The pages without the headers and footers that most of them repeat.

    The first occurrence stays, so that no word of the document is lost; page numbers go.
    """
    counts = Counter(
        key
        for number, page in enumerate(pages)
        for key in {one for at in _edges(page) for one in _keys(page[at], number)}
    )
    running = {key for key, times in counts.items() if times >= 3 and times * 2 > len(pages)}
    keys = [
        {
            at: next((one for one in found if one in running), found[0])
            for at in _edges(page)
            for found in [_keys(page[at], number)]
        }
        for number, page in enumerate(pages)
    ]
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


def with_headings(pages: Sequence[Sequence[Line]]) -> list[list[Line]]:
    """The pages with short lines in larger type than the text as headings ("## Results").

    The larger, the higher; lines below one another in the same size are one heading.
    """
    sizes = Counter(
        {
            size: sum(len(one.text) for page in pages for one in page if round(one.size) == size)
            for size in {round(one.size) for page in pages for one in page}
        }
    )
    if not sizes:
        return [list(page) for page in pages]
    usual = sizes.most_common(1)[0][0]
    larger = sorted((size for size in sizes if size > _LARGER * usual), reverse=True)
    found: list[list[Line]] = []
    for page in pages:
        kept: list[Line] = []
        for line in page:
            size, above = round(line.size), kept[-1] if kept else None
            if (
                size not in larger
                or line.kind
                or len(line.pieces) > 1
                or not _SAYS.search(line.text)
            ):
                kept.append(line)
                continue
            goes_on = above is not None and above.kind == "heading" and round(above.size) == size
            if above is not None and goes_on and above.base - line.base < 2 * line.size:
                joint = "" if above.broken else " "
                line = line._replace(text=f"{above.text}{joint}{line.text}", kind="heading")
                kept.pop()
            else:
                marks = "#" * min(larger.index(size) + 1, _DEEPEST)
                line = line._replace(text=f"{marks} {line.text}", kind="heading")
            kept.append(line)
        found.append([_heading_or_text(line) for line in kept])
    return found


def _heading_or_text(line: Line) -> Line:
    """A line that was taken for a heading, unless it is as long as a paragraph."""
    if line.kind == "heading" and len(line.text) > _LONGEST_HEADING:
        return line._replace(text=line.text.lstrip("# "), kind="")
    return line


def paragraphs(
    pages: Sequence[Sequence[Line]], is_word: Callable[[str], bool]
) -> tuple[str, tuple[int, ...]]:
    """The text of all pages and the offset at which each page begins.

    ``is_word`` says of a word in lower case whether it is a usual one: where "long-" ends a line.

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
    opened = (0, 0)  # where in ``parts`` the paragraph begins, and on which page
    wraps = False  # whether the paragraph has several lines
    waiting: list[str] = []  # footnotes of the page before
    for number, page in enumerate(pages):
        body, notes = _parted(page)
        pitch, edges = _pitch(body), _right_edges(body)
        over = bool(body) and _runs_over(before, body[0], last_edges, wraps=wraps)
        if waiting and not over:
            parts += [f"\n\n{note}" for note in waiting]
            length += sum(len(note) + 2 for note in waiting)
            waiting = []
        for at, line in enumerate(body):
            if before is not None:
                gap = (" " if over else "\n\n") if at == 0 else _gap(before, line, pitch, edges)
                wraps = gap == " "
                if waiting and (gap != " " or opened[1] == number - 1):
                    # On their own page if they can be, but never within a sentence.
                    place = opened[0] if gap == " " else len(parts)
                    own = "".join(f"{note}\n\n" for note in waiting)
                    parts.insert(place, own if gap == " " else f"\n\n{own.rstrip()}")
                    length += len(parts[place])
                    waiting = []
                if before.broken:
                    gap = _hyphen(before, line, vocabulary, is_word) + ("" if gap == " " else gap)
                parts.append(gap)
                length += len(gap)
                if "\n" in gap:
                    opened = (len(parts), number)
            if at == 0:
                starts.append(length)
            parts.append(line.text)
            length += len(line.text)
            before = line
        last_edges = edges
        waiting += notes
        if not body:
            starts.append(length)
    parts += [f"\n\n{note}" for note in waiting]
    if before is not None or waiting:
        parts.append("-\n" if before is not None and before.broken else "\n")
    return "".join(parts), tuple(starts)


def _parted(page: Sequence[Line]) -> tuple[Sequence[Line], list[str]]:
    """The lines of a page but its footnotes, and those: small, at its foot, behind a mark."""
    sizes = sorted(line.size for line in page for _ in range(1 + len(line.text) // 20))
    if not sizes:
        return page, []
    usual = sizes[len(sizes) // 2]
    first = len(page)
    while first and page[first - 1].size < _SMALL * usual and not page[first - 1].kind:
        first -= 1
    while first < len(page) and not _MARK.match(page[first].text):
        first += 1
    if first in (0, len(page)):
        return page, []
    notes: list[str] = []
    for line in page[first:]:
        mark = _MARK.match(line.text)
        if mark:
            notes.append(f"[{mark[1]}] {line.text[mark.end() :]}".rstrip())
        else:
            notes[-1] += f" {line.text}"
    return page[:first], notes


def _edges(page: Sequence[Line]) -> list[int]:
    return sorted(
        {at for n in range(_EDGE_LINES) for at in (n, len(page) - 1 - n)} & {*range(len(page))}
    )


def _keys(line: Line, page: int) -> tuple[tuple[str, int], ...]:
    """By what a line is known on other pages: its words and how its number counts; all of it."""
    match = _COUNTER.search(line.text)
    if match is None:
        return ((line.text, 0),)
    words = line.text[: match.start()] + line.text[match.end() :]
    counted = (words.strip(), int(match["first"] or match["last"]) - page)
    return (counted, (line.text, 0)) if words.strip() else (counted,)


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
    if before.kind or line.kind:
        return "\n" if before.kind == line.kind == "row" else "\n\n"
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


def _runs_over(
    before: Line | None, line: Line, edges: dict[int, float], *, wraps: bool = False
) -> bool:
    """True where a sentence plainly goes on in the next column or on the next page.

    ``wraps`` is True where it has more lines than ``before``.
    """
    if before is None or before.kind or line.kind:
        return False
    if before.broken:
        return True
    full = before.right - before.left > 0.75 * (_edge(before, edges) - before.left)
    if not (full or wraps) or _CLOSED.search(before.text):
        return False
    same = abs(before.size - line.size) < 0.12 * line.size
    last = before.text.rsplit(None, 1)[-1]
    breaks_off = last[-1] == "," or last in STOPWORDS
    return line.text[:1].islower() or (same and breaks_off)


def _hyphen(
    before: Line, line: Line, vocabulary: Counter[str], is_word: Callable[[str], bool]
) -> str:
    """The hyphen where it belongs to the word, nothing where it only broke it."""
    ending, opening = _WORD.findall(before.text), _WORD.match(line.text)
    if not ending or opening is None or not before.text.endswith(ending[-1]):
        return "-"
    first, second = ending[-1], opening.group()
    joined, hyphened = (first + second).lower(), f"{first}-{second}".lower()
    if vocabulary[joined] != vocabulary[hyphened]:
        return "" if vocabulary[joined] > vocabulary[hyphened] else "-"
    keeps = not second[0].islower() or "-" in first or first.lower() in _PREFIXES
    both = len(first) > 2 and len(second) > 2 and is_word(first.lower()) and is_word(second)
    return "-" if keeps or (both and not is_word(joined)) else ""
