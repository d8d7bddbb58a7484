"""Does a statement turn round what its source says?  Negation, direction and roles.

Cheap signs, read from words alone: they find a flip between wordings that otherwise agree,
and say nothing where the wordings share too little.
"""

import re
from collections.abc import Collection, Iterator
from itertools import permutations
from typing import NamedTuple

from qa.text.facts import names
from qa.text.words import Word, words

_NEGATOR = re.compile(
    r"\b(?:not(?!\s+(?:only|just|merely|simply)\b)|cannot|never|no(?!\.|\s*\d)(?!\s+(?:doubt|later))|none|neither|nor|nobody"
    r"|nothing|without|\w+n['’]t|refus\w+ to|fail(?:ed|s)? to|unable to|den(?:y|ied|ies)"
    r"|lack(?:s|ed|ing)?|hardly|no longer)\b",
    re.IGNORECASE,
)
_REACH = 60
_OPPOSITES = [
    ("more|greater|larger|over|above|exceeds?|exceeded|exceeding", "less|fewer|under|below"),
    (
        "rise|rises|rose|risen|rising|increas\\w+|grow|grows|grew|grown|growing|gain\\w*|climb\\w*"
        "|up|soar\\w*|jump\\w*|expand\\w*",
        "fall|falls|fell|fallen|falling|decreas\\w+|declin\\w+|drop\\w*|down|shrink\\w*|shrank"
        "|reduc\\w+|plung\\w*|lower\\w*",
    ),
    ("before|prior|earlier|preced\\w+", "after|following|later|since"),
    ("higher|highest", "lower|lowest"),
    ("more|most|largest|biggest|greatest", "least|smallest|fewest"),
    ("first", "last|final"),
    ("oldest|older", "youngest|younger|newest"),
    ("longest|longer", "shortest|shorter"),
    ("best|better", "worst|worse"),
    ("maximum|at most|up to", "minimum|at least"),
    ("win|wins|won|winning", "lose|loses|lost|losing"),
    ("accept\\w*|approv\\w+|agree\\w*", "reject\\w*|refus\\w+|disagree\\w*"),
    ("support\\w*|favou?r\\w*", "oppos\\w+|against"),
    ("includ\\w+", "exclud\\w+"),
    ("allow\\w*|permit\\w*|legal", "ban|bans|banned|prohibit\\w*|forbid\\w*|illegal"),
    ("open|opens|opened|opening", "clos(?:e|es|ed|ing)"),
    ("start\\w*|beg[aiu]n\\w*", "end|ends|ended|finish\\w*|stop\\w*|ceas\\w+"),
    ("north\\w*", "south\\w*"),
    ("east|eastern", "west|western"),
    ("always|all|every", "never|none"),
    ("many|most", "few"),
    ("profit\\w*", "loss|losses"),
    ("import\\w*", "export\\w*"),
    ("same|equal", "different|unequal"),
    ("possible", "impossible"),
    ("male|men|man", "female|women|woman"),
]
_SIDES = [
    (re.compile(rf"\b(?:{mine})\b", re.I), re.compile(rf"\b(?:{its})\b", re.I))
    for pair in _OPPOSITES
    for mine, its in permutations(pair)
]
_BREAK = re.compile(r"[,;:|\n]| {2}")
_NO = re.compile(r"no\b[.,;:!]?(?:\s+(?!\d)|$)", re.IGNORECASE)
_CELL = re.compile(
    r"(?i)(\w+)[ \t]*[:=][ \t]*(?:(false|off|no|disabled|none)|true|on|yes|enabled)\s*(?=[;|\n]|$)"
)
"""A cell, or a setting, that is one of two, and its name."""
_ON = re.compile(r"(?i)\b(?:yes|true|enabled|(?:switched|turned) on|on by default)\b(?!\s*[:=|])")
_OFF = re.compile(r"(?i)\b(?:false|off|disabled)\b(?!\s*[:=|])")
_SYMMETRIC = frozenset({"and", "with", "or", "of", "as", "both"})


class _Polarity(NamedTuple):
    affirmed: frozenset[str]
    denied: frozenset[str]


def contradictions(statement: str, sources: list[str]) -> Iterator[str]:
    """A reason for every sign that ``statement`` says the opposite of ``sources``."""
    joined = "\n".join(sources)
    cells = _CELL.findall(joined)
    if word := _turned(statement, {bool(off) for _, off in cells}, _CELL.sub(":", joined)):
        yield f"it says {word!r}, the opposite of a cell of the cited sentences"
    is_of_cell = any(off and name.casefold() in statement.casefold() for name, off in cells)
    if not is_of_cell and (word := _negation_flipped(statement, sources)):
        yield f"the negation differs from the cited sentences at {word!r}"
    for mine, its in _SIDES:
        found = mine.search(statement)
        if found is None or mine.search(joined) or its.search(statement):
            continue
        against = its.search(joined)
        if against and not _denied(joined, against.start()):
            yield f"it says {found.group()!r} where the source has {against.group()!r}"
    if pair := _swapped(statement, sources):
        yield f"{pair[0]!r} and {pair[1]!r} have changed places"


