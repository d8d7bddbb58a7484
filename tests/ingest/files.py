"""Makers of small real files for the reading tests."""

import io
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import pytest

from qa.data import Document
from qa.errors import DocumentError
from qa.ingest.read import read


def reading(folder: Path, name: str, data: bytes | str) -> Document:
    """What ``read`` makes of a file with these bytes (a string is written as UTF-8)."""
    path = folder / name
    path.write_bytes(data.encode() if isinstance(data, str) else data)
    return read(path, max_bytes=5_000_000)


def refusal(folder: Path, name: str, data: bytes | str) -> str:
    """The reason for which ``read`` refuses a file with these bytes."""
    with pytest.raises(DocumentError) as caught:
        reading(folder, name, data)
    return str(caught.value)


class Words(NamedTuple):
    """A line of text at a place on a PDF page, in points from the lower left corner.

    ``upward`` is True of one that is written upwards, ``typed`` of one in Courier.
    """

    x: float
    y: float
    text: str
    size: float = 11
    upward: bool = False
    typed: bool = False


def paragraph(top: float, lines: Sequence[str], size: float = 11, x: float = 72) -> list[Words]:
    """Lines one below the other from ``top``, set solid as in a printed paragraph."""
    return [Words(x, top - at * size * 1.2, line, size) for at, line in enumerate(lines)]


def pdf(
    pages: Sequence[Sequence[Words]],
    info: str = "",
    *,
    scaled: bool = False,
    rules: Sequence[tuple[float, float, float, float]] = (),
) -> bytes:
    """A PDF of Helvetica text; ``info`` is the body of its information dictionary.

    ``scaled`` sets it in type of one point that is scaled, as many programs do; ``rules`` are lines
    from x, y to x, y on each page.
    """
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"",
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
        f"<< {info} >>".encode("latin-1"),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Courier /Encoding /WinAnsiEncoding >>",
    ]
    kids = []
    for page in pages:
        stream = b"BT\n"
        for words in page:
            escaped = words.text.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)")
            by = words.size if scaled else 1
            turned = f"0 {by} {-by} 0" if words.upward else f"{by} 0 0 {by}"
            font = f"/F{1 + words.typed} {words.size / by} Tf"
            stream += f"{font} {turned} {words.x} {words.y} Tm (".encode()
            stream += escaped.encode("cp1252") + b") Tj\n"
        stream += b"ET"
        stream += "".join(f"\n{a} {b} m {c} {d} l S" for a, b, c, d in rules).encode()
        kids.append(f"{len(objects) + 1} 0 R")
        objects.append(
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents {len(objects) + 2} 0 R"
            " /Resources << /Font << /F1 3 0 R /F2 5 0 R >> >> >>".encode()
        )
        objects.append(b"<< /Length %d >>\nstream\n%s\nendstream" % (len(stream), stream))
    objects[1] = f"<< /Type /Pages /Kids [{' '.join(kids)}] /Count {len(kids)} >>".encode()
    out, offsets = io.BytesIO(b"%PDF-1.7\n"), []
    out.seek(0, io.SEEK_END)
    for number, body in enumerate(objects, start=1):
        offsets.append(out.tell())
        out.write(b"%d 0 obj\n%s\nendobj\n" % (number, body))
    start = out.tell()
    out.write(b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1))
    out.writelines(b"%010d 00000 n \n" % offset for offset in offsets)
    out.write(
        b"trailer << /Size %d /Root 1 0 R /Info 4 0 R >>\nstartxref\n%d\n%%%%EOF\n"
        % (len(objects) + 1, start)
    )
    return out.getvalue()


def repacked(archive: bytes, changes: Mapping[str, bytes | None]) -> bytes:
    """A copy of a zip archive with some members replaced, added or (None) left out."""
    out = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(archive)) as old,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for name in old.namelist():
            if name not in changes:
                new.writestr(name, old.read(name))
        for name, data in changes.items():
            if data is not None:
                new.writestr(name, data)
    return out.getvalue()
