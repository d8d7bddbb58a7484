"""One file to its document, and to those of the files inside of it."""

import hashlib
import importlib
import json
import re
import warnings
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

from qa.data import Document
from qa.errors import DocumentError
from qa.ingest.files import taken
from qa.ingest.formats import dates
from qa.ingest.formats.draft import Draft, Part, Raw
from qa.ingest.formats.registry import FORMATS, KINDS, NEWER, Format
from qa.text.blocks import VERBATIM
from qa.times.entries import entries
from qa.times.intervals import Claimed, Publication
from qa.times.publication import commented, publication

_GROWTH = 10  # times its size that a packed file's contents may take
_TITLE_LENGTH = 300
_MOST_PARTS = 20_000  # files inside of one file, at any depth
_DEEPEST = 4  # a file in an archive that a mail in a mailbox brings

# One for one, so that offsets and lines stay: separators become what they mean, every other
# control character and half surrogate the replacement character.
_CLEAN = dict.fromkeys((*range(0x20), *range(0x7F, 0xA0), *range(0xD800, 0xE000)), "\ufffd")
_CLEAN |= dict.fromkeys((0x0B, 0x0C, 0x1C, 0x1D, 0x1E, 0x1F, 0x85), " ")
_CLEAN |= dict.fromkeys((0x2028, 0x2029), "\n")
for _kept in b"\t\n\r":
    del _CLEAN[_kept]
_DIRTY = re.compile("[" + "".join(map(re.escape, map(chr, _CLEAN))) + "]")
_KEPT_APART = re.compile("[\x0b\x0c\x1c\x1d\x1e\x1f\x85\u2028\u2029]")  # become a blank

_JUNK_TITLE = re.compile(
    r"microsoft (?:word|powerpoint|excel) - .*|untitled.*|(?:document|presentation|slide) ?\d*"
    r"|powerpoint presentation|word document|title|no title|none|null|\(?anonymous\)?"
    r"|\S*[_/\\]\S*|.*\.(?:docx?|pptx?|xlsx?|pdf|txt|html?|md|rst|rtf|odt|indd|qxd|tex|dvi|eps|ps)",
    re.I | re.S,
)


class Content(NamedTuple):
    """What one file says, or a file inside of it: ``name`` is "" of the file itself.

    ``sha256`` is of the bytes.  ``document`` is None where it cannot be read; ``reason`` says
    why, or what of a document could not be read ("" where all was).
    """

    name: str
    sha256: str
    document: Document | None
    reason: str


def read(path: Path, *, max_bytes: int, sha256: str | None = None) -> Document:
    """The document that the file at ``path`` holds, taken from the disk once.

    ``max_bytes`` bounds the file's size; what it unpacks to may be ten times that.  The
    document depends on the bytes and the suffix alone, never on the file's name, so copies
    are one document; a title that is a file name is no title.  ``sha256`` is that of the bytes
    that are meant, where others are to be refused.

    Raises DocumentError, and nothing else, with the reason why it cannot be read.
    """
    document = next(contents(path, max_bytes=max_bytes, sha256=sha256)).document
    assert document is not None  # of the file itself a reason is an error
    return document


def contents(path: Path, *, max_bytes: int, sha256: str | None = None) -> Iterator[Content]:
    """What ``read`` says, and after it the contents of the files inside, at any depth.

    Such a file's name is its way through the files around it ("mail.eml/list.csv").  One that
    cannot be read costs itself alone; the file itself raises DocumentError, before anything
    else comes.
    """
    suffix = path.suffix.lower()
    if suffix not in FORMATS:
        raise DocumentError(_unsupported(path.suffix))
    data = taken(path, max_bytes, sha256)
    limit = _GROWTH * max(max_bytes, 1)
    found, parts = _content("", Raw(data, suffix, limit), None)
    yield found
    yield from _inside(parts, limit)


