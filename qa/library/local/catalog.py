"""The catalog: one SQLite file that is the truth about documents, passages and words.

Vectors lie elsewhere (``vectors``, and Chroma, ``chroma``) and can be made again; whatever the
catalog does not name does not exist.  Readers see one generation from the first look to the
last: each reads inside a transaction of its own (SQLite in WAL mode), beside one writer.
"""

import json
import os
import sqlite3
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

from qa.data import Document, Passage, Sentence, Source
from qa.errors import LibraryBusy, LibraryDamaged, LibraryError, LibraryMismatch
from qa.library.interface import FileState, NewPassage, StoredPassage
from qa.library.local import arrays, lexical

FORMAT = "5"
"""Version of the tables and of how documents are read and split."""

_TABLES = """
CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE documents (
    id TEXT PRIMARY KEY, text TEXT NOT NULL, title TEXT, author TEXT,
    published TEXT, date_basis TEXT, page_starts TEXT NOT NULL,
    written_from TEXT, written_to TEXT
);
CREATE TABLE sources (
    path TEXT PRIMARY KEY, state TEXT NOT NULL, reason TEXT, document_id TEXT,
    size INTEGER NOT NULL, mtime_ns INTEGER NOT NULL, seen_ns INTEGER NOT NULL, digest TEXT
);
CREATE INDEX sources_document ON sources (document_id);
CREATE INDEX sources_digest ON sources (digest);
CREATE TABLE vectors (id TEXT PRIMARY KEY, row INTEGER NOT NULL);
CREATE TABLE passages (
    number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, document_id TEXT NOT NULL,
    start INTEGER NOT NULL, end INTEGER NOT NULL, heading TEXT, page INTEGER,
    sentences TEXT NOT NULL, vector_id TEXT NOT NULL, length INTEGER NOT NULL
);
CREATE INDEX passages_document ON passages (document_id, start);
CREATE INDEX passages_vector ON passages (vector_id);
CREATE TABLE pending (id TEXT PRIMARY KEY) WITHOUT ROWID;
"""
"""``pending`` names the passages that are new, changed or gone since Chroma was last told."""


def connect(path: Path, *, write: bool) -> sqlite3.Connection:
    """A connection in autocommit mode; transactions are opened by hand.

    Raises sqlite3.Error where there is no catalog, or it cannot be opened.
    """
    if write:
        # For its owner alone; SQLite gives its log the same mode.
        os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
    uri = f"{path.absolute().as_uri()}?{_mode(path, write=write)}"
    connection = sqlite3.connect(
        uri, uri=True, timeout=10.0, isolation_level=None, check_same_thread=False
    )
    try:
        if write:
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = FULL")
        else:
            connection.execute("PRAGMA query_only = ON")
    except BaseException:
        connection.close()
        raise
    return connection


def _mode(path: Path, *, write: bool) -> str:
    if write or os.access(path.parent, os.W_OK):
        return "mode=rw"  # a WAL reader makes the shared-memory file: not "ro"
    # In a folder that cannot be written nothing can be shared.  Without a log nobody is
    # writing and the file is whole; with one, SQLite itself says whether it can be read.
    log = path.with_name(f"{path.name}-wal")
    return "mode=ro" if log.exists() else "mode=ro&immutable=1"


def mapped(error: sqlite3.Error, library: Path) -> LibraryError:
    """The error of this project that says what SQLite's error means for a user."""
    name = repr(str(library))
    kind = getattr(error, "sqlite_errorcode", 0) & 0xFF  # without the extended part
    if kind == sqlite3.SQLITE_BUSY:
        return LibraryBusy(f"library {name} is held by another process; try again")
    if kind == sqlite3.SQLITE_CANTOPEN:
        return LibraryError(f"library {name} cannot be opened; check that the folder is writable")
    if kind == sqlite3.SQLITE_FULL:
        return LibraryError(f"library {name} cannot be written: the disk is full")
    if kind == sqlite3.SQLITE_READONLY:
        return LibraryError(f"library {name} cannot be written: the folder is read-only")
    if kind == sqlite3.SQLITE_IOERR:
        return LibraryError(f"library {name}: {error}; check the disk and the room left on it")
    return LibraryDamaged(
        f"library {name} cannot be read ({error}); run: qa repair"
        " (qa ingest --rebuild makes everything anew)"
    )


