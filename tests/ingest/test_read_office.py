"""Word and PowerPoint files."""

import io
import re
import zipfile
from datetime import date, datetime
from pathlib import Path
from typing import Any

import docx
import pptx
import pytest
from docx.oxml import parse_xml

from tests.cases.each import with_footnote
from tests.ingest.files import reading, refusal, repacked

_W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
_RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_RUN = "<w:r><w:t>text</w:t></w:r>"
_HOSTILE = (
    '<?xml version="1.0"?><!DOCTYPE d [{}]>'
    f"<w:document {_W}><w:body><w:p><w:r><w:t>before &x; after</w:t></w:r></w:p></w:body>"
    "</w:document>"
)


def _saved(document: Any) -> bytes:
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def _word() -> Any:
    document = docx.Document()
    document.core_properties.title = "The Report"
    document.core_properties.author = "Ann"
    document.core_properties.created = datetime(2023, 4, 5)
    return document


def test_a_word_file_reads_in_order(tmp_path: Path) -> None:
    """Headings, lists and tables come in the order of the page, with the properties."""
    document = _word()
    document.add_heading("Big", 0)
    document.add_heading("Part", 2)
    document.add_paragraph("One\tsentence. \u00a0Another.")
    document.add_paragraph("first", style="List Bullet")
    document.add_paragraph("second", style="List Number")
    table = document.add_table(2, 2)
    for at, text in enumerate(("City", "Year", "Bonn\nam Rhein", "1989")):
        table.cell(at // 2, at % 2).text = text
    document.add_paragraph("End.")
    found = reading(tmp_path, "a.docx", _saved(document))
    assert found.text == (
        "# Big\n\n## Part\n\nOne sentence. Another.\n\n- first\n1. second\n\n"
        "| City | Year |\n|---|---|\n| Bonn am Rhein | 1989 |\n\nEnd.\n"
    )
    assert (found.title, found.author) == ("The Report", "Ann")
    assert (found.published, found.date_basis) == (
        None, "not sure: document properties (created) 2023-04-05",
    )  # fmt: skip


def _numbered(document: Any, text: str, of: int, level: int, style: str | None = None) -> None:
    """A paragraph of a list, as Word's own button makes one."""
    paragraph = document.add_paragraph(text, style=style)
    number = f'<w:numPr {_W}><w:ilvl w:val="{level}"/><w:numId w:val="{of}"/></w:numPr>'
    paragraph._p.get_or_add_pPr().append(parse_xml(number))


def test_the_numbers_of_lists_are_read_as_word_shows_them(tmp_path: Path) -> None:
    """Clauses, their headings and items have the numbers by which others speak of them."""
    document = docx.Document()
    numbering = document.part.numbering_part.element
    levels = "".join(
        f'<w:lvl w:ilvl="{at}"><w:start w:val="{start}"/><w:numFmt w:val="{form}"/>'
        f'<w:lvlText w:val="{text}"/></w:lvl>'
        for at, (start, form, text) in enumerate(
            [(3, "decimal", "%1."), (1, "decimal", "%1.%2"), (1, "lowerRoman", "(%3)")]
        )
    )
    anew = '<w:lvlOverride w:ilvl="0"><w:startOverride w:val="1"/></w:lvlOverride>'
    kind = f'<w:abstractNum {_W} w:abstractNumId="77">{levels}</w:abstractNum>'
    numbering.insert(0, parse_xml(kind))
    for of, override in ((88, ""), (89, anew)):
        its = f'<w:num {_W} w:numId="{of}"><w:abstractNumId w:val="77"/>{override}</w:num>'
        numbering.append(parse_xml(its))
    _numbered(document, "Liability", 88, 0, "Heading 2")
    for text, level in (("It is capped.", 1), ("Not for", 1), ("fraud", 2), ("theft", 2)):
        _numbered(document, text, 88, level)
    _numbered(document, "Term", 88, 0, "Heading 2")
    _numbered(document, "It runs.", 88, 1)
    document.add_paragraph("To reset it:")
    _numbered(document, "Hold the key.", 89, 0)
    _numbered(document, "Let go.", 89, 0)
    _numbered(document, "Done.", 0, 0, "List Number")
    assert reading(tmp_path, "a.docx", _saved(document)).text == (
        "## 3. Liability\n\n- 3.1 It is capped.\n- 3.2 Not for\n- (i) fraud\n- (ii) theft\n\n"
        "## 4. Term\n\n- 4.1 It runs.\n\nTo reset it:\n\n1. Hold the key.\n2. Let go.\n\nDone.\n"
    )


def test_the_day_of_a_template_is_none(tmp_path: Path) -> None:
    """A file made from python-docx's template is not of 2013, the year of the template."""
    document = docx.Document()
    document.add_paragraph("The pool was closed yesterday.")
    found = reading(tmp_path, "a.docx", _saved(document))
    assert (found.published, found.date_basis) == (None, None)


@pytest.mark.parametrize(
    ("text", "basis"),
    [
        ("Issued 5 May 2022", "issued “5 May 2022”"),
        ("The pool was opened on 9 June 2023.", None),
        ("The pool was opened on 9 June 2021.", None),
        ("The pool was opened on 9 June 2022.",
         "not sure: document properties (created) 2023-04-05"),
        ("Annual report 2022", "not sure: reports on “Annual report 2022”"),
    ],
)  # fmt: skip
def test_a_words_file_is_dated_by_its_text(tmp_path: Path, text: str, basis: str | None) -> None:
    """When a file was saved dates nothing; told it is only where its text may be of that day."""
    document = _word()
    document.add_paragraph(text)
    found = reading(tmp_path, "a.docx", _saved(document))
    day = date(2022, 5, 5) if "Issued" in text else None
    assert (found.published, found.written, found.date_basis) == (day, None, basis)


@pytest.mark.parametrize(
    ("xml", "expected"),
    [
        (f'<w:p {_W}><w:ins w:id="1">{_RUN}</w:ins></w:p>', "text\n"),
        (f'<w:p {_W}>{_RUN}<w:del w:id="1"><w:r><w:t>old</w:t></w:r></w:del></w:p>', "text\n"),
        (f"<w:p {_W}>{_RUN}<w:r><w:rPr><w:vanish/></w:rPr><w:t>b</w:t></w:r></w:p>", "text\n"),
        (
            f'<w:p {_W}>{_RUN}<w:r><w:rPr><w:vanish w:val="1"/></w:rPr><w:t>b</w:t></w:r></w:p>',
            "text\n",
        ),
        (
            f'<w:p {_W}><w:r><w:rPr><w:vanish w:val="0"/></w:rPr><w:t>text</w:t></w:r></w:p>',
            "text\n",
        ),
        (
            f'<w:p {_W}>{_RUN}<w:r><w:rPr><w:rStyle w:val="Away"/></w:rPr><w:t>b</w:t></w:r></w:p>',
            "text\n",
        ),
        (
            f"<w:p {_W}><w:r><w:instrText>DDE evil</w:instrText></w:r>{_RUN}</w:p>",
            "text\n",
        ),
        (f"<w:sdt {_W}><w:sdtContent><w:p>{_RUN}</w:p></w:sdtContent></w:sdt>", "text\n"),
        (f"<w:p {_W}><w:hyperlink>{_RUN}</w:hyperlink></w:p>", "text\n"),
        (f"<w:p {_W}>{_RUN}<w:r><w:br/><w:t>b</w:t><w:noBreakHyphen/></w:r></w:p>", "text\nb-\n"),
        (
            f"<w:p {_W}><w:r><w:pict><w:txbxContent><w:p>{_RUN}</w:p></w:txbxContent></w:pict>"
            "</w:r></w:p>",
            "text\n",
        ),
    ],
)
def test_everything_visible_in_a_word_file_is_read(tmp_path: Path, xml: str, expected: str) -> None:
    """Insertions, fields, links and boxes are read; deleted and hidden text is not."""
    document = _word()
    away = f'<w:style {_W} w:type="character" w:styleId="Away"><w:rPr><w:vanish/></w:rPr></w:style>'
    document.styles.element.append(parse_xml(away))
    document.element.body.insert(0, parse_xml(xml))
    assert expected == reading(tmp_path, "a.docx", _saved(document)).text


@pytest.mark.parametrize(
    ("name", "expected"),
    [("http://127.0.0.1:9/a.dotm", "Text.\n"), ("file:///etc/passwd", "Text.\n")],
)
def test_nothing_outside_a_word_file_is_read(tmp_path: Path, name: str, expected: str) -> None:
    """Remote templates, linked pictures, notes and parts of other files are left where they are."""
    document = _word()
    document.add_paragraph("Text.")
    kinds = "attachedTemplate image aFChunk footnotes oleObject subDocument".split()
    for kind in kinds:
        relation = document.part.relate_to(name, f"{_RELATIONS}/{kind}", is_external=True)
    chunk = f'<w:altChunk {_W} xmlns:r="{_RELATIONS}" r:id="{relation}"/>'
    document.element.body.insert(0, parse_xml(chunk))
    assert reading(tmp_path, "a.docx", _saved(document)).text == expected


def test_members_that_lead_out_of_a_word_file(tmp_path: Path) -> None:
    """No member of an archive is written anywhere, whatever path it names."""
    document = _word()
    document.add_paragraph("Text.")
    (tmp_path / "in").mkdir()
    members = {"../out.txt": b"evil", str(tmp_path / "out.txt"): b"evil", "..\\out.txt": b"evil"}
    data = repacked(_saved(document), members)
    assert reading(tmp_path / "in", "a.docx", data).text == "Text.\n"
    assert sorted(tmp_path.rglob("*")) == [tmp_path / "in", tmp_path / "in" / "a.docx"]


def test_a_footnote_stands_behind_its_paragraph(tmp_path: Path) -> None:
    """With its mark, and not at the end of the file; one that nothing refers to is not lost."""
    document = _word()
    document.add_paragraph("Guests pay on arrival. Dogs are free.")
    document.add_paragraph("The kitchen closes at ten.")
    data = with_footnote(_saved(document), b"on arrival.", "In cash.")
    assert reading(tmp_path, "a.docx", data).text == (
        "Guests pay on arrival.[1] Dogs are free.\n\n[1] In cash.\n\nThe kitchen closes at ten.\n"
    )
    lost = with_footnote(_saved(document), b"nowhere", "In cash.")
    assert reading(tmp_path, "a.docx", lost).text.endswith("closes at ten.\n\nIn cash.\n")


def test_boxes_in_boxes_and_styles_on_styles(tmp_path: Path) -> None:
    """Nesting that would take time without end if each level were met again costs nothing."""
    box = "<w:p><w:r><w:txbxContent>{}</w:txbxContent></w:r></w:p>"
    inner = '<w:p><w:pPr><w:pStyle w:val="s0"/></w:pPr><w:r><w:t>text</w:t></w:r></w:p>'
    for _ in range(60):
        inner = box.format(inner)
    styles = "".join(
        f'<w:style w:type="paragraph" w:styleId="s{n}"><w:basedOn w:val="s{n + 1}"/></w:style>'
        for n in range(300)
    )
    body = f"<w:document {_W}><w:body>{inner}</w:body></w:document>"
    changes = {"word/document.xml": body.encode()}
    changes["word/styles.xml"] = f"<w:styles {_W}>{styles}</w:styles>".encode()
    assert reading(tmp_path, "a.docx", repacked(_saved(_word()), changes)).text == "text\n"


def test_a_word_file_without_properties_has_no_title(tmp_path: Path) -> None:
    """The library's own default title and the day of reading are never shown."""
    document = docx.Document()
    document.add_paragraph("Text.")
    data = _saved(document)
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        relations = re.sub(rb"<Relationship [^>]*core.xml[^>]*>", b"", archive.read("_rels/.rels"))
    data = repacked(data, {"_rels/.rels": relations, "docProps/core.xml": None})
    found = reading(tmp_path, "a.docx", data)
    assert (found.title, found.author, found.published) == (None, None, None)


@pytest.mark.parametrize("entity", ['<!ENTITY x SYSTEM "{}">', '<!ENTITY x "evil">'])
def test_entities_in_a_word_file_are_not_resolved(tmp_path: Path, entity: str) -> None:
    """A Word file cannot read another file into itself."""
    secret = tmp_path / "secret"
    secret.write_text("evil")
    hostile = _HOSTILE.format(entity.format(secret.as_uri())).encode()
    data = repacked(_saved(_word()), {"word/document.xml": hostile})
    assert "evil" not in reading(tmp_path, "a.docx", data).text


def test_a_zip_bomb_is_refused(tmp_path: Path) -> None:
    """An archive that unpacks to more than ten times the limit is not unpacked."""
    data = repacked(_saved(_word()), {"word/media/x.bin": b"\0" * 51_000_000})
    assert len(data) < 200_000
    reason = refusal(tmp_path, "a.docx", data)
    assert reason.startswith("unpacks to 51,")
    assert reason.endswith("more than the 50,000,000 allowed (ten times the setting max_file_mb)")


@pytest.mark.parametrize("suffix", [".docx", ".pptx"])
def test_old_and_encrypted_office_files_say_so(tmp_path: Path, suffix: str) -> None:
    """A password and an old format under a new name are told apart."""
    ole = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 500
    assert (
        refusal(tmp_path, f"a{suffix}", ole) == f"is of the old Office format; save it as {suffix}"
    )
    assert refusal(tmp_path, f"b{suffix}", ole + "EncryptedPackage".encode("utf-16-le")) == (
        "is encrypted; remove the password and ingest again"
    )


def test_slides_are_pages(tmp_path: Path) -> None:
    """A slide's title, bullets, tables, groups and notes are read, slide by slide."""
    show = pptx.Presentation()
    show.core_properties.title = "The Talk"
    show.core_properties.created = datetime(2022, 3, 4)
    one = show.slides.add_slide(show.slide_layouts[1])
    one.shapes.title.text = "Big\vnews"
    one.placeholders[1].text = "first\nsecond"
    one.notes_slide.notes_text_frame.text = "Say it slowly."
    show.slides.add_slide(show.slide_layouts[6])  # an empty one
    three = show.slides.add_slide(show.slide_layouts[5])
    three.shapes.title.text = "Numbers"
    table = three.shapes.add_table(1, 2, 0, 0, 9, 9).table
    table.cell(0, 0).text, table.cell(0, 1).text = "Bonn", "1989"
    hidden = three.shapes.add_textbox(0, 0, 9, 9)
    hidden.text_frame.text = "evil"
    hidden.element.nvSpPr.cNvPr.set("hidden", "1")
    three.shapes.add_group_shape().shapes.add_textbox(0, 0, 9, 9).text_frame.text = "In a group."
    found = reading(tmp_path, "a.pptx", _saved(show))
    assert found.text == (
        "## Big news\n\n- first\n- second\n\nNotes: Say it slowly.\n\n"
        "## Numbers\n\n| Bonn | 1989 |\n\nIn a group.\n"
    )
    at = found.text.index("## Numbers")
    assert found.page_starts == (0, at, at)
    assert (found.title, found.published) == ("The Talk", None)


def test_the_parts_of_a_words_header_stand_alone(tmp_path: Path) -> None:
    """What stands left and right of a tab, or of a dash, is two things; a page's number is none."""
    document = _word()
    document.add_paragraph("Dear Ms Padmore,")
    document.sections[0].header.paragraphs[0].text = "Kerrin Ltd – Reference KT-4471 | Page 3"
    document.sections[0].footer.paragraphs[0].text = "Account 5510\tOffice: Quay-side 9"
    text = reading(tmp_path, "a.docx", _saved(document)).text
    assert text.split("\n\n") == [
        "Kerrin Ltd",
        "Reference KT-4471",
        "Dear Ms Padmore,",
        "Account 5510",
        "Office: Quay-side 9\n",
    ]
