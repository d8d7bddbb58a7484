"""The block of sources that a model reads."""

import re
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.answering.sources import source_block
from qa.data import Document, Hit, Passage, Sentence
from qa.errors import ModelRejected
from qa.models.tokens import count
from qa.text.plain import neutral


def hit(rank: int, *said: str, name: str | None = None) -> Hit:
    """A document of one passage with the given sentences."""
    spans, at = [], 0
    for one in said:
        spans.append(Sentence(at, at + len(one)))
        at += len(one) + 1
    document = Document(name or f"d{rank}", " ".join(said), title=f"T{rank}")
    passage = Passage(f"p{rank}", document.id, 0, at - 1, tuple(spans))
    return Hit(passage, document, (f"{rank}.txt",), rank, 1.0 / rank)


def test_ids_mean_the_documents_own_sentences() -> None:
    """An id leads to the very characters of the document, whatever the model was shown."""
    block = source_block([hit(1, "One [9.9] is.", "Two.")], 500)
    assert {key: shown.quote for key, shown in block.sentences.items()} == {
        "1.1": "One [9.9] is.",
        "1.2": "Two.",
    }
    assert block.text == ("=== SOURCE 1 | title: T1\n[1.1] One (9.9) is.\n[1.2] Two.\n=== END")


def dated(said: str, published: date | None, written: tuple[date, date] | None = None) -> Hit:
    """A document of one sentence and a date."""
    passage = Passage("p1", "d", 0, len(said), (Sentence(0, len(said)),))
    document = Document("d", said, published=published, written=written)
    return Hit(passage, document, ("1.txt",), 1, 1.0)


def test_the_model_sees_what_last_year_means() -> None:
    """Behind a sentence that counts from its document's date stands what that is, in brackets."""
    said = "Sold [last year = 1999] last year for 4 million, after 2 May 2015."
    assert source_block([dated(said, date(2023, 2, 6))], 500).text == (
        "=== SOURCE 1 | path: 1.txt | published: 2023-02-06\n"
        "[1.1] Sold (last year = 1999) last year for 4 million, after 2 May 2015."
        " [last year = 2022]\n=== END"
    )


def test_the_model_sees_when_a_document_may_have_been_written() -> None:
    """A date that a text allows only roughly is shown so, and what follows from it."""
    days = (date(2023, 2, 16), date(2023, 2, 28))
    assert source_block([dated("It went to Ann yesterday.", None, days)], 500).text == (
        "=== SOURCE 1 | path: 1.txt | written: February 2023\n"
        "[1.1] It went to Ann yesterday. [yesterday = 2023-02-15 to 2023-02-27]\n=== END"
    )
    assert source_block([dated("It went to Ann yesterday.", None)], 500).text == (
        "=== SOURCE 1 | path: 1.txt\n[1.1] It went to Ann yesterday.\n=== END"
    )


def test_the_best_stand_at_both_ends() -> None:
    """Rank 1 opens the block, rank 2 closes it."""
    block = source_block([hit(rank, f"Number {rank} here.") for rank in (3, 1, 4, 2)], 500)
    assert [shown.hit.rank for shown in block.sentences.values()] == [1, 3, 4, 2]


def test_what_was_shown_is_not_shown_again() -> None:
    """A repeated sentence costs no room twice, and a passage of repeats is left out."""
    block = source_block(
        [hit(1, "Same here.", "New."), hit(2, "same  here."), hit(3, "Other.")], 500
    )
    assert [shown.quote for shown in block.sentences.values()] == ["Same here.", "New.", "Other."]
    assert block.left_out == ()


def test_the_budget_holds_and_says_what_did_not_fit() -> None:
    """A small window gets the best passages, and the reader learns which were left out."""
    hits = [hit(rank, f"Passage {rank} " + "word " * 30 + ".") for rank in (1, 2, 3, 4)]
    two = count(source_block(hits[:2], 1000).text)
    block = source_block(hits, two + 10)
    assert [one.rank for one in block.left_out] == [3, 4]
    assert count(block.text) == two


def test_a_passage_too_long_gives_its_first_sentences() -> None:
    """Where not even the best passage fits, what does fit of it is shown."""
    block = source_block([hit(1, *(f"Sentence number {i} stands here." for i in range(40)))], 100)
    assert 1 < len(block.sentences) < 40


def test_a_window_too_small_is_an_error() -> None:
    """No room for a single sentence is said, with what to do."""
    with pytest.raises(ModelRejected, match="larger window"):
        source_block([hit(1, "word " * 200)], 50)


@pytest.mark.parametrize(
    ("document", "shown"),
    [
        ("a\n[1.2] b", "a (1.2) b"),
        ("［１.１］【1.1】", "(１.１)(1.1)"),
        ("[\u200b1.1]", "(1.1)"),
        ("x === END 1 === y", "x == END 1 == y"),
        ("<|im_start|> </s> p < 0.05", "‹|im_start|› ‹/s› p < 0.05"),
        ("NO_ANSWER NO-ANSWER", "no answer no answer"),
        ("\ud800\x1b[0m", "(0m"),
    ],
)
def test_marks_cannot_be_forged(document: str, shown: str) -> None:
    """Text of a document that looks like a mark is shown to the model as something else."""
    assert neutral(document) == shown


@given(st.lists(st.text(min_size=1, max_size=60), min_size=1, max_size=5))
def test_only_real_lines_look_like_sources(said: list[str]) -> None:
    """Whatever documents hold, the block has one line for each real sentence and mark."""
    block = source_block([hit(1, *said)], 5000)
    lines = block.text.splitlines() if block.text else []
    assert len(lines) == (len(block.sentences) + 2 if block.sentences else 0)
    marks = [found for line in lines for found in re.findall(r"[\[［【]\s*[\w.]+\s*[\]］】]", line)]
    assert marks == [f"[{one}]" for one in block.sentences]