def create(connection: sqlite3.Connection, meta: dict[str, str]) -> None:
    """Make the tables, all or none."""
    connection.executescript(f"BEGIN IMMEDIATE;{_TABLES}{arrays.TABLES}{lexical.TABLES}")
    connection.executemany("INSERT INTO meta VALUES (?, ?)", [("format", FORMAT), *meta.items()])
    connection.execute("COMMIT")


def is_new(connection: sqlite3.Connection) -> bool:
    """Tell whether the file holds no tables yet."""
    row = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
    return bool(row == (0,))


def check_format(meta: dict[str, str], library: Path) -> None:
    """Raise LibraryMismatch for a catalog of another format version."""
    if meta.get("format") != FORMAT:
        raise LibraryMismatch(
            f"library {str(library)!r} has format {meta.get('format')!r}, this version reads"
            f" {FORMAT!r}; run: qa ingest --rebuild"
        )


@contextmanager
def transaction(connection: sqlite3.Connection, kind: str = "DEFERRED") -> Iterator[None]:
    """Do all of the block or none of it."""
    connection.execute(f"BEGIN {kind}")
    try:
        yield
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise
    connection.execute("COMMIT")


# --- reading: each takes a connection inside a transaction


def read_meta(connection: sqlite3.Connection) -> dict[str, str]:
    """Everything in ``meta``."""
    return dict(connection.execute("SELECT name, value FROM meta"))


def read_sources(connection: sqlite3.Connection) -> tuple[Source, ...]:
    """Every known file by path."""
    rows = connection.execute(
        """SELECT s.path, s.state, s.reason, s.document_id, d.title, d.author, d.published,
                  d.date_basis, (SELECT count(*) FROM passages p WHERE p.document_id = d.id),
                  coalesce(length(d.text), 0), d.written_from, d.written_to
           FROM sources s LEFT JOIN documents d ON d.id = s.document_id ORDER BY s.path"""
    )
    return tuple(_source(*row) for row in rows)


def _source(*row: Any) -> Source:
    path, state, reason, document, title, author, published, basis, count, size, *written = row
    return Source(
        *(path, state, reason, document, title, author),
        *(_date(published), basis, count, size, _dates(*written)),
    )


def read_skipped(connection: sqlite3.Connection) -> tuple[tuple[str, str], ...]:
    """The files that could not be read, by path, each with the reason."""
    rows = connection.execute(
        "SELECT path, coalesce(reason, '') FROM sources WHERE state = 'skipped' ORDER BY path"
    )
    return tuple(rows)


def read_states(connection: sqlite3.Connection) -> dict[str, FileState]:
    """How each known file looked when it was last read."""
    rows = connection.execute("SELECT path, size, mtime_ns, seen_ns, digest FROM sources")
    return {row[0]: FileState(*row) for row in rows}


def read_document(connection: sqlite3.Connection, document_id: str) -> Document:
    """One document; KeyError where the catalog has none of that id."""
    row = connection.execute(
        """SELECT id, text, title, author, published, date_basis, page_starts,
                  written_from, written_to
           FROM documents WHERE id = ?""",
        (document_id,),
    ).fetchone()
    if row is None:
        raise KeyError(document_id)
    name, text, title, author, published, basis, starts, *written = row
    with _understood():
        pages = tuple(json.loads(starts))
        return Document(name, text, title, author, _date(published), basis, pages, _dates(*written))


def read_dates(
    connection: sqlite3.Connection,
) -> dict[str, tuple[date | None, tuple[date, date] | None]]:
    """When each document was written: ``published`` and ``written``, by its id."""
    rows = connection.execute("SELECT id, published, written_from, written_to FROM documents")
    with _understood():
        return {name: (_date(day), _dates(*written)) for name, day, *written in rows}


def read_paths(connection: sqlite3.Connection, document_id: str) -> tuple[str, ...]:
    """The files that hold a document, sorted."""
    rows = connection.execute(
        "SELECT path FROM sources WHERE document_id = ? ORDER BY path", (document_id,)
    )
    return tuple(path for (path,) in rows)


