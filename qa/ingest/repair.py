"""Whether a library still says what its documents said, and how to mend it."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing
from typing import TYPE_CHECKING

from qa.errors import LibraryDamaged
from qa.ingest.read import document_id
from qa.ingest.reader import WORKER
from qa.ingest.split import embedded_text, split
from qa.ingest.sync import Progress, Report, sync
from qa.library.interface import Kept, Library, Writer
from qa.library.local.vectors import vector_id
from qa.models.embed.base import Embedding
from qa.settings.config import Settings
from qa.text.words import terms

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_SAME_MODEL = 0.99  # cosine of a text's stored vector with its vector now


def audit(writer: Writer, count: Callable[[Sequence[str]], list[int]]) -> Iterator[str]:
    """Everything that is wrong with a library, a line each; reads every byte of it.

    Ids are hashes of content, so documents vouch for themselves; each is split again, and
    passages, words and vectors are compared with what comes out.  ``count`` is what the
    documents were split by.
    """
    try:
        yield from writer.faults()
        changed = [name for name, good in _documents(writer, count) if not good]
    except (ValueError, KeyError, TypeError, IndexError) as error:
        yield f"the catalog holds rows that cannot be understood ({error})"
        return
    if changed:
        yield f"{len(changed)} documents are not as they were read, the first {changed[0]!r}"


def _documents(
    writer: Writer, count: Callable[[Sequence[str]], list[int]]
) -> Iterator[tuple[str, bool]]:
    for document, paths, stored in writer.documents():
        expected = [
            (passage, vector_id(embedded_text(document, passage)), words, len(words))
            for passage in split(document, count)
            for words in [terms(embedded_text(document, passage))]
        ]
        found = [(one.passage, one.vector_id, words, n) for one, words, n in stored]
        yield paths[0], document.id == document_id(document) and found == expected


def repair(
    settings: Settings,
    library: Library,
    embedding: Embedding,
    progress: Callable[[Progress], None],
    *,
    worker: str = WORKER,
) -> Report:
    """Make the library anew from the documents, keeping every vector that is whole.

    Reading and splitting is cheap, embedding is not: the passages whose vectors are lost or
    damaged are the only ones embedded.  Until it is done the old library stays.
    """
    kept = _Known(library, embedding)
    with closing(kept):
        return sync(
            settings,
            library,
            embedding,
            rebuild=True,
            purpose="qa repair",
            worker=worker,
            progress=progress,
            known=kept.vectors,
        )


class _Known:
    """The old library's vectors, once it is sure that this model made them."""

    def __init__(self, library: Library, embedding: Embedding) -> None:
        self._library = library
        self._embedding = embedding
        self._salvage: Kept | None = None
        self._is_ours: bool | None = None

    def close(self) -> None:
        if self._salvage is not None:
            self._salvage.close()

    def vectors(self, texts: Mapping[str, str]) -> "dict[str, NDArray[np.float32]]":
        """The vectors of those of ``texts`` (by id) that are whole."""
        if self._is_ours is False:
            return {}
        if self._salvage is None:  # only now, for the writer lock is held by now
            try:
                self._salvage = self._library.salvage()
            except LibraryDamaged:
                self._is_ours = False
                return {}
        found = self._salvage.vectors(list(texts))
        if found and self._is_ours is None:
            one = min(found)
            row = self._embedding.embed([texts[one]])[0]
            self._is_ours = len(row) == len(found[one]) and float(row @ found[one]) > _SAME_MODEL
        return found if self._is_ours else {}
