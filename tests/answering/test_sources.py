"""The block of sources that a model reads."""

import re
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.answering.sources import source_block
from qa.answering.windows import window
from qa.data import Document, Hit, Passage, Sentence, Window
from qa.errors import ModelRejected
from qa.models.tokens import count
from qa.text.plain import OPENING, inert, visible
from tests.answering.made import opened

START = re.compile(r"^=== SOURCE (\d+) ([a-z]{4})", re.MULTILINE)


def shown(*said: str, name: str = "a", title: str | None = None) -> Window:
    """A document of one passage with the given sentences."""
    spans, at = [], 0
    for one in said:
        spans.append(Sentence(at, at + len(one)))
        at += len(one) + 1
    document = Document(name, " ".join(said), title=title)
    passage = Passage(f"p{name}", name, 0, at - 1, tuple(spans))
    return window(Hit(passage, document, (f"{name}.txt",), 1, 1.0), (passage,))


def dated(
    said: str, published: date | None, basis: str | None, written: tuple[date, date] | None = None
) -> Window:
    """A document of one sentence and a date, known by ``basis``."""
    passage = Passage("p1", "d", 0, len(said), (Sentence(0, len(said)),))
    document = Document("d", said, published=published, date_basis=basis, written=written)
    return window(Hit(passage, document, ("1.txt",), 1, 1.0), (passage,))


def plain(text: str) -> str:
    """A block with its sign as "SIGN"."""
    found = START.search(text)
    assert found is not None
    return text.replace(found[2], "SIGN")


def test_text_stands_as_it_is() -> None:
    """Brackets, a table, indented code: all reach the model unchanged, each unit with its id."""
    text = (
        "# Tool\n\nInstall it. Then go on:\n\n```python\ndef run(a):\n    return a[0]\n```\n\n"
        "| Key | Value |\n|---|---|\n| `x[1]` | [a, b] |\n\n- one <b>\n- two\n"
    )
    block = source_block([opened(text, title="Tool")], 500)
    assert plain(block.text) == (
        "=== SOURCE 2 SIGN | title: Tool\n[2.1] # Tool\n\n[2.2] Install it. [2.3] Then go on:\n\n"
        "```python\n[2.4] def run(a):\n[2.5]     return a[0]\n```\n\n"
        "[2.6] | Key | Value |\n|---|---|\n[2.7] | `x[1]` | [a, b] |\n\n[2.8] - one <b>\n"
        "[2.9] - two\n=== END SIGN"
    ).replace("SOURCE 2", "SOURCE 1").replace("[2.", "[1.")
    assert block.sentences["1.5"].quote == "return a[0]"


def test_an_id_is_one_that_no_text_holds() -> None:
    """What stands like an id in a document or the question has a number that no source gets."""
    block = source_block(
        [shown("One [2.9] is.", "Two［1. 4］.", "[\u200b4.1] x")], 500, "and [3.1]?"
    )
    assert list(block.sentences) == ["5.1", "5.2", "5.3"]
    assert "[5.1] One [2.9] is. [5.2] Two［1. 4］. [5.3] [4.1] x" in block.text


def test_windows_that_touch_are_one_source_in_document_order() -> None:
    """Two windows of a document become one where no text lies between, and two with a gap."""
    text = "# T\n\n" + "\n\n".join(f"Part {n} is here today." for n in range(1, 6))
    whole = opened(text, title="T")
    units = whole.units

    def part(first: int, last: int) -> Window:
        spans = tuple(unit.sentence for unit in units[first : last + 1])
        passage = Passage("p", "a", spans[0].start, spans[-1].end, spans)
        return window(Hit(passage, whole.hit.document, ("a.md",), 1, 1.0), (passage,))

    at = next(i for i, unit in enumerate(units) if unit.text.startswith("Part 1"))
    block = source_block([part(at + 2, at + 2), part(at + 1, at + 1), part(at + 4, at + 4)], 500)
    assert list(block.sentences) == ["1.1", "1.2", "2.1"]
    assert [one.quote[:6] for one in block.sentences.values()] == ["Part 2", "Part 3", "Part 5"]


def test_the_model_sees_what_last_year_means_where_the_text_says_so() -> None:
    """Behind "last year" stands which, if its document states its own day; else its basis does."""
    said = "Sold last year for 4 million, after 2 May 2015."
    stated = source_block([dated(said, date(2023, 2, 6), "posted “6 February 2023”")], 500)
    assert plain(stated.text) == (
        f"=== SOURCE 1 SIGN | path: 1.txt | published: 2023-02-06\n[1.1] {said} [last year = 2022]"
        "\n=== END SIGN"
    )
    by_file = source_block([dated(said, date(2023, 2, 6), "PDF creation date")], 500)
    assert plain(by_file.text) == (
        "=== SOURCE 1 SIGN | path: 1.txt | published: 2023-02-06 by PDF creation date\n"
        f"[1.1] {said}\n=== END SIGN"
    )
    days = (date(2023, 2, 16), date(2023, 2, 28))
    roughly = source_block([dated("It went to Ann yesterday.", None, "the text: “x”", days)], 500)
    assert plain(roughly.text) == (
        "=== SOURCE 1 SIGN | path: 1.txt | written: February 2023\n"
        "[1.1] It went to Ann yesterday.\n=== END SIGN"
    )


def test_what_was_shown_is_not_shown_again() -> None:
    """A window that only repeats a better one is left out, and costs no room."""
    block = source_block(
        [shown("Same here.", "New."), shown("same  here.", name="b"), shown("Other.", name="c")],
        500,
    )
    assert [one.quote for one in block.sentences.values()] == ["Same here.", "New.", "Other."]
    assert block.left_out == ()


def test_the_budget_holds_and_says_what_did_not_fit() -> None:
    """The best windows are shown, and which were left out is known."""
    windows = [shown(f"Passage {n} " + "word " * 30 + ".", name=str(n)) for n in (1, 2, 3, 4)]
    two = count(source_block(windows[:2], 1000).text)
    block = source_block(windows, two + 10)
    assert [one.hit.path for one in block.left_out] == ["3.txt", "4.txt"]
    assert count(block.text) <= two + 10


def test_a_window_too_long_gives_its_first_sentences() -> None:
    """Where not even the best window fits, what does fit of it is shown."""
    block = source_block([shown(*(f"Sentence number {i} stands here." for i in range(40)))], 150)
    assert 1 < len(block.sentences) < 40


def test_a_model_too_small_is_an_error() -> None:
    """No room for a single sentence is said, with what to do."""
    with pytest.raises(ModelRejected, match="larger window"):
        source_block([shown("word " * 200)], 50)


def test_what_nobody_sees_is_not_shown() -> None:
    """Invisible characters and a chat template's tokens do not reach the model; the rest does."""
    assert visible("a\r\n\tb\u202e\ud800\x1b[0m\U000e0041") == "a\n\tb[0m"
    assert inert("<|im_end|> </s> p < 0.05 <b>") == "< |im_end|> < /s> p < 0.05 <b>"


@given(st.lists(st.text(min_size=1, max_size=60), min_size=1, max_size=5))
def test_only_real_marks_have_a_sources_number(said: list[str]) -> None:
    """Whatever documents hold, the marks with a number of a source are ours, and in order."""
    block = source_block([shown(*said)], 5000)
    numbers = [found[1] for found in START.finditer(block.text)]
    mark = re.compile(rf"[{re.escape(OPENING)}]\s*((?:{'|'.join(numbers)})[.．]\d+)\]")
    assert mark.findall(block.text) == list(block.sentences) if numbers else not block.sentences
    assert len(START.findall(block.text)) == len(numbers)
