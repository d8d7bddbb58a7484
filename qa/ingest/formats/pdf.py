"""PDF, read by PDFium (the reader inside Chrome): quick, hardened, and good at word spaces."""

import threading
from functools import lru_cache
from typing import Any, NamedTuple

from qa.errors import DocumentError
from qa.ingest.formats import dates, ocr
from qa.ingest.formats.draft import Draft, Raw
from qa.ingest.formats.pdf_form import with_fields
from qa.ingest.formats.pdf_lines import (
    Line,
    paragraphs,
    with_code,
    with_headings,
    without_running_lines,
)
from qa.ingest.formats.pdf_tables import arranged
from qa.ingest.formats.pdf_words import page_lines
from qa.times.intervals import Claimed

_PDFIUM = threading.Lock()  # PDFium must never run in two threads at once
_OCR_DPI = 200


class _Opened(NamedTuple):
    pages: list[list[Line]]
    info: dict[str, str]
    remarks: tuple[str, ...]


def pages(raw: Raw) -> Draft:
    """A PDF file: paragraphs put together again from lines, page by page.

    Words hyphenated at a line's end are joined; a line that repeats at the edge of most
    pages is kept once, page numbers not at all.  Lines whose pieces stand in columns, or between
    rules, are a table; those in type of one width are code.  Footnotes never part a sentence; what
    was filled into a form stands behind the field's name.

    Raises DocumentError where it is encrypted, damaged, or holds pictures only.
    """
    with _PDFIUM:
        opened = _opened(raw)
    pages_ = with_code(without_running_lines(opened.pages))
    kept = with_headings([arranged(page) for page in pages_])
    text, starts = paragraphs(kept, _is_word)
    if not text.strip():
        raise DocumentError(f"has no text: its pages are pictures (a scan?); {ocr.REMEDY}")
    day = dates.parse(opened.info.get("CreationDate"))
    return Draft(
        text=text,
        title=opened.info.get("Title"),
        author=opened.info.get("Author"),
        saved=Claimed(day, "PDF creation date") if day else None,
        page_starts=starts,
        remarks=opened.remarks,
    )


def _is_word(word: str) -> bool:
    """Whether it is one of the 30,000 pieces that the embedded model knows words by."""
    return _vocabulary().token_to_id(word) is not None


@lru_cache(maxsize=1)
def _vocabulary() -> Any:
    from qa.models.embed.minilm import tokenizer_of

    return tokenizer_of()


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
    pictures: list[int] = []
    recognised: list[int] = []
    broken: list[int] = []
    size = 0
    try:
        if document.get_formtype():
            document.init_forms()
        for number in range(len(document)):
            try:
                page = document[number]
                lines = page_lines(page, pdfium, ruled=not document.formenv)
                if document.formenv:
                    lines = with_fields(lines, page, document.formenv, pdfium)
                if not lines and _is_picture(page, pdfium):
                    lines = _recognised(page)
                    (recognised if lines else pictures).append(number + 1)
                page.close()
            except pypdfium2.PdfiumError:
                lines = []
                broken.append(number + 1)
            size += sum(len(line.text) for line in lines)
            if size > raw.limit:
                raise DocumentError("holds more text than its size allows; is it a trap?")
            found.append(lines)
        if broken and not any(found):
            raise DocumentError(f"is damaged: page {broken[0]} cannot be read")
        remarks = [f"{_numbered(broken)} damaged and cannot be read"] if broken else []
        if recognised:
            remarks.append(f"{_numbered(recognised, picture=True)} whose text was recognised")
        if pictures:
            remarks.append(f"{_numbered(pictures, picture=True)}; {ocr.REMEDY}")
        return _Opened(found, document.get_metadata_dict(), tuple(remarks))
    finally:
        document.close()


def _numbered(pages: list[int], *, picture: bool = False) -> str:
    """Which pages: "page 3 is", "pages 3, 5-7 are" (a picture, or pictures)."""
    runs: list[list[int]] = []
    for one in pages:
        if runs and one == runs[-1][-1] + 1:
            runs[-1].append(one)
        else:
            runs.append([one])
    said = ", ".join(f"{run[0]}-{run[-1]}" if len(run) > 1 else str(run[0]) for run in runs[:20])
    said += " ..." if len(runs) > 20 else ""
    if len(pages) == 1:
        return f"page {said} is" + (" a picture" if picture else "")
    return f"pages {said} are" + (" pictures" if picture else "")


def _is_picture(page: Any, pdfium: Any) -> bool:
    return any(page.get_objects(filter=[pdfium.FPDF_PAGEOBJ_IMAGE], max_depth=3))


def _recognised(page: Any) -> list[Line]:
    """The lines of a page that is a picture, where text recognition is installed."""
    if not ocr.is_there():
        return []
    scale = _OCR_DPI / 72
    width, height = page.get_size()
    if width * height * scale * scale > ocr.MOST_PIXELS:
        return []
    image = page.render(scale=scale, grayscale=True).to_pil()
    lines = ocr.lines(image).split("\n")
    return [
        Line(line, False, 0.0, float(len(line)), -1.2 * at, 1.0)
        for at, line in enumerate(lines)
        if line.strip()
    ]
