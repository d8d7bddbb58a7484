"""Train the extractive reader's weights and report how it does on what it never saw.

    python bench/train_reader.py BENCHMARKS [--vectors FILE] [--write]

BENCHMARKS is a folder with ``xquad/xquad.en.json`` and ``qed/qed-dev.jsonlines``, both
public.  Training part: a random half of XQuAD's articles and of QED's titles; every figure
named "held out" is of the other half.  ``--write`` stores qa/answer/weights.json.

Ranking: a conditional logit over the sentences of the ten best passages (the sentence that
holds the gold answer is to win).  Refusal: a logistic regression that tells a question with
its gold paragraph in the index from the same question without it, and from copies whose
figure or name was exchanged for another.  The threshold lets at most 5 % of
XQuAD's training questions without their paragraph through, at 95 % confidence (normal
approximation), scored by models that were not trained on them.
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
from qa.answer.confidence import EVIDENCE, evidence_features
from qa.answer.emphasis import fresh
from qa.answer.extract import read
from qa.answer.features import SENTENCE, Candidate, Reading, candidates
from qa.answer.highlight import EMPHASIS, SURE, choose, phrase_features
from qa.answer.question import analyse

FALSE_ANSWERS = 0.05
FOLDS = 5


class Example(NamedTuple):
    """One question as read with some passages; ``gold`` marks the sentences that answer.

    ``kind`` is "with" its gold paragraph, "without" it, or "altered".
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


def examples(data: Dataset, embed: Embedder, alone: bool = False) -> list[Example]:
    """Every question with, without and (in training) altered; ``alone``: a library a group."""
    training = data.training()
    part = data.name + (", one article a library" if alone else "")
    whole = None if alone else Index(data.rows, embed)
    indexes: dict[str, tuple[Index, dict[int, int]]] = {}
    rng = np.random.default_rng(SEED)
    out = []
    for one in data.asked:
        if whole is not None:
            index, row = whole, one.row
        else:
            if one.group not in indexes:
                held = [i for i, kept in enumerate(data.rows) if kept.group == one.group]
                small = Index([data.rows[i] for i in held], embed)
                indexes[one.group] = small, {i: at for at, i in enumerate(held)}
            index, places = indexes[one.group]
            row = places[one.row]
        tries: list[tuple[str, str, int | None]] = [
            ("with", one.question, None),
            ("without", one.question, row),
        ]
        other = data.asked[int(rng.integers(len(data.asked)))]
        changed = altered(one.question, other.question, rng) if one.group in training else None
        if changed and other.group != one.group:
            tries.append(("altered", changed, None))
        for kind, text, without in tries:
            made = example(part, kind, one._replace(question=text, row=row), index, without, embed)
            if made is not None:
                out.append(made)
    return out


def example(
    part: str, kind: str, one: Asked, index: Index, without: int | None, embed: Embedder
) -> Example | None:
    """The question as the product would read it."""
    hits = index.hits(one.question, without)
    question = analyse(one.question)
    if not question.terms:
        return None
    reading, found, rows, _ = read(question, hits, candidates(hits), embed, index)
    gold = np.array([kind == "with" and answers(one, found_one) for found_one in found])
    return Example(part, kind, one.group, one.question, reading, found, rows, gold, one.answers)


def answers(one: Asked, found: Candidate) -> bool:
    """Whether a sentence is the gold one, or holds the start of a gold answer."""
    if int(found.hit.passage.id) != one.row:
        return False
    start, end = found.sentence.start, found.sentence.end
    if one.sentence is not None:
        overlap = min(end, one.sentence[1]) - max(start, one.sentence[0])
        return overlap * 2 > min(end - start, one.sentence[1] - one.sentence[0])
    return any(start <= at < end for at, _ in one.answers)


_NAME = re.compile(r"(?<=\s)[A-Z][\w-]+(?:\s+[A-Z][\w-]+)*")
_FIGURE = re.compile(r"\b\d{2,4}\b")


def altered(question: str, other: str, rng: np.random.Generator) -> str | None:
    """``question`` with a figure or a name exchanged, so that nothing answers it."""
    figure = _FIGURE.search(question)
    if figure:
        value = int(figure.group()) + int(rng.integers(3, 40)) * (1 if rng.random() < 0.5 else -1)
        return question[: figure.start()] + str(abs(value)) + question[figure.end() :]
    names, others = list(_NAME.finditer(question)), _NAME.findall(other)
    if not names or not others:
        return None
    name = names[int(rng.integers(len(names)))]
    return question[: name.start()] + others[0] + question[name.end() :]


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


