"""Do two sentences give different answers to one question?  Numbers, dates, and who holds a post.

They do only where both speak of the same thing: the words of the question that say what is
asked, no other name, year, quarter or ordinal, the same unit.  A figure given roughly, or as
a bound, is no other figure; nor is a date that is part of another.
"""

import re
from collections.abc import Sequence
from decimal import Decimal
from typing import NamedTuple

from qa.answer import emphasis, relatives
from qa.answer.dates import is_newer
from qa.answer.facts import Date, Number, dated, names, numbers, subjects
from qa.answer.features import Candidate, Reading
from qa.answer.members import same_member
from qa.answer.question import Question
from qa.answer.wording import DISAGREE, NEWER_FIRST, NEWER_UNKNOWN, ONE_SOURCE
from qa.text import term, terms, words

Span = emphasis.Span


class Value(NamedTuple):
    """What a sentence answers: its place, what it measures, and how far it is meant exactly."""

    start: int
    end: int
    value: Decimal | Date | str
    unit: str | None
    bound: str | None


_ABOUT = re.compile(
    r"\b(?:about|around|roughly|approximately|some|nearly|almost|close\s+to|circa|ca\.?)\s+"
    r"(?:[$€£¥]\s*)?$",
    re.IGNORECASE,
)
_LEAST = re.compile(r"\b(?:more\s+than|over|at\s+least|above|exceed\w*)\s+(?:[$€£¥]\s*)?$", re.I)
_MOST = re.compile(
    r"\b(?:less\s+than|fewer\s+than|under|at\s+most|up\s+to|below)\s+[$€£¥]?\s*$", re.I
)
_REPLACED = re.compile(
    r"\b(?:instead\s+of|rather\s+than|up\s+from|down\s+from|from|previously|earlier|formerly)\s+"
    r"(?:the\s+)?(?:planned\s+|original\s+)?(?:[$€£¥]\s*)?$",
    re.IGNORECASE,
)
_PARTIAL = re.compile(
    r"\b(?:of\s+(?:them|whom|which|these)|each|per|every|respectively|another|further|additional"
    r"|another|other|only\s+part|on\s+average|between)\b",
    re.IGNORECASE,
)
_FORMER = re.compile(
    r"\b(?:former|formerly|previous|ex-|until|predecessor|deputy|vice|acting|succeeded|left"
    r"|resigned|retired)\b",
    re.IGNORECASE,
)
_DENIED = re.compile(r"\b(?:not|never|no\s+longer|denied|nor|neither)\b|n['’]t\b", re.IGNORECASE)
_PERIOD = re.compile(
    r"\bQ([1-4])\b|\b(first|second|third|fourth)[\s-](quarter|half|phase|round|stage|season|edition"
    r"|generation|factory|plant|day|week|year)\b|\b(?:phase|round|stage|version|chapter|unit)\s+"
    r"(\d+|[IVX]+)\b|\bH([12])\b",
    re.IGNORECASE,
)
_POST = re.compile(r"\bwho(?:'s|’s|\s+is|\s+was)\s+(?:the\s+)?(?!the\b)[\w\s'’-]+", re.IGNORECASE)
REACH = 6
"""A name at most so many words from the post is its holder's."""
ABOUT = Decimal("0.06")
"""Two figures of which one is rough agree within this share."""


def conflict(question: Question, one: str, other: str) -> tuple[Value, Value] | None:
    """The two values that ``one`` and ``other`` give, where they cannot both answer; else None."""
    if question.several or _DENIED.search(one) or _DENIED.search(other):
        return None
    if not _same_focus(question, one, other):
        return None
    mine, theirs = _value(question, one), _value(question, other)
    if mine is None or theirs is None or _agree(mine, theirs):
        return None
    if _others(question, one, mine, other, theirs):
        return None
    return mine, theirs


LIKELY = 0.05
"""A sentence disagrees with the best one only where its chance is at least this share."""


class Side(NamedTuple):
    """A sentence that takes one side, and the value that it gives."""

    sentence: Candidate
    value: Value


def disagreement(
    reading: Reading, ranked: Sequence[Candidate], chance: Sequence[float]
) -> tuple[Side, Side] | None:
    """The best sentence and the likeliest one that contradicts it, the newer document's first.

    Without dates that tell which is newer, the best sentence is first.
    """
    top, question = ranked[0], reading.question
    wanted = [
        term
        for term in reading.matched(top.terms)
        if term not in relatives.light() and term not in question.names
    ]
    for one, likely in zip(ranked[1:], chance[1:], strict=True):
        if likely < LIKELY * chance[0]:
            break
        held = reading.matched(one.terms, one.before, one.above, one.around)
        if any(name not in held for name in question.names):
            continue
        # it must say as much of what is asked, or it speaks of something else
        said = reading.matched(one.terms, one.above)
        if any(term not in said for term in wanted):
            continue
        found = conflict(question, top.text, one.text)
        if found is not None:
            sides = Side(top, found[0]), Side(one, found[1])
            newer = is_newer(one.hit.document, top.hit.document)
            return (sides[1], sides[0]) if newer else sides
    return None


