"""One file to one Document."""

import hashlib
import importlib
import json
import re
import warnings
from dataclasses import replace
from pathlib import Path

from qa.data import Document
from qa.errors import DocumentError
from qa.ingest.files import taken
from qa.ingest.formats import dates
from qa.ingest.formats.draft import Draft, Raw
from qa.ingest.formats.registry import FORMATS, NEWER, SUFFIXES, Format
from qa.times.publication import publication

_GROWTH = 10  # times its size that a packed file's contents may take
_TITLE_LENGTH = 300

# One for one, so that offsets and lines stay: separators become what they mean, every other
# control character and half surrogate the replacement character.
_CLEAN = dict.fromkeys((*range(0x20), *range(0x7F, 0xA0), *range(0xD800, 0xE000)), "\ufffd")
_CLEAN |= dict.fromkeys((0x0B, 0x0C, 0x1C, 0x1D, 0x1E, 0x1F, 0x85), " ")
_CLEAN |= dict.fromkeys((0x2028, 0x2029), "\n")
for _kept in b"\t\n\r":
    del _CLEAN[_kept]
_DIRTY = re.compile("[" + "".join(map(re.escape, map(chr, _CLEAN))) + "]")

_JUNK_TITLE = re.compile(
    r"microsoft (?:word|powerpoint|excel) - .*|untitled.*|(?:document|presentation|slide) ?\d*"
    r"|powerpoint presentation|word document|title|no title|none|null|\(?anonymous\)?"
    r"|\S*[_/\\]\S*|.*\.(?:docx?|pptx?|xlsx?|pdf|txt|html?|md|rst|rtf|odt|indd|qxd|tex|dvi|eps|ps)",
    re.I | re.S,
)


def read(path: Path, *, max_bytes: int, sha256: str | None = None) -> Document:
    """The document that the file at ``path`` holds, taken from the disk once.

    ``max_bytes`` bounds the file's size; what it unpacks to may be ten times that.  The
    document depends on the bytes and the suffix alone, never on the file's name, so copies
    are one document; a title that is a file name is no title.  ``sha256`` is that of the bytes
    that are meant, where others are to be refused.

    Raises DocumentError, and nothing else, with the reason why it cannot be read.
    """
    suffix = path.suffix.lower()
    maker = FORMATS.get(suffix)
    if maker is None:
        raise DocumentError(_unsupported(path.suffix))
    data = taken(path, max_bytes, sha256)
    raw = Raw(data, suffix, _GROWTH * max(max_bytes, 1))
    return _document(_draft(maker, raw), rows=suffix in _ROWS)


def _unsupported(suffix: str) -> str:
    supported = ", ".join(sorted(SUFFIXES))
    if not suffix:
        return f"has no file-name suffix that tells its format; supported: {supported}"
    reason = f"format {suffix!r} is not supported; supported: {supported}"
    newer = NEWER.get(suffix.lower())
    return f"{reason}; save it as {newer}" if newer else reason


_ROWS = frozenset({".csv", ".tsv", ".jsonl"})
"""Kinds of files whose dates are of their rows, and tell nothing of when they were written."""


def _draft(maker: Format, raw: Raw) -> Draft:
    """What the format's module makes of it; whatever a hostile file breaks is mapped here."""
    try:
        module = importlib.import_module(f"qa.ingest.formats.{maker.module}")
    except ImportError as error:
        raise DocumentError(f"needs a library that is not installed: {error.name}") from error
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # libraries grumble about files, not about us
            draft: Draft = getattr(module, maker.function)(raw)
    except DocumentError:
        raise
    except ImportError as error:
        raise DocumentError(f"needs a library that is not installed: {error.name}") from error
    except RecursionError as error:
        raise DocumentError("is nested too deeply to be read") from error
    except MemoryError as error:
        raise DocumentError("needs more memory than there is") from error
    except Exception as error:  # readers raise anything at all on broken files
        detail = " ".join(str(error).split())[:200]
        reason = f"is damaged or not a {raw.suffix} file ({type(error).__name__}: {detail})"
        raise DocumentError(reason) from error
    return draft


def _document(draft: Draft, *, rows: bool) -> Document:
    text = _clean(draft.text)
    if not text.strip():
        raise DocumentError("is empty: it holds no text")
    published = draft.published
    if published is not None and not dates.plausible(published.day):
        published = None
    title, author = _one_line(draft.title), _one_line(draft.author)
    if title is not None and _JUNK_TITLE.fullmatch(title):
        title = None
    document = Document(
        id="",
        text=text,
        title=title,
        author=author,
        published=published.day if published else None,
        date_basis=published.basis if published else None,
        page_starts=draft.page_starts,
    )
    if not rows:
        document = _dated(document)
    return replace(document, id=document_id(document))


def _dated(document: Document) -> Document:
    """``document`` with the days on which it was written, where only its words tell them."""
    if document.published is not None:
        return document
    found = publication(document.text)
    if found is None or not dates.plausible(found.interval.start):
        return document
    start, end = found.interval.start, found.interval.end
    if start == end:
        return replace(document, published=start, date_basis=found.basis)
    return replace(document, written=(start, end), date_basis=found.basis)


def document_id(document: Document) -> str:
    """The id of a document: 32 hexadecimal digits derived from everything that it says."""
    published = document.published
    fields = {
        "text": document.text,
        "title": document.title,
        "author": document.author,
        "published": published.isoformat() if published else None,
        "date_basis": document.date_basis,
        "page_starts": document.page_starts,
        "written": [day.isoformat() for day in document.written] if document.written else None,
    }
    canonical = json.dumps(fields, sort_keys=True, ensure_ascii=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode("ascii")).hexdigest()[:32]


def _clean(text: str) -> str:
    return text.translate(_CLEAN) if _DIRTY.search(text) else text


def _one_line(value: str | None) -> str | None:
    """A title or name on one line, at most 300 characters; None where nothing is left."""
    line = " ".join(_clean(value or "").split())
    if len(line) > _TITLE_LENGTH:
        line = line[:_TITLE_LENGTH].rstrip() + "…"
    return line or None