def read_numbers(connection: sqlite3.Connection, documents: Sequence[str]) -> list[int]:
    """The numbers of the passages of these documents."""
    rows = connection.execute(
        "SELECT number FROM passages WHERE document_id IN (SELECT value FROM json_each(?))",
        (json.dumps(documents),),
    )
    return [number for (number,) in rows]


def read_passages(
    connection: sqlite3.Connection, numbers: Sequence[int]
) -> dict[int, StoredPassage]:
    """The passages of these numbers."""
    marks = ",".join("?" * len(numbers))
    return {
        stored.number: stored
        for stored in _passages(connection, f"number IN ({marks})", tuple(numbers))
    }


def read_document_passages(
    connection: sqlite3.Connection, document_id: str, near: tuple[int, int] | None = None
) -> tuple[StoredPassage, ...]:
    """The passages of a document in reading order; ``near``: those that reach into a range."""
    first, last = near or (0, sys.maxsize)
    where = "document_id = ? AND start < ? AND end > ? ORDER BY start"
    return tuple(_passages(connection, where, (document_id, last, first)))


def _passages(
    connection: sqlite3.Connection, where: str, values: tuple[object, ...]
) -> Iterator[StoredPassage]:
    rows = connection.execute(
        f"""SELECT number, id, document_id, start, end, sentences, heading, page, vector_id
            FROM passages WHERE {where}""",
        values,
    )
    for number, name, document, start, end, sentences, heading, page, vector in rows:
        with _understood():
            spans = tuple(Sentence(*pair) for pair in json.loads(sentences))
        passage = Passage(name, document, start, end, spans, heading, page)
        yield StoredPassage(number, passage, vector)


@contextmanager
def _understood() -> Iterator[None]:
    try:
        yield
    except (ValueError, TypeError) as error:
        raise LibraryDamaged(
            f"the catalog holds a row that cannot be understood ({error}); run: qa repair"
        ) from error


def _date(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def _dates(first: str | None, last: str | None) -> tuple[date, date] | None:
    return (date.fromisoformat(first), date.fromisoformat(last)) if first and last else None


def read_with_rows(
    connection: sqlite3.Connection, ids: Sequence[str]
) -> Iterator[tuple[StoredPassage, int]]:
    """Those of these passages (ids) that there are, with the rows of their vectors."""
    where = "id IN (SELECT value FROM json_each(?)) ORDER BY document_id, start"
    for stored in _passages(connection, where, (json.dumps(ids),)):
        (row,) = connection.execute(
            "SELECT row FROM vectors WHERE id = ?", (stored.vector_id,)
        ).fetchone() or (-1,)
        if row < 0:
            raise LibraryDamaged(f"passage {stored.passage.id!r} has no vector; run: qa repair")
        yield stored, row


def is_pending(connection: sqlite3.Connection) -> bool:
    """Tell whether Chroma has yet to be told of a change."""
    return connection.execute("SELECT 1 FROM pending LIMIT 1").fetchone() is not None


def read_numbered(connection: sqlite3.Connection, ids: Sequence[str]) -> list[int]:
    """The numbers of the passages of these ids, in no order; those it does not know left out."""
    rows = connection.execute(
        "SELECT number FROM passages WHERE id IN (SELECT value FROM json_each(?))",
        (json.dumps(ids),),
    )
    return [number for (number,) in rows]


def read_leads(connection: sqlite3.Connection, paths: Iterable[str]) -> dict[str, str]:
    """Of each document that one of these files holds, or that has this id: its first file."""
    rows = connection.execute(
        """WITH named AS (SELECT value FROM json_each(?))
           SELECT document_id, min(path) FROM sources WHERE document_id IN
               (SELECT document_id FROM sources WHERE path IN named UNION SELECT value FROM named)
           GROUP BY document_id""",
        (json.dumps(list(paths)),),
    )
    return dict(rows)


# --- writing: each takes a connection inside a writer's transaction


def write_meta(connection: sqlite3.Connection, **values: str) -> None:
    """Set entries of ``meta``."""
    connection.executemany("INSERT OR REPLACE INTO meta VALUES (?, ?)", values.items())


def next_generation(connection: sqlite3.Connection) -> None:
    """Count the generation up: whoever keeps something in memory sees that it is old."""
    connection.execute(
        "UPDATE meta SET value = CAST(value AS INTEGER) + 1 WHERE name = 'generation'"
    )


def write_document(
    connection: sqlite3.Connection, document: Document, passages: Iterable[NewPassage]
) -> list[tuple[int, tuple[str, ...]]]:
    """Store a document with its passages; one that is there stays.

    Returns the new passages' numbers and terms, which the words have yet to learn.
    """
    known = connection.execute("SELECT 1 FROM documents WHERE id = ?", (document.id,)).fetchone()
    if known:
        return []
    new = []
    published = document.published.isoformat() if document.published else None
    connection.execute(
        "INSERT INTO documents VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            *(document.id, document.text, document.title, document.author),
            *(published, document.date_basis, json.dumps(document.page_starts)),
            *(day.isoformat() if day else None for day in document.written or (None, None)),
        ),
    )
    for passage, terms, vector_id in passages:
        spans = json.dumps([(s.start, s.end) for s in passage.sentences], separators=(",", ":"))
        cursor = connection.execute(
            """INSERT INTO passages (id, document_id, start, end, heading, page, sentences,
                                     vector_id, length) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)""",
            (
                *(passage.id, passage.document_id, passage.start, passage.end),
                *(passage.heading, passage.page, spans, vector_id, len(terms)),
            ),
        )
        connection.execute("INSERT OR IGNORE INTO pending VALUES (?)", (passage.id,))
        assert cursor.lastrowid is not None
        new.append((cursor.lastrowid, terms))
    return new


