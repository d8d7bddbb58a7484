"""A model's thinking is not part of its answer."""

from itertools import pairwise

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from qa.errors import ModelGarbled
from qa.models.chat.reasoning import ReasoningFilter


def filtered(pieces: list[str], *, cut: bool = False) -> str:
    """What is left of a text that comes in ``pieces``."""
    reasoning = ReasoningFilter("m")
    return "".join([*(reasoning.feed(piece) for piece in pieces), reasoning.close(cut=cut)])


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("<think>Hm.</think>Paris.", "Paris."),
        ("<THINK>\nHm.\n</Think>\nParis.", "\nParis."),
        ("<thinking>Hm.</thinking>Paris.", "Paris."),
        ("Paris. <think>Sure?</think>Yes.", "Paris. Yes."),
        ("<think>a <think> b</think>Paris.", "Paris."),
        ("a < b <thin", "a < b <thin"),
        ("1 <think2> 2", "1 <think2> 2"),
        ("", ""),
    ],
)
def test_without_reasoning(text, expected) -> None:
    """Only the blocks that are thinking are taken out, whole or letter by letter."""
    assert expected == filtered([text])
    assert expected == filtered(list(text))


words = st.text(st.characters(blacklist_characters="<>"), max_size=20)


@given(words, words, words, st.lists(st.integers(0, 80), max_size=8))
@example("a", "b", "c", [2, 5, 9])
def test_any_break(before, thought, after, breaks) -> None:
    """Wherever the connection breaks the text, the answer is the same."""
    text = f"{before}<think>{thought}</think>{after}"
    ends = sorted({0, len(text), *(place for place in breaks if place < len(text))})
    pieces = [text[start:end] for start, end in pairwise(ends)]
    assert before + after == filtered(pieces)


@given(st.text(alphabet="<>/think a", max_size=40))
def test_nothing_is_lost(text) -> None:
    """Text that is no thinking comes through whole, whatever it looks like."""
    try:
        shown = filtered(list(text))
    except ModelGarbled:
        return
    assert shown == filtered([text])
    if "<think>" not in text:
        assert text == shown


def test_unfinished_thinking() -> None:
    """A model that ends while it thinks has not answered; one cut off has said what it said."""
    with pytest.raises(ModelGarbled, match="middle of its reasoning"):
        filtered(["Paris.<think>Hm"])
    assert filtered(["Paris.<think>Hm"], cut=True) == "Paris."


def test_end_without_beginning() -> None:
    """Thinking that was taken for the answer is found out at its closing mark."""
    with pytest.raises(ModelGarbled, match="reasoning as its answer"):
        filtered(["The user asks.", "</think>", "Paris."])