def note(sides: tuple[Side, Side]) -> str:
    """What two sources disagree on, for the reader; they are cited as [1] and [2]."""
    said = [quoted(side.sentence.text, side.value) for side in sides]
    first, second = (side.sentence.hit.document for side in sides)
    if is_newer(first, second):
        order = NEWER_FIRST
    elif first.id == second.id:
        order = ONE_SOURCE
    else:
        order = NEWER_UNKNOWN
    return f"{DISAGREE.format(one=said[0], other=said[1])} {order}"


def _same_focus(question: Question, one: str, other: str) -> bool:
    """Whether both speak of the same period, phase and year, as far as they name any."""
    asked = _periods(question.text)
    mine, theirs = _periods(one), _periods(other)
    if mine and theirs and mine != theirs:
        return False
    if asked and any(found and found != asked for found in (mine, theirs)):
        return False
    if question.expected == "time":
        return True
    years = [{date.year for date, _, _ in dated(text) if date.year} for text in (one, other)]
    wanted = {date.year for date, _, _ in dated(question.text) if date.year}
    if wanted:
        return all(not found or found & wanted for found in years)
    return not (years[0] and years[1] and not years[0] & years[1])


def _periods(text: str) -> frozenset[str]:
    return frozenset(" ".join(filter(None, found.groups())).casefold() for found in
                     _PERIOD.finditer(text))  # fmt: skip


def _value(question: Question, text: str) -> Value | None:
    """The one value of the type asked for; None where there is none, or which is not clear."""
    if question.expected == "number":
        return _number(question, text)
    if question.expected == "time":
        return _time(question, text)
    if question.expected == "name" and _POST.match(question.text.strip()):
        return _holder(question, text)
    return None


def _number(question: Question, text: str) -> Value | None:
    if _PARTIAL.search(text):
        return None
    known = {one.value for one in numbers(question.text)}
    found = [_measured(text, one) for one in numbers(text) if one.value not in known]
    found = [one for one in found if not _REPLACED.search(_before(text, one.start))]
    wanted = _unit_asked(question)
    named = [one for one in found if wanted and one.unit and _kin(one.unit, wanted)]
    if wanted and not named and any(_kin(word, wanted) for word in terms(text)):
        named = [one for one in found if one.unit in _PEOPLE]  # "employ 90 people"
    found = named or [one for one in found if not wanted and _measures(text, one)]
    return found[0] if len(found) == 1 and _near_question(question, text) else None


_PEOPLE = frozenset(terms("people persons men women"))
_MEASURES = frozenset(
    """% dollar euro pound yuan yen rupee won m km mm cm kg g tonne litre mile foot hectare acre kw
    mw gw kwh mwh""".split()
)
_SCALE = frozenset("hundred thousand million billion trillion mn bn".split())


def _measures(text: str, one: Value) -> bool:
    """Whether a figure has a unit, or is an amount of something in millions."""
    scaled = text[one.start : one.end].split()[-1:]
    return one.unit in _MEASURES or any(word.casefold() in _SCALE for word in scaled)


def _before(text: str, at: int) -> str:
    """What stands before a figure, with one blank behind it."""
    return text[:at].rstrip() + " "


def _measured(text: str, one: Number) -> Value:
    """A number with what it counts: its unit, or the noun behind it."""
    before = _before(text, one.start)
    bound = (
        "about" if _ABOUT.search(before)
        else "least" if _LEAST.search(before)
        else "most" if _MOST.search(before)
        else None
    )  # fmt: skip
    digits = re.match(r"\W*[\d.,]*\d|\W*\w+", text[one.start : one.end])
    end = one.start + (digits.end() if digits else 0)
    follows = list(words(text[end : end + 60]))
    nouns = [word.text for word in follows if word.text.casefold() not in _SCALE][:2]
    unit = one.unit or next((stem for word in nouns[:1] if (stem := term(word))), None)
    short = re.match(r"\s*[a-z]+-?[a-z]*\s+\(([A-Za-z]{1,4})\)", text[end : end + 40])
    if short:
        unit = term(short[1])  # "480 megawatt-hours (MWh)"
    scaled = next((word for word in follows[:1] if word.text.casefold() in _SCALE), None)
    if one.unit is not None:
        end = one.start + len(text[one.start : one.end].rstrip())
    elif scaled is not None:
        end += scaled.end
    start = one.start + len(text[one.start : end]) - len(text[one.start : end].lstrip())
    return Value(start, end, one.value, unit, bound)


