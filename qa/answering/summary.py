"""What the extractive answerer has for "summarise": how a document opens, and how its sections do.

It writes no summary, and says so.
"""

import re
from collections.abc import Sequence
from dataclasses import replace

from qa.answering.cite import cite
from qa.data import Hit, Note, Statement
from qa.library.interface import View
from qa.times.expressions import expressions

MOST = 8
"""Sentences that are shown at most."""
_LEAST = 5  # words of a sentence that says something


def summary(
    asked: str, hits: Sequence[Hit], view: View
) -> tuple[tuple[Statement, ...], tuple[Note, ...]]:
    """The opening of a document, then the first sentence of each section.

    It is the one whose file ``asked`` names, or that is of the day it names, else the best hit's.
    Where a document has no headings, the first of each passage; of one without a sentence nothing,
    and no note.
    """
    if not hits:
        return (), ()
    best, headings = _named(asked, hits, view) or _of_its_day(asked, hits), set()
    statements: list[Statement] = []
    for passage in view.document_passages(best.document.id):
        if passage.heading is not None and passage.heading in headings:
            continue
        headings.add(passage.heading)
        for sentence in passage.sentences:
            text = best.document.text[sentence.start : sentence.end]
            if len(text.split()) >= _LEAST and text.rstrip()[-1:] in '.!?。”"':
                cited = cite(best, sentence, len(statements) + 1)
                statements.append(Statement(cited.quote, (cited,), 1.0))
                break
        if len(statements) == MOST:
            break
    notes = (Note.of("summary", path=best.path),) if statements else ()
    return tuple(statements), notes


def _of_its_day(asked: str, hits: Sequence[Hit]) -> Hit:
    """The best hit in a document that was written on a day that is named, else the best of all."""
    times = [one.interval for one in expressions(asked, None) if one.interval]
    days = {time.start for time in times if time.start == time.end}
    return next((one for one in hits if one.document.published in days), hits[0])


def _named(asked: str, hits: Sequence[Hit], view: View) -> Hit | None:
    """A hit in the document whose file is named; the longest name, where one holds another."""
    said = asked.casefold()
    files = [(one.path, one.document_id) for one in view.sources() if one.document_id is not None]
    for path, held in sorted(files, key=lambda one: -len(one[0].rpartition("/")[2])):
        name = re.escape(path.rpartition("/")[2].casefold())
        if re.search(rf"(?<![\w.-]){name}(?![\w-])", said):
            first = next(iter(view.document_passages(held)), hits[0].passage)
            paths = (path, *(other for other in view.paths(held) if other != path))
            document = view.document(held)
            return replace(hits[0], document=document, passage=first, paths=paths, copies=())
    return None
