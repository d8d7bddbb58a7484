"""Where in a sentence the members that a question asks for stand, by the roles of its words.

Of "which companies did X buy" they stand behind "bought" where X stands before it, or before
"was bought by X"; of "X's partners", behind "partners include" or beside "partner".
"""

import re
from collections.abc import Sequence

from qa.answer import emphasis
from qa.answer.anaphora import possessive
from qa.answer.features import VARIANT, Candidate, Reading
from qa.answer.listing import Form
from qa.answer.members import Span, clause, enumerated
from qa.answer.question import Question
from qa.text import Word, term, terms

RELATED = 0.4
"""How far a word must stand for the question's verb; words of nearly its meaning do."""

_DENIED = re.compile(
    r"\b(?:not|never|nobody|no(?:\s+longer)?|neither|nor|without|refus\w+|declin\w+|fail\w+"
    r"|turned\s+down|reject\w+|cancel\w+)\b|n['’]t\b",
    re.IGNORECASE,
)
_ENDED = re.compile(r"\b(?:until|formerly|former|used\s+to|no\s+longer)\b", re.IGNORECASE)
_PAST = re.compile(r"\b(?:did|was|were|had|has|have|ever|\w{2,}ed)\b", re.IGNORECASE)
_BE = re.compile(r"\b(?:is|are|was|were|been|being|be|got|gets)\s+(?:\w+ly\s+|also\s+|then\s+)?$")
_BY = re.compile(r"\W+(?:\w+\s+){0,3}?by\s+", re.IGNORECASE)
_CUE = re.compile(
    r"\s*[^.;:]{0,60}?\b(?:include[sd]?|including|are|were|is|was|such\s+as|namely|like"
    r"|consists?\s+of|comprises?)\s+|\s*:\s+|\s+(?:in|of)\s+(?=\w+,)",
    re.IGNORECASE,
)
_IN = re.compile(r"\s*(?:in|of)\s*", re.IGNORECASE)
_AMONG = re.compile(
    r"^\W*(?:among\s+(?:them|these)\s+(?:are|were|is)|(?:they|these|those|the\s+\w+)\s+"
    r"(?:are|were|include[sd]?))\s+",
    re.IGNORECASE,
)
_IS_ONE = re.compile(r"\b(?:is|was|are|were|as|became|becomes|remains?)\b[^,;:]{0,60}$")
_POSSESSOR = re.compile(r"\b([\w.&-]+)['’]s?\s+(?:[\w-]+\s+){0,2}$")
_OF = re.compile(r"\s+of\s+(?:the\s+)?([A-Z][\w&.-]*)")
_JOINT = re.compile(r"\s*(?:,|,?\s+(?:and|or|&)\s)\s*(?:the\s+)?")
BESIDE = 8
"""A name at most so many words from "partner" is taken for one."""


def members_of(
    question: Question,
    asked: Form,
    reading: Reading,
    one: Candidate,
    stands_for: frozenset[str],
    before: Sequence[str],
) -> list[Span]:
    """The members that a sentence names in the place asked for; empty without any.

    ``stands_for`` are the terms of what the sentence's opening stands for, ``before`` the
    sentences before it, the nearest first.
    """
    relation = asked.relation or ""
    if _ENDED.search(one.text) and not _PAST.search(question.text):
        return []
    if asked.kind == "relation":
        among = _AMONG.match(one.text)
        if among and before and relation in reading.matched(frozenset(terms(before[0]))):
            return enumerated(one.text, among.end(), clause(one.text, among.end()), question)
    actor = _actor(asked, one, stands_for)
    if asked.actor and actor is None and asked.kind != "relation":
        return []
    least = VARIANT if asked.kind == "relation" else RELATED
    for word in one.words:
        if word.term is None or not _means(reading, word.term, relation, least):
            continue
        if _DENIED.search(one.text, max(0, word.start - 40), word.start):
            continue
        found = (
            _beside(question, asked, one, word, actor)
            if asked.kind == "relation"
            else _around(question, asked, one, word, actor)
        )
        if found:
            return found
    return []


def _means(reading: Reading, found: str, wanted: str, least: float) -> bool:
    return found == wanted or reading.variants.get(found, {}).get(wanted, 0.0) >= least


