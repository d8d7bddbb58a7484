"""How an answer came about, and where a sentence was lost on the way to it."""

from collections.abc import Iterator

from qa.app import render
from qa.app.conversation import is_cited
from qa.app.render import Line, Piece
from qa.assistant import Assistant
from qa.data import Answer, Hit
from qa.positions import line_of

_DEEP = 1000  # passages that /why-not looks through, best first


def why_lines(answer: Answer) -> Iterator[Line]:
    """The stages of an answer: what was looked up, found, and chosen, by which engine."""
    yield _pair("question", answer.question)
    yield _pair("looked up", answer.answered_question)
    yield _pair("engine", answer.engine)
    if answer.confidence is not None:
        least = f" (shown from {answer.threshold:.3f} on)" if answer.threshold is not None else ""
        yield _pair("confidence", f"{answer.confidence:.3f}{least}")
    yield _pair("seconds", ", ".join(f"{name} {spent:.3f}" for name, spent in answer.seconds))
    if answer.usage is not None:
        yield _pair("usage", render.usage_text(answer.usage))
    if answer.prompt_hash is not None:
        yield _pair("prompt", answer.prompt_hash)
    if answer.reason is not None:
        yield _pair("refused", answer.reason)
    if answer.statements:
        support = ", ".join(f"{one.markers} {one.support:.2f}" for one in answer.statements)
        yield _pair("support", support)
    for gone in answer.left_out:
        yield render.left_out_line(gone)
    yield render.BLANK
    if not answer.hits:
        yield Line((Piece("Its passages are not kept: it was resumed, or nothing was found."),))
    for hit in answer.hits:
        yield from _hit_lines(hit, ", cited" if is_cited(hit, answer) else "")


def why_not_lines(assistant: Assistant, answer: Answer, phrase: str) -> Iterator[Line]:
    """The stage and the rank at which sentences that hold ``phrase`` were lost."""
    sought = _folded(phrase)
    for statement in answer.statements:
        if any(sought in _folded(citation.quote) for citation in statement.citations):
            yield Line((Piece(f"It is in the answer: {statement.markers}"),))
            return
    for gone in answer.left_out:
        if sought in _folded(gone.text):
            yield Line((Piece("The model said it, and it was left out:"),))
            yield render.left_out_line(gone)
            return
    read = [hit for hit in answer.hits if sought in _folded(hit.text)]
    if read:
        fate = "other sentences were chosen" if answer.answered else "the question was refused"
        yield Line((Piece(f"Found and read, but {fate}:"),))
        for hit in read:
            yield from _hit_lines(hit)
        return
    yield from _not_read(assistant, answer, phrase)


def _not_read(assistant: Assistant, answer: Answer, phrase: str) -> Iterator[Line]:
    """Why no passage with ``phrase`` was read: it ranks too low, or is nowhere."""
    sought = _folded(phrase)
    hits = assistant.search(answer.answered_question, _DEEP, as_of=answer.as_of)
    far = [hit for hit in hits if sought in _folded(hit.text)]
    if far:
        how_many = f"; {len(answer.hits)} were read" if answer.hits else ""
        yield Line((Piece(f"Found, but too far down to be read{how_many}:"),))
        for hit in far[:5]:
            yield from _hit_lines(hit)
        return
    for source in assistant.sources():
        if source.document_id is not None:
            text = assistant.document(source.path).text
            if sought in _folded(text):
                place = render.one_line(source.path)
                yield Line((Piece(f"{place} holds it, but not among the best {len(hits)} hits."),))
                return
    skipped = sum(source.state == "skipped" for source in assistant.sources())
    unread = f"; {skipped} files could not be read (/sources)" if skipped else ""
    yield Line((Piece(f"No document of the library holds “{render.one_line(phrase)}”{unread}."),))


def _hit_lines(hit: Hit, remark: str = "") -> Iterator[Line]:
    said = ", ".join(f"{one.retriever} #{one.rank} {one.score:.3f}" for one in hit.ranked)
    line = line_of(hit.document.text, hit.passage.start)
    place = f"{render.one_line(hit.path)}, line {line}"
    yield Line((Piece(f"{hit.rank}. ", "cyan"), Piece(place), Piece(remark, "bold")))
    yield Line((Piece(f"score {hit.score:.3f}: {said}", "dim"),), indent=3)


def _pair(name: str, value: str) -> Line:
    return Line((Piece(f"{name:<11}", "dim"), Piece(render.one_line(value))))


def _folded(text: str) -> str:
    return " ".join(text.casefold().split())
