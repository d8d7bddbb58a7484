"""What the sentences of a text tell of the day on which they were written."""

import re
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from itertools import pairwise
from typing import NamedTuple

from qa.times.digits import day_first
from qa.times.direction import cues, tense_at
from qa.times.expressions import atoms
from qa.times.intervals import DAY, Interval, containing
from qa.times.readings import Atom, Scope, Tense

_LAG = timedelta(days=21)
"""A figure "as of" a day is made known within so much time: the one assumption of this module."""
_AWAY = timedelta(days=120)
"""A date of another year is written without it at most so far away."""

_END = re.compile(r"[.!?][\"”’)]?\s+(?=[\"“(]?[A-Z])|\n\s*\n|\n(?=\s*[-*#•|>])")
_SAME = re.compile(r"\s*(?:,|\(|:|[-\u2013\u2014])?\s*(?:on|in|dated|that is,?|i\.e\.,?)?\s*", re.I)
_AS_OF = re.compile(r"\bas\s+of\s+(?:the\s+)?$", re.I)
_TOLD = re.compile(
    r"\b(?:announced|said|reported|released|published|disclosed|showed|revealed|stated|told)\b",
    re.I,
)
_NOT_YET = re.compile(
    r"\b(?:for|by|until|till|through|to|before|than|beyond|into|of|towards?)\s+(?:the\s+)?$", re.I
)
_NAMED = re.compile(r"\b(?:called|named|dubbed|under\s+the\s+name)\s+[\"“‘']?(?P<name>[A-Z][\w-]+)")
_MADE = re.compile(
    r"\b(?:launched|unveiled|founded|established|introduced|created|formed|opened|set\s+up"
    r"|announced|presented|started)\b"
)


class Clue(NamedTuple):
    """What one place tells: the days that it ``allows``, and its words."""

    allows: Callable[[date], bool]
    words: str
    near: Interval | None = None  # a time that the writing cannot be many years away from


class Clues(NamedTuple):
    """All that a text tells; ``lower`` and ``upper`` are the bounds with their words."""

    lower: tuple[date, str] | None
    upper: tuple[date, str] | None
    clues: tuple[Clue, ...]


class _Read(NamedTuple):
    """A sentence with its expressions and the tense at each."""

    text: str
    atoms: tuple[Atom, ...]
    tenses: tuple[Tense | None, ...]


def clues(text: str) -> Clues:
    """What the sentences of ``text`` tell of when it was written."""
    ends = [0, *(match.end() for match in _END.finditer(text)), len(text)]
    first = day_first(text)
    read = [_sentence(text[a:b], first) for a, b in pairwise(ends) if a < b]
    lower: tuple[date, str] | None = None
    upper: tuple[date, str] | None = None
    for sentence in read:
        for atom, tense in zip(sentence.atoms, sentence.tenses, strict=True):
            if atom.reading.kind != "absolute":
                continue
            interval = atom.reading.meaning(Scope(None))
            if interval is None:
                continue
            if tense == "past" and not _NOT_YET.search(sentence.text[: atom.start]):
                if lower is None or interval.start > lower[0]:
                    lower = interval.start, _around(sentence.text, atom)
            elif tense == "future" and (upper is None or interval.end < upper[0]):
                upper = interval.end, _around(sentence.text, atom)
    found: list[Clue] = []
    for before, sentence in zip([None, *read], read, strict=False):
        found += _same_time(sentence)
        found += _as_of(sentence)
        found += _yearless(sentence, before)
    return Clues(lower, upper, tuple(found + _names(read)))


def latest(text: str) -> date | None:
    """The last day that a text names with its year, as past or as to come."""
    first = day_first(text)
    named = [
        time.end
        for line in text.splitlines()
        for atom in atoms(line, first)
        if atom.reading.kind == "absolute" and (time := atom.reading.meaning(Scope(None)))
    ]
    return max(named, default=None)


def dateline(atom: Atom, line: str) -> Clue:
    """A dateline without its year: the text was written on such a day."""
    make = atom.reading.make

    def allows(day: date) -> bool:
        made = make(day.year) if make else None
        return made is not None and made.start <= day <= made.end

    return Clue(allows, line[: atom.end])


def _sentence(text: str, first: bool | None) -> _Read:
    text = " ".join(text.split())
    found = atoms(text, first)
    if not found:
        return _Read(text, (), ())
    marks = {language: cues(text, language) for language in {one.language for one in found}}
    tenses = (tense_at(marks[one.language], one.start, one.end) for one in found)
    return _Read(text, found, tuple(tenses))


def _around(text: str, atom: Atom) -> str:
    """The expression with a few words before it, as the basis quotes it."""
    start = text.rfind(" ", 0, max(atom.start - 30, 0)) + 1
    return f"{'… ' if start else ''}{text[start : atom.end]}"


