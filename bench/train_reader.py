"""Train the extractive reader's weights and report how it does on what it never saw.

    python bench/train_reader.py BENCHMARKS [--vectors FILE] [--write]

BENCHMARKS is a folder with ``xquad/xquad.en.json`` and ``qed/qed-dev.jsonlines``, both
public.  Seven tenths of XQuAD's articles and of QED's titles were worked with: features are
chosen by five folds of it, and the weights are fitted to it.  Every figure named "held out" is
of the rest, which is looked at when a change is done.  ``--write`` stores
qa/answer/weights.json.

Ranking: a conditional logit over the sentences of the ten best passages (the sentence that
holds the gold answer is to win).  Refusal: a logistic regression that tells a question with
its gold paragraph in the index from the same question without it, and from copies whose
figure or name was exchanged for another, from copies whose word for the thing asked was,
and from the same question with only the answering sentences taken out.  The threshold is
explained at `reader_fit.threshold`.
"""

import argparse
import json
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench.reader_data import SEED, Embedder, qed, xquad
from bench.reader_examples import alone, examples, weighed
from bench.reader_figures import Model, emphasis_figures, ranking_figures, refusal_figures
from bench.reader_fit import (
    CONFIDENCE,
    DRAWS,
    FALSE_ANSWERS,
    FOLDS,
    emphasis_weights,
    evidence_weights,
    sentence_weights,
    threshold,
)
from bench.reader_negatives import asked_words
from qa.answer.confidence import EVIDENCE
from qa.answer.features import SENTENCE
from qa.answer.highlight import EMPHASIS


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
        "trained_on": f"seven tenths (seed {SEED}) of each set: "
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
