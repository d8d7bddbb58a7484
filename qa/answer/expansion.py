"""What a term stands for, where the documents say it.

"Long Form (LF)", "E07: the probe is fouled", and in contracts "Ada Nolan ("the Tenant")".

>>> text = "Ten of the solid rocket booster (SRB) were built."
>>> start, end = long_form(text, "SRB")
>>> text[start:end]
'solid rocket booster'
"""

import re
from collections.abc import Callable, Sequence
from typing import NamedTuple

from qa.answer.emphasis import Span
from qa.data import Hit, Sentence
from qa.text import term

_ASKED = re.compile(
    r"\bwhat\s+(?:does|do|did)\s+(?:the\s+)?(?:abbreviation\s+|acronym\s+|letters\s+)?"
    r"[\"“']?([\w&.-]{2,10}?)[\"”']?\s+(?:stand\s+for|mean|abbreviate)\b"
    r"|\bwhat\s+is\s+[\"“']?([\w&.-]{2,10})[\"”']?\s+short\s+for\b",
    re.IGNORECASE,
)
# "What does error code E07 mean?"
_KIND = r"(?:(?:[a-z]+\s+)?(?:code|error|message|status|term|word|symbol|entry)\s+)?"
_TERM = r"[\"“'‘]?(\w.{0,50}?)[\"”'’]?"
_MEANING = re.compile(
    rf"\bwhat\s+(?:does|do|did)\s+(?:an?\s+|the\s+)?{_KIND}{_TERM}\s+mean\b"
    rf"|\bwhat\s+is\s+meant\s+by\s+(?:an?\s+|the\s+)?{_KIND}{_TERM}\s*\??\s*$",
    re.IGNORECASE,
)
_SAYS = r"[\"”'’*]{0,2}(?:\s*[:|]|\s+[\u2013\u2014-])\s+"

_CALLED = re.compile(r"[A-Z][\w.&'’-]*(?:\s+(?:[A-Z&][\w.&'’-]*|of|de|van|von|and|plc))*$")
_WHO = re.compile(
    r"\b(?:who|what)\s+(?:is|are|was|were)\s+the\s+(\w[\w\s-]{0,30}?)\s*\?*\s*$", re.I
)


class Expansion(NamedTuple):
    """The sentence that says what a term stands for, and the range of the words that do."""

    hit: Hit
    sentence: Sentence
    span: Span


def expansions(question: str, hits: Sequence[Hit]) -> tuple[Expansion, ...]:
    """The sentences of ``hits`` that say what the term that ``question`` asks for is.

    One for each thing that it is said to be, the best hit's first.  Where an acronym is spelled
    out, lines that have it as their label are not looked for.
    """
    spelled, labelled = _ASKED.search(question), _MEANING.search(question)
    party = _WHO.search(question)
    sought: list[tuple[Callable[[str, str], Span | None], str]] = []
    sought += [(long_form, spelled[1] or spelled[2])] if spelled else []
    sought += [(definition, labelled[1] or labelled[2])] if labelled else []
    sought += [(called, party[1])] if party else []
    for find, wanted in sought:
        found: dict[str, Expansion] = {}
        for hit in hits:
            for one in hit.passage.sentences:
                text = hit.document.text[one.start : one.end]
                span = find(text, wanted)
                if span is not None:
                    said = text[span.start : span.end].casefold()
                    found.setdefault(said, Expansion(hit, one, span))
        if found:
            return tuple(found.values())
    return ()


def definition(text: str, label: str) -> Span | None:
    """What stands behind the label ``label`` in a line that it opens: of a list or a table.

    >>> text = "E07: the probe is fouled."
    >>> definition(text, "e07")
    Span(start=5, end=25)
    """
    line = re.match(rf"\W{{0,3}}{re.escape(label)}{_SAYS}(\S.*\S)", text, re.IGNORECASE | re.DOTALL)
    return Span(*line.span(1)) if line else None


def called(text: str, party: str) -> Span | None:
    """The name before the brackets in which a contract says how it calls it.

    >>> text = 'Made between Harrow Ltd ("the Landlord") and Ada Nolan (the “Tenant”).'
    >>> [text[slice(*called(text, one))] for one in ("landlord", "tenant")]
    ['Harrow Ltd', 'Ada Nolan']
    """
    quoted = rf"[\"“'‘]?(?:the\s+)?[\"“'‘]?(?:the\s+)?{re.escape(party)}[\"”'’]"
    brackets = re.search(rf"\s*\((?:[a-z ,]*\s)?{quoted}\s*\)", text, re.IGNORECASE)
    name = _CALLED.search(text, 0, brackets.start()) if brackets else None
    return Span(*name.span()) if name else None


def long_form(text: str, short: str) -> Span | None:
    """Where ``text`` spells ``short`` out, before it in brackets or in brackets behind it."""
    name = re.escape(short)
    behind = re.search(rf"\b{name}s?\s+\(([^()]{{4,80}})\)", text, re.IGNORECASE)
    if behind and _spells(behind[1].split(), short):
        return Span(*behind.span(1))
    before = re.search(rf"\(\s*{name}s?\s*\)", text, re.IGNORECASE)
    if before is None:
        return None
    read = list(re.finditer(r"[^\s()]+", text[: before.start()]))
    for count in range(2, 2 * len(short) + 2):
        words = read[-count:]
        fits = len(words) == count and words[0].group()[0].casefold() == short[0].casefold()
        if fits and _spells([word.group() for word in words], short):
            first = len(read) - count
            # a name goes on to the left of its first letter: "Oslo Inland Roads (IR)"
            while words[0].group()[0].isupper() and first > 0 and _named(read[first - 1].group()):
                first -= 1
            return Span(read[first].start(), words[-1].end())
    return None


def _named(word: str) -> bool:
    return word[0].isupper() and word.isalpha() and term(word) is not None


def unspelled(question: str, hits: Sequence[Hit]) -> str | None:
    """The acronym that ``question`` wants spelled out and ``hits`` mention; None otherwise."""
    asked = _ASKED.search(question)
    if asked is None or asked.group().casefold().endswith("mean"):
        return None  # what a word means may be said in other ways
    short = asked[1] or asked[2]
    word = re.compile(rf"\b{re.escape(short)}\b")
    return short if any(word.search(hit.text) for hit in hits) else None


def _spells(words: Sequence[str], short: str) -> bool:
    """Whether the initials of ``words`` hold the letters of ``short`` in order, hyphens parting."""
    initials = iter(
        part[0].casefold() for word in words for part in word.split("-") if part[:1].isalnum()
    )
    return all(letter in initials for letter in short.casefold() if letter.isalnum())
