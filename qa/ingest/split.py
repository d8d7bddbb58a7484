"""Document -> Passages: whole consecutive sentences of one section, about 160 tokens each.

A heading is context, embedded with the passages under it and not quoted; one with nothing
under it is a passage of its own, so that nothing is lost.  Passages do not overlap.  Where
to break is the cheapest way through the section (dynamic programming): lengths near the
target, breaks between paragraphs and pages.
"""

import hashlib
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import accumulate, pairwise

from qa.data import Document, Passage, Sentence
from qa.positions import page_of
from qa.text.blocks import TAG, Block, blocks
from qa.text.config import said
from qa.text.sentences import cut, sentences_of, weight
from qa.text.tables import named_above

TARGET_TOKENS = 160
"""Tokens that a passage has where the text allows."""

MAX_TOKENS = 210
"""Tokens that a passage never exceeds: with ``context`` it fits a model that reads 256."""

MIN_TOKENS = 30
"""Tokens below which a passage says too little to stand alone, where it can be avoided."""

CONTEXT_TOKENS = 40
"""About the tokens of ``context``."""

_LEAST_WEIGHT = 4
"""Tokens that any sentence counts for at least, so that no passage has hundreds of them."""

_BREAK_IN_PARAGRAPH = 0.05
_BREAK_AFTER_COLON = 0.2
_TINY = 1.0
_ACROSS_PAGES = 1.0


@dataclass(frozen=True, slots=True)
class _Unit:
    """A sentence with its tokens, its page, and what it costs to start a passage with it."""

    sentence: Sentence
    tokens: int
    page: int | None
    cost: float


@dataclass(slots=True)
class _Section:
    heading: str | None
    blocks: list[Block] = field(default_factory=list)


def split(document: Document, count: Callable[[list[str]], list[int]]) -> tuple[Passage, ...]:
    """The passages of ``document``, in order; every sentence in exactly one.

    ``count`` gives the model's tokens of each text, without those it puts around a text.
    A passage never crosses a section, and a page only where it would leave less than
    ``MIN_TOKENS`` on one.
    """
    text = document.text
    parted = [
        (section, [(block, one) for block in section.blocks for one in sentences_of(text, block)])
        for section in _sections(document)
    ]
    tokens = iter(count([_read(text, one) for _, content in parted for _, one in content]))
    passages: list[Passage] = []
    for section, content in parted:
        units = list(_units(document, [(*one, next(tokens)) for one in content], count))
        for chosen in _packed(units):
            passages.append(_passage(document, section.heading, chosen))
    return tuple(passages)


def passage_id(document_id: str, start: int, end: int) -> str:
    """The id of a passage: 32 hexadecimal digits derived from where it stands."""
    return hashlib.sha256(f"{document_id}:{start}:{end}".encode()).hexdigest()[:32]