def _actor(asked: Form, one: Candidate, stands_for: frozenset[str]) -> Span | None:
    """Where the one asked about stands: its own words, or the opening that stands for it."""
    own = [word for word in one.words if word.term in asked.actor]
    if asked.actor and asked.actor <= {word.term for word in own}:
        return Span(own[0].start, own[-1].end)
    if asked.kind != "relation" and possessive(one.text):
        return None  # "Its rival launched": what it did, another did
    held = {word.term for word in own} | stands_for
    return Span(0, 0) if asked.actor and asked.actor <= held and stands_for else None


def _around(
    question: Question, asked: Form, one: Candidate, verb: Word, actor: Span | None
) -> list[Span]:
    """Members of a question with a verb, around one occurrence of it."""
    text = one.text
    passive = bool(_BE.search(text[: verb.start])) or (
        text[: verb.start].rstrip().endswith(",") or bool(_BY.match(text, verb.end))
    )
    by = _BY.match(text, verb.end)
    behind = (verb.end, clause(text, verb.end))
    if asked.kind == "subject":
        if passive and by and (actor is None or actor.start < verb.start):
            return enumerated(text, by.end(), clause(text, by.end()), question)
        if not passive and (actor is None or actor.start > verb.start):
            return _nearest_before(text, verb.start, question)
        return []
    if passive:
        agent = actor is None or (by is not None and by.end() - 1 <= actor.start)
        agent = agent or (asked.kind == "passive" and actor == Span(0, 0))
        return _nearest_before(text, verb.start, question) if agent else []
    if actor is not None and actor.start < verb.start:
        return enumerated(text, *behind, question, alone=True)
    return enumerated(text, *behind, question) if asked.kind == "passive" and not actor else []


def _beside(
    question: Question, asked: Form, one: Candidate, noun: Word, actor: Span | None
) -> list[Span]:
    """Members of a question for "X's partners", around one occurrence of "partner"."""
    text = one.text
    owner = _POSSESSOR.search(text[: noun.start])
    of = _OF.match(text, noun.end)
    for other in (owner, of):
        named = term(other[1]) if other and other[1][:1].isupper() else None
        if named is not None and asked.actor and named not in asked.actor:
            return []
    one_of = _IS_ONE.search(text[: noun.start])
    if one_of:
        found = _nearest_before(text, one_of.start(), question, first=True)
        if found:
            return found
    cue = _CUE.match(text, noun.end)
    if cue:
        found = enumerated(text, cue.end(), clause(text, cue.end()), question)
        # "its strengths in A, B and C", but not "a factory in A, it said"
        if found and (len(found) > 2 or not _IN.fullmatch(cue.group())):
            return found
    if asked.actor and actor is None:
        return []
    at = one.words.index(noun)
    near = one.words[max(0, at - BESIDE) : at + BESIDE + 1]
    low, high = near[0].start, near[-1].end
    fresh = [
        span
        for span in emphasis.fresh(text, question, question.expected or "name")
        if low <= span.start and span.end <= high
    ]
    if not fresh:
        return []
    best = min(fresh, key=lambda span: min(abs(span.start - noun.end), abs(noun.start - span.end)))
    return _joined(text, fresh, best)


def _nearest_before(text: str, end: int, question: Question, *, first: bool = False) -> list[Span]:
    """The last name before ``end`` with those joined to it; the ``first`` of all, if asked."""
    fresh = [span for span in emphasis.fresh(text, question, "name") if span.end <= end]
    if not fresh:
        return []
    return _joined(text, fresh, fresh[0] if first else fresh[-1])


def _joined(text: str, found: Sequence[Span], one: Span) -> list[Span]:
    """``one`` with the neighbours that commas and "and" join to it, in order."""
    ordered = sorted(found)
    at = ordered.index(one)
    low = high = at
    while low > 0 and _JOINT.fullmatch(text[ordered[low - 1].end : ordered[low].start]):
        low -= 1
    while high + 1 < len(ordered) and _JOINT.fullmatch(
        text[ordered[high].end : ordered[high + 1].start]
    ):
        high += 1
    return ordered[low : high + 1]
