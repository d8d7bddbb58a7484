"""What a sentence speaks of that opens with "it" or "the company": the name it stands for.

No parser: a noun stands for the nearest name that an earlier sentence calls by that noun
("a brand called Orlo" ... "The brand"), a pronoun for the first name of the sentence before.
"""

import re
from collections.abc import Sequence

from qa.answer import emphasis
from qa.text import term, terms

REACH = 3
"""A noun is looked up in at most so many sentences before."""

_OPENING = re.compile(
    r"""^\W*(?:(?:in|on|by|since|during|after|before|from)\s+[^,.]{2,25},?\s+
          |(?:later|then|also|however|meanwhile|today|recently|now|yet|and|but)\b,?\s+)*
    (?:(?P<pronoun>it|its|he|his|she|her|they|their)
      |(?:the|this|that)\s+(?P<noun>(?:[a-z][\w-]*\s+)?[a-z][\w-]*))\b""",
    re.IGNORECASE | re.VERBOSE,
)
_CALLED = r"(?:\s+(?:called|named|known\s+as|of))?\s+(?:the\s+)?[\"“]?"
_GENERIC = frozenset(
    term(word) or ""
    for word in """company firm group business maker carmaker manufacturer producer supplier brand
    organisation organization corporation startup agency university school museum club team
    band trust city town village country state river ship plant vehicle car model device book
    film album product drug project author artist""".split()
)
_END = re.compile(r"(?<=[.!?])[\"”’)]?\s+(?=[\"“(]?[A-Z])|\n\s*\n")


def earlier(text: str, start: int) -> list[str]:
    """The sentences of ``text`` before the offset ``start``, the nearest first."""
    near = text[max(0, start - 900) : start].rstrip()
    return [one.strip() for one in reversed(_END.split(near)) if one and one.strip()][:REACH]


def antecedent(sentence: str, before: Sequence[str]) -> frozenset[str]:
    """The terms of the name for which the opening of ``sentence`` stands; empty: none known.

    ``before`` are the sentences before it, the nearest first.

    >>> sorted(antecedent("The brand sold 90.", ["Ada Corp launched a brand called Orlo."]))
    ['orlo']
    """
    opening = _OPENING.match(sentence)
    if opening is None or not before:
        return frozenset()
    if opening["pronoun"]:
        return _subject(before)
    noun = opening["noun"].split()
    for head in dict.fromkeys((noun[-1], noun[0])):
        for one in before[:REACH]:
            found = _called(one, head)
            if found:
                return frozenset(terms(found))
    return _subject(before) if term(noun[0]) in _GENERIC else frozenset()


def possessive(sentence: str) -> bool:
    """Whether a sentence opens with what belongs to another: "Its rival", "Their products"."""
    opening = _OPENING.match(sentence)
    return opening is not None and (opening["pronoun"] or "").casefold() in (
        "its",
        "his",
        "her",
        "their",
    )


def _called(sentence: str, noun: str) -> str | None:
    """The name that ``sentence`` calls by ``noun``: "brand called X", "X, a brand", "X brand"."""
    word = re.escape(noun)
    if not re.search(word, sentence, re.IGNORECASE):
        return None
    # the surest first: in "a RED brand called Orlo" the brand is Orlo, not RED
    before = re.compile(rf"\b{word}{_CALLED}$", re.IGNORECASE)
    inside = re.compile(rf"\s{word}$", re.IGNORECASE)
    apposed = re.compile(
        rf",?\s+(?:an?|the|its|one\s+of|is|was)\b[^.;,]{{0,50}}\b{word}\b", re.IGNORECASE
    )
    behind = re.compile(rf"[\"”]?\s+{word}\b", re.IGNORECASE)
    named = emphasis.spans(sentence, "name")
    called = [
        [one for one in named if before.search(sentence[: one.start])],
        [one for one in named if inside.search(sentence[one.start : one.end])],
        [one for one in named if apposed.match(sentence, one.end)],
        [one for one in named if behind.match(sentence, one.end)],
    ]
    found = next((ones[0] for ones in called if ones), None)
    return sentence[found.start : found.end] if found else None


def _subject(before: Sequence[str]) -> frozenset[str]:
    """The first name of the sentence before; of the one before that, where it has a pronoun."""
    for i, one in enumerate(before[:REACH]):
        opening = _OPENING.match(one)
        if opening is not None and i + 1 < len(before):
            found = antecedent(one, before[i + 1 :])
            if found:
                return found
        named = emphasis.spans(one, "name")
        if named:
            return frozenset(terms(one[named[0].start : named[0].end]))
    return frozenset()
