"""E-books, notebooks, OpenDocument, RTF, spreadsheets, markup, mail and archives."""

import zipfile
from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from qa.errors import DocumentError
from qa.ingest.formats.rows import Spanned, spread
from qa.ingest.read import Content, contents
from qa.text.blocks import VERBATIM, blocks
from tests.ingest import made
from tests.ingest.files import reading, refusal


def inside(folder: Path, name: str, data: bytes) -> list[Content]:
    """What a file holds, itself first."""
    (folder / name).write_bytes(data)
    return list(contents(folder / name, max_bytes=1_000_000))


def test_a_workbook_says_each_row_by_itself(tmp_path: Path) -> None:
    """Captions stand apart, a merged cell counts for its rows, dates are dates."""
    rows = [
        ["Fleet of the harbour", None, None, None],
        ["Boat", "Region", "Built", "Crew"],
        ["Kestrel", "North", date(2011, 4, 2), 4],
        ["Merlin", None, date(2015, 9, 30), 0.1 + 0.2],
        [None, None, None, None],
        ["Owner", "Ada Finn"],
        ["Harbour", "Skarn"],
    ]
    data = made.workbook({"Fleet": rows}, merged="A1:D1 B3:B4")
    assert reading(tmp_path, "a.xlsx", data).text == (
        "## Fleet\n\nFleet of the harbour\n\n"
        "Boat: Kestrel; Region: North; Built: 2011-04-02; Crew: 4\n"
        "Boat: Merlin; Region: North; Built: 2015-09-30; Crew: 0.3\n\n"
        "Owner: Ada Finn\nHarbour: Skarn\n\n"
    )


def test_two_header_rows_name_a_column_together(tmp_path: Path) -> None:
    """A year above its quarters is said with each of them."""
    rows = [["Product", 2023, None], [None, "Q1", "Q2"], ["Lamps", 5, 6], ["Ropes", 1, 2]]
    data = made.workbook({"S": rows}, merged="A1:A2 B1:C1")
    assert "Product: Lamps; 2023 Q1: 5; 2023 Q2: 6\n" in reading(tmp_path, "a.xlsx", data).text


def test_a_hidden_sheet_is_read_and_said(tmp_path: Path) -> None:
    """What a sheet hides is found, and the user is told that it was hidden."""
    data = made.workbook({"A": [["x", "y"], ["a", 1]], "Costs (hidden)": [["p", "q"], ["b", 2]]})
    (found,) = inside(tmp_path, "a.xlsx", data)
    assert found.document is not None
    assert "## Costs (hidden sheet)\n\np: b; q: 2\n" in found.document.text
    assert found.reason == "sheet 'Costs' is hidden in the file; it is read"


def test_a_sheet_without_a_header_uses_letters(tmp_path: Path) -> None:
    """A table of numbers alone names its columns as the spreadsheet does."""
    data = made.workbook({"S": [[1, 2], [3, 4]]})
    assert reading(tmp_path, "a.xlsx", data).text == "## S\n\nA: 1; B: 2\nA: 3; B: 4\n\n"


def test_an_opendocument_text(tmp_path: Path) -> None:
    """Headings, a list with its opening, a table with its header, a footnote, in order."""
    cell = "<table:table-cell><text:p>{}</text:p></table:table-cell>"
    body = (
        '<office:text><text:h text:outline-level="2">Report</text:h>'
        "<text:p>It was lit in<text:s/>1874.<text:note><text:note-citation>1</text:note-citation>"
        "<text:note-body><text:p>By Osric Venn.</text:p></text:note-body></text:note> So.</text:p>"
        "<text:p>It holds:</text:p><text:list><text:list-item><text:p>oil</text:p>"
        "</text:list-item><text:list-item><text:p>wicks</text:p></text:list-item></text:list>"
        "<table:table><table:table-header-rows><table:table-row>"
        + cell.format("Year")
        + cell.format("Keeper")
        + "</table:table-row></table:table-header-rows><table:table-row>"
        + cell.format("1901")
        + cell.format("Ines Quill")
        + "</table:table-row></table:table></office:text>"
    )
    assert reading(tmp_path, "a.odt", made.opendocument(body)).text == (
        "## Report\n\nIt was lit in 1874.[1] So.\n\n[1] By Osric Venn.\n\n"
        "It holds:\n\n- oil\n- wicks\n\n"
        "| Year | Keeper |\n|---|---|\n| 1901 | Ines Quill |\n"
    )


