"""What holds for files of every format."""

import io
import json
import os
import zipfile
from datetime import date, timedelta
from pathlib import Path

import docx
import pptx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from qa.data import Document
from qa.errors import DocumentError
from qa.ingest.files import digest
from qa.ingest.formats.registry import KINDS, SUFFIXES
from qa.ingest.read import contents, read
from tests.ingest.files import paragraph, pdf, reading, refusal, repacked


def test_the_formats_are_those_promised() -> None:
    """A user finds every promised format supported, and the message of others names its kind."""
    promised = """.txt .md .markdown .rst .adoc .org .tex .html .htm .xhtml .epub .pdf .docx .pptx
        .rtf .odt .odp .csv .tsv .xlsx .xlsm .xls .ods .json .jsonl .ipynb .eml .mbox .msg .zip .log
        .yaml .yml .toml .ini .py .js .ts .c .cpp .java .go .rs .sh .sql""".split()
    assert {*promised} <= SUFFIXES


_NO_MAIL = "is not an e-mail message: it has no From, To, Date or Subject"


@pytest.mark.parametrize(
    ("name", "data", "reason"),
    [
        ("a.txt", b"", "is empty"),
        ("a.md", b" \n\t\r\n", "is empty"),
        ("a.txt", b"\xef\xbb\xbf\n", "is empty: it holds no text"),
        ("a.txt", b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", "is binary, not text"),
        ("a.txt", b"\x01\x02\x03\x04abc", "is binary, not text"),
        ("a.html", b"<!-- nothing -->", "is empty: it holds no text"),
        ("a.pdf", b"%PDF-1.7 and no more", "is not a PDF, or is damaged"),
        ("a.docx", b"PK no archive", "is not a .docx file, or is damaged"),
        (
            "a.eml",
            b"no headers here",
            "is not an e-mail message: it has no From, To, Date or Subject",
        ),
    ],
)
def test_a_file_that_cannot_be_read_says_why(
    tmp_path: Path, name: str, data: bytes, reason: str
) -> None:
    """An empty, binary or broken file is reported with the reason and not read by guess."""
    assert reason == refusal(tmp_path, name, data)


def test_an_unsupported_format_names_the_supported_ones(tmp_path: Path) -> None:
    """A user who adds an old Word file learns what to save it as."""
    assert refusal(tmp_path, "a.xyz", "x") == f"format '.xyz' is not supported; read are {KINDS}"
    assert refusal(tmp_path, "a.doc", "x") == "format '.doc' is not supported; save it as .docx"
    assert (
        refusal(tmp_path, "README", "x")
        == f"has no file-name suffix that tells its format; read are {KINDS}"
    )


def test_a_huge_file_names_its_size_the_limit_and_the_setting(tmp_path: Path) -> None:
    """A file above the limit says how large it is and which setting to raise."""
    path = tmp_path / "a.txt"
    path.write_bytes(b"x" * 2_500_000)
    with pytest.raises(DocumentError) as caught:
        read(path, max_bytes=1_000_000)
    assert str(caught.value) == "has 2.5 MB, more than the limit of 1 MB (setting max_file_mb)"


def test_what_is_no_file_is_refused(tmp_path: Path) -> None:
    """A missing file, a folder and a pipe are reported; a pipe does not hang the reader."""
    (tmp_path / "folder.txt").mkdir()
    os.mkfifo(tmp_path / "pipe.txt")
    reasons = []
    for name in ("missing.txt", "folder.txt", "pipe.txt", "nul\0.txt"):
        with pytest.raises(DocumentError) as caught:
            read(tmp_path / name, max_bytes=100)
        reasons.append(str(caught.value))
    assert reasons == [
        "is not there (deleted or moved meanwhile?)",
        "is a folder",
        "is not a regular file",
        "cannot be read: embedded null byte",
    ]


def test_digest_is_the_files_sha256(tmp_path: Path) -> None:
    """A changed file is told by its SHA-256, and a missing one is an error of its own."""
    (tmp_path / "a").write_bytes(b"abc")
    abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    assert digest(tmp_path / "a") == abc
    with pytest.raises(DocumentError, match="is not there"):
        digest(tmp_path / "b")


def test_copies_are_one_document_whatever_their_names(tmp_path: Path) -> None:
    """Two copies of a text are stored once, and one changed character makes another."""
    first = reading(tmp_path, "a.md", "# Alpha\n\nText.\n")
    assert first == reading(tmp_path, "Alpha.md", "# Alpha\n\nText.\n")
    assert len(first.id) == 32
    assert first.id != reading(tmp_path, "a.md", "# Alpha\n\nText!\n").id


def test_a_suffix_in_capitals_is_the_same_format(tmp_path: Path) -> None:
    """REPORT.MD is read as report.md is."""
    assert reading(tmp_path, "A.MD", "# T\n\nx") == reading(tmp_path, "b.md", "# T\n\nx")


@pytest.mark.parametrize(
    ("encoding", "text"),
    [
        ("utf-8", "naïve 中文 🙂\r\nsecond"),
        ("utf-8-sig", "naïve 中文"),
        ("utf-16", "naïve 中文 🙂\nsecond"),
        ("utf-32", "naïve 中文"),
        ("cp1252", "Café à Zürich costs 5 €."),
        ("cp1252", "L'été dernier, nous avons mangé à la crèmerie."),
        ("latin-1", "Der Bär läuft über die Straße."),
        ("cp1251", "Привет, как дела? Это русский текст в старой кодировке."),
        ("cp932", "これは日本語のテキストです。東京は大きい。"),
        ("cp932", "倉庫の鍵は受付の棚にあります。"),
        ("euc_jp", "会議は三月五日に行います。"),
        ("utf-16-le", "Der Schlüssel liegt im Schuppen."),
        ("utf-16-be", "Ключ у Веры Павловой."),
        ("utf-16-le", "倉庫の鍵は受付の棚にあります。"),
        ("gb18030", "华为的汽车合作伙伴包括赛力斯和长安，去年销量增长很快。"),
        ("euc_kr", "한국어 텍스트입니다. 서울은 크다."),
    ],
)
def test_encodings_are_detected(tmp_path: Path, encoding: str, text: str) -> None:
    """A text reads right in whatever encoding it was saved, without its byte order mark."""
    assert text == reading(tmp_path, "a.txt", text.encode(encoding)).text


def test_damaged_utf8_stays_utf8(tmp_path: Path) -> None:
    """One broken byte shows as U+FFFD and does not turn every accent into two letters."""
    data = ("é" * 50).encode() + b"\xff" + ("ü" * 50).encode()
    assert reading(tmp_path, "a.txt", data).text == "é" * 50 + "\ufffd" + "ü" * 50


def test_a_text_with_control_bytes_is_read_and_they_are_counted(tmp_path: Path) -> None:
    """A log with a few NUL bytes is text: each shows as a mark, and sources says how many."""
    path = tmp_path / "a.txt"
    path.write_bytes(b"The well is 40 m deep.\x00\x01 It was dug in 1890 by Abel Crane.\n" * 3)
    (found,) = contents(path, max_bytes=10_000)
    assert found.document is not None
    assert found.document.text.startswith("The well is 40 m deep.\ufffd\ufffd It was dug")
    assert found.reason == "6 control characters shown as \ufffd"


@pytest.mark.parametrize(
    "data",
    [
        b"The ferry\x00\x01 leaves at \x02\x03nine.\x00 Go.\n",
        "Die Fähre\x01\x02\x03\x04\x05 läuft um neun aus.\n".encode("latin-1"),
    ],
)
def test_a_short_text_with_control_bytes_is_read(tmp_path: Path, data: bytes) -> None:
    """Forty characters with five control bytes are text, in an older encoding too."""
    path = tmp_path / "a.txt"
    path.write_bytes(data)
    (found,) = contents(path, max_bytes=10_000)
    assert found.document is not None
    assert found.document.text.count("\ufffd") == 5
    assert found.reason == "5 control characters shown as \ufffd"


def test_control_characters_are_replaced_one_for_one(tmp_path: Path) -> None:
    """Text cannot send commands to a terminal, and every offset stays where it was."""
    data = "a\x1b[31mb\x9b\x07c\x0cd\tz\r\ne\u2028f\x85g" + " padding" * 100
    expected = "a\ufffd[31mb\ufffd\ufffdc d\tz\r\ne\nf g" + " padding" * 100
    assert expected == reading(tmp_path, "a.txt", data).text


def test_half_surrogates_are_replaced(tmp_path: Path) -> None:
    """JSON may smuggle in half a character, which no database would store."""
    found = reading(tmp_path, "a.json", r'{"k": "x\ud800y", "title": "a\u001b[0m\nb"}')
    assert (found.text, found.title) == ("k: x\ufffdy\ntitle: a\ufffd[0m b\n", "a\ufffd[0m b")


@pytest.mark.parametrize(
    "title",
    [
        "Microsoft Word - report.doc",
        "report_final.docx",
        "untitled",
        "a/b",
        "Document1",
        "scan.PDF",
    ],
)
def test_a_file_name_is_no_title(tmp_path: Path, title: str) -> None:
    """What a program put into the title field is not shown as the document's title."""
    page = f"<title>{title}</title><p>Text."
    assert reading(tmp_path, "a.html", page).title is None


def test_absurd_dates_are_dropped(tmp_path: Path) -> None:
    """A date in the far past or future is a slip; within a year ahead it may be planned."""
    soon = date.today() + timedelta(days=300)
    late = date.today() + timedelta(days=400)
    found = [
        reading(tmp_path, "a.md", f"---\ntitle: T\ndate: {day}\n---\nText.\n")
        for day in ("1899-12-31", "1900-01-01", soon, late, "2024-13-45", "9999-99-99")
    ]
    assert [one.published for one in found] == [None, date(1900, 1, 1), soon, None, None, None]
    assert [one.date_basis for one in found] == [
        None, "front matter", "front matter", None, None, None,
    ]  # fmt: skip


def _docx() -> bytes:
    out = io.BytesIO()
    document = docx.Document()
    document.add_heading("Heading", 1)
    document.add_paragraph("Text.")
    document.save(out)
    return out.getvalue()


def _pptx() -> bytes:
    out = io.BytesIO()
    presentation = pptx.Presentation()
    presentation.slides.add_slide(presentation.slide_layouts[0]).shapes.title.text = "Title"
    presentation.save(out)
    return out.getvalue()


_WHOLE = {
    ".docx": _docx(),
    ".pptx": _pptx(),
    ".pdf": pdf([paragraph(700, ["Some text of a page."])], "/Title (T)"),
    ".html": b"<html><head><title>T</title></head><body><table><tr><td>x</table><ul><li>a",
    ".eml": b"From: a@b.c\nSubject: =?utf-8?q?x?=\n"
    b"Content-Type: multipart/mixed; boundary=B\n\n--B\n"
    b"Content-Type: text/plain; charset=x\n\nhi\n--B--\n",
    ".json": json.dumps({"a": [1, {"b": None}], "c": "d"}).encode(),
    ".jsonl": b'{"a": 1}\n[2]\n',
    ".csv": b'a,b\n1,"x\ny"\n',
    ".md": b"---\ntitle: T\ndate: 2024-01-01\n---\n# H\n\ntext\n",
}


@settings(max_examples=250, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    suffix=st.sampled_from(sorted(SUFFIXES)),
    data=st.one_of(
        st.binary(max_size=300),
        st.text(max_size=200).map(lambda text: text.encode("utf-8", "surrogatepass")),
        st.text(alphabet="{}[]\",:<>/-=# \n\taé0'&;!?\\|", max_size=200).map(str.encode),
    ),
)
def test_any_bytes_give_a_document_or_a_reason(tmp_path: Path, suffix: str, data: bytes) -> None:
    """No file whatsoever can stop an ingest with anything but a reason of its own."""
    _either(tmp_path, suffix, data)


@settings(max_examples=250, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    suffix=st.sampled_from(sorted(_WHOLE)),
    cuts=st.lists(
        st.tuples(st.floats(0, 1, exclude_max=True), st.binary(max_size=6)), min_size=1, max_size=6
    ),
    end=st.floats(0, 1),
)
def test_a_damaged_file_gives_a_document_or_a_reason(
    tmp_path: Path, suffix: str, cuts: list[tuple[float, bytes]], end: float
) -> None:
    """A real file with bytes changed or cut off is read or refused, never a crash."""
    data = bytearray(_WHOLE[suffix])
    for place, new in cuts:
        at = int(place * len(data))
        data[at : at + len(new)] = new
    _either(tmp_path, suffix, bytes(data[: int(end * len(data)) + 1] if end < 0.3 else data))


@settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    suffix=st.sampled_from([".docx", ".pptx"]),
    which=st.integers(0, 1000),
    place=st.floats(0, 1, exclude_max=True),
    new=st.binary(min_size=1, max_size=8),
)
def test_damaged_xml_inside_an_archive_gives_a_document_or_a_reason(
    tmp_path: Path, suffix: str, which: int, place: float, new: bytes
) -> None:
    """A Word or PowerPoint file with a broken part is read or refused, never a crash."""
    with zipfile.ZipFile(io.BytesIO(_WHOLE[suffix])) as archive:
        names = archive.namelist()
        name = names[which % len(names)]
        part = bytearray(archive.read(name))
    at = int(place * len(part))
    part[at : at + len(new)] = new
    _either(tmp_path, suffix, repacked(_WHOLE[suffix], {name: bytes(part)}))


def _either(folder: Path, suffix: str, data: bytes) -> None:
    reason = ""
    try:
        found = reading(folder, "fuzz" + suffix, data)
    except DocumentError as error:
        reason = str(error)
    else:
        _holds(found)
    assert "\n" not in reason


def _holds(found: Document) -> None:
    assert isinstance(found, Document)
    assert found.text.strip()
    found.text.encode()  # no half surrogates
    assert not {*found.text} & {chr(code) for code in range(32)} - {*"\t\n\r"}
    assert list(found.page_starts) == sorted(found.page_starts)
    assert all(0 <= start <= len(found.text) for start in found.page_starts)
    for line in (found.title, found.author):
        assert line is None or line == " ".join(line.split()) != ""
