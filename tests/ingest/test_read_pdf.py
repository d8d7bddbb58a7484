"""PDF."""

import io
from collections import Counter
from pathlib import Path

import pypdf
import pypdf.generic
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from qa.ingest.formats import ocr
from qa.ingest.read import contents
from qa.text.blocks import blocks
from tests.ingest.files import Words, paragraph, pdf, reading, refusal


def test_paragraphs_pages_and_properties(tmp_path: Path) -> None:
    """Wrapped lines read as sentences, pages are known, the file's properties are told."""
    first = [
        Words(72, 740, "Annual Results", 20),
        *paragraph(
            700,
            [
                "The company sold more cars than ever before in its",
                "history, and it said so. Next year",
            ],
        ),
        *paragraph(650, ["Another paragraph stands apart from the first one."]),
    ]
    second = paragraph(700, ["A second page begins here."])
    info = "/Title (Results) /Author (Ann) /CreationDate (D:20240115103000+01'00')"
    found = reading(tmp_path, "a.pdf", pdf([first, second], info))
    assert found.text == (
        "# Annual Results\n\n"
        "The company sold more cars than ever before in its history, and it said so. Next year\n\n"
        "Another paragraph stands apart from the first one.\n\n"
        "A second page begins here.\n"
    )
    assert [found.text[start : start + 8] for start in found.page_starts] == [
        "# Annual",
        "A second",
    ]
    assert (found.title, found.author) == ("Results", "Ann")
    assert (found.published, found.date_basis) == (
        None, "not sure: PDF creation date 2024-01-15",
    )  # fmt: skip


def test_hyphens_at_a_lines_end(tmp_path: Path) -> None:
    """A broken word is whole again, and a word that has a hyphen of its own keeps it."""
    lines = [
        "The joint develop-",
        "ment of the long-term plan was a long-",
        "term matter for the well-",
        "known partners of the Asia-",
        "Pacific region.",
    ]
    found = reading(tmp_path, "a.pdf", pdf([paragraph(700, lines)]))
    assert found.text == (
        "The joint development of the long-term plan was a long-term matter for the well-known "
        "partners of the Asia-Pacific region.\n"
    )


def test_lists_and_short_lines_stay_apart(tmp_path: Path) -> None:
    """List items and the lines of an address are not glued to one sentence."""
    lines = [
        "A line of the text as it fills the whole of the column:",
        "• first item of the list",
        "• second item of the list",
        "Main Street 5",
        "Bonn",
    ]
    found = reading(tmp_path, "a.pdf", pdf([paragraph(700, lines)]))
    assert found.text == "\n".join(lines) + "\n"


def test_a_small_bullet_does_not_part_an_item(tmp_path: Path) -> None:
    """A list item that wraps is one sentence though its bullet is set in a smaller size."""
    words = [
        Words(72, 700, "•", 7),
        Words(84, 700, "an item of the list that is as wide as the column is"),
        Words(84, 686.8, "and goes on here."),
    ]
    assert reading(tmp_path, "a.pdf", pdf([words])).text == (
        "• an item of the list that is as wide as the column is and goes on here.\n"
    )


def test_a_sentence_runs_over_the_page(tmp_path: Path) -> None:
    """A sentence cut by a page's end is whole, though header and page number stand between."""
    body = [
        "One line of the page that is as wide as the others are",
        "and then it goes on with a line as wide as the others",
        "A sentence of its own stands on the very last page here.",
    ]
    pages = [
        [
            Words(72, 760, f"Annual report 2024 | {number}", 9),
            Words(72, 700, line),
            Words(72, 500, f"In {2019 + number} sales were {number * 7}."),
            Words(72, 486, line),
            Words(300, 40, f"Page {number} of 3", 9),
        ]
        for number, line in enumerate(body, start=1)
    ]
    found = reading(tmp_path, "a.pdf", pdf(pages))
    assert found.text == (
        "Annual report 2024 | 1\n\n"
        "One line of the page that is as wide as the others are\n\nIn 2020 sales were 7.\n"
        "One line of the page that is as wide as the others are "
        "and then it goes on with a line as wide as the others\n\nIn 2021 sales were 14.\n"
        "and then it goes on with a line as wide as the others\n\n"
        "A sentence of its own stands on the very last page here.\n\nIn 2022 sales were 21.\n"
        "A sentence of its own stands on the very last page here.\n"
    )
    assert [found.text[start : start + 4] for start in found.page_starts] == [
        "Annu",
        "and ",
        "A se",
    ]


