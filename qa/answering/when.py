"""When a question is asked: what was known by then, and which day is today."""

from datetime import date
from typing import NamedTuple

from qa.answering.question import Question
from qa.data import Answer, Note
from qa.errors import UsageError
from qa.library.interface import View


class When(NamedTuple):
    """The day whose knowledge answers (None: all of it), and the day that is today."""

    as_of: date | None
    today: date


def asked_when(as_of: date | None, today: date | None) -> When:
    """Without ``today`` it is the day of ``as_of``, else the day it is.

    Raises UsageError for what is no ``datetime.date``.
    """
    for name, day in (("as_of", as_of), ("today", today)):
        if day is not None and type(day) is not date:
            raise UsageError(f"{name} is {day!r}; a datetime.date or None is expected")
    return When(as_of, today or as_of or date.today())


def known_by(view: View, day: date | None) -> tuple[View, tuple[Note, ...]]:
    """(``view`` without what is not certainly published by ``day``, a remark on what is not).

    A document whose day is not known is in where the last day it can be of is not later.
    """
    if day is None:
        return view, ()
    last = {
        name: published or (written[1] if written else None)
        for name, (published, written) in view.dates().items()
    }
    gone = [name for name, latest in last.items() if latest is None or latest > day]
    undated = sum(latest is None for latest in last.values())
    known = {"day": day, "known": len(last) - len(gone), "all": len(last)}
    note = Note.of("as_of", **known)
    if undated:
        their = "its" if undated == 1 else "their"
        note = Note.of("as_of_undated", **known, count=undated, their=their)
    return (view.without(gone) if gone else view), (note,)


def nothing_known(
    question: Question, engine: str, reason: str, seconds: tuple[tuple[str, float], ...]
) -> Answer:
    """The refusal where there is no document to answer from; ``reason`` says why."""
    return Answer(
        question=question.asked,
        answered_question=question.lookup,
        statements=(),
        outcome="not_found",
        reason=reason,
        nearest=(),
        hits=(),
        engine=engine,
        seconds=seconds,
        confidence=0.0,
    )
