"""Train the extractive reader's weights and report how it does on what it never saw.

    python bench/train_reader.py BENCHMARKS [--vectors FILE] [--write]

BENCHMARKS is a folder with ``xquad/xquad.en.json`` and ``qed/qed-dev.jsonlines``, both
public.  Training part: a random half of XQuAD's articles and of QED's titles; every figure
named "held out" is of the other half.  ``--write`` stores qa/answer/weights.json.

Ranking: a conditional logit over the sentences of the ten best passages (the sentence that
holds the gold answer is to win).  Refusal: a logistic regression that tells a question with
its gold paragraph in the index from the same question without it, and from copies whose
figure or name was exchanged for another, from copies whose word for the thing asked was,
and from the same question with only the answering sentences taken out.  The threshold is
explained at `threshold`.
"""

import argparse
import json
import re
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench.reader_data import SEED, Asked, Dataset, Embedder, Index, qed, xquad
from bench.reader_negatives import altered, answers, asked_words, lessened, swapped
from qa.answer.confidence import EVIDENCE, evidence_features
from qa.answer.emphasis import fresh
from qa.answer.extract import read
from qa.answer.features import SENTENCE, Candidate, Reading, candidates
from qa.answer.highlight import EMPHASIS, choose, phrase_features
from qa.answer.question import analyse

FALSE_ANSWERS = 0.05
FOLDS = 5
DRAWS = 2000
CONFIDENCE = 0.95


class Example(NamedTuple):
    """One question as read with some passages; ``gold`` marks the sentences that answer.

    ``kind`` is "with" its gold paragraph, "without" it, "removed" (its gold sentences alone
    taken out), "altered" (a figure or name of the question exchanged) or "swapped" (a word
    for the thing asked exchanged for another question's).
    """

    part: str
    kind: str
    group: str
    question: str
    reading: Reading
    found: Sequence[Candidate]
    rows: np.ndarray
    gold: np.ndarray
    answers: tuple[tuple[int, int], ...]


def examples(data: Dataset, embed: Embedder, strange: Sequence[str]) -> list[Example]:
    """Every question in every ``kind`` on one library of all rows.

    ``strange`` are words for things asked that need not occur in ``data`` at all.
    """
    index, rng = Index(data.rows, embed), np.random.default_rng(SEED)
    things = {group: asked_words(data, group) for group in {one.group for one in data.asked}}
    out = []
    for one in data.asked:
        other = data.asked[int(rng.integers(len(data.asked)))]
        tries = [("with", one.question), ("without", one.question), ("removed", one.question)]
        changed = altered(one.question, other.question, rng)
        if changed and other.group != one.group:
            tries.append(("altered", changed))
        choice = strange if rng.random() < 1 / 3 else things[one.group]
        changed = swapped(one.question, choice, rng)
        if changed:
            tries.append(("swapped", changed))
        for kind, text in tries:
            made = example(data.name, kind, one._replace(question=text), index, embed)
            if made is not None:
                out.append(made)
    return out


def alone(data: Dataset, embed: Embedder) -> list[Example]:
    """Every question with and without its paragraph or sentence, in a library of its group."""
    part = f"{data.name}, one article a library"
    indexes: dict[str, tuple[Index, dict[int, int]]] = {}
    out = []
    for one in data.asked:
        if one.group not in indexes:
            held = [i for i, kept in enumerate(data.rows) if kept.group == one.group]
            small = Index([data.rows[i] for i in held], embed)
            indexes[one.group] = small, {i: at for at, i in enumerate(held)}
        index, places = indexes[one.group]
        for kind in ("with", "without", "removed"):
            made = example(part, kind, one._replace(row=places[one.row]), index, embed)
            if made is not None:
                out.append(made)
    return out


