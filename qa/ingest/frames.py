"""What passes between the process that reads files and the one that asks it to: JSON lines.

Never pickle: whatever a hostile file makes of its reader, it can send nothing but text.  A request
is one line.  An answer is several, so that neither side ever holds a large document in one more
form than it must: passages, some to a line, then what is said of all, then an empty line.
"""

import json
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

from qa.data import Document, Passage, Sentence
from qa.errors import DocumentError
from qa.library.interface import NewPassage

END = b"\n"
"""The line that ends an answer."""

_BLOCK = 512  # passages of one line


class Ask(NamedTuple):
    """A file to be read; ``size`` in bytes, ``sha256`` of the bytes that are meant."""

    number: int
    path: Path
    size: int
    sha256: str

    def encoded(self) -> bytes:
        """The request as a line; a path that is no text keeps its bytes."""
        return json.dumps({"path": str(self.path), "sha256": self.sha256}).encode() + b"\n"


class SplitDocument(NamedTuple):
    """A document, split; ``texts`` says by vector id what each vector is to stand for.

    ``remark`` says what of the file could not be read ("" where all was); ``parts`` are the
    files inside of it.
    """

    document: Document
    passages: tuple[NewPassage, ...]
    texts: dict[str, str]
    remark: str = ""
    parts: tuple["SplitPart", ...] = ()


class SplitPart(NamedTuple):
    """A file inside of a file: what it holds, or why it cannot be read.

    ``name`` is its way through the files around it, the outermost left out.
    """

    name: str
    sha256: str
    reading: SplitDocument | None
    reason: str


def all_texts(reading: SplitDocument) -> dict[str, str]:
    """What each vector is to stand for, of the document and of the files inside of it."""
    texts = dict(reading.texts)
    for part in reading.parts:
        texts |= part.reading.texts if part.reading is not None else {}
    return texts


def asked(line: bytes) -> tuple[Path, str]:
    """The path and the hash of a request."""
    request = json.loads(line)
    return Path(request["path"]), request["sha256"]


def refusal(reason: str) -> bytes:
    """The end of an answer for a file that cannot be read, whatever lines went before it."""
    return _line({"reason": reason}) + END


def answer(reading: SplitDocument) -> Iterator[bytes]:
    """The answer for a file that can, line by line."""
    yield from _lines(reading, {})
    for part in reading.parts:
        about = {"name": part.name, "sha256": part.sha256}
        if part.reading is None:
            yield _line(about | {"reason": part.reason})
        else:
            yield from _lines(part.reading, about)
    yield END


def _lines(reading: SplitDocument, about: dict[str, str]) -> Iterator[bytes]:
    """One document: its passages, then what is said of all of them."""
    document = reading.document
    for first in range(0, len(reading.passages), _BLOCK):
        some = reading.passages[first : first + _BLOCK]
        texts = {one.vector_id: reading.texts[one.vector_id] for one in some}
        yield _line({"passages": [_row(one) for one in some], "texts": texts})
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
    yield _line({"document": fields, "remark": reading.remark} | about)


def answered(lines: list[bytes]) -> SplitDocument:
    """What an answer says, the line that ends it left out; takes the lines away one by one.

    Raises DocumentError with the reason why the file cannot be read, or where the answer
    itself cannot be understood.
    """
    try:
        last = json.loads(lines[-1])
        if "reason" in last and "name" not in last:
            raise DocumentError(str(last["reason"]))
        lines.reverse()
        whole = _split(lines)
        parts = []
        while lines:
            parts.append(_part(lines))
    except (ValueError, KeyError, TypeError, AttributeError, IndexError) as error:
        raise DocumentError(f"its reader's answer cannot be understood ({error})") from error
    return whole._replace(parts=tuple(parts))


def _part(lines: list[bytes]) -> SplitPart:
    head = json.loads(lines[-1])
    if "reason" in head:
        lines.pop()
        return SplitPart(str(head["name"]), str(head["sha256"]), None, str(head["reason"]))
    about: dict[str, Any] = {}
    reading = _split(lines, about)
    return SplitPart(str(about["name"]), str(about["sha256"]), reading, "")


def _split(lines: list[bytes], about: dict[str, Any] | None = None) -> SplitDocument:
    """The next document; ``about`` is filled with what else its last line says."""
    rows: list[list[Any]] = []
    texts: dict[str, str] = {}
    while "document" not in (said := json.loads(lines.pop())):
        rows += said["passages"]
        texts |= {str(name): str(text) for name, text in said["texts"].items()}
    document = _document(said.pop("document"))
    passages = tuple(_passage(document, *row) for row in rows)
    if texts.keys() != {one.vector_id for one in passages}:
        raise ValueError("texts and passages do not belong together")
    if about is not None:
        about |= said
    return SplitDocument(document, passages, texts, str(said["remark"]))


def _row(one: NewPassage) -> tuple[object, ...]:
    return (
        *(one.passage.id, one.passage.heading, one.passage.page),
        [(sentence.start, sentence.end) for sentence in one.passage.sentences],
        *(" ".join(one.terms), one.vector_id),
    )


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
    # One copy of each word, however often it is said.
    return NewPassage(passage, tuple(map(sys.intern, terms.split())), vector_id)


def _written(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _line(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"
