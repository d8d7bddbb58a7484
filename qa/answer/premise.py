"""What a question takes for granted, where the best sentence says otherwise.

Three things are told from words alone: who did it to whom ("when did A buy B", where B bought
A), which of several is meant ("the third factory", where the first and second are named), and
the month ("in June", where the sentence says "in May").
"""

import calendar
import re
from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

from qa.answer import relatives
from qa.answer.facts import names
from qa.answer.features import Candidate
from qa.answer.question import Question
from qa.answer.wording import ORDINAL, OTHER_MONTH, TURNED
from qa.text import Word, term, words
from qa.times.words import DAY, MONTH, month_number

READ = 3
"""So many of the best sentences are looked at."""

_WORDS = "first second third fourth fifth sixth seventh eighth ninth tenth".split()
_ORDINAL = re.compile(
    rf"\b({'|'.join(_WORDS)}|\d{{1,2}}(?:st|nd|rd|th))\s+((?:[a-z][\w-]*\s+)?[a-z][\w-]*)",
    re.IGNORECASE,
)
_MONTHS = calendar.month_name
_BY = re.compile(r"\bby\b", re.IGNORECASE)
_ASKED_MONTH = re.compile(
    rf"\b(?:in|during|for|of)\s+({MONTH})\b|\b(?:in|during)\s+(?i:({MONTH}))\b"
)
_IN_MONTH = re.compile(rf"\b(?P<by>in|during|for|of)\s+(?P<day>{DAY}\s+)?({MONTH})")
_ANY_MONTH = re.compile(rf"\b{MONTH}")
_TIMES = frozenset(
    term(word) or ""
    for word in "time quarter half day week month year century decade place person party".split()
)


class Mistaken(NamedTuple):
    """Why a question has no answer: words for the reader, and the sentences that show it."""

    reason: str
    shown: tuple[Candidate, ...]


def mistaken(question: Question, ranked: Sequence[Candidate]) -> Mistaken | None:
    """What the best sentences contradict of what ``question`` takes for granted, if anything."""
    if question.kind == "yes_no":
        return None  # the sentence that says otherwise is the answer
    return (
        _turned(question, ranked[:READ])
        or _counted(question, ranked)
        or _of_another_month(question, ranked[:READ])
    )


def _turned(question: Question, ranked: Sequence[Candidate]) -> Mistaken | None:
    """Where a sentence says that the second did it to the first."""
    asked = _relation(question.text)
    if asked is None:
        return None
    first, verbs, second, _ = asked
    for one in ranked:
        said = _relations(one, frozenset((first, second)))
        same = any(verbs & theirs and doer == first for doer, theirs, _ in said)
        if same:
            return None
        if any(verbs & theirs and doer == second for doer, theirs, _ in said):
            return Mistaken(TURNED, (one,))
    return None


def _relation(text: str) -> tuple[str, frozenset[str], str, bool] | None:
    """(doer, verbs, the one it is done to, passive) of "did A buy B", "was A bought by B"."""
    known = [one.casefold() for one in names(text)]
    spoken = list(words(text))
    places = [i for i, word in enumerate(spoken) if word.text.casefold() in known]
    for left in places:
        for right in places:
            between = spoken[left + 1 : right]
            verbs = frozenset(w.term for w in between if w.term and w.text.islower())
            if right > left and len(verbs) == 1 and len(between) <= 5:
                by = any(word.text.casefold() == "by" for word in between)
                ends = spoken[left].text.casefold(), spoken[right].text.casefold()
                doer, other = ends[::-1] if by else ends
                return doer, _forms(verbs), other, by
    return None


def _forms(verbs: frozenset[str]) -> frozenset[str]:
    return verbs.union(*(relatives.forms().get(one, frozenset()) for one in verbs))


def _relations(one: Candidate, pair: frozenset[str]) -> list[tuple[str, frozenset[str], str]]:
    """(doer, terms between, the other) for the two names, as they stand in a sentence."""
    at: list[tuple[int, Word]] = [
        (i, word) for i, word in enumerate(one.words) if word.text.casefold() in pair
    ]
    found = []
    for (i, left), (j, right) in pairwise(at):
        if left.text.casefold() == right.text.casefold() or j - i > 9:
            continue
        between = one.words[i + 1 : j]
        verbs = frozenset(word.term for word in between if word.term)
        passive = bool(_BY.search(one.text, left.end, right.start))
        doer, other = (right, left) if passive else (left, right)
        found.append((doer.text.casefold(), verbs, other.text.casefold()))
    return found


def _counted(question: Question, ranked: Sequence[Candidate]) -> Mistaken | None:
    """Where the documents number what is asked for, and never as the question does."""
    for asked in _ORDINAL.finditer(question.text):
        noun = _noun(asked)
        if term(noun) in _TIMES:
            continue
        others: dict[int, tuple[str, Candidate]] = {}
        for one in ranked:
            for found in _ORDINAL.finditer(one.text):
                if term(_noun(found)) != term(noun):
                    continue
                if _rank(found[1]) == _rank(asked[1]):
                    return None
                phrase = f"{found[1].casefold()} {_noun(found)}"
                others.setdefault(_rank(found[1]), (phrase, one))
        held = tuple(dict.fromkeys(one for _, one in others.values()))
        # of the same, and the best sentence is one of them
        if ranked[0] in held and all(
            question.names <= one.terms | one.above | one.around for one in held
        ):
            phrases = [phrase for _, (phrase, _) in sorted(others.items())][:3]
            said = " and ".join(f"\u201c{one}\u201d" for one in phrases)
            reason = ORDINAL.format(others=said, asked=f"{asked[1]} {noun}")
            return Mistaken(reason, held)
    return None


def _noun(found: re.Match[str]) -> str:
    """The noun that an ordinal counts: the last of the two words behind it that has a meaning."""
    behind = found[2].split()
    return behind[-1] if term(behind[-1]) is not None else behind[0]


def _rank(word: str) -> int:
    low = word.casefold()
    return _WORDS.index(low) + 1 if low in _WORDS else int(re.sub(r"\D", "", low))


def _of_another_month(question: Question, ranked: Sequence[Candidate]) -> Mistaken | None:
    """Where a month is asked about, and the best sentence says what it says of another one.

    A month that stands behind a figure may be what it is compared with ("3,000, against 2,000
    in May"), and a day ("for 7 May", not "the minutes of 7 May") that of another thing: then no
    heading, and no sentence around, may name the month asked about.
    """
    asked = [month_number(one[1] or one[2]) for one in _ASKED_MONTH.finditer(question.text)]
    best = ranked[0]
    said = _IN_MONTH.search(best.text)
    if len(asked) != 1 or said is None or question.expected == "time":
        return None
    if _months(question.text) - {asked[0]} or _months(best.text) != {month_number(said[3])}:
        return None
    if any(asked[0] in _months(one.text) for one in ranked):
        return None
    is_days = said["day"] and said["by"] != "of"
    if is_days or any(char.isdigit() for char in best.text[: said.start()]):
        hit = best.hit
        around = f"{hit.document.title or ''}\n{hit.passage.heading or ''}\n{hit.text}"
        if asked[0] in _months(around):
            return None
    reason = OTHER_MONTH.format(said=_MONTHS[month_number(said[3])], asked=_MONTHS[asked[0]])
    return Mistaken(reason, (best,))


def _months(text: str) -> set[int]:
    return {month_number(one[0]) for one in _ANY_MONTH.finditer(text)}