def test_columns_are_read_one_after_the_other(tmp_path: Path) -> None:
    """A page of two columns does not mix their lines."""
    left = paragraph(700, ["the left column holds one long", "sentence, which ends here."], x=60)
    right = paragraph(700, ["the right column holds another", "sentence, which also ends."], x=320)
    found = reading(tmp_path, "a.pdf", pdf([[*left, *right]]))
    assert found.text == (
        "the left column holds one long sentence, which ends here.\n\n"
        "the right column holds another sentence, which also ends.\n"
    )


def _encrypted(user: str) -> bytes:
    writer = pypdf.PdfWriter(clone_from=io.BytesIO(pdf([paragraph(700, ["Plain words."])])))
    writer.encrypt(user, "owner", algorithm="RC4-128")
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def test_encrypted_and_scanned_files_say_so(tmp_path: Path) -> None:
    """A file with a password and one of pictures are refused; print protection is no obstacle."""
    assert refusal(tmp_path, "a.pdf", _encrypted("secret")) == (
        "is encrypted; remove the password and ingest again"
    )
    assert reading(tmp_path, "b.pdf", _encrypted("")).text == "Plain words.\n"
    assert refusal(tmp_path, "c.pdf", pdf([[], []])) == (
        f"has no text: its pages are pictures (a scan?); {ocr.REMEDY}"
    )


def test_an_empty_page_keeps_the_page_numbers_right(tmp_path: Path) -> None:
    """What stands on page 3 is cited with page 3 though page 2 is blank."""
    found = reading(
        tmp_path, "a.pdf", pdf([paragraph(700, ["One."]), [], paragraph(700, ["Three."])])
    )
    assert (found.text, found.page_starts) == ("One.\n\nThree.\n", (0, 4, 6))


def test_a_false_page_count_does_not_hang(tmp_path: Path) -> None:
    """A file that claims two billion pages is read or refused at once."""
    data = pdf([paragraph(700, ["One."])]).replace(b"/Count 1 ", b"/Count 2000000000 ")
    assert reading(tmp_path, "a.pdf", data).text == "One.\n"


def test_nothing_in_a_pdf_is_run(tmp_path: Path) -> None:
    """A script, a program to be launched and an attachment are not read, still less run."""
    data = pdf([paragraph(720, ["Page one says hello."])]).replace(
        b"/Type /Catalog",
        b"/Type /Catalog /OpenAction << /S /Launch /F (/bin/sh) /Next << /S /JavaScript"
        b" /JS (while(1);) >> >> /Names << /EmbeddedFiles << /Names [(evil) 99 0 R] >> >>",
    )
    assert reading(tmp_path, "a.pdf", data).text == "Page one says hello.\n"


@pytest.mark.parametrize(
    "pages",
    [
        b"2 0 obj<</Type/Pages/Kids[2 0 R 2 0 R]/Count 999999999>>endobj",
        b"".join(b"%d 0 obj<</Type/Pages/Kids[%d 0 R]/Count 1>>endobj\n" % (n, n + 1)
                 for n in range(2, 5000)),
    ],
)  # fmt: skip
def test_a_tree_of_pages_without_end(tmp_path: Path, pages: bytes) -> None:
    """Pages that hold themselves, or one another without end, are refused."""
    head = b"%PDF-1.7\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n"
    data = head + pages + b"\ntrailer<</Root 1 0 R>>"
    assert refusal(tmp_path, "a.pdf", data).startswith("is ")


