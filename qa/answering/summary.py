"""What the extractive answerer has for "summarise": how a document opens, and how its sections do.

It writes no summary, and says so.
"""

from collections.abc import Sequence
from dataclasses import replace

from qa.answering.cite import cite
from qa.data import Hit, Note, Statement
from qa.library.interface import View

MOST = 8
"""Sentences that are shown at most."""
_LEAST = 5  # words of a sentence that says something


def summary(hits: Sequence[Hit], view: View) -> tuple[tuple[Statement, ...], tuple[Note, ...]]:
    """The opening of the best hit's document, then the first sentence of each section.

    Where a document has no headings, of each passage.
    """
    if not hits:
        return (), ()
    best, headings = hits[0], set()
    statements: list[Statement] = []
    for passage in view.document_passages(best.document.id):
        if passage.heading is not None and passage.heading in headings:
            continue
        headings.add(passage.heading)
        for sentence in passage.sentences:
            text = best.document.text[sentence.start : sentence.end]
            if len(text.split()) >= _LEAST and text.rstrip()[-1:] in '.!?。”"':
                hit = replace(best, passage=passage)
                cited = cite(hit, sentence, len(statements) + 1)
                statements.append(Statement(cited.quote, (cited,), 1.0))
                break
        if len(statements) == MOST:
            break
    return tuple(statements), (Note.of("summary", path=best.path),)