def logistic(rows: np.ndarray, labels: np.ndarray, ridge: float) -> tuple[np.ndarray, float]:
    """(weights, bias) of a logistic regression, by Newton's method."""
    full = np.hstack([rows, np.ones((len(rows), 1))])
    weights = np.zeros(full.shape[1])
    penalty = np.append(np.full(rows.shape[1], ridge), 0.0)
    for _ in range(50):
        chance = 1 / (1 + np.exp(-full @ weights))
        curve = (full.T * (chance * (1 - chance))) @ full + np.diag(penalty)
        step = np.linalg.solve(curve, full.T @ (labels - chance) - penalty * weights)
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
        if choice is None or choice.chance < SURE:
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

    def evidence_of(self, one: Example) -> list[float]:
        """The columns of `EVIDENCE` for an example, its sentences ranked."""
        scores = one.rows @ self.sentence
        order = np.argsort(-scores, kind="stable")
        found = [one.found[i] for i in order]
        return evidence_features(one.reading, found, one.rows[order], scores[order])

    def odds(self, one: Example) -> float:
        """The log-odds that the passages hold the answer."""
        return float(np.dot(self.evidence_of(one), self.evidence)) + self.bias


def train(data: Sequence[Example]) -> Model:
    """Both models from training examples."""
    ranked = [one for one in data if one.kind == "with" and one.gold.any()]
    ranked = [one for one in ranked if "library" not in one.part]
    every = np.vstack([one.rows for one in ranked])
    spread = every.std(axis=0) + 1e-9
    sentence = conditional_logit([(one.rows / spread, one.gold) for one in ranked], 3.0) / spread
    model = Model(sentence, np.zeros(len(EVIDENCE)), 0.0)
    rows = np.array([model.evidence_of(one) for one in data])
    middle, width = rows.mean(axis=0), rows.std(axis=0) + 1e-9
    labels = np.array([float(one.kind == "with") for one in data])
    evidence, bias = logistic((rows - middle) / width, labels, 1.0)
    evidence = evidence / width
    return Model(sentence, evidence, bias - float(middle @ evidence))


def threshold(data: Sequence[Example]) -> float:
    """The log-odds that at most 5 % of XQuAD's unanswerable questions exceed, at 95 % confidence.

    Each training question is scored by a model that was trained without its fifth of the articles.
    """
    groups = sorted({one.group for one in data})
    fold = dict(
        zip(groups, np.random.default_rng(SEED).integers(0, FOLDS, len(groups)), strict=True)
    )
    scores = []
    for k in range(FOLDS):
        model = train([one for one in data if fold[one.group] != k])
        scores += [
            model.odds(one)
            for one in data
            if fold[one.group] == k and one.kind == "without" and one.part.startswith("XQuAD")
        ]
    asked = len(scores) // 2  # the same questions, on one library and on one a group
    rates = np.linspace(0.0, FALSE_ANSWERS, 501)
    upper = rates + 1.645 * np.sqrt(rates * (1 - rates) / asked)
    return float(np.quantile(scores, 1 - rates[upper <= FALSE_ANSWERS].max()))


def ranking_figures(model: Model, data: Sequence[Example]) -> dict[str, float]:
    """How often the gold sentence is first, and among the first three."""
    best = []
    for one in data:
        order = np.argsort(-(one.rows @ model.sentence), kind="stable")
        best.append((bool(one.gold[order[:1]].any()), bool(one.gold[order[:3]].any())))
    first, three = np.mean(best, axis=0)
    return {"@1": round(float(first), 4), "@3": round(float(three), 4)}


def refusal_figures(model: Model, data: Sequence[Example], bar: float) -> dict[str, float]:
    """AUROC, coverage at 5 % false answers, and both at the threshold of training."""
    with_ = np.array([model.odds(one) for one in data if one.kind == "with"])
    without = np.array([model.odds(one) for one in data if one.kind == "without"])
    above = (with_[:, None] > without[None, :]).mean()
    at = np.quantile(without, 1 - FALSE_ANSWERS)
    return {
        "AUROC": round(float(above), 4),
        "coverage at 5 %": round(float((with_ > at).mean()), 4),
        "coverage": round(float((with_ >= bar).mean()), 4),
        "false answers": round(float((without >= bar).mean()), 4),
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
    every = examples(sets[0], embed) + examples(sets[0], embed, alone=True)
    every += examples(sets[1], embed)
    known = [one for one in every if one.group in training]
    model = train(known)
    bar = threshold(known)
    say(f"threshold {bar:.3f}")
    for part in dict.fromkeys(one.part for one in every):
        for name, groups in (("training", True), ("held out", False)):
            data = [o for o in every if o.part == part and (o.group in training) is groups]
            answered = [one for one in data if one.kind == "with"]
            say(f"{part}, {name}: {len(answered)} questions")
            say(f"  sentence {ranking_figures(model, answered)}")
            say(f"  refusal  {refusal_figures(model, data, bar)}")
    emphasis = emphasis_weights(known)
    for name, groups in (("training", True), ("held out", False)):
        data = [o for o in every if o.part == "XQuAD" and (o.group in training) is groups]
        say(f"XQuAD, {name}: emphasis {emphasis_figures(emphasis, data)}")
    if given.write:
        write(model, emphasis, bar, {kept.name: len(kept.training()) for kept in sets})


def write(model: Model, emphasis: np.ndarray, bar: float, groups: dict[str, int]) -> None:
    """Store the weights with where they come from."""
    held = {
        "trained_by": "bench/train_reader.py",
        "trained_on": f"a random half (seed {SEED}) of each set: "
        + ", ".join(f"{name} ({count} groups)" for name, count in groups.items()),
        "false_answers": FALSE_ANSWERS,
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