def _turned(statement: str, denies: Collection[bool], rest: str) -> str | None:
    """What turns a cell round: "It is switched on" of "default: false"."""
    on, off = _ON.search(statement), _OFF.search(statement)
    if len(denies) != 1 or (on and (off or _NEGATOR.search(statement))):
        return None
    told = on if True in denies else off
    return told.group() if told and not (_ON if told is on else _OFF).search(rest) else None


def _denied(text: str, at: int) -> bool:
    return any(at - match.end() < 25 for match in _NEGATOR.finditer(text, 0, at))


def _polarity(text: str) -> _Polarity:
    """Terms that stand right behind a negator, and all others."""
    every, negators = list(words(text)), list(_NEGATOR.finditer(text))
    heads = (_head(text, every, match.end()) for match in negators)
    denied = {head.term: head.start for head in heads if head is not None and head.term}
    affirmed = {
        word.term
        for word in every
        if word.term
        and word.start not in denied.values()
        and not any(match.start() <= word.start < match.end() for match in negators)
    }
    return _Polarity(frozenset(affirmed), frozenset(denied))


def _head(text: str, every: list[Word], at: int) -> Word | None:
    """The first word of content behind ``at``, in the same clause; adverbs are passed over."""
    for word in (one for one in every if one.start >= at):
        if word.start - at > _REACH or re.search(r"[,;:.!?]\s", text[at : word.start]):
            return None
        if word.term and not word.text.endswith("ly") and not {word.term, word.text} & _LIGHT:
            return word
    return None


_LIGHT = frozenset("yet even ever want longer get got make made take any".split())


def _negation_flipped(statement: str, sources: list[str]) -> str | None:
    mine = _polarity(statement)
    if any(_NO.match(source) for source in sources) and not _NEGATOR.search(statement):
        asked = (_polarity(source) for source in sources if source.endswith("?"))
        for one in asked:  # "Do you add any?" "No."
            if one.affirmed and one.affirmed <= mine.affirmed:
                return min(one.affirmed)
    theirs = [_polarity(source) for source in sources if not source.endswith("?")]
    denied_there = frozenset().union(*(one.denied for one in theirs))
    affirmed_there = frozenset().union(*(one.affirmed for one in theirs))
    flipped = mine.denied  # any of them, where the sources deny nothing
    if denied_there or _NEGATOR.search(" ".join(sources)):
        flipped &= affirmed_there - denied_there
    if flipped:
        return min(flipped)
    plain = mine.affirmed
    if any("without" in source.casefold() for source in sources):
        # "Apprentices are not among them" of "without apprentices".
        clauses = [_polarity(part) for part in _BREAK.split(statement)]
        plain = frozenset().union(*(one.affirmed for one in clauses if not one.denied))
    return min((denied_there - affirmed_there) & (plain - mine.denied), default=None)


def _swapped(statement: str, sources: list[str]) -> tuple[str, str] | None:
    """Two names that do to each other the reverse of what the source says."""
    known = frozenset(name for text in (statement, *sources) for name in names(text))
    for first, verbs, second, passive in _relations(statement, known):
        there = {  # as the statement has them: a "by" of one side alone turns them round
            (left, right) if its == passive else (right, left)
            for source in sources
            for left, theirs, right, its in _relations(source, known)
            if verbs & theirs
        }
        if (second, first) in there and (first, second) not in there:
            return first, second
    return None


def _relations(
    text: str, known: Collection[str]
) -> Iterator[tuple[str, frozenset[str], str, bool]]:
    """(name, terms between, name, whether "by" stands between) for names close together."""
    spoken = list(words(text))
    places = [i for i, word in enumerate(spoken) if word.text in known]
    for place, left in enumerate(places):
        for right in places[place + 1 : place + 4]:
            if _BREAK.search(text, spoken[left].end, spoken[right].start):
                break  # what stands behind it is another clause, or another entry
            between = spoken[left + 1 : right]
            raw = {word.text.lower() for word in between}
            verbs = frozenset(w.term for w in between if w.term and w.text not in known)
            if verbs and len(between) <= 8 and not raw & _SYMMETRIC:
                a, b = spoken[left].text.casefold(), spoken[right].text.casefold()
                yield a, verbs, b, "by" in raw
