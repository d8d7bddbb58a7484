"""Paragraphs from the lines of a page.

A PDF knows where letters stand, not what a paragraph is.  A line goes on in the next one
where the next one's first word would not have fitted behind it, in the same type size and
at the usual line distance; anything else is left broken, which harms less than gluing.
"""

import re
from collections import Counter
from collections.abc import Callable, Sequence
from itertools import groupby, islice, pairwise
from statistics import median
from typing import Literal, NamedTuple

from qa.text.words import STOPWORDS


class Line(NamedTuple):
    """A line of a page; ``broken`` where a hyphen ended it (not in ``text``).

    ``left``, ``right``, ``base`` (counted upwards) and type ``size`` are in points.  ``pieces``
    are its parts where wide gaps part it; ``kind`` says of a row or a heading that it is one, of
    what is set in type as wide for each letter that it is code, and of what is written upwards or
    downwards beside the text.
    """

    text: str
    broken: bool
    left: float
    right: float
    base: float
    size: float
    pieces: tuple["Line", ...] = ()
    kind: Literal["", "row", "heading", "code", "beside"] = ""


_ITEM = re.compile(r"(?:[•‣▪●○■□◦·–—*\-]|\(?(?:\d{1,3}|[a-zA-Z]|[ivxIVX]{1,4})[.)])(?:\s|$)")
_CLOSED = re.compile(r"[.!?:;。！？…][\"'”’)\]»]*(?:\[\d{1,3}\])*$")
_NUMBER = re.compile(r"(?<!\d)\d{1,5}(?!\d)")
_MOST_NUMBERS = 20  # of a line that may count pages
_ONLY_COUNTER = re.compile(r"(?:page|p)?\W*(?:(?:of|/)\s*\d+\W*)?", re.I)
_SPLIT = re.compile(r"(?:\d[-–/]|//|\w/)$")
_WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")
_PREFIXES = frozenset(["all", "cross", "ex", "half", "self", "so", "well"])  # as in "well-known"
_MARK = re.compile(r"\[?(\d{1,3}|[*†‡§])\]?(?:\s+|$|(?=[^\W\d_]))")
_SMALL = 0.92  # of the usual type size: a footnote's
_LARGER = 1.15  # than the usual type size: a heading's
_RATHER_LARGER = 1.1  # than what stands below it
_FAR_LARGER = 1.5
_MUCH, _VERY_MUCH = 0.1, 0.3  # of all characters: headings are less
_FEW = 100  # characters that may be headings in any case
_DEEPEST = 4
_LONGEST_HEADING = 160
_SAYS = re.compile(r"[^\W\d_]{2}|[\u2e80-\uffff]")
_EDGE_LINES = 2
_LETTER_WIDTH = 0.5  # of the type size: the mean of a text face


def without_running_lines(pages: Sequence[Sequence[Line]]) -> list[list[Line]]:
    """The pages without the headers and footers that most of them repeat, or every other one.

    The first occurrence stays, so that no word of the document is lost; page numbers go.
    """
    keys = [
        {at: _keys(page[at], number) for at in _edges(page)} for number, page in enumerate(pages)
    ]
    counts = Counter(key for page in keys for key in {one for own in page.values() for one in own})
    running = {
        key
        for key, times in counts.items()
        if times >= 3 and times * (2 if key.place is None else 3) > len(pages)
    }
    kept: list[list[Line]] = []
    shown: set[_Key] = set()
    for page, of_page in zip(pages, keys, strict=True):
        gone = {
            at
            for at, own in of_page.items()
            if any(
                key in running and (key in shown or _ONLY_COUNTER.fullmatch(key.words))
                for key in own
            )
        }
        shown.update(key for own in of_page.values() for key in own)
        middle = median([line.base for line in page]) if page else 0.0
        first = {  # at a foot it would part what runs over the page
            at
            for at, own in of_page.items()
            if page[at].base < middle and any(key in running for key in own)
        }
        kept.append(
            [
                line._replace(kind="beside", pieces=(), broken=False) if at in first else line
                for at, line in enumerate(page)
                if at not in gone
            ]
        )
    return kept


