"""How likely the passages found hold the answer, and why not where they do not.

The features look for what an unanswerable question lacks: a term that stands nowhere near
the others, a name or a figure that the evidence does not hold, a phrase of the right type.
"""

import math
from collections.abc import Sequence

from qa.answer.features import SENTENCE, Candidate, Floats, Reading, TermStatistics
from qa.answer.wording import ABSENT, NEAR_MISS, REFUSAL
from qa.text import words

_COLUMN = {name: i for i, name in enumerate(SENTENCE)}

EVIDENCE = (
    "score",
    "margin",
    "cover",
    "context",
    "best_context",
    "window",
    "missing",
    "missing_library",
    "names",
    "numbers",
    "cosine",
    "best_cosine",
    "passage_cosine",
    "best_passage_cosine",
    "typed",
    "untyped",
    "untyped_strict",
    "terms",
    "pairs",
    "agree",
    "ahead",
    "predicate",
    "best_window",
)
"""The features of the evidence, in the order of `evidence_features`."""


def evidence_features(
    reading: Reading, ranked: Sequence[Candidate], rows: Floats, scores: Floats
) -> list[float]:
    """The columns of `EVIDENCE`; candidates, their `SENTENCE` rows and scores best first."""
    top, row = ranked[0], rows[0]

    def column(name: str) -> Floats:
        return rows[:, _COLUMN[name]]

    contexts = (
        column("cover") + column("cover_before") + column("cover_after") + column("cover_above")
    )
    windows = contexts + column("cover_rest")
    held = reading.matched(top.around, top.above)
    question = reading.question
    everywhere = reading.matched(*(one.terms | one.above for one in ranked))
    elsewhere = [
        score
        for one, score in zip(ranked[1:], scores[1:], strict=True)
        if one.hit.passage.id != top.hit.passage.id
    ]
    hits = {one.hit.rank: one.hit for one in ranked}
    ahead = [hits[rank].score for rank in sorted(hits)][:2]
    ranks = {said.retriever: said.rank for said in top.hit.ranked}
    return [
        float(scores[0]),
        min(float(scores[0]) - float(elsewhere[0]), 5.0) if elsewhere else 5.0,
        float(row[_COLUMN["cover"]]),
        float(contexts[0]),
        float(contexts.max()),
        float(windows[0]),
        max(
            (reading.weights[one] * (1 - held.get(one, 0.0)) for one in reading.weights), default=0
        ),
        sum(value * (1 - everywhere.get(one, 0.0)) for one, value in reading.weights.items()),
        _held(question.names, held),
        _held(question.numbers, held),
        float(row[_COLUMN["cosine"]]),
        float(column("cosine").max()),
        float(row[_COLUMN["passage_cosine"]]),
        float(column("passage_cosine").max()),
        float(row[_COLUMN["typed"]]),
        float(row[_COLUMN["untyped"]]),
        float(row[_COLUMN["untyped"]] and question.kind in ("who", "when", "number")),
        math.log(1 + len(question.terms)),
        float(row[_COLUMN["pairs"]]),
        float(ranks.get("dense", 9) == 1 and ranks.get("bm25", 9) == 1),
        min(ahead[0] - ahead[1], 6.0) / 6 if len(ahead) > 1 else 0.0,
        float(row[_COLUMN["predicate"]]),
        float(windows.max()),
    ]


def _held(wanted: frozenset[str], held: dict[str, float]) -> float:
    """The share of ``wanted`` that is held; 1 where nothing is wanted."""
    return sum(held.get(one, 0.0) for one in wanted) / len(wanted) if wanted else 1.0


def why_not(reading: Reading, ranked: Sequence[Candidate], statistics: TermStatistics) -> str:
    """The reason of a refusal: words that no document holds, or a subject without the thing asked.

    Only words that weigh in the question are named; else the plain refusal is all.
    """
    question, weights = reading.question, reading.weights
    everywhere = reading.matched(*(one.terms | one.above for one in ranked))
    frequency = statistics.document_frequency(question.terms)
    absent = [
        one
        for one in question.terms
        if not frequency.get(one, 0)
        and one not in everywhere
        and (one in question.names | question.numbers or weights[one] >= HEAVY)
    ]
    if absent:
        return f"{REFUSAL} {ABSENT.format(words=_quoted(question.text, absent))}"
    held = reading.matched(ranked[0].around, ranked[0].above)
    written = {w.term for one in ranked for w in one.words[1:] if w.text[:1].isupper()}
    named = (question.names | written) - question.numbers
    subject = [one for one in question.terms if one in held and one in named]
    if subject:
        return f"{REFUSAL} {NEAR_MISS.format(words=_quoted(question.text, subject))}"
    return REFUSAL


HEAVY = 0.25
"""A term that carries this share of a question's weight, or terms together, matter to it."""


def _quoted(text: str, wanted: Sequence[str]) -> str:
    """The words of ``text`` with the terms ``wanted``, quoted, at most three."""
    said = {word.term: word.text for word in reversed(list(words(text)))}
    shown = [f"“{said.get(one, one)}”" for one in wanted[:3]]
    return " or ".join(shown)