def example(part: str, kind: str, one: Asked, index: Index, embed: Embedder) -> Example | None:
    """The question as the product would read it."""
    hits = index.hits(one.question, one.row if kind == "without" else None)
    if kind == "removed":
        hits = [lessened(hit, one) for hit in hits]
    question = analyse(one.question)
    found = candidates(hits)
    if not question.terms or not found:
        return None
    reading, kept, rows, _ = read(question, hits, found, embed, index)
    gold = np.array([kind == "with" and answers(one, found_one) for found_one in kept])
    return Example(part, kind, one.group, one.question, reading, kept, rows, gold, one.answers)


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


def phrases(one: Example) -> tuple[Candidate, list[tuple[int, int]]] | None:
    """The gold sentence of a question that expects a typed phrase, and its gold answers."""
    if one.reading.question.expected is None or one.kind != "with" or not one.gold.any():
        return None
    found = one.found[int(np.argmax(one.gold))]
    start, end = found.sentence.start, found.sentence.end
    inside = [(a - start, b - start) for a, b in one.answers if start <= a and b <= end]
    return (found, inside) if inside else None


_ARTICLES = frozenset(("the", "a", "an"))


def overlap(text: str, span: tuple[int, int], gold: tuple[int, int]) -> float:
    """F1 over the words of two ranges of ``text``, articles left out (SQuAD's measure)."""
    left, right = (
        [
            word
            for word in re.findall(r"\w+", text[a:b].casefold())
            if word not in ("the", "a", "an")
        ]
        for a, b in (span, gold)
    )
    common = sum(min(left.count(word), right.count(word)) for word in set(left))
    return 2 * common / (len(left) + len(right)) if common else 0.0


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


def emphasis_figures(weights: np.ndarray, data: Sequence[Example]) -> dict[str, float]:
    """On the gold sentence of typed questions: how many are emphasised, and EM and F1 of those."""
    exact, shared, asked = [], [], 0
    for one in data:
        typed = phrases(one)
        if typed is None:
            continue
        asked += 1
        found, gold = typed
        choice = choose(one.reading, found, weights)
        if choice is None or not choice.sure:
            continue
        best = max(overlap(found.text, choice.span, answer) for answer in gold)
        exact.append(best >= 0.999)
        shared.append(best)
    return {
        "typed": asked,
        "emphasised": round(len(exact) / max(1, asked), 4),
        "EM": round(float(np.mean(exact)), 4),
        "F1": round(float(np.mean(shared)), 4),
    }


class Model(NamedTuple):
    """The weights on the features' own scale."""

    sentence: np.ndarray
    evidence: np.ndarray
    bias: float


class Weighed(NamedTuple):
    """An example's columns of `EVIDENCE`, its sentences ranked by the model of all training."""

    part: str
    kind: str
    group: str
    row: list[float]


def sentence_weights(data: Sequence[Example]) -> np.ndarray:
    """The weights of the sentences' features."""
    ranked = [one for one in data if one.gold.any() and "library" not in one.part]
    spread = np.vstack([one.rows for one in ranked]).std(axis=0) + 1e-9
    return conditional_logit([(one.rows / spread, one.gold) for one in ranked], 3.0) / spread


def weighed(sentence: np.ndarray, one: Example, embed: Embedder) -> Weighed:
    """What the refusal is decided by."""
    scores = one.rows @ sentence
    order = np.argsort(-scores, kind="stable")
    found = [one.found[i] for i in order]
    row = evidence_features(one.reading, found, one.rows[order], scores[order], embed)
    return Weighed(one.part, one.kind, one.group, row)


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


def ranking_figures(sentence: np.ndarray, data: Sequence[Example]) -> dict[str, float]:
    """How often the gold sentence is first, and among the first three."""
    best = []
    for one in data:
        order = np.argsort(-(one.rows @ sentence), kind="stable")
        best.append((bool(one.gold[order[:1]].any()), bool(one.gold[order[:3]].any())))
    first, three = np.mean(best, axis=0)
    return {"@1": round(float(first), 4), "@3": round(float(three), 4)}