def with_code(pages: Sequence[Sequence[Line]]) -> list[list[Line]]:
    """The pages with code between fences, unless most of it is set so: by a typewriter.

    A line of code is no row of a table, and one that begins with "#" no heading.
    """
    sizes = Counter(dict.fromkeys(("", "code"), 0))
    for page in pages:
        for line in page:
            sizes[line.kind] += len(line.text)
    typed = 2 * sizes["code"] > sizes.total()
    found: list[list[Line]] = []
    for page in pages:
        kept: list[Line] = []
        for is_code, run in groupby(page, lambda line: line.kind == "code"):
            lines = list(run)
            if is_code and typed:
                lines = [line._replace(kind="") for line in lines]
            elif is_code:
                said = "\n".join(line.text + "-" * line.broken for line in lines)
                fenced = f"```\n{said}\n```"
                lines = [lines[0]._replace(text=fenced, pieces=(), broken=False)]
            kept += lines
        found.append(kept)
    return found


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
    larger = sorted((one for one in sizes if _is_heading(one, usual, sizes)), reverse=True)
    found: list[list[Line]] = []
    for page in pages:
        kept: list[Line] = []
        for at, line in enumerate(page):
            below = next(
                (one.size for one in page[at + 1 :] if round(one.size) != round(line.size)), 0
            )
            size, above = round(line.size), kept[-1] if kept else None
            if (
                size not in larger
                or line.kind
                or len(line.pieces) > 1
                or not _SAYS.search(line.text)
                or line.size < _RATHER_LARGER * below
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


def _is_heading(size: int, usual: int, sizes: Counter[int]) -> bool:
    """Whether type of a size, in which ``sizes`` characters are set, is that of headings.

    What is a little larger, and much of the whole, is text as well: what was filled into a form.
    """
    if size <= _LARGER * usual:
        return False
    most = _MUCH if size < _FAR_LARGER * usual else _VERY_MUCH
    return sizes[size] <= max(_FEW, most * sizes.total())


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
        over = bool(body) and (
            _runs_over(before, body[0], last_edges, wraps=wraps)
            or (wraps and _leads_on(before, body, pitch, edges))
        )
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
                if gap == " " and _is_split(before.text, line.text):
                    gap = ""
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
    """The lines of a page but its notes, and those.

    Notes are what is small, at its foot, behind a mark, and what is written beside the text.
    """
    beside = [line.text for line in page if line.kind == "beside"]
    if beside:
        rest, others = _parted([line for line in page if line.kind != "beside"])
        return rest, [*others, *beside]
    sizes = sorted(line.size for line in page for _ in range(1 + len(line.text) // 20))
    if not sizes:
        return page, []
    small = _SMALL * sizes[len(sizes) // 2]
    body: list[Line] = []
    notes: list[str] = []
    for is_small, run in groupby(page, lambda line: line.size < small and not line.kind):
        lines = list(run)
        first = next((at for at, line in enumerate(lines) if _MARK.match(line.text)), len(lines))
        if not is_small or not _is_at_foot(lines[first:], page, small):
            first = len(lines)
        body += lines[:first]
        for line in lines[first:]:
            mark = _MARK.match(line.text)
            if mark:
                notes.append(f"[{mark[1]}] {line.text[mark.end() :]}".rstrip())
            elif notes[-1].endswith("-"):
                notes[-1] += line.text
            else:
                notes[-1] += f" {line.text}"
    return (body, notes) if body else (page, [])


def _is_at_foot(notes: Sequence[Line], page: Sequence[Line], small: float) -> bool:
    """Whether no text of the usual size stands below, in the same columns."""
    if not notes:
        return False
    left, right = min(line.left for line in notes), max(line.right for line in notes)
    foot = min(line.base for line in notes)
    return not any(
        line.base < foot and line.size >= small and line.left < right and line.right > left
        for line in page
    )


def _edges(page: Sequence[Line]) -> set[int]:
    """The lines at the head and the foot of a page, as it is written and as it is seen."""
    upright = [at for at, line in enumerate(page) if line.kind != "beside"]
    seen = sorted(upright, key=lambda at: page[at].base)
    return {
        at
        for order in (upright, seen)
        for at in (*order[:_EDGE_LINES], *order[len(order) - _EDGE_LINES :])
    }


class _Key(NamedTuple):
    """By what a line is known on other pages.

    ``words`` are its own without a number that counts pages, from ``first`` on; ``place`` is where
    it stands, in points, if it is known by that too.
    """

    words: str
    first: int
    place: tuple[int, int] | None


def _keys(line: Line, page: int) -> list[_Key]:
    found = [(line.text, 0)]
    for number in islice(_NUMBER.finditer(line.text), _MOST_NUMBERS):
        words = line.text[: number.start()] + line.text[number.end() :]
        found.append((words.strip(), int(number.group()) - page))
    place = (round(line.left), round(line.base))
    return [_Key(*one, where) for one in found for where in (None, place)]


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


def _leads_on(
    before: Line | None, page: Sequence[Line], pitch: float, edges: dict[int, float]
) -> bool:
    """True where lines of one paragraph stand on both sides of a page's end.

    The last one is not closed, and the first one goes on in the second, which a head never does.
    """
    line = page[0]
    if before is None or before.kind or line.kind or len(page) < 2 or _ITEM.match(line.text):
        return False
    same = abs(before.size - line.size) < 0.12 * line.size
    return same and not _CLOSED.search(before.text) and _gap(line, page[1], pitch, edges) == " "


def _is_split(before: str, after: str) -> bool:
    """Whether a line ends within a number or an address: "2023-", "206–231–", "https://"."""
    return after[:1].isalnum() and _SPLIT.search(before) is not None


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
