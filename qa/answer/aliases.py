"""A question in the documents' other words: an acronym spelled out, or a name abbreviated.

>>> alias("When did the EPA dredge?", ["The Elm Port Authority (EPA) was founded in 1931."])
'When did the Elm Port Authority dredge?'
>>> alias("When did the Elm Port Authority dredge?", ["The Elm Port Authority (EPA) sold it."])
'When did the EPA dredge?'
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from qa.answer.expansion import long_form
from qa.data import Hit
from qa.text import Word, term, terms, words

if TYPE_CHECKING:
    from qa.answer.extract import Extraction

Read = Callable[[str], "Extraction"]
"""Answers a question from passages at hand."""

READ = 30_000
"""Characters of each text that are read: a form is explained where it is first used."""

_WINDOW = 160  # characters on either side of an acronym that hold what it stands for
_WITHIN = re.compile(r"\(\s*(\w[\w&-]{1,8}?)s?\s*\)")  # ... (SHORT)
_BEFORE = re.compile(r"(?<!\w)(\w[\w&-]{1,8}?)s?\s+\Z")  # SHORT (...)


def alias(question: str, texts: Iterable[str]) -> str | None:
    """``question`` with its names as ``texts`` also write them; None where they do not.

    Of several explanations of an acronym the first holds.
    """
    asked = [word for word in words(question) if word.term is not None]
    shorts = _shorts(question, asked)
    initials = _initials(asked)
    swaps: dict[tuple[int, int], str] = {}
    seen = set()
    for short, around in _bracketed(texts):
        if short in seen or not (short in shorts or _letters(short) in initials):
            continue
        span = long_form(around, short)
        if span is None:
            continue
        seen.add(short)
        long = " ".join(around[span.start : span.end].split())
        place = _place(long, asked)
        if place is None and short in shorts:
            swaps[shorts[short].start, shorts[short].end] = long
        elif place is not None and term(short) not in {word.term for word in asked}:
            swaps[place] = short
    said, end = question, len(question)
    for (start, stop), other in sorted(swaps.items(), reverse=True):
        if stop <= end:  # of names that overlap, one is exchanged
            said, end = said[:start] + other + said[stop:], start
    return said if swaps else None


def read_with_alias(question: str, hits: Sequence[Hit], read: Read) -> "Extraction":
    """What ``read`` finds for ``question``, or for it in the hits' other words if that is surer.

    The other words find what says only them: a sentence with both forms, as the one that
    explains an acronym, was read for the question as it is.
    """
    found = read(question)
    other = alias(question, (hit.document.text for hit in hits))
    if other is None:
        return found
    again = read(other)
    if again.reason is not None or again.confidence <= found.confidence:
        return found
    own = set(terms(question)) - set(terms(other))
    return found if own <= set(terms(again.statements[0].text)) else again


def _bracketed(texts: Iterable[str]) -> Iterator[tuple[str, str]]:
    """The words alone in brackets or before one, each with the text around it."""
    for text in texts:
        at = text.find("(", 0, READ)
        while at >= 0:
            found = _WITHIN.match(text, at) or _BEFORE.search(text[max(0, at - 12) : at])
            if found:
                yield found[1], text[max(0, at - _WINDOW) : at + _WINDOW]
            at = text.find("(", at + 1, READ)


def _shorts(question: str, asked: Sequence[Word]) -> dict[str, Word]:
    """The words of a question that may be acronyms, as documents would write them.

    Who writes capitals writes them in acronyms; who writes none may mean any word.
    """
    plain = not any(char.isupper() for char in question[1:])
    return {
        word.text.upper() if plain else word.text: word
        for word in asked
        if 2 + plain <= len(word.text) <= 9
        and not word.text.isdigit()
        and (plain or any(char.isupper() for char in word.text[1:]))
    }


def _letters(short: str) -> str:
    return "".join(char for char in short.casefold() if char.isalnum())


def _initials(asked: Sequence[Word]) -> set[str]:
    """The first letters of every two to seven words on end that the question looks up."""
    first = [word.text[0].casefold() for word in asked]
    count = len(first)
    return {"".join(first[i:j]) for i in range(count) for j in range(i + 2, min(count, i + 7) + 1)}


def _place(long: str, asked: Sequence[Word]) -> tuple[int, int] | None:
    """Where the question says ``long``, stop words and endings apart."""
    wanted = list(terms(long))
    held = [word.term for word in asked]
    for i in range(len(held) - len(wanted) + 1):
        if wanted and held[i : i + len(wanted)] == wanted:
            return asked[i].start, asked[i + len(wanted) - 1].end
    return None
