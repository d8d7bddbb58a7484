"""CANARD (Elgohary et al. 2019): complete a question from the conversation before it.

The history is given as the data have it: the article's title and section as a first turn,
then questions and answers.  Earlier questions are completed by ourselves, as in use.
"""

import math
import re
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from qa.data import Answer, Statement
from qa.errors import UsageError
from qa.evaluate.statistics import DIGITS, Interval
from qa.evaluate.suites import Clock, Figure, Opener, Outcome, Step, figure, read_json, sample
from qa.text.words import terms


class Question(NamedTuple):
    """A question, the turns before it (question, answer), and how a person rewrote it."""

    text: str
    turns: tuple[tuple[str, str], ...]
    rewrite: str


def load(data: Path) -> list[Question]:
    """The questions.  Raises UsageError where it is no CANARD file."""
    found = []
    try:
        for row in read_json(data):
            title, section, *said = row["History"]
            turns = [(f"{title}: {section}", "")]
            turns += list(zip(said[::2], said[1::2], strict=True))
            found.append(Question(row["Question"], tuple(turns), row["Rewrite"]))
    except (KeyError, TypeError, ValueError) as error:
        raise UsageError(f"{str(data)!r} is not in CANARD's format: {error!r}") from error
    if not found:
        raise UsageError(f"{str(data)!r} holds no question")
    return found


def run(data: Path, opened: Opener, limit: int | None, step: Step) -> Outcome:  # noqa: ARG001 - as all
    """Complete every question that has a turn before it; the rest is complete already."""
    clock = Clock()
    questions = sample([one for one in load(data) if len(one.turns) > 1], limit)
    ours = []
    for asked in questions:
        ours.append(_completed(asked))
        step()
    clock.lap("questions")
    leaning = [
        scored(mine, asked)
        for mine, asked in zip(ours, questions, strict=True)
        if _added(asked.rewrite, asked.text)
    ]
    figures = figure("recall", "of the words the rewrite adds, added", [one[0] for one in leaning])
    title = "of the words we add, in the rewrite"
    figures += figure("precision", title, [one[1] for one in leaning])
    alone = [
        float(mine == asked.text)
        for mine, asked in zip(ours, questions, strict=True)
        if not _added(asked.rewrite, asked.text)
    ]
    figures += figure("untouched", "questions that need nothing, left as they are", alone)
    rewrites = [asked.rewrite for asked in questions]
    figures.append(_bleu("BLEU", "corpus BLEU-4 of ours", ours, rewrites))
    copies = [asked.text for asked in questions]
    figures.append(_bleu("BLEU-copy", "corpus BLEU-4 of the question as it is", copies, rewrites))
    notes = (f"{len(questions)} questions after a first one, {len(leaning)} of them lean on it",)
    return Outcome("canard", data.name, tuple(figures), (), notes, tuple(clock.seconds))


def _completed(asked: Question) -> str:
    from qa.answer.followup import complete

    history: list[Answer] = []
    for question, answer in asked.turns:
        statements = (Statement(answer, (), 1.0),) if answer else ()
        whole = complete(question, history)
        history.append(
            Answer(
                question=question,
                answered_question=whole,
                statements=statements,
                reason=None if statements else "",
                nearest=(),
                hits=(),
                engine="canard",
            )
        )
    return complete(asked.text, history)


def _added(longer: str, question: str) -> set[str]:
    return set(terms(longer)) - set(terms(question))


def scored(mine: str, asked: Question) -> tuple[float, float | None]:
    """(recall, precision) of the words added; precision None where nothing is."""
    theirs, ours = _added(asked.rewrite, asked.text), _added(mine, asked.text)
    both = len(theirs & ours)
    return both / len(theirs), both / len(ours) if ours else None


def bleu(candidates: Sequence[str], references: Sequence[str]) -> float:
    """Corpus BLEU-4 of Papineni et al. 2002, one reference each, case folded.

    >>> bleu(["the cat sat on the mat"], ["the cat sat on the mat"])
    1.0
    """
    matched, total = [0] * 4, [0] * 4
    ours = theirs = 0
    for candidate, reference in zip(candidates, references, strict=True):
        a, b = _tokens(candidate), _tokens(reference)
        ours, theirs = ours + len(a), theirs + len(b)
        for n in range(1, 5):
            grams, known = _grams(a, n), _grams(b, n)
            matched[n - 1] += sum((grams & known).values())
            total[n - 1] += sum(grams.values())
    if not all(matched):
        return 0.0
    mean = sum(math.log(m / t) for m, t in zip(matched, total, strict=True)) / 4
    return math.exp(min(0.0, 1 - theirs / ours) + mean)


def _tokens(text: str) -> list[str]:
    return re.findall(r"\w+|[^\w\s]", text.casefold())


def _grams(tokens: list[str], n: int) -> Counter[tuple[str, ...]]:
    return Counter(tuple(tokens[i : i + n]) for i in range(len(tokens) - n + 1))


def _bleu(name: str, title: str, ours: list[str], rewrites: list[str]) -> Figure:
    """A corpus figure; its interval is of 200 resamples of the questions."""
    import numpy as np

    from qa.evaluate.statistics import SEED

    draw = np.random.default_rng(SEED)
    some = []
    for _ in range(100):
        rows = draw.integers(0, len(ours), len(ours))
        some.append(bleu([ours[i] for i in rows], [rewrites[i] for i in rows]))
    low, high = (round(float(v), DIGITS) for v in np.quantile(some, [0.025, 0.975]))
    value = round(bleu(ours, rewrites), DIGITS)
    return Figure(name, title, Interval(value, low, high, len(ours)))
