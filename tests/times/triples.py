"""Expressions, anchors and intervals, as written in the text files beside this one."""

import re
from datetime import date
from pathlib import Path
from typing import NamedTuple

from qa.times.expressions import expressions
from qa.times.intervals import Interval

FOLDER = Path(__file__).parent
_MARKED = re.compile(r"\[([^]]+)\]")


class Case(NamedTuple):
    """One sentence with all its expressions: (text, interval or None) each."""

    sentence: str
    context: str | None
    anchor: Interval | None
    expected: tuple[tuple[str, Interval | None], ...]


def interval(text: str) -> Interval | None:
    """Read "2020-05-03" or "2020-05-01..2020-05-31"; None for "-" and "none"."""
    if text.strip() in ("-", "none"):
        return None
    days = [date.fromisoformat(day) for day in text.strip().split("..")]
    return Interval(days[0], days[-1])


def cases(name: str) -> list[Case]:
    """The cases of a file."""
    found, anchor = [], None
    for line in (FOLDER / name).read_text(encoding="utf-8").splitlines():
        if line.startswith("@"):
            anchor = interval(line[1:])
        elif line and not line.startswith("#"):
            told, _, values = line.rpartition(" =>")
            context, _, marked = told.rpartition(" || ")
            texts = _MARKED.findall(marked)
            days = [interval(one) for one in values.split(" ; ")] if values.strip() else []
            expected = tuple(zip(texts, days, strict=True))
            found.append(Case(_MARKED.sub(r"\1", marked), context or None, anchor, expected))
    return found


def got(case: Case) -> tuple[tuple[str, Interval | None], ...]:
    """What the code says of a case."""
    found = expressions(case.sentence, case.anchor, case.context)
    return tuple((one.text, one.interval) for one in found)
