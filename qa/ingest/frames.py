"""What passes between the process that reads files and the one that asks it to: JSON lines.

Never pickle: whatever a hostile file makes of its reader, it can send nothing but text.
"""

import json
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

from qa.data import Document, Passage, Sentence
from qa.errors import DocumentError
from qa.library.catalog import NewPassage


class Ask(NamedTuple):
    """A file to be read; ``size`` in bytes, ``sha256`` of the bytes that are meant."""

    number: int
    path: Path
    size: int
    sha256: str

    def encoded(self) -> bytes:
        """The request as a line; a path that is no text keeps its bytes."""
        return json.dumps({"path": str(self.path), "sha256": self.sha256}).encode() + b"\n"


class Reading(NamedTuple):
    """A document, split; ``texts`` says by vector id what each vector is to stand for."""

    document: Document
    passages: tuple[NewPassage, ...]
    texts: dict[str, str]


def asked(line: bytes) -> tuple[Path, str]:
    """The path and the hash of a request."""
    request = json.loads(line)
    return Path(request["path"]), request["sha256"]


def refusal(reason: str) -> bytes:
    """The answer for a file that cannot be read."""
    return _line({"reason": reason})


def answer(reading: Reading) -> bytes:
    """The answer for a file that can."""
    document = reading.document
    fields = {
        "id": document.id,
        "text": document.text,
        "title": document.title,
        "author": document.author,
        "published": _written(document.published),
        "date_basis": document.date_basis,
        "page_starts": document.page_starts,
        "written": [_written(day) for day in document.written] if document.written else None,
    }
    passages = [
        (
            *(one.passage.id, one.passage.heading, one.passage.page),
            [(sentence.start, sentence.end) for sentence in one.passage.sentences],
            *(" ".join(one.terms), one.vector_id),
        )
        for one in reading.passages
    ]
    return _line({"document": fields, "passages": passages, "texts": reading.texts})


def answered(line: bytes) -> Reading:
    """What an answer says.

    Raises DocumentError with the reason why the file cannot be read, or where the answer
    itself cannot be understood.
    """
    try:
        found = json.loads(line)
        if "reason" in found:
            raise DocumentError(str(found["reason"]))
        document = _document(found["document"])
        passages = tuple(_passage(document, *row) for row in found["passages"])
        texts = {str(name): str(text) for name, text in found["texts"].items()}
        if texts.keys() != {one.vector_id for one in passages}:
            raise ValueError("texts and passages do not belong together")
    except (ValueError, KeyError, TypeError, AttributeError, IndexError) as error:
        raise DocumentError(f"its reader's answer cannot be understood ({error})") from error
    return Reading(document, passages, texts)


def _document(fields: dict[str, Any]) -> Document:
    published, written = fields.pop("published"), fields.pop("written")
    starts = tuple(map(int, fields.pop("page_starts")))
    return Document(
        **fields,
        published=date.fromisoformat(published) if published else None,
        page_starts=starts,
        written=(date.fromisoformat(written[0]), date.fromisoformat(written[1]))
        if written
        else None,
    )


def _passage(
    document: Document,
    name: str,
    heading: str | None,
    page: int | None,
    spans: list[list[int]],
    terms: str,
    vector_id: str,
) -> NewPassage:
    sentences = tuple(Sentence(start, end) for start, end in spans)
    start, end = sentences[0].start, sentences[-1].end
    passage = Passage(name, document.id, start, end, sentences, heading, page)
    return NewPassage(passage, tuple(terms.split()), vector_id)


def _written(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _line(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"