def refusal_figures(model: Model, data: Sequence[Weighed], bar: float) -> dict[str, object]:
    """AUROC, coverage at 5 % false answers, and at the threshold of training each kind's rate."""
    odds = np.array([one.row for one in data]) @ model.evidence + model.bias
    kinds = np.array([one.kind for one in data])
    with_, without = odds[kinds == "with"], odds[kinds == "without"]
    at = np.quantile(without, 1 - FALSE_ANSWERS)
    near = odds[(kinds != "with") & (kinds != "without")]
    return {
        "AUROC": round(float((with_[:, None] > without[None, :]).mean()), 4),
        "AUROC near misses": round(float((with_[:, None] > near[None, :]).mean()), 4),
        "coverage at 5 %": round(float((with_ > at).mean()), 4),
        "answered": {
            kind: round(float((odds[kinds == kind] >= bar).mean()), 4)
            for kind in dict.fromkeys(kinds.tolist())
        },
    }


def main(say: Callable[[str], None] = print) -> None:
    """Train, report, and write if asked."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("benchmarks", type=Path)
    parser.add_argument("--vectors", type=Path, default=Path("reader-vectors.sqlite"))
    parser.add_argument("--write", action="store_true")
    given = parser.parse_args()
    embed = Embedder(given.vectors)
    sets = (xquad(given.benchmarks), qed(given.benchmarks))
    training = sets[0].training() | sets[1].training()
    every = examples(sets[0], embed, asked_words(sets[1])) + alone(sets[0], embed)
    every += examples(sets[1], embed, asked_words(sets[0]))
    known = [one for one in every if one.group in training]
    sentence = sentence_weights(known)
    rows = [weighed(sentence, one, embed) for one in every]
    learned = [one for one in rows if one.group in training]
    model = Model(sentence, *evidence_weights(learned))
    bar = threshold(learned)
    say(f"threshold {bar:.3f}")
    for part in dict.fromkeys(one.part for one in every):
        for name, groups in (("training", True), ("held out", False)):
            asked = [one for one in every if one.part == part and one.kind == "with"]
            asked = [one for one in asked if (one.group in training) is groups]
            data = [o for o in rows if o.part == part and (o.group in training) is groups]
            say(f"{part}, {name}: {len(asked)} questions")
            say(f"  sentence {ranking_figures(sentence, asked)}")
            say(f"  refusal  {refusal_figures(model, data, bar)}")
    emphasis = emphasis_weights(known)
    for name, groups in (("training", True), ("held out", False)):
        kept = [o for o in every if o.part == "XQuAD" and (o.group in training) is groups]
        say(f"XQuAD, {name}: emphasis {emphasis_figures(emphasis, kept)}")
    if given.write:
        write(model, emphasis, bar, {kept.name: len(kept.training()) for kept in sets})


def write(model: Model, emphasis: np.ndarray, bar: float, groups: dict[str, int]) -> None:
    """Store the weights with where they come from."""
    held = {
        "trained_by": "bench/train_reader.py",
        "trained_on": f"a random half (seed {SEED}) of each set: "
        + ", ".join(f"{name} ({count} groups)" for name, count in groups.items()),
        "false_answers": FALSE_ANSWERS,
        "threshold_by": f"at most {FALSE_ANSWERS:.0%} of XQuAD's training questions without their "
        f"paragraph, in {CONFIDENCE:.0%} of {DRAWS} draws of articles, {FOLDS} folds by article, "
        "on one library of all and on one an article, the higher",
        "threshold": round(bar, 4),
        "bias": round(model.bias, 5),
        "sentence": dict(zip(SENTENCE, (round(float(x), 5) for x in model.sentence), strict=True)),
        "emphasis": dict(zip(EMPHASIS, (round(float(x), 4) for x in emphasis), strict=True)),
        "evidence": dict(zip(EVIDENCE, (round(float(x), 5) for x in model.evidence), strict=True)),
    }
    path = Path(__file__).resolve().parent.parent / "qa" / "answer" / "weights.json"
    path.write_text(json.dumps(held, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