def write_source(
    connection: sqlite3.Connection,
    state: FileState,
    *,
    document_id: str | None,
    reason: str | None,
) -> None:
    """Say what a file holds: a document, or the reason why it was skipped."""
    connection.execute(
        "INSERT OR REPLACE INTO sources VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        (
            *(state.path, "skipped" if document_id is None else "ready", reason, document_id),
            *(state.size, state.mtime_ns, state.seen_ns, state.digest),
        ),
    )


def touch_source(connection: sqlite3.Connection, state: FileState) -> None:
    """Remember how an unchanged file looks now."""
    connection.execute(
        "UPDATE sources SET size = ?, mtime_ns = ?, seen_ns = ? WHERE path = ?",
        (state.size, state.mtime_ns, state.seen_ns, state.path),
    )


def write_pending(connection: sqlite3.Connection, documents: Iterable[str]) -> None:
    """Note that Chroma must be told anew of the passages of these documents (ids)."""
    connection.execute(
        """INSERT OR IGNORE INTO pending SELECT id FROM passages
           WHERE document_id IN (SELECT value FROM json_each(?))""",
        (json.dumps(list(documents)),),
    )


def delete_sources(connection: sqlite3.Connection, paths: Iterable[str]) -> None:
    """Forget files."""
    connection.executemany("DELETE FROM sources WHERE path = ?", [(path,) for path in paths])


def delete_orphans(connection: sqlite3.Connection) -> tuple[str, ...]:
    """Delete documents that no file holds, with all that is theirs.

    Returns the ids of the vectors that nothing needs any more.
    """
    gone = (
        "SELECT id FROM documents WHERE id NOT IN"
        " (SELECT document_id FROM sources WHERE document_id IS NOT NULL)"
    )
    numbers = connection.execute(
        f"SELECT number FROM passages WHERE document_id IN ({gone})"
    ).fetchall()
    connection.execute(
        f"""INSERT OR IGNORE INTO pending
            SELECT id FROM passages WHERE document_id IN ({gone})"""
    )
    lexical.remove(connection, (number for (number,) in numbers))
    arrays.remove(connection, (number for (number,) in numbers))
    connection.executemany("DELETE FROM passages WHERE number = ?", numbers)
    connection.execute(f"DELETE FROM documents WHERE id IN ({gone})")
    if not numbers:
        return ()
    vectors = connection.execute(
        "SELECT id FROM vectors WHERE id NOT IN (SELECT vector_id FROM passages)"
    ).fetchall()
    connection.executemany("DELETE FROM vectors WHERE id = ?", vectors)
    return tuple(vector for (vector,) in vectors)
