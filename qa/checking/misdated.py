"""Whether a figure is given to the time that its source gives it to.

Of "840 million in 2023, up from 610 million in 2022" each part stands in "840 million in 2022".
Only such plain pairs are looked at: a clause of the source with the figure and a time of its
own, and another with the time that was said and a rival figure.
"""

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from qa.checking.missing import CLAUSES, Cited
from qa.text.facts import Number, is_numbered, numbers
from qa.times.expressions import expressions
from qa.times.intervals import Expression, Interval

_IN_DATE = re.compile(r"(\d),\s+(?=\d{4}\b)")


class _Clause(NamedTuple):
    """``times`` are what its temporal expressions mean, None where that is not known."""

    times: tuple[Interval | None, ...]
    numbers: tuple[Number, ...]


def misdated(statement: str, cited: Sequence[Cited]) -> Iterator[str]:
    """A reason for every number of ``statement`` that its sources give to another time."""
    known = [time for one in cited for time in one.times]
    mine = _clauses(statement, known)
    times = [time for clause in mine for time in clause.times]
    if len(times) == 1:  # "In 2022, revenue was 840 million": the time is that of the whole
        mine = [_Clause(tuple(times), tuple(n for clause in mine for n in clause.numbers))]
    timed = [(clause.times[0], clause.numbers) for clause in mine if len(clause.times) == 1]
    if not any(figures for _, figures in timed):
        return
    theirs = [clause for one in cited for clause in _clauses(one.text, one.times)]
    for time, figures in timed:
        for number in figures:
            if time is not None and _is_anothers(number, time, theirs):
                yield f"the number {number.value:f} is of another time in the cited sentences"


def _is_anothers(number: Number, time: Interval, theirs: Sequence[_Clause]) -> bool:
    def may_be_then(clause: _Clause) -> bool:
        return any(one is None or one.meets(time) for one in clause.times)

    own = [one for one in theirs if number.measure in [its.measure for its in one.numbers]]
    if not own or any(not clause.times or may_be_then(clause) for clause in own):
        return False
    return any(
        may_be_then(clause) and any(one.unit == number.unit for one in clause.numbers)
        for clause in theirs
    )


def _clauses(text: str, known: Sequence[Expression]) -> list[_Clause]:
    """The clauses of ``text``; relative expressions mean what ``known`` ones of the words do."""
    meant: dict[str, Interval | None] = {}
    for one in known:
        words = one.text.casefold()
        meant[words] = one.interval if meant.get(words, one.interval) == one.interval else None
    found = []
    for part in CLAUSES.split(_IN_DATE.sub(r"\1 ", text)):
        times = expressions(part, None)
        read = (meant.get(one.text.casefold(), one.interval) for one in times)
        figures = (one for one in numbers(part) if not is_numbered(part, one.start))
        found.append(_Clause(tuple(read), tuple(figures)))
    return found
