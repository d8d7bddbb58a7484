"""Where a sentence was lost on the way to an answer, and what would have kept it."""

from collections.abc import Iterator

from qa.assistant import Assistant
from qa.data import Answer, Hit, Reading, Weighed
from qa.fronts import render
from qa.fronts.explained import unit_lines
from qa.fronts.lines import Line, Piece, one_line, safe
from qa.text.words import terms, words

_DEEP = 1000  # passages that are looked through, best first
_SHOWN = 4  # passages


def why_not_lines(assistant: Assistant, answer: Answer, phrase: str) -> Iterator[Line]:
    """The stage and the rank at which sentences that hold ``phrase`` were lost."""
    sought = folded(phrase)
    for statement in answer.statements:
        if any(sought in folded(citation.quote) for citation in statement.citations):
            yield _say(f"It is in the answer: {statement.markers}")
            return
    for gone in answer.left_out:
        if sought in folded(gone.text):
            yield _say("The model said it, and it was left out:")
            yield render.left_out_line(gone)
            return
    read = [hit for hit in answer.hits if sought in folded(hit.text)]
    if read and answer.engine == "extractive":
        yield from _not_chosen(answer, sought, read)
    elif read:
        yield _say("Found and shown to the model, which did not use it:")
        for hit in read:
            yield from render.place_lines(hit)
    else:
        yield from _not_read(assistant, answer, phrase)


def folded(text: str) -> str:
    """``text`` as phrases are compared: without case, blanks as one."""
    return " ".join(text.casefold().split())


def _say(text: str, indent: int = 0) -> Line:
    return Line((Piece(safe(text)),), indent)


def _not_chosen(answer: Answer, sought: str, read: list[Hit]) -> Iterator[Line]:
    """What the reader made of the units of the windows that it read."""
    told = False
    for reading in answer.trace.readings if answer.trace else ():
        for rank, one in enumerate(reading.weighed, start=1):
            if sought in folded(one.unit.text) or sought in folded(_quoted(one)):
                told = True
                yield from _weighed_lines(answer, reading, rank, one)
                break
    if not told:  # it runs over several units, or was not opened
        yield _say("Found; no unit that was read holds it, or it is a heading:")
        for hit in read:
            yield from render.place_lines(hit)


def _weighed_lines(answer: Answer, reading: Reading, rank: int, one: Weighed) -> Iterator[Line]:
    """The rank of a unit that was read, and what the answer lacked."""
    several = answer.trace is not None and len(answer.trace.readings) > 1
    asked = f" for “{one_line(reading.question)}”" if several else ""
    of = f"unit {rank} of {len(reading.weighed)}{asked}"
    if answer.outcome == "not_found" and answer.trace is not None:
        yield _say(
            f"Read as {of}; nothing was answered: the confidence is {reading.confidence:.3f}, and"
            f" {answer.trace.perhaps_from:.3f} is needed for what may answer."
        )
    else:
        best = reading.weighed[0]
        yield _say(
            f"Read as {of}; others were chosen: its chance of being part of the answer is"
            f" {one.chance:.3f}, that of the likeliest {best.chance:.3f}."
        )
    yield from unit_lines(rank, one, reading)


def _quoted(one: Weighed) -> str:
    return one.hit.document.text[one.unit.sentence.start : one.unit.sentence.end]


def _not_read(assistant: Assistant, answer: Answer, phrase: str) -> Iterator[Line]:
    """Why no passage with ``phrase`` was read: it ranks too low, or is nowhere."""
    sought = folded(phrase)
    hits = assistant.search(answer.answered_question, _DEEP, as_of=answer.as_of)
    far = [hit for hit in hits if sought in folded(hit.text)]
    if far:
        how_many = f"; {len(answer.hits)} were read" if answer.hits else ""
        yield _say(f"Found, but too far down to be read{how_many}:")
        for hit in far[:_SHOWN]:
            yield from render.place_lines(hit)
            yield from _missing(answer, hit)
        return
    sources = assistant.sources()
    for source in sources:
        if source.document_id is not None and sought in folded(
            assistant.document(source.path).text
        ):
            yield _say(_why_unfound(answer, one_line(source.path), source.path, hits))
            return
    skipped = sum(source.state == "skipped" for source in sources)
    unread = f"; {skipped} files could not be read (qa sources)" if skipped else ""
    yield _say(f"No document of the library holds “{one_line(phrase)}”{unread}.")


def _why_unfound(answer: Answer, shown: str, path: str, hits: tuple[Hit, ...]) -> str:
    into = next((hit for hit in hits if path in hit.copies), None)
    if into is not None:
        return (
            f"{shown} holds it; its passage was folded into hit {into.rank},"
            f" {one_line(into.path)}, which says nearly the same."
        )
    if answer.as_of is not None:
        return f"{shown} holds it, but is not certainly published by {answer.as_of}."
    return f"{shown} holds it, but not among the best {len(hits)} hits."


def _missing(answer: Answer, hit: Hit) -> Iterator[Line]:
    """What a passage that ranks too low lacks against the last one that was read."""
    if answer.hits and hit.rank > len(answer.hits):
        last = answer.hits[-1]
        made = ", ".join(f"{one.retriever} {one.part:+.2f}" for one in last.ranked)
        yield _say(f"The last one read has {last.score:.3f} ({made}).", 3)
    held = set(terms(hit.text))
    asked = words(answer.answered_question)
    lacks = dict.fromkeys(
        word.text for word in asked if word.term is not None and word.term not in held
    )
    if lacks:
        told = ", ".join(f"“{word}”" for word in lacks)
        yield _say(f"Of the question's words it lacks {told}.", 3)
