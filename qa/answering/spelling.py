"""Misspelt words of a question: BM25 needs them mended, before anything is searched."""

from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

from qa.data import Hit
from qa.library.interface import View
from qa.models.embed.minilm import tokenizer_of
from qa.text.words import term, words

SHORTEST = 6
"""A word below so many letters is too near to others to be taken for a misspelling."""


class Correction(NamedTuple):
    """A word of the question that no document holds, and the word it was taken for."""

    typed: str
    taken: str


def corrected(question: str, view: View, hits: Sequence[Hit]) -> tuple[str, tuple[Correction, ...]]:
    """``question`` with words that no document holds replaced by the word meant.

    A word of six letters or more without a figure is taken for the one word of the hits that
    begins alike and is one edit away (a letter more, less, other, or two exchanged).  Another last
    letter is another form of the word ("handles", "handler"; "bekomme", "bekommt"), and no slip;
    nor is a word that the embedder's vocabulary has whole ("bought", where there is "brought").
    """
    typed = [
        (one, one.term)
        for one in words(question)
        if one.term is not None and len(one.text) >= SHORTEST and one.text.isalpha()
    ]
    frequency = view.document_frequency({its for _, its in typed})
    unknown = [one for one, its in typed if not frequency[its]]
    unknown = [one for one in unknown if one.text.casefold() not in _vocabulary()]
    if not unknown:
        return question, ()
    held = {one.text.casefold() for hit in hits for one in words(hit.text) if one.term}
    fixes = []
    for one in reversed(unknown):
        word = one.text.casefold()
        meant = [other for other in held if other[0] == word[0] and _is_slip(word, other)]
        if len({term(other) for other in meant}) == 1:
            fixes.append(Correction(one.text, min(meant)))
            question = question[: one.start] + min(meant) + question[one.end :]
    return question, tuple(reversed(fixes))


@lru_cache(maxsize=1)
def _vocabulary() -> frozenset[str]:
    return frozenset(tokenizer_of().get_vocab())


def _is_slip(one: str, other: str) -> bool:
    """Whether the words differ by one letter, not the last, or one exchange of neighbours."""
    at = 0
    while one[at : at + 1] == other[at : at + 1] != "":
        at += 1
    left, right = one[at:], other[at:]
    if not left or not right or len(left) == len(right) == 1:
        return False  # another ending is another form of the word
    if len(left) == len(right):
        exchanged = left[:2] == right[:2][::-1] and left[2:] == right[2:]
        return exchanged or left[1:] == right[1:]
    return left[1:] == right or left == right[1:]
