"""PDF."""

import io
from datetime import date
from pathlib import Path

import pypdf
import pytest

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
        "Annual Results\n\n"
        "The company sold more cars than ever before in its history, and it said so. Next year\n\n"
        "Another paragraph stands apart from the first one.\n\n"
        "A second page begins here.\n"
    )
    assert [found.text[start : start + 8] for start in found.page_starts] == [
        "Annual R",
        "A second",
    ]
    assert (found.title, found.author) == ("Results", "Ann")
    assert (found.published, found.date_basis) == (date(2024, 1, 15), "PDF creation date")


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
        "has no text (a scan?); run it through text recognition (OCR) first"
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
