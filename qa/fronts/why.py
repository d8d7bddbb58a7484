"""How an answer came about."""

from collections.abc import Iterator

from qa.data import Answer
from qa.fronts import render
from qa.fronts.explained import reading_lines, unfit_lines
from qa.fronts.lines import BLANK, Line, Piece, one_line

_UNITS = 3


def why_lines(answer: Answer) -> Iterator[Line]:
    """The stages of an answer: what was looked up, found, and chosen, by which engine."""
    yield _pair("question", answer.question)
    yield _pair("looked up", answer.answered_question)
    yield _pair("outcome", answer.outcome)
    yield _pair("engine", answer.engine)
    if answer.confidence is not None:
        bar = f" (answered from {answer.threshold:.3f} on)" if answer.threshold is not None else ""
        yield _pair("confidence", f"{answer.confidence:.3f}{bar}")
    yield _pair("seconds", ", ".join(f"{name} {spent:.3f}" for name, spent in answer.seconds))
    if answer.usage is not None:
        yield _pair("usage", render.usage_text(answer.usage))
    if answer.prompt_hash is not None:
        yield _pair("prompt", answer.prompt_hash)
    if answer.reason is not None:
        yield _pair("refused", answer.reason)
    if answer.statements:
        support = ", ".join(f"{one.markers} {one.support:.2f}" for one in answer.statements)
        yield _pair("support", support)
    for gone in answer.left_out:
        yield render.left_out_line(gone)
    yield BLANK
    if not answer.hits:
        yield Line((Piece("Its passages are not kept: it was resumed, or nothing was found."),))
    for hit in answer.hits:
        yield from render.place_lines(hit, ", cited" if render.is_cited(hit, answer) else "")
    if answer.trace is not None:
        yield from unfit_lines(answer.trace)
        for reading in answer.trace.readings:
            yield BLANK
            yield from reading_lines(reading, answer.trace, _UNITS)


def _pair(name: str, value: str) -> Line:
    return Line((Piece(f"{name:<11}", "dim"), Piece(one_line(value))))
