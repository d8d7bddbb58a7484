"""A conversation as Markdown, its citations as footnotes."""

import re
from collections.abc import Iterator, Sequence

from qa.data import Answer, Citation
from qa.fronts.lines import one_line, safe
from qa.fronts.render import dates_text
from qa.times.quoted import when_text
from qa.wording import told

# What Markdown, or the HTML in it, could take for a mark of its own.
_MARKS = re.compile(r"([\\`*_{}\[\]<>#|~&$!])")
_OPENING = re.compile(r"^([-+=]|\d+(?=[.)]))")


def to_markdown(answers: Sequence[Answer]) -> str:
    """The conversation with a heading for each question and a footnote for each place cited."""
    numbers: dict[tuple[str, int, int], int] = {}
    notes: list[str] = []

    def number(citation: Citation) -> str:
        place = (citation.document_id, citation.start, citation.end)
        if place not in numbers:
            numbers[place] = len(numbers) + 1
            notes.append(f"[^{numbers[place]}]: {_footnote(citation)}")
        return f"[^{numbers[place]}]"

    blocks = ["# Conversation"]
    for answer in answers:
        blocks += [f"## {escaped(answer.question)}"]
        if answer.answered_question != answer.question:
            blocks.append(f"Looked up: {escaped(answer.answered_question)}")
        if answer.reason is not None:
            blocks.append(f"**{escaped(answer.reason)}**")
            blocks += [f"The nearest: {_quoted(one)}{number(one)}" for one in answer.nearest]
        blocks += [f"**{escaped(told(note))}**" for note in answer.openings]
        for statement in answer.statements:
            marks = "".join(number(one) for one in statement.citations)
            blocks.append(f"{_emphasised(statement.text, statement.emphasis)}{marks}")
        blocks += list(_remarks(answer))
    blocks += notes
    return "\n\n".join(blocks) + "\n"


def _remarks(answer: Answer) -> Iterator[str]:
    for note in answer.notes:
        if note not in answer.openings:
            yield f"*{escaped(told(note))}*"
    yield f"*Answered by: {escaped(answer.engine)}*"


def _emphasised(text: str, emphasis: tuple[int, int] | None) -> str:
    if emphasis is None:
        return escaped(text)
    start, end = emphasis
    inside = text[start:end]
    if not inside or inside != inside.strip():  # ** next to a blank is no mark
        return escaped(text)
    before, after = _marked(one_line(text[:start])), _marked(one_line(text[end:]))
    return _opened(f"{before}**{_marked(one_line(inside))}**{after}")


def _footnote(citation: Citation) -> str:
    title = f"{escaped(citation.title)}, " if citation.title else ""
    written = when_text(citation)
    published = f"{written}, " if written else ""
    page = f", page {citation.page}" if citation.page is not None else ""
    place = f"{_marked(one_line(citation.path))}, line {citation.line}{page}"
    dates = dates_text(citation)
    said = f" ({_marked(dates)})" if dates else ""
    return f"{title}{published}{place}: {_quoted(citation)}{said}"


def _quoted(citation: Citation) -> str:
    return f"“{_marked(one_line(citation.quote))}”"


def escaped(text: str) -> str:
    r"""``text`` as Markdown that shows just that, on one line.

    >>> print(escaped("1. a *b* <script>"))
    1\. a \*b\* \<script\>
    """
    return _opened(_marked(one_line(safe(text))))


def _marked(text: str) -> str:
    return _MARKS.sub(r"\\\1", text)


def _opened(text: str) -> str:
    text = text.strip()
    opening = _OPENING.match(text)
    if opening is None:
        return text
    if opening[1].isdigit():
        return f"{opening[1]}\\{text[opening.end() :]}"
    return f"\\{text}"