def test_a_table_is_rows_with_their_header(tmp_path: Path) -> None:
    """Cells that stand in columns are a table whose header is one; a cell's second line is its."""
    rows = [("Boat", "Crew", "Berth"), ("Kestrel", "4", "North quay"), ("HX-12", "2", "Old basin")]
    words = [
        Words(x, 700 - 16 * at, cell)
        for at, row in enumerate(rows)
        for x, cell in zip((72, 200, 300), row, strict=True)
    ]
    page = [Words(72, 730, "The boats of the harbour are these:"), *words[:6]]
    page += [Words(300, 672, "near the dredger"), *(w._replace(y=w.y - 14) for w in words[6:])]
    assert reading(tmp_path, "a.pdf", pdf([page])).text == (
        "The boats of the harbour are these:\n\n| Boat | Crew | Berth |\n|---|---|---|\n"
        "| Kestrel | 4 | North quay near the dredger |\n| HX-12 | 2 | Old basin |\n"
    )


PRICES = [("Room", "Winter", "Summer"), ("Larch", "40", "65"), ("Spruce", "35", "")]


def ruled(top: float, rows: int) -> list[tuple[float, float, float, float]]:
    """The rules of a table of three columns; in its last row the last two cells are one."""
    ys = [top - 20 * at for at in range(rows + 1)]
    xs = (70, 170, 270, 370)
    level = [(70, y, 370, y) for y in ys]
    standing = [(x, ys[0], x, ys[-1] if x != 270 else ys[-2]) for x in xs]
    return [*level, *standing]


def cells(top: float, rows: list[tuple[str, ...]]) -> list[Words]:
    """The words of its cells."""
    return [
        Words(75 + 100 * x, top - 15 - 20 * y, said, 10)
        for y, row in enumerate(rows)
        for x, said in enumerate(row)
        if said
    ]


def test_a_ruled_table_is_rows_in_whatever_order_it_was_written(tmp_path: Path) -> None:
    """Its cells are what the rules part; where one is missing the cell counts for both columns."""
    words = cells(600, PRICES)
    page = [Words(75, 640, "What a room costs:"), *words[::2], *words[1::2]]
    text = reading(tmp_path, "a.pdf", pdf([page], rules=ruled(600, 3))).text
    assert text == (
        "What a room costs:\n\n| Room | Winter | Summer |\n|---|---|---|\n"
        "| Larch | 40 | 65 |\n| Spruce | 35 | 35 |\n"
    )


def test_rules_that_part_sections_make_no_cells(tmp_path: Path) -> None:
    """Where columns stand within what is ruled, the rules are no table's."""
    rows = [("Larch", "40"), ("Spruce", "35"), ("Pine", "30")]
    words = [
        Words(x, 580 - 14 * y, one)
        for y, row in enumerate(rows)
        for x, one in zip((75, 150), row, strict=True)
    ]
    words += [Words(75, 480, "Birch"), Words(280, 480, "25"), Words(280, 580, "Notes")]
    text = reading(tmp_path, "a.pdf", pdf([words], rules=ruled(600, 3)[:4])).text
    assert "Larch Spruce" not in text


def test_scaled_type_has_the_size_that_is_seen(tmp_path: Path) -> None:
    """Headings and footnotes are told by size where type of one point is scaled, too."""
    page = [Words(72, 740, "The observatory", 18), *paragraph(700, ["It was built on the ridge."])]
    page += [Words(72, 92, "1", 5), Words(77, 88, "By the village.", 8)]
    plain = reading(tmp_path, "a.pdf", pdf([page])).text
    assert plain == "# The observatory\n\nIt was built on the ridge.\n\n[1] By the village.\n"
    assert reading(tmp_path, "b.pdf", pdf([page], scaled=True)).text == plain


LEFT = "which the team of the observatory put down to the brewer"
RIGHT = ["Castor, a brewer of the next valley who had moved there in", "the spring of that year."]