def context(document: Document, passage: Passage) -> str:
    r"""What to put before a passage to embed it: "Title > Heading\n", or "".

    At most about ``CONTEXT_TOKENS``: the title from its start, the headings to their end; of a
    passage within a table its caption and header, so that rows are found by the columns' words.
    """
    named = _shortened(named_above(document.text, passage.start).split(), CONTEXT_TOKENS // 2)
    room = CONTEXT_TOKENS - weight(" ".join(named))
    title = _shortened((document.title or "").split(), room // 2)
    room -= weight(" ".join(title)) + 3
    heading = _shortened((passage.heading or "").split()[::-1], room)[::-1]
    parts = [" ".join(part) for part in (title, heading, named) if part]
    return " > ".join(parts) + "\n" if parts else ""


def embedded_text(document: Document, passage: Passage) -> str:
    """What the embedding model reads for a passage: its context and its tidied sentences."""
    read = (_read(document.text, one) for one in passage.sentences)
    return context(document, passage) + " ".join(read)


def _read(text: str, one: Sentence) -> str:
    """A sentence as it is embedded: tidied, a setting with the path of its key."""
    return said(text, one.start, one.end) or tidy(text[one.start : one.end])


_LINK = re.compile(r"!?\[([^\[\]\n]{1,300})\]\([^()\s]{1,2000}\)")
_OPENED = re.compile(r"::(?=\s*$)")  # reStructuredText's mark of code that follows
_QUOTE_MARK = re.compile(r"[\r\n][ \t]*(?:>[ \t]?){1,9}")
_REFERENCE = re.compile(
    r":[\w:+-]{1,30}:(?=`)|`([^`<>\n]{1,300}?)\s*<[^<>`]{1,2000}>`__?|(?<=`)__?(?!\w)"
)
_EMPHASIS = re.compile(r"\*\*|`")


def tidy(text: str) -> str:
    """``text`` for a model: without marks of quotation, tags, links, emphasis, line ends."""
    text = TAG.sub(" ", _QUOTE_MARK.sub(" ", text))
    text = _REFERENCE.sub(lambda found: found[1] or "", _LINK.sub(r"\1", text))
    text = _EMPHASIS.sub("", text)
    return " ".join(_OPENED.sub(":", text).split())


def _shortened(words: list[str], room: int) -> list[str]:
    kept: list[str] = []
    for word in words:
        room -= weight(word)
        if room < 0:
            break
        kept.append(word)
    return kept


def _sections(document: Document) -> Iterator[_Section]:
    """The sections in order; a heading without anything under it holds itself."""
    path: list[tuple[int, str]] = []
    section = _Section(None)
    found = list(blocks(document.text))
    for i, block in enumerate(found):
        if block.kind != "heading":
            section.blocks.append(block)
            continue
        if section.blocks:
            yield section
        while path and path[-1][0] >= block.level:
            path.pop()
        below = found[i + 1] if i + 1 < len(found) else None
        if below is None or (below.kind == "heading" and below.level <= block.level):
            yield _Section(_joined(document, path), [block])
        path.append((block.level, tidy(document.text[block.start : block.end])))
        section = _Section(_joined(document, path))
    if section.blocks:
        yield section


def _joined(document: Document, path: list[tuple[int, str]]) -> str | None:
    """``path`` as "Top > Sub"; a top heading that repeats the title is left out."""
    names = [name for _, name in path]
    if names and document.title and names[0].casefold() == tidy(document.title).casefold():
        names = names[1:]
    return " > ".join(names) or None


def _units(
    document: Document,
    content: list[tuple[Block, Sentence, int]],
    count: Callable[[list[str]], list[int]],
) -> Iterator[_Unit]:
    """The sentences of a section, the rare one that is too long for a passage cut once more."""
    text = document.text
    last_block, last_end = None, 0
    for block, sentence, tokens in content:
        cost = 0.0 if block is not last_block else _BREAK_IN_PARAGRAPH
        if last_end and text[last_end - 1] in ":：":
            cost += _BREAK_AFTER_COLON
        last_block, last_end = block, sentence.end
        for one, size in _fitting(text, sentence, tokens, count):
            size = max(size, _LEAST_WEIGHT)
            yield _Unit(one, size, page_of(document, one.start), cost)
            cost = _BREAK_IN_PARAGRAPH


def _fitting(
    text: str, sentence: Sentence, tokens: int, count: Callable[[list[str]], list[int]]
) -> Iterator[tuple[Sentence, int]]:
    """``sentence``, in as many pieces as it takes for each to fit a passage."""
    whole = text[sentence.start : sentence.end]
    if tokens <= MAX_TOKENS or len(whole) < 2:
        yield sentence, min(tokens, MAX_TOKENS)
        return
    limit = max(1, weight(whole) * TARGET_TOKENS // tokens)
    pieces = [Sentence(*span) for span in cut(text, sentence.start, sentence.end, limit)]
    if len(pieces) == 1:  # the estimate sees nothing to cut
        middle = (sentence.start + sentence.end) // 2
        pieces = [Sentence(sentence.start, middle), Sentence(middle, sentence.end)]
    sizes = count([tidy(text[one.start : one.end]) for one in pieces])
    for one, size in zip(pieces, sizes, strict=True):
        yield from _fitting(text, one, size, count)


def _misfit(tokens: int) -> float:
    """What a passage of that many tokens costs: 0 at the target."""
    tiny = _TINY if tokens < MIN_TOKENS else 0.0
    return tiny + ((tokens - TARGET_TOKENS) / TARGET_TOKENS) ** 2


_MISFIT = tuple(_misfit(tokens) for tokens in range(MAX_TOKENS + 1))


def _packed(units: list[_Unit]) -> Iterator[list[_Unit]]:
    """``units`` in consecutive groups, the whole as cheap as can be."""
    starts = list(accumulate((unit.tokens for unit in units), initial=0))
    pages = [0.0, *accumulate(_ACROSS_PAGES * (a.page != b.page) for a, b in pairwise(units))]
    opened = [0.0]  # the cheapest way to a unit that a passage starts with
    first_of = [0]
    low = 0
    for end in range(1, len(units) + 1):
        while low < end - 1 and starts[end] - starts[low] > MAX_TOKENS:
            low += 1
        size, page, known = starts[end], pages[end - 1], slice(low, end)
        costs = [
            before + _MISFIT[size - start] + (page - turned)
            for before, start, turned in zip(
                opened[known], starts[known], pages[known], strict=True
            )
        ]
        cheapest = min(costs)
        first_of.append(end - 1 - costs[::-1].index(cheapest))
        opened.append(cheapest + (units[end].cost if end < len(units) else 0.0))
    ends = [len(units)]
    while ends[-1] > 0:
        ends.append(first_of[ends[-1]])
    for first, end in zip(ends[:0:-1], ends[-2::-1], strict=True):
        yield units[first:end]


def _passage(document: Document, heading: str | None, units: list[_Unit]) -> Passage:
    chosen = tuple(unit.sentence for unit in units)
    start, end = chosen[0].start, chosen[-1].end
    return Passage(
        id=passage_id(document.id, start, end),
        document_id=document.id,
        start=start,
        end=end,
        sentences=chosen,
        heading=heading,
        page=units[0].page,
    )
