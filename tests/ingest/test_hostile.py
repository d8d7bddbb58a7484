"""Files made to break or stall a reader end in a document or in a refusal that says why.

Small copies of those of ``bench/hostile.py``, which measures time and memory.
"""

import hashlib
import io
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from qa.errors import DocumentError
from qa.ingest.frames import Reading
from qa.ingest.reader import Reader
from tests.ingest.files import paragraph, pdf


@pytest.fixture(scope="module")
def reader() -> Iterator[Reader]:
    """The product's own reader, for files of up to 1 MB."""
    with Reader(1.0) as made:
        yield made


def read(reader: Reader, folder: Path, name: str, data: bytes) -> Reading:
    """What the reader makes of a file with these bytes."""
    path = folder / name
    path.write_bytes(data)
    return reader.answer(reader.ask(path, len(data), hashlib.sha256(data).hexdigest()))


def bomb() -> bytes:
    """A Word file that unpacks to 12 MB."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", b" " * 12_000_000)
    return packed.getvalue()


def table(columns: int) -> bytes:
    """A table of one row with the numbers of its columns."""
    return ",".join(f"c{n}" for n in range(columns)).encode() + b"\n" + b"1," * columns


WIDE = "is too wide a table: line 1 has 16,385 columns, more than the 16,384 of a spreadsheet; "
BOMB = "unpacks to 12,000,000 bytes, more than the 10,000,000 allowed (ten times the setting "


@pytest.mark.parametrize(
    ("name", "data", "reason"),
    [
        ("deep.json", b"[" * 200_000 + b"]" * 200_000, "is JSON nested too deeply to be read"),
        ("deep.html", b"<div>" * 100_000 + b"x", "is nested too deeply to be read"),
        ("bomb.docx", bomb(), BOMB + "max_file_mb)"),
        ("wide.csv", table(16_385), WIDE + "turn its columns into rows"),
        (
            "long-header.csv",
            b"n" * 100_000 + b",b\n" + b"1,2\n" * 101,
            "grows too large once its rows carry their headers",
        ),
        ("hashes.md", b"#\n" * 100_000, "is empty: it holds marks, but not a word"),
        ("pipes.md", b"|" * 100_000, "is empty: it holds marks, but not a word"),
    ],
)
def test_what_is_refused_says_why(
    reader: Reader, tmp_path: Path, name: str, data: bytes, reason: str
) -> None:
    """A file that would cost without end is skipped, with a reason that a user understands."""
    with pytest.raises(DocumentError) as caught:
        read(reader, tmp_path, name, data)
    assert str(caught.value) == reason


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("line.txt", b"word " * 40_000),
        ("no-blank.txt", b"x" * 200_000),
        ("dots.txt", b"a. " * 40_000),
        ("quotes.txt", b'He said "so. ' * 15_000),
        ("dates.txt", b"on Monday, 5 May " * 12_000),
        ("links.md", b"[a](" * 50_000),
    ],
)
def test_one_endless_line_is_read_whole(
    reader: Reader, tmp_path: Path, name: str, data: bytes
) -> None:
    """A line of any length is cut into sentences that can be cited, and nothing of it is lost."""
    found = read(reader, tmp_path, name, data)
    text = found.document.text
    quoted = [
        text[sentence.start : sentence.end]
        for one in found.passages
        for sentence in one.passage.sentences
    ]
    assert "".join("".join(quoted).split()) == "".join(data.decode().split())


def test_a_table_of_the_widest_row(reader: Reader, tmp_path: Path) -> None:
    """A row of as many columns as a spreadsheet may have is read, to its last cell."""
    found = read(reader, tmp_path, "wide.csv", table(16_383) + b"1")
    assert found.document.text.endswith("; c16382: 1; column 16384: 1\n")
    assert found.passages[-1].passage.sentences[-1].end == len(found.document.text) - 1


def test_a_pdf_of_many_pages(reader: Reader, tmp_path: Path) -> None:
    """Every one of a thousand pages is read, and passages name the page."""
    lines = [f"Page {n} says that firm {n} works." for n in range(1, 1001)]
    found = read(reader, tmp_path, "long.pdf", pdf([paragraph(720, [line]) for line in lines]))
    assert len(found.document.page_starts) == 1000
    assert found.passages[-1].passage.page is not None
    assert "firm 1000 works" in found.document.text[found.passages[-1].passage.start :]
