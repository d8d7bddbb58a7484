"""Hits to windows: the stretch of a document around a hit, as the reader reads it.

A window holds whole passages: the one that was found and its neighbours, as far as they fit.
Each of its units is a sentence, list item, table row or code line, a row with the words of its
header, a setting with its key's path and its comment.  What only says what the units are about (a
heading, a table's header, the line that opens a list or introduces code) is a frame: it is read and
shown with them, and answers nothing.
"""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache

from qa.answering.retrieve import joined
from qa.answering.voiced import voiced
from qa.data import Document, Hit, Passage, Role, Sentence, Unit, Window
from qa.ingest.split import tidy
from qa.library.interface import View
from qa.text import config
from qa.text.blocks import VERBATIM, Block, Kind, blocks
from qa.text.sentences import sentences_of, weight
from qa.text.tables import header_of, with_header

MOST = 220
"""Tokens (by estimate) that a window grows to; a passage that is longer is a window by itself."""

WHOLE = 400
"""Tokens (by estimate) of the longest table, list or code that a model is shown whole."""

_READ = 200_000  # characters of a document whose blocks are looked for at once
_AROUND = 20_000  # of a longer one: so many before and behind
_OPENING = 24  # words of a document's first sentence that stand for it
_NEAR = 4_000  # characters around a hit that a window may grow into
_APART = 400  # characters between two rows of one table, at most
_ROLES: dict[Kind, Role] = {
    "heading": "heading",
    "attribution": "frame",
    "footnote": "note",
    "caption": "caption",
    "item": "item",
    "field": "field",
    "row": "row",
    "code": "code",
    "setting": "field",
}
_LETTERHEAD = 6  # lines of fields that head a document, and so much of its first blocks


def open_windows(hits: Sequence[Hit], view: View) -> tuple[Window, ...]:
    """The windows around ``hits``, in their order; what stands in an earlier one makes none.

    A window's ``hit`` is the one that led to it, its passage grown to the whole window.
    """
    taken: set[tuple[str, int]] = set()  # (document id, start) of passages that a window holds
    opened = []
    for hit in hits:
        name, start, end = hit.document.id, hit.passage.start, hit.passage.end
        own = view.document_passages(name, near=(start - _NEAR, end + _NEAR))
        found = {i for i, one in enumerate(own) if one.start >= start and one.end <= end}
        used = {i for i, one in enumerate(own) if (name, one.start) in taken}
        while rest := sorted(found - used):
            run = next(i for i in rest if i + 1 not in rest)
            ranges = [(i, i + 1) for i in used]
            first, last = grown(own, (rest[0], run + 1), ranges, hit.document.text)
            used |= set(range(first, last))
            opened.append(window(hit, own[first:last]))
        taken |= {(name, own[i].start) for i in used}
    return voiced(opened, view)


def grown(
    passages: Sequence[Passage],
    found: tuple[int, int],
    taken: Sequence[tuple[int, int]],
    text: str,
    most: int = MOST,
) -> tuple[int, int]:
    """A half-open range of ``passages`` around ``found``, of ``most`` tokens where that is more.

    It grows to the next passage and the one before in turn, and into none of ``taken``.
    """
    first, end = found

    def size(i: int) -> int:
        return max(1, sum(weight(text[s.start : s.end]) for s in passages[i].sentences))

    def is_free(i: int) -> bool:
        return 0 <= i < len(passages) and not any(a <= i < b for a, b in taken)

    total, grew = sum(size(i) for i in range(first, end)), True
    while grew:
        grew = False
        for i in (end, first - 1):
            if is_free(i) and total + size(i) <= most:
                total += size(i)
                first, end = min(first, i), max(end, i + 1)
                grew = True
    return first, end


