"""Misspelt words and acronyms."""

import pytest

from qa.answering.question import analyse
from qa.answering.spelling import Correction, acronyms, corrected


def test_an_explained_acronym_is_known() -> None:
    """A document that writes "Long Form (LF)" can be asked about either."""
    found = acronyms(["The Regional Archive of Coastal Shipping (RACS) moved."])
    assert {"rac": frozenset({"region", "archiv", "coastal", "ship"})} == found


def test_brackets_that_do_not_abbreviate_are_no_acronym() -> None:
    """A currency or a place in brackets is not taken for a short form."""
    assert acronyms(["Mary Smith Brown (USA) paid."]) == {}


@pytest.mark.parametrize(
    ("typed", "taken"),
    [
        ("libary", "library"),
        ("desgined", "designed"),
        ("librarry", "library"),
        ("lybrary", "library"),
    ],
)
def test_one_slip_is_mended(typed: str, taken: str) -> None:
    """A letter left out, doubled, exchanged or wrong does not lose the answer."""
    question = analyse(f"the {typed}")
    mended, made = corrected(question, question.terms, ["A library was designed there."])
    assert (f"the {taken}", (Correction(typed, taken),)) == (mended.text, made)


@pytest.mark.parametrize("typed", ["monet", "gambian", "1951234"])
def test_another_word_is_no_slip(typed: str) -> None:
    """Short words, another first letter and figures are not taken for something else."""
    question = analyse(f"the {typed}")
    held = ["Manet was Zambian, in 1951235."]
    assert (question, ()) == corrected(question, question.terms, held)
