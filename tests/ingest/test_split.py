"""Passages: whole sentences, sections, pages, sizes, headings, ids."""

from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.data import Document, Passage
from qa.ingest.split import (
    CONTEXT_TOKENS,
    MAX_TOKENS,
    MIN_TOKENS,
    context,
    embedded_text,
    passage_id,
    split,
    tidy,
)
from qa.text.sentences import sentences


def count(texts: list[str]) -> list[int]:
    """A word is a token."""
    return [len(text.split()) for text in texts]


def dense(texts: list[str]) -> list[int]:
    """A character is three tokens, as with a script that the tokenizer takes apart."""
    return [3 * len(text) for text in texts]


def sentence(words: int, first: str = "Word") -> str:
    """A sentence of that many words."""
    return f"{first} {'word ' * (words - 2)}end."


def text_of(document: Document, passage: Passage) -> str:
    """The passage's own words."""
    return document.text[passage.start : passage.end]


def test_a_short_document_is_one_passage() -> None:
    """A note of two paragraphs is found and shown whole."""
    document = Document(id="d", text=f"{sentence(40)}\n\n{sentence(50)}\n")
    (passage,) = split(document, count)
    assert document.text.strip() == text_of(document, passage)
    assert sentences(document.text) == passage.sentences
    assert (passage.heading, passage.page, passage.document_id) == (None, None, "d")


def test_passages_break_between_paragraphs_near_the_target() -> None:
    """A paragraph stays together where the lengths allow it."""
    paragraph = f"{sentence(70)} {sentence(70)}"
    document = Document(id="d", text="\n\n".join([paragraph] * 3))
    assert [paragraph] * 3 == [text_of(document, one) for one in split(document, count)]


def test_the_last_passage_is_not_a_scrap() -> None:
    """The end of a section is not split off as a passage of a few words."""
    document = Document(id="d", text=" ".join([sentence(20)] * 12))  # 240 words
    assert [len(one.sentences) for one in split(document, count)] == [6, 6]


def test_a_colon_stays_with_what_it_introduces() -> None:
    """A list is not parted from the line that says what it lists."""
    text = f"{sentence(138)}\n\nThe partners that were named in it are these:\n\n"
    text += "\n".join(f"- {sentence(20)}" for _ in range(6))
    document = Document(id="d", text=text)
    starts = [text_of(document, one)[:12] for one in split(document, count)]
    assert starts == ["Word word wo", "The partners"]


def test_headings_make_sections_and_are_context() -> None:
    """A passage is under one heading, whose path is embedded with it and not quoted."""
    text = "# Report\n\nIntro.\n\n## Results\n\n### Europe\n\nUp.\n\n## Costs ##\n\nDown.\n"
    document = Document(id="d", text=text, title="report")
    passages = split(document, count)
    assert [(text_of(document, one), one.heading) for one in passages] == [
        ("Intro.", None),
        ("Up.", "Results > Europe"),
        ("Down.", "Costs"),
    ]
    assert embedded_text(document, passages[1]) == "report > Results > Europe\nUp."
    assert embedded_text(document, passages[0]) == "report\nIntro."


def test_a_top_heading_that_differs_from_the_title_is_kept() -> None:
    """What a document calls itself is not lost where its title says something else."""
    document = Document(id="d", text="# Report\n\nText.", title="report.md")
    assert [one.heading for one in split(document, count)] == ["Report"]


def test_a_heading_with_nothing_under_it_can_still_be_found() -> None:
    """A section that says everything in its heading is a passage of its own."""
    document = Document(
        id="d", text="# Top\n\n## Open on Sundays\n\n## Hours\n\nNine to five.\n\n# End"
    )
    assert [(text_of(document, one), one.heading) for one in split(document, count)] == [
        ("Open on Sundays", "Top"),
        ("Nine to five.", "Top > Hours"),
        ("End", None),
    ]


def test_comments_in_code_are_no_headings() -> None:
    """Shell comments do not become the sections of a manual."""
    document = Document(id="d", text="# Use\n\n```sh\n# first\nls\n```\nDone.")
    (passage,) = split(document, count)
    assert (passage.heading, len(passage.sentences)) == ("Use", 3)


def test_pages_part_passages() -> None:
    """A passage from a PDF stands on the page that is cited."""
    pages = [f"{sentence(60, first)}\n\n" for first in ("One", "Two", "Three")]
    starts = (0, len(pages[0]), len(pages[0] + pages[1]))
    document = Document(id="d", text="".join(pages), page_starts=starts)
    assert [(text_of(document, one).split()[0], one.page) for one in split(document, count)] == [
        ("One", 1),
        ("Two", 2),
        ("Three", 3),
    ]


def test_a_scrap_of_a_page_stays_with_the_page_before() -> None:
    """The last words of a sentence list that run onto a new page are no passage by themselves."""
    head = f"{sentence(60)} "
    document = Document(id="d", text=f"{head}{sentence(10)}", page_starts=(0, len(head)))
    assert [(len(one.sentences), one.page) for one in split(document, count)] == [(2, 1)]


