"""Where a sentence was lost on the way to an answer, and what would have kept it."""

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from qa.app import render
from qa.app.lines import Line, Piece, one_line, safe
from qa.app.why import place_lines
from qa.assistant import Assistant
from qa.data import Answer, Hit
from qa.positions import line_of
from qa.text import terms, words

if TYPE_CHECKING:
    from qa.answer.explain import Feature, PartRead, Weighed

_DEEP = 1000  # passages that are looked through, best first
_SHOWN = 4  # features, passages


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
        yield from _not_chosen(assistant, answer, sought, read)
    elif read:
        yield _say("Found and shown to the model, which did not use it:")
        for hit in read:
            yield from place_lines(hit)
    else:
        yield from _not_read(assistant, answer, phrase)


def folded(text: str) -> str:
    """``text`` as phrases are compared: without case, blanks as one."""
    return " ".join(text.casefold().split())


def _say(text: str, indent: int = 0) -> Line:
    return Line((Piece(safe(text)),), indent)


def _not_chosen(
    assistant: Assistant, answer: Answer, sought: str, read: list[Hit]
) -> Iterator[Line]:
    """What the reader made of the sentences of the passages found."""
    for part in assistant.explain(answer.answered_question, answer.hits, as_of=answer.as_of):
        weighed = [one for one in part.sentences if sought in folded(one.text)]
        unread = [one for one in part.unread if sought in folded(one.text)]
        if weighed:
            yield from _weighed_lines(answer, part, weighed[0])
        elif unread:
            one = unread[0]
            yield _say(f"Found in hit {one.hit.rank}, and not weighed: {one.reason}.")
            yield from _quote(one.hit, one.sentence.start, one.text)
        else:  # the phrase runs over the end of a sentence
            yield _say("Found; it runs over several sentences, none of which was chosen:")
            for hit in read:
                yield from place_lines(hit)


def _weighed_lines(answer: Answer, part: "PartRead", one: "Weighed") -> Iterator[Line]:
    """The rank of a sentence that was weighed, and what it lacks."""
    asked = f" for “{part.question}”" if part.question != answer.answered_question else ""
    of = f"sentence {one.rank} of {len(part.sentences)}{asked}, from hit {one.hit.rank}"
    refused = answer.threshold is not None and part.confidence < answer.threshold
    if refused:
        yield _say(
            f"Read as {of}; the question was refused: the passages hold an answer with"
            f" confidence {part.confidence:.3f}, and {answer.threshold:.3f} is needed."
        )
    else:
        yield _say(f"Read as {of}; other sentences were chosen.")
    yield from _quote(one.hit, one.sentence.start, one.text)
    best = part.sentences[0]
    if refused:
        yield _say(f"The confidence is made of {worth_text(part.evidence)}.", 3)
    if one.rank > 1:
        yield _say(
            f"Its chance of being the answer is {one.chance:.3f}, that of the best sentence"
            f" {best.chance:.3f}. To lead it lacks {best.score - one.score:.2f} of score, most of"
            f" it in {_lead(best, one)}.",
            3,
        )


def _lead(best: "Weighed", one: "Weighed") -> str:
    """By which features the best sentence leads."""
    ahead = [
        (mine.worth - theirs.worth, mine.name)
        for mine, theirs in zip(best.features, one.features, strict=True)
    ]
    return ", ".join(f"{name} {lead:+.2f}" for lead, name in sorted(ahead)[::-1][:_SHOWN])


def worth_text(features: "Iterable[Feature]", most: int | None = None) -> str:
    """Features by what they add, the weightiest first."""
    ordered = sorted(features, key=lambda one: (-abs(one.worth), one.name))[:most]
    return ", ".join(f"{one.name} {one.worth:+.2f}" for one in ordered if one.worth)


def _quote(hit: Hit, start: int, text: str) -> Iterator[Line]:
    place = f"{one_line(hit.path)}, line {line_of(hit.document.text, start)}"
    yield Line((Piece(place, "dim"),), indent=3)
    yield Line((Piece(f"“{one_line(text)}”", "italic"),), indent=3)


def _not_read(assistant: Assistant, answer: Answer, phrase: str) -> Iterator[Line]:
    """Why no passage with ``phrase`` was read: it ranks too low, or is nowhere."""
    sought = folded(phrase)
    hits = assistant.search(answer.answered_question, _DEEP, as_of=answer.as_of)
    far = [hit for hit in hits if sought in folded(hit.text)]
    if far:
        how_many = f"; {len(answer.hits)} were read" if answer.hits else ""
        yield _say(f"Found, but too far down to be read{how_many}:")
        for hit in far[:_SHOWN]:
            yield from place_lines(hit)
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