def test_opendocument_slides_are_pages(tmp_path: Path) -> None:
    """A slide's title is a heading, and what a citation names is the slide."""
    page = (
        '<draw:page><draw:frame presentation:class="title"><draw:text-box><text:p>{}</text:p>'
        "</draw:text-box></draw:frame><draw:frame><draw:text-box><text:p>{}</text:p>"
        "</draw:text-box></draw:frame></draw:page>"
    )
    pages = page.format("One", "First.") + page.format("Two", "Second.")
    body = f"<office:presentation>{pages}</office:presentation>"
    found = reading(tmp_path, "a.odp", made.opendocument(body))
    assert found.text == "## One\n\nFirst.\n\n## Two\n\nSecond.\n"
    assert [found.text[at : at + 6] for at in found.page_starts] == ["## One", "## Two"]


def test_rich_text_with_a_table(tmp_path: Path) -> None:
    """Words of any code page, and a table with its header; title, author and date are told."""
    data = rb"""{\rtf1\ansi\ansicpg1252{\info{\title Memo}{\author L. Varn}
{\creatim\yr2024\mo3\dy5}}J\'f6rg keeps it.\par
\trowd\cellx1\cellx2 Door\cell Keys\cell\row
\trowd\cellx1\cellx2 Cellar\cell 3\cell\row}"""
    found = reading(tmp_path, "a.rtf", data)
    assert found.text == "Jörg keeps it.\n\n| Door | Keys |\n|---|---|\n| Cellar | 3 |\n"
    assert (found.title, found.author, found.date_basis) == (
        *("Memo", "L. Varn"),
        "not sure: document properties (created) 2024-03-05",
    )


def test_an_e_book_is_read_in_the_order_of_its_spine(tmp_path: Path) -> None:
    """Chapters follow each other as a reader turns them; title, author and date are the book's."""
    found = reading(tmp_path, "a.epub", made.book(["<h1>One</h1><p>Left.", "<h1>Two</h1><p>Back."]))
    assert found.text == "# One\n\nLeft.\n\n# Two\n\nBack.\n"
    assert (found.title, found.author, found.published) == (
        *("The Heron", "Ruth Affleck"),
        date(2019, 5, 1),
    )


def test_a_locked_book_says_so(tmp_path: Path) -> None:
    """A bought book with copy protection is refused with that reason; locked fonts do not count."""
    xml = '<e><CipherReference URI="OEBPS/{}"/></e>'
    locked = made.book(["x"], {"META-INF/encryption.xml": xml.format("c0.xhtml")})
    assert refusal(tmp_path, "a.epub", locked).startswith("is encrypted (copy protection)")
    fonts = made.book(["<p>Words."], {"META-INF/encryption.xml": xml.format("a.ttf")})
    assert reading(tmp_path, "a.epub", fonts).text == "Words.\n"


def test_a_notebook_with_what_its_cells_printed(tmp_path: Path) -> None:
    """Text cells as they are, code fenced, outputs cut where they are long, and that is said."""
    data = made.notebook(
        [("markdown", "# Tides", ""), ("code", "fit()", "3.7 cm\n"), ("code", "log", "a\n" * 100)]
    )
    (found,) = inside(tmp_path, "a.ipynb", data)
    assert found.document is not None
    start = "# Tides\n\n```\nfit()\n```\n\nOutput:\n\n```\n3.7 cm\n```\n"
    assert found.document.text.startswith(start)
    assert found.document.text.count("\na") == 40
    assert found.reason == "1 long output cut after 40 lines"


def test_a_program_keeps_its_lines(tmp_path: Path) -> None:
    """Line n of the text is line n of the file, and a comment is no heading."""
    source = "# keep fourteen days\nDAYS = 14\n"
    found = reading(tmp_path, "a.py", source)
    assert (found.text, found.title) == (VERBATIM + source, None)