def test_a_paragraph_runs_over_the_page_without_a_small_letter(tmp_path: Path) -> None:
    """Lines of one paragraph on both sides are one, past a foot and what stands beside."""
    first = paragraph(
        700, ["The survey of that spring had found a star more than the others,", LEFT]
    )
    second = paragraph(700, RIGHT)
    aside = Words(30, 300, "printed in Linz", 20, upward=True)
    pages = [
        [*first, Words(300, 40, "Survey, sheet 1 of the year", 9), aside],
        [*second, Words(300, 40, "Survey, sheet 2 of the year", 9)],
        [*paragraph(700, ["Nothing else."]), Words(300, 40, "Survey, sheet 3 of the year", 9)],
    ]
    text = reading(tmp_path, "a.pdf", pdf(pages)).text
    assert f"{LEFT} {RIGHT[0]} {RIGHT[1]}" in text
    assert text.count("Survey, sheet") == 1
    assert "printed in Linz" in text
    assert "#" not in text


def test_a_head_of_every_other_page_is_kept_once(tmp_path: Path) -> None:
    """Left pages have one head and right pages another, at the same place."""
    pages = [
        [
            Words(72, 760, ("The valley", "Birds")[at % 2], 9),
            *paragraph(700, [f"Number {at} ends."]),
        ]
        for at in range(7)
    ]
    text = reading(tmp_path, "a.pdf", pdf(pages)).text
    assert (text.count("The valley"), text.count("Birds")) == (1, 1)


def test_a_page_that_lies_on_its_side_is_read(tmp_path: Path) -> None:
    """Lines that are written upwards are lines of one paragraph, below one another."""
    lines = ["The table of the boats lies on its side, for it has", "more columns than lines."]
    page = [Words(100 + 13 * at, 72, line, 11, upward=True) for at, line in enumerate(lines)]
    page.append(Words(160, 72, "It is of the year 1904.", 11, upward=True))
    text = reading(tmp_path, "a.pdf", pdf([page])).text
    assert text == f"{lines[0]} {lines[1]}\n\nIt is of the year 1904.\n"


def test_what_was_filled_into_a_form_in_larger_type_is_no_heading(tmp_path: Path) -> None:
    """A size in which much is set is that of text; a title far larger is a heading all the same."""
    page = [Words(72, 740, "Application", 22)]
    for at in range(8):
        page.append(Words(72, 700 - 40 * at, f"{at}. Name of the applicant and of the guardian", 9))
        page.append(Words(72, 685 - 40 * at, "Ada Finn of Skarn, harbour lane 12", 11))
    text = reading(tmp_path, "a.pdf", pdf([page])).text
    assert [line for line in text.split("\n") if line.startswith("#")] == ["# Application"]


CODE = ["# the port of the pump", "port    = 8080", "host    = mill"]


def test_code_is_code(tmp_path: Path) -> None:
    """A comment in a listing is no heading, and its columns are no table."""
    prose = paragraph(740, ["The pump is set up in its file, which every station has, like this:"])
    words = [line._replace(typed=True) for line in paragraph(700, CODE, 9)]
    text = reading(tmp_path, "a.pdf", pdf([[*prose, *words]])).text
    assert [one.kind for one in blocks(text)] == ["prose", "code", "code", "code"]
    typed = [line._replace(typed=True) for line in prose]
    assert "```" not in reading(tmp_path, "a.pdf", pdf([typed])).text


def test_figures_written_after_the_words_of_their_rows(tmp_path: Path) -> None:
    """A column that a spreadsheet printed last stands in the rows that it belongs to."""
    rows = [("Larch", "40", "tallow"), ("Spruce", "35", "wax"), ("Pine", "30", "oil")]
    places = [(x, 700 - 16 * y, said) for y, row in enumerate(rows) for x, said in enumerate(row)]
    words = [Words((72, 140, 300)[x], y, said) for x, y, said in places]
    words = [one for one in words if one.x != 140] + [one for one in words[::-1] if one.x == 140]
    text = reading(tmp_path, "a.pdf", pdf([words])).text
    assert text == "| Larch | 40 | tallow |\n| Spruce | 35 | wax |\n| Pine | 30 | oil |\n"


