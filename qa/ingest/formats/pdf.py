"""PDF, read by PDFium (the reader inside Chrome): quick, hardened, and good at word spaces."""

import re
import threading
from typing import Any, NamedTuple

from qa.errors import DocumentError
from qa.ingest.formats import dates
from qa.ingest.formats.draft import Dated, Draft, Raw
from qa.ingest.formats.pdf_lines import Line, paragraphs, without_running_lines

_PDFIUM = threading.Lock()  # PDFium must never run in two threads at once
_HYPHEN = "\x02"  # what PDFium writes for a hyphen that ends a line
_LINE = re.compile(rf"[^\r\n{_HYPHEN}]+{_HYPHEN}?|{_HYPHEN}")


class _Opened(NamedTuple):
    pages: list[list[Line]]
    info: dict[str, str]


def pages(raw: Raw) -> Draft:
    """A PDF file: paragraphs put together again from lines, page by page.

    Words hyphenated at a line's end are joined; a line that repeats at the edge of most
    pages is kept once, page numbers not at all.

    Raises DocumentError where it is encrypted, damaged, or holds pictures only.
    """
    with _PDFIUM:
        opened = _opened(raw)
    text, starts = paragraphs(without_running_lines(opened.pages))
    if not text.strip():
        raise DocumentError("has no text (a scan?); run it through text recognition (OCR) first")
    day = dates.parse(opened.info.get("CreationDate"))
    return Draft(
        text=text,
        title=opened.info.get("Title"),
        author=opened.info.get("Author"),
        published=Dated(day, "PDF creation date") if day else None,
        page_starts=starts,
    )


def _opened(raw: Raw) -> _Opened:
    import pypdfium2  # type: ignore[import-untyped] # has no types
    import pypdfium2.raw as pdfium  # type: ignore[import-untyped] # has no types

    try:
        document = pypdfium2.PdfDocument(raw.data)
    except pypdfium2.PdfiumError as error:
        if "password" in str(error).lower() or "security" in str(error).lower():
            reason = "is encrypted; remove the password and ingest again"
            raise DocumentError(reason) from error
        raise DocumentError("is not a PDF, or is damaged") from error
    found: list[list[Line]] = []
    size = 0
    try:
        for number in range(len(document)):
            try:
                lines = _page_lines(document[number], pdfium)
            except pypdfium2.PdfiumError as error:
                raise DocumentError(f"is damaged: page {number + 1} cannot be read") from error
            size += sum(len(line.text) for line in lines)
            if size > raw.limit:
                raise DocumentError("holds more text than its size allows; is it a trap?")
            found.append(lines)
        return _Opened(found, document.get_metadata_dict())
    finally:
        document.close()


def _page_lines(page: Any, pdfium: Any) -> list[Line]:
    words = page.get_textpage()
    try:
        characters = range(words.count_chars())
        text = "".join(chr(pdfium.FPDFText_GetUnicode(words, at)) for at in characters)
        found: list[Line] = []
        for match in _LINE.finditer(text):
            line = match.group()
            inked = [at for at, char in enumerate(line, match.start()) if not char.isspace()]
            if not inked:
                continue
            left, base, _, _ = words.get_charbox(inked[0], loose=True)
            right = words.get_charbox(inked[-1], loose=True)[2]
            # the largest of a few: a bullet or a word of code may be set smaller than the line
            sample = inked[:: max(1, len(inked) // 4)]
            size = max(pdfium.FPDFText_GetFontSize(words, at) for at in sample)
            broken = line.endswith(_HYPHEN)
            shown = _joined_surrogates(" ".join(line.rstrip(_HYPHEN).split()))
            found.append(Line(shown, broken, left, right, base, size))
        return found
    finally:
        words.close()
        page.close()


def _joined_surrogates(text: str) -> str:
    """PDFium gives a character beyond the basic plane as two halves."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
