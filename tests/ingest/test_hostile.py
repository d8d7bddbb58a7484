"""Files made to break or stall a reader end in a document or in a refusal that says why.

Small copies of those of ``bench/hostile.py``, which measures time and memory.
"""

import hashlib
import io
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import docx
import pptx
import pytest

from qa.errors import DocumentError
from qa.ingest import worker
from qa.ingest.formats.registry import FORMATS
from qa.ingest.frames import SplitDocument
from qa.ingest.reader import Reader
from qa.models.embed.minilm import MiniLM
from tests.ingest import made
from tests.ingest.files import paragraph, pdf


@pytest.fixture(scope="module")
def reader(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Reader]:
    """The product's own reader, for files of up to 1 MB."""
    with Reader(tmp_path_factory.getbasetemp(), 1.0) as made:
        yield made


def read(reader: Reader, folder: Path, name: str, data: bytes) -> SplitDocument:
    """What the reader makes of a file with these bytes."""
    path = folder / name
    path.write_bytes(data)
    return reader.answer(reader.ask(path, len(data), hashlib.sha256(data).hexdigest()))


def word() -> bytes:
    """A Word file."""
    made, out = docx.Document(), io.BytesIO()
    made.add_paragraph("The mill of Bonn opened on 4 May 1989.")
    made.save(out)
    return out.getvalue()


def slides() -> bytes:
    """A PowerPoint file."""
    made, out = pptx.Presentation(), io.BytesIO()
    made.slides.add_slide(made.slide_layouts[5]).shapes.title.text = "The mill of Bonn"
    made.save(out)
    return out.getvalue()


def mail() -> bytes:
    """A message in a charset that Python loads when it meets it."""
    head = "Subject: S\nDate: Mon, 5 Feb 2024 23:30:00 -0800\nContent-Type: text/plain; charset=gbk"
    return head.encode() + b"\n\n" + "Bonn 波恩".encode("gbk")


TEXT = b"Yesterday the mill of Bonn opened. It was Monday, 4 May 2020."
SOUND: dict[str, Callable[[], bytes]] = {
    ".txt": lambda: TEXT,
    ".md": lambda: b"---\ntitle: A\ndate: 2020-05-04\n---\n# A\n\n" + TEXT,
    ".markdown": lambda: b"# A\n\n" + TEXT,
    ".rst": lambda: b"A\n=\n\n" + TEXT,
    ".html": lambda: b"<meta charset=windows-1252><p>Stra\xdfe. " + TEXT,
    ".htm": lambda: b"<p>" + TEXT,
    ".pdf": lambda: pdf([paragraph(720, [TEXT.decode()])]),
    ".docx": word,
    ".pptx": slides,
    ".csv": lambda: b"city,year\nBonn,1989\n",
    ".tsv": lambda: b"city\tyear\nBonn\t1989\n",
    ".json": lambda: b'{"city": "Bonn"}',
    ".jsonl": lambda: b'{"city": "Bonn"}\n{"city": "Kiel"}\n',
    ".eml": mail,
    **made.EACH,
}


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


def test_reading_loads_no_pickle(tmp_path: Path) -> None:
    """No format makes its reader unpickle anything: data cannot become code."""
    with Reader(tmp_path, 1.0, "tests.faults.pickleless") as reader:
        for suffix, make in SOUND.items():
            assert "Bonn" in read(reader, tmp_path, f"a{suffix}", make()).document.text


def test_a_document_of_many_passages(reader: Reader, tmp_path: Path) -> None:
    """What comes over in several parts is put together as it was, and the next file is read."""
    sections = (f"# Part {n}\n\nThe mill of Bonn number {n} opened.\n" for n in range(1200))
    path = tmp_path / "a.md"
    path.write_text("\n".join(sections))
    found = read(reader, tmp_path, "a.md", path.read_bytes())
    assert len(found.passages) == 1200
    assert found == worker.reading(path, 1_000_000, MiniLM().count)
    assert read(reader, tmp_path, "b.txt", b"Bonn.").document.text == "Bonn."


def test_a_pdf_of_many_pages(reader: Reader, tmp_path: Path) -> None:
    """Every one of a thousand pages is read, and passages name the page."""
    lines = [f"Page {n} says that firm {n} works." for n in range(1, 1001)]
    found = read(reader, tmp_path, "long.pdf", pdf([paragraph(720, [line]) for line in lines]))
    assert len(found.document.page_starts) == 1000
    assert found.passages[-1].passage.page is not None
    assert "firm 1000 works" in found.document.text[found.passages[-1].passage.start :]


@pytest.mark.parametrize("suffix", sorted(SOUND))
def test_what_is_confined_reads_every_format(reader: Reader, tmp_path: Path, suffix: str) -> None:
    """Without rights to anything but the documents a reader reads what it reads with them."""
    pictures = {FORMATS[".png"]}  # which need an extra
    assert {FORMATS[one] for one in SOUND} == {*FORMATS.values()} - pictures
    path = tmp_path / f"a{suffix}"
    path.write_bytes(SOUND[suffix]())
    data = path.read_bytes()
    number = reader.ask(path, len(data), hashlib.sha256(data).hexdigest())
    expected = worker.reading(path, 1_000_000, MiniLM().count)
    assert "Bonn" in expected.document.text
    assert reader.answer(number) == expected