def window(hit: Hit, passages: Sequence[Passage]) -> Window:
    """The window of consecutive ``passages`` of the hit's document."""
    document = hit.document
    text = document.text
    passage = joined(passages)
    start = passage.start
    found = _blocks_of(document, start, passage.end)
    title = tidy(document.title or "")
    first = max(0, _at(found, start))
    units = _frames(text, found, first)
    at = first
    for sentence in passage.sentences:
        while at + 1 < len(found) and found[at + 1].start <= sentence.start:
            at += 1
            if found[at].kind == "heading" and start < found[at].start < sentence.start:
                units.append(_unit(text, found[at], "heading"))
        is_inside = bool(found) and found[at].start <= sentence.start < found[at].end
        role = _ROLES.get(found[at].kind, "text") if is_inside else "text"
        raw = text[sentence.start : sentence.end]
        said = config.said(text, sentence.start, sentence.end)
        if said is None:
            said = " ".join(raw.split()) if role == "code" else tidy(raw)
        is_key = role == "field" and said[-1:] == ":" and ": " not in said  # without a value
        if role == "row":
            top = _top(text, found, at)
            header = header_of(text, found[top].start, found[top].end)
            if header is not None and top == at:
                role = "frame"
            elif header is not None:
                said = tidy(with_header(header, text, sentence.start, sentence.end) or said)
        elif is_key or (at + 1 < len(found) and _names(text, found[at], found[at + 1])):
            role = "frame"
        if said == title and all(unit.role == "frame" for unit in units):
            role = "heading"  # of a text file whose first line is its title
        units.append(Unit(sentence, said, role))
    context = " > ".join(part for part in (title, passage.heading) if part)
    opening = "" if first == 0 else _opening(document, start)
    return Window(replace(hit, passage=passage), tuple(units), context, opening)


def whole(found: Window, view: View) -> Window:
    """The window, grown to the whole of a table, list or code that it cuts, if that is small."""
    _, low, high = _cut(found)
    if (low, high) == (found.hit.passage.start, found.hit.passage.end):
        return found
    near = view.document_passages(found.hit.document.id, near=(low, high))
    grown_ = window(found.hit, [one for one in near if one.end > low and one.start < high])
    return voiced((grown_,), view)[0]


def with_list(found: Window) -> Window:
    """The same without a library, to be quoted alone: nothing in it has a voice."""
    blocks_, low, high = _cut(found)
    text, old = found.hit.document.text, found.hit.passage
    if (low, high) == (old.start, old.end):
        return found
    near = [block for block in blocks_ if low <= block.start < high]
    lines = [one for block in near for one in sentences_of(text, block)]
    before = [one for one in lines if one.end <= old.start]
    behind = [one for one in lines if one.start >= old.end]
    sentences = (*before, *old.sentences, *behind)
    return window(found.hit, [replace(old, start=low, end=high, sentences=sentences)])


def _cut(found: Window) -> tuple[Sequence[Block], int, int]:
    """The blocks around a window, and where it begins and ends with the whole of what it cuts."""
    document = found.hit.document
    start, end = found.hit.passage.start, found.hit.passage.end
    blocks_ = _blocks_of(document, start, end)
    low = _run(blocks_, start, document.text)[0]
    return blocks_, low, max(end, _run(blocks_, end - 1, document.text)[1])


def _run(found: Sequence[Block], at: int, text: str) -> tuple[int, int]:
    """Where the table, list or code around ``at`` begins and ends; (at, at + 1) where none does."""
    first = last = _at(found, at)
    if last < 0 or found[last].kind not in ("row", "item", "code"):
        return at, at + 1

    def goes_on(one: Block, other: Block) -> bool:
        return one.kind == other.kind and other.start - one.end < _APART

    while first > 0 and goes_on(found[first - 1], found[first]):
        first -= 1
    while last + 1 < len(found) and goes_on(found[last], found[last + 1]):
        last += 1
    start, end = found[first].start, found[last].end
    return (start, end) if weight(text[start:end]) <= WHOLE else (at, at + 1)


def heading_above(found: Window) -> tuple[Unit, ...]:
    """The headings right above the window, which it is read under but does not hold."""
    document, start = found.hit.document, found.hit.passage.start
    blocks_ = _blocks_of(document, start, found.hit.passage.end)
    first = at = _at(blocks_, start)
    if at >= 0 and blocks_[at].start < start:
        return ()  # it begins within a block
    while first > 0 and blocks_[first - 1].kind == "heading":
        first -= 1
    return tuple(_unit(document.text, block, "heading") for block in blocks_[first:at])


def heading_of(found: Window, place: int) -> Unit | None:
    """The nearest heading above a unit of the window, in it or right above it."""
    above = (*heading_above(found), *found.units[:place])
    return next((unit for unit in reversed(above) if unit.role == "heading"), None)


