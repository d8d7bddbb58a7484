"""Words and terms."""

import doctest

import pytest
from hypothesis import given
from hypothesis import strategies as st

import qa.text.words
from qa.text.words import terms, words


def test_examples() -> None:
    """The examples in the module's own docstrings hold."""
    assert doctest.testmod(qa.text).failed == 0


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Huawei’s partners", ("huawei", "partner")),
        ("AT&T and the U.S. market", ("us", "market")),  # "at" and "t" are stop words
        ("US exports", ("us", "export")),
        ("1,000,000 units", ("1000000", "unit")),
        ("3.5% of café", ("3.5", "cafe")),
        ("华为的汽车", ("华为", "为的", "的汽", "汽车")),
        ("M5 EREV", ("m5", "erev")),
        ("", ()),
    ],
)
def test_terms(text: str, expected: tuple[str, ...]) -> None:
    """Terms are what a reader would call the same word, spelt one way."""
    assert expected == terms(text)


@given(st.text())
def test_offsets(text: str) -> None:
    """A word is the text between its offsets, and words never overlap."""
    end = 0
    for word in words(text):
        assert word.text == text[word.start : word.end]
        assert end <= word.end
        end = word.end