def _inside(parts: tuple[Part, ...], limit: int) -> Iterator[Content]:
    """The contents of ``parts`` and of what is in them, each one after what it stands in."""
    names: set[str] = set()
    waiting = [("", part) for part in reversed(parts)]
    left = limit  # bytes that all may have together
    while waiting:
        above, part = waiting.pop()
        name = above + _free(part.name, above, names)
        sha256 = hashlib.sha256(part.data).hexdigest()
        left -= len(part.data)
        reason = part.reason
        if len(names) > _MOST_PARTS:
            yield Content(name, sha256, None, f"comes after {_MOST_PARTS:,} others in one file")
            return
        if left < 0:
            reason = f"is beyond the {limit:,} bytes that a file may unpack to"
        elif not reason and not part.data.strip():
            reason = "is empty"
        if reason:
            yield Content(name, sha256, None, reason)
            continue
        try:
            suffix = Path(name).suffix
            if suffix.lower() not in FORMATS:
                raise DocumentError(_unsupported(suffix))
            raw = Raw(part.data, suffix.lower(), limit)
            found, more = _content(name, raw, part.published)
        except DocumentError as error:
            if isinstance(error.__cause__, MemoryError):
                raise
            yield Content(name, sha256, None, str(error))
            continue
        yield found
        if more and name.count("/") >= _DEEPEST:
            yield found._replace(name=f"{name}/...", document=None, reason="is nested too deeply")
        else:
            waiting += [(f"{name}/", one) for one in reversed(more)]


def _free(name: str, above: str, names: set[str]) -> str:
    """A name that no other file there has, as a path of printable characters."""
    steps = (" ".join(_clean(step).split()) for step in re.split(r"[/\\]", name))
    cleaned = "/".join(step for step in steps if step.strip(".")) or "unnamed"
    stem, dot, suffix = cleaned.rpartition(".")
    free, count = cleaned, 1
    while above + free in names:
        count += 1
        free = f"{stem} ({count}).{suffix}" if dot else f"{cleaned} ({count})"
    names.add(above + free)
    return free


def _content(name: str, raw: Raw, published: Claimed | None) -> tuple[Content, tuple[Part, ...]]:
    draft = _draft(FORMATS[raw.suffix], raw)
    if published is not None and draft.published is None:
        draft = replace(draft, published=published)
    remarks = list(draft.remarks)
    if marks := len(_DIRTY.findall(draft.text)) - len(_KEPT_APART.findall(draft.text)):
        what = "control character" if marks == 1 else "control characters"
        remarks.append(f"{marks:,} {what} shown as \ufffd")
    document = _document(draft)
    sha256 = hashlib.sha256(raw.data).hexdigest()
    return Content(name, sha256, document, "; ".join(remarks)), draft.parts


def _unsupported(suffix: str) -> str:
    if not suffix:
        return f"has no file-name suffix that tells its format; read are {KINDS}"
    newer = NEWER.get(suffix.lower())
    remedy = f"save it as {newer}" if newer else f"read are {KINDS}"
    return f"format {suffix!r} is not supported; {remedy}"


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


def _document(draft: Draft) -> Document:
    text = _clean(draft.text)
    if not text.strip():
        raise DocumentError("is empty: it holds no text")
    title, author = _one_line(draft.title), _one_line(draft.author)
    if title is not None and _JUNK_TITLE.fullmatch(title):
        title = None
    document = Document(
        id="",
        text=text,
        title=title,
        author=author,
        page_starts=draft.page_starts,
    )
    known, saved = _plausible(draft.published), _plausible(draft.saved)
    is_log = text.startswith(VERBATIM) and bool(entries(text))
    told = text if is_log or not draft.is_rows else ""  # the dates of rows are theirs
    found = publication(told, known=known, saved=saved) or commented(text)
    document = _dated(document, found)
    return replace(document, id=document_id(document))


def _plausible(claimed: Claimed | None) -> Claimed | None:
    return claimed if claimed is not None and dates.plausible(claimed.day) else None


def _dated(document: Document, found: Publication | None) -> Document:
    """``document`` with the days on which it was written; what is not sure is its basis alone."""
    if found is None or not dates.plausible(found.interval.start):
        return document
    start, end = found.interval.start, found.interval.end
    if found.confidence == "unsure":
        return replace(document, date_basis=f"not sure: {found.basis}")
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
