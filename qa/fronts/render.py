"""Data to text for a reader; nothing here reads or writes.

Every piece passes ``safe``, so nothing that a document, a file's name or a model contains
reaches the terminal as a command to it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from qa import wording
from qa.data import Answer, Citation, Hit, LeftOut, Note, Source, Statement, Usage
from qa.errors import UsageError
from qa.fronts.lines import BLANK, Line, Piece, one_line, safe
from qa.positions import line_of
from qa.times.quoted import meaning, when_text, written_text


def answer_lines(answer: Answer) -> Iterator[Line]:
    """An answer: statements with markers, then the sentences cited, then remarks."""
    for note in answer.openings:
        yield from opening_lines(note)
    for statement in answer.statements:
        yield from statement_lines(statement)
    yield from support_lines(answer)


def opening_lines(note: Note) -> Iterator[Line]:
    """What stands above an answer's statements: that it may be one, that a premise is wrong."""
    yield Line((Piece(wording.told(note), "bold"),))


def support_lines(answer: Answer, folder: Path | None = None) -> Iterator[Line]:
    """What stands below an answer's statements: the sentences cited, or why it was refused.

    With ``folder``, that of the documents, the places cited are hyperlinks to the files.
    """
    if answer.reason is not None:
        yield Line((Piece(safe(answer.reason), "bold"),))
        if answer.nearest:
            yield BLANK
            yield Line((Piece(wording.nearest(answer.question), "dim"),))
            for citation in answer.nearest:
                yield from citation_lines(citation, folder)
    else:
        yield BLANK
        for citation in answer.citations:
            yield from citation_lines(citation, folder)
    yield from remark_lines(answer)


def statement_lines(statement: Statement) -> Iterator[Line]:
    """A statement, what answers emphasised, its markers behind it; lines of code are indented."""
    start, end = statement.emphasis or (0, 0)
    parts = statement.text.split("\n")
    at = 0
    for number, part in enumerate(parts, 1):
        low, high = (min(max(one - at, 0), len(part)) for one in (start, end))
        pieces = [
            Piece(one_line(part[:low])),
            Piece(one_line(part[low:high]), "bold"),
            Piece(one_line(part[high:])),
        ]
        marks = [Piece(f" {statement.markers}", "cyan")] if number == len(parts) else []
        shown = tuple(one for one in (*pieces, *marks) if one.text)
        yield Line(shown, indent=4 if number > 1 else 0)
        at += len(part) + 1


def citation_lines(citation: Citation, folder: Path | None = None) -> Iterator[Line]:
    """Where a citation stands, and its sentence word for word."""
    title = f"{safe(citation.title)}, " if citation.title else ""
    written = when_text(citation)
    published = f"{written}, " if written else ""
    page = f", page {citation.page}" if citation.page is not None else ""
    place = f"{one_line(citation.path)}, line {citation.line}{page}"
    marker = f"[{citation.marker}] "
    link = f" link {(folder.absolute() / citation.path).as_uri()}" if folder else ""
    yield Line((Piece(marker, "cyan"), Piece(title + published), Piece(place, f"dim{link}")))
    yield Line((Piece(f"“{safe(citation.quote)}”", "italic"),), indent=4)
    if said := dates_text(citation):
        yield Line((Piece(f"[{said}]", "dim"),), indent=4)
    if citation.also:
        also = ", ".join(one_line(path) for path in citation.also)
        yield Line((Piece(f"also in {also}", "dim"),), indent=4)


def dates_text(citation: Citation) -> str:
    """What the relative dates of a quotation mean: "last year = 2022; written February 2023"."""
    said = [
        meaning(replace(one, text=one_line(one.text))) for one in citation.dates if one.relative
    ]
    written = when_text(citation)
    return "; ".join([*said, f"written {written}"] if said and written else said)


def remark_lines(answer: Answer) -> Iterator[Line]:
    """What the reader should know about the answer: remarks, and which engine made it."""
    yield BLANK
    for note in answer.notes:
        if note in answer.openings:
            continue
        yield Line((Piece(safe(wording.told(note)), "yellow"),))
    if answer.answered_question != answer.question:
        yield Line((Piece(f"Looked up: {safe(answer.answered_question)}", "dim"),))
    spent = f" ({usage_text(answer.usage)})" if answer.usage else ""
    yield Line((Piece(f"Answered by: {safe(answer.engine)}{spent}", "dim"),))


def usage_text(usage: Usage) -> str:
    """What an answer cost, as far as it is known: "812 + 40 tokens, $0.0004"."""
    known = []
    if usage.prompt_tokens is not None and usage.completion_tokens is not None:
        cached = f", {usage.cached_tokens} cached" if usage.cached_tokens else ""
        known.append(f"{usage.prompt_tokens} + {usage.completion_tokens} tokens{cached}")
    if usage.cost is not None:
        known.append(f"${usage.cost:.4f}")
    if usage.seconds_to_first is not None:
        known.append(f"first sentence after {usage.seconds_to_first:.1f} s")
    return ", ".join(known) or "usage not reported"