def test_a_sentence_that_the_model_finds_too_long_is_cut() -> None:
    """Nothing is silently left unread behind the end of the model's window."""
    document = Document(id="d", text="word, " * 100)
    passages = split(document, dense)
    for one in passages:
        parts = [document.text[part.start : part.end] for part in one.sentences]
        assert sum(dense(parts)) <= MAX_TOKENS
    said = "".join(text_of(document, one) for one in passages)
    assert "".join(document.text.split()) == "".join(said.split())


def test_ids_come_from_the_place() -> None:
    """The same folder gives the same library on every machine."""
    assert sha256(b"d:3:9").hexdigest()[:32] == passage_id("d", 3, 9)


def test_context_is_short_and_keeps_the_nearest_heading() -> None:
    """An endless title does not crowd the passage out of the model's window."""
    document = Document(id="d", text=f"# {'far ' * 30}\n\n## near\n\nText.", title="title " * 99)
    said = context(document, split(document, count)[0])
    assert said.startswith("title title")
    assert said.endswith("far > near\n")
    assert len(said.split()) <= CONTEXT_TOKENS
    assert context(Document(id="d", text="x"), Passage("p", "d", 0, 1, ())) == ""


def test_rows_far_down_are_embedded_with_their_tables_header() -> None:
    """A cell is found by its column's words, and by the caption, wherever it stands."""
    rows = "".join(f"| Room {at} | {at * 7} |\n" for at in range(120))
    text = f"Prices in winter\n\n| Room | Crowns |\n|---|---|\n{rows}\nThe end is near.\n"
    document = Document("d", text)
    first, *others = split(document, count)
    assert context(document, first) == ""
    within = [one for one in others if "| Room" in text[one.start - 2 : one.end]]
    assert len(within) > 1
    assert {context(document, one) for one in within} == {"Prices in winter Room Crowns\n"}
    after = Passage("p", "d", len(text) - 17, len(text), ())
    assert context(document, after) == ""


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("It\n> goes\r\n  on", "It goes on"),
        ("**Bold** `code` `__init__.py` snake_case", "Bold code __init__.py snake_case"),
        (
            "Use `the guide <https://a.b/c>`_ or :func:`track`; see `MIT`_.",
            "Use the guide or track; see MIT.",
        ),
        ("To run it::", "To run it:"),
        ("Press <kbd>Q</kbd> to <name>.", "Press Q to <name>."),
        ("See [the site](https://a.b/c) ![logo](x.png).", "See the site logo."),
        ("a > b * c [1] (2)", "a > b * c [1] (2)"),
    ],
)
def test_tidy_leaves_the_words(text: str, expected: str) -> None:
    """The model reads words, not markup."""
    assert expected == tidy(text)


PIECES = st.sampled_from(
    ["Same text. ", "Same text.", "\n", "\r\n", "\n\n", "\n\n- ", "> ", "\n\n# ", "\n\n## Sub\n\n",
     "\n```\n", "| a | b |\n", "\n===\n", "e\u0301", "👩‍👩‍👧", "华为。", "“", ")", "\x00", "\x0c",
     "\ud800", "a: b\n", "한국어 ", "x" * 300, sentence(45), sentence(90)]
)  # fmt: skip
TEXTS = st.one_of(st.text(max_size=200), st.lists(PIECES, max_size=40).map("".join))


@given(TEXTS, st.sampled_from([count, dense]), st.lists(st.integers(0, 500), max_size=4))
def test_any_document_is_covered_by_passages_of_exact_offsets(text, counter, starts) -> None:  # type: ignore[no-untyped-def]
    """Every sentence can be found and cited once, or stands in a heading above the others."""
    document = Document(id="d", text=text, title="Same text.", page_starts=tuple(sorted(starts)))
    passages = split(document, counter)
    assert passages == split(document, counter)
    last = 0
    for one in passages:
        assert (one.start, one.end) == (one.sentences[0].start, one.sentences[-1].end)
        for part in one.sentences:
            assert last <= part.start < part.end <= len(text)
            assert text[part.start : part.end] == text[part.start : part.end].strip()
            last = part.end
        sizes = counter([text[part.start : part.end] for part in one.sentences])
        assert sum(sizes) <= MAX_TOKENS
    held = {i for one in passages for part in one.sentences for i in range(part.start, part.end)}
    above = " ".join([document.title or "", *(one.heading or "" for one in passages)]).casefold()
    for one in sentences(text):
        inside = [i in held or text[i].isspace() for i in range(one.start, one.end)]
        assert all(inside) or tidy(text[one.start : one.end]).casefold() in above
    assert len({one.id for one in passages}) == len(passages)


@given(st.lists(st.integers(5, 100), min_size=1, max_size=40))
def test_only_a_whole_section_may_be_tiny(lengths: list[int]) -> None:
    """A search does not return scraps of a few words where the text had more to say."""
    document = Document(id="d", text=" ".join(sentence(length) for length in lengths))
    sizes = [sum(count([text_of(document, one)])) for one in split(document, count)]
    assert max(sizes) <= MAX_TOKENS
    if len(sizes) > 1:
        assert min(sizes) >= MIN_TOKENS
