"""E-books (EPUB): a zip of web pages in an order, read by zipfile and ``web``.

ebooklib, the usual library, is under the AGPL and does no more than that.
"""

import posixpath
import zipfile
from typing import Any
from urllib.parse import unquote

from qa.errors import DocumentError
from qa.ingest.formats import dates
from qa.ingest.formats.archive import member, opened
from qa.ingest.formats.decode import decode
from qa.ingest.formats.draft import Draft, Raw
from qa.ingest.formats.web import visible_text
from qa.times.intervals import Claimed

_DC = "{http://purl.org/dc/elements/1.1/}"
_PAGES = frozenset(["application/xhtml+xml", "text/html", "application/x-dtbook+xml"])
_FONTS = ("font", "opentype")


def chapters(raw: Raw) -> Draft:
    """A book's chapters in reading order.

    Raises DocumentError where it is encrypted, a bomb, or no book.
    """
    with opened(raw) as archive:
        if _is_locked(archive):
            raise DocumentError(
                "is encrypted (copy protection); its seller's reader alone opens it"
            )
        container = _xml(member(archive, "META-INF/container.xml"))
        place = next((one.get("full-path") for one in container.iter("{*}rootfile")), None)
        if not place:
            raise DocumentError("is damaged: it does not say where its contents are")
        package = _xml(member(archive, place))
        items = {one.get("id"): one for one in package.iter("{*}item")}
        texts, missing = [], 0
        for reference in package.iter("{*}itemref"):
            item = items.get(reference.get("idref"))
            if item is None or item.get("media-type") not in _PAGES:
                continue
            if "nav" in (item.get("properties") or "").split():
                continue  # the table of contents
            name = posixpath.normpath(
                posixpath.join(posixpath.dirname(place), unquote(item.get("href") or ""))
            )
            try:
                page = member(archive, name)
            except DocumentError:
                missing += 1
                continue
            texts.append(visible_text(decode(page)).strip("\n"))
    day = dates.parse(_first(package, "date"))
    one_or_more = "chapter" if missing == 1 else "chapters"
    return Draft(
        text="\n\n".join(text for text in texts if text) + "\n",
        title=_first(package, "title"),
        author=_first(package, "creator"),
        published=Claimed(day, "book metadata") if day else None,
        remarks=(f"{missing} {one_or_more} damaged or missing",) if missing else (),
    )


def _first(package: Any, name: str) -> str | None:
    found = package.find(f".//{_DC}{name}")
    return None if found is None else "".join(found.itertext()).strip() or None


def _is_locked(archive: zipfile.ZipFile) -> bool:
    """Whether more than fonts is encrypted."""
    if "META-INF/encryption.xml" not in archive.namelist():
        return False
    root = _xml(member(archive, "META-INF/encryption.xml"))
    places = (one.get("URI") or "" for one in root.iter("{*}CipherReference"))
    return any(place.lower().endswith((".xhtml", ".html", ".htm", ".xml")) for place in places)


def _xml(data: bytes) -> Any:
    from lxml import etree  # type: ignore[import-untyped] # has no types

    return etree.fromstring(data, etree.XMLParser(resolve_entities=False, no_network=True))
