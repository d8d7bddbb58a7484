"""Misspelt words of a question."""

from collections.abc import Iterable

import pytest

from qa.answering.spelling import Correction, corrected
from qa.text.words import terms
from tests.answering.made import opened

HELD = "A library was designed there. Manet was Zambian, in 1951235."


class Words:
    """As much of a library as is asked: how many passages hold a term, of one passage."""

    def document_frequency(self, asked: Iterable[str]) -> dict[str, int]:
        """Those of HELD are in one."""
        return {one: int(one in terms(HELD)) for one in asked}


def mended(question: str) -> tuple[str, tuple[Correction, ...]]:
    """The question as it is looked up in HELD, and what was taken for what."""
    return corrected(question, Words(), [opened(HELD).hit])  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("typed", "taken"),
    [
        ("libary", "library"),
        ("desgined", "designed"),
        ("librarry", "library"),
        ("lybrary", "library"),
        ("LIBARY", "library"),
    ],
)
def test_one_slip_is_mended(typed: str, taken: str) -> None:
    """A letter left out, doubled, exchanged or wrong does not lose the answer."""
    assert mended(f"is the {typed} old?") == (
        f"is the {taken} old?",
        (Correction(typed, taken),),
    )


def test_each_slip_is_mended() -> None:
    """Two of them are told in the order in which they were typed."""
    question, made = mended("who desgined the libary?")
    assert (question, [one.typed for one in made]) == (
        "who designed the library?",
        ["desgined", "libary"],
    )


@pytest.mark.parametrize("typed", ["monet", "gambian", "1951234", "library", "libraries", "lbrry"])
def test_another_word_is_no_slip(typed: str) -> None:
    """Short words, another first letter, figures and known words are taken for nothing else."""
    assert mended(f"the {typed}") == (f"the {typed}", ())


def test_another_word_of_the_language_is_no_slip() -> None:
    """Who asks who bought a saddle is not asked who brought it, where nobody bought anything."""

    class Held(Words):
        def document_frequency(self, asked: Iterable[str]) -> dict[str, int]:
            return {one: int(one == "brought") for one in asked}

    hit = opened("Ines brought the saddle.").hit
    asked = "Who bought the saddle?"
    assert corrected(asked, Held(), [hit]) == (asked, ())  # type: ignore[arg-type]


def test_another_form_of_a_word_is_no_slip_in_german() -> None:
    """The documents hold "Waschmaschinen": who asks for one has not misspelt it, a slip is one."""
    held = "Die Waschmaschinen stehen im Keller."

    class Held(Words):
        def document_frequency(self, asked: Iterable[str]) -> dict[str, int]:
            return {one: int(one in terms(held)) for one in asked}

    def told(question: str) -> tuple[Correction, ...]:
        return corrected(question, Held(), [opened(held).hit])[1]  # type: ignore[arg-type]

    assert told("Wo steht die Waschmaschine?") == ()
    assert told("Wo stehen die Wachmaschinen?") == (Correction("Wachmaschinen", "waschmaschinen"),)
