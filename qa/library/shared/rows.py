"""What the rows of a library that an engine keeps say, to and fro."""

import base64
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Any, NamedTuple

from qa.data import Document, Passage, Sentence
from qa.errors import LibraryDamaged
from qa.library.days import Given
from qa.library.interface import FileState, NewPassage, StoredPassage
from qa.library.shared.engine import FOREVER, key

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_PART = 16_000  # characters of a text in one row: at most 64,000 bytes
HEAD = ("ref", "body")
SOURCE = ("key", "name", "ref", "digest", "body", "born", "died")


class Held(NamedTuple):
    """What one file holds: a document, or the reason why it was skipped."""

    state: FileState
    document_id: str | None
    reason: str | None
    born: int


class Head(NamedTuple):
    """A document without its text, and how much of it there is."""

    document: Document
    characters: int
    passages: int
    parts: int


def catalog_row(store: int, kind: str, name: str, body: str, **more: Any) -> dict[str, Any]:
    """A row of the catalog."""
    values = {"ref": "", "digest": "", "part": 0, "born": 0, "died": FOREVER} | more
    return {
        "key": key(store, kind, name, values["born"], values["part"]),
        "store": store,
        "kind": kind,
        "name": name,
        "body": body,
        **values,
    }


def source_row(store: int, held: Held, died: int = FOREVER) -> dict[str, Any]:
    """The row of a file."""
    state = held.state
    body = [state.size, state.mtime_ns, state.seen_ns, state.digest, held.reason]
    return catalog_row(
        *(store, "source", state.path, json.dumps(body)),
        ref=held.document_id or "",
        digest=state.digest or "",
        born=held.born,
        died=died,
    )


def held(row: Mapping[str, Any]) -> Held:
    """What a file's row says."""
    size, mtime_ns, seen_ns, digest, reason = json.loads(row["body"])
    state = FileState(row["name"], size, mtime_ns, seen_ns, digest)
    return Held(state, row["ref"] or None, reason, int(row["born"]))


def day_row(path: str, given: Given) -> dict[str, Any]:
    """The row of a date that a user gave a file's document; it outlives every store."""
    return catalog_row(0, "day", path, given.day.isoformat(), digest=given.digest or "")


def day(row: Mapping[str, Any]) -> Given:
    """What the row of such a date says."""
    return Given(date.fromisoformat(row["body"]), row["digest"] or None)


def document_rows(store: int, document: Document, passages: int) -> Iterator[dict[str, Any]]:
    """The rows of a document: its head, and the parts of its text."""
    text = document.text
    starts = range(0, len(text), _PART)
    published = document.published
    head = {
        "title": document.title,
        "author": document.author,
        "published": published.isoformat() if published else None,
        "date_basis": document.date_basis,
        "written": [day.isoformat() for day in document.written] if document.written else None,
        "characters": len(text),
        "passages": passages,
        "parts": len(starts),
    }
    yield catalog_row(store, "head", document.id, json.dumps(head), ref=document.id)
    pages = json.dumps(document.page_starts)
    for kind, whole in (("pages", pages), ("text", text)):
        for i in range(0, len(whole), _PART):
            body = whole[i : i + _PART]
            yield catalog_row(store, kind, document.id, body, ref=document.id, part=i // _PART)


def head(row: Mapping[str, Any]) -> Head:
    """What a document's head says; its text and pages are left out."""
    said = json.loads(row["body"])
    written = said["written"]
    document = Document(
        *(row["ref"], "", said["title"], said["author"], _date(said["published"])),
        *(said["date_basis"], ()),
        (date.fromisoformat(written[0]), date.fromisoformat(written[1])) if written else None,
    )
    return Head(document, said["characters"], said["passages"], said["parts"])


def document(
    parts: Mapping[tuple[str, str], Sequence[Mapping[str, Any]]], document_id: str
) -> Document:
    """A document from its rows, by its id and their kind."""
    said = head(parts[document_id, "head"][0])
    texts = parts.get((document_id, "text"), ())
    if len(texts) != said.parts:
        raise LibraryDamaged(
            f"the library holds {len(texts)} of {said.parts} parts of document {document_id!r};"
            " run: qa repair"
        )
    pages = json.loads(joined(parts[document_id, "pages"]))
    return replace(said.document, text=joined(texts), page_starts=tuple(pages))


def following(row: Mapping[str, Any]) -> list[tuple[str, str, int]]:
    """Kind, id and part of the rows that go on where one of a document's first rows ends."""
    name, kind = row["ref"], row["kind"]
    if kind == "head":
        return [("text", name, part) for part in range(1, head(row).parts)]
    more = kind == "pages" and len(row["body"]) == _PART
    return [(kind, name, row["part"] + 1)] if more else []


def joined(rows: Iterable[Mapping[str, Any]]) -> str:
    """A long value from its parts."""
    return "".join(row["body"] for row in sorted(rows, key=lambda row: int(row["part"])))


def passage_row(
    number: int, new: NewPassage, vector: "NDArray[np.float32]", born: int
) -> dict[str, Any]:
    """The row of a passage."""
    passage = new.passage
    spans = [(one.start, one.end) for one in passage.sentences]
    return {
        "number": number,
        "id": passage.id,
        "document_id": passage.document_id,
        "first": passage.start,
        "last": passage.end,
        "born": born,
        "died": FOREVER,
        "body": json.dumps([passage.heading, passage.page, spans], separators=(",", ":")),
        "vector_id": new.vector_id,
        "vector": vector,
        "terms": list(new.terms),
    }


def stored(row: Mapping[str, Any]) -> StoredPassage:
    """The passage of a row."""
    try:
        heading, page, spans = json.loads(row["body"])
        sentences = tuple(Sentence(*pair) for pair in spans)
    except (ValueError, TypeError) as error:
        raise LibraryDamaged(
            f"the library holds a row that cannot be understood ({error}); run: qa repair"
        ) from error
    passage = Passage(
        *(row["id"], row["document_id"], int(row["first"]), int(row["last"])),
        *(sentences, heading, page),
    )
    return StoredPassage(int(row["number"]), passage, row["vector_id"])


def array_rows(
    store: int, name: str, array: "NDArray[np.float64]", slot: int
) -> list[dict[str, Any]]:
    """The rows of an array."""
    whole = base64.b85encode(array.astype("<f8").tobytes()).decode("ascii")
    parts = range(0, len(whole), 4 * _PART)
    return [
        catalog_row(
            store, "array", f"{name}:{slot}", whole[i : i + 4 * _PART], part=i // (4 * _PART)
        )
        for i in parts
    ]


def array(rows: Sequence[Mapping[str, Any]]) -> "NDArray[np.float64]":
    """The array of its rows."""
    import numpy as np

    return np.frombuffer(base64.b85decode(joined(rows)), dtype="<f8").copy()


def _date(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
