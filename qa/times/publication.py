"""When a text was written, from its own evidence."""

from collections import Counter
from datetime import date, timedelta
from itertools import pairwise

from qa.times.clues import Clue, Clues, clues, dateline, latest
from qa.times.direction import cues
from qa.times.entries import entries, only_day
from qa.times.heads import Dateline, Stated, reported, stated
from qa.times.intervals import Claimed, Interval, Publication, hull, moved, on
from qa.times.words import spoken

_LONGEST = timedelta(days=366)
"""What leaves more open than a year is not told: no date can be counted from it."""
_GAP = timedelta(days=31)
_REACH = 12
"""Years that are tried on a side on which the text sets no bound."""
_MOST = 60_000
"""Characters above which only the first and last lines are read: a book is not written in a day."""
_GOOD, _SURE, _HEAD_ONLY, _DEED, _FOOT, _UNSURE = 2, 3, 4, 6.5, 7.5, 8
"""Ranks of lines: what speaks against metadata; what needs no more evidence; a date alone; one that
stands in the head and may be of something else."""
_QUOTED = 4


def publication(
    text: str, *, known: Claimed | None = None, saved: Claimed | None = None
) -> Publication | None:
    """When ``text`` was written, None where it allows several times or tells nothing.

    ``known`` is the day that the file's own words about itself give (a mail's header, a page's
    metadata) and where; ``saved`` that on which a program says that it was made.  Best is
    ``known``, unless a label, dateline or by-line in the text says another day: then both are
    told, as unsure.  Else such a line; then the days that all sentences allow together: not before
    what they tell as past, not after what they expect, "last month" being May, and so on.  Where
    more than a year is allowed it is not told.  At last, as unsure, the period that the text
    reports on, and ``saved`` where the text does not speak against it.
    """
    found = _told(text)
    if known is not None:
        sure = found is not None and (
            found.confidence == "unsure" or (found.confidence == "stated" and found.rank <= _GOOD)
        )
        if found is None or not sure or _agree(found.interval, known.day):
            return Publication(on(known.day), known.basis, "stated")
        told = f"{found.basis} or {known.basis} {known.day}"
        return Publication(hull(found.interval, on(known.day)), told, "unsure")
    if found is not None:
        return found
    if (day := only_day(text)) is not None:
        return Publication(day, f"its lines of {day}", "stated", _UNSURE)
    title = reported(text)
    own = [one for one in entries(text, title[0] if title else None) if one.kind != "mail"]
    if (
        sum(
            one.kind in ("line", "record") or "\n" in text[one.start : one.end].strip()
            for one in own
        )
        > 1
    ):
        newest = max(own, key=lambda one: one.day.start)
        return Publication(newest.day, f"its last entry {newest.day}", "stated", _UNSURE)
    heads = [one for one in stated(text) if isinstance(one, Stated) and one.rank >= _UNSURE]
    heads.sort(key=lambda one: one.interval.end)
    if heads and _near(heads[0], heads[-1]):
        last = heads[-1]
        return Publication(
            last.interval, last.basis, "stated" if _tells(text) else "unsure", _UNSURE
        )
    if title is not None and title[1]:
        return Publication(title[0], f"reports on {title[1]}", "unsure")
    if saved is not None and _may_be(saved.day, text):
        return Publication(on(saved.day), f"{saved.basis} {saved.day}", "unsure")
    return None


def _told(text: str) -> Publication | None:
    """What the text itself says."""
    heads = stated(text)
    told = [one for one in heads if isinstance(one, Stated) and one.rank < _UNSURE]
    lines = [one for one in heads if isinstance(one, Dateline)]
    best = [one for one in told if one.rank == told[0].rank]
    if len({one.interval for one in best}) > 1 and told[0].rank > _SURE:
        return None
    good = [one for one in told if one.rank <= _HEAD_ONLY or one.rank == _FOOT]
    if good:  # nothing is written before what its head dates
        last = good[0].interval.end
        named = [one for one in heads if isinstance(one, Stated) and one.rank > _UNSURE]
        good += [one for one in named if one.interval.start > last]
    if good and (other := next((one for one in good if not _near(good[0], one)), None)):
        both = hull(good[0].interval, other.interval)
        return Publication(both, f"{good[0].basis} or {other.basis}", "unsure")
    if told and (told[0].rank <= _SURE or (len(told) == 1 and told[0].rank == _DEED)):
        return _stated(told[0])
    evidence = _evidence(text)
    late = evidence.lower[0] if evidence.lower else date.min
    if told and told[0].interval.end >= late:
        return _stated(told[0])
    if lines:
        line = dateline(lines[0].atom, lines[0].line)
        evidence = evidence._replace(clues=(line, *evidence.clues))
    return _derived(evidence)