def _same_time(sentence: _Read) -> list[Clue]:
    """Read "yesterday, May 6, 2024": both speak of one time."""
    found = []
    for first, second in pairwise(sentence.atoms):
        if not _SAME.fullmatch(sentence.text, first.end, second.start):
            continue
        pair = sorted((first, second), key=lambda one: one.reading.kind != "deictic")
        if pair[0].reading.kind == "deictic" and pair[1].reading.kind in ("absolute", "yearless"):
            words = sentence.text[first.start : second.end]
            near = pair[1].reading.meaning(Scope(None)) if not pair[1].reading.make else None
            found.append(Clue(_agree(pair[0], pair[1]), words, near))
    return found


def _agree(relative: Atom, named: Atom) -> Callable[[date], bool]:
    def allows(day: date) -> bool:
        said = _at(relative, day)
        if said is None:
            return False
        make = named.reading.make
        meant = make(said.start.year) if make else named.reading.meaning(Scope(None))
        if meant is None:
            return False
        return said.start <= meant.start <= said.end or _holds(meant, said)

    return allows


def _holds(outer: Interval, inner: Interval) -> bool:
    return outer.start <= inner.start and inner.end <= outer.end


def _at(atom: Atom, day: date, tense: Tense | None = None) -> Interval | None:
    try:
        return atom.reading.meaning(Scope(day, tense))
    except (ValueError, OverflowError):
        return None


def _as_of(sentence: _Read) -> list[Clue]:
    """A figure "as of February 5" that was announced "earlier this month"."""
    if not _TOLD.search(sentence.text):
        return []
    told = [one for one in sentence.atoms if one.reading.kind == "deictic"]
    found = []
    for atom in sentence.atoms:
        dated = atom.reading.kind in ("absolute", "yearless")
        if len(told) != 1 or not dated or not _AS_OF.search(sentence.text[: atom.start]):
            continue
        words = f"as of {sentence.text[atom.start : atom.end]}"
        near = atom.reading.meaning(Scope(None)) if not atom.reading.make else None
        found.append(
            Clue(
                _soon_told(told[0], atom),
                f"{words}, told {sentence.text[told[0].start : told[0].end]}",
                near,
            )
        )
    return found


def _soon_told(told: Atom, atom: Atom) -> Callable[[date], bool]:
    def allows(day: date) -> bool:
        said = _at(told, day)
        if said is None:
            return False
        make = atom.reading.make
        known = (
            [make(said.start.year), make(said.start.year - 1)]
            if make
            else [atom.reading.meaning(Scope(None))]
        )
        return any(
            one is not None and said.meets(Interval(one.end, one.end + _LAG)) for one in known
        )

    return allows


def _yearless(sentence: _Read, before: _Read | None) -> list[Clue]:
    """Read "On February 16 it released": of the year of writing, or not long before or after."""
    told = [*sentence.atoms, *(before.atoms if before else ())]
    if any(one.reading.kind == "absolute" for one in told):
        return []  # it may belong to the story of that date
    found = []
    for atom, tense in zip(sentence.atoms, sentence.tenses, strict=True):
        if atom.reading.kind == "yearless" and atom.reading.make and tense in ("past", "future"):
            found.append(Clue(_not_far(atom, tense), _around(sentence.text, atom)))
    return found


def _not_far(atom: Atom, tense: Tense) -> Callable[[date], bool]:
    def allows(day: date) -> bool:
        one = _at(atom, day, tense)
        if one is None:
            return False
        away = day - one.end if tense == "past" else one.start - day
        return one.start.year == day.year or away <= _AWAY

    return allows


def _names(read: Sequence[_Read]) -> list[Clue]:
    """What was given its name on a date is not spoken of before it: "last year" is later."""
    found = []
    for place, sentence in enumerate(read):
        named = _NAMED.search(sentence.text)
        if named is None or not _MADE.search(sentence.text[: named.start()]):
            continue
        days = [
            interval
            for atom in sentence.atoms
            if atom.reading.kind == "absolute"
            and (interval := atom.reading.meaning(Scope(None))) is not None
            and interval == containing(interval.start, "day")
        ]
        if len(days) != 1:
            continue
        name = re.compile(rf"\b{re.escape(named['name'])}\b")
        for other in read[place + 1 :]:
            if not name.search(other.text):
                continue
            for atom, tense in zip(other.atoms, other.tenses, strict=True):
                if atom.reading.kind == "deictic" and tense == "past":
                    words = f"{_around(other.text, atom)} … {named['name']}, named {days[0]}"
                    found.append(Clue(_after(atom, days[0].start), words))
    return found


def _after(atom: Atom, day: date) -> Callable[[date], bool]:
    def allows(written: date) -> bool:
        said = _at(atom, written)
        return said is not None and said.end >= day - DAY

    return allows
