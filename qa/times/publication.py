"""When a text was written, from its own evidence."""

from datetime import date, timedelta
from itertools import pairwise

from qa.times.clues import Clue, Clues, clues, dateline
from qa.times.heads import Dateline, Stated, stated
from qa.times.intervals import Interval, Publication, moved, on

_LONGEST = timedelta(days=366)
"""What leaves more open than a year is not told: no date can be counted from it."""
_GAP = timedelta(days=31)
_REACH = 12
"""Years that are tried on a side on which the text sets no bound."""
_MOST = 60_000
"""Characters above which only the first and last lines are read: a book is not written in a day."""
_HEAD_ONLY = 4
_QUOTED = 4


def publication(text: str, *, known: tuple[date, str] | None = None) -> Publication | None:
    """When ``text`` was written, None where it allows several times or tells nothing.

    ``known`` is the day that the file's metadata give and where; it is believed.  Then a
    label, dateline or by-line in the first lines or the last; then the days that all of its
    sentences allow together: not before what they tell as past, not after what they expect,
    "last month" being May, and so on.  Where more than a year is allowed it is None.
    """
    if known is not None:
        return Publication(on(known[0]), known[1], "stated")
    heads = stated(text)
    told = [one for one in heads if isinstance(one, Stated)]
    lines = [one for one in heads if isinstance(one, Dateline)]
    if told and told[0].rank <= 3:
        return _stated(told[0])
    evidence = clues(text) if len(text) <= _MOST else Clues(None, None, ())
    alone = [one for one in told if one.rank == _HEAD_ONLY]
    if len({one.interval for one in alone}) > 1:
        return None
    late = evidence.lower[0] if evidence.lower else date.min
    if told and (told[0].rank != _HEAD_ONLY or told[0].interval.end >= late):
        return _stated(told[0])
    if lines:
        line = dateline(lines[0].atom, lines[0].line)
        evidence = evidence._replace(clues=(line, *evidence.clues))
    return _derived(evidence)


def _stated(found: Stated) -> Publication:
    return Publication(found.interval, found.basis, "stated")


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