def _tells(text: str) -> bool:
    """Whether more is told of what has been than of what is to come, as an invitation does."""
    tenses = Counter(cue.tense for cue in cues(text[:_MOST], spoken(text[:_MOST])[0]))
    return tenses["past"] >= tenses["future"] and tenses["past"] > 0


def _near(one: Stated, other: Stated) -> bool:
    """Whether they may be of one writing: a letter is signed some days after it was begun."""
    first, second = sorted((one.interval, other.interval), key=lambda time: time.start)
    return second.start - first.end <= timedelta(days=7)


def _agree(one: Interval, day: date) -> bool:
    """Whether they are the same day, in whatever time zone."""
    return one.start - timedelta(days=1) <= day <= one.end + timedelta(days=1)


def _evidence(text: str) -> Clues:
    return clues(text) if len(text) <= _MOST else Clues(None, None, ())


def _may_be(day: date, text: str) -> bool:
    """Whether a text may be of the day: not before what it tells, nor years after its last."""
    evidence = _evidence(text)
    if evidence.lower is not None and day < evidence.lower[0]:
        return False
    last = latest(text[:_MOST])
    return last is None or day <= last + _LONGEST


def _stated(found: Stated) -> Publication:
    return Publication(found.interval, found.basis, "stated", found.rank)


def _derived(evidence: Clues) -> Publication | None:
    """All days that the evidence allows, if they lie within a year."""
    window = _window(evidence)
    if window is None:
        return None
    ends = evidence.lower is not None and evidence.upper is not None
    if not evidence.clues and not (ends and window.end - window.start <= _LONGEST):
        return None  # what the end of this would say, day by day
    days = [
        window.start + timedelta(days=number)
        for number in range((window.end - window.start).days + 1)
    ]
    deciding: list[Clue] = []
    for clue in sorted(evidence.clues, key=lambda one: one.near is None):
        left = [day for day in days if clue.allows(day)]
        if len(left) < len(days):
            deciding.append(clue)
        days = left
    if not days:
        return None  # it contradicts itself
    if any(after - day > _GAP for day, after in pairwise(days)):
        return None  # this year or that
    found = Interval(days[0], days[-1])
    open_start = evidence.lower is None and found.start == window.start
    open_end = evidence.upper is None and found.end == window.end
    if open_start or open_end or found.end - found.start > _LONGEST:
        return None
    return Publication(found, _basis(evidence, deciding, found), "derived")


def _window(evidence: Clues) -> Interval | None:
    near = [clue.near for clue in evidence.clues if clue.near is not None]
    known = [one.start for one in near] + [
        bound[0] for bound in (evidence.lower, evidence.upper) if bound is not None
    ]
    if not known:
        return None
    try:
        start = evidence.lower[0] if evidence.lower else moved(min(known), "year", -_REACH)
        last = evidence.upper[0] if evidence.upper else moved(max(known), "year", _REACH)
    except ValueError:
        return None
    return Interval(start, last) if start <= last else None


def _basis(evidence: Clues, deciding: list[Clue], found: Interval) -> str:
    """The words that left only these days, in the order in which they narrowed them."""
    words = [clue.words for clue in deciding[:_QUOTED]]
    if evidence.lower is not None and (len(words) < 2 or evidence.lower[0] == found.start):
        words.append(evidence.lower[1])
    if evidence.upper is not None:
        words.append(evidence.upper[1])
    return "the text: " + "; ".join(f"“{one}”" for one in words)