def _unit_asked(question: Question) -> str | None:
    """What "how many X" counts."""
    many = re.search(r"\bhow\s+many\b", question.text, re.IGNORECASE)
    return question.head if many else None


def _kin(one: str, other: str) -> bool:
    """Whether two terms are forms of one word, or words of nearly one meaning."""
    if (
        one == other
        or other in relatives.forms().get(one, ())
        or other in relatives.near().get(one, ())
    ):
        return True
    short, long = sorted((one, other), key=len)
    return len(short) >= 4 and long.startswith(short) and len(long) - len(short) <= 4


def _near_question(question: Question, text: str) -> bool:
    """Whether a sentence holds what is asked: the last word of the question that is no name."""
    held = set(terms(text))
    wanted = [one for one in question.terms if one not in question.names | question.numbers]
    wanted = [one for one in wanted if one not in relatives.light()][-1:]
    how = re.search(r"\bhow\s+(\w+)", question.text, re.IGNORECASE)
    measured = term(how[1]) if how and how[1].casefold() not in ("many", "much") else None
    if measured is not None:
        wanted.append(measured)
    if _unit_asked(question) is not None:
        return True  # the figure stands beside it
    return all(any(_kin(one, word) for word in held) for one in wanted)


def _time(question: Question, text: str) -> Value | None:
    known = {date for date, _, _ in dated(question.text)}
    found = [
        Value(start, end, date, None, None)
        for date, start, end in dated(text)
        if date not in known and not _REPLACED.search(_before(text, start))
    ]
    return found[0] if len(found) == 1 and _near_question(question, text) else None


def _holder(question: Question, text: str) -> Value | None:
    """The person who is said to hold the post asked for."""
    post = question.head
    if post is None or _FORMER.search(text):
        return None
    spoken = list(words(text))
    at = [i for i, word in enumerate(spoken) if word.term == post]
    found = []
    for span in emphasis.fresh(text, question, "name"):
        inside = [i for i, word in enumerate(spoken) if span.start <= word.start < span.end]
        near = any(abs(i - j) <= REACH for i in inside for j in at)
        if near and 2 <= len(inside) <= 4:
            found.append(Value(span.start, span.end, text[span.start : span.end], None, None))
    return found[0] if len(found) == 1 else None


def _agree(one: Value, other: Value) -> bool:
    """Whether both values may be true of one thing; True too where they cannot be compared."""
    mine, its = one.value, other.value
    if isinstance(mine, Date) and isinstance(its, Date):
        return mine.within(its) or its.within(mine)
    if isinstance(mine, str) and isinstance(its, str):
        return same_member(mine, its)
    if not (isinstance(mine, Decimal) and isinstance(its, Decimal)):
        return True
    people = one.unit in _PEOPLE or other.unit in _PEOPLE
    if one.unit and other.unit and not people and not _kin(one.unit, other.unit):
        return True  # of different things, or in units that are not converted here
    for bound, exact, rough in ((one.bound, its, mine), (other.bound, mine, its)):
        if (bound == "least" and exact >= rough) or (bound == "most" and exact <= rough):
            return True
    if "about" in (one.bound, other.bound):
        return abs(mine - its) <= ABOUT * max(mine, its)
    return mine == its or _rounded(mine, its)


def _rounded(one: Decimal, other: Decimal) -> bool:
    """Whether one figure is the other with fewer digits: 3.5 million and 3,482,000."""
    for rough, exact in ((one, other), (other, one)):
        digits = rough.normalize().as_tuple()
        step = Decimal(1).scaleb(int(digits.exponent))
        if len(digits.digits) >= 2 and step > 1 and abs(rough - exact) * 2 <= step:
            return True
        if step < 1 and abs(rough - exact) * 2 <= step and abs(rough - exact) < Decimal("0.5"):
            return True
    return False


def _others(question: Question, one: str, mine: Value, other: str, theirs: Value) -> bool:
    """Whether the sentences speak of different names, or one of another than the question."""
    both = [_names(one, mine), _names(other, theirs)]
    asked = question.names
    if asked and any(found and not found & asked for found in both):
        return True
    if asked and all(asked & found for found in both):
        return False
    first, second = (found - frozenset(question.terms) for found in both)
    return bool(first and second and not first & second)


def _names(text: str, value: Value) -> frozenset[str]:
    """The terms of the names in a sentence, without its value."""
    rest = text[: value.start] + " _ " + text[value.end :]
    return frozenset(terms(" ".join((*names(rest), *subjects(rest)))))


def quoted(text: str, value: Value) -> str:
    """The value as the sentence writes it."""
    return " ".join(text[value.start : value.end].split())
