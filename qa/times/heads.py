"""Where a text states its own date: labels, datelines, by-lines, lines that are a date."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from qa.times.expressions import atoms
from qa.times.intervals import Interval, containing
from qa.times.readings import Atom, Scope

_HEAD_LINES = 12
_FOOT_LINES = 3
_SHORT = 100
_LINE = 240  # characters of a line that are looked at


class Stated(NamedTuple):
    """A date that a line gives the text; a lower ``rank`` is better evidence."""

    rank: int
    interval: Interval
    basis: str


class Dateline(NamedTuple):
    """A dateline without its year."""

    atom: Atom
    line: str


_MARK = r"(?:^|[.|·•–—-]\s+|\()\W*"
_REST = r"(?:\s+(?:on|at|date))?[\s:,|*_–—-]*$"
_LABEL = re.compile(
    _MARK + r"(?P<label>(?:first\s+)?published|posted|(?:publication\s+|release\s+|issue\s+)?date"
    r"|date\s+of\s+(?:publication|issue)|issued|released|sent|filed|press\s+release"
    r"|(?:for\s+)?(?:immediate\s+)?release)" + _REST,
    re.I,
)
_UPDATED = re.compile(
    _MARK + r"(?P<label>(?:last\s+)?(?:updated|modified|reviewed|revised|changed|edited))" + _REST,
    re.I,
)
_STATUS = re.compile(
    r"^\W*(?P<label>as\s+of|status|version(?:\s+[\w.]+)?|revision(?:\s+[\w.]+)?|draft(?:\s+of)?"
    r"|dated|signed|written)" + _REST,
    re.I,
)
_BY = re.compile(r"^\W*By\s+[A-Z][^.!?]{2,60}?[,|·•–—-]\s*(?:on\s+)?$")
_MINUTES = re.compile(
    r"^\W*(?:minutes|notes|protocol)\b[^.!?]{0,120}?(?:\b(?:on|of)|[,:–—-])\s*$", re.I
)
_PLACE = re.compile(
    r"^\W*[A-Z][\w.'\u2019-]*(?:[ /-][A-Z][\w.'\u2019-]*){0,3}(?:,\s*[A-Z][\w. ]*)?,\s*$"
)
_DASHED = re.compile(r"^\s*(?:\([^)]{1,40}\)|/[^/]{1,40}/)?\s*(?:[-\u2013\u2014]+|:)(?:\s|$)")
_BAR = re.compile(r"[|·•]\s*$")
_NOTHING = re.compile(r"^[\s.,;|)*_–—-]*(?:(?:at|,|\|)?\s*\d{1,2}[:.h]\d\d.{0,20})?\s*$")
_GOES_ON = re.compile(r"^\s*(?:[a-z]+\b)(?<!at)(?<!by)")


def stated(text: str) -> tuple[Stated | Dateline, ...]:
    """What the first lines, and the last ones, say of the text's date; best and first first."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    head, foot = lines[:_HEAD_LINES], lines[_HEAD_LINES:][-_FOOT_LINES:]
    if len(lines) <= _HEAD_LINES:
        foot = lines[-_FOOT_LINES:]
    found = [one for line in head for one in _read(line)]
    found += [
        one._replace(rank=9)
        for line in foot
        for one in _read(line)
        if isinstance(one, Stated) and one.rank in (0, 4, 6)
    ]
    return tuple(sorted(found, key=lambda one: one.rank if isinstance(one, Stated) else 8))


def _read(line: str) -> Iterator[Stated | Dateline]:
    line = line[:_LINE]
    for atom in atoms(line):
        before, after = line[: atom.start], line[atom.end :]
        words = line[atom.start : atom.end]
        if atom.reading.kind == "yearless":
            if _PLACE.search(before) and _DASHED.search(after):
                yield Dateline(atom, line)
            continue
        interval = atom.reading.meaning(Scope(None)) if atom.reading.kind == "absolute" else None
        if interval is None or interval not in (
            containing(interval.start, "day"),
            containing(interval.start, "month"),
        ):
            continue
        found = _rank(before, after, line)
        if found is not None:
            yield Stated(found[0], interval, f"{found[1]} “{words}”")


def _rank(before: str, after: str, line: str) -> tuple[int, str] | None:
    ends = bool(_NOTHING.match(after))
    if (match := _LABEL.search(before)) and not _GOES_ON.match(after):
        return 0, " ".join(match["label"].lower().split())
    if _PLACE.search(before) and (_DASHED.match(after) or (before[:1] == "(" and after[:1] == ")")):
        return 1, "dateline"
    if _BY.search(before) and not _GOES_ON.match(after):
        return 2, "by-line"
    if _MINUTES.search(before) and ends:
        return 3, "heading"
    if (match := _UPDATED.search(before)) and not _GOES_ON.match(after):
        return 5, " ".join(match["label"].lower().split())
    if (match := _STATUS.search(before)) and ends:
        return 6, " ".join(match["label"].lower().split())
    free = not before.strip(" \t#*_(|–—-") or _PLACE.search(before) or _BAR.search(before)
    if ends and free and len(line) <= _SHORT:
        return 4, "a line of its own"
    return None
