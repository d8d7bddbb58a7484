"""What is said of "the latter" answers no question about the former."""

import pytest

from qa.answer.latter import of_another
from qa.text import terms

OSLO = "Ada Works, and Brontal signed a deal in Oslo, where the {which} is headquartered."


@pytest.mark.parametrize(
    ("sentence", "question", "expected"),
    [
        (OSLO.format(which="latter"), "where is Ada Works headquartered?", True),
        (OSLO.format(which="latter"), "where is brontal headquartered?", False),
        (OSLO.format(which="former"), "where is Ada Works headquartered?", False),
        (OSLO.format(which="former"), "where is Brontal headquartered?", True),
        (OSLO.format(which="latter"), "where did Ada Works sign a deal?", False),
        ("Ada is in Oslo, and the latter part is long.", "where is Ada?", False),
    ],
)
def test_of_another(sentence: str, question: str, expected: bool) -> None:
    """Only what is asked, said of the other of two names, is another's."""
    assert of_another(sentence, frozenset(terms(question))) is expected