def letterhead(found: Window) -> tuple[Unit, ...]:
    """The lines of fields that head the window's document, such as an e-mail's, if far above."""
    document = found.hit.document
    first = _blocks_of(document, 0, 1)[: 2 + _LETTERHEAD]
    fields = [block for block in first if block.kind == "field"][:_LETTERHEAD]
    if len(fields) < 2 or fields[-1].end > found.hit.passage.start:
        return ()
    return tuple(_unit(document.text, block, "frame") for block in fields)


def _at(found: Sequence[Block], place: int) -> int:
    """The last of the blocks that begins at ``place`` or before it; -1 where none does."""
    return bisect_right(found, place, key=lambda block: block.start) - 1


def _unit(text: str, block: Block, role: Role) -> Unit:
    return Unit(Sentence(block.start, block.end), tidy(text[block.start : block.end]), role)


def _names(text: str, line: Block, below: Block) -> bool:
    """Whether a line names the columns of the row below it, which gives them again."""
    if line.kind not in ("prose", "caption") or below.kind != "row":
        return False
    row = text[below.start : below.end]
    names = [cell.partition(": ")[0] for cell in row.split("; ") if ": " in cell]
    above = text[line.start : line.end]
    return len(names) > 1 and all(name in above for name in names)


def _opening(document: Document, before: int) -> str:
    """The first sentence that says something, if it ends before the window."""
    title = tidy(document.title or "").casefold()
    for block in _blocks_of(document, 0, 1)[:8]:
        if block.kind in ("heading", "attribution", "row", "code", "field", "setting"):
            continue
        for sentence in sentences_of(document.text, block):
            own = config.said(document.text, sentence.start, sentence.end)
            said = own or tidy(document.text[sentence.start : sentence.end])
            if said.casefold() != title and len(said.split()) > 3:
                return " ".join(said.split()[:_OPENING]) if sentence.end <= before else ""
    return ""


_blocks = lru_cache(maxsize=32)(blocks)


def _blocks_of(document: Document, start: int, end: int) -> list[Block]:
    if len(document.text) <= _READ:
        return _blocks(document.text)
    low = document.text.rfind("\n\n", 0, max(0, start - _AROUND)) + 1
    high = document.text.find("\n\n", end + _AROUND)
    piece = document.text[low : high if high > 0 else len(document.text)]
    if low and document.text.startswith(VERBATIM):
        low, piece = low - len(VERBATIM), VERBATIM + piece
    return [
        block._replace(lines=tuple((a + low, b + low) for a, b in block.lines))
        for block in _blocks(piece)
    ]


def _top(text: str, found: Sequence[Block], at: int) -> int:
    """The first row of the table that ``found[at]`` stands in."""
    while at > 0 and found[at - 1].kind == "row" and found[at].start - found[at - 1].end < _APART:
        has_own = header_of(text, found[at].start, found[at].end) is not None
        if has_own or _are_of_two(text, found[at - 1 : at + 1]):
            break  # another table stands right above
        at -= 1
    return at


def _are_of_two(text: str, rows: Sequence[Block]) -> bool:
    """Whether two rows with bars are of two tables: a line is empty between, and columns differ."""
    bars = {text[one.start : one.end].strip("|").count("|") for one in rows}
    return "\n\n" in text[rows[0].end : rows[1].start] and len(bars) > 1


def _frames(text: str, found: Sequence[Block], first: int) -> list[Unit]:
    """What opens the table, list or code that the window begins within."""
    if not found:
        return []
    kind, at = found[first].kind, first
    if kind == "row":
        at = _top(text, found, first)
        has_caption = at > 0 and found[at - 1].kind == "caption"
        above = [_unit(text, found[at - 1], "title")] if has_caption else []
        if at < first and header_of(text, found[at].start, found[at].end):
            return [*above, _unit(text, found[at], "frame")]
        if above:
            return above
    elif kind in ("item", "code"):
        while at > 0 and found[at - 1].kind == kind:
            at -= 1
    else:
        return []
    if at == 0 or found[at - 1].kind not in ("prose", "quotation"):
        return []
    last = list(sentences_of(text, found[at - 1]))[-1]
    return [Unit(last, tidy(text[last.start : last.end]), "frame")]
