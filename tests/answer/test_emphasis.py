"""The phrases that could answer, and the one that is emphasised."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.answer.emphasis import Expected, fresh, spans
from qa.answer.question import analyse


@pytest.mark.parametrize(
    ("expected", "sentence", "found"),
    [
        ("time", "It opened on 14 May 1998 and closed in June 2003.", ["14 May 1998", "June 2003"]),
        ("time", "On December 2, 2021, it began.", ["December 2, 2021"]),
        ("time", "He may march in the 19th century.", ["the 19th century"]),
        ("number", "It cost $3.5 million and took 12 years.", ["$3.5 million", "12 years"]),
        ("number", "In 1998 about 2,300 maps were lost.", ["2,300"]),
        ("number", "Only three boats came.", ["three"]),
        ("name", "However, the architect Ingrid Solberg left Acme Corp.", None),
        ("name", "The map room was closed in May 2011.", []),
        ("time", "图书馆于1998年5月14日开馆。", ["1998年5月14日"]),
    ],
)
def test_spans_of_a_type(expected: Expected, sentence: str, found: list[str] | None) -> None:
    """Dates, numbers and names are found whole, and one type is not taken for another."""
    if found is None:
        found = ["Ingrid Solberg", "Acme Corp."]
    assert found == [sentence[a:b] for a, b in spans(sentence, expected)]


def test_what_the_question_gives_is_no_answer() -> None:
    """The name in the question is not emphasised as its own answer."""
    question = analyse("Who founded Acme?")
    sentence = "Acme was founded by Mary Smith."
    assert [sentence[a:b] for a, b in fresh(sentence, question, "name")] == ["Mary Smith"]


@given(st.text(max_size=200), st.sampled_from(["name", "time", "place", "number"]))
def test_spans_lie_inside_the_sentence(sentence: str, expected: Expected) -> None:
    """Whatever the text, emphasis never points outside it."""
    for start, end in spans(sentence, expected):
        assert 0 <= start < end <= len(sentence)