@pytest.mark.parametrize(
    ("name", "source", "text"),
    [
        (
            "a.adoc",
            "= T\n:x: y\n// no\n== S\n----\nrun\n----\n|===\n|A |B\n\n|c |d\n|===\n* i",
            "# T\n\n\n## S\n```\nrun\n```\n\n| A | B |\n|---|---|\n| c | d |\n\n- i",
        ),
        (
            "a.org",
            "#+TITLE: T\n** TODO S :tag:\n#+BEGIN_SRC sh\nrun\n#+END_SRC\n|a|b|\n|-+-|\n",
            "\n## S\n```\nrun\n```\n|a|b|\n|-|-|\n",
        ),
        (
            "a.tex",
            '\\begin{document}\n\\section{S}\nIn K\\"oln, \\emph{so}. % no\n\\item 5~\\%\n'
            "\\begin{tabular}{l}\nA & B \\\\\n\\hline\nc & d \\\\\n\\end{tabular}",
            "\n## S\nIn Köln, so.\n- 5 %\n\n| A | B |\n|---|---|\n| c | d |\n",
        ),
    ],
)
def test_markup_reads_line_for_line(tmp_path: Path, name: str, source: str, text: str) -> None:
    """Sections are headings, listings code, tables tables, and every line keeps its number."""
    assert reading(tmp_path, name, source).text == text


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    suffix=st.sampled_from([".adoc", ".org", ".tex"]),
    source=st.text(alphabet="ab=*-|[]{}\\#+:%&\"'~. \n", min_size=1, max_size=120),
)
def test_markup_never_gains_or_loses_a_line(tmp_path: Path, suffix: str, source: str) -> None:
    """Whatever stands in a file, line n of its text is line n of the file."""
    text = reading(tmp_path, f"a{suffix}", f"{source}\nx").text
    assert text.count("\n") == source.count("\n") + 1


@settings(max_examples=150, deadline=None)
@given(
    st.lists(
        st.lists(st.builds(Spanned, st.sampled_from("abc"), st.integers(1, 3), st.integers(1, 3)),
                 max_size=4),
        max_size=4,
    )
)  # fmt: skip
def test_cells_that_span_lose_nothing(rows: list[list[Spanned]]) -> None:
    """Every cell of a table stands in its row, as often as it spans columns."""
    for before, after in zip(rows, spread(rows), strict=True):
        wanted = [one.text for one in before for _ in range(one.columns)]
        rest = iter(after)
        assert all(any(one == other for other in rest) for one in wanted)


def test_an_attachment_is_a_document_of_its_own(tmp_path: Path) -> None:
    """A table in a mail is read under the mail's path, of its day; a broken file says so."""
    data = made.mail(
        "Parts", "See below.", {"p.csv": b"part,maker\ndrum,Halvard", "q.pdf": b"%PDF"}
    )
    message, table, broken = inside(tmp_path, "a.eml", data)
    assert message.document is not None
    assert "Attachments: p.csv, q.pdf\n\nSee below." in message.document.text
    assert table.document is not None
    assert (table.name, table.document.text) == (
        "p.csv",
        "part,maker\npart: drum; maker: Halvard\n",
    )
    assert (table.document.published, table.document.date_basis) == (
        *(date(2024, 5, 14),),
        "e-mail header",
    )
    assert broken[0::3] == ("q.pdf", "is not a PDF, or is damaged")


def test_an_outlook_message(tmp_path: Path) -> None:
    """Sender, day, subject, text and what is attached, as of any mail."""
    data = made.outlook("Parts", "The crane comes.", {"note.txt": b"Ask Halvard.\n" * 400})
    message, note = inside(tmp_path, "a.msg", data)
    assert message.document is not None
    assert message.document.text == (
        "From: Lotte <l@f.example>\nDate: 2024-05-14\nSubject: Parts\nAttachments: note.txt\n\n"
        "The crane comes."
    )
    assert message.document.published == date(2024, 5, 14)
    assert note.document is not None
    assert (note.name, note.document.text) == ("note.txt", "Ask Halvard.\n" * 400)


