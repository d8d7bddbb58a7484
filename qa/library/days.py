"""The dates that documents have of their files: those that a user gave, and their names'.

Nobody else knows a user's dates, so they lie in a file beside the stores, outside of what a
rebuild or a repair makes anew, and are replaced in one step.  Each belongs to a file's path
and, where no file has that path any more, to the file with the same bytes: a renamed document
keeps its date.  What a file's name tells is compared with what the document itself tells: where
the two are of different times both are shown, and nothing is counted from either.
"""

import json
import os
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import NamedTuple, TypeVar

from qa.data import Document, Source
from qa.errors import LibraryDamaged, UsageError
from qa.library.interface import Writer
from qa.times.filename import named_days
from qa.times.intervals import Interval
from qa.times.quoted import GIVEN, anchor, days_text

D = TypeVar("D", Document, Source)

NAMED = "the file name"
When = tuple[date | None, tuple[date, date] | None]
"""``published`` and ``written`` of a document."""
_NEAR = timedelta(days=7)
"""How soon after it was written a document is filed under the day's name."""
_FILE = "dates.json"
_SCHEMA = "qa.dates/1"


class Given(NamedTuple):
    """A date that was given, and the hash of the file's bytes, as far as it is known."""

    day: date
    digest: str | None


class KnownFile(NamedTuple):
    """What a file holds: the hash of its bytes, and the document that they are."""

    digest: str | None
    document_id: str | None


def read(library: Path) -> dict[str, Given]:
    """All dates by path.  Raises LibraryDamaged where they cannot be understood."""
    file = library / _FILE
    try:
        found = json.loads(file.read_text(encoding="utf-8"))
        if found["schema"] != _SCHEMA:
            raise ValueError(f"its schema is {found['schema']!r}")
        return {
            path: Given(date.fromisoformat(one["date"]), one["sha256"])
            for path, one in found["dates"].items()
        }
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise LibraryDamaged(
            f"{str(file)!r}, which holds the dates that were set, cannot be understood ({error});"
            " correct it, or delete it and set them again: qa sources --set-date PATH=DATE"
        ) from error


def write(library: Path, dates: Mapping[str, Given]) -> None:
    """Put ``dates`` in the place of those that are there, safely on disk."""
    found = {
        path: {"date": given.day.isoformat(), "sha256": given.digest}
        for path, given in sorted(dates.items())
    }
    fresh = library / f"{_FILE}.new"
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        json.dump({"schema": _SCHEMA, "dates": found}, file, indent=1)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(library / _FILE)


def changed(
    dates: Mapping[str, Given],
    given: Mapping[str, date | None],
    writer: Writer,
) -> dict[str, Given]:
    """``dates`` with those of ``given``; None takes one back.

    Raises UsageError for a path that is none of the files of which ``writer`` has a text, or that
    has no date to take back.
    """
    digests = {path: state.digest for path, state in writer.states().items()}
    readable = {path: digests[path] for path in digests.keys() - writer.skipped()}
    now = dict(dates)
    for path, day in given.items():
        if day is None and path in now:
            del now[path]
        elif path not in readable:
            raise UsageError(f"there is no readable source {path!r}; qa sources lists them")
        elif day is None:
            raise UsageError(f"no date was set for source {path!r}")
        else:
            now[path] = Given(day, readable[path])
    return now


def dated(one: D, day: date | None, paths: Sequence[str]) -> D:
    """A document or a source with the date that a user gave it, or its own, or its files'.

    ``paths`` are all files that hold it.
    """
    if day is not None:
        return replace(one, published=day, date_basis=GIVEN, written=None)
    own, named = anchor(one), named_days(paths)
    if named is None:
        return one
    found = _together(own, named)
    published, written = _when(found)
    if found == own:
        return one
    if found is None:
        basis = f"not sure: {one.date_basis}, or {NAMED} {days_text(named.start, named.end)}"
    else:
        basis = NAMED if own is None else f"{NAMED}, and {one.date_basis}"
    return replace(one, published=published, written=written, date_basis=basis)