def test_columns_written_across_are_read_one_after_the_other(tmp_path: Path) -> None:
    """Two columns whose lines a program wrote from left to right do not mix."""
    left = ["the left column holds one long", "sentence, which goes on and on", "in its own"]
    right = ["the right column holds another", "sentence, which also goes on", "in its own"]
    left, right = [*left, "column and ends here now."], [*right, "column till it ends there."]
    words = [
        Words(x, 700 - 13 * at, line)
        for at, pair in enumerate(zip(left, right, strict=True))
        for x, line in zip((60, 320), pair, strict=True)
    ]
    text = reading(tmp_path, "a.pdf", pdf([words])).text
    assert " ".join(text.split()) == " ".join([*left, *right])


def test_a_footnote_parts_no_sentence(tmp_path: Path) -> None:
    """A sentence runs over the page though a note stands below it; the note keeps its page."""
    body = [
        "In 1990 there were many pairs of lapwings here, and now",
        "they are found on the farms",
    ]
    first = [*paragraph(700, body), Words(72, 92, "1", 5), Words(77, 88, "Of forty.", 8)]
    second = paragraph(700, ["of the valley alone."])
    found = reading(tmp_path, "a.pdf", pdf([first, second]))
    assert found.text == f"[1] Of forty.\n\n{' '.join(body)} of the valley alone.\n"
    assert found.page_starts == (0, found.text.index("of the valley"))


def test_a_head_with_a_number_of_its_own_is_kept_once(tmp_path: Path) -> None:
    """A running head that ends in the number of the report is no sentence of every page."""
    pages = [
        [Words(72, 760, "Valley Board Report 12", 9), *paragraph(700, [f"Page {word} ends here."])]
        for word in ("one", "two", "three", "four")
    ]
    text = reading(tmp_path, "a.pdf", pdf(pages)).text
    assert text.count("Valley Board Report 12") == 1
    assert text.endswith("Page four ends here.\n")


def _form() -> bytes:
    """A form with two fields, filled in."""
    lines = [Words(72, 700, "Name of boat:"), Words(72, 670, "Length in metres:")]
    writer = pypdf.PdfWriter(clone_from=io.BytesIO(pdf([lines])))
    named, fields = pypdf.generic.NameObject, pypdf.generic.ArrayObject()
    for y, name, value in ((696, "boat", "Grey Heron"), (666, "length", "7.4")):
        field = pypdf.generic.DictionaryObject()
        for key, kind in (("/Type", "/Annot"), ("/Subtype", "/Widget"), ("/FT", "/Tx")):
            field[named(key)] = named(kind)
        field[named("/T")] = pypdf.generic.TextStringObject(name)
        field[named("/V")] = pypdf.generic.TextStringObject(value)
        box = [pypdf.generic.NumberObject(n) for n in (200, y, 350, y + 16)]
        field[named("/Rect")] = pypdf.generic.ArrayObject(box)
        fields.append(writer._add_object(field))
    writer.pages[0][pypdf.generic.NameObject("/Annots")] = fields
    writer.root_object[pypdf.generic.NameObject("/AcroForm")] = pypdf.generic.DictionaryObject(
        {pypdf.generic.NameObject("/Fields"): fields}
    )
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def test_what_was_filled_into_a_form_is_read(tmp_path: Path) -> None:
    """The value of a field stands behind its label, and fields stay apart."""
    text = reading(tmp_path, "a.pdf", _form()).text
    assert text == "Name of boat: Grey Heron\nLength in metres: 7.4\n"


