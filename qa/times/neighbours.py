"""What the words around a date without its year tell of it, whatever the tense says.

Of "January and February 2018" both are of 2018.  What was "put off from August to January" is
still to come, though it was put off in the past.
"""

import re
from collections.abc import Sequence
from itertools import pairwise

from qa.times.readings import VAGUE, Atom, Scope, absolute
from qa.times.words import MONTH

_AND = re.compile(rf"(?:\s*,\s*{MONTH})*\s*(?:,|&|,?\s(?i:and|or))\s+(?:(?i:in|on|of)\s+)?")
_MOVED = re.compile(
    r"\b(?:put\s+(?:off|back)|postponed?|postponing|moved?|moving|delay(?:ed|s|ing)?|defer(?:red)?"
    r"|push(?:ed|es)?(?:\s+(?:back|out))?|brought\s+forward|bring\s+forward|rescheduled?|extended?"
    r"|shift(?:ed|s)?|adjourned|prolonged)\b(?P<rest>[^.;:!?]*)$",
    re.I,
)
_NEW = re.compile(r"\b(?:from|to|till|until|into|for)\s+(?:the\s+)?$", re.I)


def moved(sentence: str, found: Sequence[Atom]) -> tuple[Atom, ...]:
    """``found`` with the dates that something was moved from and to left open."""
    return tuple(
        one._replace(reading=VAGUE)
        if one.reading.kind == "yearless" and is_moved(sentence, one)
        else one
        for one in found
    )


def is_moved(sentence: str, one: Atom) -> bool:
    """Whether something is moved from or to this date: "put off from August to January"."""
    before = sentence[: one.start]
    return bool(_NEW.search(before) and _MOVED.search(before))


def listed(sentence: str, found: Sequence[Atom]) -> tuple[Atom, ...]:
    """``found`` with the year of "February 2018" for the "January and" before it.

    Where that is later in the year than what follows ("December and January 2018") the year
    is open.
    """
    out = list(found)
    for i, (one, after) in reversed(list(enumerate(pairwise(found)))):
        after = out[i + 1]
        make = one.reading.make
        if make is None or after.reading.kind != "absolute":
            continue
        if not _AND.fullmatch(sentence, one.end, after.start):
            continue
        time = after.reading.meaning(Scope(None))
        mine = make(time.start.year) if time is not None else None
        first = time is not None and mine is not None and mine.start <= time.start
        out[i] = one._replace(reading=absolute(mine) if first else VAGUE)
    return tuple(out)
