"""The reader's weights fitted to examples, and the threshold of refusing."""

from collections.abc import Sequence

import numpy as np

from bench.reader_data import SEED
from bench.reader_examples import Example, Weighed
from bench.reader_phrases import overlap, phrases
from qa.answer.confidence import EVIDENCE
from qa.answer.emphasis import fresh
from qa.answer.highlight import phrase_features

FALSE_ANSWERS = 0.05
FOLDS = 5
DRAWS = 2000
CONFIDENCE = 0.95


def conditional_logit(data: Sequence[tuple[np.ndarray, np.ndarray]], ridge: float) -> np.ndarray:
    """Weights under which the gold rows win (Newton's method; McFadden 1974)."""
    width = data[0][0].shape[1]
    weights = np.zeros(width)

    def value(at: np.ndarray) -> float:
        total = -0.5 * ridge * float(at @ at)
        for rows, gold in data:
            scores = rows @ at
            total += np.logaddexp.reduce(scores[gold]) - np.logaddexp.reduce(scores)
        return total

    best = value(weights)
    for _ in range(60):
        gradient, curve = -ridge * weights, -ridge * np.eye(width)
        for rows, gold in data:
            scores = rows @ weights
            all_ = np.exp(scores - np.logaddexp.reduce(scores))
            won = np.exp(scores[gold] - np.logaddexp.reduce(scores[gold]))
            mean = all_ @ rows
            gradient += won @ rows[gold] - mean
            curve -= (rows.T * all_) @ rows - np.outer(mean, mean)
        step, size = -np.linalg.solve(curve, gradient), 1.0
        while value(weights + size * step) < best and size > 1e-4:
            size /= 2
        weights = weights + size * step
        before, best = best, value(weights)
        if best - before < 1e-6:
            break
    return weights


def logistic(
    rows: np.ndarray, labels: np.ndarray, counts: np.ndarray, ridge: float
) -> tuple[np.ndarray, float]:
    """(weights, bias) of a logistic regression, by Newton's method; ``counts`` weigh the rows."""
    full = np.hstack([rows, np.ones((len(rows), 1))])
    weights = np.zeros(full.shape[1])
    penalty = np.append(np.full(rows.shape[1], ridge), 0.0)
    for _ in range(50):
        chance = 1 / (1 + np.exp(-full @ weights))
        curve = (full.T * (counts * chance * (1 - chance))) @ full + np.diag(penalty)
        step = np.linalg.solve(curve, full.T @ (counts * (labels - chance)) - penalty * weights)
        weights += step
        if np.abs(step).max() < 1e-8:
            break
    return weights[:-1], float(weights[-1])


def sentence_weights(data: Sequence[Example]) -> np.ndarray:
    """The weights of the sentences' features."""
    ranked = [one for one in data if one.gold.any() and "library" not in one.part]
    spread = np.vstack([one.rows for one in ranked]).std(axis=0) + 1e-9
    return conditional_logit([(one.rows / spread, one.gold) for one in ranked], 3.0) / spread


LESS = frozenset(("untyped", "lost", "lost_count", "other_number"))
"""Features that can only speak against an answer."""
EITHER = frozenset(("terms",))
"""Features that may speak either way; all others can only speak for one."""
ALTERED = 5.0
"""How often each altered question counts: there are few, and a wrong year or name is worst."""


def evidence_weights(data: Sequence[Weighed]) -> tuple[np.ndarray, float]:
    """(weights, bias) that tell answerable from unanswerable.

    A feature whose weight comes out with the sign it cannot have is left out and the rest
    fitted again: such signs come from features that overlap, and do not carry over to
    other documents.
    """
    rows = np.array([one.row for one in data])
    middle, width = rows.mean(axis=0), rows.std(axis=0) + 1e-9
    labels = np.array([float(one.kind == "with") for one in data])
    counts = np.array([ALTERED if one.kind == "altered" else 1.0 for one in data])
    sign = np.array([0 if f in EITHER else -1 if f in LESS else 1 for f in EVIDENCE])
    used = np.ones(len(EVIDENCE), dtype=bool)
    while True:
        fitted, bias = logistic(((rows - middle) / width)[:, used], labels, counts, 1.0)
        evidence = np.zeros(len(EVIDENCE))
        evidence[used] = fitted
        wrong = np.maximum(-sign * evidence, 0.0)
        if not wrong.any():
            break
        used[int(wrong.argmax())] = False
    evidence = evidence / width
    return evidence, bias - float(middle @ evidence)


def threshold(data: Sequence[Weighed]) -> float:
    """The log-odds at which at most 5 % of unanswerable questions are answered, at 95 % confidence.

    Unanswerable are XQuAD's training questions without their paragraph, each scored by
    weights that were trained without its fifth of the articles.  Questions on one article
    stand and fall together, so articles are drawn, not questions (a cluster bootstrap): the
    threshold keeps 95 of 100 draws at or below 5 %, on the large library and on the small
    ones; the higher of the two holds.
    """
    groups = sorted({one.group for one in data})
    rng = np.random.default_rng(SEED)
    fold = dict(zip(groups, rng.integers(0, FOLDS, len(groups)), strict=True))
    scores: dict[str, dict[str, list[float]]] = {}
    for k in range(FOLDS):
        evidence, bias = evidence_weights([one for one in data if fold[one.group] != k])
        for one in data:
            if fold[one.group] == k and one.kind == "without" and one.part.startswith("XQuAD"):
                odds = float(np.dot(one.row, evidence)) + bias
                scores.setdefault(one.part, {}).setdefault(one.group, []).append(odds)
    return max(_bar(list(each.values()), rng) for each in scores.values())


def _bar(each: Sequence[Sequence[float]], rng: np.random.Generator) -> float:
    draws = (rng.integers(0, len(each), len(each)) for _ in range(DRAWS))
    bars = [
        np.quantile(np.concatenate([each[i] for i in draw]), 1 - FALSE_ANSWERS) for draw in draws
    ]
    return float(np.quantile(bars, CONFIDENCE))


def emphasis_weights(data: Sequence[Example]) -> np.ndarray:
    """Weights under which the phrase nearest to the gold answer wins."""
    made = []
    for one in data:
        typed = phrases(one)
        if typed is None or one.part != "XQuAD":
            continue
        found, gold = typed
        expected = one.reading.question.expected
        spans = fresh(found.text, one.reading.question, expected) if expected else []
        right = np.array(
            [max(overlap(found.text, span, answer) for answer in gold) >= 0.5 for span in spans],
            dtype=bool,
        )
        if right.any() and not right.all():
            rows = [phrase_features(one.reading, found, span) for span in spans]
            made.append((np.array(rows), right))
    return conditional_logit(made, 1.0)