def _with_picture(pages: list[list[Words]], on: int) -> bytes:
    """A PDF whose page ``on`` (from 1) holds a grey picture."""
    writer = pypdf.PdfWriter(clone_from=io.BytesIO(pdf(pages)))
    image = pypdf.generic.StreamObject()
    for name, value in (("Type", "/XObject"), ("Subtype", "/Image"), ("ColorSpace", "/DeviceGray")):
        image[pypdf.generic.NameObject(f"/{name}")] = pypdf.generic.NameObject(value)
    for name in ("Width", "Height"):
        image[pypdf.generic.NameObject(f"/{name}")] = pypdf.generic.NumberObject(1)
    image[pypdf.generic.NameObject("/BitsPerComponent")] = pypdf.generic.NumberObject(8)
    image.set_data(b"\x80")
    page = writer.pages[on - 1]
    page["/Resources"][pypdf.generic.NameObject("/XObject")] = pypdf.generic.DictionaryObject(
        {pypdf.generic.NameObject("/Im"): writer._add_object(image)}
    )
    stream = pypdf.generic.StreamObject()
    stream.set_data(b"q 500 0 0 700 50 50 cm /Im Do Q")
    page[pypdf.generic.NameObject("/Contents")] = writer._add_object(stream)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def test_a_page_that_is_a_picture_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where nothing recognises text, the page that could not be read is named, with the remedy."""
    monkeypatch.setattr(ocr, "is_there", lambda: False)
    lines = paragraph(700, ["Words on a page."])
    path = tmp_path / "a.pdf"
    path.write_bytes(_with_picture([lines, [], lines], 2))
    (found,) = contents(path, max_bytes=1_000_000)
    assert found.reason == f"page 2 is a picture; {ocr.REMEDY}"
    assert refusal(tmp_path, "b.png", b"\x89PNG no more") == "is not a .png file, or is damaged"


PLACES = st.integers(0, 6).map(lambda at: 40 + 90.0 * at)
RULE = st.tuples(PLACES, PLACES, PLACES, st.booleans()).map(
    lambda it: (it[0], it[1], it[0], it[2]) if it[3] else (it[0], it[1], it[2], it[1])
)


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    st.lists(st.text(alphabet="ab1 ", min_size=1, max_size=12), min_size=6, max_size=20),
    st.lists(RULE, min_size=6, max_size=30),
)
def test_no_letter_between_rules_is_lost(
    tmp_path: Path, said: list[str], rules: list[tuple[float, float, float, float]]
) -> None:
    """Whatever is ruled how, each letter is read; once more only where cells are merged."""
    page = [Words(60 + 170 * (at % 3), 560 - 40 * (at // 3), one) for at, one in enumerate(said)]
    wanted = Counter(char for one in said for char in one)
    if not wanted["a"] and not wanted["b"]:
        return
    read = Counter(reading(tmp_path, "a.pdf", pdf([page], rules=rules)).text)
    assert all(read[char] >= wanted[char] for char in "ab1")


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    st.lists(
        st.lists(
            st.tuples(st.text(alphabet="ab 1.-|", max_size=12), st.sampled_from([8, 11])),
            max_size=10,
        ),
        min_size=1,
        max_size=2,
    )
)
def test_no_letter_of_a_page_is_lost(tmp_path: Path, said: list[list[tuple[str, int]]]) -> None:
    """Whatever stands where, each letter is read; page offsets ascend and lie in the text."""
    pages = [
        [Words(60 + 260 * (at % 2), 740 - 18 * (at // 2), *one) for at, one in enumerate(page)]
        for page in said
    ]
    wanted = Counter(char for page in said for text, _ in page for char in text)
    if not wanted["a"] and not wanted["b"]:
        return
    found = reading(tmp_path, "a.pdf", pdf(pages))
    read = Counter(found.text)
    assert {char: read[char] for char in "ab"} == {char: wanted[char] for char in "ab"}
    assert list(found.page_starts) == sorted(found.page_starts)
    assert len(found.page_starts) == len(pages)
    assert all(0 <= at <= len(found.text) for at in found.page_starts)