def compared(own: When, paths: Sequence[str]) -> When:
    """When a document was written, of what it says itself and what its files are called."""
    written = Interval(own[0], own[0]) if own[0] else Interval(*own[1]) if own[1] else None
    named = named_days(paths)
    return own if named is None else _when(_together(written, named))


def _together(own: Interval | None, named: Interval) -> Interval | None:
    """What a document says itself, unless its file's name is of another time; then neither."""
    if own is None or (own.start <= named.start and named.end <= own.end):
        return named
    return own if Interval(own.start - _NEAR, own.end + _NEAR).meets(named) else None


def _when(found: Interval | None) -> When:
    if found is None:
        return None, None
    return (found.start, None) if found.start == found.end else (None, (found.start, found.end))


def sources(
    found: Sequence[Source], given: Mapping[str, date], modified: Mapping[str, int]
) -> tuple[Source, ...]:
    """``found`` with their dates; ``modified`` are the files' times, in ns since 1970.

    A file's time is shown where nothing tells when the document was written.  It dates
    nothing: of a copy it is that of the copying.
    """
    paths = together((one.document_id, one.path) for one in found if one.document_id)
    known = []
    for one in found:
        name = one.document_id or ""
        source = dated(one, given.get(name), paths.get(name, ()))
        if source.state == "ready" and source.published is None and source.written is None:
            source = replace(source, file_day=_day(modified.get(one.path)))
        known.append(source)
    return tuple(known)


def _day(modified: int | None) -> date | None:
    try:
        return datetime.fromtimestamp(modified / 1e9, UTC).date() if modified is not None else None
    except (OverflowError, ValueError, OSError):
        return None


def together(found: Iterable[tuple[str, str]]) -> dict[str, list[str]]:
    """The paths by document, of pairs of both."""
    paths: dict[str, list[str]] = {}
    for document, path in found:
        paths.setdefault(document, []).append(path)
    return paths


def in_names(connection: sqlite3.Connection) -> dict[str, list[str]]:
    """The files of each document one of which has a year in its path."""
    return together(
        connection.execute(
            """SELECT document_id, path FROM sources WHERE document_id IN
               (SELECT document_id FROM sources WHERE path GLOB '*[12][0-9][0-9][0-9]*')"""
        )
    )


def files(connection: sqlite3.Connection, dates: Mapping[str, Given]) -> dict[str, KnownFile]:
    """Of all files those that ``dates`` may belong to."""
    digests = [given.digest for given in dates.values() if given.digest is not None]
    rows = connection.execute(
        """SELECT path, digest, document_id FROM sources WHERE path IN
           (SELECT value FROM json_each(?)) OR digest IN (SELECT value FROM json_each(?))""",
        (json.dumps(list(dates)), json.dumps(digests)),
    )
    return {path: KnownFile(digest, document_id) for path, digest, document_id in rows}


def settled(dates: Mapping[str, Given], held: Mapping[str, KnownFile]) -> dict[str, Given]:
    """``dates`` with the bytes as they are now, and under the names that files have now."""
    now: dict[str, Given] = {}
    for path, given in dates.items():
        file = held.get(path)
        if file is None and given.digest is not None:
            same = (other for other, one in held.items() if one.digest == given.digest)
            renamed = min(same, default=None)
            if renamed is not None and renamed not in dates:
                now[renamed] = given
                continue
        now[path] = Given(given.day, file.digest) if file is not None and file.digest else given
    return now


def by_document(dates: Mapping[str, Given], held: Mapping[str, KnownFile]) -> dict[str, date]:
    """The dates by document: of the first path that has one, where several files hold it."""
    found: dict[str, date] = {}
    for path, given in sorted(settled(dates, held).items()):
        file = held.get(path)
        if file is not None and file.document_id is not None:
            found.setdefault(file.document_id, given.day)
    return found
