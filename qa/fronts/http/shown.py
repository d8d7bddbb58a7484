"""Answers, documents and sources as the page shows them: JSON, with words where it needs some."""

from collections.abc import Iterator
from typing import Any

from qa.data import Answer, Citation, Document, LeftOut, Note, Source, Statement
from qa.fronts.render import dates_text
from qa.fronts.service import Event
from qa.schema import answer_dict, source_dict, statement_dict, trace_dict
from qa.text.blocks import blocks
from qa.times.quoted import when_text, written_text
from qa.wording import told

_UNITS = 8  # of a reading, the likeliest that are shown


def event_dict(event: Event) -> dict[str, Any]:
    """An event of an answer."""
    if isinstance(event, Note):
        return {"event": "note", "text": told(event)}
    if isinstance(event, Statement):
        return {"event": "statement", "statement": statement_dict(event)}
    if isinstance(event, LeftOut):
        return {"event": "left_out"}
    return {"event": "answer", "answer": _answer(event)}


def _answer(answer: Answer) -> dict[str, Any]:
    made = answer_dict(answer)
    shown = {one.marker: one for one in (*answer.citations, *answer.nearest)}
    made["places"] = {str(marker): _words(one) for marker, one in shown.items()}
    made["openings"] = [told(note) for note in answer.openings]
    made["remarks"] = [told(note) for note in answer.notes if note not in answer.openings]
    made["searched"] = trace_dict(answer.trace) if answer.trace is not None else None
    for reading in made["searched"]["read"] if made["searched"] else ():
        reading["units"] = reading["units"][:_UNITS]
    return made


def _words(citation: Citation) -> dict[str, str]:
    return {
        "when": when_text(citation),
        "dates": dates_text(citation),
    }


def source_row(source: Source) -> dict[str, Any]:
    """A source, with its date in words."""
    when = written_text(source.published, source.written)
    return source_dict(source) | {"when": when or ""}


def document_dict(path: str, document: Document) -> dict[str, Any]:
    """A document: its text, and the offsets of its headings and pages."""
    return {
        "path": path,
        "id": document.id,
        "title": document.title,
        "author": document.author,
        "when": written_text(document.published, document.written) or "",
        "basis": document.date_basis,
        "text": document.text,
        "headings": list(_headings(document.text)),
        "pages": list(document.page_starts),
    }


def _headings(text: str) -> Iterator[dict[str, int]]:
    for block in blocks(text):
        if block.kind == "heading":
            yield {"start": block.start, "end": block.end, "level": block.level}
