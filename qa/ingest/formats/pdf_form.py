"""What was filled into the fields of a PDF form."""

import ctypes
from collections.abc import Sequence
from typing import Any

from qa.ingest.formats.pdf_lines import Line

_MOST_FIELDS = 5_000  # of a page
_LONGEST = 100_000  # bytes of a value


def with_fields(lines: Sequence[Line], page: Any, forms: Any, pdfium: Any) -> list[Line]:
    """The lines of a page, with what was filled in behind the words left of its field.

    A box is "yes" or "no"; a field without words beside it has a line of its own, with the
    field's name.
    """
    found = list(lines)
    for at in range(min(pdfium.FPDFPage_GetAnnotCount(page), _MOST_FIELDS)):
        field = pdfium.FPDFPage_GetAnnot(page, at)
        if not field:
            continue
        try:
            if pdfium.FPDFAnnot_GetSubtype(field) == pdfium.FPDF_ANNOT_WIDGET:
                _fill(found, field, forms, pdfium)
        finally:
            pdfium.FPDFPage_CloseAnnot(field)
    return found


def _fill(found: list[Line], field: Any, forms: Any, pdfium: Any) -> None:
    kind = pdfium.FPDFAnnot_GetFormFieldType(forms, field)
    if kind in (pdfium.FPDF_FORMFIELD_CHECKBOX, pdfium.FPDF_FORMFIELD_RADIOBUTTON):
        value = "yes" if pdfium.FPDFAnnot_IsChecked(forms, field) else "no"
    elif kind in (pdfium.FPDF_FORMFIELD_TEXTFIELD, pdfium.FPDF_FORMFIELD_COMBOBOX):
        value = _text(pdfium.FPDFAnnot_GetFormFieldValue, forms, field)
    else:
        return
    value = " ".join(value.split())
    box = pdfium.FS_RECTF()
    if not value or not pdfium.FPDFAnnot_GetRect(field, box):
        return
    low, high = sorted((box.bottom, box.top))
    if any(value in line.text for line in found if low <= line.base + line.size / 2 <= high):
        return  # it is drawn as text, too
    beside = [
        (box.left - line.right, at)
        for at, line in enumerate(found)
        if low <= line.base + line.size / 2 <= high and line.right <= box.left + line.size
    ]
    if beside:
        at = min(beside)[1]
        line = found[at]
        found[at] = line._replace(
            text=f"{line.text} {value}", right=box.right, broken=False, pieces=(), kind="row"
        )
        return
    name = " ".join(_text(pdfium.FPDFAnnot_GetFormFieldName, forms, field).split())
    size = max(1.0, min(12.0, high - low))
    said = f"{name}: {value}" if name else value
    found.append(Line(said, False, box.left, box.right, low, size, kind="row"))


def _text(get: Any, forms: Any, field: Any) -> str:
    """A string of a field, as PDFium gives it: bytes of UTF-16, a NUL behind."""
    size = min(get(forms, field, None, 0), _LONGEST)
    if size < 4:
        return ""
    buffer = ctypes.create_string_buffer(size)
    get(forms, field, ctypes.cast(buffer, ctypes.POINTER(ctypes.c_ushort)), size)
    return buffer.raw[: size - 2].decode("utf-16-le", "replace")