def left_out_line(gone: LeftOut) -> Line:
    """A sentence of the model that was not shown as it stood, and why."""
    return Line((Piece(f"{gone.fate}: “{one_line(gone.text)}”: {safe(gone.reason)}", "dim"),))


def hit_lines(hits: Sequence[Hit]) -> Iterator[Line]:
    """Search hits: place and scores, then the passage."""
    if not hits:
        yield Line((Piece("Nothing found: the library holds no passages."),))
    for hit in hits:
        said = "  ".join(
            f"{one.retriever} #{one.rank} {one.score:.3f} adds {one.part:.2f}" for one in hit.ranked
        )
        place = f"{one_line(hit.path)}, {hit.passage.start}-{hit.passage.end}"
        title = f"{safe(hit.document.title)}, " if hit.document.title else ""
        yield Line(
            (
                Piece(f"{hit.rank}. ", "cyan"),
                Piece(title),
                Piece(place, "dim"),
                Piece(f"  score {hit.score:.3f}  {said}", "dim"),
            )
        )
        for copy in hit.copies:
            yield Line((Piece(f"also in {one_line(copy)}", "dim"),), indent=4)
        yield Line((Piece(one_line(hit.text)),), indent=4)
        yield BLANK


def place_lines(hit: Hit, remark: str = "") -> Iterator[Line]:
    """Where a hit stands, and what its score was made of."""
    said = ", ".join(
        f"{one.retriever} #{one.rank} {one.score:.3f} adds {one.part:.2f}" for one in hit.ranked
    )
    line = line_of(hit.document.text, hit.passage.start)
    place = f"{one_line(hit.path)}, line {line}"
    yield Line((Piece(f"{hit.rank}. ", "cyan"), Piece(place), Piece(remark, "bold")))
    yield Line((Piece(f"score {hit.score:.3f}: {said}", "dim"),), indent=3)


def is_cited(hit: Hit, answer: Answer) -> bool:
    """Tell whether ``answer`` cites a sentence of this passage."""
    return any(
        citation.document_id == hit.document.id
        and hit.passage.start <= citation.start < hit.passage.end
        for citation in answer.citations
    )


def source_lines(sources: Sequence[Source]) -> Iterator[Line]:
    """The files that were skipped and why, then the documents of the library."""
    if not sources:
        yield Line((Piece("The library is empty: the documents folder holds no files."),))
    for source in sorted(sources, key=lambda one: one.state == "ready"):
        if source.state == "ready":
            published = written_text(source.published, source.written) or "no date"
            basis = source.date_basis or (
                f"the file is of {source.file_day}" if source.file_day else ""
            )
            basis = f" ({basis})" if basis else ""
            yield Line(
                (
                    Piece(one_line(source.path), "bold"),
                    Piece(f"  {safe(source.title)}" if source.title else ""),
                    Piece(f"  {published}{basis}  {source.passages} passages  ready", "dim"),
                    Piece(f"  but {safe(source.reason)}" if source.reason else "", "yellow"),
                )
            )
        else:
            yield Line(
                (
                    Piece(one_line(source.path), "bold"),
                    Piece(f"  skipped: {safe(source.reason or '')}", "yellow"),
                )
            )
    ready = sum(source.state == "ready" for source in sources)
    passages = sum(source.passages for source in sources if source.state == "ready")
    yield Line((Piece(f"{ready} ready, {len(sources) - ready} skipped, {passages} passages"),))


def text_lines(text: str, highlight: tuple[int, int] | None) -> Iterator[Line]:
    """A text with line numbers; the range ``highlight`` stands out (in plain text by ">")."""
    lines = text.split("\n")
    width = len(str(len(lines)))
    offset = 0
    for number, line in enumerate(lines, start=1):
        start, end = offset, offset + len(line)
        offset = end + 1
        inside = highlight is not None and highlight[0] < end and highlight[1] > start
        pieces = [Piece(f"{'>' if inside else ' '}{number:>{width}}  ", "dim")]
        if inside and highlight is not None:
            a, b = max(highlight[0] - start, 0), min(highlight[1] - start, len(line))
            pieces += [
                Piece(safe(line[:a])),
                Piece(safe(line[a:b]), "reverse"),
                Piece(safe(line[b:])),
            ]
        else:
            pieces.append(Piece(safe(line)))
        yield Line(tuple(pieces))


def line_span(text: str, number: int) -> tuple[int, int]:
    """Offsets of line ``number`` (from 1); UsageError where the text is shorter."""
    lines = text.split("\n")
    if number > len(lines):
        raise UsageError(f"there is no line {number}; the text has {len(lines)} lines")
    start = sum(len(line) + 1 for line in lines[: number - 1])
    return start, start + len(lines[number - 1])