def test_a_mailbox_is_its_messages(tmp_path: Path) -> None:
    """Each message is a document with its own day and title; "From " in a text parts nothing."""
    data = made.mailbox([made.mail("One", "From here on it rains.\n"), made.mail("Two", "Dry.")])
    _listed, first, second = inside(tmp_path, "a.mbox", data)
    assert first.document is not None
    assert second.document is not None
    assert (first.name, first.document.title) == ("1.eml", "One")
    assert "From here on it rains." in first.document.text
    assert (second.name, second.document.title) == ("2.eml", "Two")


@pytest.mark.parametrize("marks", ["", "> "])
def test_whose_words_a_mail_quotes_is_no_answer(tmp_path: Path, marks: str) -> None:
    """That Ann wrote on 3 June what follows says nothing by itself, also broken over two lines."""
    body = f"New.\n\n{marks}On 3 June 2024 Ann <a@b.c>\n{marks}wrote:\n{marks}> Old.\n"
    text = reading(tmp_path, "a.eml", made.mail("S", body)).text
    kinds = [one.kind for one in blocks(text)]
    assert kinds == [*["field"] * 3, "prose", "attribution", "quotation"]


def test_a_quotation_of_a_page_is_marked(tmp_path: Path) -> None:
    """What a page or an HTML mail quotes stands behind ">", as deep as it is quoted."""
    page = "<p>A.<blockquote>B.<blockquote>C.<br>D.</blockquote><ul><li>E.</ul></blockquote>F."
    text = reading(tmp_path, "a.html", page).text
    assert text == "A.\n\n> B.\n\n> > C.\n> > D.\n\n> - E.\n\nF.\n"


def test_a_zip_is_read_as_a_folder(tmp_path: Path) -> None:
    """Files in an archive, and in a mail of an archive, are documents; hidden ones are none."""
    mail = made.mail("S", "B.", {"n.txt": b"Deep."})
    data = made.zipped(
        {"d/a.txt": "One.", "b.eml": mail, "c.bin": b"\0", "__MACOSX/x.txt": "no", ".h.txt": "no"}
    )
    listed, *found = inside(tmp_path, "a.zip", data)
    assert listed.document is not None
    assert listed.document.text == "- d/a.txt\n- b.eml\n- c.bin\n"
    assert [one.name for one in found] == ["d/a.txt", "b.eml", "b.eml/n.txt", "c.bin"]
    assert found[-1].document is None
    assert found[-1].reason.startswith("format '.bin' is not supported")


def test_names_in_an_archive_lead_nowhere(tmp_path: Path) -> None:
    """A name that climbs out of its archive, or comes twice, is a name in it like others."""
    (tmp_path / "x").mkdir()
    with zipfile.ZipFile(tmp_path / "x" / "a.zip", "w") as archive:
        archive.writestr("../../etc/a.txt", "One.")
        archive.writestr("etc/a.txt", "Two.")
        archive.writestr("b\x1b[0m.txt", "Three.")
    names = [one.name for one in contents(tmp_path / "x" / "a.zip", max_bytes=10_000)]
    assert names == ["", "etc/a.txt", "etc/a (2).txt", "b\ufffd[0m.txt"]


def test_a_zip_within_zips_ends(tmp_path: Path) -> None:
    """An archive in an archive, and so on, is opened so deep and no deeper, and that is said."""
    data = made.zipped({"deep.txt": "Deep."})
    for _ in range(8):
        data = made.zipped({"in.zip": data})
    found = inside(tmp_path, "a.zip", data)
    assert found[-1].reason == "is nested too deeply"
    assert len(found) < 9


def test_a_bomb_is_not_unpacked(tmp_path: Path) -> None:
    """An archive that unpacks to more than ten times the limit is refused before it is."""
    data = made.zipped({"a.txt": b" " * 10_000_001})
    (tmp_path / "a.zip").write_bytes(data)
    with pytest.raises(DocumentError, match="unpacks to 10,000,001 bytes, more than"):
        list(contents(tmp_path / "a.zip", max_bytes=1_000_000))
