"""When a text was written, from its own evidence."""

import re
from collections.abc import Sequence
from datetime import date, timedelta
from itertools import pairwise

from qa.times.clues import Clue, Clues, clues, dateline, latest
from qa.times.entries import entries, only_day
from qa.times.heads import Dateline, Found, Stated, dates, near, reported, stated
from qa.times.intervals import Claimed, Interval, Publication, hull, moved, on

_LONGEST = timedelta(days=366)
"""What leaves more open than a year is not told: no date can be counted from it."""
_GAP = timedelta(days=31)
_REACH = 12
"""Years that are tried on a side on which the text sets no bound."""
_MOST = 60_000
"""Characters above which only the first and last lines are read: a book is not written in a day."""
_OUTRIGHT, _STATED, _MAYBE = 0.95, 0.7, 0.3
"""Chances of a line's date: what needs no more evidence, what the text states, what is unsure."""
_QUOTED = 4
_FORM = 11  # characters by whose form entries are alike: those of a day in figures
_COMMENT = re.compile(r"\ufeff+(?:[ \t\r]*(?:(?:#|//|--|;|/?\*)[^\n]*)?(?:\n|\Z))+")
_LETTER, _FIGURE = re.compile(r"[^\W\d]+"), re.compile(r"\d+")


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
    heads = stated(text)
    found = _told(text, heads)
    if known is not None:
        if found is None or not found.speaks or _agree(found.interval, known.day):
            same = found is not None and found.speaks and found.interval == on(known.day)
            is_hidden = known.basis.startswith(("meta ", "JSON-LD", "time element"))  # no text
            basis = (
                f"{known.basis} and {found.basis}" if found and same and is_hidden else known.basis
            )
            return Publication(on(known.day), basis, "stated")
        told = f"{found.basis} or {known.basis} {known.day}"
        return Publication(hull(found.interval, on(known.day)), told, "unsure")
    if found is not None and found.confidence != "unsure":
        last = None if found.speaks else _last_of(text, found.interval)
        return Publication(last, f"its last entry {last}", "stated") if last else found
    if (day := only_day(text)) is not None:
        return Publication(day, f"its lines of {day}", "stated")
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
        return Publication(newest.day, f"its last entry {newest.day}", "stated")
    if found is not None:
        return found
    for one in heads:
        if isinstance(one, Stated) and one.chance >= _MAYBE:
            return Publication(one.interval, one.basis, "unsure")
    if title is not None and title[1]:
        return Publication(title[0], f"reports on {title[1]}", "unsure")
    if saved is not None and _may_be(saved.day, text):
        return Publication(on(saved.day), f"{saved.basis} {saved.day}", "unsure")
    return None


def commented(text: str) -> Publication | None:
    """When a program or its settings were changed, by the labels in the comment they begin with."""
    comment = _COMMENT.match(text)
    found = [one for one in dates(comment.group()) if isinstance(one, Found)] if comment else []
    labelled = [one for one in found if one.form in ("label", "status")]
    last = max(labelled, key=lambda one: one.interval.end, default=None)
    return Publication(last.interval, f"{last.label} “{last.words}”", "stated") if last else None


def _last_of(text: str, day: Interval) -> Interval | None:
    """The newest of the entries that begin as that of ``day`` does; None where none does."""
    heads: dict[tuple[str, str], list[Interval]] = {}
    for one in entries(text):
        if one.kind in ("heading", "line"):
            form = _FIGURE.sub("0", _LETTER.sub("a", text[one.start : one.start + _FORM].lstrip()))
            heads.setdefault((one.kind, form), []).append(one.day)
    alike = next((days for days in heads.values() if day in days), [day])
    return max(alike, key=lambda one: one.start) if len(set(alike)) > 1 else None


def _told(text: str, heads: Sequence[Stated | Dateline]) -> Publication | None:
    """What the text itself says; ``heads`` are the dates of its head and foot."""
    told = [one for one in heads if isinstance(one, Stated)]
    lines = [one for one in heads if isinstance(one, Dateline)]
    good = [one for one in told if one.alone >= _STATED]
    good = [one for one in good if one.speaks] or good  # "Published ...", rather than "Updated ..."
    best = good[0] if good else None
    rival = next((one for one in good[1:] if best and not near(best, one)), None)
    if best and rival and best.chance < _OUTRIGHT:
        both = hull(best.interval, rival.interval)
        return Publication(both, f"{best.basis} or {rival.basis}", "unsure", best.speaks)
    if best and (best.speaks or best.chance >= _OUTRIGHT):
        return Publication(best.interval, best.basis, "stated", best.speaks)
    evidence = _evidence(text)
    late = evidence.lower[0] if evidence.lower else date.min
    if best and best.chance >= _STATED and best.interval.end >= late:
        return Publication(best.interval, best.basis, "stated")
    if lines:
        line = dateline(lines[0].atom, lines[0].line)
        evidence = evidence._replace(clues=(line, *evidence.clues))
    return _derived(evidence)


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
