"""An answer to a Proof: what it cites, with the hashes and the surroundings of each place."""

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import PurePosixPath

from qa import __version__
from qa.data import Answer, Citation, CitedDocument, Document, Proof, Quotation, Sentence
from qa.errors import QAError
from qa.ingest.formats.registry import FORMATS
from qa.library.interface import FileState, View
from qa.schema import CONFLICTS
from qa.settings.config import Settings
from qa.wording import told

NEAR = 2_000
"""Characters on either side of a quotation within which the sentences next to it stand."""
_SETTINGS = "engine model judge embedding strict fallback window max_file_mb exclude".split()
"""Settings that decide what is answered; those that tell of the machine are left out."""


def prove(
    answer: Answer,
    history: Sequence[Answer],
    view: View,
    settings: Settings,
    reader: str,
    embedding: str,
) -> Proof:
    """The proof of ``answer``, which was made from the library of ``view`` after ``history``.

    ``reader`` is the trained reader's digest, ``embedding`` the embedding's name.  Raises
    QAError where the library no longer holds a document as it was cited, and for a document
    inside of another file (an attachment).
    """
    shown = answer.citations if answer.answered else answer.nearest
    states = view.states()
    documents: dict[str, Document] = {}
    cited: dict[str, CitedDocument] = {}
    for one in shown:
        if one.document_id not in documents:
            documents[one.document_id] = _document(one, view)
        if one.path not in cited:
            for outer in map(str, PurePosixPath(one.path).parents):
                if outer in states:
                    raise QAError(
                        f"{one.path!r} cannot be proved: it is inside of {outer!r}, where nobody"
                        " finds it by its hash; put it into the folder as a file of its own and"
                        " ask again"
                    )
            paths = view.paths(one.document_id)
            cited[one.path] = _cited(one, documents[one.document_id], paths, states.get(one.path))
    notes = sorted(answer.notes, key=lambda note: note.kind not in CONFLICTS)
    return Proof(
        made=datetime.now(UTC).replace(microsecond=0),
        answer=replace(
            answer, hits=(), usage=None, seconds=(), notes=tuple(notes), left_out=(), trace=None
        ),
        remarks=tuple(told(note) for note in notes),
        conversation=tuple((turn.question, turn.text) for turn in history),
        quotations=tuple(_quotation(one, documents[one.document_id], view) for one in shown),
        documents=tuple(cited.values()),
        lookups=answer.trace.lookups if answer.trace else (answer.answered_question,),
        searched=len(view.dates()),
        version=__version__,
        reader=reader,
        embedding=embedding,
        settings=tuple((name, _plain(getattr(settings, name))) for name in _SETTINGS),
    )


def _document(citation: Citation, view: View) -> Document:
    try:
        document = view.document(citation.document_id)
    except KeyError as error:
        raise QAError(_changed(citation)) from error
    if document.text[citation.start : citation.end] != citation.quote:
        raise QAError(_changed(citation))
    return document


def _changed(citation: Citation) -> str:
    return f"{citation.path!r} has changed since it was cited; ask again and prove that answer"


def _cited(
    citation: Citation, document: Document, paths: Sequence[str], state: FileState | None
) -> CitedDocument:
    if state is None or state.digest is None or citation.path not in paths:
        raise QAError(_changed(citation))
    return CitedDocument(
        path=citation.path,
        copies=tuple(path for path in paths if path != citation.path),
        title=document.title,
        sha256=state.digest,
        size=state.size,
        text_sha256=text_digest(document.text),
        characters=len(document.text),
        format=format_of(citation.path),
        version=__version__,
        published=document.published,
        written=document.written,
        date_basis=document.date_basis,
    )


def text_digest(text: str) -> str:
    """The SHA-256 of a document's text as UTF-8, in hexadecimal."""
    return hashlib.sha256(text.encode()).hexdigest()


def format_of(path: str) -> str:
    """What reads a file of this name: "plain.markdown"; "" where nothing does."""
    return ".".join(FORMATS.get(PurePosixPath(path).suffix.lower(), ()))


def _quotation(citation: Citation, document: Document, view: View) -> Quotation:
    text = document.text
    near = view.document_passages(document.id, (citation.start - NEAR, citation.end + NEAR))
    every = [one for passage in near for one in passage.sentences]
    before = [one for one in every if one.end <= citation.start]
    after = [one for one in every if one.start >= citation.end]
    own = (one for one in near if one.start <= citation.start < one.end)
    return Quotation(
        citation,
        heading=next((one.heading for one in own), None),
        before=_text(text, before[-1]) if before else "",
        after=_text(text, after[0]) if after else "",
    )


def _text(text: str, sentence: Sentence) -> str:
    return text[sentence.start : sentence.end]


def _plain(value: object) -> object:
    return list(value) if isinstance(value, tuple) else value
