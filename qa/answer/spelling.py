"""Words that a question and a document write differently: misspellings and acronyms."""

import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from qa.answer.question import Question
from qa.text import term, terms, words

SHORTEST = 6
"""A word below so many letters is too near to others to be taken for a misspelling."""

_ACRONYM = re.compile(
    r"((?:[A-Z][\w&'\u2019-]*(?:\s+(?:of|and|for|the|de|in|on))*\s+){1,7}[A-Z][\w&'\u2019-]*)"
    r"\s+\(\s*([A-Z][A-Z&]{1,6})s?\s*\)"
)


class Correction(NamedTuple):
    """A word of the question that no document holds, and the word it was taken for."""

    typed: str
    taken: str


def acronyms(texts: Iterable[str]) -> dict[str, frozenset[str]]:
    """The acronyms that texts explain, "Long Form (LF)": term of the short form -> of the long.

    >>> sorted(acronyms(["It left the World Trade Body (WTB) soon."])["wtb"])
    ['bodi', 'trade', 'world']
    """
    found: dict[str, frozenset[str]] = {}
    for text in texts:
        for match in _ACRONYM.finditer(text):
            initials = "".join(word[0] for word in re.findall(r"[A-Z]\w*", match.group(1)))
            short = term(match.group(2))
            long = frozenset(terms(match.group(1)))
            if short is not None and len(long) > 1 and _within(match.group(2), initials):
                found[short] = long
    return found


def _within(short: str, initials: str) -> bool:
    """Whether the letters of ``short`` occur among ``initials``, in order."""
    rest = iter(initials)
    return all(letter in rest for letter in short if letter.isalpha())


def corrected(
    question: Question, unknown: Iterable[str], texts: Sequence[str]
) -> tuple[Question, tuple[Correction, ...]]:
    """``question`` with terms that no document holds replaced by the word meant.

    A word of six letters or more without a figure is taken for the one word of ``texts``
    that begins alike and is one edit away (a letter more, less, other, or two exchanged).
    """
    missing = frozenset(unknown)
    if not missing:
        return question, ()
    held = {word.text.casefold() for text in texts for word in words(text) if word.term}
    made: list[Correction] = []
    swap: dict[str, str] = {}
    for word in words(question.text):
        typed = word.text.casefold()
        if word.term not in missing or len(typed) < SHORTEST or not typed.isalpha():
            continue
        meant = {one for one in held if one[0] == typed[0] and term(one) and _one_edit(typed, one)}
        targets = {target for one in meant if (target := term(one)) is not None}
        if len(targets) == 1:
            swap[word.term] = targets.pop()
            made.append(Correction(word.text, min(meant)))
    if not swap:
        return question, ()

    def mend(found: Iterable[str]) -> list[str]:
        return list(dict.fromkeys(swap.get(one, one) for one in found))

    text = question.text
    for fix in made:
        text = text.replace(fix.typed, fix.taken)
    mended = question._replace(
        text=text,
        terms=tuple(mend(question.terms)),
        names=frozenset(mend(question.names)),
        head=swap.get(question.head, question.head) if question.head else None,
    )
    return mended, tuple(made)


def _one_edit(one: str, other: str) -> bool:
    """Whether the words differ by one letter or one exchange of neighbours."""
    if one == other or abs(len(one) - len(other)) > 1:
        return False
    at = 0
    while at < min(len(one), len(other)) and one[at] == other[at]:
        at += 1
    left, right = one[at:], other[at:]
    if len(left) == len(right):
        exchanged = left[:2] == right[:2][::-1] and left[2:] == right[2:]
        return exchanged or left[1:] == right[1:]
    return left[1:] == right or left == right[1:]
